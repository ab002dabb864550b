"""The stability index against worked examples and numpy, and the drift between two files."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from journeykit.contract import Type
from journeykit.dialects import native, open_embedded
from journeykit.errors import DataError
from journeykit.mart.store import MartStore
from journeykit.tags.drift import (
    Drift,
    drift_between,
    measure_drift,
    previous_profile,
    previous_snapshot,
    stability_index,
    verdict,
)
from journeykit.tags.profile import Profile, TagProfile, read_profile

TYPES = {"aum": Type.DECIMAL, "visits": Type.INTEGER, "kind": Type.TEXT, "steady": Type.INTEGER}


def make_rows(people=2_000, seed=1, factor=1, known=0.9, kinds="aaab"):
    draw = random.Random(seed)
    same = random.Random(0)
    return [
        {
            "customer_id": f"C{number:05d}",
            "aum": Decimal(draw.randint(0, 10**6) * factor) / 100 if draw.random() < known else None,
            "visits": 0 if draw.random() < 0.9 else draw.randint(1, 30),
            "kind": draw.choice(kinds),
            "steady": same.randint(0, 1_000),
        }
        for number in range(people)
    ]


def test_a_scorecard_computed_by_hand():
    # Score bands at development and now, as textbooks lay the sum out, band by band.
    before = [0.10, 0.20, 0.30, 0.25, 0.15]
    now = [0.08, 0.15, 0.28, 0.29, 0.20]
    bands = [0.0044629, 0.0143841, 0.0013799, 0.0059368, 0.0143841]
    assert stability_index(now, before) == pytest.approx(sum(bands), abs=1e-6)
    assert stability_index(now, before) == pytest.approx(0.0405477, abs=1e-6)


def test_the_index_agrees_with_numpy_is_symmetric_and_zero_for_equals():
    draw = np.random.default_rng(7)
    for _ in range(50):
        p, q = draw.dirichlet(np.ones(11)), draw.dirichlet(np.ones(11))
        p, q = np.maximum(p, 0.0001), np.maximum(q, 0.0001)
        assert stability_index(p.tolist(), q.tolist()) == pytest.approx(
            float(((p - q) * np.log(p / q)).sum())
        )
        assert stability_index(p.tolist(), q.tolist()) == pytest.approx(
            stability_index(q.tolist(), p.tolist())
        )
        assert stability_index(p.tolist(), p.tolist()) == 0


def test_an_empty_bin_counts_as_one_in_ten_thousand():
    by_hand = (0.5 - 0.0001) * np.log(0.5 / 0.0001) + (0.5 - 1) * np.log(0.5 / 1)
    assert stability_index([0.5, 0.5], [0, 1]) == pytest.approx(by_hand)
    assert stability_index([0, 1], [0, 1]) == 0


def test_verdicts_change_at_the_thresholds():
    assert [verdict(index) for index in (0, 0.0999, 0.1, 0.2499, 0.25, 3)] == [
        "stable", "stable", "watch", "watch", "changed", "changed",
    ]  # fmt: skip


def test_two_files_are_compared_worst_first(profiled):
    old, before = profiled("a.duckdb", TYPES, make_rows())
    new, _ = profiled("b.duckdb", TYPES, make_rows(seed=2, factor=3, known=0.6, kinds="aabb"))
    found = drift_between(new, old)
    assert found.worst[0] == "aum"
    assert found.worst[-1] == "steady"
    assert found.indices["steady"] == 0
    assert list(found.of()) == ["aum", "kind"]
    # The share of b goes from a quarter to a half.
    share = dict(zip(before["kind"].labels, before["kind"].shares, strict=False))
    rows = make_rows(seed=2, factor=3, known=0.6, kinds="aabb")
    now = sum(row["kind"] == "b" for row in rows) / len(rows)
    assert found.indices["kind"] == pytest.approx(
        (now - share["b"]) * np.log(now / share["b"])
        + (1 - now - share["a"]) * np.log((1 - now) / share["a"])
    )
    text = repr(found)
    assert "changed" in text.splitlines()[0]
    assert text.index("aum") < text.index("kind") < text.index("steady")
    assert found.to_frame()["index"].is_monotonic_decreasing
    assert found.missing["aum"][0] == pytest.approx(0.4, abs=0.05)
    assert "<table" in found._repr_html_()


def test_a_sample_of_the_same_population_is_stable(profiled):
    old, _ = profiled("a.duckdb", TYPES, make_rows())
    new, _ = profiled("b.duckdb", TYPES, make_rows(seed=2))
    found = drift_between(new, old)
    assert max(found.indices.values()) < 0.05
    assert not found.of()


def test_tags_of_one_side_and_of_another_type_are_not_compared(profiled):
    old, _ = profiled("a.duckdb", TYPES, make_rows())
    rows = [{**row, "kind": len(row["kind"]), "fresh": 1} for row in make_rows()]
    types = {"aum": Type.DECIMAL, "kind": Type.INTEGER, "fresh": Type.INTEGER}
    new, _ = profiled("b.duckdb", types, rows)
    found = drift_between(new, old)
    assert set(found.indices) == {"aum"}
    assert found.added == ("kind", "fresh")
    assert found.removed == ("visits", "kind", "steady")
    assert "gone: visits, kind, steady" in repr(found)


def test_a_tag_that_could_not_be_built_is_neither_new_nor_gone():
    one = {name: TagProfile(name, Type.INTEGER, 10, 10) for name in ("aum", "age", "own", "old")}
    day = date(2026, 5, 28)
    before = Profile(day, 10, {name: one[name] for name in ("aum", "old")}, {"age": "customer.birth_date"})
    now = Profile(
        date(2026, 5, 29), 10, {name: one[name] for name in ("age", "own")}, {"aum": "holding.amount"}
    )
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        native(connection).execute("ATTACH ':memory:' AS built; CREATE TABLE built.snapshot (x INT)")
        found = measure_drift(connection, "built", now, before)
    assert (found.added, found.removed) == (("own",), ("old",))
    assert (found.regained, found.lost) == (("age",), ("aum",))
    title = found.table().title
    assert "new: own; gone: old; could not be built then: age; cannot be built now: aum" in title


def test_the_worst_are_shown_and_many_names_are_counted():
    many = tuple(f"t{number}" for number in range(30))
    found = Drift(date(2026, 5, 29), date(2026, 5, 28), dict.fromkeys(many, 0.3),
                  dict.fromkeys(many, (0.0, 0.0)), regained=many)  # fmt: skip
    assert len(found.table().rows) == 30
    shown = found.table(most=20)
    assert len(shown.rows) == 20
    assert shown.title.startswith("Drift of 30 tags")
    assert shown.title.endswith("30 changed, 0 to watch; could not be built then: 30 tags; the worst 20")


def test_the_snapshot_before_is_the_latest_earlier_day_with_a_build(profiled, tmp_path):
    store = MartStore(tmp_path)
    path, _ = profiled("a.duckdb", TYPES, make_rows(people=20))
    day = read_profile(path).as_of
    assert previous_profile(store, day) is None
    for back in (3, 9):
        earlier = store.snapshot_path(day - timedelta(days=back), "b1")
        earlier.parent.mkdir(parents=True)
        earlier.write_bytes(path.read_bytes())
        store.publish_build(day - timedelta(days=back), "b1")
    assert previous_snapshot(store, day) == store.snapshot_path(day - timedelta(days=3), "b1")
    assert previous_snapshot(store, day - timedelta(days=9)) is None
    assert previous_profile(store, day).customers == 20


def test_a_file_without_a_profile_cannot_be_compared(profiled, tmp_path):
    path, _ = profiled("a.duckdb", TYPES, make_rows(people=20))
    old = tmp_path / "old.duckdb"
    with open_embedded(memory_limit="100MB", threads=1, database=old) as connection:
        native(connection).execute("CREATE TABLE snapshot (customer_id VARCHAR)")
    with pytest.raises(DataError, match=r"old\.duckdb has no profile"):
        drift_between(path, old)
