"""Run a plan on an engine: passes and side computations into tables, then rows per customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from journeykit.dialects import (
    SQL_TYPES,
    EmbeddedError,
    attach_read_only,
    fetch_arrow,
    is_bad_value,
    is_warehouse,
    registered,
)
from journeykit.errors import DataError, StoreError
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.sources import open_sources, subject_table
from journeykit.mart.store import MartStore
from journeykit.progress import Progress
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.passes import pass_statement
from journeykit.tags.plan import BuildPlan, Models, Pass, Side, Slice
from journeykit.tags.planning import plan_build
from journeykit.tags.ranking import ranked_by, ranking_statement
from journeykit.tags.rows import OWNER
from journeykit.tags.snapshot import CUSTOMER_ID, Group, tags_statement
from journeykit.tags.tag import Tag

SLICE = 1_500_000
"""More customers than this are taken in slices, so that memory does not grow with the bank.

Landed files are sorted by customer, so a slice reads few of their row groups.
"""


@dataclass
class Computation:
    """A plan being run on a connection that sees its load; `schema` is where its tables go.

    `parts` are the slices of the customers; one that is None is of all of them.
    """

    connection: sa.Connection
    plan: BuildPlan
    models: Models
    progress: Progress
    schema: str | None = None
    tables: dict[Group, sa.FromClause] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = [None] if is_warehouse(self.connection) else _slices(self.connection)
        self.done = 0
        self.doing: tuple[str, list[str]] = ("customers", [])
        sliced = [one for one in self.plan.passes if one.belongs_to == "customer"]
        whole = len(self.plan.passes) - len(sliced) + len(self.plan.sides)
        self.steps = len(self.parts) * (len(sliced) + 1) + whole

    def step(self, what: str, tags: Iterable[Tag]) -> None:
        """Say what comes next, and for which tags."""
        self.progress(self.done, self.steps, what)
        self.done += 1
        self.doing = what, [tag.name for tag in tags]

    def run(self) -> None:
        """Fill the tables that :meth:`statement` reads."""
        for number, (path, tags) in enumerate(self.plan.carried.items()):
            attach_read_only(self.connection, path, f"earlier_{number}")
            self.tables[path] = _table("snapshot", CUSTOMER_ID, tags, f"earlier_{number}")
        for number, one in enumerate(self.plan.passes):
            self.tables[one] = self._sum_up(one, number)
        for number, side in enumerate(self.plan.sides):
            self.step("rankings" if side.model is None else f"scores of {side.model}", side.tags)
            self.tables[side] = self._rank(side, number) if side.model is None else self._score(side, number)

    def statement(self, names: list[str], part: Slice | None = None) -> sa.Select[Any]:
        """Some tags of the customers, or of a slice of them, sorted by id."""
        return tags_statement(self.plan, self.tables, names, part)

    def _sum_up(self, one: Pass, number: int) -> sa.Table:
        table = self._create(f"pass_{number}", OWNER, one.tags)
        for part in self.parts if one.belongs_to == "customer" else self.parts[:1]:
            self.step(f"{one.subject} by {one.by}", one.tags)
            whole = part if one.belongs_to == "customer" else None
            insert_from(self.connection, table, pass_statement(one, self.plan.as_of, whole))
        return table

    def _rank(self, side: Side, number: int) -> sa.Table:
        table = self._create(f"side_{number}", CUSTOMER_ID, side.tags)
        values = self.statement(ranked_by(side)).order_by(None).subquery("value")
        insert_from(self.connection, table, ranking_statement(self.plan, side, values))
        return table

    def _score(self, side: Side, number: int) -> sa.Table:
        """Every tag of the side has its model's score."""
        model = self.models[side.model or ""]
        table = self._create(f"side_{number}", CUSTOMER_ID, side.tags)
        for part in self.parts:
            features = fetch_arrow(self.connection, self.statement(list(model.features), part))
            scored = pa.table({CUSTOMER_ID: features[CUSTOMER_ID], "score": model.score(features)})
            with registered(self.connection, {"scored": scored}):
                source = sa.table("scored", sa.column(CUSTOMER_ID), sa.column("score"))
                columns = (source.c.score.label(tag.name) for tag in side.tags)
                insert_from(self.connection, table, sa.select(source.c[CUSTOMER_ID], *columns))
        return table

    def _create(self, name: str, key: str, tags: tuple[Tag, ...]) -> sa.Table:
        table = _table(name, key, tags, self.schema)
        table.create(self.connection)
        return table


