"""Models: probabilities learned from the past, never from what came after, and kept with a card."""

from journeykit.models.card import ModelCard
from journeykit.models.checking import ModelCheck, check_trained, find_stale, stability
from journeykit.models.model import Model, check_model, load_models
from journeykit.models.scoring import TrainedModel
from journeykit.models.store import ModelStore
from journeykit.models.training import train

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
