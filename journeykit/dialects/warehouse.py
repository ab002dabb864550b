"""The warehouse mart's engine: the bank's own PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.compiler import compiles

from journeykit.errors import InUseError, SettingsError, StoreError

_HOW = "Write postgresql+psycopg://user@host/database."


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
    settings = {
        "search_path": "pg_temp, pg_catalog", "TimeZone": timezone, "DateStyle": "ISO", "jit": "off",
        "extra_float_digits": "1",
    }  # fmt: skip
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


def create_session_view(
    connection: sa.Connection, name: str, statement: sa.Select | sa.CompoundSelect
) -> None:
    """Create a view that only this connection sees, in the place of one of that name."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    query = written(connection, statement)
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMPORARY VIEW {quoted} AS {query}")


def written(connection: sa.Connection, statement: sa.Select | sa.CompoundSelect) -> str:
    """A query with its values written in, quoted by the driver, for commands that take no parameters."""
    from psycopg import ClientCursor

    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    raw: Any = connection.connection.dbapi_connection
    return ClientCursor(raw).mogrify(str(compiled), compiled.params)  # pyright: ignore[reportArgumentType]


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


@contextmanager
def only_one(connection: sa.Connection, what: str) -> Iterator[None]:
    """Hold a lock in the warehouse, which ends with the connection.

    Raises
    ------
    InUseError
        Somebody holds it.
    """
    key = _lock_key(what)
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


@contextmanager
def while_connected(connection: sa.Connection, advice: str) -> Iterator[None]:
    """Tell a lost connection in our words, whatever it broke, and without the statement.

    Raises
    ------
    StoreError
        The connection was lost; `advice` says what to do.
    """
    try:
        yield
    except Exception:
        if not _is_lost(connection):
            raise
        raise StoreError(f"The connection to the warehouse was lost. {advice}") from None


def _is_lost(connection: sa.Connection) -> bool:
    """Whether a connection broke; one that we closed did not."""
    if connection.closed or connection.invalidated:
        return not connection.closed
    raw: Any = connection.connection.dbapi_connection
    return raw.closed


def is_value_error(error: Exception) -> bool:
    """Whether the warehouse failed because of a value, which its message then shows (SQLSTATE class 22)."""
    return str(getattr(error, "sqlstate", "") or "").startswith("22")


@contextmanager
def wait_for(connection: sa.Connection, what: str) -> Iterator[None]:
    """A transaction that waits until no other one of the same purpose is running."""
    connection.rollback()
    connection.execution_options(isolation_level="READ COMMITTED")
    try:
        with connection.begin():
            take_turn(connection, what)
            yield
    finally:
        connection.execution_options(isolation_level="AUTOCOMMIT")


def take_turn(connection: sa.Connection, what: str) -> None:
    """Wait until no other transaction of the same purpose is running; others wait for the end of this one."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_lock_key(what))))


def _lock_key(what: str) -> sa.ColumnElement[int]:
    return sa.func.hashtextextended(sa.literal(f"journeykit {what}", sa.Text()), 0)


def columns_now(connection: sa.Connection, table: sa.Table) -> dict[str, str]:
    """A table's columns and their types as they are now, also in a transaction that sees an earlier time.

    A table made like another takes over its columns of now; those of our own table we always see.
    """
    copy = sa.Table("columns_now", sa.MetaData(), schema="pg_temp")
    show = connection.dialect.identifier_preparer.format_table
    connection.execute(sa.DDL(f"CREATE TABLE {show(copy)} (LIKE {show(table)})"))
    found = sa.inspect(connection).get_columns(copy.name)  # of the tables without a schema, the temporary
    copy.drop(connection)
    return {one["name"]: one["type"].compile(dialect=connection.dialect) for one in found}


def partitions_of(connection: sa.Connection, table: sa.Table) -> set[str]:
    """The names of the tables that are joined to a table as its partitions, and of theirs."""
    link = sa.table("pg_inherits", sa.column("inhrelid"), sa.column("inhparent"), schema="pg_catalog")
    known = sa.table("pg_class", sa.column("oid"), sa.column("relname"), schema="pg_catalog")
    root = sa.func.to_regclass(connection.dialect.identifier_preparer.format_table(table))
    found = sa.select(link.c.inhrelid).where(link.c.inhparent == root).cte("found", recursive=True)
    below = sa.select(link.c.inhrelid).join(found, link.c.inhparent == found.c.inhrelid)
    tree = found.union_all(below)
    return set(connection.scalars(sa.select(known.c.relname).join(tree, known.c.oid == tree.c.inhrelid)))


def merge_row(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Insert a row, or change the one that has its key."""
    from sqlalchemy.dialects.postgresql import insert

    key = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in key}
    statement = insert(table).values(dict(values))
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))
