"""One measured step in a process of its own: ``steps.py STEP FOLDER CUSTOMERS`` prints its result as JSON."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import comparing
import counting
import in_pandas
import numpy as np
import rivals

from journeykit.mart.loading import load_sources
from journeykit.mart.mapping import read_mapping
from journeykit.mart.store import MartStore
from journeykit.models.card import TrainingData, make_card
from journeykit.models.learning import fit
from journeykit.models.model import load_models
from journeykit.models.store import ModelStore
from journeykit.tags import LIBRARY, Catalogue, build_tags
from journeykit.tags.computing import read_tags
from synthetic_data.generating import generate

AS_OF = date(2026, 5, 29)
MEMORY = "4GB"
LEARNED = 20_000  # rows that each model is trained on
ROOT = Path(__file__).resolve().parents[2]


def our_bank(folder: Path, customers: int) -> dict[str, Any]:
    rows = generate(customers, 1, AS_OF, folder / "bank")
    return {"rows": sum(rows.values()), "of": {name: rows[name] for name in rivals.MONTHLY}}


def hand_bank(folder: Path, customers: int) -> dict[str, Any]:
    return {"rows": rivals.write_bank(folder, customers, MEMORY)}


def our_load(folder: Path, _: int) -> dict[str, Any]:
    mapping = read_mapping(ROOT / "scheduled" / "mapping.yaml")
    store = MartStore(folder / "mart")
    manifest = load_sources(store, mapping, folder / "bank", AS_OF, "CN", memory_limit=MEMORY, threads=2)
    return {"rows": sum(file.rows for file in manifest.files)}


def hand_load(folder: Path, _: int) -> dict[str, Any]:
    return {"rows": rivals.land_bank(folder, AS_OF, MEMORY)}


def models(folder: Path, _: int) -> dict[str, Any]:
    """Train the shipped models on made-up outcomes: what both sides score with is of full size."""
    store, catalogue, lot = MartStore(folder / "mart"), Catalogue(LIBRARY), np.random.default_rng(1)
    manifest, definitions = store.load(AS_OF), load_models(ROOT / "scheduled" / "models")
    names = sorted({name for model in definitions.values() for name in model.features})
    table = read_tags(store, catalogue, manifest, names, memory_limit=MEMORY, threads=2)
    rows = table.take(np.sort(lot.choice(len(table), min(len(table), LEARNED), replace=False)))
    for name, model in definitions.items():
        # Some of the outcome can be learned, so that the model may be used; the rest lets its trees grow.
        first = rows[model.features[0]].to_numpy()
        fitted = fit(model, rows, (first > np.median(first)) ^ (lot.random(len(rows)) < 0.3))
        data = TrainingData(
            load_id=manifest.load_id, feature_day=AS_OF, outcome_day=AS_OF, customers=len(table),
            rows=len(rows), positives=int(fitted.outcome.sum()),
        )  # fmt: skip
        ModelStore(folder / "models").publish(make_card(model, name, data, fitted, {}), fitted.pipeline)
    return {"rows": len(rows)}


def our_build(folder: Path, _: int) -> dict[str, Any]:
    trained = ModelStore(folder / "models").trained()
    build = build_tags(
        MartStore(folder / "mart"), Catalogue(LIBRARY), AS_OF, models=trained, memory_limit=MEMORY, threads=2
    )
    assert not build.reused and not build.plan.unavailable
    return {"rows": build.rows, "tags": len(build.plan.tags)}


def hand_build(folder: Path, _: int) -> dict[str, Any]:
    trained = ModelStore(folder / "models").trained()
    return {"rows": rivals.build_by_hand(folder, AS_OF, trained, MEMORY)}


def pandas_build(folder: Path, _: int) -> dict[str, Any]:
    return {"rows": in_pandas.build_in_pandas(folder, AS_OF)}


def compare(folder: Path, _: int) -> dict[str, Any]:
    """What differs between the two loads and the two snapshots."""
    return comparing.compare(folder, AS_OF)


def count(folder: Path, _: int) -> dict[str, Any]:
    """Segment counts, ours and by hand in turn."""
    return {"segments": counting.count_in_turn(folder, AS_OF, MEMORY)}


STEPS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    step.__name__: step
    for step in (
        our_bank,
        hand_bank,
        our_load,
        hand_load,
        models,
        our_build,
        hand_build,
        pandas_build,
        compare,
        count,
    )
}


def run(name: str, folder: Path, customers: int) -> dict[str, Any]:
    """Run a step; what it found, and what it took without starting Python."""
    if name == "our_build":
        shutil.rmtree(folder / "mart" / "tags", ignore_errors=True)
    start, used = time.perf_counter(), time.process_time()
    result = STEPS[name](folder, customers)
    return {**result, "seconds": time.perf_counter() - start, "cpu": time.process_time() - used}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
