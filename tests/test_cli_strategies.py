"""Strategies proposed, approved and stopped by commands, read by their output; and who may not."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

import journeykit as jk
from journeykit import demo, workspace
from journeykit.cli import app
from journeykit.display import show_value
from journeykit.errors import ApprovalError, DefinitionError, IdentityError
from journeykit.ledger import Ledger, content, read_audit, read_enrolments, start_run
from journeykit.settings import load_settings
from journeykit.strategies.graph import Goal, Strategy

DAY = date(2026, 5, 29)
ANALYST, APPROVER, OPERATOR = "analyst [demo]", "approver [demo]", "operator [demo]"
NAME = "idle_inflow"
ANSWERS = (
    "--purpose",
    "Put idle money to work",
    "--harm",
    "Nobody",
    "--data-confirmed",
    "--days",
    "2",
)


WHY = ("--reason", "Complaints")


@dataclass
class Office:
    """A workspace, and the commands given in it."""

    root: Path

    def run(self, *words: str) -> Result:
        """What `journeykit strategy …` answers, on a screen of 120 columns."""
        done = CliRunner().invoke(app, ["strategy", *words], env={"COLUMNS": "120"}, prog_name="journeykit")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def does(self, *words: str) -> dict:
        """A command that works, as JSON."""
        done = self.run(*words, "--json")
        assert (done.exit_code, done.stderr) == (0, ""), done.stdout + done.stderr
        return json.loads(done.stdout)

    def refuses(self, *words: str) -> str:
        """One message on stderr, exit code 1, and an unchanged ledger."""
        before = self.ledger_content()
        done = self.run(*words)
        assert (done.exit_code, done.stdout) == (1, ""), done.stdout
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.stderr
        assert self.ledger_content() == before
        return done.stderr

    def submit(self, name: str = NAME) -> str:
        """The version that was submitted."""
        return self.does("submit", name, *ANSWERS, "--as", ANALYST)["step"]["version"]

    def ledger(self) -> Ledger:
        return Ledger.open(load_settings(self.root).ledger_url)

    def ledger_content(self) -> dict:
        ledger = self.ledger()
        try:
            return content(ledger)
        finally:
            ledger.close()

    def enrolled(self) -> set[tuple[str, str]]:
        ledger = self.ledger()
        try:
            return {(row["strategy"], row["version"]) for row in read_enrolments(ledger).to_pylist()}
        finally:
            ledger.close()

    def night(self) -> object:
        ledger = self.ledger()
        with jk.connect(as_of=DAY) as mart:
            run = start_run(
                ledger, job="run_strategies", as_of=DAY, contact_date=mart.contact_date, parameters={},
                definitions_hash="", build_id=mart.build_id,
            )  # fmt: skip
        ledger.close()
        return jk.run_strategies(DAY, run_id=run.run_id, build_id=str(run.build_id))

    def edit(self, old: str, new: str, file: str = f"strategies/{NAME}.yaml") -> None:
        path = self.root / "scheduled" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def rows(self) -> dict[str, dict]:
        return {row["name"]: row for row in self.does("list")["strategies"]}


@pytest.fixture
def office(built_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    root = shutil.copytree(built_workspace, tmp_path / "w")
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(root))
    return Office(root)


@pytest.fixture(scope="module")
def shared(built_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(built_workspace, tmp_path_factory.mktemp("untouched") / "w")


@pytest.fixture
def untouched(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """One for every command that changes nothing."""
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(shared))
    return Office(shared)


# -- the way of a strategy ----------------------------------------------------------------------------


def test_from_a_draft_to_live_and_to_its_end(office):
    assert office.rows()[NAME]["state"] == "draft"
    version = office.submit()
    assert version == office.rows()[NAME]["version"]
    office.does("refuse", NAME, version, "--reason", "Too many calls", "--as", APPROVER)
    assert office.submit() == version
    done = office.does("approve", NAME, version, "--as", APPROVER)
    assert done["state"] == "approved"
    result = office.night()
    assert [one.name for one in result.strategies] == [NAME]
    assert office.enrolled() == {(NAME, version)}
    assert office.rows()[NAME]["live"] == version
    for command, state in (("pause", "paused"), ("resume", "live"), ("end", "ended")):
        done = office.does(command, NAME, *WHY, "--as", OPERATOR)
        assert (done["state"], done["step"]["detail"]["reason"]) == (state, "Complaints")
    steps = office.does("show", NAME)["steps"]
    assert [(one["action"], one["actor"]) for one in steps] == [
        ("submitted", ANALYST), ("refused", APPROVER), ("submitted", ANALYST), ("approved", APPROVER),
        ("live", "journeykit"), ("paused", OPERATOR), ("resumed", OPERATOR), ("ended", OPERATOR),
    ]  # fmt: skip
    assert steps[1]["detail"]["reason"] == "Too many calls"
    ledger = office.ledger()
    audited = [(row["action"], row["actor"]) for row in read_audit(ledger).to_pylist()]
    ledger.close()
    told = [(f"strategy {one['action']}", one["actor"]) for one in steps]
    assert [one for one in audited if one[0].startswith("strategy ")] == told


def test_a_submission_carries_what_an_approver_needs(office):
    version = office.submit()
    detail = office.does("show", NAME)["steps"][-1]["detail"]
    assert detail["purpose"] == "Put idle money to work"
    assert detail["harm"] == "Nobody"
    assert detail["in_flight"] == "finish"
    assert {row["privacy"] for row in detail["data"]} >= {"C1", "C2"}
    assert ("txn", "amount") in {(row["subject"], one) for row in detail["data"] for one in row["columns"]}
    assert detail["difference"]
    assert detail["simulation"]["strategy"] == NAME
    for language, words in (("en", "What it is good for"), ("zh", "目的")):
        office_language(office, language)
        said = office.run("show", NAME, version).stdout
        assert words in said
        assert "Put idle money to work" in said


def office_language(office: Office, language: str) -> None:
    path = office.root / "journeykit.toml"
    text = path.read_text(encoding="utf-8")
    for old in ("en", "zh"):
        text = text.replace(f'language = "{old}"', f'language = "{language}"')
    path.write_text(text, encoding="utf-8")


def test_an_edited_file_is_a_draft_beside_the_live_version(office):
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    office.edit("control: '0.1'", "control: '0.2'")
    row = office.rows()[NAME]
    assert (row["state"], row["version"] != version) == ("draft", True)
    office.night()
    assert office.enrolled() == {(NAME, version)}
    differences = office.does("diff", NAME)["differences"]
    assert "20" in " ".join(one["text"] for one in differences)
    assert office.does("diff", NAME, version)["differences"] == differences
    second = office.submit()
    assert office.rows()[NAME]["live"] == version
    office.does("withdraw", NAME, second, "--as", ANALYST)
    assert office.rows()[NAME]["state"] == "withdrawn"


def test_a_copy_is_a_draft_of_its_own(office):
    done = office.does("copy", NAME, "idle_again")
    assert Path(done["file"]) == office.root / "scheduled" / "strategies" / "idle_again.yaml"
    copied = Strategy.load("idle_again")
    assert copied.name == "idle_again"
    assert copied.nodes == Strategy.load(NAME).nodes
    assert office.rows()["idle_again"]["state"] == "draft"
    assert "There is a strategy 'idle_again' already" in office.refuses("copy", NAME, "idle_again")
    assert office.does("diff", "idle_again", NAME)["strategy"] == "idle_again"


def test_a_preset_is_found_by_words_and_copied_with_the_offers_it_needs(office):
    found = [one["name"] for one in office.does("presets", "生日")["presets"]]
    assert found[0] == "birthday"
    assert "birthday" in office.run("presets").stdout
    (offer,) = jk.presets["birthday"].offers
    path = office.root / "scheduled" / "offers" / f"{offer.name}.yaml"
    path.unlink(missing_ok=True)
    done = office.does("copy", "birthday", "our_birthday")
    assert done["offers"] == [str(path)]
    assert Strategy.load("our_birthday").nodes == jk.presets["birthday"].strategy.nodes
    assert office.run("check", "our_birthday").exit_code == 0
    assert "There is a strategy 'our_birthday'" in office.refuses("copy", "birthday", "our_birthday")


def test_a_check_exits_1_when_something_blocks_running(office):
    assert office.run("check", NAME).exit_code == 0
    office.edit("offer: W-", "offer: X-")
    done = office.run("check", NAME)
    assert done.exit_code == 1
    assert "Unknown offer" in done.stdout
    assert "findings block running" in office.refuses("submit", NAME, *ANSWERS, "--as", ANALYST)


def test_what_is_read_on_a_screen_is_in_the_language_of_the_workspace(office):
    office.edit("offer: W-", "offer: X-")
    told = office.run("check", NAME, "--json")
    toml = office.root / "journeykit.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace('language = "en"', 'language = "zh"'), encoding="utf-8")
    assert "zh" in toml.read_text(encoding="utf-8")
    done = office.run("check", NAME)
    assert (done.exit_code, told.exit_code) == (1, 1)
    assert "未知权益" in done.stdout
    assert office.run("check", NAME, "--json").stdout == told.stdout
    office.edit("offer: X-", "offer: W-")
    assert "入组客户" in office.run("simulate", NAME, "--days", "2").stdout


def test_a_draft_that_cannot_be_read_leaves_the_others_alone(office):
    path = office.root / "scheduled" / "strategies" / "other.yaml"
    path.write_text("name: [", encoding="utf-8")
    row = office.rows()["other"]
    assert (row["state"], row["version"], row["live"], row["title"]) == ("unreadable", "", "", None)
    assert str(path) in row["problem"] and "line 1" in row["problem"]
    assert row["problem"] in office.run("list").stdout
    assert office.run("check", NAME).exit_code == 0
    assert office.does("simulate", NAME, "--days", "2")["days"] == 2
    assert office.does("diff", NAME)["differences"]
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    for command in (("show",), ("check",), ("simulate",), ("diff",), ("submit", *ANSWERS, "--as", ANALYST)):
        assert str(path) in office.refuses(command[0], "other", *command[1:])


def test_what_was_approved_is_shown_and_stopped_whatever_its_draft_has_become(office):
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    title = Strategy.load(NAME).title
    (office.root / "scheduled" / "strategies" / f"{NAME}.yaml").write_text("name: [", encoding="utf-8")
    row = office.rows()[NAME]
    assert (row["state"], row["version"], row["title"]) == ("unreadable", "", title)
    assert office.does("show", NAME, version)["version"] == version
    shown = office.does("show", NAME)
    assert (shown["version"], shown["strategy"]["title"]) == (version, title)
    assert f"{NAME}.yaml, line 1" in shown["problem"]
    told = office.run("show", NAME).stdout
    assert told.startswith("Its draft cannot be read: ") and f"Version {version}: approved." in told
    for command in ("check", "simulate"):
        assert f"journeykit strategy show {NAME} {version}" in office.refuses(command, NAME)
    assert office.does("pause", NAME, *WHY, "--as", OPERATOR)["state"] == "paused"


def test_a_draft_that_names_what_there_is_not_leaves_the_list_alone(office):
    office.edit("offer: W-", "offer: X-")
    row = office.rows()[NAME]
    assert (row["state"], row["version"]) == ("draft", "")
    assert "Unknown offer 'X-" in row["problem"]
    assert office.run("show", NAME).stdout.startswith("A draft with errors; see: journeykit strategy check")


def test_show_says_which_version_its_words_are_of(office):
    version = office.submit()

    def first(*words: str) -> str:
        return office.run("show", NAME, *words).stdout.splitlines()[0]

    assert first() == f"Version {version}: submitted."
    office.does("approve", NAME, version, "--as", APPROVER)
    office.night()
    assert first() == f"Version {version}: live."
    office.edit("control: '0.1'", "control: '0.2'")
    draft = office.rows()[NAME]["version"]
    diff = f"see: journeykit strategy diff {NAME} {version}"
    assert first() == f"Draft {draft}, not submitted. Version {version} is live; {diff}"
    assert first(version) == f"Version {version}: live."
    assert office.does("show", NAME)["version"] == draft
    office_language(office, "zh")
    assert first().startswith(f"草稿 {draft}，尚未提交。 版本 {version} 运行中；")


def test_the_people_of_each_version_are_told_where_several_have_some(office):
    first = office.submit()
    office.does("approve", NAME, first, "--as", APPROVER)
    office.night()
    told = office.run("show", NAME).stdout
    assert "People in it" not in told
    assert "people in flight" not in told  # nobody could be, with a first version
    ledger = office.ledger()
    standing = read_enrolments(ledger)["state"].to_pylist().count("active")
    ledger.close()
    assert office.does("show", NAME)["people"] == {first: standing}
    history = replace(jk.strategy_history(NAME), people={first: standing, "0123456789ab": 3})
    assert [row[0::2] for row in history.tables()[-1].rows] == [(first, standing), ("0123456789ab", 3)]
    assert "在途人数" in repr(history.people_table("zh"))
    office.edit("control: '0.1'", "control: '0.2'")
    told = office.run("submit", NAME, *ANSWERS, "--in-flight", "exit", "--as", ANALYST).stdout
    assert "people in flight leave" in told and "people in flight leave" in office.run("show", NAME).stdout
    simulated = office.does("show", NAME)["steps"][-1]["detail"]["simulation"]
    (said,) = [one["text"] for one in simulated["assumptions"] if one["name"] == "in_flight"]
    assert f"(exit): {standing:,} people" in said
    assert simulated["contacts"]["expected"] == 0, "nobody enters again whom the strategy had"


def test_a_version_is_called_by_how_it_begins_and_says_when_it_becomes_live(office):
    version = office.submit()
    assert "never submitted" in office.refuses("approve", NAME, version[:3], "--as", APPROVER)
    told = office.run("approve", NAME, version[:4], "--as", APPROVER).stdout
    assert f"Version {version} becomes live with the next: journeykit run run_strategies" in told
    assert "becomes live" in jk.strategy_history(NAME)._repr_html_()
    shown = office.run("show", NAME, version[:4]).stdout
    assert shown.startswith(f"Version {version}: approved.") and "What it is good for" in shown
    told = office.run("pause", NAME, *WHY, "--as", OPERATOR).stdout
    assert f"with the next run after: journeykit strategy resume {NAME}" in told
    office.run("resume", NAME, "--as", OPERATOR)
    office.night()
    assert jk.strategy_history(NAME).coming() == ""


def test_times_are_those_of_the_workspace_and_say_so(office):
    version = office.submit()
    (step,) = jk.strategy_history(NAME).life.steps
    utc = step.at.astimezone(UTC).replace(microsecond=0)
    (row,) = office.does("show", NAME)["steps"]
    assert row["at"].endswith("+08:00")
    assert datetime.fromisoformat(row["at"]) == utc
    there = (utc + timedelta(hours=8)).replace(tzinfo=None)  # China has had no other time since 1991
    told = office.run("show", NAME, version).stdout
    assert "At (Asia/Shanghai)" in told
    assert str(there) in told


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Enter, simulated", "Contacts")), ("zh", ("模拟入组", "请由他人审批"))]
)
def test_a_submission_says_what_was_found_and_what_comes_next(office, language, words):
    office_language(office, language)
    told = office.run("submit", NAME, *ANSWERS, "--as", ANALYST).stdout
    version = office.rows()[NAME]["version"]
    assert all(word in told for word in words)
    assert told.splitlines()[-1].endswith(f"journeykit strategy approve {NAME} {version}")
    simulated = office.does("show", NAME)["steps"][-1]["detail"]["simulation"]
    assert simulated["as_of"] == DAY.isoformat()  # the newest day that is built
    goals = simulated["goals"]
    assert f"({show_value(goals['low'])} – {show_value(goals['high'])})" in told


@pytest.mark.parametrize("command", ["refuse", "pause", "end"])
def test_who_stops_something_is_asked_why(untouched, command):
    version = ("0123456789ab",) if command == "refuse" else ()
    done = untouched.run(command, NAME, *version, "--as", APPROVER)
    assert done.exit_code == 2
    assert "--reason" in done.stderr


def test_a_check_that_finds_nothing_is_one_line(untouched):
    assert untouched.does("check", "dormant_customer")["findings"] == []
    assert untouched.run("check", "dormant_customer").stdout == "dormant_customer: no findings\n"


def test_a_version_refused_anew_whose_people_go_on_is_finishing(office):
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    office.night()
    office.does("end", NAME, *WHY, "--as", OPERATOR)
    assert office.submit() == version
    done = office.does("refuse", NAME, version, *WHY, "--as", APPROVER)
    assert done["state"] == "finishing"
    assert office.rows()[NAME]["state"] == "finishing"
    office.does("end", NAME, *WHY, "--in-flight", "exit", "--as", OPERATOR)
    assert office.rows()[NAME]["state"] == "refused"  # whose people leave with the next run


def test_the_daily_report_tells_who_stopped_what_and_why(office):
    """What is done after the day's run is for the next report."""
    paused, ended = NAME, "loan_interest"
    for name in (paused, ended):
        office.does("approve", name, office.submit(name), "--as", APPROVER)
    office.does("pause", paused, "--reason", "Text is wrong", "--as", OPERATOR)
    office.does("end", ended, "--reason", "Campaign over", "--as", APPROVER)
    office.night()
    office.does("resume", paused, "--reason", "Text put right", "--as", OPERATOR)
    for language, title in (("en", "title"), ("zh", "title_zh")):
        told = repr(jk.daily_report(DAY, language).strategies)
        titles = [getattr(Strategy.load(name), title) for name in (paused, ended)]
        for word in (*titles, "Text is wrong", "Campaign over", OPERATOR, APPROVER, "Asia/Shanghai"):
            assert word in told
        assert paused not in told
        assert "Text put right" not in told


