"""Functions that databases spell differently: one construct each, compiled per dialect.

The first pattern is the embedded engine's. GaussDB is written like PostgreSQL but for days: in its Oracle
mode a DATE is a timestamp, and the difference of two is an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_Column = sa.ColumnElement[Any]
_PARTS = {part: sa.literal_column(f"'{part}'") for part in ("week", "month", "quarter", "year")}


def _function(
    name: str, type_: Any, pattern: str, *, postgresql: str | None = None, gaussdb: str | None = None
) -> Callable[..., _Column]:
    """A construct whose arguments fill the places of a pattern; GaussDB's is by default PostgreSQL's."""
    kind = type(name, (FunctionElement,), {"inherit_cache": True, "name": name, "type": type_})

    def spell(wanted: str, *dialects: str) -> None:
        def write(element: Any, compiler: Any, **kw: Any) -> str:
            return wanted.format(*(compiler.process(one.self_group(), **kw) for one in element.clauses))

        compiles(kind, *dialects)(write)

    spell(pattern)
    spell(postgresql or pattern, "postgresql")
    spell(gaussdb or postgresql or pattern, "gaussdb")
    return kind


to_day = _function(
    "to_day", sa.Date(), "CAST({0} AS DATE)", gaussdb="date_trunc('day', CAST({0} AS TIMESTAMP))"
)
"""The day of a date or a time."""

days_from = _function(
    "days_from",
    sa.BigInteger(),
    "({1} - {0})",
    gaussdb="CAST(EXTRACT(epoch FROM {1} - {0}) / 86400 AS BIGINT)",
)
"""Whole days from the first day to the second."""

days_after = _function(
    "days_after",
    sa.Date(),
    "({0} + CAST({1} AS INTEGER))",
    gaussdb="({0} + {1} * INTERVAL '1' DAY)",
)
"""The day so many days after a day; a negative number of days goes back."""

_start_of = _function(
    "start_of",
    sa.Date(),
    "CAST(date_trunc({0}, {1}) AS DATE)",
    postgresql="CAST(date_trunc({0}, CAST({1} AS TIMESTAMP)) AS DATE)",
    gaussdb="date_trunc({0}, CAST({1} AS TIMESTAMP))",
)


def start_of(part: str, day: _Column) -> _Column:
    """The first day of the week (Monday), month, quarter or year that a day is in."""
    return _start_of(_PARTS[part], day)


text_contains = _function(
    "text_contains", sa.Boolean(), "contains({0}, {1})", postgresql="(strpos({0}, {1}) > 0)"
)
"""Whether a text has another one in it, character by character and without wildcards."""

text_starts_with = _function(
    "text_starts_with",
    sa.Boolean(),
    "starts_with({0}, {1})",
    postgresql="(left({0}, char_length({1})) = {1})",
)
"""Whether a text begins with another one."""

text_ends_with = _function(
    "text_ends_with",
    sa.Boolean(),
    "ends_with({0}, {1})",
    postgresql="(right({0}, char_length({1})) = {1})",
)
"""Whether a text ends with another one."""

in_binary_order = _function("in_binary_order", sa.Text(), "{0}", postgresql='({0} COLLATE "C")')
"""A text that is compared and sorted character by character, whatever the database's language."""

sampling_place = _function(
    "sampling_place",
    sa.BigInteger(),
    "CAST(hash({0}) % 1048576 AS BIGINT)",
    postgresql="(hashtextextended({0}, 1) & 1048575)",
)
"""A number from 0 to 1,048,575 that an id always has, as good as drawn at random; cheaper than md5.

It has a seed of its own, so that it says nothing of the hash that stands for a storage block.
"""
