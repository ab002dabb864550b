"""Only a live, approved version that still means what was approved enrols, moves or contacts anybody."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from journeykit import files
from journeykit.errors import LedgerError, OvertakenError, RunError
from journeykit.expressions import tag
from journeykit.ledger import ledger as ledger_module
from journeykit.ledger.approvals import append_step, read_steps
from journeykit.ledger.enrolments import read_enrolments
from journeykit.ledger.leads import read_leads
from journeykit.ledger.ledger import content
from journeykit.ledger.tables import approval, enrolment, strategy_version
from journeykit.mart.mart import Mart
from journeykit.routing.deciding import run_strategies
from journeykit.routing.result import StrategyRun
from journeykit.segments import Segment
from journeykit.settings import RolesSection
from journeykit.strategies.approval import read_lives
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.live import Today, running_strategies
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.stored import approved_words
from journeykit.strategies.versions import closure, closure_text, version_of
from journeykit.tags import Catalogue

FRIDAY, MONDAY, TUESDAY = date(2026, 5, 29), date(2026, 6, 1), date(2026, 6, 2)
WEDNESDAY, LATER = date(2026, 6, 3), date(2026, 6, 12)
"""On the last the wait of ten days is over."""
RICH = Segment("rich", tag("wanted") & (tag("aum") >= 100))
PLAN = (
    Strategy("wealth", stage="activate", goal=Goal(tag("bought"), within_days=30))
    .start(RICH)
    .send("sms", offer="LOAN")
    .wait(days=10)
    .send("app_push", offer="LOAN")
)
BRANCHING = (
    Strategy("wealth", stage="activate", goal=Goal(tag("bought"), within_days=30))
    .start(RICH)
    .send("sms", offer="LOAN")
    .wait(days=2)
)
SHORTER = (
    Strategy("wealth", stage="activate", goal=Goal(tag("bought"), within_days=60))
    .start(RICH)
    .send("app_push", offer="LOAN", id="other")
)


ROLES = RolesSection(approver=("ann", "bob", "bob [demo]", "B [DEMO]"))


@dataclass
class Office:
    """A bank with people who approve, and its nights."""

    bank: Any
    demo: bool = False
    roles: RolesSection = ROLES
    plans: dict[str, Strategy] = field(default_factory=lambda: {"wealth": PLAN})
    unreadable: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tags: Catalogue = self.bank.tags
        self.offers, self.channels = dict(self.bank.offers), dict(self.bank.channels)

    @property
    def playbook(self) -> Playbook:
        return Playbook(self.plans, self.offers, self.channels, unreadable=self.unreadable)

    def version(self, plan: Strategy = PLAN) -> str:
        return version_of(plan, self.tags, self.playbook)

    def step(
        self, action: str, version: str = "", actor: str = "bob", name: str = "wealth", **detail
    ) -> None:
        seen = read_steps(self.bank.ledger).get(name, ())
        append_step(
            self.bank.ledger, seen, strategy=name, version=version or self.version(), action=action,
            actor=actor, detail=detail,
        )  # fmt: skip

    def submit(self, plan: Strategy = PLAN, *, actor: str = "ann", in_flight: str = "finish") -> str:
        text = closure_text(closure(plan, self.tags, self.playbook))
        version = self.version(plan)
        append_step(
            self.bank.ledger, read_steps(self.bank.ledger).get(plan.name, ()), strategy=plan.name,
            version=version, action="submitted", actor=actor, detail={"in_flight": in_flight}, closure=text,
        )  # fmt: skip
        return version

    def approve(self, plan: Strategy = PLAN, **submission) -> str:
        version = self.submit(plan, **submission)
        self.step("approved", version, name=plan.name)
        return version

    def night(
        self, as_of: date, customers: list[str], missed: Mapping[date, list[str]] = {}, job: str = "nightly",
        **tags: Mapping[str, Any],
    ) -> StrategyRun:  # fmt: skip
        """A run of the strategies; `tags` are those of single customers, on missed days too."""
        with ExitStack() as stack:
            mart, *earlier = [
                stack.enter_context(self.mart(day, ids, **tags))
                for day, ids in {as_of: customers, **missed}.items()
            ]
            return self.decide(mart, earlier, job)

    def mart(self, as_of: date, customers: list[str], **tags: Mapping[str, Any]) -> Mart:
        """A day of these customers."""
        people = [{"customer_id": one, "aum": Decimal(500), **tags.get(one, {})} for one in customers]
        return self.bank.mart(people, as_of=as_of)

    def decide(self, mart: Mart, earlier: Sequence[Mart] = (), job: str = "nightly") -> StrategyRun:
        """What the workspace does."""
        bank, today = self.bank, self.today(mart.as_of)
        return run_strategies(
            mart, bank.ledger, bank.vault, self.playbook, today.running, held=today.held,
            earlier=earlier, meanwhile=today.meanwhile, steps=today.steps,
            run_id=bank.start(mart, job), folder=Path(bank.folder) / "runs" / f"{job}-{mart.as_of}",
        )  # fmt: skip

    def today(self, as_of: date) -> Today:
        return running_strategies(
            self.bank.ledger, self.playbook, self.tags, roles=self.roles, demo=self.demo, as_of=as_of
        )

    def people(self) -> Counter[tuple[str, str, str | None]]:
        """How many stand where: version, node, and why they left."""
        rows = read_enrolments(self.bank.ledger).to_pylist()
        return Counter((row["version"], row["node"], row["exit_reason"]) for row in rows)

    def enrolled(self) -> int:
        return self.people().total()

    def leads(self) -> Counter[str]:
        return Counter(read_leads(self.bank.ledger)["node"].to_pylist())

    def state(self, version: str) -> str:
        return read_lives(self.bank.ledger)["wealth"].state(version)


@pytest.fixture
def office(bank) -> Office:
    bank.allow("C1", "C2", "C3")
    bank.reach("C1", "C2", "C3")
    return Office(bank)


def said(run: StrategyRun) -> str:
    """Why something is held; both languages are there."""
    assert all(one.reason and one.reason_zh for one in run.held)
    return "\n".join(one.reason for one in run.held)


# -- what enrols --------------------------------------------------------------------------------------


def test_a_file_alone_runs_nothing(office):
    run = office.night(FRIDAY, ["C1"])
    assert (office.enrolled(), run.strategies) == (0, ())
    assert [(one.strategy, one.reason) for one in run.held] == [
        ("wealth", "It is a draft, and runs once it is submitted and approved.")
    ]


@pytest.mark.parametrize("decision", [None, "withdrawn", "refused"])
def test_what_was_not_approved_does_not_run(office, decision):
    version = office.submit()
    if decision:
        office.step(decision, version)
    office.night(FRIDAY, ["C1"])
    assert office.enrolled() == 0


def test_an_approved_version_becomes_live_with_the_next_run_and_enrols(office):
    version = office.approve()
    assert office.state(version) == "approved"
    run = office.night(FRIDAY, ["C1", "C2"])
    assert (office.state(version), run.held) == ("live", ())
    assert office.people() == {(version, "wait_10d", None): 2}
    (live,) = (step for step in read_steps(office.bank.ledger)["wealth"] if step.action == "live")
    assert (live.actor, live.detail["as_of"]) == ("journeykit", "2026-05-29")


def test_the_file_may_change_or_go_and_the_approved_version_runs_on(office):
    version = office.approve()
    office.plans = {"wealth": SHORTER}
    office.night(FRIDAY, ["C1"])
    office.plans = {}
    office.night(MONDAY, ["C1", "C2"])
    assert office.people() == {(version, "wait_10d", None): 2}
    assert office.leads() == {"send_sms": 2}


def test_a_draft_that_cannot_be_read_is_told_beside_what_ran(office):
    """Not among what was held; in the words of the version that ran, without the file's path or its error."""
    plan = PLAN.model_copy(update={"title": "Wealth for all", "title_zh": "人人理财"})
    version = office.approve(plan)
    office.plans, office.unreadable = {}, {"wealth": "/srv/wealth.yaml, line 3: a key stands twice"}
    run = office.night(FRIDAY, ["C1"])
    assert (office.enrolled(), run.held) == (1, ())
    assert run.unread_drafts() == [
        f"Wealth for all: its draft cannot be read; the approved version {version} ran."
    ]
    (zh,) = run.unread_drafts("zh")
    assert zh.startswith("人人理财：") and version in zh
    office.step("paused", version, reason="complaints")
    run = office.night(MONDAY, ["C1"])
    assert [(one.title, one.version) for one in run.held] == [("Wealth for all", version)]
    assert run.unread_drafts() == []


