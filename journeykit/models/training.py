"""Train a model from the mart: features as of an earlier day, outcomes as of the load's day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import sklearn

from journeykit.contract import SUBJECTS, Type
from journeykit.errors import DataError, DefinitionError
from journeykit.mart.earlier import see_earlier
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.store import MartStore
from journeykit.models.card import ModelCard, TrainingData, make_card
from journeykit.models.learning import SEED, fit
from journeykit.models.model import Model, UntrainableError, check_model, lineage, read_as
from journeykit.models.scoring import TrainedModel
from journeykit.models.store import ModelStore
from journeykit.tags import Catalogue, Formula, Tag
from journeykit.tags.computing import read_tags
from journeykit.tags.planning import find_unavailable

METHOD = 2
"""Goes into every model_id: raise it when the same definition begins to learn otherwise."""

MOST_ROWS = 200_000
"""More customers than this are drawn by lot: they would make the figures no better, only slower."""

WHERE, OUTCOME, AMONG = "model_where", "model_outcome", "model_among"


@dataclass(frozen=True)
class TrainingRows:
    """One row per customer who met the model's conditions, sorted by id.

    `table` has ``customer_id``, the features as of `feature_day`, and ``model_outcome`` as of `outcome_day`.
    """

    feature_day: date
    outcome_day: date
    table: pa.Table


def train(
    store: MartStore,
    models: ModelStore,
    catalogue: Catalogue,
    manifest: SourceManifest,
    model: Model,
    *,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> TrainedModel:
    """Train a model and make it the one of its outcome day; what was already trained is only read.

    Parameters
    ----------
    store, manifest : MartStore, SourceManifest
        The load; its day is the outcome day, and the feature day is `horizon_days` before it.
    models : ModelStore
        Where trained models lie.
    catalogue : Catalogue
        The tags.
    model : Model
        What to learn.
    memory_limit, threads
        What the engine may use.

    Raises
    ------
    DefinitionError
        The model does not fit the catalogue, or is a lookalike.
    DataError
        A tag cannot be had as of its day, too few customers did or did not meet the outcome, or the
        model hardly tells them apart.
    StoreError
        The disk is full; no other model is touched.
    """
    check_model(model, catalogue)
    if model.is_lookalike:
        raise DefinitionError(
            f"Model '{model.name}': horizon_days is 0, which is a lookalike, and that is made of a segment: "
            "jk.lookalike(seed, mart)."
        )
    model_id = identify(model, catalogue, manifest)
    if models.holds(model.name, model_id):
        trained = models.load(model.name, model_id)
        models.point(trained.card)
        return trained
    found = read_rows(store, catalogue, manifest, model, memory_limit=memory_limit, threads=threads)
    rows = draw_rows(found.table, MOST_ROWS)
    fitted = fit(model, rows, rows.column(OUTCOME).to_numpy())
    data = TrainingData(
        load_id=manifest.load_id,
        feature_day=found.feature_day,
        outcome_day=found.outcome_day,
        customers=len(found.table),
        rows=len(rows),
        positives=int(fitted.outcome.sum()),
    )
    reads = {name: read_as(name, catalogue) for name in model.tags}
    card = make_card(model, model_id, data, fitted, titles_of(model, catalogue), reads=reads)
    refuse_weak(card)
    return models.publish(card, fitted.pipeline)


def refuse_weak(card: ModelCard) -> None:
    """Refuse a model that tells customers apart less than its definition asks."""
    model = card.model
    if card.auc < model.least_auc:
        raise UntrainableError(
            f"Model '{model.name}': its cross-validated AUC is {card.auc:.3f}, under {model.least_auc}; it "
            "hardly tells customers apart. Give it other features, or more history.",
            f"交叉验证AUC为{card.auc:.3f}，低于{model.least_auc}，几乎无法区分客户。请更换特征或积累更长的历史。",
        )


def titles_of(model: Model, catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    """Of all that the definition names: tags, and barred columns."""
    found = {}
    for name in (*model.tags, *model.outcome_tags, *model.barred):
        if name in catalogue:
            found[name] = (catalogue[name].tag.title, catalogue[name].tag.title_zh)
        else:
            subject, _, column = name.partition(".")
            declared = SUBJECTS[subject].column(column)
            found[name] = (declared.meaning, declared.meaning_zh)
    return found


def read_rows(
    store: MartStore,
    catalogue: Catalogue,
    manifest: SourceManifest,
    model: Model,
    *,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> TrainingRows:
    """What a model learns from: features as of the feature day, and the outcome of the load's own day.

    Raises
    ------
    DataError
        A tag cannot be had as of its day; the message names each, and why.
    """
    earlier = see_earlier(manifest, manifest.as_of - timedelta(days=model.horizon_days))
    asked = Catalogue([*(handle.tag for handle in catalogue.values()), *_conditions(model)])
    _check_available(model, asked, earlier, model.tags)
    _check_available(model, asked, manifest, model.outcome_tags)

    def read(seen: SourceManifest, names: Iterable[str]) -> pa.Table:
        present = [name for name in names if name in asked]
        return read_tags(store, asked, seen, present, memory_limit=memory_limit, threads=threads)

    before = _only(read(earlier, (*model.features, WHERE)), WHERE)
    after = _only(read(manifest, (OUTCOME, AMONG)), AMONG)
    table = before.join(after, "customer_id", join_type="inner").sort_by("customer_id")
    return TrainingRows(earlier.as_of, manifest.as_of, table)


def _only(table: pa.Table, condition: str) -> pa.Table:
    """The rows that meet a condition, where there is one."""
    if condition not in table.column_names:
        return table
    return table.filter(table.column(condition)).drop_columns([condition])


def identify(model: Model, catalogue: Catalogue, manifest: SourceManifest) -> str:
    """The id of a training: definitions of the model and its tags, the load, the method and the library."""
    used = {
        below.name: below for name in (*model.tags, *model.outcome_tags) for below in lineage(catalogue, name)
    }
    parts = [
        f"{METHOD} {sklearn.__version__} {manifest.load_id} {manifest.as_of}",
        model.model_dump_json(),
        *(used[name].model_dump_json() for name in sorted(used)),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def draw_rows(table: pa.Table, most: int) -> pa.Table:
    """At most so many rows, drawn by lot and left in their order; the same rows each time."""
    if len(table) <= most:
        return table
    drawn = np.random.default_rng(SEED).choice(len(table), most, replace=False)
    return table.take(pa.array(np.sort(drawn)))


def _conditions(model: Model) -> list[Tag]:
    """The model's conditions as boolean tags, so that the build computes them like any other."""
    parts = ((WHERE, model.where), (OUTCOME, model.outcome), (AMONG, model.among))
    return [
        Tag(name=name, title=name, type=Type.BOOLEAN, compute=Formula(expression=part))
        for name, part in parts
        if part is not None
    ]


def _check_available(
    model: Model, catalogue: Catalogue, manifest: SourceManifest, names: Iterable[str]
) -> None:
    missing = find_unavailable(catalogue, manifest, {})
    lacking = []
    for name in names:
        if name in missing:
            reason = manifest.why_absent(*missing[name].split("."))
            lacking.append(f"{name} (no {missing[name]}: {reason})")
    if lacking:
        raise DataError(
            f"Model '{model.name}': as of {manifest.as_of} there is no {', '.join(lacking)}. Leave these "
            "out, or use tags of what happened: events, transactions, balances, contacts, periods."
        )
