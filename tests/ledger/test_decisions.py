"""A run's decisions are recorded whole, once, and only when they add up."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger import (
    EnrolmentChanges,
    Ledger,
    contacts_on,
    content,
    enrolment_id,
    fail_run,
    find_run,
    finish_run,
    lead_id,
    mark_delivered,
    mark_failed,
    pending_leads,
    pin_build,
    read_accounts,
    read_contacts,
    read_drops,
    read_enrolments,
    read_leads,
    read_runs,
    record_decisions,
)  # fmt: skip
from journeykit.ledger.marks import MARKED, read_marks
from journeykit.ledger.tables import contact, delivery, lead

SHA = "f" * 64


def decide(ledger, days, run, *, entered=("C1", "C2", "C3"), leads=("C1", "C2"), drops=1, **changed):
    leads = leads if isinstance(leads, pa.Table) else days.leads(leads)
    given = {
        "changes": days.changes(entered=entered), "leads": leads, "drops": days.drops(drops),
        "candidates": leads.num_rows + drops, "decisions_sha256": SHA,
    } | changed  # fmt: skip
    return record_decisions(ledger, run.run_id, **given)


def test_records_everything_a_run_decided(ledger, days):
    run = days.start(ledger)
    recorded = decide(ledger, days, run)
    assert recorded.fresh
    assert (recorded.run.candidates, recorded.run.leads, recorded.run.drops) == (3, 2, 1)
    leads = read_leads(ledger, run_id=run.run_id).to_pylist()
    assert {row["lead_id"] for row in leads} == {
        lead_id("s", "n1", c, days.contact_date) for c in ("C1", "C2")
    }
    assert {row["expected_value"] for row in leads} == {Decimal("12.34")}
    assert {(row["as_of"], row["contact_date"], row["build_id"], row["delivery"]) for row in leads} == {
        (days.as_of, days.contact_date, "b1", "pending")
    }
    assert read_drops(ledger, run.run_id).to_pylist() == [
        {"strategy": "s", "node": "n1", "reason": "no_consent", "count": 1}
    ]
    assert read_enrolments(ledger, ["s"])["state"].to_pylist() == ["active"] * 3
    assert read_enrolments(ledger, ["other"]).num_rows == 0


def test_deciding_again_changes_nothing_and_says_so(ledger, days):
    run = days.start(ledger)
    decide(ledger, days, run)
    before = content(ledger)
    again = decide(ledger, days, run, entered=("C9",), leads=("C9",), decisions_sha256="0" * 64)
    assert not again.fresh
    assert again.run.decisions_sha256 == SHA
    assert content(ledger) == before


def test_two_replays_have_equal_content(ledger, days, tmp_path):
    def replay(target):
        run = days.start(target)
        decide(target, days, run)
        ids = read_leads(target)["lead_id"].to_pylist()
        mark_delivered(target, run.run_id, "sms", ids[:1], "sms.csv")
        mark_failed(target, run.run_id, "sms", {ids[1]: "no_contact_data"})
        finish_run(target, run.run_id)
        return content(target)

    other = Ledger.open(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert replay(ledger) == replay(other)


@pytest.mark.parametrize(
    ("changed", "figures"),
    [
        ({"candidates": 5}, "candidates 5 ≠ leads 2 \\+ drops 1"),
        ({"entered": ("C1",)}, "refuses"),
        ({"leads": ("C1", "C1")}, "refuses"),
    ],
)
def test_what_does_not_add_up_is_refused_whole(ledger, days, changed, figures):
    run = days.start(ledger)
    before = content(ledger)
    with pytest.raises(LedgerError, match=figures):
        decide(ledger, days, run, **changed)
    assert content(ledger) == before


def test_control_customers_get_no_lead(ledger, days):
    run = days.start(ledger)
    with pytest.raises(LedgerError, match="2 of 2 leads go to customers in a control group"):
        decide(ledger, days, run, changes=days.changes(entered=("C1", "C2"), arm="control"))
    assert read_enrolments(ledger).num_rows == 0


def test_one_lead_a_customer_and_contact_date_over_all_runs(ledger, days):
    decide(ledger, days, days.start(ledger))
    other = days.start(ledger, parameters={"again": True})
    with pytest.raises(LedgerError, match="refuses"):
        record_decisions(
            ledger, other.run_id, changes=days.changes(), leads=days.leads(["C1"], node="n2"),
            drops=days.drops(), candidates=1, decisions_sha256=SHA,
        )  # fmt: skip
    assert read_leads(ledger).num_rows == 2


def test_money_must_be_exact(ledger, days):
    leads = days.leads(["C1"])
    run = days.start(ledger)
    for kind in (pa.array([12.34]), pa.array([Decimal("12.345")])):
        with pytest.raises(LedgerError, match="expected_value"):
            decide(ledger, days, run, leads=leads.set_column(9, "expected_value", kind), candidates=2)
    with pytest.raises(LedgerError, match="lack the column 'offer'"):
        decide(ledger, days, run, leads=leads.drop_columns(["offer"]), candidates=2)


def test_customers_enter_move_and_leave_on_one_day(ledger, days):
    run = days.start(ledger)
    changes = days.changes(entered=["C1", "C2"], moved=[("C1", "n2"), ("C2", "end")], exited=[("C2", "goal")])
    decide(ledger, days, run, changes=changes, leads=("C1",), drops=0, candidates=1)
    rows = [
        (r["customer_id"], r["node"], r["state"], r["exit_reason"])
        for r in read_enrolments(ledger).to_pylist()
    ]
    assert rows == [("C1", "n2", "active", None), ("C2", "end", "exited", "goal")]
    accounts = read_accounts(ledger, run.run_id)
    assert (accounts.enrolled, accounts.active, accounts.exited) == (2, 1, 1)


@pytest.mark.parametrize("change", [{"moved": [("C2", "n2")]}, {"exited": [("C2", "goal")]}])
def test_who_has_left_neither_moves_nor_leaves_again(ledger, days, change):
    left = days.changes(entered=["C1", "C2"], exited=[("C2", "goal")])
    decide(ledger, days, days.start(ledger), changes=left, leads=("C1",), drops=0)
    later = days.start(ledger, as_of=date(2026, 6, 1), contact_date=date(2026, 6, 2))
    with pytest.raises(LedgerError, match="only 0 of them are active"):
        decide(ledger, days, later, changes=days.changes(**change), leads=(), drops=0, candidates=0)


@pytest.mark.parametrize("change", [{"moved": [("C1", "n3")]}, {"exited": [("C1", "goal")]}])
def test_who_was_moved_meanwhile_is_left_where_he_is(ledger, days, change):
    decide(ledger, days, days.start(ledger), entered=("C1",), leads=(), drops=0)
    mine = days.start(ledger, parameters={"mine": True})
    other = days.start(ledger, parameters={"other": True})
    decide(ledger, days, other, changes=days.changes(moved=[("C1", "n2")]), leads=(), drops=0)
    before = content(ledger)
    with pytest.raises(LedgerError, match="another run decided meanwhile"):
        decide(ledger, days, mine, changes=days.changes(**change), leads=(), drops=0)
    assert content(ledger) == before


def test_who_left_may_enter_again_on_a_later_day(ledger, days):
    decide(ledger, days, days.start(ledger), entered=("C1", "C2"), leads=(), drops=0)
    monday, tuesday = date(2026, 6, 1), date(2026, 6, 2)
    again = days.changes(entered=["C1"], exited=[("C2", "goal")], on=monday)
    run = days.start(ledger, as_of=monday, contact_date=tuesday)
    with pytest.raises(LedgerError, match="refuses"):
        decide(ledger, days, run, changes=again, leads=(), drops=0)
    left = days.changes(exited=[("C1", "expired")], on=monday)
    both = EnrolmentChanges(entered=again.entered, changed=left.changed)
    decide(ledger, days, run, changes=both, leads=days.leads(["C1"], entered_on=monday), drops=0)
    found = [
        (r["customer_id"], r["entered_on"], r["state"], r["exit_reason"])
        for r in read_enrolments(ledger).to_pylist()
    ]
    assert found == [
        ("C1", days.as_of, "exited", "expired"),
        ("C1", monday, "active", None),
        ("C2", days.as_of, "active", None),
    ]
    (lead,) = read_leads(ledger).to_pylist()
    assert (lead["enrolment_id"], lead["not_before_hour"]) == (enrolment_id("s", "C1", monday), 18)


def test_a_later_version_takes_people_over(ledger, days):
    decide(ledger, days, days.start(ledger), entered=("C1",), leads=(), drops=0)
    changes = days.changes(moved=[("C1", "start")])
    place = changes.changed.schema.get_field_index("version")
    changes = EnrolmentChanges(changed=changes.changed.set_column(place, "version", pa.array(["v2"])))
    later = days.start(ledger, as_of=date(2026, 6, 1), contact_date=date(2026, 6, 2))
    decide(ledger, days, later, changes=changes, leads=(), drops=0)
    (row,) = read_enrolments(ledger).to_pylist()
    assert (row["version"], row["node"], row["entered_on"]) == ("v2", "start", days.as_of)


def test_marks_are_recorded_with_the_decisions_and_seen_from_the_next_day_on(ledger, days):
    made = [("C1", "welcomed"), ("C1", "called"), ("C2", "called")]
    marked = pa.Table.from_pylist(
        [
            {"enrolment_id": enrolment_id("s", who, days.as_of), "customer_id": who, "strategy": "s",
             "name": name, "marked_on": days.as_of}
            for who, name in made
        ],
        schema=MARKED,
    )  # fmt: skip
    changes = EnrolmentChanges(entered=days.changes(entered=("C1", "C2")).entered, marked=marked)
    decide(ledger, days, days.start(ledger), changes=changes, leads=(), drops=0)
    found = read_marks(ledger, date(2026, 5, 30))
    assert found.column_names == ["mark_id", "customer_id", "name", "marked_on", "strategy"]
    rows = {(row["customer_id"], row["name"]) for row in found.to_pylist()}
    assert rows == set(made)
    assert {(row["marked_on"], row["strategy"]) for row in found.to_pylist()} == {(days.as_of, "s")}
    assert read_marks(ledger, days.as_of).num_rows == 0


def test_one_mark_of_a_name_a_day(ledger, days):
    mark = {"enrolment_id": enrolment_id("s", "C1", days.as_of), "customer_id": "C1", "strategy": "s",
            "name": "called", "marked_on": days.as_of}  # fmt: skip
    twice = EnrolmentChanges(
        entered=days.changes(entered=("C1",)).entered,
        marked=pa.Table.from_pylist([mark, mark], schema=MARKED),
    )
    before = content(ledger)
    run = days.start(ledger)
    with pytest.raises(LedgerError, match="refuses"):
        decide(ledger, days, run, changes=twice, leads=(), drops=0)
    assert {name: rows for name, rows in content(ledger).items() if name != "run"} == {
        name: rows for name, rows in before.items() if name != "run"
    }


def test_a_lead_belongs_to_its_own_customers_enrolment(ledger, days):
    leads = days.leads(["C1", "C2"])
    swapped = leads.set_column(0, "enrolment_id", leads["enrolment_id"].take(pa.array([1, 0])))
    run = days.start(ledger)
    with pytest.raises(LedgerError, match="2 of 2 leads name the enrolment of another customer"):
        decide(ledger, days, run, leads=swapped)
    assert read_leads(ledger).num_rows == 0


def test_the_accounts_of_a_day_do_not_change_with_the_next(ledger, days):
    run = days.start(ledger)
    decide(ledger, days, run)
    before = read_accounts(ledger, run.run_id)
    monday = date(2026, 6, 1)
    later = days.start(ledger, as_of=monday, contact_date=date(2026, 6, 2))
    changes = days.changes(entered=["C8", "C9"], exited=[("C1", "goal")], on=monday)
    decide(ledger, days, later, changes=changes, leads=(), drops=0)
    assert read_accounts(ledger, run.run_id) == before
    found = read_accounts(ledger, later.run_id)
    assert (found.enrolled, found.active, found.exited) == (5, 4, 1)


def test_deliveries_write_contacts_once(ledger, days):
    run = days.start(ledger)
    decide(ledger, days, run)
    ids = pending_leads(ledger, run.run_id, "sms")["lead_id"].to_pylist()
    assert len(ids) == 2
    assert mark_delivered(ledger, run.run_id, "sms", ids[:1], "sms.csv") == 1
    before = content(ledger)
    assert mark_delivered(ledger, run.run_id, "sms", ids[:1], "other.csv") == 0
    assert content(ledger) == before
    assert mark_failed(ledger, run.run_id, "sms", {ids[1]: "no_contact_data"}) == 1
    assert pending_leads(ledger, run.run_id, "sms").num_rows == 0
    accounts = read_accounts(ledger, run.run_id)
    assert (accounts.leads, accounts.delivered, accounts.failed, accounts.pending) == (2, 1, 1, 0)
    rows = ledger.read(sa.select(contact.c.contacted_on, contact.c.origin, contact.c.lead_id))
    assert rows == [(days.contact_date, "journeykit", ids[0])]
    assert read_contacts(ledger, days.as_of).num_rows == 0
    assert read_contacts(ledger, days.contact_date)["outcome"].to_pylist() == ["delivered"]
    assert sorted(contacts_on(ledger, days.contact_date)["customer_id"].to_pylist()) == ["C1", "C2"]


def test_deliveries_of_strangers_and_turncoats_are_refused(ledger, days):
    run = days.start(ledger)
    decide(ledger, days, run)
    one, two = read_leads(ledger)["lead_id"].to_pylist()
    mark_delivered(ledger, run.run_id, "sms", [one], "sms.csv")
    mark_failed(ledger, run.run_id, "sms", {two: "no_contact_data"})
    before = content(ledger)
    for refused in (
        lambda: mark_delivered(ledger, run.run_id, "sms", [one, two], "sms.csv"),
        lambda: mark_delivered(ledger, run.run_id, "app_push", [one], "sms.csv"),
        lambda: mark_delivered(ledger, run.run_id, "sms", ["nobody"], "sms.csv"),
        lambda: mark_failed(ledger, run.run_id, "sms", {one: "x"}),
        lambda: mark_delivered(ledger, "no run", "sms", [one], "sms.csv"),
    ):
        with pytest.raises(LedgerError, match=r"Nothing was marked|Unknown run"):
            refused()
    assert content(ledger) == before


def test_a_run_that_lost_a_delivery_cannot_finish(ledger, days):
    run = days.start(ledger)
    decide(ledger, days, run)
    with ledger.transaction("damage") as connection:
        connection.execute(
            sa.delete(delivery).where(
                delivery.c.lead_id == sa.select(lead.c.lead_id).limit(1).scalar_subquery()
            )
        )
    with pytest.raises(LedgerError, match="leads 2 ≠ delivered 0 \\+ failed 0 \\+ pending 1"):
        finish_run(ledger, run.run_id)


def test_attempts_share_a_run_and_its_first_build(ledger, days):
    first = days.start(ledger, build_id=None)
    assert pin_build(ledger, first.run_id, "b1").build_id == "b1"
    assert pin_build(ledger, first.run_id, "b2").build_id == "b1"
    failed = fail_run(ledger, first.run_id, "DataError: no rows")
    assert (failed.state, failed.error) == ("failed", "DataError: no rows")
    second = days.start(ledger, build_id="b3", definitions_hash="d2")
    assert (second.run_id, second.attempt, second.build_id) == (first.run_id, 2, "b1")
    assert (second.state, second.error, second.definitions_hash) == ("running", None, "d2")
    decide(ledger, days, second)
    assert days.start(ledger, definitions_hash="d3").definitions_hash == "d2"
    assert finish_run(ledger, first.run_id).state == "succeeded"
    assert [run.run_id for run in read_runs(ledger)] == [first.run_id]
    assert find_run(ledger, "none") is None


def test_decisions_need_a_build(ledger, days):
    run = days.start(ledger, build_id=None)
    with pytest.raises(LedgerError, match="has no build"):
        decide(ledger, days, run)
