"""A small transactional store that many processes write; the truth about contacts and consent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError

from journeykit import dialects
from journeykit.errors import LedgerError, StoreError
from journeykit.files import fault_point
from journeykit.ledger.migrations import migrate
from journeykit.ledger.tables import Fen, metadata

_ARROW: tuple[tuple[type[sa.types.TypeEngine[Any]], pa.DataType], ...] = (
    (Fen, pa.decimal128(18, 2)),
    (sa.Boolean, pa.bool_()),
    (sa.DateTime, pa.timestamp("us")),
    (sa.Date, pa.date32()),
    (sa.Integer, pa.int64()),
    (sa.String, pa.string()),
)
_CHUNK = 50_000


class Ledger:
    """An open ledger. Writing goes through :meth:`transaction`, one at a time over all processes.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> ledger = Ledger.open(f"sqlite:///{mkdtemp()}/ledger.sqlite")
    >>> ledger.read(sa.select(sa.func.count()).select_from(metadata.tables["lead"]))
    [(0,)]
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Open the ledger at a SQLAlchemy URL, and bring its tables up to date.

        Raises
        ------
        StoreError
            The file cannot be read or written, is damaged, or lies on a network disk.
        LedgerError
            A newer journeykit made this ledger.
        SettingsError
            The URL names no database a ledger can live in.
        """
        ledger = cls(dialects.open_database(url))
        with ledger._readable_errors(), dialects.first_opening(ledger._engine):
            migrate(ledger._engine)
        return ledger

    @contextmanager
    def transaction(self, what: str) -> Iterator[sa.Connection]:
        """One transaction that holds the write lock; commits when the block ends, else changes nothing.

        Parameters
        ----------
        what : str
            What is written, as a noun: names the fault point that follows the commit.
        """
        with self._readable_errors(), dialects.begin_writing(self._engine) as connection:
            yield connection
        fault_point(f"commit {what}")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the ledger throughout, and never waits for a writer."""
        with self._readable_errors(), self._engine.connect() as connection:
            yield connection

    def read(self, statement: sa.Select[*tuple[Any, ...]]) -> list[Any]:
        """The rows of a statement."""
        with self.reading() as connection:
            return list(connection.execute(statement).all())

    def read_arrow(self, statement: sa.Select[*tuple[Any, ...]]) -> pa.Table:
        """The rows of a statement as an Arrow table; types follow the ledger's columns."""
        with self.reading() as connection:
            return arrow_of(connection, statement)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"Ledger({self._engine.url.render_as_string(hide_password=True)})"

    @contextmanager
    def _readable_errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise LedgerError(
                f"The ledger refuses this, and nothing was changed: {error.orig}. "
                "Another run may have decided the same customers; look with: journeykit runs list"
            ) from error
        except DatabaseError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            raise StoreError(
                f"Cannot use the ledger at {where}: {error.orig}. Nothing was changed. Check that it can be "
                "reached and written, and that the disk has room, then run the same command again."
            ) from error


def arrow_of(connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> pa.Table:
    """Run a statement on an open connection and return Arrow; see :meth:`Ledger.read_arrow`."""
    columns = list(statement.selected_columns)
    schema = pa.schema([(column.name, arrow_type(column.type)) for column in columns])
    batches = [
        pa.record_batch([_array(*one) for one in zip(part, schema.types, strict=True)], schema)
        for part in dialects.fetch_columns(connection, statement, _CHUNK)
    ]
    return pa.Table.from_batches(batches, schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values as the driver gives them; days and times may be ISO text, which Arrow reads quickly."""
    if pa.types.is_temporal(kind) and any(isinstance(one, str) for one in values):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


def arrow_type(kind: sa.types.TypeEngine[Any]) -> pa.DataType:
    """The Arrow type that holds a ledger column exactly."""
    for declared, arrow in _ARROW:
        if isinstance(kind, declared):
            return arrow
    raise TypeError(f"The ledger has no Arrow type for {kind!r}.")


def content(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows in a fixed order, without what differs between two replays of the same days.

    Left out are wall-clock times, the number of attempts, error texts and the audit's own numbers.
    """
    found = {}
    with ledger.reading() as connection:
        for table in metadata.sorted_tables:
            kept = [column for column in table.columns if not column.info.get("volatile")]
            found[table.name] = sorted(map(tuple, connection.execute(sa.select(*kept))), key=repr)
    return found
