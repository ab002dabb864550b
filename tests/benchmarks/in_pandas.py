"""The pandas side: every tag but those of models, by the plain pandas that checks them in tests/tags."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from journeykit.mart.manifest import SourceManifest
from journeykit.mart.sources import LANDED
from journeykit.mart.store import MartStore

sys.path.append(str(Path(__file__).parents[1] / "tags"))
from pandas_tags import compute_tags


def build_in_pandas(folder: Path, as_of: date) -> int:
    """Write the tags to ``pandas.parquet``; returns the rows."""
    store = MartStore(folder / "mart")
    manifest = store.load(as_of)
    tags = compute_tags({name: _read(store, manifest, name) for name in LANDED}, as_of)
    tags.to_parquet(folder / "pandas.parquet")
    return len(tags)


def _read(store: MartStore, manifest: SourceManifest, name: str) -> pd.DataFrame:
    """A subject's landed rows, money as doubles: as Python's decimals it takes many times longer."""
    table = pq.read_table([store.root / one.path for one in manifest.of(name)])
    types = [pa.float64() if pa.types.is_decimal(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema(zip(table.column_names, types, strict=True))).to_pandas()
