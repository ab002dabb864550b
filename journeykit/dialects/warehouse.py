"""The warehouse mart's engine: the bank's own PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.compiler import compiles

from journeykit.errors import DefinitionError, InUseError, SettingsError, StoreError

_HOW = "Write postgresql+psycopg://user@host/database."

# The types of a result's columns (pg_type.oid) as Arrow; a numeric says its own digits.
_ARROW = {
    16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 700: pa.float64(), 701: pa.float64(),
    1082: pa.date32(), 1114: pa.timestamp("us"), 1184: pa.timestamp("us", "UTC"),
}  # fmt: skip
_NUMERIC = 1700
_ROWS = 10_000

_READING = re.compile(r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(select|with|from|values|table)\b", re.I | re.S)


def is_warehouse(connection: sa.Connection) -> bool:
    """Whether a connection is to a bank's warehouse, and not to the embedded engine."""
    return connection.dialect.name == "postgresql"


def open_warehouse(url: str, *, timezone: str = "UTC") -> sa.Connection:
    """Connect to a warehouse, in autocommit; closing the connection frees what it made for itself.

    Names without a schema are looked up only among what the connection itself makes, so that a bank's table
    can never stand for a subject by chance.

    Parameters
    ----------
    url : str
        Its SQLAlchemy URL; never part of an error but for host and database.
    timezone : str
        In which times with a zone are read.

    Raises
    ------
    SettingsError
        The URL cannot be read, or names another kind of database.
    StoreError
        It cannot be reached.
    """
    address = read_url(url)
    engine = sa.create_engine(
        address,
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"application_name": "journeykit", "prepare_threshold": None},
    )
    try:
        connection = engine.connect()
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[-1]
        raise StoreError(
            f"Cannot reach the warehouse {address.host or 'localhost'}/{address.database}: {reason}. "
            "Check the URL, and that the database is up."
        ) from None
    # Compiling hundreds of expressions to machine code takes longer than it saves.
    settings = {"search_path": "pg_temp, pg_catalog", "TimeZone": timezone, "jit": "off"}
    connection.execute(sa.select(*(sa.func.set_config(key, value, False) for key, value in settings.items())))
    return connection


def read_url(url: str) -> sa.URL:
    """A warehouse's URL with the driver we use.

    Examples
    --------
    >>> read_url("postgresql://me@host/bank").drivername
    'postgresql+psycopg'
    """
    try:
        address = sa.engine.make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise SettingsError(f"The warehouse's URL cannot be read. {_HOW}") from None
    if backend != "postgresql":
        raise SettingsError(
            f"A mart cannot be in '{backend}'. It is in files of this workspace (without a URL) or in "
            f"PostgreSQL. {_HOW}"
        )
    return address.set(drivername="postgresql+psycopg")


def fetch_rows(connection: sa.Connection, statement: sa.Executable) -> pa.Table:
    """Run a statement and return all of its rows as Arrow."""
    declared = [one.type for one in getattr(statement, "selected_columns", ())]
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
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        for batch in rows.to_batches(max_chunksize=_ROWS):
            lines = pa.BufferOutputStream()  # texts are quoted, so that an empty one is not a missing one
            pacsv.write_csv(batch, lines, pacsv.WriteOptions(include_header=False))
            copy.write(memoryview(lines.getvalue()))


def _sql_type(type_: pa.DataType) -> sa.types.TypeEngine[Any]:
    if pa.types.is_decimal(type_):
        return sa.Numeric(type_.precision, type_.scale)
    tests: tuple[tuple[Any, sa.types.TypeEngine[Any]], ...] = (
        (pa.types.is_boolean, sa.Boolean()), (pa.types.is_integer, sa.BigInteger()),
        (pa.types.is_floating, sa.Double()), (pa.types.is_date, sa.Date()),
        (pa.types.is_timestamp, sa.DateTime()),
    )  # fmt: skip
    return next((found for test, found in tests if test(type_)), sa.String(collation="C"))


