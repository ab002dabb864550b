"""A small bank written by these tests themselves, landed as the mart lands it."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journeykit.contract import SUBJECTS, Time, Type
from journeykit.dialects import attach_new, attach_read_only, detach, native, open_embedded
from journeykit.files import sha256_of
from journeykit.mart.manifest import Absence, SourceFile, SourceManifest
from journeykit.mart.store import MartStore
from journeykit.tags import LIBRARY, Build, Catalogue, build_tags
from journeykit.tags.profile import Profile, write_profile
from synthetic_data.writing import ARROW

AS_OF = date(2026, 5, 29)
Rows = dict[str, list[dict[str, Any]]]


def beside(name: str) -> ModuleType:
    """The module of this name in this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


compute_tags = beside("pandas_tags").compute_tags
vary = beside("varied_bank").vary


def land_rows(root: Path, rows: Rows, as_of: date = AS_OF, absent: tuple[Absence, ...] = ()) -> MartStore:
    """Write rows as Parquet, events by month, and publish a manifest of them."""
    store = MartStore(root)
    files = []
    for name, listed in rows.items():
        declared = SUBJECTS[name]
        parts = defaultdict(list)
        for row in listed:
            month = declared.time is Time.EVENT and f"{row[declared.at]:%Y-%m}"
            parts[month or "all"].append(row)
        for partition, part in sorted(parts.items()):
            schema = pa.schema([(column.name, ARROW[column.type]) for column in declared.columns])
            path = root / "sources" / name / partition / "made.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            owner = declared.owner or declared.key[0]
            part.sort(key=lambda row: str(row.get(owner)))
            pq.write_table(pa.Table.from_pylist(part, schema=schema), path)
            sha = sha256_of(path)
            final = store.source_path(name, partition, sha)
            path.rename(final)
            files.append(
                SourceFile(
                    subject=name,
                    partition=partition,
                    path=str(final.relative_to(root)),
                    rows=len(part),
                    sha256=sha,
                )
            )
    store.publish_load(SourceManifest(as_of=as_of, files=tuple(files), mapping_hash="test", absent=absent))
    return store


def read_snapshot(store: MartStore, build: Build) -> dict[str, dict[str, Any]]:
    """Every row of a finished snapshot by customer, read without the package's own SQL."""
    with open_embedded(memory_limit="200MB", threads=1) as connection:
        attach_read_only(connection, store.snapshot_path(build.as_of, build.build_id), "built")
        rows = native(connection).sql("SELECT * FROM built.snapshot").to_arrow_table().to_pylist()
    assert [row["customer_id"] for row in rows] == sorted(row["customer_id"] for row in rows)
    return {row["customer_id"]: row for row in rows}


def build_rows(root: Path, rows: Rows, tags: Any, **options: Any) -> dict[str, dict[str, Any]]:
    """Land rows, build tags, and read the snapshot."""
    store = land_rows(root, rows, **options)
    as_of = options.get("as_of", AS_OF)
    return read_snapshot(store, build_tags(store, Catalogue(tags), as_of, memory_limit="500MB", threads=2))


