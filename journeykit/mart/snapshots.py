"""Which load a tag snapshot was built from; the snapshot itself says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from journeykit.dialects import EmbeddedError, attach_read_only, open_embedded
from journeykit.errors import StoreError
from journeykit.mart.store import MartStore


def load_of(store: MartStore, as_of: date, build_id: str) -> str:
    """The id of the load that a build of a day was made from.

    Raises
    ------
    StoreError
        The snapshot is missing or damaged.
    """
    path = existing_snapshot(store, as_of, build_id)
    with open_embedded(memory_limit="1GB", threads=1) as connection:
        try:
            attach_read_only(connection, path, "built")
            return read_load_id(connection)
        except (EmbeddedError, SQLAlchemyError) as error:
            raise StoreError(f"The tag snapshot {path} is damaged. {rebuild(as_of)}") from error


def read_load_id(connection: sa.Connection) -> str:
    """The load of the snapshot attached as `built`; empty when it does not say."""
    facts = sa.table("build", sa.column("key", sa.String()), sa.column("value", sa.String()), schema="built")
    return connection.scalar(sa.select(facts.c.value).where(facts.c.key == "load_id")) or ""


def existing_snapshot(store: MartStore, as_of: date, build_id: str) -> Path:
    """The snapshot's file; StoreError when it is missing."""
    path = store.snapshot_path(as_of, build_id)
    if not path.is_file():
        raise StoreError(f"The tag snapshot {path} is missing. {rebuild(as_of)}")
    return path


def rebuild(as_of: date) -> str:
    """The next step when a snapshot cannot be used."""
    return f"Build it again with: journeykit run build_tags --as-of {as_of}"
