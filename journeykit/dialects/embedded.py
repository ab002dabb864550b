"""The embedded mart's engine: DuckDB."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias, cast

import duckdb
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles

from journeykit.contract import Type
from journeykit.files import scratch_folder

EmbeddedError = duckdb.Error
"""What the embedded engine raises; callers translate it into an error of ours."""

SQL_TYPES: dict[Type, sa.types.TypeEngine[Any]] = {
    Type.TEXT: sa.String().with_variant(sa.String(collation="C"), "postgresql"),
    Type.INTEGER: sa.BigInteger(),
    Type.DECIMAL: sa.Numeric(18, 2),
    Type.RATE: sa.Numeric(18, 6),
    Type.BOOLEAN: sa.Boolean(),
    Type.DATE: sa.Date(),
    Type.TIMESTAMP: sa.DateTime(),
}
"""The SQLAlchemy type of each contract type, for every engine."""

_NATIVE_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.DECIMAL: "DECIMAL(18,2)",
    Type.RATE: "DECIMAL(18,6)",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}

_READ_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "VARCHAR": sa.String(),
    "BOOLEAN": sa.Boolean(),
    "DATE": sa.Date(),
    "DOUBLE": sa.Double(),
    "FLOAT": sa.Double(),
    "TIMESTAMP": sa.DateTime(),
    "TIMESTAMP_S": sa.DateTime(),
    "TIMESTAMP_MS": sa.DateTime(),
    "TIMESTAMP_NS": sa.DateTime(),
    "HUGEINT": sa.Numeric(38, 0),
    **{f"{sign}{size}INT": sa.BigInteger() for sign in ("", "U") for size in ("TINY", "SMALL", "BIG")},
    "INTEGER": sa.BigInteger(),
    "UINTEGER": sa.BigInteger(),
}

Statement: TypeAlias = sa.Select | sa.CompoundSelect

# The first words a read-only statement may start with; PRAGMA is rewritten to a SELECT by the
# parser, so the statement's type alone would let it through.
_READING_WORDS = frozenset({"select", "with", "from", "values"})


def open_embedded(
    *, memory_limit: str, threads: int, spill: Path | None = None, database: Path | None = None
) -> sa.Connection:
    """Open the embedded engine: in memory, or on the file `database`.

    Parameters
    ----------
    memory_limit : str
        Such as ``"4GB"``; beyond it the engine spills to `spill`.
    threads : int
        How many threads it may use.
    spill : Path, optional
        Where a folder is made for what does not fit into memory, of this connection alone; without
        one, or where we may not write, nothing is ever spilled.
    database : Path, optional
        A file to keep tables in; without one they live in memory.

    Returns
    -------
    sqlalchemy.Connection
        In autocommit; closing it frees everything.

    Examples
    --------
    >>> with open_embedded(memory_limit="100MB", threads=1) as connection:
    ...     connection.scalar(sa.select(sa.literal(2) + 3))
    5
    """
    until_closed = ExitStack()
    config: dict[str, Any] = {
        "memory_limit": memory_limit,
        "threads": str(threads),
        "temp_directory": _own_folder(spill, until_closed) if spill else "",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    engine = sa.create_engine(
        sa.URL.create("duckdb", database=str(database or ":memory:")),
        connect_args={"config": config},
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",
    )
    listen(engine, "close", lambda *_: until_closed.close())
    connection = engine.connect()
    native(connection).execute("SET enable_progress_bar = false")  # in a kernel it would stand in the report
    return connection


def _own_folder(parent: Path, until: ExitStack) -> str:
    """A folder for one connection: two that spill to the same one overwrite each other's rows."""
    try:
        return str(until.enter_context(scratch_folder(parent, ".spill-")))
    except OSError:  # a reader who may not write here keeps everything in memory
        return ""


def native(connection: sa.Connection) -> Any:
    """The embedded engine's own connection, for Arrow, Parquet and views."""
    return connection.connection.dbapi_connection


def fetch_arrow(connection: sa.Connection, statement: Statement) -> pa.Table:
    """Run a statement and return all of its rows as Arrow."""
    result = connection.execute(statement, execution_options={"duckdb_arrow": True})
    return cast(Any, result).arrow


@contextmanager
def registered(connection: sa.Connection, relations: Mapping[str, Any]) -> Any:
    """Make Arrow tables or readers queryable under names for the length of a block."""
    engine = native(connection)
    for name, table in relations.items():
        engine.register(name, table)
    try:
        yield
    finally:
        for name in relations:
            engine.unregister(name)


def create_seen_view(
    connection: sa.Connection,
    name: str,
    files: Sequence[Path],
    columns: Mapping[str, Type],
    *,
    absent: Collection[str] = (),
    seen: Mapping[str, Any],
    until: tuple[str, Any] | None,
) -> None:
    """Create the view `name` over Parquet files as of a day, each column cast to its type.

    Parameters
    ----------
    files : sequence of Path
        None at all makes an empty view.
    columns : mapping of str to Type
        The view's columns; one that no file has reads as missing.
    absent : collection of str
        Columns that read as missing although a file has them.
    seen : mapping of str to bound
        Rows are seen when each of these columns is before its bound, or missing.
    until : tuple of str and bound, or None
        A value of this column at or after the bound reads as missing.
    """
    column, constant = duckdb.ColumnExpression, duckdb.ConstantExpression
    engine = native(connection)
    if files:
        rows = engine.read_parquet([str(file) for file in files])
    else:
        rows = engine.from_arrow(pa.table({"_": pa.array([], pa.int8())}))
    present = set(rows.columns) - set(absent)
    for at, bound in seen.items():
        if at in rows.columns:
            rows = rows.filter(column(at).isnull() | (column(at) < constant(bound)))

    def project(one: str, type_: Type) -> duckdb.Expression:
        if one not in present:
            value = constant(None)
        elif until and one == until[0]:
            value = duckdb.CaseExpression(column(one) < constant(until[1]), column(one))
        else:
            value = column(one)
        return value.cast(duckdb.sqltype(_NATIVE_TYPES[type_])).alias(one)

    rows.select(*(project(one, type_) for one, type_ in columns.items())).create_view(name)


