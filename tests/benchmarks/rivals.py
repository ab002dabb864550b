"""The hand-written side: DuckDB SQL on the same files, as good as we can write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from journeykit.contract import DELIVERED, SUBJECTS, Time
from journeykit.mart.loading import WHOLE
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.sources import LANDED
from journeykit.mart.store import MartStore
from journeykit.models.scoring import TrainedModel

HERE = Path(__file__).parent
MONTHLY = ("txn", "event", "balance")
BANKS_OWN = tuple(name for name in DELIVERED if name in LANDED)
PARQUET = "FORMAT parquet, COMPRESSION zstd"


def connect(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """An engine with the limits that ours has."""
    config = {"memory_limit": memory, "threads": "2", "temp_directory": str(folder / "hand_spill")}
    return duckdb.connect(config=config)


# --- the bank ---------------------------------------------------------------------------------------------


def write_bank(folder: Path, customers: int, memory: str) -> int:
    """Random rows of the three large subjects, month by month, as many as our bank has; returns the rows."""
    queries = dict(
        part.split("\n", 1) for part in (HERE / "hand_bank.sql").read_text().split("-- name: ")[1:]
    )
    total = 0
    with connect(folder, memory) as db:
        db.execute(f"CREATE MACRO customers() AS {customers}")
        for subject in MONTHLY:
            (folder / "hand_bank" / subject).mkdir(parents=True)
            for file in sorted((folder / "bank" / subject).glob("*.parquet")):
                rows = db.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(file)]).fetchone()[0]
                start = datetime.strptime(file.stem, "%Y-%m")
                after = (start + timedelta(days=32)).replace(day=1)
                db.execute(f"CREATE OR REPLACE MACRO month_start() AS TIMESTAMP '{start}'")
                db.execute(
                    f"CREATE OR REPLACE MACRO seconds() AS {int((after - start).total_seconds()) - 60}"
                )
                db.execute(f"CREATE OR REPLACE MACRO rows_wanted() AS {rows}")
                target = folder / "hand_bank" / subject / file.name
                query = queries[subject].strip().rstrip(";")
                db.execute(f"COPY ({query}) TO '{target}' ({PARQUET}, COMPRESSION_LEVEL 1)")
                total += rows
    return total


# --- the load ---------------------------------------------------------------------------------------------


def land_bank(folder: Path, as_of: date, memory: str) -> int:
    """Check keys and owners, drop corrected transactions, write sorted Parquet by month; returns the rows."""
    total = 0
    with connect(folder, memory) as db:
        for name in BANKS_OWN:
            path = folder / "bank" / (name if (folder / "bank" / name).is_dir() else f"{name}.parquet")
            files = f"{path}/*.parquet" if path.is_dir() else str(path)
            db.execute(f"CREATE VIEW {name} AS FROM read_parquet('{files}')")
        for name in BANKS_OWN:
            total += _land(db, name, folder / "hand_mart" / name, as_of)
    return total


def _land(db: duckdb.DuckDBPyConnection, name: str, target: Path, as_of: date) -> int:
    subject = SUBJECTS[name]
    key, end = ", ".join(subject.key), as_of + timedelta(days=1)
    seen = f"{subject.at} < DATE '{end}'" if subject.at else "true"
    twice = f"SELECT hash({key}) AS h FROM {name} WHERE {seen} GROUP BY h HAVING count(*) > 1"
    db.execute(f"CREATE OR REPLACE TEMP TABLE twice AS {twice}")
    if name == "txn" and db.execute("SELECT count(*) FROM twice").fetchone()[0]:
        latest = "max(recorded_at) OVER (PARTITION BY txn_id)"
        seen += f""" AND (txn_id, recorded_at) NOT IN (
            SELECT (txn_id, recorded_at) FROM txn WHERE hash(txn_id) IN (FROM twice)
            QUALIFY recorded_at < {latest})"""
    elif name != "txn" and db.execute("SELECT count(*) FROM twice").fetchone()[0]:
        raise SystemExit(f"{name}: two rows with one key")
    for column in subject.columns:
        if column.references and column.required:
            other, theirs = column.references.split(".")
            lost = f"SELECT count(*) FROM {name} ANTI JOIN {other} ON {name}.{column.name} = {other}.{theirs}"
            if db.execute(f"{lost} WHERE {name}.{column.name} IS NOT NULL").fetchone()[0]:
                raise SystemExit(f"{name}.{column.name}: dangling")
    order = ", ".join(filter(None, dict.fromkeys((subject.owner, subject.at, *subject.key))))
    target.mkdir(parents=True)
    total = 0
    for part, where in _months(db, name, seen):
        rows = f"SELECT * FROM {name} WHERE {where} ORDER BY {order}"
        total += db.execute(f"COPY ({rows}) TO '{target / part}.parquet' ({PARQUET})").fetchone()[0]
    return total


def _months(db: duckdb.DuckDBPyConnection, name: str, seen: str) -> Iterator[tuple[str, str]]:
    subject = SUBJECTS[name]
    if subject.time is not Time.EVENT or name in WHOLE:
        yield "all", seen
        return
    starts = db.execute(
        f"SELECT DISTINCT date_trunc('month', {subject.at}) FROM {name} WHERE {seen}"
    ).fetchall()
    for (start,) in sorted(starts):
        after = (start + timedelta(days=32)).replace(day=1)
        yield (
            f"{start:%Y-%m}",
            f"{seen} AND {subject.at} >= DATE '{start:%Y-%m-%d}' AND {subject.at} < DATE '{after:%Y-%m-%d}'",
        )


# --- the tags ---------------------------------------------------------------------------------------------

VIEWS = {
    "txn_year": ("txn", 365), "txn_half": ("txn", 180), "txn_recent": ("txn", 90),
    "event_year": ("event", 365), "event_recent": ("event", 90), "balance_year": ("balance", 410),
    "balance_recent": ("balance", 135), "contact_year": ("contact", 365),
    "manager_performance": ("manager_performance", 30),
}  # fmt: skip
WHOLE_VIEWS = (
    "customer", "branch", "manager", "product", "tie", "relationship", "holding", "target", "external",
    "risk_assessment", "referral",
)  # fmt: skip


def create_views(db: duckdb.DuckDBPyConnection, store: MartStore, manifest: SourceManifest) -> None:
    """Name the landed files, only those of the months that a window reaches."""
    db.execute(f"CREATE MACRO as_of() AS DATE '{manifest.as_of}'")
    db.execute((HERE / "hand_macros.sql").read_text())
    for view, (name, days) in {**VIEWS, **{name: (name, None) for name in WHOLE_VIEWS}}.items():
        first = f"{manifest.as_of - timedelta(days=days - 1):%Y-%m}" if days else ""
        files = [str(store.root / one.path) for one in manifest.of(name) if one.partition >= first]
        db.execute(f"CREATE VIEW {view} AS FROM read_parquet({files})")


PIECE = 20_000  # rows of features that stay in the cache


def score(db: duckdb.DuckDBPyConnection, models: Mapping[str, TrainedModel]) -> None:
    """Fetch the features of all models at once, and score only the customers that each one speaks about."""
    cards = [model.card for model in models.values()]
    vocabulary = {name: words for card in cards for name, words in card.vocabulary.items()}
    names = dict.fromkeys(name for card in cards for name in card.model.features)
    columns = (
        f"coalesce(list_position({list(vocabulary[name])}, {name}), 0) - 1 AS {name}"
        if name in vocabulary else name
        for name in names
    )  # fmt: skip
    fetched = db.execute(f"SELECT customer_id, {', '.join(columns)} FROM h_feature").to_arrow_table()
    frame = pd.DataFrame({name: fetched[name].cast("double").to_numpy() for name in names})
    scores: dict[str, Any] = {"customer_id": fetched["customer_id"]}
    moved = (frame["txn_count_90d"] > 0).to_numpy()
    for name, model in models.items():
        chosen = moved if model.card.model.where else np.full(len(frame), True)
        scores[name] = np.full(len(frame), np.nan)
        features = frame.loc[chosen, list(model.card.model.features)]
        pieces = (features[first : first + PIECE] for first in range(0, len(features), PIECE))
        with threadpool_limits(1):  # two threads wait for each other more than they work
            scores[name][chosen] = np.concatenate(
                [model.pipeline.predict_proba(piece)[:, 1].round(6) for piece in pieces]
            )
    db.register("scored", pa.table(scores))
    rounded = ", ".join(f"if(isnan({name}), NULL, {name}::DECIMAL(18,6)) AS {name}" for name in models)
    db.execute(f"CREATE TEMP TABLE h_score AS SELECT customer_id, {rounded} FROM scored")
    db.unregister("scored")


def build_by_hand(folder: Path, as_of: date, models: Mapping[str, TrainedModel], memory: str) -> int:
    """Write the same snapshot as ours to ``hand.duckdb``; returns its rows."""
    target = folder / "hand.duckdb"
    target.unlink(missing_ok=True)
    store = MartStore(folder / "mart")
    with connect(folder, memory) as db:
        create_views(db, store, store.load(as_of))
        db.execute((HERE / "hand_passes.sql").read_text())
        score(db, models)
        db.execute(f"ATTACH '{target}' AS built")
        db.execute((HERE / "hand_snapshot.sql").read_text())
        rows = db.execute("SELECT count(*) FROM built.snapshot").fetchone()[0]
        db.execute("DETACH built")
    return rows