def random_bank(seed: int = 5, people: int = 40) -> Rows:
    """A bank with every subject, missing values, closed and shared holdings, ties in time, and a future."""
    draw = random.Random(seed)
    ids = [f"C{i:03d}" for i in range(people)]
    busy = ids[: people - 4]  # the last few have no rows at all

    def maybe(value: Any, share: float = 0.85) -> Any:
        return value if draw.random() < share else None

    def day(low: int, high: int) -> date:
        return AS_OF + timedelta(days=draw.randint(low, high))

    def moment(low: int, high: int) -> datetime:
        clock = draw.choice([(0, 0), (9, 30), (9, 30), (23, 59)])
        return datetime.combine(day(low, high), datetime.min.time()).replace(hour=clock[0], minute=clock[1])

    def money(top: int) -> Decimal:
        return Decimal(draw.randint(1, top * 100)) / 100

    def pick(name: str, column: str) -> str:
        return draw.choice(SUBJECTS[name].column(column).values)

    lines = SUBJECTS["holding"].column("line").values
    rows: Rows = {
        name: [] for name, declared in SUBJECTS.items() if name not in ("receipt", "contact_details")
    }
    for i in range(3):
        rows["branch"].append(
            {
                "branch_id": f"B{i}",
                "region_kind": maybe(pick("branch", "region_kind")),
                "opened_on": maybe(day(-4000, -10)),
            }
        )
    for i in range(5):
        rows["manager"].append(
            {
                "manager_id": f"M{i}",
                "branch_id": f"B{i % 3}",
                "daily_capacity": maybe(i * 5),
                "on_duty": maybe(i % 2 == 0),
                "hired_on": maybe(day(-900, -1)),
            }
        )
    for i in range(8):
        rows["product"].append({"product_id": f"P{i}", "line": lines[i % 6], "risk_level": maybe(i % 5 + 1)})
    for one in ids:
        born = draw.choice([date(1960, 2, 29), date(1990, 5, 29), date(1990, 5, 30), day(-30000, -3000)])
        rows["customer"].append(
            {
                "customer_id": one,
                "kind": pick("customer", "kind"),
                "since": day(-3000, 0),
                "birth_date": maybe(born),
                "gender": maybe("female"),
                "region_kind": maybe(pick("customer", "region_kind")),
                "district": maybe("D"),
                "village": maybe("V"),
                "branch_id": maybe(f"B{draw.randint(0, 2)}"),
                "manager_id": maybe(f"M{draw.randint(0, 4)}"),
                "is_farmer": maybe(True, 0.5),
                "annual_income": maybe(money(500000)),
                "employees": maybe(3),
                "acquired_by": maybe("app"),
            }
        )
    for i in range(people * 4):
        start = day(-900, 20)
        ended = maybe(start + timedelta(days=draw.randint(0, 900)), 0.4)
        rows["holding"].append(
            {
                "holding_id": f"H{i // 2:04d}",
                "customer_id": busy[(i * 7 + i // len(busy)) % len(busy)],
                "role": draw.choice(["owner", "owner", "other"]),
                "product_id": maybe(f"P{draw.randint(0, 7)}"),
                "line": draw.choice(lines),
                "opened_on": start,
                "closed_on": ended,
                "matures_on": maybe(day(-30, 120)),
                "amount": maybe(money(300000)),
                "credit_limit": maybe(money(90000), 0.5),
                "used": maybe(money(500), 0.5),
                "rate": maybe(Decimal(draw.randint(1, 90000)) / 1000000),
                "status": maybe(pick("holding", "status")),
                "next_due_on": maybe(day(-5, 40), 0.5),
                "next_due_amount": maybe(money(4000), 0.5),
            }
        )
    seen = {(row["holding_id"], row["customer_id"]): row for row in rows["holding"]}
    rows["holding"] = list(seen.values())
    for i in range(people * 30):
        customer = draw.choice(busy)
        rows["txn"].append(
            {
                "txn_id": f"T{i:05d}",
                "customer_id": customer,
                "occurred_at": moment(-420, 6),
                "direction": draw.choice(["in", "out"]),
                "amount": money(3000),
                "kind": maybe(pick("txn", "kind")),
                "channel": maybe(pick("txn", "channel")),
                "counterparty": maybe(pick("txn", "counterparty")),
            }
        )
        rows["event"].append(
            {
                "event_id": f"E{i:05d}",
                "customer_id": draw.choice(busy),
                "occurred_at": moment(draw.choice([-420, -20]), 6),
                "channel": pick("event", "channel"),
                "action": draw.choice(["view", pick("event", "action")]),
                "object": maybe(draw.choice(["wealth", "loan", "deposit", "card", "home"])),
            }
        )
    for i in range(people):
        for back in range(-200, 4, draw.choice([7, 30])):
            rows["balance"].append(
                {
                    "customer_id": busy[i % len(busy)],
                    "holding_id": f"A{i}",
                    "balance_on": AS_OF + timedelta(days=back),
                    "line": lines[i % 3],
                    "amount": money(9000),
                }
            )
    for i in range(people * 3):
        one, other = draw.sample(busy, 2)
        start = day(-500, 30)
        rows["tie"].append(
            {
                "customer_id": one,
                "other_id": other,
                "kind": pick("tie", "kind"),
                "valid_from": start,
                "valid_to": maybe(draw.choice([AS_OF, start + timedelta(days=draw.randint(0, 600))])),
            }
        )
        rows["relationship"].append(
            {
                "customer_id": one,
                "line": draw.choice(lines),
                "opened_on": start,
                "closed_on": maybe(draw.choice([AS_OF, day(0, 600)]), 0.5),
            }
        )
        rows["referral"].append(
            {
                "referral_id": f"R{i:03d}",
                "customer_id": one,
                "referred_id": maybe(other),
                "referred_at": moment(-400, 3),
                "opened": maybe(i % 2 == 0),
                "reward": maybe(money(50)),
            }
        )
        rows["contact"].append(
            {
                "contact_id": f"K{i:03d}",
                "customer_id": one,
                "channel": pick("contact", "channel"),
                "contacted_on": day(-400, 5),
                "outcome": maybe(pick("contact", "outcome")),
            }
        )
        rows["external"].append(
            {
                "customer_id": one,
                "source": "s",
                "licence": "l",
                "measure": draw.choice("xyz"),
                "obtained_on": day(-200, 5),
                "expires_on": maybe(draw.choice([AS_OF, day(-50, 90)])),
            }
        )
        rows["target"].append(
            {
                "manager_id": f"M{i % 5}",
                "measure": draw.choice("ab"),
                "valid_from": day(-200, 5),
                "valid_to": maybe(draw.choice([AS_OF, day(-90, 90)])),
                "amount": money(100),
            }
        )
        rows["manager_performance"].append(
            {
                "manager_id": f"M{i % 5}",
                "measure": draw.choice("ab"),
                "performed_on": day(-60, 5),
                "amount": maybe(money(9), 0.8) or Decimal(0),
            }
        )
        rows["risk_assessment"].append(
            {
                "customer_id": one,
                "assessed_on": day(-900, 5),
                "level": draw.randint(1, 5),
                "expires_on": maybe(day(-60, 400)),
            }
        )
    for name, declared in SUBJECTS.items():
        if name in rows:  # one row per key, as the checks of a load make sure
            rows[name] = list({tuple(row[key] for key in declared.key): row for row in rows[name]}.values())
    return rows


@pytest.fixture(scope="session")
def bank() -> Rows:
    """The same small bank for every test of a session; do not change it."""
    return random_bank()


@pytest.fixture(scope="session")
def land():
    """``land(root, rows)`` writes rows as a load and returns the store."""
    return land_rows


@pytest.fixture(scope="session")
def snapshot():
    """``snapshot(store, build)`` reads every row of a finished build by customer."""
    return read_snapshot


@pytest.fixture(scope="session")
def built():
    """``built(root, rows, tags)`` lands, builds and reads."""
    return build_rows


@pytest.fixture(scope="session")
def varied():
    """``varied(seed, people)`` is a random bank that meets every edge of the library's descriptions."""
    return lambda seed, people: vary(random_bank(seed, people), seed, AS_OF)


class FakeScorer:
    """A model that gives each customer a fixed draw, at the bounds of the bands half the time."""

    features = ("aum", "age")

    def __init__(self, name: str) -> None:
        self.model_id = f"{name}-test"
        self.types: dict[str, Type] = {}

    def score(self, table: pa.Table) -> pa.Array:
        """A probability for each row, by its customer; None where the model gives none."""
        bounds = (None, 0.0, 0.099999, 0.1, 0.199999, 0.2, 0.299999, 0.3, 0.499999, 0.5, 1.0)
        draws = [random.Random(f"{self.model_id} {one}") for one in range(len(table))]
        return pa.array([draw.choice((draw.choice(bounds), round(draw.random(), 6))) for draw in draws])


@pytest.fixture(scope="session")
def models():
    """A fake model for each propensity."""
    return {name: FakeScorer(name) for name in ("churn", "wealth_purchase", "contact_response")}


@pytest.fixture(scope="session")
def in_pandas():
    """``in_pandas(rows, built)`` recomputes every tag, as Python values by customer, without the package.

    What a model gives cannot be recomputed and is taken from `built`.
    """

    def recompute(
        rows: Rows, built: dict[str, dict[str, Any]], as_of: date = AS_OF
    ) -> dict[str, dict[str, Any]]:
        frames = {
            name: pd.DataFrame(rows.get(name, []), columns=[one.name for one in declared.columns])
            for name, declared in SUBJECTS.items()
        }
        scores = pd.DataFrame.from_dict(built, orient="index")
        found = compute_tags(frames, as_of, scores)
        types = {tag.name: tag.type for tag in LIBRARY}
        told = {one: [as_python(value, types[one]) for value in found[one]] for one in found}
        return {
            one: {name: values[i] for name, values in told.items()}
            for i, one in enumerate(map(str, found.index))
        }

    return recompute


def as_python(value: Any, kind: Type) -> Any:
    """A whole number of cents or millionths as the decimal it stands for; missing as None."""
    if value is None or pd.isna(value):
        return None
    places = {Type.DECIMAL: 2, Type.RATE: 6}.get(kind)
    if places is not None:
        return Decimal(int(value)).scaleb(-places)
    if kind is Type.DATE:
        return value.date()
    return {Type.INTEGER: int, Type.BOOLEAN: bool}.get(kind, str)(value)


@pytest.fixture(scope="session")
def library():
    """``library("aum", ...)`` are these tags of the shipped library."""
    return lambda *names: Catalogue(LIBRARY).of(names)


class Column:
    """A tag as far as its profile goes: of any type, and of no subject."""

    def __init__(self, name: str, type_: Type) -> None:
        self.name, self.type, self.values = name, type_, ()


@pytest.fixture
def profiled(tmp_path):
    """``profiled(file, types, rows)`` writes a snapshot file with its profile, as a build does."""

    def make(
        name: str, types: dict[str, Type], rows: list[dict[str, Any]], as_of: date = AS_OF
    ) -> tuple[Path, Profile]:
        path = tmp_path / name
        columns = [("customer_id", pa.string()), *((one, ARROW[type_]) for one, type_ in types.items())]
        with open_embedded(memory_limit="500MB", threads=1) as connection:
            attach_new(connection, path, "building")
            engine = native(connection)
            engine.register("made_rows", pa.Table.from_pylist(rows, schema=pa.schema(columns)))
            engine.execute("CREATE TABLE building.snapshot AS SELECT * FROM made_rows ORDER BY customer_id")
            engine.execute("CREATE TABLE building.build (key VARCHAR, value VARCHAR)")
            engine.execute("INSERT INTO building.build VALUES ('as_of', ?)", [as_of.isoformat()])
            tags: Any = [Column(one, type_) for one, type_ in types.items()]
            written = write_profile(connection, "building", tags, as_of)
            detach(connection, "building")
        return path, written

    return make