def create_session_view(
    connection: sa.Connection, name: str, statement: sa.Select | sa.CompoundSelect
) -> None:
    """Create a view that only this connection sees, in the place of one of that name."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    _with_values(connection, f"CREATE OR REPLACE TEMPORARY VIEW {quoted} AS", statement)


def _with_values(connection: sa.Connection, before: str, statement: sa.Select | sa.CompoundSelect) -> None:
    """Run a command around a query; a view cannot have parameters, so the driver writes the values in."""
    from psycopg import ClientCursor

    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    with ClientCursor(connection.connection.dbapi_connection) as cursor:  # pyright: ignore[reportArgumentType]
        cursor.execute(f"{before} {compiled}", compiled.params)  # pyright: ignore[reportArgumentType]


def content_digest(relation: sa.FromClause) -> sa.ColumnElement[Any]:
    """A number that tells whether the rows of a relation are others, in whatever order they are."""
    return sa.func.coalesce(sa.func.sum(_RowHash(relation)), 0, type_=sa.Numeric(38, 0))


class _RowHash(sa.ColumnElement[Any]):
    """A 64-bit hash of a whole row as text."""

    inherit_cache = False
    type = sa.BigInteger()

    def __init__(self, relation: sa.FromClause) -> None:
        self.relation = relation


@compiles(_RowHash)
def _compile_row_hash(element: _RowHash, compiler: Any, **_kw: Any) -> str:
    name = compiler.preparer.quote(element.relation.name)  # pyright: ignore[reportAttributeAccessIssue]
    return f"hashtextextended(CAST({name} AS TEXT), 0)"


def read_only_answer(connection: sa.Connection, text: str) -> pa.Table:
    """Answer one statement that an analyst wrote, in a transaction that cannot write.

    Raises
    ------
    DefinitionError
        It is no SELECT, is more than one statement, writes, or is refused by the database.
    """
    if not _READING.match(text):
        raise DefinitionError("mart.sql answers one SELECT statement and nothing else. Remove the rest.")
    raw: Any = connection.connection.dbapi_connection
    try:
        with raw.transaction(), raw.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(text, binary=True)  # the protocol that takes exactly one statement
            names = [one.name for one in cursor.description]
            return _collect(cursor, names, [sa.types.NULLTYPE] * len(names))
    except raw_errors() as error:
        told = str(error).strip().splitlines()
        raise DefinitionError(
            f"The mart refuses this statement: {told[0] if told else 'no reason'}"
        ) from error


def raw_errors() -> tuple[type[Exception], ...]:
    """What the driver itself raises, where a statement does not go through SQLAlchemy."""
    from psycopg import Error

    return (Error,)


@contextmanager
def only_one(connection: sa.Connection, what: str) -> Iterator[None]:
    """Hold a lock in the warehouse, which ends with the connection.

    Raises
    ------
    InUseError
        Somebody holds it.
    """
    key = sa.func.hashtextextended(sa.literal(f"journeykit {what}", sa.Text()), 0)
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
        raise InUseError(f"Somebody else holds the lock '{what}' of the warehouse.", "another session")
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


@contextmanager
def one_view_of_all(connection: sa.Connection) -> Iterator[None]:
    """A transaction that sees every table as it was when it began, and is made whole or not at all."""
    connection.rollback()  # SQLAlchemy counts what went before as begun
    connection.execution_options(isolation_level="REPEATABLE READ")
    try:
        with connection.begin():
            yield
    finally:
        if not connection.invalidated:
            connection.execution_options(isolation_level="AUTOCOMMIT")


def is_value_error(error: Exception) -> bool:
    """Whether the warehouse failed because of a value, which its message then shows (SQLSTATE class 22)."""
    return str(getattr(error, "sqlstate", "") or "").startswith("22")


@contextmanager
def wait_for(connection: sa.Connection, what: str) -> Iterator[None]:
    """A transaction that waits until no other one of the same purpose is running."""
    key = sa.func.hashtextextended(sa.literal(f"journeykit {what}", sa.Text()), 0)
    connection.rollback()
    connection.execution_options(isolation_level="READ COMMITTED")
    try:
        with connection.begin():
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
            yield
    finally:
        connection.execution_options(isolation_level="AUTOCOMMIT")


def merge_row(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Insert a row, or change the one that has its key."""
    from sqlalchemy.dialects.postgresql import insert

    key = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in key}
    statement = insert(table).values(dict(values))
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))
