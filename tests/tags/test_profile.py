"""The profile of a snapshot agrees with pandas on the same rows, and survives its file."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from journeykit.contract import Type
from journeykit.dialects import attach_new, detach, native, open_embedded
from journeykit.errors import StoreError, UnknownNameError
from journeykit.tags import Attribute, Tag, profile
from journeykit.tags.profile import read_profile, shares_in, write_profile

AS_OF = date(2026, 5, 29)
TYPES = {
    "aum": Type.DECIMAL, "logins": Type.INTEGER, "rate": Type.RATE, "born": Type.DATE,
    "seen": Type.TIMESTAMP, "kind": Type.TEXT, "active": Type.BOOLEAN, "empty": Type.INTEGER,
}  # fmt: skip


def make_rows(people=5_000, seed=3, shift=0):
    draw = random.Random(seed)
    rows = []
    for number in range(people):
        rows.append(
            {
                "customer_id": f"C{number:07d}",
                "aum": draw.choice([None, Decimal(draw.randint(0, 10**8) + shift) / 100, Decimal(0)]),
                "logins": draw.choice([0, 0, 0, 0, 0, 0, 0, 1, 2, draw.randint(3, 40)]),
                "rate": Decimal(draw.randint(0, 999_999)) / 10**6,
                "born": draw.choice([None, AS_OF - timedelta(days=draw.randint(-50, 30_000))]),
                "seen": datetime(2026, 5, 1, draw.randint(0, 23)) + timedelta(days=draw.randint(0, 28)),
                "kind": draw.choice([None, "个人", *(f"v{i % 25}" for i in range(draw.randint(1, 60)))]),
                "active": draw.random() < 0.3,
                "empty": None,
            }
        )
    return rows


def plain(rows, name, as_of=AS_OF):
    """One column as pandas sees it: numbers, days before as_of, or texts."""
    values = pd.Series([row[name] for row in rows], dtype=object).dropna()
    if TYPES[name] is Type.TIMESTAMP:
        values = values.map(lambda value: value.date())
    if TYPES[name] in (Type.DATE, Type.TIMESTAMP):
        return values.map(lambda value: (as_of - value).days).astype(float)
    if TYPES[name] in (Type.TEXT, Type.BOOLEAN):
        return values.map(lambda value: str(value).lower() if isinstance(value, bool) else value)
    return values.astype(float)


def test_coverage_is_exact_and_bins_agree_with_pandas(profiled):
    rows = make_rows()
    _, found = profiled("a.duckdb", TYPES, rows)
    assert found.customers == len(rows)
    for name in TYPES:
        one, values = found[name], plain(rows, name)
        assert one.known == len(values)
        assert one.coverage == len(values) / len(rows)
        assert sum(one.counts) == len(rows)
        assert one.counts[-1] == len(rows) - len(values)
        assert one.shares == tuple(count / len(rows) for count in one.counts)
        assert len(one.labels) == len(one.counts) - 1
        if one.cuts:
            edges = [-np.inf, *map(float, one.cuts), np.inf]
            counted = pd.cut(values, edges, right=False).value_counts(sort=False)
            assert list(one.counts[:-1]) == counted.tolist()


def test_cuts_are_the_deciles_and_frequent_values_stand_alone(profiled):
    rows = make_rows()
    _, found = profiled("a.duckdb", TYPES, rows)
    deciles = plain(rows, "rate").quantile([n / 10 for n in range(1, 10)], interpolation="higher")
    assert [float(cut) for cut in found["rate"].cuts] == pytest.approx(deciles.tolist(), abs=0.001)
    assert all(count == pytest.approx(500, abs=5) for count in found["rate"].counts[:-1])
    # Seven of ten customers never log in: 0 is a bin of its own, with nobody below it.
    assert found["logins"].labels[:2] == ("< 0", "0")
    assert found["logins"].counts[:2] == (0, sum(row["logins"] == 0 for row in rows))
    # A half of those with a balance have none of it: the bin holds 0.00 only, not the cents above it.
    zeros = sum(row["aum"] == 0 for row in rows)
    assert found["aum"].counts[found["aum"].labels.index("0")] == zeros
    assert found["empty"].cuts == ()
    assert found["empty"].counts == (0, len(rows))


def test_texts_and_booleans_keep_the_twenty_most_frequent(profiled):
    rows = make_rows()
    _, found = profiled("a.duckdb", TYPES, rows)
    counted = plain(rows, "kind").value_counts()
    assert len(found["kind"].labels) == 21
    assert set(found["kind"].counts[:20]) == set(counted.head(20))
    assert found["kind"].counts[20] == counted.sum() - sum(found["kind"].counts[:20])
    active = sum(row["active"] for row in rows)
    assert dict(zip(found["active"].labels, found["active"].counts[:3], strict=True)) == {
        "true": active, "false": len(rows) - active, "…": 0,
    }  # fmt: skip


def test_a_histogram_is_of_one_width_and_counts_everyone(profiled):
    rows = make_rows()
    _, found = profiled("a.duckdb", TYPES, rows)
    for name in ("aum", "logins", "rate", "born", "seen"):
        one, values = found[name], plain(rows, name)
        places = (
            ((values - float(one.low)) / float(one.width) + 1e-9).floordiv(1).clip(0, len(one.histogram) - 1)
        )
        assert list(one.histogram) == [int((places == place).sum()) for place in range(len(one.histogram))]
        assert (values < float(one.low)).mean() <= 0.05 <= (values <= float(one.low)).mean()
    assert found["kind"].histogram == found["empty"].histogram == ()


def test_every_kth_customer_is_read_and_coverage_stays_exact(profiled, monkeypatch):
    monkeypatch.setattr(profile, "SAMPLE", 1_000)
    rows = make_rows(people=2_500)
    _, found = profiled("a.duckdb", TYPES, rows)
    sampled = rows[::3]
    assert sum(found["aum"].counts) == len(sampled) == 834
    assert found["aum"].counts[-1] == sum(row["aum"] is None for row in sampled)
    assert found["aum"].known == sum(row["aum"] is not None for row in rows)


def test_it_is_read_back_as_it_was_written(profiled):
    path, found = profiled("a.duckdb", TYPES, make_rows())
    assert read_profile(path) == found
    with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
        found["aumm"]


def test_a_snapshot_of_nobody_has_an_empty_profile(profiled):
    path, found = profiled("a.duckdb", TYPES, [])
    assert found["aum"].coverage == 0
    assert found["aum"].shares == (0, 0)
    assert read_profile(path) == found


def test_shares_in_the_bins_of_another_snapshot(profiled):
    before, rows = make_rows(), make_rows(seed=9, shift=10**7)
    _, previous = profiled("a.duckdb", TYPES, before)
    path, new = profiled("b.duckdb", TYPES, rows)
    with profile.open_snapshot(path) as connection:
        found = shares_in(connection, "built", new, previous)
    for name in ("aum", "rate", "born"):
        values = plain(rows, name)
        edges = [-np.inf, *map(float, previous[name].cuts), np.inf]
        expected = pd.cut(values, edges, right=False).value_counts(sort=False) / len(rows)
        assert found[name] == pytest.approx((*expected, 1 - len(values) / len(rows)))
    kinds = plain(rows, "kind").value_counts()
    assert found["kind"][:20] == pytest.approx(
        [kinds[value] / len(rows) for value in previous["kind"].labels[:-1]]
    )
    assert sum(found["kind"]) == pytest.approx(1)


def test_days_that_move_with_the_calendar_stay_in_their_bins(profiled):
    rows = make_rows()
    _, today = profiled("a.duckdb", TYPES, rows)
    for row in rows:
        row["seen"] += timedelta(days=40)
    path, later = profiled("b.duckdb", TYPES, rows, as_of=AS_OF + timedelta(days=40))
    with profile.open_snapshot(path) as connection:
        assert shares_in(connection, "built", later, today)["seen"] == today["seen"].shares


def test_days_since_a_few_fixed_dates_stay_in_their_bins_the_next_day(profiled):
    types = {"branch_age_days": Type.INTEGER, "open_days": Type.INTEGER}
    ages = (9, 812, 2040, 2055, 4100)
    rows = [
        {"customer_id": f"C{number:04d}", "branch_age_days": ages[number % 5], "open_days": 20}
        for number in range(1_000)
    ]
    _, today = profiled("a.duckdb", types, rows)
    assert today["branch_age_days"].counts[:-1] == (0, 200, 200, 200, 200, 200, 0)
    assert today["branch_age_days"].labels[1:-1] == ("9", "812", "2,040", "2,055", "4,100")
    path, tomorrow = profiled("b.duckdb", types, [{**row, "branch_age_days": row["branch_age_days"] + 1,
                                                   "open_days": 21} for row in rows])  # fmt: skip
    with profile.open_snapshot(path) as connection:
        shares = shares_in(connection, "built", tomorrow, today)
    assert shares == {name: today[name].shares for name in types}


def test_a_file_without_a_profile_has_none_and_a_damaged_one_says_so(tmp_path):
    path = tmp_path / "old.duckdb"
    with open_embedded(memory_limit="100MB", threads=1, database=path) as connection:
        native(connection).execute("CREATE TABLE snapshot (customer_id VARCHAR)")
    assert read_profile(path) is None
    path.write_bytes(b"no database")
    with pytest.raises(StoreError, match=r"old\.duckdb is missing or damaged"):
        read_profile(path)
    with pytest.raises(StoreError, match=r"absent\.duckdb is missing or damaged"):
        read_profile(tmp_path / "absent.duckdb")


def test_tags_of_the_catalogue_can_be_profiled(tmp_path):
    tag = Tag(name="sex", title="Sex", type="text", compute=Attribute(column="gender"))
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        attach_new(connection, tmp_path / "a.duckdb", "building")
        native(connection).execute("CREATE TABLE building.snapshot AS SELECT 'C1' AS customer_id, 'f' AS sex")
        assert write_profile(connection, "building", [tag], AS_OF)["sex"].labels == ("f", "…")


def test_values_that_a_tag_does_not_declare_are_counted_exactly(tmp_path, monkeypatch):
    monkeypatch.setattr(profile, "SAMPLE", 2)
    tag = Tag(name="sex", title="Sex", type="text", values=("f", "m"), compute=Attribute(column="occupation"))
    path = tmp_path / "a.duckdb"
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        attach_new(connection, path, "building")
        engine = native(connection)
        engine.execute("CREATE TABLE building.snapshot (customer_id VARCHAR, sex VARCHAR)")
        values = ["f", "m", None, "F", "male", "f"]
        engine.executemany(
            "INSERT INTO building.snapshot VALUES (?, ?)", [[f"C{n}", one] for n, one in enumerate(values)]
        )
        engine.execute("CREATE TABLE building.build AS SELECT 'as_of' AS key, '2026-05-29' AS value")
        engine.execute(
            "CREATE TABLE building.unavailable AS SELECT 'aum' AS name, 'holding.amount' AS missing"
        )
        written = write_profile(connection, "building", [tag], AS_OF)
        detach(connection, "building")
    assert (written["sex"].undeclared, written["sex"].declared) == (2, ("f", "m"))
    assert written.unavailable == {"aum": "holding.amount"}
    assert read_profile(path) == written
