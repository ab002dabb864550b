"""Where trained models lie: a file that cannot become Python, its card, and which one is of a day.

Below ``var/models/<name>`` each trained model has a folder, and each outcome day a pointer: a file called
after the day that holds the id of the last model trained on it.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sklearn
from pydantic import ValidationError
from sklearn.pipeline import Pipeline
from skops import io
from skops.io.exceptions import UntrustedTypesFoundException

from journeykit.errors import StoreError
from journeykit.files import publish_bytes, publish_text
from journeykit.models.card import ModelCard
from journeykit.models.scoring import TrainedModel

DAYS = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
TRUSTED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor", "numpy.dtype")
"""What a file may hold beside the library's own estimators: the trees of a gradient boosting, a dtype."""


@dataclass(frozen=True)
class ModelStore:
    """The folder `var/models`; nothing in it is ever changed but the days' pointers, swapped by a rename."""

    root: Path

    def folder(self, name: str, model_id: str) -> Path:
        """Where one trained model lies."""
        return self.root / name / model_id

    def publish(self, card: ModelCard, pipeline: Pipeline) -> TrainedModel:
        """Write a trained model and its card, and make it the one of its outcome day.

        Raises
        ------
        StoreError
            The folder cannot be written, or the disk is full; no other model is touched.
        """
        content = io.dumps(pipeline, compression=zipfile.ZIP_DEFLATED)
        card = card.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
        folder = self.folder(card.model.name, card.model_id)
        publish_bytes(folder / "model.skops", content)
        publish_text(folder / "card.json", card.to_json())
        self.point(card)
        return TrainedModel(card, pipeline)

    def point(self, card: ModelCard) -> None:
        """Make a model, already written, the one of its outcome day."""
        publish_text(self.root / card.model.name / card.data.outcome_day.isoformat(), card.model_id + "\n")

    def days(self, name: str) -> list[date]:
        """The outcome days on which a model of that name was trained, sorted."""
        if name not in self.names():
            return []
        return sorted(date.fromisoformat(path.name) for path in (self.root / name).glob(DAYS))

    def current(self, name: str, day: date | None = None) -> str | None:
        """The id of the model of a name that scores a day: the newest that learned from nothing later.

        Without a day it is the newest of all; None when there is none.
        """
        days = [one for one in self.days(name) if day is None or one <= day]
        if not days:
            return None
        path = self.root / name / days[-1].isoformat()
        try:
            return path.read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"Cannot read {path}: {error}. {_train(name)}") from error

    def holds(self, name: str, model_id: str) -> bool:
        """Whether a model was trained and written whole; its card is written last."""
        return (self.folder(name, model_id) / "card.json").exists()

    def ids(self, name: str) -> list[str]:
        """The ids of all trained models of a name, sorted."""
        return sorted(path.parent.name for path in self.root.glob(f"{name}/*/card.json"))

    def names(self) -> list[str]:
        """The names of the models that were ever trained, sorted."""
        return sorted({path.parent.name for path in self.root.glob(f"*/{DAYS}")})

    def card(self, name: str, model_id: str | None = None) -> ModelCard:
        """The card of a trained model, by default of the newest one.

        Raises
        ------
        StoreError
            There is none, or it is damaged.
        """
        model_id = model_id or self.current(name)
        if model_id is None:
            have = ", ".join(self.names()) or "none"
            raise StoreError(f"No model '{name}' is trained here. Trained: {have}. {_train(name)}")
        path, advice = self.folder(name, model_id) / "card.json", _advice(name, model_id)
        try:
            card = ModelCard.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreError(f"The model card {path} is missing or damaged. {advice}") from error
        if (card.model.name, card.model_id) != (name, model_id):
            raise StoreError(f"The model card {path} is of another model. {advice}")
        return card

    def load(self, name: str, model_id: str | None = None) -> TrainedModel:
        """A trained model, by default the newest one of its name.

        The file is read as data: it may hold estimators of scikit-learn and what `TRUSTED` lists, and
        nothing in it is ever run.

        Raises
        ------
        StoreError
            There is none, or a file is damaged, foreign, was changed after it was written, or was written by
            another version of scikit-learn.
        """
        card = self.card(name, model_id)
        if _release(card.sklearn) != _release(sklearn.__version__):
            raise StoreError(
                f"Model '{name}' ({card.model_id}) was trained with scikit-learn {card.sklearn}, and here is "
                f"{sklearn.__version__}. Train it anew: "
                f"journeykit run train_models --as-of {card.data.outcome_day}"
            )
        path, advice = self.folder(name, card.model_id) / "model.skops", _advice(name, card.model_id)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise StoreError(f"Cannot read {path}: {error.strerror}. {advice}") from error
        if hashlib.sha256(content).hexdigest() != card.sha256:
            raise StoreError(f"{path} was changed after it was written. {advice}")
        try:
            pipeline = io.loads(content, trusted=TRUSTED)
        except UntrustedTypesFoundException as error:
            raise StoreError(f"{path} holds what no model of ours holds: {error}. {advice}") from error
        except Exception as error:  # a foreign archive breaks its reader in any way
            raise StoreError(f"{path} is no model file ({type(error).__name__}). {advice}") from error
        if not isinstance(pipeline, Pipeline):
            raise StoreError(f"{path} holds a {type(pipeline).__name__}, no pipeline. {advice}")
        return TrainedModel(card, pipeline)

    def trained(self, day: date | None = None) -> dict[str, TrainedModel]:
        """The model of every name that scores a day; without one, the newest."""
        current = {name: self.current(name, day) for name in self.names()}
        return {name: self.load(name, model_id) for name, model_id in current.items() if model_id}


def _release(version: str) -> list[str]:
    """Major and minor; what comes behind them changes no file."""
    return version.split(".")[:2]


def _train(name: str) -> str:
    return (
        f"Train it with: journeykit run train_models --as-of DATE (definition: scheduled/models/{name}.yaml)"
    )


def _advice(name: str, model_id: str) -> str:
    return f"Delete var/models/{name}/{model_id} and train it anew: journeykit run train_models --as-of DATE"