def attach_read_only(connection: sa.Connection, path: Path, name: str) -> None:
    """Attach a database file under `name`, to be read only."""
    native(connection).execute(f"ATTACH {_quote(path)} AS {name} (READ_ONLY)")


def attach_new(connection: sa.Connection, path: Path, name: str) -> None:
    """Create a database file and attach it under `name`, to be filled; then :func:`detach` it."""
    native(connection).execute(f"ATTACH {_quote(path)} AS {name}")


def detach(connection: sa.Connection, name: str) -> None:
    """Write an attached file out and let it go."""
    native(connection).execute(f"DETACH {name}")


def lock_down(connection: sa.Connection, paths: Iterable[Path]) -> None:
    """Forbid, for good, every file but `paths`, the network, and any change of a setting."""
    engine = native(connection)
    allowed = ", ".join(_quote(path) for path in paths)
    engine.execute(f"SET allowed_paths = [{allowed}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def with_journals(files: Iterable[Path]) -> list[Path]:
    """Database files, and beside each the journal that the engine looks for before it opens one."""
    return [path for file in files for path in (file, file.with_name(f"{file.name}.wal"))]


def is_one_reading_statement(connection: sa.Connection, text: str) -> bool:
    """Whether `text` is exactly one statement, and one that only reads.

    Raises
    ------
    EmbeddedError
        `text` is no SQL.
    """
    statements = native(connection).extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return False
    start = duckdb.tokenize(text)[0][0]
    first = text.encode()[start:].decode(errors="replace").lstrip("( \t\r\n")
    return first[:7].lower().startswith(tuple(_READING_WORDS))


def column_types(connection: sa.Connection, name: str) -> dict[str, sa.types.TypeEngine[Any] | None]:
    """The columns of a relation and their types; None for a type that no subject can be made of."""
    relation = native(connection).table(name)
    return {
        column: _read_type(str(type_)) for column, type_ in zip(relation.columns, relation.types, strict=True)
    }


def _read_type(name: str) -> sa.types.TypeEngine[Any] | None:
    if name.startswith("DECIMAL("):
        precision, scale = name[8:-1].split(",")
        return sa.Numeric(int(precision), int(scale))
    if name.startswith("ENUM"):
        return sa.String()
    return _READ_TYPES.get(name)


def create_file_view(connection: sa.Connection, name: str, files: Sequence[Path]) -> None:
    """Create the view `name` over Parquet files as they are."""
    native(connection).read_parquet([str(file) for file in files]).create_view(name)


def latest_in_files(connection: sa.Connection, files: Sequence[Path], column: str) -> Any:
    """The greatest value of a column in Parquet files; None where they lack it."""
    rows = native(connection).read_parquet([str(file) for file in files])
    return rows.max(column).fetchone()[0] if column in rows.columns else None


def show_sql(connection: sa.Connection, statement: Statement) -> str:
    """A statement as text with its values written out: to be read, never to be run."""
    return str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def create_table_as(connection: sa.Connection, name: str, statement: Statement) -> sa.Table:
    """Create the table `name` from a statement's rows, and describe it."""
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    native(connection).execute(f'CREATE TABLE "{name}" AS {compiled}')
    types = column_types(connection, name)
    return sa.Table(name, sa.MetaData(), *(sa.Column(one, type_) for one, type_ in types.items()))


def row_hash(*columns: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A 64-bit hash of some columns: equal values, equal hash, and rarely the other way round."""
    return sa.func.hash(*columns, type_=sa.BigInteger())


def row_id() -> sa.ColumnElement[Any]:
    """What tells the rows of one table apart."""
    return sa.literal_column("rowid", sa.BigInteger())


def is_out_of_space(error: Exception) -> bool:
    """Whether the embedded engine failed for want of memory or disk, not because of the data."""
    words = ("no space left", "disk quota", "file too large", "read-only file system", "permission denied")
    return isinstance(error, duckdb.OutOfMemoryException) or any(word in str(error).lower() for word in words)


def is_bad_value(error: Exception) -> bool:
    """Whether the embedded engine failed because of a value, which its message then shows."""
    return isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException)


def write_parquet(connection: sa.Connection, statement: sa.Select, path: Path) -> None:
    """Write a statement's rows, in its order, as compressed Parquet.

    The same rows give the same bytes: one file, fixed row groups, order kept.
    """
    try:
        connection.execute(_Copy(statement, path))
    except DBAPIError as error:  # as the engine itself says it
        raise error.orig or error from None


class _Copy(sa.Executable, sa.ClauseElement):
    """COPY as one statement, so that the query's values are bound and not written into it."""

    inherit_cache = False

    def __init__(self, statement: sa.Select, path: Path) -> None:
        self.statement, self.path = statement, path


@compiles(_Copy)
def _compile_copy(element: _Copy, compiler: Any, **kw: Any) -> str:
    query, target = compiler.process(element.statement, **kw), compiler.process(sa.literal(str(element.path)))
    return f"COPY ({query}) TO {target} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
