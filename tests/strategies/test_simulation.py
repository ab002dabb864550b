"""A simulation against the nightly run itself over the same days, on a small made-up history."""

import re
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journeykit.errors import ApprovalError, DataError, DefinitionError
from journeykit.expressions import tag
from journeykit.hashing import assignment_hash
from journeykit.ledger.enrolments import read_enrolments
from journeykit.ledger.ledger import content
from journeykit.mart.mart import Mart
from journeykit.routing.deciding import run_strategies
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running
from journeykit.strategies.simulation import Situation, simulate
from journeykit.strategies.simulation.calendar import plan_days
from journeykit.strategies.simulation.drawing import Link, draw_flow, draw_load
from journeykit.strategies.simulation.present import Present, rivals_on
from journeykit.strategies.simulation.replaying import replay
from journeykit.workdays import working_days
from journeykit.workspace.simulating import simulate as simulate_here

TODAY = date(2026, 7, 31)
BACK = timedelta(weeks=3)
DAYS = 18
PAST = working_days(TODAY - BACK, TODAY - BACK + timedelta(days=DAYS - 1), "CN")
PEOPLE = [f"C{number:03d}" for number in range(120)]
SEGMENT = Segment("wanted", tag("wanted"))
PLAN = (
    Strategy("wealth", stage="activate", goal=Goal(tag("bought"), within_days=12), exit_when=tag("gone"))
    .start(SEGMENT, control=0.2, reentry=5)
    .split({
        "text": (0.5, path().send("sms", offer="LOAN", cost=2)),
        "push": (0.5, path().send("app_push", offer="LOAN")),
    })
    .wait(days=2)
    .branch(tag("keen"), yes=path().assign("manager", offer="W-30D", on_blocked="wait"),
            no=path().wait(weekday="thursday").send("sms", offer="LOAN", id="again", cost=1))
)  # fmt: skip


class History:
    """A bank with a snapshot for each past working day and for today."""

    def __init__(self, bank, *, lacking=()):
        self.bank = bank
        self.playbook = Playbook({}, bank.offers, bank.channels)
        luck = Random(5)
        facts = {who: {"keen": False, "wanted": luck.random() < 0.5, "gone": False} for who in PEOPLE}
        bank.allow(*(who for who in PEOPLE if luck.random() < 0.85))
        bank.reach(*(who for who in PEOPLE if luck.random() < 0.9))
        managers = [{"manager_id": f"M{n}", "daily_capacity": 2, "on_duty": True} for n in range(3)]
        assessed = [
            {
                "customer_id": who,
                "assessed_on": date(2026, 1, 1),
                "level": 3,
                "expires_on": date(2026, 12, 31),
            }
            for who in PEOPLE
        ]
        self.builds = {}
        for day in [*PAST, TODAY]:
            customers = [
                {"customer_id": who, "manager_id": f"M{n % 3}", "aum": Decimal(5),
                 "bought": luck.random() < 0.03, **facts[who]}
                for n, who in enumerate(PEOPLE)
            ]  # fmt: skip
            if day not in lacking:
                with bank.mart(customers, day, managers=managers, assessments=assessed) as mart:
                    self.builds[day] = (mart.manifest, mart.build_id)
            for one in facts.values():
                one["keen"] ^= luck.random() < 0.2
                one["wanted"] ^= luck.random() < 0.08
                one["gone"] = luck.random() < 0.02

    @contextmanager
    def open(self, day, threads=2):
        manifest, build = self.builds[day]
        with Mart(
            self.bank.store, manifest, build, country="CN", tags=self.bank.tags, threads=threads
        ) as mart:
            yield mart

    def situation(self, threads=2, live=()):
        return Situation(
            ledger=self.bank.ledger, vault=self.bank.vault, playbook=self.playbook,
            snapshots=list(self.builds), open_day=lambda day: self.open(day, threads),
            running=[Running(one, "v1") for one in live],
        )  # fmt: skip

    def simulate(self, plan=PLAN, days=DAYS, threads=2, live=(), in_flight="migrate"):
        with self.open(TODAY, threads) as mart:
            return simulate(plan, mart, self.situation(threads, live), days, in_flight)

    def night(self, day, *plans):
        """The real nightly run of a day; its decisions."""
        with self.open(day) as mart:
            run = self.bank.start(mart)
            folder = self.bank.folder / "runs" / run
            run_strategies(
                mart, self.bank.ledger, self.bank.vault, self.playbook, [Running(one, "v1") for one in plans],
                run_id=run, folder=folder,
            )  # fmt: skip
        return pq.read_table(folder / "decisions.parquet").to_pylist()


