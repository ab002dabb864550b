"""Say when a trained model should no longer be trusted: it is old, or its tags or its scores have changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from journeykit.models.card import ModelCard
from journeykit.models.figures import measure_stability
from journeykit.models.model import Model, read_as
from journeykit.tags import Catalogue
from journeykit.tags.drift import CHANGED


def _advice(model: Model) -> str:
    if model.is_lookalike:
        return f'Make it anew: jk.lookalike(seed, mart, name="{model.name}")'
    return "Train it anew: journeykit run train_models --as-of DATE"


@dataclass(frozen=True)
class ModelCheck:
    """A trained model on a day: its age, its tags, and how far the day's scores have moved.

    Attributes
    ----------
    card : ModelCard
        Of the model.
    as_of : date
        The day.
    stability : float or None
        The stability index of the scores that it gave on the day; None when it gave none.
    redefined, gone : tuple of str
        Tags it reads that are defined otherwise than when it learned, and those that there are no more.
    scored_by : str
        The model that gave the day's scores, when it was another one.
    """

    card: ModelCard
    as_of: date
    stability: float | None
    redefined: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    scored_by: str = ""

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
    def is_weak(self) -> bool:
        """Whether it tells customers apart less than its definition asks."""
        return self.card.auc < self.card.model.least_auc

    @property
    def findings(self) -> tuple[str, ...]:
        """What speaks against it, one sentence each."""
        model, found = self.card.model, []
        if self.is_old:
            found.append(
                f"Model '{model.name}' learned from outcomes up to "
                f"{self.card.data.outcome_day}, {self.age_days} days before {self.as_of}; it may be "
                f"{model.max_age_days} days old. {_advice(model)}"
            )
        if self.has_moved:
            found.append(
                f"Model '{model.name}': its scores as of {self.as_of} have moved from those of its training, "
                f"stability index {self.stability:.2f} over {CHANGED}. {_advice(model)}"
            )
        if self.is_weak:
            found.append(
                f"Model '{model.name}' hardly tells customers apart: AUC {self.card.auc:.3f}, under "
                f"{model.least_auc}. Give it other features, or do not use it."
            )
        if self.redefined:
            found.append(
                f"Model '{model.name}' was trained on another definition of {', '.join(self.redefined)}. "
                f"{_advice(model)}"
            )
        if self.gone:
            found.append(
                f"Model '{model.name}' reads {', '.join(self.gone)}, which there is not. Define it again, or "
                "take it out of the features and train the model anew."
            )
        if self.scored_by:
            found.append(
                f"Model '{model.name}': the scores as of {self.as_of} are of {self.scored_by}, and "
                f"{self.card.model_id} would give others. Build the tags again: "
                f"journeykit run build_tags --as-of {self.as_of}"
            )
        return tuple(found)


def stability(card: ModelCard, scores: pa.Array | pa.ChunkedArray) -> float | None:
    """The population stability index of current scores against those of the training.

    Missing scores are left out; None when there are no others.
    """
    known = scores.drop_null().cast(pa.float64())
    return measure_stability(card.bins, known.to_numpy(zero_copy_only=False)) if len(known) else None


def check_trained(
    card: ModelCard,
    as_of: date,
    scores: pa.Array | pa.ChunkedArray | None = None,
    catalogue: Catalogue | None = None,
    scored_by: str = "",
) -> ModelCheck:
    """Check a trained model on a day, against the scores it gave and the tags there are, where given."""
    known = {} if catalogue is None else card.reads
    gone = tuple(name for name in known if catalogue is not None and name not in catalogue)
    return ModelCheck(
        card,
        as_of,
        None if scores is None else stability(card, scores),
        tuple(
            name
            for name, tag in known.items()
            if catalogue is not None and name not in gone and read_as(name, catalogue) != tag
        ),
        gone,
        scored_by,
    )


def find_stale(
    card: ModelCard,
    as_of: date,
    scores: pa.Array | pa.ChunkedArray | None = None,
    catalogue: Catalogue | None = None,
) -> tuple[str, ...]:
    """What speaks against using a model on a day: its age, its tags, and scores unlike its training's."""
    return check_trained(card, as_of, scores, catalogue).findings
