"""The full build at 10 million customers, 100 million transactions and 50 million events, run once.

A synthetic bank of a tenth of the customers is generated and landed, and its landed files are laid end to end
ten times under other ids, thinned to these numbers; so every tag has data of the same kind. Each step runs in
a process of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

import duckdb
from bench import run_step
from counting import SEGMENTS, TIMES

from journeykit.contract import SUBJECTS
from journeykit.files import sha256_of
from journeykit.mart.manifest import SourceFile, SourceManifest
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.models import ModelStore
from journeykit.segments import Segment
from journeykit.tags import LIBRARY, Catalogue, build_tags

AS_OF = date(2026, 5, 29)
MEMORY = "6GB"
TILES = 10
WANTED = {"txn": 10, "event": 5}  # rows per customer
PEOPLE = ("customer_id", "other_id", "referred_id")
NUMBERS = ("holding_id", "txn_id", "event_id", "contact_id", "referral_id")


def tile(folder: Path, customers: int) -> dict[str, Any]:
    """Lay the landed files of the small bank end to end, and publish them as a load."""
    small, store = MartStore(folder / "mart"), MartStore(folder / "large")
    manifest = small.load(AS_OF)
    kept = {name: rows * customers // TILES * 1000 // manifest.rows(name) for name, rows in WANTED.items()}
    config = {"memory_limit": MEMORY, "threads": "2", "temp_directory": str(folder / "spill")}
    made = []
    with duckdb.connect(config=config) as db:
        for file in manifest.files:
            if file.subject != "consent":  # no tag reads it
                query = _query(
                    small.root / file.path, file.subject, kept.get(file.subject), customers // TILES
                )
                made.append(_land(db, query, store, file))
    store.publish_load(SourceManifest(as_of=AS_OF, files=tuple(made), mapping_hash="large"))
    names = (*WANTED, "balance", "customer")
    rows = {name: sum(one.rows for one in made if one.subject == name) for name in names}
    return {"rows": rows, "bytes": sum((store.root / one.path).stat().st_size for one in made)}


def _query(source: Path, subject: str, kept: int | None, step: int) -> str:
    """A landed file ten times, its customers numbered on; what belongs to no customer once.

    Of its rows `kept` in a thousand are taken, all when None.
    """
    columns = [column.name for column in SUBJECTS[subject].columns]
    people = [name for name in columns if name in PEOPLE]
    where = "" if kept is None or kept >= 1000 else f"WHERE hash({columns[0]}) % 1000 < {kept}"
    parts = []
    for number in range(TILES if people else 1):
        changed = [
            f"'C' || lpad((substr({name}, 2)::INTEGER + {number * step})::VARCHAR, 8, '0') AS {name}"
            for name in people
        ]
        changed += [f"{name} || '{number}' AS {name}" for name in columns if people and name in NUMBERS]
        replaced = f"REPLACE ({', '.join(changed)})" if changed else ""
        parts.append(f"(SELECT * {replaced} FROM read_parquet('{source}') {where})")
    return " UNION ALL ".join(parts)


def _land(db: duckdb.DuckDBPyConnection, query: str, store: MartStore, file: SourceFile) -> SourceFile:
    """Write a query's rows where a landed file of this content belongs."""
    made = store.root / "sources" / file.subject / file.partition / "made.parquet"
    made.parent.mkdir(parents=True, exist_ok=True)
    how = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
    rows = db.execute(f"COPY ({query}) TO '{made}' ({how})").fetchone()[0]
    sha256 = sha256_of(made)
    final = store.source_path(file.subject, file.partition, sha256)
    made.rename(final)
    path = str(final.relative_to(store.root))
    return file.model_copy(update={"path": path, "rows": rows, "sha256": sha256})


def build(folder: Path, _: int) -> dict[str, Any]:
    """Build every tag."""
    store, trained = MartStore(folder / "large"), ModelStore(folder / "models").trained()
    done = build_tags(
        store, Catalogue(LIBRARY), AS_OF, models=trained, memory_limit=MEMORY, threads=2,
        progress=lambda *step: print("   ", *step, file=sys.stderr, flush=True),
    )  # fmt: skip
    assert not done.plan.unavailable
    size = store.snapshot_path(AS_OF, done.build_id).stat().st_size
    return {"rows": done.rows, "tags": len(done.plan.tags), "bytes": size}


def count(folder: Path, _: int) -> dict[str, Any]:
    """Count a segment over five tags, again and again."""
    store = MartStore(folder / "large")
    segment = Segment("counted", SEGMENTS["5 tags"][0])
    seconds = []
    with Mart(
        store, store.load(AS_OF), store.current_build(AS_OF), country="CN", tags=Catalogue(LIBRARY),
        memory_limit=MEMORY,
    ) as mart:  # fmt: skip
        size = mart.count(segment)
        for _ in range(TIMES):
            start = time.perf_counter()
            mart.count(segment)
            seconds.append(time.perf_counter() - start)
    cuts = quantiles(seconds, n=100)
    return {"size": size, "p50": cuts[49] * 1000, "p95": cuts[94] * 1000}


STEPS = {step.__name__: step for step in (tile, build, count)}


def report(found: dict[str, dict[str, Any]]) -> str:
    """The printed result."""
    rows, made = found["tile"]["rows"], found["build"]
    return "\n".join(
        (
            f"{rows['customer']:,} customers, {rows['txn']:,} transactions, {rows['event']:,} events, "
            f"{rows['balance']:,} balances: {found['tile']['bytes'] / 2**30:.1f} GiB landed.",
            f"Full build of {made['tags']} tags: {made['seconds']:.0f} s (CPU {made['cpu']:.0f} s), peak "
            f"{made['gib']:.1f} GiB, snapshot {made['bytes'] / 2**30:.1f} GiB; 2 threads, limit {MEMORY}.",
            f"Count of a segment over five tags ({found['count']['size']:,} customers), {TIMES} times: p50 "
            f"{found['count']['p50']:.0f} ms, p95 {found['count']['p95']:.0f} ms.",
        )
    )


def main() -> None:
    """Run every step in a folder, by default a temporary one, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="keep the files here, and use a small bank that is there")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        start, used = time.perf_counter(), time.process_time()
        result = STEPS[chosen.step](chosen.folder, chosen.customers)
        print(
            json.dumps({**result, "seconds": time.perf_counter() - start, "cpu": time.process_time() - used})
        )
        return
    with tempfile.TemporaryDirectory(prefix="journeykit-large-") as temporary:
        folder = chosen.folder or Path(temporary)
        if not (folder / "mart").is_dir():
            for name in ("our_bank", "our_load"):
                run_step(name, folder, chosen.customers // TILES)
        if not (folder / "models").is_dir():
            run_step("models", folder, chosen.customers // TILES)
        own = [
            sys.executable,
            __file__,
            "--folder",
            str(folder),
            "--customers",
            str(chosen.customers),
            "--step",
        ]
        print(report({name: run_step(name, folder, chosen.customers, [*own, name]) for name in STEPS}))


if __name__ == "__main__":
    main()
