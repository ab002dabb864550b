"""What a build will do, as a value that prints: passes over rows, stages of tags that build on tags."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.display import Table
from journeykit.mart.manifest import WHOLE, SourceManifest
from journeykit.tags.tag import Aggregate, Ranking, Score, Tag


class Scorer(Protocol):
    """A trained model, as a build uses it."""

    @property
    def model_id(self) -> str:
        """A hash of its definition and of what it was trained on."""
        ...

    @property
    def features(self) -> tuple[str, ...]:
        """The tags that it reads."""
        ...

    @property
    def types(self) -> Mapping[str, Type]:
        """The types that these tags had when it learned; one that is not named may be of any."""
        ...

    def score(self, features: pa.Table, /) -> pa.Array:
        """One probability for each row of `features`; missing for whom it does not speak about."""
        ...


Models = Mapping[str, Scorer]
"""Trained models by name."""


@dataclass(frozen=True)
class Slice:
    """The customers from one id up to another, which is not among them; None is open."""

    first: str | None
    after: str | None

    def holds(self, owner: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether an id lies in the slice."""
        bounds: list[sa.ColumnElement[bool]] = [sa.true()]
        if self.first is not None:
            bounds.append(owner >= sa.literal(self.first, sa.String()))
        if self.after is not None:
            bounds.append(owner < sa.literal(self.after, sa.String()))
        return sa.and_(*bounds)


@dataclass(frozen=True)
class Pass:
    """One reading of a subject's rows for all the tags that are summed up from them alike.

    `by` is the column that says whom a row belongs to, `belongs_to` is customer, manager or branch;
    `reach` tells apart tags of the same rows by how far they look back, see REACHES; None is any further.
    """

    subject: str
    by: str
    belongs_to: str
    each: str | None
    carry_days: int | None
    is_mode: bool
    reach: int | None
    tags: tuple[Tag, ...]

    @property
    def aggregates(self) -> list[tuple[Tag, Aggregate]]:
        """Each tag with how it is computed."""
        return [(tag, tag.compute) for tag in self.tags if isinstance(tag.compute, Aggregate)]

    @property
    def longest(self) -> int | None:
        """How many days of rows are read, those that carry into the window included; None for all."""
        windows = [compute.within_days for _, compute in self.aggregates]
        if None in windows:
            return None
        return max(days for days in windows if days is not None) + (self.carry_days or 0)


@dataclass(frozen=True)
class Side:
    """Tags that need all customers at once, or a model: computed beside the rest and joined to it.

    `model` is the name of the model that scores; None when the tags are rankings.
    """

    model: str | None
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class BuildPlan:
    """Everything a build does; prints as a table.

    Attributes
    ----------
    manifest : SourceManifest
        The load, with only the files that are read.
    attributes : tuple of Tag
        Columns of the customer, or of a subject it references.
    passes : tuple of Pass
        One per subject (and whom its rows belong to), more where few of its tags look far back.
    carried : dict of Path to tuple of Tag
        Tags whose rows have not changed, and the snapshot they are taken from.
    stages : tuple of tuples of Tag
        Formulas, rankings and scores; each stage uses only what came before it.
    unavailable : dict of str to str
        Tags that cannot be built, and the absent ``subject.column`` or model each of them misses.
    """

    manifest: SourceManifest
    attributes: tuple[Tag, ...]
    passes: tuple[Pass, ...]
    carried: dict[Path, tuple[Tag, ...]]
    stages: tuple[tuple[Tag, ...], ...]
    unavailable: dict[str, str]

    @property
    def as_of(self) -> date:
        """The day the tags are built for."""
        return self.manifest.as_of

    @property
    def tags(self) -> list[Tag]:
        """Every tag that will be built, in the order of the snapshot's columns."""
        return [
            *self.attributes,
            *(tag for group in self.carried.values() for tag in group),
            *(tag for one in self.passes for tag in one.tags),
            *(tag for stage in self.stages for tag in stage),
        ]

    @property
    def sides(self) -> list[Side]:
        """What is computed beside the rest, in order: a stage's rankings together, each model's scores."""
        found = []
        for stage in self.stages:
            groups: dict[str | None, list[Tag]] = defaultdict(list)
            for tag in stage:
                if isinstance(tag.compute, Ranking | Score):
                    groups[tag.compute.model if isinstance(tag.compute, Score) else None].append(tag)
            found += [Side(model, tuple(group)) for model, group in groups.items()]
        return found

    def table(self) -> Table:
        """The steps as a table."""
        rows = [("customer", "attributes", len(self.attributes), "", *self._read("customer"))]
        rows += [
            (path.parent.name, f"carried over from {path.stem}", len(group), "", None, None)
            for path, group in self.carried.items()
        ]
        rows += [
            (one.subject, self._belongs(one), len(one.tags), one.longest or WHOLE, *self._read(one.subject))
            for one in self.passes
        ]
        rows += [
            (f"stage {number}", _kinds(stage), len(stage), "", None, None)
            for number, stage in enumerate(self.stages, 1)
        ]
        title = f"Build of {len(self.tags)} tags as of {self.as_of}"
        if self.unavailable:
            title += f"; {len(self.unavailable)} unavailable: " + ", ".join(
                f"{name} (no {missing})" for name, missing in self.unavailable.items()
            )
        return Table(title, ("step", "rows belong", "tags", "days", "files", "rows"), tuple(rows))

    def _belongs(self, one: Pass) -> str:
        return f"by {one.by}" + (f", {one.each}" if one.each else "") + (", most frequent" * one.is_mode)

    def _read(self, name: str) -> tuple[int, int]:
        return len(self.manifest.of(name)), self.manifest.rows(name)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _kinds(stage: tuple[Tag, ...]) -> str:
    counts = Counter(tag.compute.kind for tag in stage)
    return ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in sorted(counts.items()))