@pytest.fixture
def history(bank):
    return History(bank)


@pytest.fixture(scope="module")
def read_only(banks):
    """A history that no test writes to."""
    return History(banks())


@pytest.fixture(scope="module")
def found(read_only):
    """Its simulation."""
    return read_only.simulate()


def _replayed(history):
    """Everybody and the decisions of each day of a replay in which nobody answers."""
    situation = history.situation()
    plan = plan_days(TODAY, DAYS, "CN", list(history.builds), lambda _: True)
    with history.open(TODAY) as today:
        present = Present(today, history.bank.ledger, history.bank.vault, history.playbook)
        return replay(
            Running(PLAN, "v1"), plan, situation.open_day, present=present, rates=(),
            rivals_on=lambda day: rivals_on(history.bank.ledger, history.playbook, {}, day),
        )  # fmt: skip


def test_a_replay_is_the_nightly_run_of_the_same_days(history):
    trace = _replayed(history)
    shift = trace.days[0].as_of - trace.days[0].past
    assert [day.past for day in trace.days] == PAST
    ids = trace.customer_id.to_pylist()
    for place, day in enumerate(PAST):
        decided = history.night(day, PLAN)
        found = trace.decisions[trace.decisions["day"] == place]
        assert sorted(
            (row["customer_id"], row["node"], row["decision"], row["reason"], row["manager_id"])
            for row in decided
        ) == sorted(
            (ids[row.person], trace.graph.ids[row.node], row.decision, row.reason, row.manager_id)
            for row in found.replace({float("nan"): None}).itertuples()
        )  # fmt: skip
        known = read_enrolments(history.bank.ledger).to_pylist()
        standing = {
            (one["customer_id"], one["node"], one["node_since"] + shift)
            for one in known if one["state"] == "active"
        }  # fmt: skip
        assert standing == {
            (ids[person], trace.graph.ids[code],
             date(1970, 1, 1) + timedelta(days=int(trace.since[person, place])))
            for person, code in enumerate(trace.node[:, place]) if code >= 0
        }  # fmt: skip
    assert trace.people == len(known)
    assert {one["exit_reason"] for one in known} >= {"goal", "exit_rule", "expired"}
    assert len(ids) > len(set(ids)), "nobody came in again"


def _state(history):
    """The ledger's rows, and a hash of every file of vault and mart."""
    files = {
        str(file): sha256(file.read_bytes()).hexdigest()
        for folder in ("mart", "vault")
        for file in sorted((history.bank.folder / folder).rglob("*"))
        if file.is_file() and not file.name.endswith("-shm")  # which readers of SQLite use as well
    }
    return content(history.bank.ledger), files


def test_nothing_is_written(read_only):
    before = _state(read_only)
    assert len(before[1]) > 10
    read_only.simulate()
    assert _state(read_only) == before


def test_it_finds_the_same_twice_and_with_one_thread(read_only, found):
    for threads in (2, 1):
        other = read_only.simulate(threads=threads)
        assert other.summary() == found.summary()
        assert other.to_frame().equals(found.to_frame())
        assert repr(other) == repr(found)
    assert found.summary()["contacts"]["expected"] > 50


def test_the_first_day_is_known(history):
    """Everybody who enters tonight, and all who are contacted, are those that tonight's run gives."""
    found = history.simulate()
    figures = found.to_frame()
    today = figures[figures["day"] == TODAY]
    decided = history.night(TODAY, PLAN)
    leads = {}
    for row in decided:
        leads[row["node"]] = leads.get(row["node"], 0) + (row["decision"] == "lead")
    expected = today[today["kind"] == "lead"].set_index("name")["expected"]
    assert {name: count for name, count in leads.items() if count} == {
        name: count for name, count in expected.items() if count
    }
    entered = today[today["kind"] == "entered"].set_index("name")["expected"].to_dict()
    arms = [one["arm"] for one in read_enrolments(history.bank.ledger).to_pylist()]
    assert entered == {arm: arms.count(arm) for arm in set(arms)}
    assert (today["low"] == today["high"]).all()