def test_a_draft_that_cannot_be_read_beside_nothing_is_held(office):
    office.plans, office.unreadable = {}, {"wealth": "/srv/wealth.yaml, line 3: a key stands twice"}
    run = office.night(FRIDAY, ["C1"])
    assert [(one.strategy, one.reason, one.reason_zh) for one in run.held] == [
        ("wealth", "Its file is a draft that cannot be read.", "草稿文件无法读取。")
    ]
    assert run.unread_drafts() == []


# -- what changes behind it ---------------------------------------------------------------------------


def change_tag(office: Office) -> None:
    changed = [
        one.model_copy(update={"description": "Another"}) if one.name == "aum" else one
        for one in (office.bank.tags[name].tag for name in office.bank.tags)
    ]
    office.tags = Catalogue(changed)


def change_offer(office: Office) -> None:
    office.offers["LOAN"] = office.offers["LOAN"].model_copy(update={"template": "Borrow more"})


def change_channel(office: Office) -> None:
    office.channels["sms"] = office.channels["sms"].model_copy(update={"daily_capacity": 999_999})


def remove_offer(office: Office) -> None:
    del office.offers["LOAN"]


@pytest.mark.parametrize(
    ("change", "names"),
    [(change_tag, "tag 'aum'"), (change_offer, "offer 'LOAN'"), (change_channel, "channel 'sms'"),
     (remove_offer, "Unknown offer 'LOAN'")],
)  # fmt: skip
@pytest.mark.parametrize("when", ["before it is live", "while it is live"])
def test_a_changed_definition_holds_it_until_it_is_put_back(office, change, names, when):
    version = office.approve()
    before = 0
    if when == "while it is live":
        office.night(FRIDAY, ["C1"])
        before = 1
    kept = (office.tags, dict(office.offers), dict(office.channels))
    change(office)
    run = office.night(MONDAY, ["C1", "C2"], C1={"bought": True})
    assert names in said(run)
    assert {one.version for one in run.held} == {version}
    assert office.enrolled() == before
    assert office.leads().total() == before
    if before:  # the goal is judged all the same
        assert office.people() == {(version, "wait_10d", "goal"): 1}
    office.tags, office.offers, office.channels = kept
    run = office.night(TUESDAY, ["C1", "C2"])
    assert run.held == ()
    assert office.enrolled() == 2


