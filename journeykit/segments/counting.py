"""What two groups of customers have of every tag: counts and exact sums, in a few passes over a snapshot.

Customers are counted apart who are in the group only, in both, and in the base only. These cells share
nobody, so that intervals can be put together from them, and a group within its base needs no special care.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import days_from, to_day
from journeykit.dialects.functions import sampling_place
from journeykit.expressions import AnyNode, TagRef
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.segments.conditions import rows_of

Cell = tuple[bool, bool]
CELLS: tuple[Cell, ...] = ((True, False), (True, True), (False, True))
"""In the group, in the base: the group alone, both, the base alone."""

WHOLE = 100_000
"""Up to so many customers all are read."""

SAMPLE = 20_000
"""Of more, about so many of each cell are read, always the same ones."""

_PLACES = 2**20  # of ids, see sampling_place
_FEW, _UNPACKED = 5_000, 3_000_000  # of the smallest cell at least, where more rows would be unpacked
_BLOCK, _BLOCKS = 2048, 40  # rows that are stored together; and so many such blocks at least are read

VALUES = 12
"""So many values of a text tag are counted, the most frequent first, when it does not declare its values."""

EPOCH = date(2000, 1, 1)
"""Days are counted from here."""

_DAYS = (Type.DATE, Type.TIMESTAMP)
_COLUMNS = 1200  # of one statement; engines take some 1,600

_A, _B = "_a", "_b"  # labels that no tag can have


@dataclass(frozen=True)
class Numbers:
    """The exact moments of a number in a cell: n, Σx and Σx²."""

    number: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)

    @property
    def mean(self) -> float:
        """Σx / n."""
        return float(self.total / self.number)

    @property
    def variance(self) -> float:
        """Of the sample, over n - 1."""
        return float((self.squares - self.total**2 / self.number) / (self.number - 1))


@dataclass(frozen=True)
class TagCounts:
    """What is counted of one tag.

    Attributes
    ----------
    known : mapping of Cell to int
        Customers with a value.
    numbers : mapping of Cell to Numbers
        Of a number or a day; empty otherwise.
    values : mapping of str to (mapping of Cell to int)
        Customers with each value of a text, and those with ``True`` of a boolean.
    """

    known: Mapping[Cell, int]
    numbers: Mapping[Cell, Numbers]
    values: Mapping[str, Mapping[Cell, int]]


@dataclass(frozen=True)
class Counts:
    """What is counted of two groups.

    Attributes
    ----------
    sizes : mapping of Cell to int
        All customers of each cell that is not empty.
    sampled : mapping of Cell to int
        How many of them were read.
    tags : mapping of str to TagCounts
        By name.
    """

    sizes: Mapping[Cell, int]
    sampled: Mapping[Cell, int]
    tags: Mapping[str, TagCounts]


def count_tags(group: AnyNode, base: AnyNode, mart: Mart, names: Sequence[str]) -> Counts:
    """Count tags in a group and in a base.

    Sizes are exact. Of more than `WHOLE` customers about `SAMPLE` of each cell are read: those whose ids have
    the first places when all are placed by a hash, and where all cells are large, only of every so-many-th
    block of customers that are stored together.
    """
    sizes = _sizes(group, base, mart)
    read = _Reading(group, base, mart, sizes)
    types = mart.scope.types
    values = {name: list(declared) for name, declared in _declared(mart, names).items()}
    values |= _frequent(read, [name for name in names if types[name] is Type.TEXT and name not in values])
    found: dict[str, TagCounts] = {}
    sampled: dict[Cell, int] = {}
    for part in _chunks(mart, names, values):
        sampled, told = _count(read, part, values)
        found |= told
    return Counts(sizes, sampled, found)


@dataclass(frozen=True)
class _Reading:
    """Which customers are read, each with its cell."""

    group: AnyNode
    base: AnyNode
    mart: Mart
    sizes: Mapping[Cell, int]

    def rows(self, names: Sequence[str]) -> tuple[sa.Subquery, sa.ColumnElement[bool]]:
        """Customers with some tags, and who of them is read."""
        every = self._every()
        tags: dict[str, AnyNode] = {name: TagRef(name=name) for name in names}
        rows = rows_of({_A: self.group, _B: self.base, **tags}, self.mart, every)
        place = sampling_place(rows.c[CUSTOMER_ID])
        chosen = []
        for cell, size in self.sizes.items():
            below = _PLACES * SAMPLE * every // size
            few = self._whole() or below >= _PLACES
            chosen.append(_in_cell(rows, cell) if few else sa.and_(_in_cell(rows, cell), place < below))
        return rows, sa.or_(*chosen)

    def _whole(self) -> bool:
        return sum(self.sizes.values()) <= WHOLE

    def _every(self) -> int:
        """One block in so many is enough for the smallest cell, and there are many of them still.

        Of millions fewer are enough, so that no more rows are unpacked than there is time for.
        """
        if self._whole():
            return 1
        smallest, total = min(self.sizes.values()), sum(self.sizes.values())
        enough = max(smallest // SAMPLE, min(smallest // _FEW, total // _UNPACKED))
        return max(1, min(enough, total // (_BLOCK * _BLOCKS)))


def _in_cell(rows: sa.Subquery, cell: Cell) -> sa.ColumnElement[bool]:
    sides = (
        column if inside else sa.not_(column)
        for column, inside in zip((rows.c[_A], rows.c[_B]), cell, strict=True)
    )
    return sa.and_(*sides)


def _sizes(group: AnyNode, base: AnyNode, mart: Mart) -> dict[Cell, int]:
    rows = rows_of({_A: group, _B: base}, mart)
    sides = rows.c[_A], rows.c[_B]
    found = mart.run(sa.select(*sides, sa.func.count().label("n")).group_by(*sides)).to_pylist()
    sizes = {(row[_A], row[_B]): row["n"] for row in found}
    return {cell: sizes[cell] for cell in CELLS if cell in sizes}


def _declared(mart: Mart, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    scope = mart.scope
    return {name: scope.values[name] for name in names if scope.values.get(name)}


def _frequent(read: _Reading, names: Sequence[str]) -> dict[str, list[str]]:
    """The most frequent values of texts that may have any, in one statement."""
    if not names or not read.sizes:
        return {name: [] for name in names}
    rows, where = read.rows(names)
    sampled = sa.select(*(rows.c[name] for name in names)).where(where).cte("sampled")
    parts = []
    for name in names:
        column, count = sampled.c[name], sa.func.count().label("n")
        counted = sa.select(sa.literal(name).label("tag"), column.label("value"), count)
        first = (
            counted.where(column.is_not(None)).group_by(column).order_by(count.desc(), column).limit(VALUES)
        )
        parts.append(sa.select(first.subquery()))
    values: dict[str, list[str]] = {name: [] for name in names}
    for row in sorted(
        read.mart.run(sa.union_all(*parts)).to_pylist(), key=lambda one: (-one["n"], one["value"])
    ):
        values[row["tag"]].append(row["value"])
    return values


def _chunks(mart: Mart, names: Sequence[str], values: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Tags by so many that one statement has room for what is counted of them."""
    part: list[str] = []
    width = 0
    for name in names:
        needs = 1 + len(values[name]) if name in values else 3
        if part and width + needs > _COLUMNS:
            yield part
            part, width = [], 0
        part.append(name)
        width += needs
    yield part


