"""What has not changed is taken from an earlier build, and never what has."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest

from journeykit.tags import LIBRARY, Catalogue, build_tags

AS_OF = date(2026, 5, 29)
NEXT = date(2026, 6, 1)
TAGS = Catalogue(LIBRARY)


def build(store, day=AS_OF):
    return build_tags(store, TAGS, day, memory_limit="500MB", threads=2)


def carried(done):
    return {tag.name for tags in done.plan.carried.values() for tag in tags}


@pytest.fixture
def both(land, snapshot, tmp_path):
    """Land two banks one after the other; the second build, with and without the first to take from."""

    def build_both(first, second, day=AS_OF):
        store = land(tmp_path / "kept", first)
        build(store)
        land(tmp_path / "kept", second, as_of=day)
        taking = build(store, day)
        fresh_store = land(tmp_path / "fresh", second, as_of=day)
        fresh = build(fresh_store, day)
        assert not carried(fresh)
        return taking, snapshot(store, taking), snapshot(fresh_store, fresh)

    return build_both


def test_a_correction_of_one_subject_leaves_the_others_as_they_were(both, bank):
    late = copy.deepcopy(bank)
    recent = next(row for row in late["txn"] if 0 <= (AS_OF - row["occurred_at"].date()).days < 7)
    recent["amount"] += 1000
    taking, got, fresh = both(bank, late)
    assert got == fresh
    names = carried(taking)
    assert {"logins_30d", "deposit_balance", "contacts_90d", "referrals_365d"} <= names
    assert not {name for name in names if TAGS[name].tag.subject == "txn"}
    assert "carried over from" in repr(taking.plan)


def test_the_next_day_takes_only_what_does_not_depend_on_the_day(both, bank):
    settled = copy.deepcopy(bank)
    for row in settled["risk_assessment"]:
        row["assessed_on"] = min(row["assessed_on"], AS_OF)
    settled["risk_assessment"] = list(
        {(row["customer_id"], row["assessed_on"]): row for row in settled["risk_assessment"]}.values()
    )
    taking, got, fresh = both(settled, settled, NEXT)
    assert got == fresh
    names = carried(taking)
    assert "risk_level" in names
    assert not {"days_since_assessment", "logins_30d", "age", "aum"} & names


def test_rows_that_come_to_be_seen_later_are_not_passed_over(both, bank):
    awaited = copy.deepcopy(bank)
    first = awaited["risk_assessment"][0]
    awaited["risk_assessment"] = [
        {**first, "assessed_on": AS_OF - timedelta(days=3), "level": 1},
        {**first, "assessed_on": NEXT, "level": 5},
    ]
    taking, got, fresh = both(awaited, awaited, NEXT)
    assert got == fresh and got[first["customer_id"]]["risk_level"] == 5
    assert "risk_level" not in carried(taking)


def test_a_customer_who_is_new_has_the_rows_that_were_there_before(both, bank):
    before, after = copy.deepcopy(bank), copy.deepcopy(bank)
    new = bank["risk_assessment"][0]["customer_id"]
    for rows in (before, after):
        rows["risk_assessment"] = [{**bank["risk_assessment"][0], "assessed_on": AS_OF - timedelta(days=9)}]
    before["customer"] = [row for row in before["customer"] if row["customer_id"] != new]
    taking, got, fresh = both(before, after, NEXT)
    assert got == fresh and got[new]["risk_level"] is not None
    assert "risk_level" not in carried(taking)