def test_what_it_does_not_use_may_change(office):
    office.approve()
    office.offers["W-30D"] = office.offers["W-30D"].model_copy(update={"template": "Another"})
    assert office.night(FRIDAY, ["C1"]).held == ()
    assert office.enrolled() == 1


# -- hands in the ledger ------------------------------------------------------------------------------


def forge(office: Office, table: sa.Table, **values: Any) -> None:
    with office.bank.ledger.transaction("forgery") as connection:
        connection.execute(sa.update(table).values(values))


def test_its_own_author_approves_nothing(office):
    version = office.submit()
    office.step("approved", version, actor="ann")
    run = office.night(FRIDAY, ["C1"])
    assert "approved by 'ann', who submitted it" in said(run)
    assert office.enrolled() == 0


def test_who_is_no_approver_approves_nothing_until_one_who_is_does_so_too(office):
    version = office.submit()
    office.step("approved", version, actor="mallory")
    run = office.night(FRIDAY, ["C1"])
    assert "approved by 'mallory', who is no approver here" in said(run)
    assert (office.enrolled(), office.state(version)) == (0, "approved")
    office.step("approved", version, actor="bob")
    assert office.night(MONDAY, ["C1"]).held == ()
    assert (office.enrolled(), office.state(version)) == (1, "live")


def test_who_approved_may_leave_when_another_approves_anew(office):
    version = office.approve()
    office.night(FRIDAY, ["C1"])
    office.roles = RolesSection(approver=("eve",))
    run = office.night(MONDAY, ["C1", "C2"])
    assert f"journeykit strategy approve wealth {version}" in said(run)
    assert office.enrolled() == 1
    office.step("approved", version, actor="eve")
    assert office.night(TUESDAY, ["C1", "C2"]).held == ()
    assert (office.enrolled(), office.state(version)) == (2, "live")


