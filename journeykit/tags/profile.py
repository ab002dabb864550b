"""The profile of a snapshot: how many customers have each tag, and how its values are spread.

Coverage is exact. The spread is that of a sample, every k-th customer by id, since what it is for (drift,
a chart) needs no more; it is kept in the snapshot's own file, so that a later one can be compared with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from journeykit.contract import Type
from journeykit.dialects import (
    SQL_TYPES,
    EmbeddedError,
    attach_read_only,
    days_from,
    fetch_arrow,
    open_embedded,
    row_number_of,
    to_day,
)
from journeykit.errors import StoreError, unknown_name
from journeykit.tags.binning import NAMED, count_between, count_named, make_bins
from journeykit.tags.tag import Tag

SAMPLE = 100_000
"""At most so many rows are read. Two samples of that size from one population differ by an index of about
0.0002 over ten bins, far below what is watched for."""

_DAYS = (Type.DATE, Type.TIMESTAMP)

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "tag": sa.String(), "type": sa.String(), "customers": sa.BigInteger(), "known": sa.BigInteger(),
    "spread": sa.String(),
}  # fmt: skip


@dataclass(frozen=True)
class TagProfile:
    """How one tag's values are spread.

    Attributes
    ----------
    tag, type
        The tag.
    customers, known : int
        All customers, and those who have a value.
    cuts : tuple of Decimal
        Where each bin but the first begins, for numbers and days; a day is how many days it lies before
        as_of, so that one that only moves with the calendar stays where it is.
    labels : tuple of str
        A name for each bin. Of text and booleans the bins are the most frequent values, and in the last
        one, called ``…``, is every other.
    counts : tuple of int
        Sampled customers in each bin, and at the end those without a value.
    histogram : tuple of int
        Sampled customers in columns of one `width`, the first from `low` on, which together reach from the
        5 % to the 95 % quantile; the outermost also hold what lies beyond. Empty for text and booleans.
    declared : tuple of str
        The values that the tag's definition declares; empty when it is open.
    undeclared : int
        All customers who have another value than those.
    """

    tag: str
    type: Type
    customers: int
    known: int
    cuts: tuple[Decimal, ...] = ()
    labels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    low: Decimal = Decimal(0)
    width: Decimal = Decimal(0)
    histogram: tuple[int, ...] = ()
    declared: tuple[str, ...] = ()
    undeclared: int = 0

    @property
    def coverage(self) -> float:
        """The share of customers with a value."""
        return self.known / self.customers if self.customers else 0.0

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of the sampled customers in each bin; the last one is of those without a value."""
        return _shares(self.counts)

    def count(self, sampled: pa.ChunkedArray) -> tuple[int, ...]:
        """How many customers of another sample are in each of its bins."""
        if self.type in NAMED:
            return count_named(sampled, self.labels[:-1])
        return count_between(sampled.to_numpy(), self.cuts)


@dataclass(frozen=True)
class Profile:
    """The profiles of all tags of one snapshot.

    Attributes
    ----------
    as_of : date
        The snapshot's day.
    customers : int
        Its rows.
    tags : mapping of str to TagProfile
        By name.
    unavailable : mapping of str to str
        Tags that it could not have, and the ``subject.column`` or model that each of them misses.
    """

    as_of: date
    customers: int
    tags: Mapping[str, TagProfile]
    unavailable: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> TagProfile:
        if name not in self.tags:
            raise unknown_name("tag", name, self.tags, f"The snapshot of {self.as_of} has no such tag.")
        return self.tags[name]


def write_profile(connection: sa.Connection, schema: str, tags: Iterable[Tag], as_of: date) -> Profile:
    """Profile the finished table `snapshot` of a schema, and keep the result beside it as `profile`.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        With the snapshot's file attached under `schema`, to be written.
    tags : iterable of Tag
        Its columns.
    as_of : date
        Its day.
    """
    found = measure_tags(connection, schema, tags, as_of)
    rows = [(one.tag, one.type.value, one.customers, one.known, _to_json(one)) for one in found.values()]
    table = sa.Table("profile", sa.MetaData(), *(sa.Column(*one) for one in _TYPES.items()), schema=schema)
    table.create(connection)
    if rows:
        connection.execute(sa.insert(table), [dict(zip(_TYPES, row, strict=True)) for row in rows])
    customers = next((one.customers for one in found.values()), 0)
    return Profile(as_of, customers, found, _read_unavailable(connection, schema))


