"""Consent, contacts and receipts come in by set, once, and nothing is lost or quietly changed."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from journeykit.errors import LedgerError
from journeykit.ledger import (
    contacts_on,
    content,
    import_consent,
    import_contacts,
    import_receipts,
    latest_consent,
    mark_delivered,
    read_contacts,
    read_leads,
    read_receipts,
    record_decisions,
)  # fmt: skip

MARKETING, AUTOMATED = "marketing", "automated_marketing"
WORDS = [
    ("1", "C1", "sms", MARKETING, True, "2026-01-01T09:00:00"),
    ("2", "C1", "sms", MARKETING, False, "2026-03-01T09:00:00"),
    ("3", "C1", "all", AUTOMATED, True, "2026-02-01T09:00:00"),
    ("4", "C2", "sms", MARKETING, False, "2026-01-05T09:00:00"),
    ("5", "C2", "sms", MARKETING, True, "2026-01-05T09:00:00"),
    ("6", "C3", "sms", MARKETING, True, "2026-05-30T00:00:00"),
]


def words(table):
    return [(r["customer_id"], r["channel"], r["purpose"], r["granted"]) for r in table.to_pylist()]


def test_the_latest_word_counts_and_refusal_wins_a_tie(ledger, days):
    import_consent(ledger, days.consent(WORDS))
    everyone = [
        ("C1", "all", AUTOMATED, True),
        ("C1", "sms", MARKETING, False),
        ("C2", "sms", MARKETING, False),
        ("C3", "sms", MARKETING, True),
    ]
    assert words(latest_consent(ledger)) == everyone
    assert words(latest_consent(ledger, ["C2", "C3", "C3", "nobody"])) == everyone[2:]
    assert words(latest_consent(ledger, pa.array(["C2"]))) == everyone[2:3]
    assert words(latest_consent(ledger, [])) == []
    assert words(latest_consent(ledger, as_of=date(2026, 5, 29))) == everyone[:3]
    assert ("C1", "sms", MARKETING, True) in words(latest_consent(ledger, as_of=date(2026, 2, 28)))
    assert latest_consent(ledger).schema.field("recorded_at").type == pa.timestamp("us")


def test_importing_again_changes_nothing(ledger, days):
    first = import_consent(ledger, days.consent(WORDS[:4]))
    assert (first.added, first.known) == (4, 0)
    again = import_consent(ledger, days.consent(WORDS + WORDS))
    assert (again.added, again.known) == (2, 4)
    before = content(ledger)
    import_consent(ledger, days.consent(WORDS))
    assert content(ledger) == before


def test_a_record_that_changed_its_word_stops_the_import(ledger, days):
    import_consent(ledger, days.consent(WORDS[:1]))
    turned = [("1", "C1", "sms", MARKETING, False, "2026-01-01T09:00:00"), WORDS[1]]
    with pytest.raises(LedgerError, match="came again with other content: 1 "):
        import_consent(ledger, days.consent(turned))
    with pytest.raises(LedgerError, match="share a consent_id but differ"):
        import_consent(ledger, days.consent([*turned, WORDS[0]]))
    assert words(latest_consent(ledger)) == [("C1", "sms", MARKETING, True)]


def test_what_does_not_fit_is_refused_by_name(ledger, days):
    table = days.consent(WORDS)
    with pytest.raises(LedgerError, match="lack the column 'granted'"):
        import_consent(ledger, table.drop_columns(["granted"]))
    with pytest.raises(LedgerError, match="'granted' of consent records is missing in 1 rows"):
        import_consent(ledger, table.set_column(4, "granted", pa.array([None, True, True, True, True, True])))
    with pytest.raises(LedgerError, match="'recorded_at' of consent records is string"):
        import_consent(ledger, table.set_column(5, "recorded_at", pa.array(["soon"] * 6)))
    with pytest.raises(LedgerError, match="refuses"):
        import_consent(ledger, table.set_column(3, "purpose", pa.array(["fun"] * 6)))
    assert latest_consent(ledger).num_rows == 0


def test_text_with_quotes_is_only_text(ledger, days):
    strange = "C'; DROP TABLE consent; --"
    import_consent(ledger, days.consent([("1", strange, "sms", MARKETING, True, "2026-01-01T09:00:00")]))
    assert words(latest_consent(ledger, [strange])) == [(strange, "sms", MARKETING, True)]


def bank_contacts(rows):
    names = ["contact_id", "customer_id", "channel", "contacted_on", "strategy", "outcome"]
    return pa.table(
        {name: pa.array(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    )


def test_the_banks_own_contacts_may_repeat_on_a_day(ledger, days):
    day = days.contact_date
    rows = [("b1", "C1", "counter", day, None, "answered"), ("b2", "C1", "sms", day, None, "delivered"),
            ("b3", "C2", "sms", days.as_of, None, "delivered")]  # fmt: skip
    assert import_contacts(ledger, bank_contacts(rows)).added == 3
    assert import_contacts(ledger, bank_contacts(rows)).known == 3
    assert contacts_on(ledger, day).to_pylist() == [
        {"customer_id": "C1", "channel": "counter", "strategy": None},
        {"customer_id": "C1", "channel": "sms", "strategy": None},
    ]
    assert read_contacts(ledger, days.as_of)["contact_id"].to_pylist() == ["b3"]


def test_receipts_give_outcomes_by_day_and_strangers_are_kept(ledger, days):
    run = days.start(ledger)
    record_decisions(
        ledger, run.run_id, changes=days.changes(entered=["C1"]), leads=days.leads(["C1"]),
        drops=days.drops(), candidates=1, decisions_sha256="f" * 64,
    )  # fmt: skip
    (lead,) = read_leads(ledger)["lead_id"].to_pylist()
    mark_delivered(ledger, run.run_id, "sms", [lead], "sms.csv")
    receipts = pa.table(
        {
            "receipt_id": ["r1", "r2", "r3"],
            "lead_id": [lead, lead, "unknown"],
            "outcome": ["clicked", "accepted", "refused"],
            "occurred_at": [datetime(2026, 6, 1, 12), datetime(2026, 6, 2, 23, 59), datetime(2026, 6, 2)],
        }
    )
    found = import_receipts(ledger, receipts)
    assert (found.added, found.known, found.unknown_leads) == (3, 0, 1)
    assert import_receipts(ledger, receipts).known == 3
    assert read_receipts(ledger).num_rows == 3
    assert read_contacts(ledger, date(2026, 6, 1))["outcome"].to_pylist() == ["clicked"]
    assert read_contacts(ledger, date(2026, 6, 2))["outcome"].to_pylist() == ["accepted"]