def test_who_approved_may_submit_the_same_later(office):
    first = office.approve()
    office.night(FRIDAY, ["C1"])
    second = office.approve(SHORTER)
    office.night(MONDAY, ["C1", "C2"])
    assert office.submit(PLAN, actor="bob") == first
    run = office.night(LATER, ["C1", "C2"])
    assert office.people() == {(first, "end", None): 1, (second, "end", None): 1}
    assert run.held == ()


def test_an_earlier_submitter_approves_nothing(office):
    version = office.submit(actor="bob")
    office.step("withdrawn", version)
    office.submit(actor="ann")
    office.step("approved", version, actor="bob")
    assert "approved by 'bob', who submitted it" in said(office.night(FRIDAY, ["C1"]))
    assert office.enrolled() == 0


@pytest.mark.parametrize("actions", [["live"], ["approved"], ["approved", "live"], ["submitted", "live"]])
def test_steps_without_those_before_them_enrol_nobody(office, actions):
    version = office.submit()
    office.step("withdrawn", version)
    with office.bank.ledger.transaction("forgery") as connection:
        connection.execute(sa.delete(approval))
    for action in actions:
        office.step(action, version, as_of="2026-05-28", in_flight="finish")
    run = office.night(FRIDAY, ["C1"])
    assert "was never approved" in said(run)
    assert office.enrolled() == 0


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize(
    ("author", "approver"), [("ann [demo]", "bob"), ("ann", "bob [demo]"), ("ann", "B [DEMO]")]
)
def test_made_up_colleagues_approve_for_a_demonstration_only(office, demo, author, approver):
    office.demo = demo
    version = office.submit(actor=author)
    office.step("approved", version, actor=approver)
    run = office.night(FRIDAY, ["C1"])
    assert office.enrolled() == (1 if demo else 0)
    assert demo or "of a demonstration" in said(run)


def test_another_definition_under_an_approved_version_is_noticed(office):
    office.approve()
    text = closure_text(closure(SHORTER, office.tags, office.playbook))
    forge(office, strategy_version, closure=text)
    run = office.night(FRIDAY, ["C1"])
    assert "is not what was submitted" in said(run)
    assert office.enrolled() == 0


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"strategy": 1}', "\x00"])
def test_a_definition_that_cannot_be_read_runs_nothing(office, text):
    office.approve()
    forge(office, strategy_version, closure=text.replace("\x00", "?"))
    assert "not on record, or cannot be read" in said(office.night(FRIDAY, ["C1"]))
    assert office.enrolled() == 0


def test_steps_of_another_strategy_are_its_own(office):
    version = office.approve()
    ledger = office.bank.ledger
    with pytest.raises(LedgerError):
        office.step("approved", version, name="another")
    text = closure_text(closure(PLAN, office.tags, office.playbook))
    for action, actor in (("submitted", "ann"), ("approved", "bob")):
        append_step(
            ledger, read_steps(ledger).get("another", ()), strategy="another", version=version,
            action=action, actor=actor, detail={"in_flight": "finish"}, closure=text,
        )  # fmt: skip
    run = office.night(FRIDAY, ["C1"])
    assert [(one.strategy, one.version) for one in run.held] == [("another", version)]
    assert "is not what was submitted" in said(run)
    assert office.people() == {(version, "wait_10d", None): 1}
    assert {row["strategy"] for row in read_enrolments(ledger).to_pylist()} == {"wealth"}


def test_two_definitions_with_one_hash_are_told_apart(office, monkeypatch):
    """The hash is short; what is compared is the definition itself."""
    from journeykit.strategies import stored, versions

    for module in (stored, versions):
        monkeypatch.setattr(module, "version_of_text", lambda _: "samesamesame")
    office.approve()
    change_offer(office)
    assert office.version() == "samesamesame"
    assert "offer 'LOAN' changed" in said(office.night(FRIDAY, ["C1"]))
    assert office.enrolled() == 0


# -- paused, ended, replaced --------------------------------------------------------------------------