def test_help_tells_how_to_act_in_a_demonstration():
    for command in ("submit", "approve", "pause"):
        done = CliRunner().invoke(app, ["strategy", command, "--help"], env={"COLUMNS": "120"})
        assert "analyst [demo]" in " ".join(done.stdout.replace("│", " ").split())


def test_no_more_days_than_can_be_simulated_are_asked_for():
    done = CliRunner().invoke(app, ["strategy", "simulate", NAME, "--days", "181"])
    assert done.exit_code == 2


# -- who may not, and what is missing -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("submit", NAME, *ANSWERS), "may not submit strategies. That is for author: analyst [demo]"),
        (("submit", NAME, *ANSWERS, "--as", APPROVER), "'approver [demo]' may not submit"),
        (("submit", NAME, *ANSWERS, "--as", "analyst"), "is not who you are"),
        (("submit", NAME, "--as", ANALYST), "Its purpose is empty"),
        (("submit", NAME, "--purpose", "x", "--harm", " ", "--as", ANALYST), "who could be harmed is empty"),
        (("submit", NAME, "--purpose", "x", "--harm", "y", "--as", ANALYST), "Transaction"),
        (("submit", NAME, *ANSWERS, "--in-flight", "vanish", "--as", ANALYST), "finish, migrate, exit"),
        (("submit", "idle_inflo", *ANSWERS, "--as", ANALYST), "Did you mean 'idle_inflow'?"),
        (("approve", NAME, "0123456789ab", "--as", APPROVER), "Unknown version '0123456789ab'"),
        (("refuse", NAME, "0123456789ab", "--reason", " ", "--as", APPROVER), "Its reason is empty"),
        (("pause", NAME, "--reason", "", "--as", OPERATOR), "Its reason is empty"),
        (("end", NAME, "--reason", "–", "--as", OPERATOR), "Its reason is empty"),
        (("pause", NAME, *WHY, "--as", OPERATOR), "no version of it is live or approved"),
        (("resume", NAME, "--as", OPERATOR), f"journeykit strategy show {NAME}"),
        (("pause", NAME, *WHY), "In this demonstration add --as 'operator [demo]'."),
        (("end", NAME, *WHY, "--in-flight", "migrate", "--as", OPERATOR), "finish, exit"),
        (
            ("pause", NAME, *WHY, "--as", ANALYST),
            "for operator or approver: operator [demo], approver [demo]",
        ),
        (("show", "nothing_like_it"), "Unknown strategy 'nothing_like_it'"),
        (("diff", NAME, "0123456789ab"), "Unknown version of 'idle_inflow', or strategy '0123456789ab'"),
        (("copy", "nothing_like_it", "another"), "Unknown strategy"),
    ],
)
def test_what_is_refused_is_one_message_and_changes_nothing(untouched, words, says):
    assert says in untouched.refuses(*words)


