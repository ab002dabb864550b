"""Past days are built from their own loads, or from the next later one as far as that can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from journeykit.contract import SUBJECTS, Type
from journeykit.errors import DataError, DefinitionError
from journeykit.mart.earlier import known_only_today
from journeykit.mart.manifest import Absence
from journeykit.mart.mart import Mart
from journeykit.mart.sources import LANDED
from journeykit.tags import LIBRARY, Aggregate, Catalogue, Tag
from journeykit.tags.backfilling import backfill
from journeykit.tags.gate import Limits
from journeykit.tags.tag import Score

FRIDAY, THURSDAY, WEDNESDAY = date(2026, 5, 29), date(2026, 5, 28), date(2026, 5, 27)
COUNTED = Tag(name="txns", title="txns", type="integer", compute=Aggregate(subject="txn", function="count"))
TAGS = Catalogue([COUNTED])


def fill(store, first=WEDNESDAY, last=FRIDAY, tags=TAGS, **options):
    return backfill(store, tags, first, last, "CN", memory_limit="500MB", threads=1, **options)


def test_a_day_without_a_load_is_seen_from_the_next_later_one(land, bank, tmp_path):
    store = land(tmp_path, bank)
    land(tmp_path, bank, as_of=THURSDAY)
    done = fill(store)
    assert [day.build.as_of for day in done.days] == [WEDNESDAY, THURSDAY, FRIDAY]
    assert [row["from_load"] for row in done.rows()] == ["of 2026-05-28", "its own", "its own"]
    assert store.load(WEDNESDAY).shown_on == THURSDAY
    assert list(store.builds()) == [WEDNESDAY, THURSDAY, FRIDAY]
    for day in done.days:
        with Mart(store, store.load(day.build.as_of), day.build.build_id, country="CN", tags=TAGS) as mart:
            assert mart.as_of == day.build.as_of
            expected = sum(row["occurred_at"].date() <= mart.as_of for row in bank["txn"])
            assert mart.sql("SELECT sum(txns) AS n FROM built.snapshot")["n"].to_list() == [expected]


def test_it_skips_days_without_work(land, bank, tmp_path):
    store = land(tmp_path, bank)
    done = fill(store, first=date(2026, 5, 22))
    assert [str(day.build.as_of)[-2:] for day in done.days] == ["22", "25", "26", "27", "28", "29"]


def test_what_is_built_already_is_kept(land, bank, tmp_path):
    store = land(tmp_path, bank)
    first, second = fill(store), fill(store)
    assert [day.build.reused for day in first.days] == [False] * 3
    assert [day.build.reused for day in second.days] == [True] * 3
    assert [day.build.build_id for day in second.days] == [day.build.build_id for day in first.days]
    assert "0 built, 3 kept" in repr(second)


def test_a_load_of_the_day_itself_takes_the_place_of_the_view(land, bank, tmp_path):
    store = land(tmp_path, bank)
    fill(store)
    land(tmp_path, {**bank, "txn": bank["txn"][:10]}, as_of=THURSDAY)
    again = fill(store)
    assert [row["from_load"] for row in again.rows()] == ["of 2026-05-28", "its own", "its own"]
    assert [day.build.reused for day in again.days] == [False, False, True]


def test_a_view_is_never_seen_from_a_view(land, bank, tmp_path):
    """So a corrected load reaches every day that is seen from it."""
    store = land(tmp_path, bank)
    fill(store)
    land(tmp_path, {**bank, "txn": bank["txn"][:10]})
    again = fill(store, last=THURSDAY)
    assert [day.build.reused for day in again.days] == [False, False]


def test_without_a_later_load_it_names_the_days_and_the_command(land, bank, tmp_path):
    store = land(tmp_path, bank, as_of=WEDNESDAY)
    expected = "2026-05-28, 2026-05-29.*journeykit mart load --as-of 2026-05-29"
    with pytest.raises(DataError, match=expected):
        fill(store)
    assert store.builds() == {}


@pytest.mark.parametrize(("first", "last"), [(FRIDAY, WEDNESDAY), (date(2026, 5, 30), date(2026, 5, 31))])
def test_a_range_without_a_working_day_is_refused(land, bank, tmp_path, first, last):
    with pytest.raises(DefinitionError, match=f"no working day from {first} to {last}"):
        fill(land(tmp_path, bank), first, last)


def test_it_says_what_cannot_be_known_of_a_past_day(land, bank, tmp_path):
    absent = (Absence(subject="tie", reason="not kept"),)
    done = fill(land(tmp_path, bank, absent=absent), first=THURSDAY, tags=Catalogue(LIBRARY))
    past, today = done.days
    assert past.build.plan.unavailable["age"] == "customer.birth_date"
    assert "age" not in today.build.plan.unavailable
    assert "known only as it is on 2026-05-29" in str(past.row()["why"])
    assert " not kept" in str(today.row()["why"])
    assert past.row()["tags"] + past.row()["unavailable"] == len(LIBRARY)


def test_a_past_day_is_built_as_if_it_had_been_loaded_without_what_is_known_only_today(
    land, bank, snapshot, tmp_path
):
    """Rows of later days taken out by hand, ends not known yet taken back, current columns emptied."""
    day = date(2026, 4, 20)
    then = {name: [_as_of(day, name, row) for row in rows] for name, rows in bank.items()}
    then = {name: [row for row in rows if row is not None] for name, rows in then.items()}
    absent = tuple(
        Absence(subject=name, column=column, reason="emptied")
        for name in LANDED
        for column in known_only_today(SUBJECTS[name])
    )
    seen, loaded = land(tmp_path / "seen", bank), land(tmp_path / "loaded", then, as_of=day, absent=absent)
    tags = Catalogue(LIBRARY)
    one, other = fill(seen, day, day, tags).days[0].build, fill(loaded, day, day, tags).days[0].build
    assert one.plan.unavailable == other.plan.unavailable
    assert len(one.plan.tags) > 50
    assert snapshot(seen, one) == snapshot(loaded, other)


@dataclass(frozen=True)
class Even:
    """A model that gives everybody the same chance."""

    model_id: str = "even"
    features: tuple[str, ...] = ("txns",)
    types: Mapping[str, Type] = field(default_factory=dict)

    def score(self, features: pa.Table) -> pa.Array:
        return pa.array([0.5] * len(features))


def test_a_model_scores_only_the_days_it_is_given_for(land, bank, snapshot, tmp_path):
    store = land(tmp_path, bank)
    chance = Tag(name="chance", title="chance", type="rate", compute=Score(model="even"))
    tags = Catalogue([COUNTED, chance])
    done = fill(store, THURSDAY, tags=tags, models=lambda day: {"even": Even()} if day == FRIDAY else {})
    before, after = done.days
    assert "chance" in before.build.plan.unavailable
    assert "even" in str(before.row()["why"])
    assert {row["chance"] for row in snapshot(store, after.build).values()} == {Decimal("0.5")}


def test_limits_hold_for_days_with_their_own_load_only(land, bank, tmp_path):
    store = land(tmp_path, bank)
    limits = Limits.model_validate({"customers": {"min": 10_000}})
    assert len(fill(store, last=THURSDAY, limits=limits).days) == 2
    with pytest.raises(DataError, match="10,000"):
        fill(store, limits=limits)
    assert FRIDAY not in store.builds()


def _as_of(day: date, name: str, row: dict) -> dict | None:
    declared = SUBJECTS[name]
    end = datetime.combine(day + timedelta(days=1), time())

    def later(value: object) -> bool:
        if isinstance(value, datetime):
            return value >= end
        return isinstance(value, date) and value > day

    if declared.at and later(row.get(declared.at)):
        return None
    row = {column: value for column, value in row.items() if column not in known_only_today(declared)}
    if declared.until and later(row.get(declared.until)):
        row[declared.until] = None
    return row
