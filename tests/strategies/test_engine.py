"""The engine equals a slow per-person interpreter on random graphs and rough days."""

from collections import Counter
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from journeykit.errors import LedgerError
from journeykit.experiments.assignment import assign_arm
from journeykit.expressions import did, tag
from journeykit.ledger.enrolments import apply_changes, read_enrolments
from journeykit.segments import Segment
from journeykit.strategies.engine import advance
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import CONTROL, END, Exit, Send, Wait
from journeykit.strategies.people import People
from journeykit.strategies.running import Running
from journeykit.strategies.standing import read_people
from journeykit.workdays import next_working_day

FIRST = date(2026, 5, 4)
PEOPLE = [f"C{n:03}" for n in range(12)]
GOAL_DAYS = 9
DAY = timedelta(days=1)


def plan_of(steps, *, goal=True, exit_rule=True, control="0.25"):
    made = Strategy(
        "plan",
        stage="activate",
        goal=Goal(tag("bought"), within_days=GOAL_DAYS) if goal else None,
        exit_when=tag("gone") if exit_rule else None,
    ).start(Segment("wanted", tag("wanted")), control=control)
    for step in steps:
        if step == "send":
            made = made.send("sms", offer="LOAN")
        elif step == "exit":
            return made.exit()
        else:
            made = made.wait(days=step)
    return made


class Interpreter:
    """One person after the other, one rule after the other."""

    def __init__(self, plan):
        self.plan, self.people = plan, {}

    def live(self, day, facts):
        for who, fact in facts.items():
            person = self.people.get(who)
            leaves = (self.plan.goal and fact["bought"]) or (self.plan.exit_when and fact["gone"])
            if person is None:
                if fact["wanted"] and not leaves:
                    start = self.plan.starts[0]
                    arm = assign_arm("plan:start", who, start.control)
                    node = CONTROL if arm == "control" else start.next
                    self.people[who] = {
                        "arm": arm,
                        "entered": day,
                        "node": node,
                        "since": day,
                        "left": None,
                        "why": None,
                    }
                    self.walk(self.people[who], day)
            elif person["left"] is None:
                if self.plan.goal and fact["bought"]:
                    person.update(left=day, why="goal")
                elif self.plan.goal and (day - person["entered"]).days > GOAL_DAYS:
                    person.update(left=day, why="expired")
                elif self.plan.exit_when and fact["gone"]:
                    person.update(left=day, why="exit_rule")
                else:
                    self.walk(person, day)

    def walk(self, person, day):
        while person["node"] not in (END, CONTROL):
            node = self.plan.node(person["node"])
            if isinstance(node, Exit):
                person.update(left=day, why="finished")
                return
            if not isinstance(node, Wait) or day < person["since"] + timedelta(days=node.days):
                return
            person.update(node=node.next, since=person["since"] + timedelta(days=node.days))

    def candidates(self, customers):
        """Who is no customer today stays, and is not contacted."""
        return {
            who: p["node"]
            for who, p in self.people.items()
            if who in customers
            and p["left"] is None
            and p["node"] not in (END, CONTROL)
            and isinstance(self.plan.node(p["node"]), Send)
        }

    def pass_action(self, who, day):
        """He is contacted on the next working day, and waits from then on."""
        contacted = next_working_day(day, "CN")
        self.people[who].update(node=self.plan.node(self.people[who]["node"]).next, since=contacted)

    def rows(self):
        return {
            who: (p["arm"], p["entered"], p["node"], p["since"], p["left"], p["why"])
            for who, p in self.people.items()
        }


def live_a_day(bank, plan, day, facts, done):
    """One day of the engine, recorded; returns the candidates and whom of them to let pass."""
    customers = [{"customer_id": who, **fact} for who, fact in facts.items()]
    people = read_people(bank.ledger, plan.name)
    with bank.mart(customers, day) as mart:
        one = advance(mart, Running(plan, "v1"), people)
        run_id = bank.start(mart)
    candidates = one.candidates
    passing = pc.is_in(candidates["customer_id"], value_set=pa.array(list(done), pa.string()))
    moved = one.contact(candidates.filter(passing)["enrolment_id"])
    record(bank, run_id, people.after([moved]))
    standing = dict(zip(candidates["customer_id"].to_pylist(), candidates["node"].to_pylist(), strict=True))
    return standing, [who for who in standing if who in done]


