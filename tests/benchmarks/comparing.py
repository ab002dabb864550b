"""Whether both sides did the same work: the landed rows and the snapshots, column by column."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from journeykit.contract import DELIVERED
from journeykit.mart.sources import LANDED
from journeykit.mart.store import MartStore

BANKS_OWN = tuple(name for name in DELIVERED if name in LANDED)


def compare(folder: Path, as_of: date) -> dict[str, Any]:
    """The tags compared, and every difference as a sentence; none when both sides agree."""
    store = MartStore(folder / "mart")
    with duckdb.connect(config={"threads": "2", "memory_limit": "4GB"}) as db:
        differences = [*_loads(db, store, folder, as_of)]
        db.execute(
            f"ATTACH '{store.snapshot_path(as_of, store.current_build(as_of) or '')}' AS ours (READ_ONLY)"
        )
        db.execute(f"ATTACH '{folder / 'hand.duckdb'}' AS hand (READ_ONLY)")
        ours, hand = (dict(_columns(db, side)) for side in ("ours", "hand"))
        differences += [f"{name}: only in one snapshot" for name in sorted(ours.keys() ^ hand.keys())]
        both = [name for name in ours if name in hand and name != "customer_id"]
        differences += [
            f"{name}: {ours[name]} against {hand[name]}" for name in both if ours[name] != hand[name]
        ]
        counts = ", ".join(f"count(*) FILTER (o.{name} IS DISTINCT FROM h.{name})" for name in both)
        joined = "FROM ours.snapshot o FULL JOIN hand.snapshot h USING (customer_id)"
        alone = "count(*) FILTER (o.customer_id IS NULL OR h.customer_id IS NULL)"
        missing, *found = db.execute(f"SELECT {alone}, {counts} {joined}").fetchone() or ()
    if missing:
        differences.append(f"{missing:,} customers are in one snapshot only")
    differences += [f"{name}: {rows:,} rows differ" for name, rows in zip(both, found, strict=True) if rows]
    return {"tags": len(both), "differences": differences}


def _columns(db: duckdb.DuckDBPyConnection, side: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in db.execute(f"DESCRIBE {side}.snapshot").fetchall()]


def _loads(db: duckdb.DuckDBPyConnection, store: MartStore, folder: Path, as_of: date) -> list[str]:
    """Subjects whose landed rows are not the same on both sides, by an order-free hash of every row."""
    manifest = store.load(as_of)
    differences = []
    for name in BANKS_OWN:
        ours = [str(store.root / file.path) for file in manifest.of(name)]
        hand = [str(path) for path in sorted((folder / "hand_mart" / name).glob("*.parquet"))]
        seen = [
            db.execute(
                f"SELECT count(*), bit_xor(hash(r)), sum(hash(r)) FROM read_parquet({files}) r"
            ).fetchone()
            for files in (ours, hand)
        ]
        if seen[0] != seen[1]:
            differences.append(f"landed {name}: {seen[0]} against {seen[1]}")
    return differences
