"""Trained models: those that may score a day, and their cards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from journeykit.settings import Settings, load_settings
from journeykit.tags.plan import Models
from journeykit.workspace.opening import catalogue, mart_store

if TYPE_CHECKING:
    from journeykit.models import ModelCard, ModelStore

# scikit-learn takes seconds to import, and most of what a workspace does has no use for it: the models
# package is imported where one is trained or asked for.


def model_store(settings: Settings) -> ModelStore:
    """The folder of this workspace's trained models."""
    from journeykit.models import ModelStore

    return ModelStore(settings.var / "models")


def models_on(settings: Settings, day: date) -> Models:
    """The models that score a day: of each name the newest that learned from nothing later."""
    return model_store(settings).trained(day) if (settings.var / "models").is_dir() else {}


def features(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """The tags that each model reads, as it was trained last."""
    if not (settings.var / "models").is_dir():
        return {}
    store = model_store(settings)
    return {name: store.card(name).model.tags for name in store.names()}


def model_rows() -> list[dict[str, Any]]:
    """Every model that is defined or was trained, as plain rows; `stale` says what speaks against it."""
    from journeykit.models import find_stale, load_models

    settings = load_settings()
    known = catalogue(settings)
    store, defined = model_store(settings), load_models(settings.scheduled / "models")
    latest = max(mart_store(settings).loads(), default=None)
    rows = []
    for name in sorted({*defined, *store.names()}):
        card = store.card(name) if store.current(name) else None
        model = card.model if card and name not in defined else defined[name]
        rows.append(
            {
                "name": name,
                "title": model.title,
                "title_zh": model.title_zh,
                "model_id": card.model_id if card else None,
                "learned_to": card.data.outcome_day if card else None,
                "rows": card.data.rows if card else None,
                "auc": round(card.auc, 3) if card else None,
                "stale": "; ".join(find_stale(card, latest, None, known)) if card and latest else "",
            }
        )
    return rows


def model_card(name: str) -> ModelCard:
    """The card of a model as it was trained last: data, features, figures, what it may not use."""
    return model_store(load_settings()).card(name)