def test_whoever_answers_reaches_the_goal_within_days(history):
    """If all do, nobody who was contacted is still there a few days later; the control group is not moved."""
    quiet = history.simulate()
    sure = {
        name: one.model_copy(update={"response_rate": Decimal(1)})
        for name, one in history.bank.offers.items()
    }
    history.playbook = Playbook({}, sure, history.bank.channels)
    trace = history.simulate().trace
    leads = trace.decisions[trace.decisions["decision"] == "lead"]
    assert len(leads) > 50
    for row in leads.itertuples():
        known = [place for place, day in enumerate(trace.days)
                 if day.as_of >= trace.days[row.day].contact_date + timedelta(days=2)]  # fmt: skip
        assert not known or (0 <= trace.left[row.person] <= known[0])
    control = [one.node[~one.treated] for one in (quiet.trace, trace)]
    assert (control[0][: len(control[1])] == control[1][: len(control[0])]).all()


def test_who_answers_is_drawn_by_hash(read_only, found):
    ids = found.trace.customer_id.to_pylist()
    share = float(read_only.bank.offers["LOAN"].response_rate)
    sent = found.trace.decisions[found.trace.decisions["decision"] == "lead"]
    code = found.trace.graph.code["again"]
    answering = {
        int(row.person) for row in sent[sent["node"] == code].itertuples()
        if int(assignment_hash("wealth:again:answer", ids[row.person]), 16) / 16**8 < share
    }  # fmt: skip
    reasons = [found.trace.reason[person] for person in answering]
    left = [found.trace.left[person] for person in answering]
    assert all(reason or day == -1 for reason, day in zip(reasons, left, strict=True))


def test_a_customers_steps_agree_with_the_totals(found):
    trace, ids = found.trace, found.trace.customer_id.to_pylist()
    standing, contacted, leaving = {}, 0, 0
    for who in sorted(set(ids)):
        told = found.step(who)
        for step in told.steps:
            if step.node:
                standing[step.day, step.node] = standing.get((step.day, step.node), 0) + 1
            contacted += sum(": contact on " in event for event in step.events)
            leaving += sum(event.startswith("leaves") for event in step.events)
    counted = {}
    for place, day in enumerate(trace.days):
        for code in trace.node[:, place]:
            if code >= 0:
                key = (day.as_of, trace.graph.ids[code])
                counted[key] = counted.get(key, 0) + 1
    assert standing == counted
    assert contacted == (trace.decisions["decision"] == "lead").sum() > 0
    assert leaving == (trace.left >= 0).sum() > 0


def test_a_path_says_what_was_judged_and_why_nobody_was_contacted(found):
    said = {
        event for who in set(found.trace.customer_id.to_pylist())
        for step in found.step(who).steps for event in step.events
    }  # fmt: skip
    assert "Branch: If “keen”: yes" in said
    assert "Branch: Otherwise" in said
    assert "Wait for the next Thursday: over" in said
    assert "By lot: “text”, 50% of customers" in said
    assert any(event.startswith("Text message · LOAN (send_sms): not contacted (") for event in said)
    never = next(one for one in PEOPLE if one not in found.trace.customer_id.to_pylist())
    with pytest.raises(DataError, match="never enters 'wealth'"):
        found.step(never)
    with pytest.raises(DataError, match="no customer 'C999'"):
        found.step("C999")
    with pytest.raises(DataError, match="no customer's id"):
        found.step(5)
    path = found.step(found.trace.customer_id[0].as_py())
    assert "入组" in repr(path.table("zh"))
    assert repr(found.step(path.customer_id, "zh")) == repr(path.table("zh")) != repr(path)


