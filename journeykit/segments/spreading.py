"""How one tag's values are spread in a segment, beside everyone or another group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.display import WITHHELD, Table, show_value
from journeykit.expressions import AnyNode, TagRef
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.segments.conditions import condition_of, rows_of, titles
from journeykit.segments.counting import CELLS, Cell
from journeykit.segments.drawing import Pair
from journeykit.segments.showing import Shown, show_count, show_share
from journeykit.tags.tag import Tag, name_of
from journeykit.tags.words import say_value, unit_of

if TYPE_CHECKING:
    import pandas as pd

    from journeykit.expressions import Expression

VALUES = 12
"""So many values are listed by themselves; more numbers or days than that are put in tenths of the base."""

_LISTED = (Type.TEXT, Type.BOOLEAN, Type.INTEGER)
_ORDERED = (Type.INTEGER, Type.DECIMAL, Type.RATE, Type.DATE, Type.TIMESTAMP)
_A, _B, _VALUE = "_a", "_b", "_value"  # labels that no tag can have


@dataclass(frozen=True, repr=False)
class Spread(Shown):
    """How many customers of a segment and of a base have which values of a tag; drawn as pairs of bars.

    Attributes
    ----------
    tag : Tag
        The tag.
    titles : pair of (str, str)
        What segment and base are called, in English and Chinese.
    cells : mapping of str to (mapping of Cell to int)
        By value or range, then by who: the segment alone, both, the base alone. Under ``""`` are those
        without a value, under ``…`` those with a value that is not listed.
    counts : mapping of str to (int or None, int or None)
        The same for the segment and for the base; None when withheld.
    min_cell : int or None
        Below which counts were withheld; None when none were.
    """

    tag: Tag
    titles: tuple[tuple[str, str], tuple[str, str]]
    cells: Mapping[str, Mapping[Cell, int]]
    counts: Mapping[str, tuple[int | None, int | None]]
    min_cell: int | None = None

    def for_mail(self, min_cell: int) -> Spread:
        """The same with groups of fewer than `min_cell` withheld, and what would give them away."""
        return replace(self, counts=_withhold(self.cells, min_cell), min_cell=min_cell)

    def table(self, language: str = "en") -> Table:
        """One row per value or range: shares of both groups, and a pair of bars."""
        whole = [sum(_sum(cell, side) for cell in self.cells.values()) for side in (0, 1)]
        shares = {
            name: [None if one is None else one / (size or 1) for one, size in zip(pair, whole, strict=True)]
            for name, pair in self.counts.items()
        }
        longest = max((one or 0 for pair in shares.values() for one in pair), default=0) or 1
        rows = []
        for name, pair in self.counts.items():
            told = [(show_count(one), show_share(one, size)) for one, size in zip(pair, whole, strict=True)]
            bars = (None if one is None else one / longest for one in shares[name])
            rows.append((self._called(name, language), *told[0], *told[1], Pair(*bars)))
        first, second = (in_language(language, *both) for both in self.titles)
        share = label("share", language)
        title = in_language(language, self.tag.title, self.tag.title_zh)
        unit = unit_of(self.tag, language)
        return Table(
            f"{title} ({unit})" if unit else title, ("", first, share, second, share, ""), tuple(rows)
        )

    def _called(self, name: str, language: str) -> str:
        if self._is_rare(name):
            return WITHHELD
        if not name:
            return label("segment.missing", language)
        if name == "…":
            return label("segment.others", language)
        if self.tag.type is Type.BOOLEAN:
            return label("segment.yes" if name == "True" else "segment.no", language)
        return say_value(name, language) if name in self.tag.values else name

    def _is_rare(self, name: str) -> bool:
        """Whether not even the name of a withheld value may be told: nobody declared it."""
        free = self.tag.type is Type.TEXT and name not in (*self.tag.values, "", "…")
        return free and self.counts[name][1] is None

    def to_frame(self) -> pd.DataFrame:
        """One row per value or range: group and base; counts that are withheld are missing."""
        import pandas as pd

        rows = [(WITHHELD if self._is_rare(name) else name, *pair) for name, pair in self.counts.items()]
        frame = pd.DataFrame(rows, columns=pd.Index(["value", "group", "base"]))
        return frame.astype({"group": "Int64", "base": "Int64"})


def spread(tag: str | Tag | Expression, segment: Any, mart: Mart, base: Any = None) -> Spread:
    """Count the values of one tag in a segment and in a base; everyone is counted.

    Parameters
    ----------
    tag : str, Tag or handle
        The tag.
    segment : Segment or Expression
        The segment.
    mart : Mart
        With built tags.
    base : Segment or Expression, optional
        Everyone when left out.
    """
    base = mart.everyone if base is None else base
    name = name_of(tag)
    mart.scope.column(name)
    known: Tag = mart.tags[name].tag
    conditions: dict[str, AnyNode] = {
        _A: condition_of(segment),
        _B: condition_of(base),
        _VALUE: TagRef(name=name),
    }
    rows = rows_of(conditions, mart)
    either = sa.or_(rows.c[_A], rows.c[_B])
    listed = _frequent(rows, either, mart) if known.type in _LISTED else []
    if known.type in _ORDERED and (not listed or len(listed) > VALUES):
        found = _in_tenths(rows, either, mart)
    else:
        found = _listed(rows, either, mart, listed[:VALUES], known)
    counts = {name: (_sum(cells, 0), _sum(cells, 1)) for name, cells in found.items()}
    return Spread(known, (titles(segment, mart), titles(base, mart)), found, counts)


def _sum(cells: Mapping[Cell, int], side: int) -> int:
    return sum(size for cell, size in cells.items() if cell[side])


def _frequent(rows: sa.Subquery, either: sa.ColumnElement[bool], mart: Mart) -> list[Any]:
    """The most frequent values of either group, one more than are listed."""
    value, count = rows.c[_VALUE], sa.func.count().label("n")
    statement = sa.select(value, count).where(either, value.is_not(None)).group_by(value)
    found = mart.run(statement.order_by(count.desc(), value).limit(VALUES + 1)).to_pylist()
    return [row[_VALUE] for row in found]


def _listed(
    rows: sa.Subquery, either: sa.ColumnElement[bool], mart: Mart, values: list[Any], tag: Tag
) -> dict[str, dict[Cell, int]]:
    """Each value by itself: declared ones in their order, numbers in theirs, texts by frequency."""
    if tag.values:
        values = [one for one in tag.values if one in values]
    elif tag.type is not Type.TEXT:
        values = sorted(values)
    column = rows.c[_VALUE]
    place = sa.case(*((column == value, number) for number, value in enumerate(values)), else_=len(values))
    names = [str(one) if isinstance(one, bool) else show_value(one) for one in values]
    return _count(rows, either, mart, place if values else sa.literal(0), [*names, "…"])


def _in_tenths(rows: sa.Subquery, either: sa.ColumnElement[bool], mart: Mart) -> dict[str, dict[Cell, int]]:
    """Numbers and days in ranges that each hold a tenth of the base, where values are not shared by more."""
    column = rows.c[_VALUE]
    tenths = (
        sa.func.percentile_disc(sa.literal(number / 10, sa.Double()))
        .within_group(column.asc())
        .label(f"q{number}")
        for number in range(1, 10)
    )
    found = mart.run(sa.select(*tenths).where(rows.c[_B], column.is_not(None))).to_pylist()[0]
    cuts = sorted({one for one in found.values() if one is not None})
    place = sum((sa.case((column > cut, 1), else_=0) for cut in cuts), start=sa.literal(0))
    shown = [show_value(one) for one in cuts]
    names = [f"> {low} … ≤ {high}" for low, high in pairwise(shown)]
    names = [f"≤ {shown[0]}", *names, f"> {shown[-1]}"] if shown else ["…"]
    return _count(rows, either, mart, place, names)


def _count(
    rows: sa.Subquery, either: sa.ColumnElement[bool], mart: Mart, place: Any, names: list[str]
) -> dict[str, dict[Cell, int]]:
    """How many of each cell stand in each place; those without a value under an empty name."""
    placed = sa.select(
        rows.c[_A], rows.c[_B], sa.case((rows.c[_VALUE].is_not(None), place)).label("place")
    ).where(either).subquery("placed")  # fmt: skip
    statement = sa.select(*placed.c, sa.func.count().label("n")).group_by(*placed.c)
    counted: dict[str, dict[Cell, int]] = {name: dict.fromkeys(CELLS, 0) for name in (*names, "")}
    for row in mart.run(statement).to_pylist():
        counted["" if row["place"] is None else names[row["place"]]][row[_A], row[_B]] = row["n"]
    return {name: cells for name, cells in counted.items() if any(cells.values())}


def _withhold(
    found: Mapping[str, Mapping[Cell, int]], min_cell: int
) -> dict[str, tuple[int | None, int | None]]:
    """Rows with a small cell are withheld, and the smallest further ones until together they tell nothing.

    The groups' sizes are known, so what is withheld is known in sum: of two rows at least, and of nobody or
    of enough customers in every cell.
    """

    def tells(cells: Mapping[Cell, int]) -> bool:
        return any(0 < size < min_cell for size in cells.values())

    hidden = [name for name, cells in found.items() if tells(cells)]
    others = sorted(
        (name for name in found if name not in hidden), key=lambda name: sum(found[name].values())
    )
    while hidden and others:
        together = {cell: sum(found[name][cell] for name in hidden) for cell in CELLS}
        if len(hidden) > 1 and not tells(together):
            break
        hidden.append(others.pop(0))
    return {
        name: (None, None) if name in hidden else (_sum(cells, 0), _sum(cells, 1))
        for name, cells in found.items()
    }
