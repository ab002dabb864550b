"""Rows out of a warehouse and into it, as Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import pyarrow as pa
import pyarrow.csv as pacsv
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from journeykit.dialects.warehouse import written
from journeykit.errors import DefinitionError

# The types of a result's columns (pg_type.oid) as Arrow; a numeric says its own digits.
_ARROW = {
    16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 700: pa.float64(), 701: pa.float64(),
    1082: pa.date32(), 1114: pa.timestamp("us"), 1184: pa.timestamp("us", "UTC"),
}  # fmt: skip
_NUMERIC = 1700
_ROWS = 10_000

_WIDE = 16
"""Results of so many columns come as a stream of text, which Arrow reads ten times as fast as Python."""

_READING = re.compile(r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(select|with|from|values|table)\b", re.I | re.S)


def fetch_rows(connection: sa.Connection, statement: sa.Executable) -> pa.Table:
    """Run a statement and return all of its rows as Arrow."""
    declared = [one.type for one in getattr(statement, "selected_columns", ())]
    if len(declared) >= _WIDE and (found := copy_out(connection, statement, declared)) is not None:
        return found
    with connection.execute(statement) as result:
        names = list(result.keys())
        types = declared if len(declared) == len(names) else [sa.types.NULLTYPE] * len(names)
        return _collect(result.cursor, names, types)


def _collect(cursor: Any, names: list[str], types: Sequence[sa.types.TypeEngine[Any]]) -> pa.Table:
    """A cursor's rows by column, a part of them at a time, since as Python values they take much room."""
    parts: list[list[pa.Array]] = [[] for _ in names]
    while True:
        rows = cursor.fetchmany(_ROWS)
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        for part, values, one, type_ in zip(parts, columns, cursor.description, types, strict=True):
            part.append(_to_arrow(values, one, type_))
        if len(rows) < _ROWS:
            return pa.table([_joined(part) for part in parts], names=names)


def _joined(parts: list[pa.Array]) -> pa.ChunkedArray:
    """A numeric without declared digits has in each part as many as it needs there."""
    types = [part.type for part in parts]
    if len(set(types)) > 1:
        scale = max(type_.scale for type_ in types)
        wide = pa.decimal128(min(38, max(one.precision - one.scale for one in types) + scale), scale)
        parts = [part.cast(wide) for part in parts]
    return pa.chunked_array(parts)


def _to_arrow(values: tuple[Any, ...], described: Any, declared: sa.types.TypeEngine[Any]) -> pa.Array:
    if described.type_code in _ARROW:
        return pa.array(values, _ARROW[described.type_code])
    if described.type_code != _NUMERIC:
        return pa.array([one if one is None else str(one) for one in values], pa.string())
    known = [one if one is not None and one.is_finite() else None for one in values]
    if isinstance(declared, sa.Integer):  # a sum of whole numbers
        return pa.array([one if one is None else int(one) for one in known], pa.int64())
    if isinstance(declared, sa.Float):
        return pa.array([one if one is None else float(one) for one in known], pa.float64())
    of = described if described.precision else declared
    precision, scale = getattr(of, "precision", None), getattr(of, "scale", None)
    if precision:
        return pa.array(known, pa.decimal128(precision, scale or 0))
    found = pa.array(known)
    return found if pa.types.is_decimal(found.type) else pa.nulls(len(known), pa.decimal128(38, 6))


@contextmanager
def lent(connection: sa.Connection, relations: Mapping[str, Any]) -> Iterator[None]:
    """Make Arrow tables queryable under names, as temporary tables, for the length of a block."""
    made: list[sa.Table] = []
    try:
        for name, rows in relations.items():
            made.append(lend(connection, name, rows))
        yield
    finally:
        for table in made:
            table.drop(connection)


def lend(connection: sa.Connection, name: str, rows: pa.Table) -> sa.Table:
    """A temporary table of Arrow rows, which lives as long as the connection."""
    columns = (sa.Column(field.name, _sql_type(field.type)) for field in rows.schema)
    table = sa.Table(name, sa.MetaData(), *columns, schema="pg_temp")
    table.create(connection)
    try:
        copy_in(connection, table, rows)
    except DBAPIError:
        table.drop(connection)
        raise
    return table