def record(bank, run_id, people):
    with bank.ledger.transaction("test") as connection:
        apply_changes(connection, run_id, people.changes)


def ledger_rows(bank):
    return {
        row["customer_id"]: (
            row["arm"],
            row["entered_on"],
            row["node"],
            row["node_since"],
            row["exited_on"],
            row["exit_reason"],
        )
        for row in read_enrolments(bank.ledger).to_pylist()
    }


@st.composite
def lives(draw):
    steps = draw(st.lists(st.sampled_from(["send", 1, 2, 4]), max_size=5))
    plan = plan_of(
        steps + (["exit"] if draw(st.booleans()) else []),
        goal=draw(st.booleans()),
        exit_rule=draw(st.booleans()),
    )
    days = sorted(draw(st.sets(st.integers(0, 14), min_size=1, max_size=5)))
    rare = st.sampled_from([False] * 5 + [True])
    fact = st.fixed_dictionaries({"wanted": st.booleans(), "bought": rare, "gone": rare})
    facts = {
        day: {who: draw(fact) for who in PEOPLE if draw(st.sampled_from([True] * 9 + [False]))}
        for day in days
    }
    done = {day: draw(st.sets(st.sampled_from(PEOPLE))) for day in days}
    return plan, facts, done


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a bank on disk is too slow to shrink with
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(lives())
def test_the_engine_equals_the_interpreter(banks, life):
    plan, facts, done = life
    bank, person_by_person = banks(), Interpreter(plan)
    for offset in facts:
        day = FIRST + timedelta(days=offset)
        person_by_person.live(day, facts[offset])
        # A customer missing from a snapshot is still in the strategy, and still judged by dates.
        absent = {"wanted": False, "bought": False, "gone": False}
        for who in person_by_person.people:
            if who not in facts[offset]:
                person_by_person.live(day, {who: absent})
        expected = person_by_person.candidates(facts[offset])
        standing, passing = live_a_day(bank, plan, day, facts[offset], done[offset])
        assert standing == expected
        for who in passing:
            person_by_person.pass_action(who, day)
        assert ledger_rows(bank) == person_by_person.rows()


def _everybody(**fact):
    return {who: {"wanted": True, "bought": False, "gone": False, **fact} for who in PEOPLE}


def test_nobody_enters_twice_and_control_is_never_a_candidate(bank):
    plan = plan_of(["send"], control="0.5")
    first, _ = live_a_day(bank, plan, FIRST, _everybody(), PEOPLE)
    live_a_day(bank, plan, FIRST + timedelta(days=1), _everybody(gone=True), PEOPLE)
    again, _ = live_a_day(bank, plan, FIRST + timedelta(days=2), _everybody(), PEOPLE)
    arms = {who: row[0] for who, row in ledger_rows(bank).items()}
    assert Counter(arms.values()).keys() == {"treatment", "control"}
    assert set(first) == {who for who, arm in arms.items() if arm == "treatment"}
    assert again == {}


def test_control_customers_reach_the_goal_too(bank):
    plan = plan_of(["send"], control="0.5")
    live_a_day(bank, plan, FIRST, _everybody(), PEOPLE)
    live_a_day(bank, plan, FIRST + timedelta(days=1), _everybody(bought=True), PEOPLE)
    assert {(row[0], row[5]) for row in ledger_rows(bank).values()} == {
        ("treatment", "goal"),
        ("control", "goal"),
    }


@pytest.mark.parametrize("late", [1, 3])
def test_a_goal_seen_first_after_the_window_is_no_expiry(bank, late):
    """The run of the window's last day was missed, or that day was a Saturday; control is judged alike."""
    plan = plan_of(["send"], control="0.5")
    live_a_day(bank, plan, FIRST, _everybody(), PEOPLE)
    after = FIRST + timedelta(days=GOAL_DAYS + late)
    facts = _everybody() | {who: {"wanted": True, "bought": True, "gone": True} for who in PEOPLE[:8]}
    live_a_day(bank, plan, after, facts, ())
    rows = ledger_rows(bank)
    assert {(rows[who][0], rows[who][5]) for who in PEOPLE[:8]} == {
        ("treatment", "goal"),
        ("control", "goal"),
    }
    assert {rows[who][5] for who in PEOPLE[8:]} == {"expired"}


