"""A build is made once, never changed, and leaves the previous one alone when it fails."""

from __future__ import annotations

import errno
import os
from datetime import date

import pytest

from journeykit.errors import DataError, DefinitionError, StoreError, UnknownNameError
from journeykit.mart.manifest import Absence
from journeykit.mart.mart import Mart
from journeykit.tags import LIBRARY, Aggregate, Catalogue, Tag, build_tags, computing, plan_build
from journeykit.tags.distribution import distribution
from journeykit.tags.gate import Limits

AS_OF = date(2026, 5, 29)
TAGS = Catalogue(LIBRARY)


def count(name="txns", **rest):
    return Tag(
        name=name, title=name, type="integer", compute=Aggregate(subject="txn", function="count", **rest)
    )


@pytest.fixture
def store(land, bank, tmp_path):
    return land(tmp_path, bank)


def build(store, tags=TAGS, **options):
    return build_tags(store, tags, AS_OF, memory_limit="500MB", **options)


def test_ten_builds_are_equal(land, bank, snapshot, tmp_path):
    first = None
    for number in range(10):
        store = land(tmp_path / str(number), bank)
        rows = snapshot(store, build(store, threads=2))
        first = first or rows
        assert rows == first


def test_the_same_build_is_made_once(store):
    first = build(store)
    path = store.snapshot_path(AS_OF, first.build_id)
    before = path.stat()
    second = build(store)
    assert (first.reused, second.reused, second.build_id) == (False, True, first.build_id)
    assert path.stat().st_mtime_ns == before.st_mtime_ns and path.stat().st_ino == before.st_ino
    assert store.current_build(AS_OF) == first.build_id
    assert [one.name for one in path.parent.iterdir() if one.name not in ("current", "lock")] == [path.name]


def test_another_definition_or_load_is_another_build(store, land, bank, tmp_path):
    first = build(store, Catalogue([count()]))
    second = build(store, Catalogue([count(within_days=30)]))
    more = {**bank, "txn": bank["txn"][:-1]}
    third = build(land(tmp_path, more), Catalogue([count()]))
    assert len({first.build_id, second.build_id, third.build_id}) == 3
    assert all(store.snapshot_path(AS_OF, one.build_id).exists() for one in (first, second, third))
    assert store.current_build(AS_OF) == third.build_id


