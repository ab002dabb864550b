"""Where trained models lie: a file that cannot become Python, its card, and a pointer to the current one."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sklearn.pipeline import Pipeline
from skops import io
from skops.io.exceptions import UntrustedTypesFoundException

from journeykit.errors import StoreError
from journeykit.files import publish_bytes, publish_text
from journeykit.models.card import ModelCard
from journeykit.models.scoring import TrainedModel

POINTER = "current"
TRUSTED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor", "numpy.dtype")
"""What a file may hold beside the library's own estimators: the trees of a gradient boosting, a dtype."""


@dataclass(frozen=True)
class ModelStore:
    """The folder `var/models`; nothing in it is ever changed but the pointers, swapped by a rename."""

    root: Path

    def folder(self, name: str, model_id: str) -> Path:
        """Where one trained model lies."""
        return self.root / name / model_id

    def publish(self, card: ModelCard, pipeline: Pipeline) -> TrainedModel:
        """Write a trained model and its card, and make it the current one of its name.

        Raises
        ------
        StoreError
            The folder cannot be written, or the disk is full; the model that was current stays so.
        """
        content = io.dumps(pipeline, compression=zipfile.ZIP_DEFLATED)
        card = card.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
        folder = self.folder(card.model.name, card.model_id)
        publish_bytes(folder / "model.skops", content)
        publish_text(folder / "card.json", card.to_json())
        self.point(card)
        return TrainedModel(card, pipeline)

    def point(self, card: ModelCard) -> None:
        """Make a model, already written, the current one of its name."""
        publish_text(self.root / card.model.name / POINTER, card.model_id + "\n")

    def current(self, name: str) -> str | None:
        """The id of the current model of a name; None before the first training."""
        path = self.root / name / POINTER
        try:
            return path.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"Cannot read {path}: {error}. {_advice(name)}") from error

    def holds(self, name: str, model_id: str) -> bool:
        """Whether a model was trained and written whole; its card is written last."""
        return (self.folder(name, model_id) / "card.json").exists()

    def names(self) -> list[str]:
        """The names of the models that were ever trained, sorted."""
        return sorted(path.parent.name for path in self.root.glob(f"*/{POINTER}"))

    def card(self, name: str, model_id: str | None = None) -> ModelCard:
        """The card of a trained model, by default of the current one.

        Raises
        ------
        StoreError
            There is none, or it is damaged.
        """
        model_id = model_id or self.current(name)
        if model_id is None:
            have = ", ".join(self.names()) or "none"
            raise StoreError(f"No model '{name}' is trained here. Trained: {have}. {_train(name)}")
        path = self.folder(name, model_id) / "card.json"
        try:
            card = ModelCard.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreError(f"The model card {path} is missing or damaged. {_advice(name)}") from error
        if (card.model.name, card.model_id) != (name, model_id):
            raise StoreError(f"The model card {path} is of another model. {_advice(name)}")
        return card

    def load(self, name: str, model_id: str | None = None) -> TrainedModel:
        """A trained model, by default the current one of its name.

        The file is read as data: it may hold estimators of scikit-learn and what `TRUSTED` lists, and
        nothing in it is ever run.

        Raises
        ------
        StoreError
            There is none, or a file is damaged, foreign, or was changed after it was written.
        """
        card = self.card(name, model_id)
        path = self.folder(name, card.model_id) / "model.skops"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise StoreError(f"Cannot read {path}: {error.strerror}. {_advice(name)}") from error
        if hashlib.sha256(content).hexdigest() != card.sha256:
            raise StoreError(f"{path} was changed after it was written. {_advice(name)}")
        try:
            pipeline = io.loads(content, trusted=TRUSTED)
        except UntrustedTypesFoundException as error:
            raise StoreError(f"{path} holds what no model of ours holds: {error}. {_advice(name)}") from error
        except Exception as error:  # a foreign archive breaks its reader in any way
            raise StoreError(f"{path} is no model file ({type(error).__name__}). {_advice(name)}") from error
        if not isinstance(pipeline, Pipeline):
            raise StoreError(f"{path} holds a {type(pipeline).__name__}, no pipeline. {_advice(name)}")
        return TrainedModel(card, pipeline)

    def trained(self) -> dict[str, TrainedModel]:
        """The current model of every name, to build tags with."""
        return {name: self.load(name) for name in self.names()}


def _train(name: str) -> str:
    return (
        f"Train it with: journeykit run train_models --as-of DATE (definition: scheduled/models/{name}.yaml)"
    )


def _advice(name: str) -> str:
    return f"Delete var/models/{name} and train it anew: journeykit run train_models --as-of DATE"
