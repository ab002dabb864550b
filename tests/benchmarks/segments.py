"""Segments at 10 million customers, 220 tags and 20 million events, against hand-written DuckDB SQL.

The snapshot and the events are generated directly: values of realistic spread, by hash of the customer, so
that every run has the same. Both sides read the same files with two threads and the same memory limit, in
turn; no ratio is printed before both found the same customers.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import duckdb

from journeykit.contract import Type
from journeykit.expressions import did, sequence, tag
from journeykit.files import sha256_of
from journeykit.mart.manifest import SourceFile, SourceManifest
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.segments import Segment
from journeykit.tags import LIBRARY, Catalogue

AS_OF = date(2026, 5, 29)
MEMORY = "8GB"
TAGS = 220
MONTHS = 6
TIMES = 100
FEW = 5
"""How often what takes seconds is repeated."""

ID = "'C' || lpad(i::VARCHAR, 8, '0')"
MADE = {
    Type.BOOLEAN: "hash(i, {n}) % 100 < {share}",
    Type.INTEGER: "CASE WHEN hash(i, {n}) % 10 < 8 THEN (hash(i, {n}, 1) % 60)::BIGINT END",
    Type.DECIMAL: "CASE WHEN hash(i, {n}) % 10 < 4 THEN 0 ELSE ((exp(hash(i, {n}, 1) % 1400 / 100.0))"
    "::BIGINT % 5000000) / 4.0 END::DECIMAL(18,2)",
    Type.RATE: "CASE WHEN hash(i, {n}) % 10 < 7 THEN (hash(i, {n}, 1) % 10000) / 10000.0 END::DECIMAL(18,6)",
    Type.TEXT: "[{values}][1 + (hash(i, {n}) % {count})::INTEGER]",
    Type.DATE: "DATE '2026-05-29' - (hash(i, {n}) % 2000)::INTEGER",
}
ALWAYS = ("aum", "inflow_30d", "holds_wealth", "region_kind", "age", "gender", "outflow_30d", "logins_30d",
          "holds_loan", "tenure_days", "txn_count_90d", "is_payroll", "holds_deposit", "deposit_balance",
          "holds_card")  # fmt: skip

ONE = (tag("aum") >= 50_000, "aum >= 50000")
FIVE = (
    (tag("aum") >= 5_000) & (tag("inflow_30d") > 1_000) & ~tag("holds_wealth")
    & tag("region_kind").isin(["city", "town"]) & (tag("age") < 50),
    "aum >= 5000 AND inflow_30d > 1000 AND NOT holds_wealth AND region_kind IN ('city', 'town') AND age < 50",
)  # fmt: skip
FIFTEEN = (
    FIVE[0] & (tag("gender") == "female") & (tag("outflow_30d") < 900_000) & (tag("logins_30d") >= 1)
    & ~tag("holds_loan") & (tag("tenure_days") > 3) & (tag("txn_count_90d").fill(0) < 58) & ~tag("is_payroll")
    & (tag("holds_deposit") | (tag("deposit_balance") > 10)) & ~(tag("holds_card") & (tag("age") < 5)),
    FIVE[1] + " AND gender = 'female' AND outflow_30d < 900000 AND logins_30d >= 1 AND NOT holds_loan "
    "AND tenure_days > 3 AND coalesce(txn_count_90d, 0) < 58 AND NOT is_payroll "
    "AND (holds_deposit OR deposit_balance > 10) "
    "AND NOT coalesce(holds_card AND age < 5, false)",
)  # fmt: skip
DID = (
    did("view", object="wealth").at_least(2).within(days=30),
    """customer_id IN (SELECT customer_id FROM event_month WHERE action = 'view' AND object = 'wealth'
       AND occurred_at >= TIMESTAMP '2026-04-30' AND occurred_at < TIMESTAMP '2026-05-30'
       GROUP BY customer_id HAVING count(*) >= 2)""",
)
SEQUENCE = (
    sequence(did("view", object="wealth"), did("apply")),
    """customer_id IN (SELECT customer_id FROM event
       WHERE (action = 'view' AND object = 'wealth') OR action = 'apply' GROUP BY customer_id
       HAVING min(CASE WHEN action = 'view' AND object = 'wealth' THEN occurred_at END)
            < max(CASE WHEN action = 'apply' THEN occurred_at END))""",
)
SOON = (
    sequence(did("view", object="wealth"), did("apply").within(days=7)),
    """customer_id IN (SELECT customer_id FROM (
         SELECT customer_id, occurred_at, action, max(CASE WHEN action = 'view' THEN occurred_at END) OVER (
           PARTITION BY customer_id ORDER BY occurred_at, action ROWS UNBOUNDED PRECEDING) AS viewed
         FROM event WHERE (action = 'view' AND object = 'wealth') OR action = 'apply')
       WHERE action = 'apply' AND viewed < occurred_at AND occurred_at::DATE - viewed::DATE < 7)""",
)
COUNTED = {
    "1 tag": (*ONE, TIMES),
    "5 tags": (*FIVE, TIMES),
    "15 tags": (*FIFTEEN, TIMES),
    "did()": (*DID, 20),
    "sequence of two": (*SEQUENCE, FEW),
    "within 7 days": (*SOON, FEW),
}


def chosen_tags() -> list[Any]:
    """220 tags of the library, those that the segments use among them."""
    known = {one.name: one for one in LIBRARY}
    first = [known[name] for name in ALWAYS]
    rest = [one for one in LIBRARY if one.name not in ALWAYS and one.type in MADE]
    return [*first, *rest][:TAGS]


def generate(folder: Path, customers: int) -> None:
    """Write the customers, the events and the snapshot."""
    store = MartStore(folder)
    with _raw() as db:
        files = [_land(db, store, "customer/all", f"SELECT {ID} AS customer_id, 'personal' AS kind, "
                       f"DATE '2020-01-01' AS since FROM range({customers}) t(i)", customers)]  # fmt: skip
        events = customers * 2 // MONTHS
        for month in range(MONTHS):
            begin = date(2025, 12 + month, 1) if month == 0 else date(2026, month, 1)
            files.append(_land(db, store, f"event/{begin:%Y-%m}", _events(customers, events, month, begin),
                               events))  # fmt: skip
        manifest = SourceManifest(as_of=AS_OF, files=tuple(files), mapping_hash="generated")
        store.publish_load(manifest)
        path = store.snapshot_path(AS_OF, "generated")
        path.parent.mkdir(parents=True, exist_ok=True)
        db.execute(f"ATTACH '{path}' AS made")
        columns = ", ".join(f"{_value(one, n)} AS {one.name}" for n, one in enumerate(chosen_tags()))
        rows = f"SELECT {ID} AS customer_id, {columns} FROM range({customers}) t(i)"
        db.execute(f"CREATE TABLE made.snapshot AS {rows}")
        db.execute("CREATE TABLE made.unavailable (name VARCHAR, missing VARCHAR)")
        db.execute("CREATE TABLE made.build AS SELECT 'load_id' AS key, ? AS value", [manifest.load_id])
        db.execute("DETACH made")
    store.publish_build(AS_OF, "generated")


def _raw() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"memory_limit": MEMORY, "threads": "2"})


def _value(one: Any, number: int) -> str:
    values = ", ".join(f"'{value}'" for value in one.values) or "'a', 'b', 'c', 'd', 'e', 'f'"
    share, count = 5 + number * 7 % 60, values.count(",") + 1
    return MADE[one.type].format(n=number, share=share, values=values, count=count)


def _events(customers: int, rows: int, month: int, begin: date) -> str:
    """A month's events, sorted by customer; a tenth of the customers are busy."""
    days = 29 if begin.month == 5 else 28
    return f"""
        SELECT 'E{month}' || i AS event_id, 'C' || lpad(least(who, {customers - 1})::VARCHAR, 8, '0')
            AS customer_id, TIMESTAMP '{begin}' + to_seconds((hash(i, {month}, 2) % {days * 86400})::BIGINT)
            AS occurred_at, 'app' AS channel, ['login', 'view', 'view', 'click', 'apply', 'login']
            [1 + (hash(i, {month}, 3) % 6)::INTEGER] AS action,
            ['wealth', 'loan', 'deposit', 'card'][1 + (hash(i, {month}, 4) % 4)::INTEGER] AS object
        FROM (SELECT i, CASE WHEN hash(i, {month}) % 2 = 0 THEN (hash(i, {month}, 1) % {customers})::BIGINT
              ELSE ((hash(i, {month}, 1) % {customers // 10}) * 10)::BIGINT END AS who
              FROM range({rows}) t(i))
        ORDER BY customer_id, occurred_at, event_id"""