def test_a_damaged_snapshot_is_named_and_not_replaced(store):
    first = build(store)
    path = store.snapshot_path(AS_OF, first.build_id)
    content = path.read_bytes()
    for damaged in (b"", b"nonsense" * 1000, content[: len(content) // 2], content[:20000] + b"x" * 4000):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match=rf"{path}.*Delete that file"):
            build(store)
        assert path.read_bytes() == damaged
    path.unlink()
    assert not build(store).reused


def test_a_build_that_fails_leaves_the_current_one(store, monkeypatch):
    first = build(store, Catalogue([count()]))

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(StoreError, match="No space left"):
            build(store)
    assert store.current_build(AS_OF) == first.build_id
    folder = store.snapshot_path(AS_OF, first.build_id).parent
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        ["current", "lock", f"{first.build_id}.duckdb"]
    )


def test_too_little_memory_is_one_clear_error(store):
    with pytest.raises(StoreError, match=r"Cannot build the tags as of 2026-05-29.*stays so"):
        build_tags(store, TAGS, AS_OF, memory_limit="1MB")
    assert store.current_build(AS_OF) is None


def test_a_damaged_source_is_one_clear_error(store):
    file = next(
        file for file in store.load(AS_OF).files if file.subject == "txn" and file.partition == "2026-05"
    )
    path = store.root / file.path
    content = path.read_bytes()
    path.write_bytes(content[:200] + b"\0" * (len(content) // 2) + content[200 + len(content) // 2 :])
    with pytest.raises(StoreError, match=r"[Ll]oad the day again"):
        build(store)


def test_a_day_without_a_load_or_customers_is_one_clear_error(land, tmp_path):
    with pytest.raises(DataError, match="Nothing is loaded for 2026-05-29"):
        build(land(tmp_path, {"customer": []}, as_of=date(2026, 5, 28)))
    with pytest.raises(DataError, match="No customers are loaded"):
        build(land(tmp_path, {"customer": []}))


def test_only_the_months_of_the_longest_window_are_read(store):
    def months(*tags):
        plan = plan_build(Catalogue(tags), store.load(AS_OF))
        return [file.partition for file in plan.manifest.of("txn")]

    assert months(count(within_days=29)) == ["2026-05", "2026-06"]
    assert months(count(within_days=30)) == ["2026-04", "2026-05", "2026-06"]
    assert months(count(within_days=30), count("more", within_days=60))[0] == "2026-03"
    assert months(count(within_days=30), count("ever"))[0] == "2025-04"


def test_progress_is_told_step_by_step(store):
    told = []
    build(store, progress=lambda done, steps, what: told.append((done, steps, what)))
    steps = told[0][1]
    assert [done for done, _, _ in told] == list(range(steps + 1))
    assert told[-2][2:] == ("snapshot",) and told[-1][2] == "done"


def test_tags_without_their_data_are_left_out_and_named(land, bank, snapshot, tmp_path):
    absent = (
        Absence(subject="manager", reason="no managers"),
        Absence(subject="holding", column="used", reason="not kept"),
        Absence(subject="holding", column="closed_on", reason="not kept"),
        Absence(subject="customer", column="birth_date", reason="not kept"),
    )
    rows = {name: listed for name, listed in bank.items() if name != "manager"}
    store = land(tmp_path, rows, absent=absent)
    done = build(store)
    assert (
        done.plan.unavailable.items()
        >= {
            "manager_on_duty": "manager.on_duty",
            "manager_daily_capacity": "manager.daily_capacity",
            "used_credit": "holding.used",
            "unused_credit": "holding.used",
            "credit_use": "holding.used",
            "age": "customer.birth_date",
            "age_band": "customer.birth_date",
        }.items()
    )
    built = snapshot(store, done)["C000"]
    assert set(built) == {"customer_id", *TAGS} - set(done.plan.unavailable)
    assert "used_credit (no holding.used)" in repr(done)
    with (
        Mart(store, store.load(AS_OF), done.build_id, country="CN", tags=TAGS) as mart,
        pytest.raises(DefinitionError, match=r"'unused_credit' is not built.*no holding\.used"),
    ):
        mart.count(TAGS.unused_credit > 0)


def test_the_plan_and_the_build_print_what_was_done(store):
    done = build(store)
    assert f"Build {done.build_id}: 40 customers" in repr(done)
    assert "txn" in repr(done.plan) and "<table" in done._repr_html_() and "<table" in done.plan._repr_html_()
    passes = [
        (one.subject, one.by, one.each, one.carry_days, one.reach)
        for one in done.plan.passes
        if not one.is_mode
    ]
    assert len(passes) == len(set(passes))


def test_tags_that_look_far_back_do_not_make_the_others_read_far_back(store):
    def of(name, days):
        compute = Aggregate(subject="txn", function="count", within_days=days)
        return Tag(name=name, title=name, type="integer", compute=compute)

    windows = {"week": 7, "near": 90, "further": 91, "half": 180, "far": 181, "year": 365}
    passes = build(store, Catalogue([of(*one) for one in windows.items()])).plan.passes
    assert {one.longest: [tag.name for tag in one.tags] for one in passes} == {
        90: ["week", "near"], 180: ["further", "half"], 365: ["far", "year"]
    }  # fmt: skip


def test_the_mart_opens_what_was_built(store, bank):
    done = build(store)
    with Mart(store, store.load(AS_OF), done.build_id, country="CN", tags=TAGS) as mart:
        rich, rest = TAGS.aum >= 100_000, ~(TAGS.aum >= 100_000)
        assert mart.count(rich) + mart.count(rest) == len(bank["customer"])


def test_a_distribution_counts_everyone_once(store, bank, snapshot):
    done = build(store)
    rows = snapshot(store, done).values()
    with Mart(store, store.load(AS_OF), done.build_id, country="CN", tags=TAGS) as mart:
        for name in ("age", "aum", "kind", "has_manager", "risk_expires_on", "employees", "education"):
            got = distribution(mart, name, bins=5)
            known = sorted(row[name] for row in rows if row[name] is not None)
            assert got.customers == len(rows) and got.missing == len(rows) - len(known)
            if got.quantiles:
                assert (got.quantiles[0.0], got.quantiles[1.0]) == (known[0], known[-1])
                assert got.quantiles[0.5] == known[(len(known) + 1) // 2 - 1]
            assert "<table" in got._repr_html_() and name in repr(got)
        kinds = dict(distribution(mart, "kind").counts)
        assert kinds["prospect"] == sum(row["kind"] == "prospect" for row in bank["customer"])
        with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
            distribution(mart, "aumm")


def test_bins_hold_the_numbers_they_say(land, tmp_path):
    people = [
        {"customer_id": f"C{i}", "kind": "personal", "since": date(2020, 1, 1), "employees": i}
        for i in range(1, 101)
    ]
    store = land(tmp_path, {"customer": people})
    done = build(store)
    with Mart(store, store.load(AS_OF), done.build_id, country="CN", tags=TAGS) as mart:
        got = distribution(mart, "employees", bins=9)
    # From the 5 % quantile, 5, to the 95 %, 95, in nine steps of ten; the outermost hold the rest.
    assert got.counts[0] == ("below 15", 14)
    assert [count for _, count in got.counts[1:-1]] == [10] * 7
    assert got.counts[-1] == ("from 85 up to 100", 16)


def test_slices_of_customers_give_the_same_snapshot(snapshot, land, bank, tmp_path, monkeypatch):
    store = land(tmp_path / "whole", bank)
    whole = snapshot(store, build(store))
    sliced_store = land(tmp_path / "sliced", bank)
    monkeypatch.setattr(computing, "SLICE", 7)
    steps = []
    done = build_tags(
        sliced_store, TAGS, AS_OF, memory_limit="500MB", threads=2, progress=lambda *step: steps.append(step)
    )
    assert snapshot(sliced_store, done) == whole
    assert [what for *_, what in steps].count("snapshot") == -(-len(whole) // 7)


def test_limits_declared_since_are_held_against_a_build_that_is_there(land, bank, tmp_path):
    store = land(tmp_path, bank)
    few = Catalogue([count()])
    first = build(store, few)
    strict = Limits.model_validate({"customers": {"min": len(bank["customer"]) + 1}})
    with pytest.raises(DataError, match="break 1 of their limits"):
        build_tags(store, few, AS_OF, limits=strict, memory_limit="500MB", threads=1)
    assert store.current_build(AS_OF) == first.build_id