def test_a_wait_counts_from_the_contact_not_from_the_decision(bank):
    plan = plan_of(["send", 2, "send"], control=0)
    friday = date(2026, 5, 29)
    live_a_day(bank, plan, friday, _everybody(), PEOPLE)
    standing = [
        set(live_a_day(bank, plan, friday + timedelta(days=days), _everybody(), ())[0]) for days in (2, 4, 5)
    ]
    assert standing == [set(), set(), set(PEOPLE)]  # contacted on Monday, so Wednesday and not Sunday


def test_two_runs_that_interleave_cannot_overwrite_each_other(bank):
    plan = plan_of(["send", 2, "send"], control=0)
    live_a_day(bank, plan, FIRST, _everybody(), ())
    customers = [{"customer_id": who, **fact} for who, fact in _everybody().items()]
    people = read_people(bank.ledger, plan.name)
    decided = []
    for days in (1, 2):
        with bank.mart(customers, FIRST + timedelta(days=days)) as mart:
            one = advance(mart, Running(plan, "v1"), people)
            some = one.contact(one.candidates["enrolment_id"][days:])
            decided.append((bank.start(mart), people.after([some])))
    for (run_id, after), refused in zip(decided, (False, True), strict=True):
        before = ledger_rows(bank)
        with pytest.raises(LedgerError, match="another run decided meanwhile") if refused else nullcontext():
            record(bank, run_id, after)
        assert (ledger_rows(bank) == before) is refused


def test_missed_days_lose_nothing(bank):
    plan = plan_of([2, 3, "send"], control=0)
    live_a_day(bank, plan, FIRST, _everybody(), ())
    standing, _ = live_a_day(bank, plan, FIRST + timedelta(days=8), _everybody(), ())
    assert set(standing) == set(PEOPLE)
    assert {row[3] for row in ledger_rows(bank).values()} == {FIRST + timedelta(days=5)}


def test_people_at_a_node_that_was_edited_away_are_contacted_no_more(bank):
    live_a_day(bank, plan_of(["send", 2, "send"], control=0), FIRST, _everybody(), PEOPLE)
    later, _ = live_a_day(bank, plan_of(["send"], control=0), FIRST + timedelta(days=5), _everybody(), ())
    assert later == {}
    assert {(row[2], row[4]) for row in ledger_rows(bank).values()} == {(END, None)}


def test_since_entry_counts_from_the_day_after_the_customer_came(bank):
    """Who viewed before, or on the day itself, stays; newcomers have nothing behind them."""
    plan = Strategy("plan", stage="activate", exit_when=did("view").since_entry()).start(
        Segment("wanted", tag("wanted"))
    )
    plan = plan.wait(days=30).send("sms", offer="LOAN")
    viewed = {"before": FIRST - DAY, "same": FIRST, "after": FIRST + DAY}
    events = [
        {"event_id": who, "customer_id": who, "channel": "app", "action": "view",
         "occurred_at": datetime.combine(day, time(12))}
        for who, day in viewed.items()
    ]  # fmt: skip
    people = [{"customer_id": who, "wanted": True, "bought": False, "gone": False} for who in viewed]
    nobody, running = People.nobody(plan.name), Running(plan, "v1")
    with bank.mart(people, FIRST, events=events) as mart:
        entered = advance(mart, running, nobody)
        assert entered.entered == 3
        assert entered.exited == 0
    with bank.mart(people, FIRST + DAY, events=events) as mart:
        after = advance(mart, running, nobody.after([entered])).after
    left = dict(zip(*(after[name].to_pylist() for name in ("customer_id", "exit_reason")), strict=True))
    assert left == {"before": None, "same": None, "after": "exit_rule"}


@pytest.mark.parametrize("control", ["0", "1"])
def test_shares_of_nobody_and_everybody_are_exact(bank, control):
    standing, _ = live_a_day(bank, plan_of(["send"], control=control), FIRST, _everybody(), ())
    assert len(standing) == len(PEOPLE) * (1 - Decimal(control))