def measure_tags(
    connection: sa.Connection, schema: str | None, tags: Iterable[Tag], as_of: date
) -> dict[str, TagProfile]:
    """The profile of every tag in the finished table `snapshot` of a schema."""
    tags = list(tags)
    types = {tag.name: tag.type for tag in tags}
    known, sample = _count(connection, schema, types), _sample(connection, schema, types, as_of)
    undeclared = _count_undeclared(connection, schema, tags)
    customers = known.pop("")
    return {
        tag.name: TagProfile(
            tag.name, tag.type, customers, known[tag.name], **make_bins(sample[tag.name], tag.type),
            declared=tag.values, undeclared=undeclared.get(tag.name, 0),
        )
        for tag in tags
    }  # fmt: skip


def to_json(profile: Profile) -> dict[str, list[object]]:
    """A profile as plain values, from which :func:`from_json` makes an equal one."""
    return {
        one.tag: [one.type.value, one.customers, one.known, _to_json(one)] for one in profile.tags.values()
    }


def from_json(as_of: date, content: Mapping[str, Any], unavailable: Mapping[str, str]) -> Profile:
    """A profile from its plain values."""
    found = {name: _from_json(name, *parts) for name, parts in content.items()}
    customers = next((one.customers for one in found.values()), 0)
    return Profile(as_of, customers, found, unavailable)


def read_profile(path: Path) -> Profile | None:
    """The profile kept in a snapshot's file; None in a file of before profiles were kept.

    Raises
    ------
    StoreError
        The file is missing or damaged.
    """
    with open_snapshot(path) as connection:
        return _read(connection) if _has(connection, "built", "profile") else None


@contextmanager
def open_snapshot(path: Path) -> Iterator[sa.Connection]:
    """A snapshot's file, attached as `built` to be read.

    Raises
    ------
    StoreError
        The file is missing or damaged.
    """
    with open_embedded(memory_limit="3GB", threads=2) as connection:
        try:
            attach_read_only(connection, path, "built")
            yield connection
        except (EmbeddedError, SQLAlchemyError, KeyError, ValueError) as error:
            raise StoreError(
                f"The tag snapshot {path} is missing or damaged. Build the tags of that day again."
            ) from error


def shares_in(
    connection: sa.Connection, schema: str | None, new: Profile, previous: Profile
) -> dict[str, tuple[float, ...]]:
    """The shares of a new snapshot in the bins of a previous one.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        With the new snapshot's file attached under `schema`.
    new, previous : Profile
        Of the two snapshots. A tag that only one of them has, or that changed its type, is left out.
    """
    types = {
        name: one.type
        for name, one in new.tags.items()
        if name in previous.tags and previous.tags[name].type is one.type
    }
    if not types:
        return {}
    sample = _sample(connection, schema, types, new.as_of)
    return {name: _shares(previous.tags[name].count(sample[name])) for name in types}


def _has(connection: sa.Connection, schema: str, name: str) -> bool:
    tables = sa.table("tables", *map(sa.column, ("table_catalog", "table_name")), schema="information_schema")
    kept = (tables.c.table_catalog == schema) & (tables.c.table_name == name)
    return bool(connection.scalar(sa.select(sa.func.count()).select_from(tables).where(kept)))


def _read(connection: sa.Connection) -> Profile:
    facts = sa.table("build", sa.column("key"), sa.column("value"), schema="built")
    as_of = connection.scalar(sa.select(facts.c.value).where(facts.c.key == "as_of"))
    table = sa.table("profile", *(sa.column(*one) for one in _TYPES.items()), schema="built")
    found = {
        row.tag: _from_json(row.tag, row.type, row.customers, row.known, row.spread)
        for row in connection.execute(sa.select(table))
    }
    customers = next((one.customers for one in found.values()), 0)
    return Profile(date.fromisoformat(str(as_of)), customers, found, _read_unavailable(connection, "built"))


