"""Say when a trained model should no longer be trusted: too old, or scores unlike those of its training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from journeykit.models.card import ModelCard
from journeykit.models.figures import measure_stability
from journeykit.tags.drift import CHANGED

_ADVICE = "Train it anew: journeykit run train_models --as-of DATE"


@dataclass(frozen=True)
class ModelCheck:
    """A trained model on a day: its age, and the stability index of the day's scores where there are any."""

    card: ModelCard
    as_of: date
    stability: float | None

    @property
    def age_days(self) -> int:
        """Days since the outcome day it learned from."""
        return (self.as_of - self.card.data.outcome_day).days

    @property
    def is_old(self) -> bool:
        """Whether it is older than its definition allows."""
        return self.age_days > self.card.model.max_age_days

    @property
    def has_moved(self) -> bool:
        """Whether the day's scores are those of another population than the one it learned from."""
        return self.stability is not None and self.stability > CHANGED

    @property
    def findings(self) -> tuple[str, ...]:
        """What speaks against it, one sentence each."""
        model, found = self.card.model, []
        if self.is_old:
            found.append(
                f"Model '{model.name}' learned from outcomes up to "
                f"{self.card.data.outcome_day}, {self.age_days} days before {self.as_of}; it may be "
                f"{model.max_age_days} days old. {_ADVICE}"
            )
        if self.has_moved:
            found.append(
                f"Model '{model.name}': its scores as of {self.as_of} have moved from those of its training, "
                f"stability index {self.stability:.2f} over {CHANGED}. {_ADVICE}"
            )
        return tuple(found)


def stability(card: ModelCard, scores: pa.Array | pa.ChunkedArray) -> float | None:
    """The population stability index of current scores against those of the training.

    Missing scores are left out; None when there are no others.
    """
    known = scores.drop_null().cast(pa.float64())
    return measure_stability(card.bins, known.to_numpy(zero_copy_only=False)) if len(known) else None


def check_trained(
    card: ModelCard, as_of: date, scores: pa.Array | pa.ChunkedArray | None = None
) -> ModelCheck:
    """Check a trained model on a day, and against that day's scores where they are given."""
    return ModelCheck(card, as_of, None if scores is None else stability(card, scores))


def find_stale(
    card: ModelCard, as_of: date, scores: pa.Array | pa.ChunkedArray | None = None
) -> tuple[str, ...]:
    """What speaks against using a model on a day: its age, and scores unlike those of its training."""
    return check_trained(card, as_of, scores).findings
