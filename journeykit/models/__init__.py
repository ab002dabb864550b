"""Models: probabilities learned from the past, never from what came after, and kept with a card.

A definition is read wherever strategies are; learning and scoring need scikit-learn, which takes seconds to
import. So each name below is imported when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journeykit.models.card import ModelCard
    from journeykit.models.checking import ModelCheck, check_trained, find_stale, stability
    from journeykit.models.model import Model, check_model, load_models
    from journeykit.models.scoring import TrainedModel
    from journeykit.models.store import ModelStore
    from journeykit.models.training import train

_HOME = {
    "Model": "model",
    "ModelCard": "card",
    "ModelCheck": "checking",
    "ModelStore": "store",
    "TrainedModel": "scoring",
    "check_model": "model",
    "check_trained": "checking",
    "find_stale": "checking",
    "load_models": "model",
    "stability": "checking",
    "train": "training",
}

__all__ = [
    "Model",
    "ModelCard",
    "ModelCheck",
    "ModelStore",
    "TrainedModel",
    "check_model",
    "check_trained",
    "find_stale",
    "load_models",
    "stability",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'journeykit.models' has no attribute '{name}'")
    return getattr(import_module(f"journeykit.models.{_HOME[name]}"), name)
