"""Tag builds in the warehouse's schema `journeykit`: one partition each, and one row that names the current.

A build fills a table of its own beside the others. In the transaction that ends it the table becomes a
partition of `snapshot`, and `current_build` names it; what was there before is never changed (design D2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from journeykit.contract import Type
from journeykit.dialects import (
    SQL_TYPES,
    columns_now,
    create_session_view,
    merge_row,
    partitions_of,
    take_turn,
    wait_for,
)
from journeykit.errors import DataError, DefinitionError, StoreError
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.scope import CUSTOMER_ID

SCHEMA = "journeykit"
_TEXT = SQL_TYPES[Type.TEXT]
_PREPARING = "first tables"

_metadata = sa.MetaData(schema=SCHEMA)

_builds = sa.Table(
    "build", _metadata,
    sa.Column("as_of", sa.Date(), primary_key=True),
    sa.Column("build_id", _TEXT, primary_key=True),
    sa.Column("columns", sa.JSON(), nullable=False, comment="its tags in order, and a hash of each"),
    sa.Column("manifest", _TEXT, nullable=False, comment="what it was built from"),
    sa.Column("unavailable", sa.JSON(), nullable=False, comment="tags it could not have, and what they miss"),
    sa.Column("profile", sa.JSON(), nullable=False, comment="how each tag's values are spread"),
)  # fmt: skip
_current = sa.Table(
    "current_build", _metadata,
    sa.Column("as_of", sa.Date(), primary_key=True),
    sa.Column("build_id", _TEXT, nullable=False),
)  # fmt: skip
_snapshot = sa.Table(
    "snapshot", _metadata,
    sa.Column(CUSTOMER_ID, _TEXT, nullable=False),
    sa.Column("as_of", sa.Date(), nullable=False),
    sa.Column("build_id", _TEXT, nullable=False),
    postgresql_partition_by="LIST (as_of)",
)  # fmt: skip
RESERVED = tuple(column.name for column in _snapshot.c)


@dataclass(frozen=True)
class StoredBuild:
    """A finished build, as the warehouse describes it.

    Attributes
    ----------
    digests : dict of str to str
        Its tags, in order, and a hash of what each of them meant.
    unavailable : dict of str to str
        Tags that it could not have, and what each of them misses.
    profile : dict
        How each tag's values are spread, in the form of :mod:`journeykit.tags.profile`.
    """

    as_of: date
    build_id: str
    digests: dict[str, str]
    manifest: SourceManifest
    unavailable: dict[str, str]
    profile: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """Its tags, in order."""
        return tuple(self.digests)


def current_builds(connection: sa.Connection) -> dict[date, str]:
    """The current build of every day that has one, oldest first; one whose partition is gone is none."""
    if not _is_there(connection):
        return {}
    kept = partitions_of(connection, _snapshot)
    found = connection.execute(sa.select(_current.c.as_of, _current.c.build_id).order_by(_current.c.as_of))
    return {row.as_of: row.build_id for row in found if _partition(row.as_of, row.build_id) in kept}


def read_build(connection: sa.Connection, as_of: date, build_id: str) -> StoredBuild | None:
    """A build by its id; None when there is no such one, or its partition was dropped or detached."""
    if not _is_there(connection) or _partition(as_of, build_id) not in partitions_of(connection, _snapshot):
        return None
    wanted = (_builds.c.as_of == as_of) & (_builds.c.build_id == build_id)
    row = connection.execute(sa.select(_builds).where(wanted)).one_or_none()
    if row is None:
        return None
    manifest = SourceManifest.model_validate_json(row.manifest)
    return StoredBuild(as_of, build_id, row.columns, manifest, row.unavailable, row.profile)


def show_snapshot(connection: sa.Connection, build: StoredBuild, name: str = "snapshot") -> None:
    """Make a build's rows a view of this connection, straight over its partition: one scan reads it."""
    columns = map(sa.column, (CUSTOMER_ID, *build.columns))
    partition = sa.table(_partition(build.as_of, build.build_id), *columns, schema=SCHEMA)
    create_session_view(connection, name, sa.select(partition))


def prepare(connection: sa.Connection) -> None:
    """Make our schema and its tables when they are not there.

    Raises
    ------
    StoreError
        We may not.
    """
    try:
        with wait_for(connection, _PREPARING):
            connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
            _metadata.create_all(connection)
    except DBAPIError as error:
        raise StoreError(
            f"The schema '{SCHEMA}' cannot be made in the warehouse: {str(error.orig).splitlines()[0]}. Let "
            "whoever administers it run: CREATE SCHEMA journeykit AUTHORIZATION <the user of the URL>"
        ) from None


