"""The card of a trained model: what it learned from, how good it is, and what it may not use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sklearn
from pydantic import BaseModel, ConfigDict

from journeykit.display import Table
from journeykit.expressions import Node
from journeykit.i18n import in_language, label
from journeykit.models.drawing import Drawing, draw_bars, draw_calibration
from journeykit.models.figures import (
    CalibrationBin,
    LiftDecile,
    ScoreBins,
    measure_auc,
    measure_bins,
    measure_calibration,
    measure_lift,
)
from journeykit.models.learning import Fitted
from journeykit.models.model import Model, ReadTag

_BESIDE = "display:flex;flex-wrap:wrap;gap:0 48px;align-items:flex-start"

SHOWN = 15
"""So many features stand in the printed card; `features` has all."""


TELLING = 0.95
"""The AUC from which on features tell who is in a seed: what they say of everybody else says little."""

_CURVE = "model.calibration", "model.predicted", "model.observed"
_LIKENESS = "model.likeness", "model.score", "model.in_seed"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainingData(_Value):
    """What a model was learned from.

    `customers` met the model's conditions on both days; of them `rows` were learned from, by lot where
    there were too many.
    """

    load_id: str
    feature_day: date
    outcome_day: date
    customers: int
    rows: int
    positives: int


class FeatureFact(_Value):
    """One feature: by how much the AUC falls without it, and the share of rows that lacked it."""

    name: str
    title: str
    title_zh: str = ""
    importance: float
    missing: float

    def titled(self, language: str) -> str:
        """Its title, or the name where it has none."""
        return in_language(language, self.title, self.title_zh) or self.name


class ModelCard(_Value):
    """Everything known of a trained model; prints well, and is kept as JSON beside it.

    Every figure of how good it is rests on out-of-fold scores: of rows that the scoring fold had not
    learned from. Only `bins`, which later scores are compared with, are of the pipeline's own.

    Attributes
    ----------
    model : Model
        The definition as it was trained.
    model_id : str
        A hash of the definition, its tags, the data's identity and the method.
    data : TrainingData
        Days, rows and positives.
    auc, auc_folds : float
        Area under the ROC curve: the mean, and of each fold.
    features, calibration, lift, bins
        See :class:`FeatureFact`, :class:`CalibrationBin`, :class:`LiftDecile`, :class:`ScoreBins`.
    titles : dict
        Of what the definition names, in both languages.
    vocabulary : dict
        Values of text features that are told apart; others count as one.
    reads : dict
        The tags a score is computed from, as they were in training.
    sklearn : str
        The version that learned it.
    sha256 : str
        Of the model's file.
    """

    model: Model
    model_id: str
    data: TrainingData
    auc: float
    auc_folds: tuple[float, ...]
    features: tuple[FeatureFact, ...]
    calibration: tuple[CalibrationBin, ...]
    lift: tuple[LiftDecile, ...]
    bins: ScoreBins
    vocabulary: dict[str, tuple[str, ...]]
    reads: dict[str, ReadTag] = {}
    titles: dict[str, tuple[str, str]] = {}
    sklearn: str
    sha256: str = ""

    def to_json(self) -> str:
        """The card as JSON text."""
        return self.model_dump_json(indent=1) + "\n"

    def title(self, language: str = "en") -> str:
        """The model's title."""
        return in_language(language, self.model.title, self.model.title_zh)

    def by_importance(self) -> list[FeatureFact]:
        """The features, what the model rests on most first."""
        return sorted(self.features, key=lambda one: (-one.importance, one.name))

    def tables(self, language: str = "en") -> tuple[Table, ...]:
        """The card as tables, in English or Chinese."""
        return tuple(
            table
            for table in (
                self.facts(language),
                self._features(language),
                self.lift_table(language),
                self._calibration(language),
                self.barred(language),
            )
            if table.rows
        )

    def titled(self, name: str, language: str) -> str:
        """The title of a tag or column that the definition names; the name where there is none."""
        return in_language(language, *self.titles.get(name, ("", ""))) or name

    def in_words(self, condition: Node, language: str) -> str:
        """A condition with titles in the place of tags."""
        return re.sub(
            r"tag\([\"'](\w+)[\"']\)", lambda found: f"“{self.titled(found[1], language)}”", repr(condition)
        )

    def show(self, language: str = "en") -> CardView:
        """The card to look at, in English or Chinese."""
        return CardView(self, language)

    def __repr__(self) -> str:
        return repr(self.show())

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def facts(self, language: str) -> Table:
        """What it is, and what it learned from."""
        model, data = self.model, self.data
        facts: list[tuple[str, Any]] = [
            ("model.id", self.model_id),
            ("model.kind", label("model.lookalike", language) if model.is_lookalike else ""),
            ("model.learner", label(f"learner.{model.learner}", language)),
            ("model.feature_day", data.feature_day),
            ("model.outcome_day", "" if model.is_lookalike else data.outcome_day),
            ("model.load", data.load_id),
            ("model.where", "" if model.where is None else self.in_words(model.where, language)),
            ("model.seed" if model.is_lookalike else "model.outcome", self.in_words(model.outcome, language)),
            ("model.among", "" if model.among is None else self.in_words(model.among, language)),
            ("customers", data.customers),
            ("model.rows", data.rows),
            ("model.positives", f"{data.positives:,} ({data.positives / data.rows:.1%})"),
            ("model.auc", f"{self.auc:.3f} ({min(self.auc_folds):.3f} – {max(self.auc_folds):.3f})"),
            ("model.mind", self._warning(language)),
            ("model.max_age", model.max_age_days),
            ("model.sklearn", self.sklearn),
        ]
        rows = [(label(key, language), value) for key, value in facts if value != ""]
        return Table(self.title(language), (label("model.fact", language), ""), tuple(rows))

    def _warning(self, language: str) -> str:
        """That a lookalike's features give its seed away together, and which most; empty when they do not."""
        if not self.model.is_lookalike or self.auc < TELLING:
            return ""
        strongest = [f"“{one.titled(language)}”" for one in self.by_importance()[:3]]
        return label("model.telling", language).format(in_language(language, ", ", "、").join(strongest))

    def _features(self, language: str) -> Table:
        heads = ("model.feature", "model.importance", "model.missing")
        shown = self.by_importance()[:SHOWN]
        title = label("model.features", language).format(len(shown), len(self.features))
        rows = tuple((one.titled(language), f"{one.importance:.4f}", f"{one.missing:.1%}") for one in shown)
        return Table(title, tuple(label(key, language) for key in heads), rows)

    def lift_table(self, language: str) -> Table:
        """The tenths of the score, highest first."""
        heads = ("model.decile", "customers", "model.positives", "model.rate", "model.lift", "model.captured")
        rows = tuple(
            (one.decile, one.rows, one.positives, f"{one.rate:.1%}", f"{one.lift:.2f}", f"{one.captured:.1%}")
            for one in self.lift
        )
        return Table(label("model.lift_title", language), tuple(label(key, language) for key in heads), rows)

    def _calibration(self, language: str) -> Table:
        title, *heads = (label(key, language) for key in self.curve_keys)
        rows = tuple((one.rows, f"{one.predicted:.1%}", f"{one.observed:.1%}") for one in self.calibration)
        return Table(title, (label("customers", language), *heads), rows)

    @property
    def curve_keys(self) -> tuple[str, str, str]:
        """The labels of the curve and its axes; a lookalike foretells nothing."""
        return _LIKENESS if self.model.is_lookalike else _CURVE

    def barred(self, language: str) -> Table:
        """What the model may not use, and why."""
        model, heads = self.model, (label("model.feature", language), label("reason", language))
        rows = tuple(
            (self.titled(name, language), in_language(language, reason, model.barred_zh.get(name, "")))
            for name, reason in model.barred.items()
        )
        return Table(label("model.barred", language), heads, rows)


