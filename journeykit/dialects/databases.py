"""The ledger and the vault: SQLite on a local disk, PostgreSQL by URL."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError

from journeykit.errors import SettingsError, StoreError

# 9p and overlay kinds are left out on purpose: sandboxes and containers show their local root as these.
_NETWORK_DISKS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs",
    "ocfs2", "gfs2", "fuse",
}  # fmt: skip
_LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs"})
_WRITING = "journeykit_writing"
_ADVISORY_LOCK = 0x6A6B_6C65_6467_6572  # "jkledger": one writing transaction at a time, as in SQLite


def network_disk(path: Path, mounts: str) -> str | None:
    """The kind of network file system `path` is on by a table like ``/proc/mounts``; None when local.

    Examples
    --------
    >>> network_disk(Path("/mnt/share/var"), "srv:/x /mnt/share nfs4 rw 0 0")
    'nfs4'
    >>> network_disk(Path("/home/var"), "srv:/x /mnt/share nfs4 rw 0 0") is None
    True
    """
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = path.as_posix() == point or path.as_posix().startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    remote = kind in _NETWORK_DISKS or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)
    return kind if remote else None


def open_database(url: str, *, mounts: Path = Path("/proc/mounts")) -> sa.Engine:
    """An engine for the ledger or the vault; it connects when first used.

    On SQLite: write-ahead log, every commit flushed to disk, foreign keys on, a minute's patience for another
    writer, and a network disk refused. Statements' parameters never appear in an error.
    """
    try:
        address = sa.engine.make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            "The ledger's URL cannot be read. Write sqlite:////path/ledger.sqlite or "
            "postgresql+psycopg://user@host/database in [ledger] url."
        ) from error
    backend = address.get_backend_name()
    if backend == "postgresql":
        engine = sa.create_engine(address.set(drivername="postgresql+psycopg"), hide_parameters=True)
    elif backend == "sqlite":
        _prepare_folder(address.database, mounts)
        engine = sa.create_engine(address, hide_parameters=True)
        listen(engine, "connect", _set_pragmas)
    else:
        raise SettingsError(
            f"The ledger cannot live in '{backend}'. Use SQLite (the default) or PostgreSQL in [ledger] url."
        )
    listen(engine, "begin", _begin)
    return engine


def _prepare_folder(database: str | None, mounts: Path) -> None:
    if not database or database == ":memory:":
        raise SettingsError("The ledger needs a file. Write sqlite:////path/ledger.sqlite in [ledger] url.")
    path = Path(database).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = network_disk(path.parent.resolve(), mounts.read_text() if mounts.is_file() else "")
    except OSError as error:
        raise StoreError(
            f"Cannot make the folder {path.parent}: {error.strerror}. Fix its permissions, then try again."
        ) from error
    if kind is not None:
        raise StoreError(
            f"{path} is on a network disk ({kind}). Its file locks cannot be trusted, so two writers could "
            "destroy each other's work. Move the workspace to a local disk, or use PostgreSQL."
        )
    _close_to_others(path)


def _close_to_others(path: Path) -> None:
    """Make the file when it is not there, and let our own user only open it and its write-ahead log.

    A log that is made later takes the file's mode. A file that is there is never opened here: closing it
    would let go of the locks that this process holds on it.
    """
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        for end in ("", "-wal", "-shm"):
            one = path.with_name(path.name + end)
            with suppress(FileNotFoundError):  # another process may take its log away at any moment
                if one.stat().st_mode & 0o077:
                    one.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"Cannot open {path}: {error.strerror}. Fix its permissions, then try again."
        ) from error


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own; _begin does
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 60000")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


@contextmanager
def begin_writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that holds the write lock from its first statement, so that no two can cross."""
    with engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def first_opening(engine: sa.Engine) -> Iterator[None]:
    """Only one process at a time switches a new SQLite file to its write-ahead log."""
    if engine.dialect.name != "sqlite":
        yield
        return
    folder = os.open(Path(str(engine.url.database)).absolute().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def index_where(condition: str) -> dict[str, Any]:
    """Options of an index over the rows for which `condition` (written in code, never by a user) holds."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def fetch_columns(
    connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]], size: int
) -> Iterator[list[Sequence[Any]]]:
    """The rows of a statement by column, so many rows at a time: in half the time that rows take.

    Days and times come as the driver gives them, from SQLite as ISO text.
    """
    dialect = connection.dialect
    columns = statement.selected_columns
    processors = [
        None
        if isinstance(column.type, sa.Date | sa.DateTime)
        else column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in columns
    ]
    with connection.execute(statement) as result:
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(size):
            yield [
                values if process is None else [process(value) for value in values]
                for process, values in zip(processors, zip(*rows, strict=True), strict=True)
            ]


def takes_streams(connection: sa.Connection) -> bool:
    """Whether :func:`journeykit.dialects.copy_in` fills a table here, ten times as fast as rows do."""
    return connection.dialect.name == "postgresql"


def insert_columns(connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert many rows, given by column; as tuples where the driver takes them, in half the time."""
    if not len(next(iter(columns.values()))):
        return
    compiled = sa.insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
    order = getattr(compiled, "positiontup", None)
    if order is None:
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        connection.execute(sa.insert(table), rows)
        return
    bound = []
    for name in order:
        process = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        bound.append(columns[name] if process is None else [process(value) for value in columns[name]])
    connection.exec_driver_sql(str(compiled), list(zip(*bound, strict=True)))


def open_file(path: Path) -> sa.Engine:
    """An engine for a small transactional file of our own; see :func:`open_database`."""
    return open_database(f"sqlite:///{path.absolute()}")