def test_a_paused_strategy_only_lets_go(office):
    version = office.approve()
    office.night(FRIDAY, ["C1", "C2"])
    office.step("paused", version, reason="complaints")
    run = office.night(MONDAY, ["C1", "C2", "C3"], C1={"bought": True})
    assert said(run) == "Paused by bob: complaints"
    assert office.people() == {(version, "wait_10d", "goal"): 1, (version, "wait_10d", None): 1}
    assert office.leads() == {"send_sms": 2}
    office.step("resumed", version)
    assert office.night(TUESDAY, ["C1", "C2", "C3"]).held == ()
    assert office.enrolled() == 3


def test_a_pause_before_the_first_run_holds_it_back(office):
    version = office.approve()
    office.step("paused", version)
    office.night(FRIDAY, ["C1"])
    assert (office.enrolled(), office.state(version)) == (0, "paused")
    office.step("resumed", version)
    office.night(MONDAY, ["C1"])
    assert (office.enrolled(), office.state(version)) == (1, "live")


def test_a_new_version_does_not_undo_a_pause(office):
    version = office.approve()
    office.night(FRIDAY, ["C1"])
    office.step("paused", version)
    office.approve(SHORTER)
    office.night(MONDAY, ["C1", "C2"])
    assert office.people() == {(version, "wait_10d", None): 1}


@pytest.mark.parametrize(("in_flight", "reason"), [("finish", None), ("exit", "ended")])
def test_an_ended_strategy_lets_nobody_in(office, in_flight, reason):
    version = office.approve()
    office.night(FRIDAY, ["C1"])
    office.step("ended", version, in_flight=in_flight)
    office.night(MONDAY, ["C1", "C2"])
    assert office.people() == {(version, "wait_10d", reason): 1}
    assert office.state(version) == "ended"


@pytest.mark.parametrize("order", [("paused", "ended"), ("ended", "paused")])
def test_who_finishes_on_an_ended_strategy_waits_while_it_is_paused(office, order):
    version = office.approve()
    office.night(FRIDAY, ["C1"])
    for action in order:
        office.step(action, version, in_flight="finish")
    held = office.night(LATER, ["C1", "C2"])
    assert (said(held), office.state(version)) == ("Paused by bob.", "paused")
    assert office.leads() == {"send_sms": 1}
    office.step("resumed", version)
    office.night(LATER + timedelta(days=1), ["C1", "C2"])
    assert (office.state(version), office.enrolled()) == ("ended", 1)
    assert office.leads() == {"send_sms": 1, "send_app_push": 1}


def test_who_finishes_on_an_ended_strategy_leaves_when_it_is_ended_once_more(office):
    version = office.approve()
    office.night(FRIDAY, ["C1"])
    office.step("ended", version, in_flight="finish")
    office.night(MONDAY, ["C1"])
    office.step("ended", version, in_flight="exit")
    office.night(LATER, ["C1"])
    assert office.people() == {(version, "wait_10d", "ended"): 1}
    assert office.leads() == {"send_sms": 1}


def test_those_in_flight_finish_on_the_version_they_began(office):
    first = office.approve()
    office.night(FRIDAY, ["C1"])
    second = office.approve(SHORTER, in_flight="finish")
    office.night(MONDAY, ["C1", "C2"])
    assert office.people() == {(first, "wait_10d", None): 1, (second, "end", None): 1}
    assert (office.state(first), office.state(second)) == ("replaced", "live")
    office.night(date(2026, 6, 11), ["C1", "C2"])  # the first version's wait is over
    assert office.people() == {(first, "end", None): 1, (second, "end", None): 1}
    assert office.leads() == {"send_sms": 1, "other": 1, "send_app_push": 1}


def test_those_in_flight_migrate_where_their_node_is_left(office):
    first = office.approve()
    office.night(FRIDAY, ["C1"])
    office.night(MONDAY, ["C1", "C2"])  # C2 waits since Tuesday
    longer = PLAN.model_copy(update={"title": "Second"})
    second = office.approve(longer, in_flight="migrate")
    office.night(TUESDAY, ["C1", "C2"])
    assert office.people() == {(second, "wait_10d", None): 2}
    third = office.approve(SHORTER, in_flight="migrate")
    office.night(WEDNESDAY, ["C1", "C2", "C3"])
    assert office.people() == {(second, "wait_10d", None): 2, (third, "end", None): 1}
    assert first not in {version for version, *_ in office.people()}