def _land(db: duckdb.DuckDBPyConnection, store: MartStore, place: str, query: str, rows: int) -> SourceFile:
    subject, partition = place.split("/")
    made = store.root / "sources" / subject / partition / "made.parquet"
    made.parent.mkdir(parents=True, exist_ok=True)
    db.execute(f"COPY ({query}) TO '{made}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
    sha256 = sha256_of(made)
    final = store.source_path(subject, partition, sha256)
    made.rename(final)
    path = str(final.relative_to(store.root))
    return SourceFile(subject=subject, partition=partition, path=path, rows=rows, sha256=sha256)


def compare(folder: Path) -> list[str]:
    """Time every segment on both sides, in turn; the sets must be the same."""
    store = MartStore(folder)
    manifest = store.load(AS_OF)
    lines = [
        f"{'':18} {'ours p50':>10} {'p95':>10} {'hand p50':>10} {'p95':>10} {'ratio p50':>10} {'p95':>6}"
    ]
    with (
        Mart(
            store, manifest, "generated", country="CN", tags=Catalogue(LIBRARY), memory_limit=MEMORY
        ) as mart,
        _raw() as db,
    ):
        _open_by_hand(db, store, manifest)
        for name, (where, text, times) in COUNTED.items():
            segment, query = Segment("counted", where), f"SELECT count(*) FROM built.snapshot WHERE {text}"
            sizes = {mart.count(segment), db.execute(query).fetchone()[0]}
            if len(sizes) > 1 or 0 in sizes:
                raise SystemExit(f"{name}: the two sides differ, so no ratio means anything: {sizes}")
            ours, hand = _in_turn(
                [lambda s=segment: mart.count(s), lambda q=query: db.execute(q).fetchone()], times
            )
            ratios = f"{ours[0] / hand[0]:10.2f} {ours[1] / hand[1]:6.2f}"
            cells = " ".join(f"{value:>7.1f} ms" for value in (*ours, *hand))
            lines.append(f"{name:18} {cells} {ratios}   ({sizes.pop():,} customers)")
        lines += _understand(mart)
    return lines


def _open_by_hand(db: duckdb.DuckDBPyConnection, store: MartStore, manifest: SourceManifest) -> None:
    files = {one.partition: str(store.root / one.path) for one in manifest.of("event")}
    db.execute(f"CREATE VIEW event AS FROM read_parquet({list(files.values())})")
    first = f"{AS_OF - timedelta(days=29):%Y-%m}"
    month = [path for partition, path in files.items() if partition >= first]
    db.execute(f"CREATE VIEW event_month AS FROM read_parquet({month})")
    db.execute(f"ATTACH '{store.snapshot_path(AS_OF, 'generated')}' AS built (READ_ONLY)")


def _understand(mart: Mart) -> list[str]:
    """What has no rival: the profile of a segment over all tags, and the overlap of six."""
    five = Segment("five", FIVE[0])
    six = [Segment(f"s{n}", where) for n, where in enumerate(
        (ONE[0], FIVE[0], tag("holds_loan"), tag("age") < 30, tag("is_payroll"), tag("logins_30d") > 20)
    )]  # fmt: skip
    lines = []
    for name, run in {
        "profile": lambda: mart.profile(five),
        "overlap of six": lambda: mart.overlap(six),
        "waterfall of 5": lambda: mart.waterfall(five),
    }.items():
        ((p50, p95),) = _in_turn([run], FEW)
        lines.append(f"{name:18} {p50:>7.1f} ms {p95:>7.1f} ms")
    return lines


def _in_turn(runs: list[Callable[[], Any]], times: int) -> list[tuple[float, float]]:
    """The median and the 95th percentile of each, in milliseconds, after one run that warms up."""
    taken: list[list[float]] = [[] for _ in runs]
    for round_ in range(times + 1):
        for seconds, run in zip(taken, runs, strict=True):
            start = time.perf_counter()
            run()
            if round_:
                seconds.append((time.perf_counter() - start) * 1000)
    cuts = [quantiles(seconds, n=100, method="inclusive") for seconds in taken]
    return [(one[49], one[94]) for one in cuts]


def main() -> None:
    """Generate in a folder, by default a temporary one, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="keep the files here, and use those that are there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="journeykit-segments-") as temporary:
        folder = chosen.folder or Path(temporary)
        if not (folder / "tags").is_dir():
            generate(folder, chosen.customers)
        size = MartStore(folder).snapshot_path(AS_OF, "generated").stat().st_size / 2**30
        print(f"{chosen.customers:,} customers, {TAGS} tags, {chosen.customers * 2:,} events; snapshot "
              f"{size:.1f} GiB; 2 threads, memory limit {MEMORY} on both sides.")  # fmt: skip
        print("\n".join(compare(folder)))


if __name__ == "__main__":
    main()