def copy_in(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """Append Arrow rows to a table that has their columns, in one stream."""
    show = connection.dialect.identifier_preparer
    names = ", ".join(show.quote(name) for name in rows.column_names)
    command = f"COPY {show.format_table(table)} ({names}) FROM STDIN (FORMAT csv)"
    raw: Any = connection.connection.dbapi_connection
    driver: Any = connection.dialect.loaded_dbapi
    try:
        with raw.cursor() as cursor, cursor.copy(command) as copy:
            for batch in rows.to_batches(max_chunksize=_ROWS):
                lines = pa.BufferOutputStream()  # texts are quoted, so that an empty one is not a missing one
                pacsv.write_csv(batch, lines, pacsv.WriteOptions(include_header=False))
                copy.write(memoryview(lines.getvalue()))
    except driver.Error as error:
        raise DBAPIError.instance(command, None, error, driver.Error) from error


def _sql_type(type_: pa.DataType) -> sa.types.TypeEngine[Any]:
    if pa.types.is_decimal(type_):
        return sa.Numeric(type_.precision, type_.scale)
    tests: tuple[tuple[Any, sa.types.TypeEngine[Any]], ...] = (
        (pa.types.is_boolean, sa.Boolean()), (pa.types.is_integer, sa.BigInteger()),
        (pa.types.is_floating, sa.Double()), (pa.types.is_date, sa.Date()),
        (pa.types.is_timestamp, sa.DateTime()),
    )  # fmt: skip
    return next((found for test, found in tests if test(type_)), sa.String(collation="C"))


def copy_out(
    connection: sa.Connection, statement: sa.Executable, declared: Sequence[sa.types.TypeEngine[Any]]
) -> pa.Table | None:
    """A query's rows as a stream of text, read as its declared types; None where they do not fit those."""
    types = [_arrow_type(one) for one in declared]
    names = [column.name for column in cast(sa.Select, statement).selected_columns]
    places = list(map(str, range(len(names))))
    if None in types:
        return None
    command = f"COPY ({written(connection, cast(sa.Select, statement))}) TO STDOUT (FORMAT csv)"
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        lines = b"".join(copy)
    if not lines:
        return pa.table([pa.array([], type_) for type_ in types], names=names)
    try:
        rows = pacsv.read_csv(
            pa.BufferReader(lines),
            pacsv.ReadOptions(column_names=places),
            pacsv.ParseOptions(newlines_in_values=True),
            pacsv.ConvertOptions(
                column_types=dict(zip(places, types, strict=True)), true_values=["t"], false_values=["f"],
                null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    return rows.rename_columns(names)


def _arrow_type(type_: sa.types.TypeEngine[Any]) -> pa.DataType | None:
    if isinstance(type_, sa.Numeric) and type_.precision:
        return pa.decimal128(type_.precision, type_.scale or 0)
    tests = (
        (sa.String, pa.string()), (sa.Integer, pa.int64()), (sa.Float, pa.float64()),
        (sa.Boolean, pa.bool_()), (sa.Date, pa.date32()), (sa.DateTime, pa.timestamp("us")),
    )  # fmt: skip
    return next((found for kind, found in tests if isinstance(type_, kind)), None)


def read_only_answer(connection: sa.Connection, text: str) -> pa.Table:
    """Answer one statement that an analyst wrote, in a transaction that cannot write.

    It is rolled back, and with it every setting of the session that the statement changed.

    Raises
    ------
    DefinitionError
        It is no SELECT, is more than one statement, writes, or is refused by the database.
    """
    from psycopg import Error

    if not _READING.match(text):
        raise DefinitionError("mart.sql answers one SELECT statement and nothing else. Remove the rest.")
    raw: Any = connection.connection.dbapi_connection
    try:
        with raw.transaction(force_rollback=True), raw.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(text, binary=True)  # the protocol that takes exactly one statement
            names = [one.name for one in cursor.description]
            return _collect(cursor, names, [sa.types.NULLTYPE] * len(names))
    except Error as error:
        told = str(error).strip().splitlines()
        raise DefinitionError(
            f"The mart refuses this statement: {told[0] if told else 'no reason'}"
        ) from error