def test_a_choice_to_exit_is_carried_out_by_the_next_run(office):
    first = office.approve()
    office.night(FRIDAY, ["C1", "C2"])
    second = office.approve(SHORTER, in_flight="exit")
    office.night(MONDAY, ["C1", "C2", "C3"], C1={"bought": True})
    assert office.people() == {
        (first, "wait_10d", "goal"): 1,
        (first, "wait_10d", "replaced"): 1,
        (second, "end", None): 1,
    }


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_death_at_any_point_loses_no_migration(banks, monkeypatch):
    def life(die_at: int) -> tuple[Any, int]:
        bank, points = banks(), []

        def point(name: str) -> None:
            points.append(name)
            if len(points) == die_at:
                raise Killed

        bank.allow("C1", "C2")
        bank.reach("C1", "C2")
        office = Office(bank)
        office.approve()
        office.night(FRIDAY, ["C1"])
        office.approve(replace_title(PLAN), in_flight="migrate")
        with office.mart(MONDAY, ["C1", "C2"]) as mart:
            with monkeypatch.context() as patch, contextlib.suppress(Killed):
                patch.setattr(files, "fault_point", point)
                patch.setattr(ledger_module, "fault_point", point)
                office.decide(mart)
            office.decide(mart)
        office.night(TUESDAY, ["C1", "C2"])
        rows = content(bank.ledger)
        bank.ledger.close()
        return rows, len(points)

    expected, points = life(0)
    assert len({row[2] for row in expected["enrolment"]}) == 1  # all are in the second version
    assert points >= 4
    for die_at in range(1, points + 1):
        assert life(die_at)[0] == expected


def test_a_run_that_is_refused_makes_nothing_live(office):
    office.approve()
    office.night(FRIDAY, ["C1"])
    office.night(TUESDAY, ["C1"])
    second = office.approve(replace_title(PLAN), in_flight="migrate")
    ledger = office.bank.ledger
    before = {name: rows for name, rows in content(ledger).items() if name != "run"}
    for day, job, told in ((MONDAY, "nightly", "can no longer be decided"), (TUESDAY, "again", "is decided")):
        with pytest.raises(RunError, match=told):
            office.night(day, ["C1", "C2"], job=job)
    assert {name: rows for name, rows in content(ledger).items() if name != "run"} == before
    assert office.state(second) == "approved"
    office.night(WEDNESDAY, ["C1"])
    assert office.people() == {(second, "wait_10d", None): 1}


def test_a_day_is_decided_once_whichever_job_asks(office):
    office.approve()
    run = office.night(FRIDAY, ["C1"])
    with pytest.raises(RunError, match=f"2026-05-29 is decided by run {run.run_id}"):
        office.night(FRIDAY, ["C1", "C2"], job="another")
    assert office.enrolled() == 1
    assert office.night(FRIDAY, ["C1", "C2"]) == run


@pytest.mark.parametrize("action", ["paused", "ended"])
def test_who_acts_between_is_not_overruled_by_the_run(office, action):
    version = office.approve()
    today = office.today(FRIDAY)
    office.step(action, version, in_flight="finish")
    with (
        office.bank.mart([{"customer_id": "C1", "aum": Decimal(500)}], as_of=FRIDAY) as mart,
        pytest.raises(OvertakenError, match=f"{action} by bob"),
    ):
        run_strategies(
            mart, office.bank.ledger, office.bank.vault, office.playbook, today.running, steps=today.steps,
            run_id=office.bank.start(mart), folder=Path(office.bank.folder),
        )  # fmt: skip
    assert office.enrolled() == 0
    assert office.today(FRIDAY).steps == ()


# -- people from before strategies had to be approved ---------------------------------------------------


def enrol_earlier(office: Office, **nodes: str) -> None:
    """People of an older ledger, in a version that was never live, by customer the node they stand at."""
    with office.mart(date(2026, 5, 28), []) as mart:
        run_id = office.bank.start(mart, "older")
    rows = [
        {"enrolment_id": f"E-{who}", "strategy": "wealth", "version": "older", "customer_id": who,
         "arm": "treatment", "entered_on": date(2026, 5, 20), "node": node,
         "node_since": date(2026, 5, 20), "state": "active", "run_id": run_id}
        for who, node in nodes.items()
    ]  # fmt: skip
    with office.bank.ledger.transaction("older release") as connection:
        connection.execute(sa.insert(enrolment), rows)


