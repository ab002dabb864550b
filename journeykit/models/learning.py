"""Learn a model from features and outcomes, and foretell every training row without having seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from journeykit.errors import DataError
from journeykit.models.encoding import Vocabulary, encode, learn_vocabulary
from journeykit.models.model import Learner, Model, UntrainableError

SEED = 0
FOLDS = 5
FEWEST = 50  # of either class: ten in each fold, below which an AUC says little
SMALL = 50_000
"""Fewer rows are learned from by one thread: several would wait for each other more than they work."""

_IMPORTANCE_ROWS = 3000


@dataclass(frozen=True)
class Fitted:
    """A learned pipeline, and for each training row a score by folds that had not seen it.

    Attributes
    ----------
    pipeline : Pipeline
        Learned from every row; takes what :func:`encode` makes.
    vocabulary : mapping
        Values of text features that are told apart.
    outcome, scores, folds : ndarray
        For each row, whether it was positive, its out-of-fold probability, and its fold.
    given : ndarray
        For each row, the probability that `pipeline` gives it: flattered, so no figure rests on it, but
        what later scores of the same pipeline are compared with.
    importance : mapping of str to float
        By how much the AUC of rows held out falls when a feature is shuffled among them.
    missing : mapping of str to float
        The share of rows without a value of each feature.
    """

    pipeline: Pipeline
    vocabulary: Vocabulary
    outcome: np.ndarray
    scores: np.ndarray
    folds: np.ndarray
    given: np.ndarray
    importance: dict[str, float]
    missing: dict[str, float]


def fit(model: Model, features: pa.Table | pd.DataFrame, outcome: Sequence[bool] | np.ndarray) -> Fitted:
    """Learn `model` from one row per customer; equal rows in equal order give an equal result.

    Raises
    ------
    DataError
        Too few positives or negatives to learn from, or a feature that is not there or has no value.
    """
    table = (
        pa.Table.from_pandas(features, preserve_index=False)
        if isinstance(features, pd.DataFrame)
        else features
    )
    truth = np.asarray(outcome, dtype=bool)
    for count, what, what_zh in (
        (int(truth.sum()), "meet its outcome", "正样本"),
        (int((~truth).sum()), "do not", "负样本"),
    ):
        if count < FEWEST:
            raise UntrainableError(
                f"Model '{model.name}': of {len(truth):,} customers {count:,} {what}; at least {FEWEST} "
                "of both are needed. Widen `where`, lengthen horizon_days, or train once more has happened.",
                f"{len(truth):,}名客户中{what_zh}仅{count:,}名，正负样本各需至少{FEWEST}名。"
                "请放宽适用客户、延长预测期，或待数据积累后再训练。",
            )
    if empty := [name for name in model.features if name in table.column_names and _is_empty(table[name])]:
        raise UntrainableError(
            f"Model '{model.name}': of {len(truth):,} customers none has a value of {', '.join(empty)}. "
            "Leave it out, or train once the data it reads are loaded.",
            f"{len(truth):,}名客户均无特征 {'、'.join(empty)} 的取值。"
            "请去掉该特征，或待所需数据载入后再训练。",
        )
    with threadpool_limits(1 if len(truth) < SMALL else None):
        try:
            return _learn(model, table, truth)
        except ValueError as error:
            raise DataError(
                f"Model '{model.name}' cannot be learned: {error}. "
                f"Look at its features: {', '.join(model.features)}."
            ) from error


def _is_empty(column: pa.ChunkedArray) -> bool:
    return column.null_count == len(column)


def _learn(model: Model, table: pa.Table, truth: np.ndarray) -> Fitted:
    vocabulary = learn_vocabulary(table, model.features)
    frame = encode(table, model.features, vocabulary)
    pipeline = make_pipeline(model.learner, model.features, vocabulary)
    scores, folds = np.empty(len(truth)), np.empty(len(truth), dtype=int)
    importance: dict[str, float] = {}
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(frame, truth)
    for number, (seen, held_out) in enumerate(parts):
        trained: Pipeline = cast(Pipeline, clone(pipeline)).fit(_filled(frame.iloc[seen]), truth[seen])
        scores[held_out] = trained.predict_proba(frame.iloc[held_out])[:, 1]
        folds[held_out] = number
        if number == 0:
            importance = _importance(trained, frame.iloc[held_out], truth[held_out])
    missing = {name: table.column(name).null_count / len(truth) for name in model.features}
    pipeline.fit(frame, truth)
    given = pipeline.predict_proba(frame)[:, 1]
    return Fitted(pipeline, vocabulary, truth, scores, folds, given, importance, missing)


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a fold; a feature that none of them has is constant, since learners want some value."""
    empty = frame.columns[frame.isna().all()]
    return frame.assign(**dict.fromkeys(empty, 0.0)) if len(empty) else frame


def make_pipeline(learner: Learner, features: Sequence[str], vocabulary: Vocabulary) -> Pipeline:
    """The steps from encoded features to a probability, not yet learned."""
    texts = [name for name in features if name in vocabulary]
    numbers = [name for name in features if name not in vocabulary]
    places: Any = [np.arange(len(vocabulary[name]), dtype=float) for name in texts]
    told_apart = OneHotEncoder(categories=places or "auto", handle_unknown="ignore", sparse_output=False)
    if learner == "logistic_regression":
        scaled = Pipeline(
            [
                ("fill", SimpleImputer(strategy="median", keep_empty_features=True)),
                ("scale", StandardScaler()),
            ]
        )
        last = LogisticRegression(max_iter=2000)
    else:
        scaled = "passthrough"
        last = HistGradientBoostingClassifier(
            max_iter=100, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=40, l2_regularization=5,
            early_stopping=cast(Any, False), random_state=SEED,
        )  # fmt: skip
    columns = ColumnTransformer([("numbers", scaled, numbers), ("texts", told_apart, texts)])
    return Pipeline([("columns", columns), ("learner", last)])


def _importance(pipeline: Pipeline, frame: pd.DataFrame, truth: np.ndarray) -> dict[str, float]:
    rows = np.random.default_rng(SEED).permutation(len(truth))[:_IMPORTANCE_ROWS]
    if truth[rows].all() or not truth[rows].any():
        rows = np.arange(len(truth))
    found = permutation_importance(
        pipeline, frame.iloc[rows], truth[rows], scoring="roc_auc", n_repeats=3, random_state=SEED
    )
    return dict(zip(frame.columns, map(float, found["importances_mean"]), strict=True))
