"""Reports on models: what a training made, and what speaks against the models in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journeykit.display import WITHHELD, Table
from journeykit.i18n import in_language, label
from journeykit.models import ModelCard, ModelCheck
from journeykit.models.card import draw_curve, draw_importance
from journeykit.models.figures import LiftDecile, group_tenths, join_calibration
from journeykit.reports.figures import Figure, KeyFigures, Section
from journeykit.settings import load_settings


@dataclass(frozen=True)
class Sections:
    """Parts of a report, one under the other."""

    parts: tuple[Section, ...]

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.parts))

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self.parts)


def summarise_training(cards: Sequence[ModelCard], refused: Mapping[str, str], language: str) -> Sections:
    """What a training made: the models that were not trained, then per model its facts, drawings and lift.

    Tenths with few positives are put together, as the workspace's settings ask of anything mailed.
    """
    least = load_settings().privacy.min_cell
    parts = [_summarise(card, least, language) for card in cards]
    if refused:
        heads = label("model.model", language), label("reason", language)
        table = Table("", heads, tuple(refused.items()))
        parts.insert(0, Section(label("model.untrained", language), (table,)))
    if not parts:
        parts.append(Section(label("model.section", language), (), label("model.none", language)))
    return Sections(tuple(parts))


def _summarise(card: ModelCard, least: int, language: str) -> Section:
    groups = group_tenths(card.lift, least)
    first = f"{card.lift[0].lift:.1f}" if len(groups[0]) == 1 else WITHHELD
    worst, asked = min(card.auc_folds), card.model.least_auc
    unsteady = label("model.unsteady", language).format(f"{worst:.3f}", asked) if worst < asked else ""
    figures = KeyFigures(
        (
            Figure(label("model.figure_auc", language), f"{card.auc:.3f}", unsteady),
            Figure(label("model.rows", language), card.data.rows),
            Figure(label("model.lift_first", language), first),
        )
    )
    parts = (
        figures,
        draw_curve(join_calibration(card.calibration, groups), language),
        lift_table(card.lift, groups, language),
        draw_importance(card, language),
        card.facts(language),
        *([card.barred(language)] if card.model.barred else []),
    )
    return Section(
        card.title(language), parts, in_language(language, card.model.description, card.model.description_zh)
    )


def lift_table(lift: Sequence[LiftDecile], groups: Sequence[range], language: str) -> Table:
    """Lift by tenths, or by groups of them."""
    whole = sum(one.positives for one in lift) / sum(one.rows for one in lift)
    rows = []
    for group in groups:
        shown = [lift[place] for place in group]
        count, positives = sum(one.rows for one in shown), sum(one.positives for one in shown)
        rate = positives / count
        name = "–".join(map(str, dict.fromkeys((shown[0].decile, shown[-1].decile))))
        rows.append((name, count, positives, f"{rate:.1%}", f"{rate / whole:.2f}"))
    heads = ("model.decile", "customers", "model.positives", "model.rate", "model.lift")
    return Table(
        label("model.lift_title", language), tuple(label(key, language) for key in heads), tuple(rows)
    )


def summarise_models(checks: Sequence[ModelCheck], language: str) -> Section:
    """The models in use on a day: how old each is, how far its scores have moved, and whether it may stay."""
    if not checks:
        return Section(label("model.in_use", language), (), label("model.none", language))
    heads = ("model.model", "model.outcome_day", "model.age", "model.max_age", "model.stability", "state")

    def state(one: ModelCheck) -> str:
        found = {
            "model.old": one.is_old,
            "model.moved": one.has_moved,
            "model.weak": one.is_weak,
            "model.redefined": one.redefined,
            "model.gone": one.gone,
            "model.other": one.scored_by,
        }
        keys = [key for key, holds in found.items() if holds] or ["model.sound"]
        return ("、" if language == "zh" else ", ").join(label(key, language) for key in keys)

    rows = tuple(
        (
            one.card.title(language),
            one.card.data.outcome_day,
            one.age_days,
            one.card.model.max_age_days,
            None if one.stability is None else f"{one.stability:.2f}",
            state(one),
        )
        for one in checks
    )
    table = Table("", tuple(label(key, language) for key in heads), rows)
    return Section(label("model.in_use", language), (table,))