def test_people_of_an_older_ledger_become_the_live_versions_or_leave(office):
    """C1 waits at a node that there still is, C2 at one that is gone, C3 has reached the goal there."""
    enrol_earlier(office, C1="wait_10d", C2="gone", C3="gone")
    run = office.night(FRIDAY, ["C1", "C2", "C3"])
    assert "People are in a version that was never live." in said(run)
    assert office.people() == {("older", "wait_10d", None): 1, ("older", "gone", None): 2}
    version = office.approve()
    run = office.night(MONDAY, ["C1", "C2", "C3"], C3={"bought": True})
    assert run.held == ()
    assert office.people() == {
        (version, "end", None): 1,  # the wait is over, and the message behind it has gone out
        ("older", "end", "replaced"): 1,
        ("older", "end", "goal"): 1,
    }
    assert office.leads() == {"send_app_push": 1}


def test_people_of_an_older_ledger_reach_their_goal_while_the_live_version_is_paused(office):
    version = office.approve()
    office.night(FRIDAY, ["C3"])
    enrol_earlier(office, C1="gone", C2="gone")
    office.step("paused", version, reason="complaints")
    office.night(MONDAY, ["C1", "C2", "C3"], C1={"bought": True})
    waits, reached = (version, "wait_10d", None), ("older", "end", "goal")
    assert office.people() == {waits: 1, reached: 1, ("older", "end", None): 1}
    office.step("resumed", version)
    office.night(TUESDAY, ["C1", "C2", "C3"])
    assert office.people() == {waits: 1, reached: 1, (version, "end", None): 1}


# -- days that were missed ----------------------------------------------------------------------------


@pytest.mark.parametrize("resumed", [True, False])
def test_nobody_enters_or_moves_on_missed_days_of_a_pause(office, resumed):
    version = office.approve(BRANCHING)
    office.night(FRIDAY, ["C1"])
    office.step("paused", version)
    if resumed:
        office.step("resumed", version)
    office.night(
        LATER, ["C1", "C2"], {TUESDAY: ["C1", "C2", "C3"], WEDNESDAY: ["C1", "C2", "C3"]}
    )  # fmt: skip
    rows = read_enrolments(office.bank.ledger).to_pylist()
    found = {row["customer_id"]: (row["entered_on"], row["node"]) for row in rows}
    if resumed:
        assert found == {"C1": (FRIDAY, "end"), "C2": (LATER, "wait_2d")}
    else:
        assert found == {"C1": (FRIDAY, "wait_2d")}


def test_a_pause_over_the_last_decided_day_counts_for_the_days_after_it(office):
    version = office.approve()
    office.step("paused", version)
    office.night(FRIDAY, ["C1"])
    office.step("resumed", version)
    office.night(WEDNESDAY, ["C1"], {MONDAY: ["C2"], TUESDAY: ["C2"]})
    rows = read_enrolments(office.bank.ledger).to_pylist()
    assert [(row["customer_id"], row["entered_on"]) for row in rows] == [("C1", WEDNESDAY)]
    office.night(LATER, ["C1"], {date(2026, 6, 4): ["C3"]})  # that pause is over
    assert office.enrolled() == 2


def test_on_missed_days_the_version_before_goes_on_and_lets_in(office):
    """C1 and C2 leave on the run's own day; C2 entered while the new version was not live."""
    first = office.approve()
    office.night(FRIDAY, ["C1"])
    second = office.approve(SHORTER, in_flight="exit")
    office.night(WEDNESDAY, ["C1", "C3"], {MONDAY: ["C1", "C2"], TUESDAY: ["C1"]})
    rows = read_enrolments(office.bank.ledger).to_pylist()
    assert {
        row["customer_id"]: (row["version"], row["entered_on"], row["exit_reason"], row["exited_on"])
        for row in rows
    } == {
        "C1": (first, FRIDAY, "replaced", WEDNESDAY),
        "C2": (first, MONDAY, "replaced", WEDNESDAY),
        "C3": (second, WEDNESDAY, None, None),
    }