def test_nobody_approves_their_own(office):
    path = office.root / "journeykit.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('approver = ["', 'approver = ["analyst [demo]", "'), encoding="utf-8")
    version = office.submit()
    said = office.refuses("approve", NAME, version, "--as", ANALYST)
    assert "nobody decides on what is their own" in said
    assert "It is for another approver: approver [demo]" in said


def test_what_changed_since_it_was_submitted_is_not_approved(office):
    version = office.submit()
    offer = Strategy.load(NAME).actions[0].offer
    office.edit("value: '", "value: '1", f"offers/{offer}.yaml")
    said = office.refuses("approve", NAME, version, "--as", APPROVER)
    assert f"offer '{offer}' changed" in said


@pytest.mark.parametrize("claim", ["LOGNAME", "USER", "LNAME", "USERNAME"])
def test_the_environment_gives_nobody_a_role(untouched, monkeypatch, claim):
    monkeypatch.setenv(claim, ANALYST)
    assert f"'{pwd.getpwuid(os.geteuid()).pw_name}' may not submit" in untouched.refuses(
        "submit", NAME, *ANSWERS
    )


def test_in_a_bank_accounts_act_and_made_up_colleagues_do_not(office, monkeypatch):
    """The workspace becomes a bank's: what was approved in the demonstration no longer runs."""
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    me = pwd.getpwuid(os.geteuid()).pw_name
    path = office.root / "journeykit.toml"
    text = path.read_text(encoding="utf-8").replace("demo = true", "demo = false")
    roles = f'[roles]\nauthor = ["{me}"]\napprover = ["{me}", "uid 4000000001", "{APPROVER}"]\n'
    path.write_text(text[: text.index("[roles]")] + roles, encoding="utf-8")
    assert "no demonstration workspace" in office.refuses("pause", NAME, *WHY, "--as", APPROVER)
    result = office.night()
    (held,) = (one.reason for one in result.held if one.strategy == NAME)
    assert "of a demonstration" in held
    assert office.enrolled() == set()

    plan = Strategy.load(NAME).model_copy(update={"title": "In earnest"})
    answers = {"purpose": "Put money to work", "harm": "Nobody", "data_confirmed": True, "days": 2}
    second = jk.submit(plan, **answers).life.submitted
    with pytest.raises(ApprovalError, match="nobody decides on what is their own"):
        jk.approve(NAME, second)
    with pytest.raises(IdentityError):
        jk.approve(NAME, second, as_=APPROVER)
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000_001)
    assert jk.approve(NAME, second).life.steps[-1].actor == "uid 4000000001"


