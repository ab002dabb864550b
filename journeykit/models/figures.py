"""How good a model is: figures from scores that no fold had learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import roc_auc_score

from journeykit.tags.drift import stability_index

PARTS = 10
PLACES = 6


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CalibrationBin(_Value):
    """A tenth of the rows by score: what was foretold on average, and what came true."""

    rows: int
    predicted: float
    observed: float


class LiftDecile(_Value):
    """A tenth of the rows, highest scores first; `lift` compares its rate with that of all rows.

    `captured` is the share of all positives in it and in the tenths before it.
    """

    decile: int
    rows: int
    positives: int
    rate: float
    lift: float
    captured: float


class ScoreBins(_Value):
    """Where scores lay: `edges` cut them into parts, `shares` are the parts of rows in each."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


def measure_auc(outcome: np.ndarray, scores: np.ndarray, folds: np.ndarray) -> tuple[float, ...]:
    """The area under the ROC curve of each fold."""
    return tuple(
        _round(roc_auc_score(outcome[folds == fold], scores[folds == fold])) for fold in np.unique(folds)
    )


def measure_calibration(outcome: np.ndarray, scores: np.ndarray) -> tuple[CalibrationBin, ...]:
    """The ten parts of :func:`measure_lift`, lowest scores first."""
    order = np.argsort(-scores, kind="stable")
    return tuple(
        CalibrationBin(
            rows=len(part), predicted=_round(scores[part].mean()), observed=_round(outcome[part].mean())
        )
        for part in reversed(np.array_split(order, PARTS))
    )


def measure_lift(outcome: np.ndarray, scores: np.ndarray) -> tuple[LiftDecile, ...]:
    """Ten parts by score, highest first."""
    order, found, before = np.argsort(-scores, kind="stable"), [], 0
    for number, part in enumerate(np.array_split(order, PARTS), 1):
        positives = int(outcome[part].sum())
        before += positives
        rate = positives / len(part)
        found.append(
            LiftDecile(
                decile=number,
                rows=len(part),
                positives=positives,
                rate=_round(rate),
                lift=_round(rate / outcome.mean()),
                captured=_round(before / outcome.sum()),
            )
        )
    return tuple(found)


def group_tenths(lift: Sequence[LiftDecile], least: int) -> list[range]:
    """Which tenths to show together, so that none shown has fewer than `least` positives.

    Those from the first small one on are one group, which takes in the ones before it until it is large
    enough.

    Examples
    --------
    >>> tenths = [LiftDecile(decile=n, rows=50, positives=p, rate=p / 50, lift=p / 6, captured=0.5)
    ...           for n, p in ((1, 30), (2, 12), (3, 4), (4, 8))]
    >>> group_tenths(tenths, 10)
    [range(0, 1), range(1, 2), range(2, 4)]
    """
    shown = next((place for place, one in enumerate(lift) if one.positives < least), len(lift))
    while 0 < shown < len(lift) and sum(one.positives for one in lift[shown:]) < least:
        shown -= 1
    return [range(n, n + 1) for n in range(shown)] + ([range(shown, len(lift))] if shown < len(lift) else [])


def join_calibration(bins: Sequence[CalibrationBin], groups: Sequence[range]) -> tuple[CalibrationBin, ...]:
    """The calibration of tenths shown together; groups count from the highest, bins from the lowest."""
    highest_first, found = bins[::-1], []
    for group in groups:
        parts = [highest_first[place] for place in group]
        rows = sum(one.rows for one in parts)
        found.append(
            CalibrationBin(
                rows=rows,
                predicted=_round(sum(one.rows * one.predicted for one in parts) / rows),
                observed=_round(sum(one.rows * one.observed for one in parts) / rows),
            )
        )
    return tuple(reversed(found))


def measure_bins(scores: np.ndarray) -> ScoreBins:
    """The edges between tenths of the scores, and the share of scores in each part.

    Examples
    --------
    >>> measure_bins(np.array([0.1] * 5 + [0.9] * 6))
    ScoreBins(edges=(0.1, 0.9), shares=(0.454545, 0.545455, 0.0))
    """
    edges = np.unique(np.round(np.quantile(scores, np.arange(1, PARTS) / PARTS), PLACES))
    return ScoreBins(edges=tuple(map(float, edges)), shares=tuple(map(_round, _shares(edges, scores))))


def measure_stability(bins: ScoreBins, scores: np.ndarray) -> float:
    """The population stability index of scores against those of the training.

    Examples
    --------
    >>> measure_stability(ScoreBins(edges=(0.5,), shares=(0.5, 0.5)), np.array([0.1, 0.9]))
    0.0
    """
    return _round(stability_index(_shares(bins.edges, scores), bins.shares))


def _shares(edges: Sequence[float] | np.ndarray, scores: np.ndarray) -> list[float]:
    places = np.searchsorted(np.asarray(edges), np.round(scores, PLACES))  # a score on an edge is below it
    return list(np.bincount(places, minlength=len(edges) + 1) / max(len(scores), 1))


def _round(value: float) -> float:
    return round(float(value), PLACES)
