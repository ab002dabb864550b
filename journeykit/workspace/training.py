"""Models trained on a loaded day, and what speaks against those that score one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError
from journeykit.i18n import in_language
from journeykit.mart.warehouse.store import Warehouse
from journeykit.settings import Settings, load_settings
from journeykit.tags import Score, Tag
from journeykit.tags.carrying import digest_of, read_facts
from journeykit.tags.stored import stored_digests
from journeykit.workspace.modelling import model_store, models_on
from journeykit.workspace.opening import as_day, catalogue, connect, mart_store, need_files

if TYPE_CHECKING:
    from journeykit.models import ModelCard, ModelCheck, TrainedModel


@dataclass(frozen=True)
class Training:
    """What a training made: the card of each model, and why others could not be trained; prints as a table.

    Attributes
    ----------
    as_of : date
        The outcome day.
    cards : tuple of ModelCard
        Of the models that score this day, and later ones until a newer training.
    titles, refused_zh : mapping
        Titles of the models in both languages, and those reasons that there are in Chinese.
    refused : mapping of str to str
        Models that could not be trained, and why; what was trained of them before stays in use.
    """

    as_of: date
    cards: tuple[ModelCard, ...]
    refused: Mapping[str, str]
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refused_zh: Mapping[str, str] = field(default_factory=dict)

    def refusals(self, language: str) -> dict[str, str]:
        """The models that could not be trained, and why; in English where there is nothing else."""
        return {
            f"{in_language(language, *self.titles.get(name, ('', '')))} ({name})".lstrip(): in_language(
                language, reason, self.refused_zh.get(name, "")
            )
            for name, reason in self.refused.items()
        }

    def table(self) -> Table:
        """One row per model."""
        rows: list[tuple[object, ...]] = [
            (card.model.name, card.model_id, card.data.rows, f"{card.auc:.3f}", "") for card in self.cards
        ]
        rows += [(name, None, None, None, reason) for name, reason in self.refused.items()]
        title = f"{len(self.cards)} models trained as of {self.as_of}"
        return Table(title, ("model", "model_id", "rows", "auc", "not trained"), tuple(rows))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def train_models(as_of: date | str) -> Training:
    """Train every model of ``scheduled/models`` on a loaded day; the next build of tags scores with them.

    A model that does not fit the catalogue, or that the day's data do not suffice for, is told in the result
    and hinders no other; the one trained before stays in use. A training of an earlier day never displaces
    that of a later one.
    """
    from journeykit.models import load_models, train
    from journeykit.models.model import UntrainableError

    settings, day = load_settings(), as_day(as_of)
    need_files(settings, "The training of models")
    known, store = catalogue(settings), mart_store(settings)
    manifest, cards, refused, refused_zh = store.load(day), [], {}, {}
    models = load_models(settings.scheduled / "models")
    for name, model in models.items():
        try:
            trained = train(
                store, model_store(settings), known, manifest, model,
                memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
            )  # fmt: skip
        except (DataError, DefinitionError) as error:
            refused[name] = str(error)
            if isinstance(error, UntrainableError):
                refused_zh[name] = error.message_zh
        else:
            cards.append(trained.card)
    titles = {name: (model.title, model.title_zh) for name, model in models.items()}
    return Training(day, tuple(cards), refused, titles, refused_zh)


def check_models(as_of: date | str) -> tuple[ModelCheck, ...]:
    """The models that may score a day: their age, their tags, and how far their scores have moved.

    Only scores that a model itself gave are compared with those of its training.
    """
    from journeykit.models import check_trained

    settings, day, found = load_settings(), as_day(as_of), []
    with connect(as_of=day) as mart:
        models = model_store(settings)
        digests = _digests(settings, day, mart.build_id or "")
        for name, model in models_on(settings, day).items():
            card = cast("TrainedModel", model).card
            scored = [tag for tag in mart.scope.tags if mart.tags[tag].tag.compute == Score(model=name)]
            made_by = ""
            if scored:
                tag = mart.tags[scored[0]].tag
                made_by = _scored_by(tag, digests.get(tag.name), [card.model_id, *models.ids(name)])
            is_own = made_by == card.model_id
            scores = mart.run(sa.select(mart.scope.tags[scored[0]]))[0] if is_own else None
            found.append(check_trained(card, day, scores, mart.tags, "" if is_own else made_by))
    return tuple(found)


def _digests(settings: Settings, day: date, build_id: str) -> Mapping[str, str]:
    """What each tag of a build meant."""
    if warehouse := Warehouse.of(settings):
        return stored_digests(warehouse, day, build_id)
    built = read_facts(mart_store(settings).snapshot_path(day, build_id))
    return {fact.name: fact.digest for fact in built}


def _scored_by(tag: Tag, digest: str | None, model_ids: list[str]) -> str:
    """Which of the models gave the scores of a tag; the digest that a snapshot keeps of it tells."""
    fit = (one for one in model_ids if digest_of(tag, one) == digest)
    return next(fit, "a model or a definition that is no more")