def test_a_decided_day_makes_nothing_live(office):
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    first = office.night()
    office.edit("control: '0.1'", "control: '0.2'")
    second = office.submit()
    office.does("approve", NAME, second, "--as", APPROVER)
    assert office.night() == first
    assert office.rows()[NAME]["state"] == "approved"


# -- in a notebook ------------------------------------------------------------------------------------


def test_a_demonstration_approves_what_is_there_and_once(office):
    demo.approve_strategies(DAY)
    rows = office.rows()
    assert {row["state"] for row in rows.values()} == {"approved"}
    before = office.ledger_content()
    demo.approve_strategies(DAY)
    assert office.ledger_content() == before
    actors = {step.actor for name in rows for step in jk.strategy_history(name).life.steps}
    assert actors == {ANALYST, APPROVER}
    assert {one.name for one in office.night().strategies} == set(rows)
    for language in ("en", "zh"):
        shown = repr(jk.daily_report(DAY, language).basis)
        assert shown.count(ANALYST) == shown.count(APPROVER) == len(rows)


def test_a_history_prints_in_both_languages_and_gives_the_versions_back(office):
    version = office.submit()
    history = jk.strategy_history(NAME)
    assert history[version] == Strategy.load(NAME)
    assert "submitted" in repr(history)
    assert ANALYST in history._repr_html_()
    assert "已提交" in repr(history.table("zh"))
    with pytest.raises(DefinitionError, match="Unknown version of strategy 'idle_inflow'"):
        history["0123456789ab"]


