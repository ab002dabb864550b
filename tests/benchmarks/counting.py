"""Segment counts: the mart's, and raw SQL text on a raw connection to the same snapshot, in turn."""

from __future__ import annotations

import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

import duckdb
import rivals

from journeykit.expressions import did, tag
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.segments import Segment
from journeykit.tags import LIBRARY, Catalogue

TIMES = 200
VIEWED = """customer_id IN (
    SELECT customer_id FROM event_month
    WHERE action = 'view' AND object = 'wealth' AND occurred_at >= days_from(30)
    GROUP BY customer_id HAVING count(*) >= 2)"""

SEGMENTS = {
    "1 tag": (tag("aum") >= 50_000, "aum >= 50000"),
    "5 tags": (
        (tag("aum") >= 50_000) & (tag("inflow_30d") > 10_000) & ~tag("holds_wealth")
        & tag("region_kind").isin(["city", "town"]) & (tag("age") < 60),
        "aum >= 50000 AND inflow_30d > 10000 AND NOT holds_wealth AND region_kind IN ('city', 'town') "
        "AND age < 60",
    ),
    "did()": (did("view", object="wealth").at_least(2).within(days=30), VIEWED),
    "did() & 2 tags": (
        did("view", object="wealth").at_least(2).within(days=30) & (tag("aum") >= 50_000)
        & ~tag("holds_wealth"),
        f"{VIEWED} AND aum >= 50000 AND NOT holds_wealth",
    ),
}  # fmt: skip


def count_in_turn(folder: Path, as_of: date, memory: str) -> list[dict[str, Any]]:
    """For each segment its size on both sides, and p50 and p95 of each in milliseconds."""
    store = MartStore(folder / "mart")
    manifest, build_id = store.load(as_of), store.current_build(as_of)
    found = []
    with (
        Mart(store, manifest, build_id, country="CN", tags=Catalogue(LIBRARY), memory_limit=memory) as mart,
        rivals.connect(folder, memory) as db,
    ):
        rivals.create_views(db, store, manifest)
        first = f"{as_of - timedelta(days=29):%Y-%m}"
        files = [str(store.root / one.path) for one in manifest.of("event") if one.partition >= first]
        db.execute(f"CREATE VIEW event_month AS FROM read_parquet({files})")
        db.execute(f"ATTACH '{store.snapshot_path(as_of, build_id or '')}' AS built (READ_ONLY)")
        for name, (where, text) in SEGMENTS.items():
            segment = Segment("counted", where)
            query = f"SELECT count(*) FROM built.snapshot WHERE {text}"
            found.append({"name": name, **_in_turn(partial(mart.count, segment), db, query)})
    return found


def _in_turn(ours: Any, db: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    def by_hand() -> int:
        return db.execute(query).fetchone()[0]

    seconds: dict[str, list[float]] = {"ours": [], "hand": []}
    sizes = {"ours": ours(), "hand": by_hand()}
    for _ in range(TIMES):
        for side, run in (("ours", ours), ("hand", by_hand)):
            start = time.perf_counter()
            run()
            seconds[side].append(time.perf_counter() - start)
    result: dict[str, Any] = {"sizes": sizes}
    for side, taken in seconds.items():
        cuts = quantiles(taken, n=100)
        result[side] = {"p50": cuts[49] * 1000, "p95": cuts[94] * 1000}
    return result
