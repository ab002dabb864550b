"""A segment may compare with the past: it reads the snapshot of the last working day by then."""

from __future__ import annotations

from datetime import date

import pytest

from journeykit.errors import DataError, DefinitionError, StoreError
from journeykit.expressions import did, tag
from journeykit.mart.manifest import Absence
from journeykit.mart.mart import Mart
from journeykit.tags import Aggregate, Catalogue, Tag, build_tags

MONDAY, FRIDAY, THURSDAY = date(2026, 6, 1), date(2026, 5, 29), date(2026, 5, 28)
TXNS = Tag(name="txns", title="txns", type="integer", compute=Aggregate(subject="txn", function="count"))
LATER = Tag(name="later", title="later", type="integer", compute=Aggregate(subject="event", function="count"))
TAGS = Catalogue([TXNS, LATER])


@pytest.fixture(scope="module")
def store(land, bank, tmp_path_factory):
    folder = tmp_path_factory.mktemp("past")
    for day, tags in ((FRIDAY, Catalogue([TXNS])), (MONDAY, TAGS)):
        store = land(folder, bank, as_of=day)
        build_tags(store, tags, day, memory_limit="500MB", threads=1)
    return store


@pytest.fixture
def mart(store):
    with Mart(store, store.load(MONDAY), store.current_build(MONDAY), country="CN", tags=TAGS) as mart:
        yield mart


def counts(bank, day):
    """Transactions of each customer up to a day."""
    known = {row["customer_id"]: 0 for row in bank["customer"] if row["since"] <= day}
    for row in bank["txn"]:
        if row["customer_id"] in known and row["occurred_at"].date() <= day:
            known[row["customer_id"]] += 1
    return known


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_weekend_is_seen_as_its_friday(mart, bank, days):
    now, then = counts(bank, MONDAY), counts(bank, FRIDAY)
    grew = sorted(one for one, count in now.items() if count > then.get(one, count))
    assert mart.ids(tag("txns") > tag("txns").ago(days=days)) == grew
    new = sorted(set(now) - set(then))
    assert mart.ids(tag("txns").ago(days=days).is_missing()) == new


def test_now_and_two_earlier_conditions_are_one_question(mart, bank):
    then = counts(bank, FRIDAY)
    past = tag("txns").ago(days=3)
    assert mart.ids((past >= 1) & (tag("txns") >= 0) & ~(past > 100)) == sorted(
        one for one, count in then.items() if 1 <= count <= 100
    )


def test_a_day_without_tags_is_named_with_the_command(mart):
    command = "journeykit tags backfill --from 2026-05-28 --to 2026-05-28"
    with pytest.raises(DataError, match="4 days before 2026-06-01") as caught:
        mart.count(tag("txns").ago(days=4) > 0)
    assert command in str(caught.value)
    assert "2026-05-29" in str(caught.value)


def test_a_tag_that_was_not_there_is_named(mart):
    with pytest.raises(DefinitionError, match="there was no tag 'later'"):
        mart.count(tag("later").ago(days=3) > 0)


def test_a_name_is_no_audience(mart):
    with pytest.raises(DefinitionError, match=r"is no audience. Give a segment, as in jk.Segment.load"):
        mart.count("idle_affluent")


def test_a_tag_that_could_not_be_built_then_says_why(land, bank, tmp_path):
    absent = (Absence(subject="event", reason="The bank kept no events then."),)
    store = land(tmp_path, bank, as_of=FRIDAY, absent=absent)
    build_tags(store, TAGS, FRIDAY, memory_limit="500MB", threads=1)
    store = land(tmp_path, bank, as_of=MONDAY)
    build_tags(store, TAGS, MONDAY, memory_limit="500MB", threads=1)
    build_id = store.current_build(MONDAY)
    with (
        Mart(store, store.load(MONDAY), build_id, country="CN", tags=TAGS) as mart,
        pytest.raises(DefinitionError, match="could not be built, as no event"),
    ):
        mart.count(tag("later").ago(days=3) > 0)


def test_a_damaged_earlier_snapshot_is_said(store, tmp_path_factory):
    path = store.snapshot_path(FRIDAY, store.current_build(FRIDAY))
    whole = path.read_bytes()
    with Mart(store, store.load(MONDAY), store.current_build(MONDAY), country="CN", tags=TAGS) as mart:
        path.chmod(0o600)
        path.write_bytes(whole[:100])
        try:
            with pytest.raises(StoreError, match="missing or damaged"):
                mart.count(tag("txns").ago(days=3) > 0)
        finally:
            path.write_bytes(whole)


def test_a_number_too_large_is_told_without_a_value(mart, bank):
    """Nobody's number stands in the message, which the engine's own would show."""
    huge = did("txn").sum("amount") * 0 + 9_999_999_999_999_999
    assert mart.count(huge > 0) == len(counts(bank, MONDAY))
    with pytest.raises(DataError, match="grows beyond what an engine can hold") as caught:
        mart.count(tag("txns") + 2**62 + 2**62 > 0)
    assert str(2**62) not in str(caught.value)