def _read_unavailable(connection: sa.Connection, schema: str) -> dict[str, str]:
    """What a build wrote of the tags it could not have; nothing in a file that keeps no such table."""
    if not _has(connection, schema, "unavailable"):
        return {}
    table = sa.table(
        "unavailable", *(sa.column(one, sa.String()) for one in ("name", "missing")), schema=schema
    )
    found = connection.execute(sa.select(table).order_by(table.c.name))
    return {row.name: row.missing for row in found}


def _snapshot(schema: str | None, types: Mapping[str, Type]) -> sa.Table:
    columns = (sa.Column(name, SQL_TYPES[type_]) for name, type_ in types.items())
    return sa.Table("snapshot", sa.MetaData(), *columns, schema=schema)


def _count(connection: sa.Connection, schema: str | None, types: Mapping[str, Type]) -> dict[str, int]:
    """How many customers have each tag; all of them under the empty name."""
    table = _snapshot(schema, types)
    counts = (sa.func.count(column) for column in table.c)
    row = connection.execute(sa.select(sa.func.count(), *counts).select_from(table)).one()
    return dict(zip(("", *types), row, strict=True))


def _count_undeclared(connection: sa.Connection, schema: str | None, tags: Iterable[Tag]) -> dict[str, int]:
    """How many customers have a value that the tag does not declare, of each tag that declares any."""
    declared = {tag.name: tag.values for tag in tags if tag.values}
    if not declared:
        return {}
    table = _snapshot(schema, dict.fromkeys(declared, Type.TEXT))
    others = (
        sa.func.count(sa.case((table.c[name].not_in(values), 1))).label(name)
        for name, values in declared.items()
    )
    return dict(connection.execute(sa.select(*others).select_from(table)).one()._mapping)


def _sample(
    connection: sa.Connection, schema: str | None, types: Mapping[str, Type], as_of: date
) -> pa.Table:
    """Every k-th row, the snapshot being sorted by customer; numbers and days as doubles."""
    table = _snapshot(schema, types)
    rows = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    step = -(-rows // SAMPLE) or 1
    statement = sa.select(
        *(_plain(column, types[column.name], as_of).label(column.name) for column in table.c)
    )
    chosen = row_number_of("customer_id") % step == 0
    return fetch_arrow(connection, statement.select_from(table).where(chosen))


def _plain(column: sa.ColumnElement[Any], type_: Type, as_of: date) -> sa.ColumnElement[Any]:
    if type_ in NAMED:
        return sa.cast(column, sa.String())
    if type_ in _DAYS:
        column = days_from(to_day(column), to_day(sa.literal(as_of, sa.Date())))
    return sa.cast(column, sa.Double())


def _shares(counts: tuple[int, ...]) -> tuple[float, ...]:
    total = sum(counts) or 1
    return tuple(count / total for count in counts)


def _to_json(one: TagProfile) -> str:
    content = {
        "cuts": list(map(str, one.cuts)), "labels": one.labels, "counts": one.counts,
        "low": str(one.low), "width": str(one.width), "histogram": one.histogram,
        "declared": one.declared, "undeclared": one.undeclared,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False)


def _from_json(tag: str, type_: str, customers: int, known: int, spread: str) -> TagProfile:
    content = json.loads(spread)
    return TagProfile(
        tag, Type(type_), customers, known,
        cuts=tuple(map(Decimal, content["cuts"])), labels=tuple(content["labels"]),
        counts=tuple(content["counts"]), low=Decimal(content["low"]), width=Decimal(content["width"]),
        histogram=tuple(content["histogram"]),
        declared=tuple(content.get("declared", ())), undeclared=content.get("undeclared", 0),
    )  # fmt: skip