def _count(
    read: _Reading, names: Sequence[str], values: Mapping[str, Sequence[str]]
) -> tuple[dict[Cell, int], dict[str, TagCounts]]:
    rows, where = read.rows(names)
    types = read.mart.scope.types
    columns = [sa.func.count().label("n")]
    for name in names:
        columns += [
            one.label(f"{name} {what}")
            for what, one in _aggregates(rows.c[name], types[name], values.get(name, ()))
        ]
    sides = rows.c[_A], rows.c[_B]
    told = read.mart.run(sa.select(*sides, *columns).where(where).group_by(*sides)).to_pylist()
    cells = {(row[_A], row[_B]): row for row in told}
    sampled = {cell: row["n"] for cell, row in cells.items()}
    return sampled, {name: _counts_of(name, types[name], cells, values.get(name, ())) for name in names}


def _aggregates(
    column: sa.ColumnElement[Any], type_: Type, values: Sequence[str]
) -> Iterator[tuple[str, sa.ColumnElement[Any]]]:
    """What is counted of a tag, each under a label."""
    if type_ is Type.BOOLEAN:
        yield "True", sa.func.count(sa.case((column, 1)))
    elif type_ is Type.TEXT:
        yield "known", sa.func.count(column)
        for place, value in enumerate(values):
            yield f"value {place}", sa.func.count(sa.case((column == value, 1)))
    else:
        number = days_from(sa.literal(EPOCH, sa.Date()), to_day(column)) if type_ in _DAYS else column
        # 19 digits, for an engine that keeps a product of two 18-digit decimals in 18 digits.
        wide = sa.cast(number, sa.Numeric(19, _places(type_)))
        yield "known", sa.func.count(number)
        yield "total", sa.func.sum(number)
        yield "squares", sa.type_coerce(sa.func.sum(wide * wide), sa.Numeric(38, 2 * _places(type_)))


def _places(type_: Type) -> int:
    return {Type.DECIMAL: 2, Type.RATE: 6}.get(type_, 0)


def _counts_of(
    name: str, type_: Type, cells: Mapping[Cell, Mapping[str, Any]], values: Sequence[str]
) -> TagCounts:
    if type_ is Type.BOOLEAN:
        hits = {cell: row[f"{name} True"] for cell, row in cells.items()}
        return TagCounts({cell: row["n"] for cell, row in cells.items()}, {}, {"True": hits})
    known = {cell: row[f"{name} known"] for cell, row in cells.items()}
    if type_ is Type.TEXT:
        told = {
            value: {cell: row[f"{name} value {place}"] for cell, row in cells.items()}
            for place, value in enumerate(values)
        }
        return TagCounts(known, {}, told)
    numbers = {
        cell: Numbers(
            row[f"{name} known"], Fraction(row[f"{name} total"] or 0), Fraction(row[f"{name} squares"] or 0)
        )
        for cell, row in cells.items()
    }
    return TagCounts(known, numbers, {})
