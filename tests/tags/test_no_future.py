"""Nothing after as_of is seen: whatever is there, or is not, no tag changes."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit.contract import SUBJECTS
from journeykit.tags import LIBRARY, Catalogue, build_tags

AS_OF = date(2026, 5, 29)
PEOPLE = 25
CHANGES = ("remove", "shift", "add", "ends")

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def is_after(value: date | None) -> bool:
    """Whether a day, or a moment, lies after as_of."""
    return value is not None and (value.date() if isinstance(value, datetime) else value) > AS_OF


def after(draw: random.Random, value: date) -> date:
    """A day or moment after as_of, of the same type; the first moment of the next day half the time."""
    days = draw.choice((1, 1, 2, 30, 45, 400))
    moment = datetime.combine(AS_OF, datetime.min.time()) + timedelta(
        days=days, minutes=draw.choice((0, 0, 77))
    )
    return moment if isinstance(value, datetime) else moment.date()


def to_after(draw: random.Random, name: str, row: Row, at: str, number: int) -> Row:
    """The same row again after as_of, with another number where only that tells them apart."""
    key = SUBJECTS[name].key
    again = row | {at: after(draw, row.get(at) or AS_OF)}
    return again if at in key else again | {key[0]: f"{row[key[0]]}-{number}"}


def change_future(rows: Rows, draw: random.Random, changes: set[str]) -> Rows:
    """The bank with these changes made to what lies after as_of in every subject."""
    changed: Rows = {}
    for name, listed in copy.deepcopy(rows).items():
        at, until = SUBJECTS[name].at, SUBJECTS[name].until
        assert at
        known = [row for row in listed if not is_after(row.get(at))]
        future = [row for row in listed if is_after(row.get(at))]
        if "remove" in changes:
            future = [row for row in future if draw.random() < 0.3]
        if "shift" in changes:
            future = [row | {at: after(draw, row[at])} for row in future]
        if "add" in changes:
            future += [to_after(draw, name, draw.choice(listed), at, i) for i in range(80) if listed]
        if "ends" in changes and until:
            for row in known:
                if row.get(until) is None or is_after(row[until]):
                    row[until] = draw.choice((None, after(draw, AS_OF)))
        keyed = {tuple(row[one] for one in SUBJECTS[name].key): row for row in [*future, *known]}
        changed[name] = list(keyed.values())
    return changed


class Bench:
    """A bank, its tags, and a way to build those of a changed one; short in what hypothesis prints."""

    def __init__(self, build: Callable[[Rows], dict[str, Row]], rows: Rows) -> None:
        self.build, self.rows, self.before = build, rows, build(rows)

    def __repr__(self) -> str:
        return "bench"

    def changes(self, rows: Rows) -> set[tuple[str, str]]:
        """Customer and name of every tag that a changed bank has otherwise."""
        told = self.build(rows)
        assert list(told) == list(self.before)
        return {
            (customer, name)
            for customer, tags in told.items()
            for name, value in tags.items()
            if self.before[customer][name] != value
        }


@pytest.fixture(scope="module")
def bench(tmp_path_factory, land, snapshot, varied, models):
    def build(bank: Rows) -> dict[str, Row]:
        store = land(tmp_path_factory.mktemp("future"), bank)
        made = build_tags(store, Catalogue(LIBRARY), AS_OF, models=models, memory_limit="500MB", threads=1)
        return snapshot(store, made)

    return Bench(build, varied(3, PEOPLE))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), changes=st.sets(st.sampled_from(CHANGES), min_size=1))
def test_the_future_changes_no_tag(bench, seed, changes):
    assert bench.changes(change_future(bench.rows, random.Random(seed), changes)) == set()


def test_the_same_rows_a_day_earlier_do(bench):
    """What was put after as_of is of the kind that counts: brought to as_of it changes all families."""
    changed = change_future(bench.rows, random.Random(1), {"add"})
    for name, listed in changed.items():
        at = SUBJECTS[name].at
        assert at
        for row in listed:
            if is_after(row.get(at)) and name != "customer":
                row[at] = (
                    datetime.combine(AS_OF, datetime.max.time()) if isinstance(row[at], datetime) else AS_OF
                )
        keyed = {tuple(row[one] for one in SUBJECTS[name].key): row for row in listed}
        changed[name] = list(keyed.values())
    families = {tag.name: tag.family for tag in LIBRARY}
    moved = {families[name] for _, name in bench.changes(changed)}
    assert set(families.values()) - moved == {"identity"}  # is about the customer alone
