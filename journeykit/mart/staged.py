"""One subject's rows in the scratch database, and what the rules want to know about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import count
from typing import Any

import sqlalchemy as sa

from journeykit.contract import Column, Subject, Time
from journeykit.dialects import create_table_as, row_hash
from journeykit.errors import StoreError
from journeykit.mart.findings import Finding

LOST = "lost_"
"""Prefix of the flag that says a row's value could not be read."""

SOURCE_WHERE = "where"
_numbers = count()


@dataclass
class Staged:
    """One subject's rows as of a day, before they are judged.

    `table` is None when nothing could be read; `findings` says why. `newest_delivered` is the day
    of the newest row in the files, which may lie after as_of; such rows are not in `table`.
    """

    subject: Subject
    connection: sa.Connection
    findings: list[Finding] = field(default_factory=list)
    table: sa.Table | None = None
    newest_delivered: date | None = None
    has_latest_by: bool = False
    assumption: str | None = None
    stale_after_days: int | None = None

    @property
    def rows(self) -> sa.Table:
        """The table, for whoever knows that it was read."""
        if self.table is None:
            raise StoreError(f"{self.subject.name} could not be read. See its findings.")
        return self.table

    @cached_property
    def landed_columns(self) -> tuple[Column, ...]:
        """The contract's columns that were read."""
        have = set() if self.table is None else set(self.table.c.keys())
        return tuple(column for column in self.subject.columns if column.name in have)

    @cached_property
    def lossy(self) -> tuple[str, ...]:
        """The columns that may hold values which could not be read."""
        names = () if self.table is None else self.table.c.keys()
        return tuple(name.removeprefix(LOST) for name in names if name.startswith(LOST))

    @property
    def has_current_data(self) -> bool:
        """Whether something in it is only known as it is today."""
        if self.subject.store == "vault":
            return False
        return self.subject.time == Time.CURRENT or any(column.current for column in self.landed_columns)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts of everything the rules ask for, in one pass."""
        wanted: list[sa.ColumnElement[Any]] = [sa.func.count().label("rows")]
        for column in self.landed_columns:
            value = self.rows.c[column.name]
            wanted.append(sa.func.count(value).label(f"filled_{column.name}"))
            if column.values:
                outside = sa.case((value.not_in(column.values), 1))
                wanted.append(sa.func.count(outside).label(f"outside_{column.name}"))
        for name in self.lossy:
            lost = sa.case((self.rows.c[LOST + name], 1))
            wanted.append(sa.func.count(lost).label(LOST + name))
        if self.subject.at and self.subject.at in self.rows.c:
            wanted.append(sa.func.max(self.rows.c[self.subject.at]).label("newest"))
        return dict(self.connection.execute(sa.select(*wanted)).mappings().one())

    @property
    def newest(self) -> date | None:
        """The day of the newest row."""
        return day_of(self.summary.get("newest"))

    def count_duplicates(self) -> int:
        """How many rows share their key with another."""
        key = [self.rows.c[name] for name in self.subject.key]
        suspects = suspects_of(self.connection, self.rows, key)
        if suspects is None:
            return 0
        shared = sa.select(sa.func.count().label("n")).where(row_hash(*key).in_(suspects))
        groups = shared.group_by(*key).having(sa.func.count() > 1).subquery()
        return int(self.connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(groups.c.n), 0))) or 0)

    def sample_outside(self, column: Column) -> list[str]:
        """A few of the values that a column may not have."""
        value = self.rows.c[column.name]
        wanted = sa.select(value).where(value.not_in(column.values)).distinct().order_by(value).limit(3)
        return list(self.connection.scalars(wanted))

    def publishable(self) -> sa.Select:
        """The rows to land, in their order: an optional value that is not allowed is missing."""
        table = self.rows

        def value(column: Column) -> sa.ColumnElement[Any]:
            given = table.c[column.name]
            if column.values and not is_required(self.subject, column):
                return sa.case((given.in_(column.values), given)).label(column.name)
            return given

        declared = self.subject
        order = [name for name in dict.fromkeys((declared.owner, declared.at, *declared.key)) if name]
        return sa.select(*(value(column) for column in self.landed_columns)).order_by(
            *(table.c[name] for name in order if name in table.c)
        )


def is_required(declared: Subject, column: Column) -> bool:
    """Whether every row must have the column."""
    return column.required or column.name in declared.key


def suspects_of(
    connection: sa.Connection, table: sa.Table, key: Sequence[sa.ColumnElement[Any]]
) -> sa.Select | None:
    """Hashes of keys that more than one row may have; None when all differ.

    Grouping by a hash first needs far less memory than grouping by the keys themselves.
    """
    hashed = row_hash(*key).label("hash")
    repeated = sa.select(hashed).select_from(table).group_by(hashed).having(sa.func.count() > 1)
    found = create_table_as(connection, f"suspects_{next(_numbers)}", repeated)
    return (
        sa.select(found.c.hash) if connection.scalar(sa.select(sa.func.count()).select_from(found)) else None
    )


def day_of(value: Any) -> date | None:
    """The day of a date or a time."""
    return value.date() if isinstance(value, datetime) else value
