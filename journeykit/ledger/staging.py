"""Rows on their way in: checked in Arrow, staged in a temporary table, applied by set (design D7)."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.dialects import copy_in, insert_columns, takes_streams
from journeykit.errors import LedgerError
from journeykit.ledger.ledger import Ledger, arrow_type

_CHUNK = 20_000


@dataclass(frozen=True)
class Imported:
    """What an import found: rows that are new, and rows the ledger already had."""

    added: int
    known: int


def conform(table: pa.Table, columns: Sequence[sa.Column[Any]], what: str) -> pa.Table:
    """The named columns of `table` in the ledger's types, exactly; columns that may be missing are filled.

    Raises
    ------
    LedgerError
        A column is missing, a value that must be there is not, or a value does not fit its type exactly.
    """
    kept = []
    for column in columns:
        kind = arrow_type(column.type)
        if column.name not in table.column_names:
            if not column.nullable:
                raise LedgerError(
                    f"The {what} to record lack the column '{column.name}'. "
                    f"Needed are: {', '.join(c.name for c in columns)}."
                )
            kept.append(pa.nulls(table.num_rows, kind))
            continue
        values = table.column(column.name)
        if pa.types.is_floating(values.type) and pa.types.is_decimal(kind):
            raise LedgerError(
                f"'{column.name}' of {what} is a float. Cast it to DECIMAL(18, 2): money is exact."
            )
        try:
            values = values.cast(kind)
        except pa.ArrowException as error:
            raise LedgerError(
                f"'{column.name}' of {what} is {values.type} and does not fit {kind} exactly. "
                "Cast it before recording."
            ) from error
        if values.null_count and not column.nullable:
            raise LedgerError(f"'{column.name}' of {what} is missing in {values.null_count} rows.")
        kept.append(values)
    return pa.table(dict(zip([column.name for column in columns], kept, strict=True)))


def insert_arrow(connection: sa.Connection, target: sa.Table, table: pa.Table) -> None:
    """Insert every row of an Arrow table that has the target's column names and types."""
    if not takes_streams(connection):
        _insert_parts(connection, target, table)
    elif table.num_rows:
        columns = [target.c[name] for name in table.column_names]
        with staged(connection, table, columns) as rows:
            connection.execute(sa.insert(target).from_select(table.column_names, sa.select(*rows.columns)))


def _insert_parts(connection: sa.Connection, target: sa.Table, table: pa.Table) -> None:
    for start in range(0, table.num_rows, _CHUNK):
        part = table.slice(start, _CHUNK)
        insert_columns(
            connection, target, {name: part.column(name).to_pylist() for name in part.column_names}
        )


def _in_fen(table: pa.Table) -> pa.Table:
    """The rows as they are stored: money in whole fen."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            fen = pc.multiply(table.column(place), pa.scalar(Decimal(100))).cast(pa.int64())
            table = table.set_column(place, field.name, fen)
    return table


@contextmanager
def staged(
    connection: sa.Connection, table: pa.Table, columns: Sequence[sa.Column[Any]]
) -> Iterator[sa.Table]:
    """A temporary table holding an Arrow table's rows, gone when the block ends."""
    target = sa.Table(
        f"staged_{columns[0].table.name}",
        sa.MetaData(),
        *(sa.Column(column.name, column.type) for column in columns),
        prefixes=["TEMPORARY"],
    )
    target.create(connection, checkfirst=False)
    if takes_streams(connection):
        copy_in(connection, target, _in_fen(table))
    else:
        _insert_parts(connection, target, table)
    yield target
    target.drop(connection, checkfirst=False)


def import_rows(ledger: Ledger, what: str, target: sa.Table, table: pa.Table) -> Imported:
    """Insert the rows whose key is new, in a transaction of their own; see :func:`add_rows`."""
    with ledger.transaction(what) as connection:
        return add_rows(connection, what, target, table)


def add_rows(connection: sa.Connection, what: str, target: sa.Table, table: pa.Table) -> Imported:
    """Insert the rows whose key is new; a known key must say what it said before.

    Raises
    ------
    LedgerError
        One key stands for two different rows, here or against the ledger. Nothing is imported then: a record
        that changes silently could hide a refusal.
    """
    columns = list(target.columns)
    (key,) = target.primary_key.columns
    names = [column.name for column in columns]
    conformed = conform(table, columns, what)
    conformed = conformed.group_by(names, use_threads=False).aggregate([]).select(names)
    if len(conformed.column(key.name).unique()) != conformed.num_rows:
        raise LedgerError(
            f"Some {what} share a {key.name} but differ. Each record needs its own; correct and import again."
        )
    conformed = conformed.sort_by(key.name)
    with staged(connection, conformed, columns) as rows:
        same = rows.c[key.name] == key
        differs = sa.or_(*(rows.c[name].is_distinct_from(target.c[name]) for name in names))
        changed = sa.select(key).join(rows, same).where(differs).order_by(key).limit(3)
        found = connection.execute(changed).scalars().all()
        if found:
            raise LedgerError(
                f"Known {what} came again with other content: {', '.join(found)} … Nothing was imported. "
                f"A correction needs a {key.name} of its own."
            )
        known = connection.execute(
            sa.select(sa.func.count()).select_from(rows).join(target, same)
        ).scalar_one()
        fresh = sa.select(*rows.columns).where(~sa.exists().where(same))
        connection.execute(sa.insert(target).from_select(names, fresh))
    return Imported(conformed.num_rows - known, known)
