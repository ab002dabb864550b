"""What a model is: a frozen value that says who is scored, from which tags, and what it foretells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from journeykit.contract import SUBJECTS, Type
from journeykit.errors import DataError, DefinitionError, UnknownNameError, unknown_name
from journeykit.expressions import AnyNode, AsOf, tag_names
from journeykit.expressions.base import walk
from journeykit.expressions.types import check_predicate
from journeykit.settings import find_root
from journeykit.tags import Aggregate, Attribute, Catalogue, Score, Tag
from journeykit.tags.catalogue import name_of
from journeykit.tags.checking import check_expression
from journeykit.tags.planning import needs
from journeykit.yaml_files import (
    Name,
    definition_error,
    from_yaml,
    read_definition,
    to_yaml,
    write_definition,
)

Learner = Literal["gradient_boosting", "logistic_regression"]


class UntrainableError(DataError):
    """The data of a day do not suffice to learn a model; says so in both languages."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.message_zh = message_zh


class ReadTag(BaseModel):
    """A tag as a model learned from it: its type, and a hash of its definition and of those below it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Type
    digest: str


class Model(BaseModel):
    """A probability to be learned from the past: features as of a day, and what came of them later.

    It is trained with features as of the *feature day* and the outcome `horizon_days` later, on the
    *outcome day*; nothing after either day is used for it.

    Parameters
    ----------
    name : str
        Lower-case identifier; tags name it as ``Score(model=name)``.
    title, title_zh, description, description_zh : str
        What a reader sees, in both languages.
    features : tuple of str
        The tags it learns from.
    outcome : expression
        A condition over tags as of the outcome day; those who meet it are the positives.
    horizon_days : int
        From the feature day to the outcome day. The outcome's tags may look back no further, balances
        carried forward included. 0 makes a lookalike: whoever resembles, on one and the same day, those who
        meet the outcome; it then may be any condition of a segment.
    where : expression, optional
        A condition over tags as of the feature day: only these customers are trained on and scored.
    among : expression, optional
        A condition over tags as of the outcome day: of these alone the outcome is known, as of those
        who were contacted. It narrows the training, not the scoring.
    barred : mapping of str to str
        What nobody may use, and why: tags, and columns written ``subject.column``. A barred tag that is a
        column bars that column, so no other tag may read it either.
    barred_zh : mapping of str to str
        The same reasons in Chinese, where there are any.
    max_age_days : int
        How long after its outcome day it may be used without a finding.
    least_auc : float
        A training whose cross-validated AUC is lower is refused; 0.5 is guessing.
    learner : str
        ``gradient_boosting`` or ``logistic_regression``.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> churn = Model(name="churn", title="Churn", features=["txn_count_30d", "days_since_login"],
    ...               where=tag("txn_count_90d") > 0, outcome=tag("txn_count_90d") == 0, horizon_days=90)
    >>> churn.tags
    ('days_since_login', 'txn_count_30d', 'txn_count_90d')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    title: str
    title_zh: str = ""
    description: str = ""
    description_zh: str = ""
    features: tuple[str, ...] = Field(min_length=1)
    outcome: AnyNode
    horizon_days: int = Field(ge=0, le=3650)
    where: AnyNode | None = None
    among: AnyNode | None = None
    barred: dict[str, str] = {}
    barred_zh: dict[str, str] = {}
    max_age_days: int = Field(default=180, ge=1)
    least_auc: float = Field(default=0.6, ge=0.5, lt=1)
    learner: Learner = "gradient_boosting"

    def __init__(self, **parts: Any) -> None:
        if isinstance(parts.get("features"), list | tuple):
            parts["features"] = tuple(name_of(one) for one in parts["features"])
        try:
            super().__init__(**parts)
        except ValidationError as error:
            raise definition_error(f"Model '{parts.get('name', '')}'", error) from error

    @model_validator(mode="after")
    def _check(self) -> Model:
        for name in self.features:
            if name in self.barred:
                raise DefinitionError(
                    f"Model '{self.name}': the feature '{name}' is barred: {self.barred[name]} Leave it out."
                )
            if self.features.count(name) > 1:
                raise DefinitionError(f"Model '{self.name}': the feature '{name}' stands twice.")
        for name in self.barred_zh:
            if name not in self.barred:
                raise unknown_name("barred feature", name, self.barred, f"Model '{self.name}', barred_zh.")
        for part in (self.where, None if self.is_lookalike else self.outcome, self.among):
            if part is not None:
                check_expression(f"{self.name} (model)", part)
        if self.where is not None and any(isinstance(part, AsOf) for part in walk(self.where)):
            raise DefinitionError(
                f"Model '{self.name}': `where` uses as_of(), which a score has not. Use a "
                "tag in days instead."
            )
        return self

    @property
    def is_lookalike(self) -> bool:
        """Whether it tells who resembles others on the same day, and foretells nothing."""
        return self.horizon_days == 0

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags a score is computed from: the features and what `where` uses, sorted."""
        return tuple(sorted({*self.features, *(tag_names(self.where) if self.where else ())}))

    @property
    def outcome_tags(self) -> tuple[str, ...]:
        """The tags that `outcome` and `among` use, sorted."""
        return tuple(sorted({*tag_names(self.outcome), *(tag_names(self.among) if self.among else ())}))

    def to_yaml(self) -> str:
        """The model as YAML, from which :meth:`from_yaml` makes an equal one."""
        return to_yaml(self)

    @classmethod
    def from_yaml(cls, text: str) -> Model:
        """Read a model from YAML text; :class:`DefinitionError` names what is wrong."""
        return from_yaml(text, cls)

    def save(self, folder: Path | None = None) -> Path:
        """Write ``<name>.yaml`` in a folder, by default ``scheduled/models``; the next training reads it."""
        folder = folder or find_root() / "scheduled" / "models"
        return write_definition(folder / f"{self.name}.yaml", self)


def load_models(folder: Path) -> dict[str, Model]:
    """The models saved as YAML in `folder`, by name.

    Raises
    ------
    DefinitionError
        A file is malformed, or is not named after its model.
    """
    models = {}
    for path in sorted(folder.glob("*.yaml")):
        model = read_definition(path, Model)
        if model.name != path.stem:
            raise DefinitionError(
                f"{path} holds the model '{model.name}'. Rename the file to {model.name}.yaml."
            )
        models[model.name] = model
    return models


def check_model(model: Model, catalogue: Catalogue) -> None:
    """Refuse a model that does not fit a catalogue's tags, or that would learn from what it foretells.

    Raises
    ------
    DefinitionError
        An unknown tag or barred name; a condition that is none; a feature that is a day, a score or rests on
        something barred; an outcome that looks back past the feature day.
    """
    try:
        for name in (*model.features, *model.tags, *model.outcome_tags):
            catalogue[name]
        types = {name: handle.tag.type for name, handle in catalogue.items()}
        for part in (model.where, model.outcome, model.among):
            if part is not None:
                check_predicate(part, types)
    except UnknownNameError as error:
        raise UnknownNameError(f"Model '{model.name}': {error}") from error
    except DefinitionError as error:
        raise DefinitionError(f"Model '{model.name}': {error}") from error
    barred = _barred_columns(model, catalogue)
    for name in model.tags:
        _check_feature(model, catalogue, name, barred)
    for name in () if model.is_lookalike else model.outcome_tags:
        _check_outcome(model, catalogue, name)


def _barred_columns(model: Model, catalogue: Catalogue) -> dict[str, str]:
    """Every barred column, and the name it is barred under: its own, or that of a tag which is the column."""
    columns = [f"{subject}.{column.name}" for subject, one in SUBJECTS.items() for column in one.columns]
    found = {}
    for name in model.barred:
        if name in columns:
            found[name] = name
        elif name not in catalogue:
            next_step = f"Model '{model.name}' bars it. Name a tag, or a column as in customer.gender."
            raise unknown_name("barred tag or column", name, [*catalogue, *columns], next_step)
        elif isinstance(compute := catalogue[name].tag.compute, Attribute):
            found[f"{compute.subject}.{compute.column}"] = name
    return found


def _check_feature(model: Model, catalogue: Catalogue, name: str, barred: Mapping[str, str]) -> None:
    found = catalogue[name].tag
    if name in model.features and found.type in (Type.DATE, Type.TIMESTAMP):
        raise DefinitionError(
            f"Model '{model.name}': the feature '{name}' is a {found.type}, which never comes again. "
            "Use a tag of the days since or until it."
        )
    for below in lineage(catalogue, name):
        through = "" if below.name == name else f" rests on '{below.name}', which"
        if isinstance(below.compute, Score):
            whose = "its own score" if below.compute.model == model.name else "a model's score"
            raise DefinitionError(
                f"Model '{model.name}': '{name}'{through} is {whose}, and that was learned from days after "
                "the feature day. Use the tags that score is made of."
            )
        if below.name in model.barred:
            raise DefinitionError(
                f"Model '{model.name}': '{name}'{through} is barred: {model.barred[below.name]} Leave it out."
            )
        for subject, column in needs(below):
            if reason := model.barred.get(barred.get(f"{subject}.{column}", "")):
                raise DefinitionError(
                    f"Model '{model.name}': '{name}'{through} reads "
                    f"{subject}.{column}, which is barred: {reason} Leave it out."
                )


def _check_outcome(model: Model, catalogue: Catalogue, name: str) -> None:
    for below in lineage(catalogue, name):
        through = "" if below.name == name else f" through '{below.name}'"
        compute = below.compute
        if isinstance(compute, Attribute | Score):
            raise DefinitionError(
                f"Model '{model.name}': '{name}'{through} does not say what happened in the "
                f"{model.horizon_days} days up to the outcome day. Use a tag with a window, or put "
                "the condition into `where`."
            )
        if isinstance(compute, Aggregate):
            carried = compute.carry_days or 0
            days = compute.within_days and compute.within_days + carried
            if days is None or days > model.horizon_days:
                looks = "all the past" if days is None else f"{days} days"
                looks += f" ({carried} of them to carry balances forward)" if carried and days else ""
                raise DefinitionError(
                    f"Model '{model.name}': the outcome's '{name}'{through} looks back {looks}, past the "
                    f"feature day {model.horizon_days} days before: the features would know part of it. "
                    f"Use a tag that looks back at most {model.horizon_days} days, or raise horizon_days."
                )


def read_as(name: str, catalogue: Catalogue) -> ReadTag:
    """A tag as a model would read it now; titles and descriptions play no part."""
    behind = sorted(lineage(catalogue, name), key=lambda one: one.name)
    text = "\n".join(f"{one.name} {one.type} {one.compute.model_dump_json()}" for one in behind)
    return ReadTag(type=catalogue[name].tag.type, digest=hashlib.sha256(text.encode()).hexdigest()[:16])


def lineage(catalogue: Catalogue, name: str) -> Iterator[Tag]:
    """A tag and every tag below it, each once."""
    seen, waiting = set(), [name]
    while waiting:
        found = catalogue[waiting.pop(0)].tag
        if found.name not in seen:
            seen.add(found.name)
            yield found
            waiting.extend(found.uses)
