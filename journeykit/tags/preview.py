"""A tag before it is saved: its values for everyone, how they are spread, and what computing them costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from journeykit.dialects import EmbeddedError
from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError, SettingsError, StoreError, TooLargeError
from journeykit.mart.mart import Mart
from journeykit.settings import find_root
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

    Tags that it uses are taken from the snapshot that is open; those that were saved since it was built are
    computed with it.

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
    DataError, StoreError
        Some value does not fit its type, or the engine cannot finish.

    Examples
    --------
    In a notebook: ``mart.preview(jk.Tag(name="salary_3m", title="Salary", type="decimal", ...))``.
    """
    if isinstance(tag.compute, Score):
        raise DefinitionError(
            f"'{tag.name}' is a score of the model {tag.compute.model}. See "
            f"jk.model_card('{tag.compute.model}')."
        )
    _check_known(mart, tag)
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
    with _explained(tag):
        values = mart.run(statement)
    seconds = time.perf_counter() - start
    read = [file for one in plan.passes for file in plan.manifest.of(one.subject)]
    return Preview(
        tag, distribution_of(mart, values, tag), mart.show(statement), seconds, len(read),
        sum(file.rows for file in read), plan,
    )  # fmt: skip


def _check_known(mart: Mart, tag: Tag) -> None:
    """A tag that was saved since the mart was opened is told from one that there is not."""
    for name in tag.uses:
        if name not in mart.tags and _is_saved(name):
            raise DefinitionError(
                f"'{tag.name}' uses '{name}', which was saved after this mart was opened. Open it again with "
                "mart = jk.connect()."
            )


def _is_saved(name: str) -> bool:
    try:
        return (find_root() / "scheduled" / "tags" / f"{name}.yaml").is_file()
    except SettingsError:  # a mart that was opened outside any workspace
        return False


@contextmanager
def _explained(tag: Tag) -> Iterator[None]:
    """Tell an engine's failure in our words, never with a value or a statement."""
    try:
        yield
    except TooLargeError:
        raise DataError(
            f"'{tag.name}' cannot be computed: a value does not fit the type {tag.type}, as a sum of "
            "more than 16 digits does not fit money. Use smaller factors, or leave absurd values out "
            "with `where`."
        ) from None
    except (EmbeddedError, DBAPIError) as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(
            f"'{tag.name}' cannot be computed: the engine gave up ({type(cause).__name__}). Free memory, or "
            "make its definition simpler."
        ) from None


def _statement(mart: Mart, plan: BuildPlan, tag: Tag) -> sa.Select:
    """One statement with every step inside it."""
    tables: dict[Group, sa.FromClause] = {_BUILT: mart.scope.relation}
    tables |= {one: pass_statement(one, plan.as_of).subquery() for one in plan.passes}
    for side in plan.sides:
        values = tags_statement(plan, tables, ranked_by(side)).order_by(None).subquery("value")
        tables[side] = ranking_statement(plan, side, values).subquery()
    return tags_statement(plan, tables, [tag.name])
