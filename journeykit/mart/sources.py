"""The landed subjects of one load as views, seen as of its day and no later."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from journeykit.contract import SUBJECTS, Column, Subject, Type, subject
from journeykit.dialects import SQL_TYPES, EmbeddedError, create_seen_view, open_embedded
from journeykit.errors import StoreError
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.store import MartStore

NOT_LANDED = frozenset({"contact_details", "receipt"})
"""Subjects that never reach the mart: the vault and the ledger keep them."""

LANDED = tuple(name for name in SUBJECTS if name not in NOT_LANDED)


@cache
def subject_table(name: str) -> sa.Table:
    """The Core table of a subject's view, typed as the contract says.

    Examples
    --------
    >>> subject_table("balance").c.amount.type
    Numeric(precision=18, scale=2)
    """
    declared = subject(name)
    columns = (sa.Column(column.name, SQL_TYPES[column.type]) for column in declared.columns)
    return sa.Table(declared.name, sa.MetaData(), *columns)


def open_sources(
    manifest: SourceManifest, store: MartStore, *, memory_limit: str = "4GB", threads: int = 2
) -> sa.Connection:
    """Open a load: one view for each landed subject, columns exactly as the contract declares them.

    Rows that came to be after `manifest.as_of` are not there, a period's end after it reads as
    missing, absent columns read as missing, absent subjects are empty. Where the load shows a later day
    than the one it is seen as of, rows that the bank learned of only after `manifest.as_of` are not there
    either; those of which nobody noted when are taken for known.

    Raises
    ------
    StoreError
        A landed file is missing or damaged.
    """
    connection = open_embedded(memory_limit=memory_limit, threads=threads, spill=store.root / "spill")
    for name in LANDED:
        declared = subject(name)
        files = [store.root / file.path for file in manifest.of(name)]
        try:
            create_seen_view(
                connection,
                name,
                files,
                {column.name: column.type for column in declared.columns},
                absent=[column.name for column in declared.columns if manifest.is_absent(name, column.name)],
                seen=dict(_bound(declared, at, manifest.as_of) for at in _seen_by(declared, manifest)),
                until=_bound(declared, declared.until, manifest.as_of) if declared.until else None,
            )
        except (OSError, EmbeddedError) as error:
            connection.close()
            raise StoreError(
                f"A landed file of {name} is missing or damaged ({', '.join(map(str, files))}). "
                f"Load the day again with: journeykit mart load --as-of {manifest.as_of}"
            ) from error
    return connection


def end_of(as_of: date, column: Column) -> Any:
    """The first value of a date or time column that lies after a day."""
    following = as_of + timedelta(days=1)
    return datetime.combine(following, time()) if column.type == Type.TIMESTAMP else following


def _seen_by(declared: Subject, manifest: SourceManifest) -> list[str]:
    """The columns that decide whether a row is seen; a load of the day itself has only what was known."""
    known = declared.known if manifest.shown_on else None
    return [name for name in (declared.at, known) if name]


def _bound(declared: Subject, name: str, as_of: date) -> tuple[str, Any]:
    return name, end_of(as_of, declared.column(name))
