"""Every rule, broken once by a small bank; what it finds, and that nothing is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from journeykit.errors import DataError
from journeykit.mart.findings import CheckError
from journeykit.mart.sources import subject_table


def _drop_column(bank: Any) -> None:
    for row in bank.rows["txn"]:
        del row["kind"]
    bank.keep = {"kind"}


def _ask_for_column(bank: Any) -> None:
    bank.source["customer"] = {"columns": {"customer_id": "client", "kind": "kind", "since": "since",
                                           "annual_income": "annual_income"}}  # fmt: skip


def _drop_file(bank: Any) -> None:
    bank.source["txn"] = {"file": "nowhere.csv"}


def _spoil(subject: str, column: str, value: str, row: int = 0) -> Callable[[Any], None]:
    def spoil(bank: Any) -> None:
        bank.rows[subject][row][column] = value

    return spoil


def _repeat_key(bank: Any) -> None:
    bank.rows["customer"].append({**bank.rows["customer"][0], "annual_income": "3"})


def _forget_marker(bank: Any) -> None:
    bank.options["txn"] = {"done_marker": "_DONE_{as_of}"}


def _forget_subject(bank: Any) -> None:
    mapping = bank.mapping
    bank.mapping = lambda: mapping().model_copy(update={"absent": mapping().absent[1:]})


def _only_later_customers(bank: Any) -> None:
    for row in bank.rows["customer"]:
        row["since"] = "2026-06-01"


def _show_later_day(bank: Any) -> None:
    bank.rows["txn"][2]["occurred_at"] = "2026-06-20 10:00:00"


def _fixed_later_day(bank: Any) -> None:
    bank.top["source_day"] = date(2027, 1, 1)


def _fixed_earlier_day(bank: Any) -> None:
    bank.top["source_day"] = date(2026, 5, 1)


def _confuse_kinds(bank: Any) -> None:
    bank.source["txn"] = {"where": "amount > 5"}


def _half_a_row(bank: Any) -> None:
    mapping = bank.mapping

    def spoiled() -> Any:
        made = mapping()
        with open(bank.root / "txn.csv", "a", encoding="utf-8") as handle:
            handle.write("T8,C1\n")
        return made

    bank.mapping = spoiled


def _binary(bank: Any) -> None:
    mapping = bank.mapping

    def spoiled() -> Any:
        made = mapping()
        (bank.root / "txn.csv").write_bytes(b"txn_id,customer_id\n\xff\xfe\xff,\x80\n")
        return made

    bank.mapping = spoiled


FATAL = {
    "missing_file": (_drop_file, "txn", None, 1),
    "missing_column": (_drop_column, "txn", "kind", 1),
    "missing_column in an expression": (_ask_for_column, "customer", "customer_id", 1),
    "missing_subject": (_forget_subject, "branch", None, 1),
    "wrong_type money": (_spoil("txn", "amount", "ten"), "txn", "amount", 1),
    "wrong_type too exact": (_spoil("txn", "amount", "1.005"), "txn", "amount", 1),
    "wrong_type day": (_spoil("customer", "since", "2026-02-30"), "customer", "since", 1),
    "duplicate_keys": (_repeat_key, "customer", None, 2),
    "null_in_required": (_spoil("txn", "customer_id", "  "), "txn", "customer_id", 1),
    "value_not_allowed": (_spoil("customer", "kind", "robot"), "customer", "kind", 1),
    "source_day_not_closed": (_forget_marker, "txn", None, 1),
    "empty_subject": (_only_later_customers, "customer", None, 0),
    "current_only": (_show_later_day, "customer", None, 1),
    "current_only by a fixed day": (_fixed_later_day, "customer", None, 1),
    "date_outside_data": (_fixed_earlier_day, "mapping", None, 1),
    "bad_expression": (_confuse_kinds, "txn", "where", 1),
    "malformed_rows": (_half_a_row, "txn", None, 1),
    "unreadable_file": (_binary, "txn", None, 1),
}


@pytest.mark.parametrize("case", FATAL)
def test_a_fatal_rule_is_found_and_stops_the_day(bank, case):
    spoil, subject, column, count = FATAL[case]
    spoil(bank)
    found = [one for one in bank.check().fatal if one.rule == case.split(" ")[0]]
    assert [(one.subject, one.column, one.count) for one in found] == [(subject, column, count)]
    with pytest.raises(DataError, match="Nothing was published"):
        bank.load()
    assert bank.store.loads() == []
    assert list(bank.store.root.rglob("*.parquet")) == []


WARNING = {
    "dangling_reference": (_spoil("txn", "customer_id", "C7"), "txn", "customer_id", 1),
    "value_not_allowed": (_spoil("txn", "kind", "tribute"), "txn", "kind", 1),
}


@pytest.mark.parametrize("case", WARNING)
def test_a_warning_is_found_and_the_day_is_published(bank, case):
    spoil, subject, column, count = WARNING[case]
    spoil(bank)
    report = bank.check()
    assert [(one.rule, one.subject, one.column, one.count) for one in report.findings] == [
        (case, subject, column, count)
    ]
    assert report.fatal == ()
    bank.load()


def test_an_optional_value_that_is_not_allowed_reads_as_missing(bank):
    bank.rows["txn"][0]["kind"] = "tribute"
    with bank.open(bank.load()) as mart:
        kinds = mart.run(sa.select(subject_table("txn").c.kind).order_by("kind"))["kind"].to_pylist()
    assert kinds == ["fee", None]


def test_stale_data_are_warned_of(bank):
    def found(as_of: date) -> list[tuple[str, str, int]]:
        findings = bank.check(as_of).findings
        return [(one.severity, one.subject, one.count) for one in findings if one.rule == "stale_data"]

    assert found(date(2026, 6, 6)) == []
    assert found(date(2026, 6, 7)) == [("warning", "txn", 8)]
    bank.options["txn"] = {"stale_after_days": 3}
    assert found(date(2026, 6, 6)) == [("warning", "txn", 7)]


@pytest.mark.parametrize("as_of", [date(2019, 1, 1), date(2030, 1, 1)])
def test_a_day_outside_the_data_is_refused(bank, as_of):
    assert "date_outside_data" in {one.rule for one in bank.check(as_of).fatal}


def test_a_named_assumption_lets_current_data_stand_for_a_past_day(bank):
    bank.top = {"source_day": date(2027, 1, 1), "assumptions": [{"name": "unmoved", "text": "Nobody moves."}]}
    bank.options["customer"] = {"assumption": "unmoved"}
    assert bank.check().fatal == ()
    assert [one.name for one in bank.load().assumptions] == ["unmoved"]


def _later(report: Any) -> list[str]:
    return [one.message for one in report.fatal if one.rule == "current_only"]


@pytest.mark.parametrize("marker", ["_DONE_{as_of}", "done/{as_of}/all[1].ok"])
def test_a_closed_day_cannot_be_loaded_again_once_a_later_one_is_marked(bank, marker):
    """Monday's files hold Monday's managers and balances, although no row of theirs is later."""
    bank.rows["txn"] = bank.rows["txn"][:2]
    bank.options["txn"] = {"done_marker": marker}

    def mark(day: str) -> None:
        path = bank.root / marker.replace("{as_of}", day)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    for day in ("2026-05-28", "2026-05-29", "2026-99-99", "tomorrow"):
        mark(day)
    assert _later(bank.check()) == []
    kept = bank.load()
    mark("2026-06-01")
    (message,) = _later(bank.check())
    assert "2026-06-01" in message and "restore that day's files" in message
    with pytest.raises(CheckError):
        bank.load()
    assert bank.store.load(date(2026, 5, 29)) == kept
    assert _later(bank.check(date(2026, 6, 1))) == []
    bank.top = {"assumptions": [{"name": "unmoved", "text": "Nobody moves."}]}
    bank.options["customer"] = {"assumption": "unmoved"}
    assert _later(bank.check()) == []


@pytest.mark.parametrize(("newest", "found"), [("2026-05-31 23:59:59", 0), ("2026-06-01 00:00:00", 1)])
def test_without_markers_an_event_of_the_next_working_day_tells_a_later_day(bank, newest, found):
    bank.rows["txn"][2]["occurred_at"] = newest
    assert len(_later(bank.check())) == found


@pytest.mark.parametrize(("newest", "found"), [("2026-06-01 03:00:00", 0), ("2026-06-02 00:00:00", 1)])
def test_with_markers_a_delivery_may_hold_the_next_mornings_events(bank, newest, found):
    bank.rows["txn"][2]["occurred_at"] = newest
    bank.options["txn"] = {"done_marker": "_DONE_{as_of}"}
    bank.mapping()
    (bank.root / "_DONE_2026-05-29").touch()
    assert len(_later(bank.check())) == found


def test_a_referrals_outcome_is_only_known_as_it_is_today(bank):
    bank.rows["referral"] = [{"referral_id": "R1", "customer_id": "C1", "referred_at": "2026-05-01 10:00:00",
                              "opened": "true", "reward": "50"}]  # fmt: skip
    bank.top["source_day"] = date(2027, 1, 1)
    subjects = {one.subject for one in bank.check().fatal if one.rule == "current_only"}
    assert subjects == {"customer", "referral"}


def test_every_finding_is_in_one_report(bank):
    _repeat_key(bank)
    bank.rows["txn"][0]["amount"] = "ten"
    bank.rows["txn"][1]["direction"] = "sideways"
    with pytest.raises(CheckError) as caught:
        bank.load()
    rules = {(one.subject, one.rule) for one in caught.value.report.fatal}
    assert rules == {("customer", "duplicate_keys"), ("txn", "wrong_type"), ("txn", "value_not_allowed")}
    assert "journeykit mart check" in str(caught.value)
    assert "duplicate_keys" in repr(caught.value.report)
    assert "<table" in caught.value.report._repr_html_()


def test_no_finding_quotes_what_might_identify_somebody(bank):
    bank.rows["customer"][0]["annual_income"] = "13800138000x"
    bank.rows["txn"][0]["kind"] = "call 13800138000"
    bank.rows["txn"][0]["direction"] = "13800138000"
    assert "13800138000" not in repr(bank.check())


def test_checking_publishes_nothing_and_leaves_nothing_behind(bank):
    assert repr(bank.check()) == "Checks as of 2026-05-29: nothing found"
    assert list(bank.store.root.iterdir()) == []
