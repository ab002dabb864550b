"""Ten business days in sequence: one is missed, one is run again, and customers answer in between."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import yaml

from journeykit import workspace
from journeykit.ledger import Accounts, read_accounts, read_contacts, read_enrolments, read_receipts
from journeykit.mart.sources import subject_table
from journeykit.reports.facts import read_day
from journeykit.routing.result import StrategyRun
from journeykit.workdays import next_working_day

FIRST, CUSTOMERS = date(2026, 5, 29), 600
MISSED, AGAIN, WITHDRAWN = 3, 5, 2
PERMANENT = {
    "no_consent",
    "refused_automated",
    "unsuitable",
    "offer_expired",
    "no_contact_data",
    "no_manager",
}


def _business_days(count):
    days = [FIRST]
    while len(days) < count:
        days.append(next_working_day(days[-1], "CN"))
    return days


DAYS = _business_days(10)


def test_the_days_are_ten_working_days():
    assert [day.isoformat()[5:] for day in DAYS] == [
        "05-29", "06-01", "06-02", "06-03", "06-04", "06-05", "06-08", "06-09", "06-10", "06-11",
    ]  # fmt: skip


@dataclass
class Day:
    """What one morning gave, and what the bank's files said on that day."""

    as_of: date
    loaded: workspace.LoadedDay
    run: StrategyRun
    accounts: Accounts
    facts: object
    decisions: pd.DataFrame
    unchanged: list[bool]
    enrolments: pd.DataFrame


@dataclass
class Fortnight:
    journey: object
    days: list[Day]
    refusers: list[str]


def _withdraw(journey, day):
    """Ten customers we spoke to go to their branch on the evening of `day`, and refuse all marketing."""
    customers = sorted({lead["customer_id"] for lead in journey.leads()})[::3][:10]
    at = datetime.combine(day, time(20))
    rows = [
        {"consent_id": f"B{number:08d}", "customer_id": customer, "channel": "all", "purpose": "marketing",
         "granted": False, "recorded_at": at}
        for number, customer in enumerate(customers)
    ]  # fmt: skip
    schema = pq.read_schema(journey.bank / "consent" / "history.parquet")
    pq.write_table(pa.Table.from_pylist(rows, schema), journey.bank / "consent" / "at_branches.parquet")
    return customers


def _run(journey, days, check=True):
    """Live through the days; `check` also runs one again, and one that is long decided."""
    seen, refusers = [], []
    for number, day in enumerate(days):
        if number != MISSED:
            loaded = journey.load(day)
            build = journey.build(day)
            run = journey.decide(day)
            unchanged = []
            if check and number == AGAIN:
                before = journey.content(), journey.files()
                again = journey.load(day), journey.build(day), journey.decide(day)
                unchanged = [
                    again[0].load_id == loaded.load_id, again[1].build_id == build.build_id, again[1].reused,
                    again[2] == run, (journey.content(), journey.files()) == before,
                ]  # fmt: skip
                unchanged.append(journey.decide(days[1]) == seen[1].run)
                unchanged.append((journey.content(), journey.files()) == before)
            with journey.ledger() as ledger:
                accounts = read_accounts(ledger, run.run_id)
                with journey.here(), workspace.connect(as_of=day) as mart:
                    enrolments = read_day(mart, ledger).enrolments
            facts, decisions = journey.facts(day), journey.decisions(day)
            seen.append(Day(day, loaded, run, accounts, facts, decisions, unchanged, enrolments))
        if number + 1 < len(days):
            journey.advance()
        if number == WITHDRAWN:
            refusers = _withdraw(journey, days[number + 1])
    return Fortnight(journey, seen, refusers)


@pytest.fixture(scope="module")
def fortnight(begin):
    return _run(begin("fortnight", CUSTOMERS), DAYS)


@pytest.fixture(scope="module")
def leads(fortnight):
    return pd.DataFrame(fortnight.journey.leads())


@pytest.fixture(scope="module")
def enrolments(fortnight):
    with fortnight.journey.ledger() as ledger:
        return read_enrolments(ledger).to_pandas()


def test_identities_hold_each_day(fortnight, leads, enrolments):
    assert [day.as_of for day in fortnight.days] == [day for day in DAYS if day != DAYS[MISSED]]
    for day in fortnight.days:
        ours = leads[leads["as_of"] == day.as_of]
        found = day.accounts
        assert found.candidates == len(day.decisions) == found.leads + found.drops
        assert found.leads == len(ours) == (day.decisions["decision"] == "lead").sum()
        assert found.leads == found.delivered + found.failed + found.pending
        assert (found.pending, found.failed) == (0, 0)
        entered = (enrolments["entered_on"] <= day.as_of).sum()
        left = (pd.to_datetime(enrolments["exited_on"]) <= pd.Timestamp(day.as_of)).sum()
        assert (found.enrolled, found.exited, found.active) == (entered, left, entered - left)