class CardView:
    """A card in one language: text in a shell, tables and two drawings in a notebook."""

    def __init__(self, card: ModelCard, language: str) -> None:
        self.card, self.language = card, language

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.card.tables(self.language)))

    def _repr_html_(self) -> str:
        card, language = self.card, self.language
        parts = [
            card.facts(language),
            draw_curve(card.calibration, language, card.curve_keys),
            card.lift_table(language),
            draw_importance(card, language),
            card.barred(language),
        ]
        body = "".join(part._repr_html_() for part in parts if not isinstance(part, Table) or part.rows)
        return f'<div style="{_BESIDE}">{body}</div>'


def draw_curve(bins: Sequence[CalibrationBin], language: str, keys: tuple[str, str, str] = _CURVE) -> Drawing:
    """What was foretold against what came true, with these labels."""
    title, across, up = (label(key, language) for key in keys)
    return draw_calibration(title, bins, (across, up))


def draw_importance(card: ModelCard, language: str) -> Drawing:
    """What the model rests on most, and the share of customers who lack it where there are any."""
    missing = label("model.missing", language)
    rows = [
        (one.titled(language), one.importance, f"({missing} {one.missing:.0%})" if one.missing else "")
        for one in card.by_importance()[:SHOWN]
    ]
    return draw_bars(label("model.importance", language), rows)


def make_card(
    model: Model,
    model_id: str,
    data: TrainingData,
    fitted: Fitted,
    titles: Mapping[str, tuple[str, str]],
    *,
    reads: Mapping[str, ReadTag] | None = None,
) -> ModelCard:
    """Write the card of a model just learned; `titles` are the features' in both languages."""
    folds = measure_auc(fitted.outcome, fitted.scores, fitted.folds)
    return ModelCard(
        model=model,
        model_id=model_id,
        data=data,
        auc=round(sum(folds) / len(folds), 6),
        auc_folds=folds,
        features=tuple(
            FeatureFact(
                name=name,
                title=titles.get(name, (name, ""))[0],
                title_zh=titles.get(name, (name, ""))[1],
                importance=round(fitted.importance[name], 6),
                missing=round(fitted.missing[name], 6),
            )
            for name in model.features
        ),
        calibration=measure_calibration(fitted.outcome, fitted.scores),
        lift=measure_lift(fitted.outcome, fitted.scores),
        bins=measure_bins(fitted.given),
        vocabulary={name: tuple(values) for name, values in fitted.vocabulary.items()},
        reads=dict(reads or {}),
        titles=dict(titles),
        sklearn=sklearn.__version__,
    )