def test_a_summary_is_by_codes_or_in_a_language(found):
    codes, told = found.summary(), found.summary("zh")
    assert set(codes["nodes"]) < {*found.trace.graph.ids}
    assert [*told["nodes"]] == [found.titles("zh")[name] for name in codes["nodes"]]
    assert [one["channel"] for one in told["channels"]] == [row[0] for row in found.channel_table("zh").rows]
    assert list(told["drops"].values()) == list(codes["drops"].values())
    assert told["assumptions"] == [one["text_zh"] for one in codes["assumptions"]]
    assert told["contacts"] == codes["contacts"]


def test_a_goal_that_is_drawn_is_told_as_drawn(found):
    """A path says of whom it is known that the goal held, and of whom an answer was drawn."""
    trace, ids = found.trace, found.trace.customer_id.to_pylist()
    drawn = {ids[n] for n in range(trace.people) if trace.answered[n]}
    told = {who for who in set(ids) if "drawn by lot" in repr(found.step(who))}
    assert told == drawn and drawn
    known = {who for who in set(ids) - drawn if "leaves: goal reached" in repr(found.step(who))}
    assert known


def test_who_only_queued_is_told_apart(found):
    """A drop is told as one unless the same action contacts the same person on a later day."""
    drops, queued, contacted = set(), set(), {}
    for row in found.trace.decisions.itertuples():
        if row.decision == "lead":
            contacted.setdefault((row.person, row.node), []).append(row.day)
    for row in found.trace.decisions.itertuples():
        if row.decision == "drop":
            later = any(day > row.day for day in contacted.get((row.person, row.node), ()))
            (queued if later else drops).add((row.reason, row.person))
    said = found.summary()
    for name, people in (("drops", drops), ("queued", queued)):
        reasons = [reason for reason, _ in people]
        assert said[name] == {reason: reasons.count(reason) for reason in set(reasons)} != {}
    assert "contacted later" in repr(found.drop_table()) and "排队" in repr(found.drop_table("zh"))
    assert len(found.drop_table().rows) == len({reason for reason, _ in drops | queued})


def test_who_has_reached_the_goal_already_is_counted(read_only, found):
    with read_only.open(TODAY) as mart:
        done = mart.count(SEGMENT & Segment("done", tag("bought") | tag("gone")))
    (said,) = [one for one in found.assumptions if one.name == "done"]
    assert said.text.startswith(f"{done} members") and f"{done}名" in said.text_zh and done


def test_a_path_has_a_row_for_each_event_and_one_for_days_without_any(found):
    for who in found.trace.customer_id.to_pylist()[:20]:
        steps = found.step(who)
        rows = steps.table().rows
        assert sum(row[1] != "nothing: stays" for row in rows) == sum(len(one.events) for one in steps.steps)
        quiet = [row[1] == "nothing: stays" for row in rows]
        assert not any(one and other for one, other in pairwise(quiet))
        assert all("send_sms" not in str(row[2]) or "Text message" in row[2] for row in rows)


def test_those_named_as_contacted_are(found):
    named = found.contacted(most=5)
    assert len(named) == len(set(named)) == 5
    for who in named:
        assert any(": contact on " in event for step in found.step(who).steps for event in step.events)


def test_steps_are_a_chain(found):
    """Each person's steps lead from where he stood to where he stands."""
    trace = found.trace
    for person in range(trace.people):
        here = -1
        for place in range(trace.entered[person], len(trace.days)):
            moves = trace.steps[(trace.steps["person"] == person) & (trace.steps["day"] == place)]
            onward = dict(zip(moves["origin"], moves["target"], strict=True))
            for _ in range(len(onward)):
                here = onward[here]
            assert trace.left[person] == place or here == trace.node[person, place]
            if trace.left[person] == place:
                break