def test_a_past_days_report_tells_of_that_day(fortnight):
    journey = fortnight.journey
    assert fortnight.days[0].accounts.enrolled < fortnight.days[-1].accounts.enrolled
    for day in (fortnight.days[0], fortnight.days[-2]):
        with journey.here(), journey.ledger() as ledger, workspace.connect(as_of=day.as_of) as mart:
            found = read_day(mart, ledger)
        assert found.accounts == (day.accounts,)
        pd.testing.assert_frame_equal(found.enrolments, day.enrolments)


def test_capacities_and_one_contact_a_day_hold_each_day(fortnight, leads):
    for day in fortnight.days:
        ours = leads[leads["as_of"] == day.as_of]
        assert set(ours["contact_date"]) <= {next_working_day(day.as_of, "CN")}
        assert not ours["customer_id"].duplicated().any()
        for manager, count in ours["manager_id"].value_counts().items():
            assert day.facts.managers[manager]["on_duty"]
            assert count <= day.facts.managers[manager]["daily_capacity"]
        for channel, count in ours["channel"].value_counts().items():
            assert count <= (day.facts.channels[channel]["daily_capacity"] or CUSTOMERS)
    assert not leads.duplicated(["customer_id", "contact_date"]).any()


def test_each_candidate_is_judged_by_what_the_banks_files_said_that_day(fortnight):
    for day in fortnight.days:
        for row in day.decisions.itertuples():
            reason = row.reason if isinstance(row.reason, str) else None
            expected = day.facts.obstacle(row.customer_id, row.channel, row.offer)
            assert (reason if reason in PERMANENT else None) == expected, (day.as_of, row)


def test_nobody_in_a_control_group_is_ever_contacted(fortnight, leads, enrolments):
    facts = fortnight.days[-1].facts
    control = {(row.strategy, row.customer_id) for row in enrolments.itertuples() if row.arm == "control"}
    assert control
    everybody = zip(enrolments["strategy"], enrolments["customer_id"], strict=True)
    assert control == {key for key in everybody if facts.is_control(*key)}
    for day in fortnight.days:
        assert control.isdisjoint(zip(day.decisions["strategy"], day.decisions["customer_id"], strict=True))
    assert control.isdisjoint(zip(leads["strategy"], leads["customer_id"], strict=True))


def test_nobody_is_contacted_twice_on_a_date(fortnight, leads):
    with fortnight.journey.ledger() as ledger:
        contacts = read_contacts(ledger, DAYS[-1] + timedelta(days=7)).to_pandas()
    later = contacts[contacts["contacted_on"] > FIRST]
    assert len(later) == len(leads)
    assert not later.duplicated(["customer_id", "contacted_on"]).any()


def test_running_a_day_again_changes_nothing(fortnight):
    (checked,) = [day.unchanged for day in fortnight.days if day.unchanged]
    assert checked == [True] * 7


def test_receipts_come_back(fortnight, leads):
    """All the bank has written by the last day, each of a lead that was decided before."""
    written = fortnight.journey.read("receipt")
    with fortnight.journey.ledger() as ledger:
        imported = read_receipts(ledger).to_pandas()
    assert len(imported) > 50
    assert set(imported["receipt_id"]) == set(written["receipt_id"])
    assert sum(day.loaded.receipts for day in fortnight.days) == len(imported)
    decided = leads.set_index("lead_id")["as_of"]
    assert all(decided[row.lead_id] < row.occurred_at.date() for row in imported.itertuples())


def test_a_consent_withdrawn_stops_every_later_contact(fortnight, leads):
    """The customers who went to a branch on the missed day's evening, and those who refused a channel."""
    evening = DAYS[WITHDRAWN + 1]
    assert len(fortnight.refusers) == 10
    theirs = leads[leads["customer_id"].isin(fortnight.refusers)]
    assert (theirs["as_of"] < evening).any()
    assert not (theirs["as_of"] >= evening).any()
    later = pd.concat([day.decisions for day in fortnight.days if day.as_of >= evening])
    stopped = later[later["customer_id"].isin(fortnight.refusers)]
    assert len(stopped) > 0
    assert set(stopped["reason"]) == {"no_consent"}
    for row in fortnight.journey.read("consent").itertuples():
        if row.consent_id.startswith("W"):
            same = (leads["customer_id"] == row.customer_id) & (leads["channel"] == row.channel)
            assert not (same & (leads["as_of"] >= row.recorded_at.date())).any()


def test_who_reached_the_goal_left(fortnight, enrolments):
    """By the last day's files nobody in these strategies holds what they are meant to sell."""
    holding = fortnight.journey.read("holding")
    running = holding[(holding["role"] == "owner") & (holding["closed_on"].isna())]
    owns = {line: set(rows["customer_id"]) for line, rows in running.groupby("line")}
    goals = {"idle_inflow": "wealth", "new_payroll": "wealth", "loan_interest": "loan"}
    active = enrolments[enrolments["state"] == "active"]
    for strategy, line in goals.items():
        assert owns[line].isdisjoint(active.loc[active["strategy"] == strategy, "customer_id"])
    reached = enrolments[enrolments["exit_reason"] == "goal"]
    assert len(reached) > 0
    assert (pd.to_datetime(reached["exited_on"]) > pd.to_datetime(reached["entered_on"])).all()
    for row in reached[reached["strategy"].isin(goals)].itertuples():
        own = holding[(holding["customer_id"] == row.customer_id) & (holding["line"] == goals[row.strategy])]
        assert (own["opened_on"] <= row.exited_on).any()