def test_a_goal_reached_on_a_missed_day_is_one(office):
    version = office.approve()
    office.night(FRIDAY, ["C1"])
    office.step("ended", version, in_flight="exit")
    office.night(WEDNESDAY, [], {TUESDAY: ["C1"]}, C1={"bought": True})
    rows = read_enrolments(office.bank.ledger).to_pylist()
    assert [(row["exit_reason"], row["exited_on"]) for row in rows] == [("goal", TUESDAY)]


def test_those_who_finish_may_have_what_was_approved_with_the_live_version(office):
    first = office.approve()
    office.night(FRIDAY, ["C1"])
    change_offer(office)
    assert "offer 'LOAN' changed" in said(office.night(MONDAY, ["C1"]))
    second = office.approve(PLAN, in_flight="finish")
    assert first != second
    assert office.night(TUESDAY, ["C1", "C2"]).held == ()
    change_offer_again = office.offers["LOAN"].model_copy(update={"template": "Borrow most"})
    office.offers["LOAN"] = change_offer_again
    held = office.night(WEDNESDAY, ["C1", "C2"]).held
    assert {one.version for one in held} == {first, second}


def test_who_finishes_gets_his_versions_words_and_the_offers_as_approved_with_the_live_one(office):
    def offer(name: str, words: str) -> None:
        office.offers[name] = office.offers[name].model_copy(update={"template": words})

    def plan(title: str, *offers: str) -> Strategy:
        made = Strategy("wealth", title=title, stage="activate", goal=Goal(tag("bought"), within_days=30))
        made = made.start(RICH)
        for name in offers:
            made = made.send("sms", offer=name, id=name.lower()).wait(days=10)
        return made

    offer("LOAN", "Guaranteed profit")
    offer("R5", "The first R5")
    first = office.approve(plan("First", "LOAN", "R5"))
    office.night(FRIDAY, ["C1"])
    offer("LOAN", "Ask about our loan")
    second = office.approve(plan("Second", "LOAN"))
    office.night(MONDAY, ["C1", "C2"])
    offer("LOAN", "A file that nobody approved")
    offer("R5", "Another one")
    versions = [("wealth", first), ("wealth", second)]
    words = approved_words(office.bank.ledger, office.playbook, versions)
    found = {
        key: (one.strategies["wealth"].title, one.offers["LOAN"].template, one.offers["R5"].template)
        for (_, key), one in words.items()
    }
    assert found == {
        first: ("First", "Ask about our loan", "The first R5"),
        second: ("Second", "Ask about our loan", "Another one"),
    }
    offer("LOAN", "Ask about our loan")
    offer("R5", "The first R5")
    office.step("ended", second, in_flight="finish")
    assert office.night(TUESDAY, ["C1", "C2"]).held == ()
    (ended,) = approved_words(office.bank.ledger, office.playbook, versions[:1]).values()
    assert ended.offers["LOAN"].template == "Ask about our loan"


# -- on record ----------------------------------------------------------------------------------------


def test_replays_of_the_same_days_agree_in_every_row(banks):
    found = []
    for _ in range(2):
        bank = banks()
        bank.allow("C1", "C2", "C3")
        bank.reach("C1", "C2", "C3")
        office = Office(bank)
        version = office.approve()
        office.night(FRIDAY, ["C1"])
        office.step("paused", version, reason="complaints")
        office.night(MONDAY, ["C1", "C2"])
        office.step("resumed", version)
        office.approve(replace_title(PLAN), in_flight="migrate")
        office.night(TUESDAY, ["C1", "C2"])
        found.append(json.dumps(content(bank.ledger), default=str, sort_keys=True))
        bank.ledger.close()
    assert found[0] == found[1]
    assert '"paused"' in found[0]


def replace_title(plan: Strategy) -> Strategy:
    return plan.model_copy(update={"title": "Second"})


def test_nothing_is_written_by_looking(office):
    office.approve()
    before = content(office.bank.ledger)
    today = running_strategies(office.bank.ledger, office.playbook, office.tags, roles=ROLES, demo=False)
    assert today.running == ()
    assert content(office.bank.ledger) == before