def test_a_plan_that_a_file_could_not_hold_is_not_submitted(office):
    broken = Strategy.load(NAME).model_copy(update={"name": "../../etc"})
    with pytest.raises(DefinitionError):
        jk.submit(broken, purpose="x", harm="y", data_confirmed=True, as_=ANALYST)
    assert workspace.strategy_rows() == list(office.rows().values())


def test_what_a_look_at_the_customers_finds_wrong_is_not_submitted(office):
    blind = Strategy("blind", stage="activate", goal=Goal(jk.tag("holds_wealth"), within_days=30))
    blind = blind.start(jk.Segment("then", jk.tag("net_flow_30d").ago(days=30) > 1))
    (offer,) = {node.offer for node in Strategy.load(NAME).actions if node.channel == "sms"}
    blind = blind.send("sms", offer=offer)
    before = office.ledger_content()
    with jk.connect(as_of=DAY) as mart:
        assert "that day has none" in repr(jk.check(blind, mart))
        with pytest.raises(DefinitionError, match="1 findings block running"):
            jk.submit(blind, purpose="To look", harm="Nobody", data_confirmed=True, days=1, as_=ANALYST)
    assert office.ledger_content() == before


def test_a_step_tells_in_which_role_it_was_taken(office):
    version = office.submit()
    office.does("approve", NAME, version, "--as", APPROVER)
    office.does("pause", NAME, *WHY, "--as", OPERATOR)
    office.does("end", NAME, *WHY, "--in-flight", "exit", "--as", APPROVER)
    steps = office.does("show", NAME)["steps"]
    assert [step["detail"]["role"] for step in steps] == ["author", "approver", "operator", "approver"]
