"""A tag before it is saved: its values for everyone, how they are spread, and what computing them costs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from pathlib import Path

import sqlalchemy as sa

from journeykit.dialects import show_sql
from journeykit.display import Table
from journeykit.errors import DefinitionError
from journeykit.mart.mart import Mart
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.distribution import Distribution, distribution_of
from journeykit.tags.passes import pass_statement
from journeykit.tags.plan import BuildPlan
from journeykit.tags.planning import plan_build
from journeykit.tags.ranking import ranked_by, ranking_statement
from journeykit.tags.snapshot import Group, tags_statement
from journeykit.tags.tag import Score, Tag

_BUILT = Path("built")
"""Stands for the snapshot that is open."""


@dataclass(frozen=True)
class Preview:
    """What a tag would be; prints as a table, in a notebook with a chart.

    Attributes
    ----------
    tag : Tag
        The tag.
    distribution : Distribution
        Its values, and how many customers have none.
    sql : str
        The statement that computes it, with its values written out for reading.
    seconds : float
        How long that took here, by itself; in a build it shares its subject's pass.
    files, rows : int
        What is read.
    plan : BuildPlan
        The steps.
    """

    tag: Tag
    distribution: Distribution
    sql: str
    seconds: float
    files: int
    rows: int
    plan: BuildPlan

    @property
    def missing_share(self) -> float:
        """The share of customers without a value."""
        return self.distribution.missing / (self.distribution.customers or 1)

    def table(self) -> Table:
        """The spread under a line that says what it costs."""
        spread = self.distribution.table()
        return Table(f"{spread.title}; {self._cost()}", spread.columns, spread.rows)

    def _cost(self) -> str:
        return (
            f"{self.missing_share:.1%} missing; {self.seconds:.2f} s for {self.rows:,} rows in "
            f"{self.files} files"
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return (
            f"{self.distribution._repr_html_()}<p>{escape(self._cost())}</p>"
            f"<details><summary>SQL</summary><pre>{escape(self.sql)}</pre></details>"
        )


def preview(mart: Mart, tag: Tag) -> Preview:
    """Compute a tag for everyone, without saving or building anything.

    Tags that it uses are taken from the snapshot that is open.

    Parameters
    ----------
    mart : Mart
        With built tags.
    tag : Tag
        A new tag, or another definition of one there is.

    Raises
    ------
    DefinitionError
        It uses an unknown tag, needs data that the bank does not have, or is a model's score.

    Examples
    --------
    In a notebook: ``mart.preview(jk.Tag(name="salary_3m", title="Salary", type="decimal", ...))``.
    """
    if isinstance(tag.compute, Score):
        raise DefinitionError(
            f"'{tag.name}' is a score of the model {tag.compute.model}. See "
            f"jk.model_card('{tag.compute.model}')."
        )
    known = Catalogue([*(one for one in mart.tags.of(mart.tags) if one.name != tag.name), tag])
    built = [name for name in mart.scope.tags if name != tag.name]
    plan = plan_build(known, mart.manifest, names=[tag.name], carried={_BUILT: built})
    if tag.name in plan.unavailable:
        raise DefinitionError(
            f"'{tag.name}' cannot be computed as of {mart.as_of}: no {plan.unavailable[tag.name]}. "
            "Map it, or use what there is."
        )
    statement = _statement(mart, plan, tag)
    start = time.perf_counter()
    values = mart.run(statement)
    seconds = time.perf_counter() - start
    read = [file for one in plan.passes for file in plan.manifest.of(one.subject)]
    return Preview(
        tag, distribution_of(mart, values, tag), show_sql(statement), seconds, len(read),
        sum(file.rows for file in read), plan,
    )  # fmt: skip


def _statement(mart: Mart, plan: BuildPlan, tag: Tag) -> sa.Select:
    """One statement with every step inside it."""
    tables: dict[Group, sa.FromClause] = {_BUILT: mart.scope.relation}
    tables |= {one: pass_statement(one, plan.as_of).subquery() for one in plan.passes}
    for side in plan.sides:
        values = tags_statement(plan, tables, ranked_by(side)).order_by(None).subquery("value")
        tables[side] = ranking_statement(plan, side, values).subquery()
    return tags_statement(plan, tables, [tag.name])
