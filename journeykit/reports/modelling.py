"""Reports on models: what a training made, and what speaks against the models in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from journeykit.display import Table
from journeykit.i18n import in_language, label
from journeykit.models import ModelCard, ModelCheck
from journeykit.models.card import draw_card
from journeykit.models.figures import LiftDecile
from journeykit.reports.figures import Figure, KeyFigures, Section
from journeykit.settings import load_settings


def summarise_training(cards: Sequence[ModelCard], refused: Mapping[str, str], language: str) -> Section:
    """What a training made: per model its facts, drawings and lift, then the models that were not trained.

    Tenths with few positives are put together, as the workspace's settings ask of anything mailed.
    """
    least = load_settings().privacy.min_cell
    parts: list[Section | Table] = [_summarise(card, least, language) for card in cards]
    if refused:
        heads = label("model.model", language), label("reason", language)
        parts.append(Table(label("model.untrained", language), heads, tuple(refused.items())))
    return Section(label("model.section", language), tuple(parts))


def _summarise(card: ModelCard, least: int, language: str) -> Section:
    first = card.lift[0]
    figures = KeyFigures(
        (
            Figure(label("model.figure_auc", language), f"{card.auc:.3f}"),
            Figure(label("model.rows", language), card.data.rows),
            Figure(label("model.lift_first", language), f"{first.lift:.1f}"),
        )
    )
    facts, features, *_ = card.tables(language)
    barred = [table for table in card.tables(language) if table.title == label("model.barred", language)]
    note = in_language(language, card.model.description, card.model.description_zh)
    parts = (
        figures,
        *draw_card(card, language),
        facts,
        features,
        lift_table(card.lift, least, language),
        *barred,
    )
    return Section(card.title(language), parts, note)


def lift_table(lift: Sequence[LiftDecile], least: int, language: str) -> Table:
    """Lift by tenths, from the first tenth with fewer than `least` positives on put together.

    Examples
    --------
    >>> tenths = [LiftDecile(decile=n, rows=50, positives=p, rate=p / 50, lift=p / 6, captured=0.5)
    ...           for n, p in ((1, 30), (2, 12), (3, 4), (4, 8))]
    >>> lift_table(tenths, 10, "en").rows[-1][:3]
    ('3–4', 100, 12)
    """
    whole = sum(one.positives for one in lift) / sum(one.rows for one in lift)
    shown = next((place for place, one in enumerate(lift) if one.positives < least), len(lift))
    while shown and sum(one.positives for one in lift[shown:]) < least and shown < len(lift):
        shown -= 1
    groups = [[one] for one in lift[:shown]] + ([list(lift[shown:])] if shown < len(lift) else [])
    rows = []
    for group in groups:
        count, positives = sum(one.rows for one in group), sum(one.positives for one in group)
        rate = positives / count
        name = str(group[0].decile) if len(group) == 1 else f"{group[0].decile}–{group[-1].decile}"
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