def test_live_strategies_share_capacity_and_customers(history):
    """What another strategy got on the past days it wants again; routing decides by value."""
    named = Strategy(
        "rival", title="Gold coins", title_zh="金币", stage="retain", priority=1,
        goal=Goal(tag("bought"), within_days=30),
    )  # fmt: skip
    rival = named.start(SEGMENT).split({
        "cheap": (0.5, path().send("sms", offer="LOAN", expected_value=1)),
        "dear": (0.5, path().send("app_push", offer="LOAN", expected_value=9999)),
    })  # fmt: skip
    for day in PAST:
        history.night(day, rival)
    alone, found = history.simulate(), history.simulate(live=[rival])
    assert alone.conflicts == ()
    (conflict,) = found.conflicts
    assert conflict.strategy == "rival"
    assert conflict.same_day >= conflict.ours + conflict.theirs
    assert conflict.ours > 0 and conflict.theirs > 0 and conflict.both > 0
    assert "better_offer" in {*found.summary()["drops"], *found.summary()["queued"]}
    assert found.conflict_table().rows[0][0] == "Gold coins"
    assert found.conflict_table("zh").rows[0][0] == "金币"


def test_a_missing_snapshot_is_named(bank):
    history = History(bank, lacking=(PAST[3], PAST[4]))
    found = history.simulate()
    (said,) = [one for one in found.assumptions if one.name == "missing_snapshots"]
    assert f"{PAST[3]} by {PAST[2]}" in said.text and said.text in repr(found)
    assert [day.snapshot for day in found.trace.days[3:5]] == [PAST[2], PAST[5]]


def test_one_snapshot_says_that_nothing_changes(bank):
    start = PLAN.starts[0].model_copy(update={"reentry": "never"})
    found = History(bank, lacking=PAST).simulate(PLAN.model_copy(update={"nodes": (start, *PLAN.nodes[1:])}))
    said = {one.name: one.text for one in found.assumptions}
    assert "history" not in said, "days that are not known are not told as known"
    assert f"judged by the tags of {TODAY}" in said["one_snapshot"]
    # Nobody noted when the columns behind its tags were so, and a later load cannot show it.
    assert "cannot tell “Bought”, “Gone”, “Keen”, “Wanted”:" in said["missing_snapshots"]
    assert "backfill" not in said["missing_snapshots"]
    assert set(found.trace.entered) == {0}
    figures = found.to_frame()
    entered = figures[(figures["kind"] == "entered") & figures["day"].isna()]
    assert (entered["low"] == entered["high"]).all() and entered["low"].sum() == found.summary()["entered"]


def test_what_backfill_can_build_is_said(bank):
    """Since when somebody is a customer is known of any day."""
    plan = (
        Strategy("old", stage="retain").start(Segment("any", tag("due_on") < TODAY)).send("sms", offer="LOAN")
    )
    found = History(bank, lacking=PAST[:-1]).simulate(plan)
    said = {one.name: one.text for one in found.assumptions}
    assert f"judged by the tags of {PAST[-1]}" in said["one_snapshot"]
    command = f"journeykit tags backfill --from {PAST[0]} --to {PAST[-2]}"
    assert said["missing_snapshots"].endswith(command) and "cannot" not in said["missing_snapshots"]


def test_rates_and_their_origin_are_named(found):
    said = {one.name: one.text for one in found.assumptions}
    assert "5.0% of contacts with “LOAN” by text message" in said["rate LOAN sms"]
    assert "as the offer expects" in said["rate LOAN sms"]
    assert "No other strategy is live" in said["live"]
    assert all(one.text_zh in found.html("zh") for one in found.assumptions)


def test_bands_hold_what_is_expected(found):
    figures = found.to_frame()
    assert (figures["low"].astype(float) <= figures["expected"].astype(float) + 1e-9).all()
    assert (figures["expected"].astype(float) <= figures["high"].astype(float) + 1e-9).all()
    days = figures[(figures["kind"] == "standing") & figures["day"].notna()]["day"].unique()
    assert list(days) == working_days(TODAY, TODAY + timedelta(days=DAYS - 1), "CN")
    assert all(one < other for one, other in pairwise(days))


def test_the_cost_is_that_of_the_contacts(found):
    figures = found.to_frame()
    leads = figures[(figures["kind"] == "lead") & figures["day"].notna()].groupby("name")["expected"].sum()
    assert found.cost.value == pytest.approx(2 * leads["send_sms"] + leads["again"])
    assert found.cost.low < found.cost.value < found.cost.high