def _candidates_by_hand(strategy, enrolled, days):
    """Everyone's way along a straight path, one customer at a time: the candidates of each day."""
    nodes = {node["id"]: node for node in strategy["nodes"]}
    first = next(node["next"] for node in strategy["nodes"] if node["kind"] == "start")
    expected = set()
    for person in enrolled.itertuples():
        node, since = first, person.entered_on
        for day in days:
            gone = person.state == "exited" and person.exited_on <= day.as_of
            if person.arm == "control" or day.as_of < person.entered_on or gone:
                continue
            decided = {
                row.node: row
                for row in day.decisions[
                    (day.decisions["strategy"] == strategy["name"])
                    & (day.decisions["customer_id"] == person.customer_id)
                ].itertuples()
            }
            while node != "end":
                step = nodes[node]
                if step["kind"] == "wait":
                    over = since + timedelta(days=step["days"])
                    if over > day.as_of:
                        break
                    node, since = step["next"], over
                    continue
                expected.add((day.as_of, node, person.customer_id))
                row = decided.get(node)
                if row is None or (row.decision == "drop" and row.reason not in PERMANENT):
                    break
                since = day.run.contact_date if row.decision == "lead" else day.as_of
                node = step["next"]
    return expected


@pytest.mark.parametrize("name", ["visits", "loan_interest", "dormant_customer"])
def test_a_strategy_flows_as_followed_by_hand(fortnight, enrolments, name):
    path = fortnight.journey.settings.scheduled / "strategies" / f"{name}.yaml"
    strategy = yaml.safe_load(path.read_text("utf-8"))
    enrolled = enrolments[enrolments["strategy"] == name]
    found = {
        (day.as_of, row.node, row.customer_id)
        for day in fortnight.days
        for row in day.decisions[day.decisions["strategy"] == name].itertuples()
    }
    assert found == _candidates_by_hand(strategy, enrolled, fortnight.days)
    assert len({node for _, node, _ in found}) > 1


def test_corrections_are_seen_from_their_day_on(fortnight):
    """A day's load keeps what was known then; the next day's load has the corrected amount."""
    journey = fortnight.journey
    txn = subject_table("txn")
    assert len({day.loaded.load_id for day in fortnight.days}) == len(fortnight.days)
    compared = 0
    for before, after in zip(fortnight.days, fortnight.days[1:], strict=False):
        path = journey.bank / "txn" / f"correction_{after.as_of:%Y%m%d}.parquet"
        rows = pd.read_parquet(path).set_index("txn_id")
        rows = rows[rows["occurred_at"] < pd.Timestamp(before.as_of) + pd.Timedelta(days=1)]
        statement = sa.select(txn.c.txn_id, txn.c.amount).where(txn.c.txn_id.in_(list(rows.index)))
        amounts = []
        for day in (before, after):
            with journey.here(), workspace.connect(as_of=day.as_of) as mart:
                amounts.append({row["txn_id"]: row["amount"] for row in mart.run(statement).to_pylist()})
        for number, row in rows.iterrows():
            assert amounts[1][number] == row["amount"] < amounts[0][number]
            compared += 1
    assert compared >= 5


def test_late_rows_are_in_the_load_of_the_day_they_came(fortnight):
    journey, txn = fortnight.journey, subject_table("txn")
    last = fortnight.days[-1].as_of
    late = pd.concat(pd.read_parquet(path) for path in (journey.bank / "txn").glob("late_*.parquet"))
    assert (late["recorded_at"].dt.date > late["occurred_at"].dt.date).all()
    statement = sa.select(txn.c.txn_id).where(txn.c.txn_id.in_(list(late["txn_id"])))
    with journey.here(), workspace.connect(as_of=last) as mart:
        assert Counter(mart.run(statement)["txn_id"].to_pylist()) == Counter(late["txn_id"])


@pytest.mark.slow
def test_a_replay_of_ten_days_gives_the_same_ledger(begin, fortnight):
    second = _run(begin("replay", CUSTOMERS), DAYS, check=False)
    assert second.journey.content() == fortnight.journey.content()
    assert second.journey.files() == fortnight.journey.files()


def test_a_replay_of_five_days_gives_the_same_ledger(begin):
    """Small enough for every run of the tests; with the missed day in it, and in two fresh workspaces."""
    first, second = (_run(begin(name, 250), DAYS[:5], check=False) for name in ("one", "two"))
    assert sum(len(rows) for rows in first.journey.content().values()) > 1000
    assert second.journey.content() == first.journey.content()
    assert second.journey.files() == first.journey.files()