def create_partition(
    connection: sa.Connection, as_of: date, build_id: str, tags: Sequence[tuple[str, Type]]
) -> sa.Table:
    """An empty table for a build's rows, not yet a partition; what it may hold is checked as rows come in."""
    if taken := [name for name, _ in tags if name in RESERVED]:
        raise DefinitionError(
            f"In a warehouse a tag cannot be called {', '.join(taken)}. Give it another name; taken are: "
            f"{', '.join(RESERVED)}."
        )
    day, build = sa.Column("as_of", sa.Date(), nullable=False), sa.Column("build_id", _TEXT, nullable=False)
    _set_aside(connection, _partition(as_of, build_id))
    table = sa.Table(
        _partition(as_of, build_id), sa.MetaData(),
        sa.Column(CUSTOMER_ID, _TEXT, nullable=False),
        *(sa.Column(name, SQL_TYPES[type_]) for name, type_ in tags),
        day, build,
        sa.CheckConstraint((day == as_of) & (build == build_id)),
        schema=SCHEMA,
    )  # fmt: skip
    table.create(connection)
    return table


def publish(connection: sa.Connection, build: StoredBuild, partition: sa.Table) -> None:
    """Join a filled table to the others and make its build the current one of its day.

    Raises
    ------
    DataError
        A tag has another type than in an earlier build.
    """
    take_turn(connection, "publishing")  # builds of other days add columns too
    _align(connection, partition)
    days = sa.Table(f"snapshot_{build.as_of:%Y%m%d}", sa.MetaData(), schema=SCHEMA)
    _set_aside(connection, days.name)
    show = connection.dialect.identifier_preparer.format_table
    value = f"FOR VALUES IN ('{build.as_of.isoformat()}')"
    _run(connection, f"CREATE TABLE IF NOT EXISTS {show(days)} PARTITION OF {show(_snapshot)} {value} "
                     "PARTITION BY LIST (build_id)")  # fmt: skip
    _run(connection, f"ALTER TABLE {show(days)} ATTACH PARTITION {show(partition)} "
                     f"FOR VALUES IN ('{build.build_id}')")  # fmt: skip
    row = {
        "as_of": build.as_of, "build_id": build.build_id, "columns": build.digests,
        "manifest": build.manifest.to_json(), "unavailable": build.unavailable, "profile": build.profile,
    }  # fmt: skip
    merge_row(connection, _builds, row)  # there is one already when its partition is gone
    make_current(connection, build.as_of, build.build_id)


def make_current(connection: sa.Connection, as_of: date, build_id: str) -> None:
    """Point a day to one of its builds."""
    merge_row(connection, _current, {"as_of": as_of, "build_id": build_id})


def _align(connection: sa.Connection, partition: sa.Table) -> None:
    """All partitions have the same columns: new tags are added to the others, those of others to this one."""
    dialect = connection.dialect
    known = columns_now(connection, _snapshot)
    own = {one.name: one.type.compile(dialect=dialect) for one in partition.c}
    other = [name for name in own if _plain(known.get(name, own[name])) != _plain(own[name])]
    if other:
        before = ", ".join(f"{name} was {_plain(known[name])}" for name in other)
        raise DataError(
            f"Tags have another type than in earlier builds of this warehouse ({before}), and a column "
            "has one. Give each of them another name. The build that was current stays so."
        )
    _add(connection, _snapshot, {name: type_ for name, type_ in own.items() if name not in known})
    _add(connection, partition, {name: type_ for name, type_ in known.items() if name not in own})


def _set_aside(connection: sa.Connection, name: str) -> None:
    """Give a table that somebody detached another name, with all its rows, so that ours can have its own."""
    table = sa.Table(name, sa.MetaData(), schema=SCHEMA)
    show = connection.dialect.identifier_preparer.format_table
    oid = connection.scalar(sa.select(sa.cast(sa.func.to_regclass(show(table)), postgresql.OID)))
    if oid is not None and name not in partitions_of(connection, _snapshot):
        _run(connection, f"ALTER TABLE {show(table)} RENAME TO {name}_detached_{oid}")


def _add(connection: sa.Connection, table: sa.Table, columns: dict[str, str]) -> None:
    show = connection.dialect.identifier_preparer
    added = ", ".join(f"ADD COLUMN IF NOT EXISTS {show.quote(one)} {type_}" for one, type_ in columns.items())
    if added:
        _run(connection, f"ALTER TABLE {show.format_table(table)} {added}")


def _plain(type_: str) -> str:
    return type_.split(" COLLATE", maxsplit=1)[0]


def _run(connection: sa.Connection, command: str) -> None:
    """A command made of names that we made or declared, quoted; nothing of a user's stands in it as text."""
    connection.execute(sa.DDL(command.replace("%", "%%")))


def _partition(as_of: date, build_id: str) -> str:
    return f"snapshot_{as_of:%Y%m%d}_{build_id}"


def _is_there(connection: sa.Connection) -> bool:
    return sa.inspect(connection).has_table("current_build", schema=SCHEMA)
