"""A mart whose snapshot and events these tests write down themselves."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journeykit.contract import SUBJECTS
from journeykit.dialects import attach_new, detach, native, open_embedded
from journeykit.files import sha256_of
from journeykit.mart.manifest import SourceFile, SourceManifest
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.tags import LIBRARY, Catalogue
from synthetic_data.writing import ARROW

AS_OF = date(2026, 5, 29)
TYPES = {tag.name: tag.type for tag in LIBRARY}


def write_bank(root: Path, people: list[dict[str, Any]], events: list[dict[str, Any]]) -> Mart:
    """People are rows of the snapshot, named like tags of the library; events are rows of `event`."""
    store, files = MartStore(root), []
    customers = [{"customer_id": one["customer_id"], "kind": "personal", "since": AS_OF} for one in people]
    numbered = [{"event_id": f"E{place}", "channel": "app", **one} for place, one in enumerate(events)]
    for name, rows in (("customer", customers), ("event", numbered)):
        schema = pa.schema([(column.name, ARROW[column.type]) for column in SUBJECTS[name].columns])
        made = root / "sources" / name / "all" / "made.parquet"
        made.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), made)
        sha = sha256_of(made)
        path = store.source_path(name, "all", sha)
        made.rename(path)
        facts = {"subject": name, "partition": "all", "rows": len(rows), "sha256": sha}
        files.append(SourceFile(path=str(path.relative_to(root)), **facts))
    manifest = SourceManifest(as_of=AS_OF, files=tuple(files), mapping_hash="test")
    store.publish_load(manifest)
    names = [name for name in people[0] if name != "customer_id"]
    schema = pa.schema([("customer_id", pa.string()), *((name, ARROW[TYPES[name]]) for name in names)])
    path = store.snapshot_path(AS_OF, "made")
    path.parent.mkdir(parents=True)
    with open_embedded(memory_limit="500MB", threads=1) as connection:
        attach_new(connection, path, "building")
        engine = native(connection)
        engine.register("made_rows", pa.Table.from_pylist(people, schema=schema))
        engine.execute("CREATE TABLE building.snapshot AS SELECT * FROM made_rows ORDER BY customer_id")
        engine.execute("CREATE TABLE building.build (key VARCHAR, value VARCHAR)")
        engine.execute("INSERT INTO building.build VALUES ('load_id', ?)", [manifest.load_id])
        engine.execute("CREATE TABLE building.unavailable (name VARCHAR, missing VARCHAR)")
        detach(connection, "building")
    return Mart(store, manifest, "made", country="CN", tags=Catalogue(LIBRARY), memory_limit="500MB")


@pytest.fixture
def bank(tmp_path):
    """``bank(people, events)`` is a mart with these rows."""
    opened: list[Mart] = []

    def make(people: list[dict[str, Any]], events: list[dict[str, Any]] | None = None) -> Mart:
        opened.append(write_bank(tmp_path / str(len(opened)), people, events or []))
        return opened[-1]

    yield make
    for mart in opened:
        mart.close()


def draw_people(seed: int, number: int) -> list[dict[str, Any]]:
    """People with every type of tag, values missing here and there."""
    draw = random.Random(seed)

    def maybe(value: Any) -> Any:
        return value if draw.random() < 0.8 else None

    people = []
    for place in range(number):
        rich = draw.random() < 0.3
        people.append(
            {
                "customer_id": f"C{place:05d}",
                "aum": Decimal(draw.randint(0, 10**8 if rich else 10**6)) / 100,
                "age": maybe(draw.randint(18, 90)),
                "gender": maybe(draw.choice(["female", "male"])),
                "region_kind": maybe("city" if rich else draw.choice(["city", "town", "village"])),
                "district": maybe(draw.choice("ABCDEF")),
                "branch_id": f"B{draw.randint(1, 30)}",
                "holds_wealth": rich or draw.random() < 0.1,
                "days_since_login": maybe(draw.randint(0, 400)),
            }
        )
    return people


def draw_events(seed: int, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Views and log-ins of some of them in May."""
    draw = random.Random(seed)
    return [
        {
            "customer_id": draw.choice(people)["customer_id"],
            "occurred_at": datetime(2026, 5, draw.randint(1, 29), draw.randint(0, 23)),
            "action": draw.choice(["view", "login"]),
            "object": draw.choice(["wealth", "loan", None]),
        }
        for _ in range(len(people) * 2)
    ]


@pytest.fixture(scope="session")
def drawn():
    """``drawn(seed, number)`` is a list of people and one of their events."""

    def draw(seed: int, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        people = draw_people(seed, number)
        return people, draw_events(seed, people)

    return draw