def test_each_message_counts(found):
    """Also the second one to somebody through the same channel; whoever adds up finds the same."""
    leads = found.trace.decisions[found.trace.decisions["decision"] == "lead"]
    assert (leads.groupby(["person", "channel"]).size() > 1).any(), "nobody had two messages of a kind"
    said, figures = found.summary(), found.to_frame()
    assert said["contacts"]["expected"] == len(leads)
    channels = leads.groupby("channel").size().to_dict()
    assert {one["channel"]: one["contacts"]["expected"] for one in said["channels"]} == channels
    for kind in ("lead", "message", "task"):
        counted = figures[figures["kind"] == kind]
        whole = counted[counted["day"].isna()].set_index("name")["expected"]
        days = counted[counted["day"].notna()].groupby("name")["expected"].sum()
        assert whole.to_dict() == days.to_dict()
    by_node = [row[3] for row in found.node_table().rows if row[3] is not None]
    assert sum(by_node) == len(leads)


def test_the_band_of_all_messages_is_as_wide_as_those_of_its_parts_allow(found):
    """No wider than their sum, and wider than that of any one."""
    said = found.summary()
    width = [one["contacts"]["high"] - one["contacts"]["low"] for one in said["channels"]]
    assert max(width) < said["contacts"]["high"] - said["contacts"]["low"] <= sum(width)


def test_too_many_days_and_unknown_tags_are_refused(read_only):
    for days in (181, 0, "3", True, None):
        with pytest.raises(DefinitionError, match="from 1 to 180"):
            read_only.simulate(days=days)
    odd = PLAN.model_copy(update={"exit_when": (tag("aum") > tag("nonsense")).node})
    with pytest.raises(DefinitionError, match="nonsense"):
        read_only.simulate(odd)


def test_wrong_kinds_are_refused_with_the_way_to_write_it(read_only):
    with read_only.open(TODAY) as mart:
        for given, words in (
            (("wealth", mart), r"jk.simulate\(jk.Strategy.load\('wealth'\), mart\)"),
            ((None, mart), r"jk.simulate\(plan, mart\)"),
            ((PLAN, None), r"jk.simulate\(plan, jk.connect\(\)\)"),
        ):
            with pytest.raises(DefinitionError, match=words):
                simulate_here(*given)
        with pytest.raises(ApprovalError, match="finish, migrate, exit"):
            simulate_here(PLAN, mart, in_flight="vanish")


def test_the_drawings_need_nothing_from_outside(found):
    for drawn in (found.flow(), found.load("zh")):
        assert drawn._repr_html_().startswith("<figure") and "http" not in drawn.svg
    assert "Text message · LOAN (send_sms)" in found.flow().words
    assert "短信 · LOAN (send_sms)" in found.flow("zh").words


def test_no_drawing_is_wider_than_a_page(found):
    """However deep the graph and however many the days."""
    deep = [Link(str(n), str(n + 1), 10.0 + n) for n in range(30)]
    long = draw_load("x", [("01-01", "Mon")] * 126, [("sms", [1.0] * 126, 5)])
    drawn = [found.flow(), found.load(), draw_flow("x", {str(n): "a step" for n in range(31)}, deep), long]
    assert all(float(re.search(r'width="(\d+)"', one.svg)[1]) <= 960 for one in drawn)


def test_tables_speak_to_their_reader_and_leave_out_what_never_happens(found):
    for language, words in (("en", ("Text message", "Why people leave")), ("zh", ("短信", "客户经理任务"))):
        text = found.text(language)
        assert all(word in text for word in words)
        assert "assign_manager" not in text
    assert all(row[2] != "0 – 0" for row in found.left_table().rows)
    assert all(row[2] != "0 – 0" or row[3] for row in found.drop_table().rows)
    assert all(any(row[1:2] + row[5:]) for row in found.node_table().rows)
    assert all(all(table.columns) for table in found._tables("en"))
    assert "nine of ten" in found.text()


def test_dates_go_and_come_moved():
    from journeykit.strategies.simulation.later import move_dates

    given = pa.table({"on": pa.array([TODAY, None], pa.date32()), "n": [1, 2]})
    assert move_dates(given, BACK)["on"].to_pylist() == [TODAY + BACK, None]
    assert move_dates(move_dates(given, BACK), -BACK).equals(given)