def read_tags(
    store: MartStore,
    catalogue: Catalogue,
    manifest: SourceManifest,
    names: list[str],
    *,
    models: Models | None = None,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> pa.Table:
    """Compute some tags of a load without building a snapshot.

    Parameters
    ----------
    store : MartStore
        Where the landed files are.
    catalogue : Catalogue
        The tags.
    manifest : SourceManifest
        The load; see also :func:`journeykit.mart.earlier.see_earlier`.
    names : list of str
        Which tags.
    models : mapping of str to Scorer, optional
        The trained models.
    memory_limit, threads
        What the engine may use.

    Returns
    -------
    pyarrow.Table
        One row per customer, sorted by ``customer_id``, with that column and the named ones.

    Raises
    ------
    DataError
        The load lacks what a tag needs; the message names each and what is missing.
    """
    plan = plan_build(catalogue, manifest, models=models, names=names)
    if lacking := [f"{name} (no {plan.unavailable[name]})" for name in names if name in plan.unavailable]:
        raise DataError(
            f"As of {manifest.as_of} these tags cannot be computed: {', '.join(lacking)}. Map what is "
            "missing, or use other tags."
        )
    with open_sources(plan.manifest, store, memory_limit=memory_limit, threads=threads) as connection:
        work = Computation(connection, plan, models or {}, lambda *_: None)
        with explained(work):
            work.run()
            work.step("the result", plan.tags)
            return fetch_arrow(connection, work.statement(names))


@contextmanager
def explained(work: Computation) -> Iterator[None]:
    """Tell an engine's failure in our words: what was being computed, and never a value or a statement.

    Raises
    ------
    StoreError
        Memory or disk were not enough.
    DataError
        A value does not fit its tag, such as a sum of more digits than money has.
    """
    try:
        yield
    except (EmbeddedError, DBAPIError) as error:
        cause = getattr(error, "orig", None) or error
        what, names = work.doing
        begin = f"Cannot build the tags as of {work.plan.as_of}, at {what}:"
        if is_bad_value(cause):
            raise DataError(
                f"{begin} a value does not fit the type of its tag, as a sum of more than 16 digits does. "
                f"The build that was current stays so. Look for absurd values behind: {', '.join(names)}."
            ) from None
        taken = ", ".join(str(path) for path in work.plan.carried)
        raise StoreError(
            f"{begin} {str(cause).strip().splitlines()[0].rstrip('.')}. The build that was current stays "
            "so. Free space or memory, or load the day again, then run the same command again."
            + (f" Values are taken over from {taken}; if that file is damaged, delete it." if taken else "")
        ) from error


def insert_from(connection: sa.Connection, table: sa.Table, statement: sa.Select[Any]) -> None:
    """Insert a statement's rows, whose columns are in the table's order."""
    connection.execute(sa.insert(table).from_select([column.name for column in table.c], statement))


def _table(name: str, key: str, tags: tuple[Tag, ...], schema: str | None) -> sa.Table:
    columns = (sa.Column(tag.name, SQL_TYPES[tag.type]) for tag in tags)
    return sa.Table(name, sa.MetaData(), sa.Column(key, sa.String()), *columns, schema=schema)


def _slices(connection: sa.Connection) -> list[Slice | None]:
    """Slices of at most SLICE customers by id; one for all where there are no more."""
    customer = subject_table("customer")
    numbered = sa.select(
        customer.c.customer_id, sa.func.row_number().over(order_by=customer.c.customer_id).label("number")
    ).subquery()
    wanted = (numbered.c.number > 1) & (numbered.c.number % SLICE == 1)
    everyone = connection.scalar(sa.select(sa.func.count()).select_from(customer)) or 0
    if everyone <= SLICE:
        return [None]
    found = connection.execute(sa.select(numbered.c.customer_id).where(wanted).order_by(numbered.c.number))
    edges = [None, *(row.customer_id for row in found), None]
    return [Slice(first, after) for first, after in pairwise(edges)]
