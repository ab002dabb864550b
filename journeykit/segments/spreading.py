"""How one tag's values are spread in a segment, beside everyone or another group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

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


@dataclass(frozen=True)
class Place:
    """Whom one row counts: those with a value, with one in a range, with one not listed, or with none.

    Attributes
    ----------
    kind : str
        Which of these.
    value : Any
        Of ``value`` the value, of ``range`` the highest, None where it has no end.
    above : Any
        Of ``range`` what its values are above, None where it has no beginning.
    """

    kind: Literal["value", "range", "others", "missing"]
    value: Any = None
    above: Any = None


@dataclass(frozen=True, repr=False)
class Spread(Shown):
    """How many customers of a segment and of a base have which values of a tag; drawn as pairs of bars.

    Attributes
    ----------
    tag : Tag
        The tag.
    titles : pair of (str, str)
        What segment and base are called, in English and Chinese.
    cells : mapping of Place to (mapping of Cell to int)
        By value or range, then by who: the segment alone, both, the base alone.
    counts : mapping of Place to (int or None, int or None)
        The same for the segment and for the base; None when withheld.
    min_cell : int or None
        Below which counts were withheld; None when none were.
    """

    tag: Tag
    titles: tuple[tuple[str, str], tuple[str, str]]
    cells: Mapping[Place, Mapping[Cell, int]]
    counts: Mapping[Place, tuple[int | None, int | None]]
    min_cell: int | None = None

    def for_mail(self, min_cell: int) -> Spread:
        """The same with groups of fewer than `min_cell` withheld, and what would give them away."""
        counts = _withhold(self.cells, min_cell)
        mailed = replace(self, counts=counts, min_cell=min_cell)
        # Nameless rows last: elsewhere their place would tell of their value or size.
        ordered = sorted(counts.items(), key=lambda one: mailed._is_nameless(one[0]))
        return replace(mailed, counts=dict(ordered))

    def table(self, language: str = "en") -> Table:
        """One row per value or range: shares of both groups, and a pair of bars."""
        whole = [sum(_sum(cell, side) for cell in self.cells.values()) for side in (0, 1)]
        shares = {
            place: [None if one is None else one / (size or 1) for one, size in zip(pair, whole, strict=True)]
            for place, pair in self.counts.items()
        }
        longest = max((one or 0 for pair in shares.values() for one in pair), default=0) or 1
        rows = []
        for place, pair in self.counts.items():
            told = [(show_count(one), show_share(one, size)) for one, size in zip(pair, whole, strict=True)]
            bars = (None if one is None else one / longest for one in shares[place])
            rows.append((self.called(place, language), *told[0], *told[1], Pair(*bars)))
        first, second = (in_language(language, *both) for both in self.titles)
        share = label("share", language)
        title = in_language(language, self.tag.title, self.tag.title_zh)
        unit = unit_of(self.tag, language)
        return Table(
            f"{title} ({unit})" if unit else title, ("", first, share, second, share, ""), tuple(rows)
        )

    def called(self, place: Place, language: str = "en") -> str:
        """What a row counts, as a reader sees it."""
        if self._is_nameless(place):
            return WITHHELD
        if place.kind in {"missing", "others"}:
            return label(f"segment.{place.kind}", language)
        if place.kind == "range":
            return self._range(place)
        if isinstance(place.value, bool):
            return label("segment.yes" if place.value else "segment.no", language)
        declared = place.value in self.tag.values
        return say_value(place.value, language) if declared else show_value(place.value)

    def _range(self, place: Place) -> str:
        """From where to where; its ends are customers' values, and a mail rounds them."""
        shown = show_value if self.min_cell is None else _roughly
        ends = [
            f"{sign} {shown(end)}"
            for sign, end in ((">", place.above), ("≤", place.value))
            if end is not None
        ]
        return " … ".join(ends)

    def _is_nameless(self, place: Place) -> bool:
        """Whether not even what a row counts may be told: it is withheld, and nobody declared its value."""
        if self.counts[place][1] is not None or place.kind in {"missing", "others"}:
            return False
        return not isinstance(place.value, bool) and (
            place.kind == "range" or place.value not in self.tag.values
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per value or range: group and base; counts that are withheld are missing."""
        import pandas as pd

        rows = [(self.called(place), *pair) for place, pair in self.counts.items()]
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
    counts = {place: (_sum(cells, 0), _sum(cells, 1)) for place, cells in found.items()}
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
) -> dict[Place, dict[Cell, int]]:
    """Each value by itself: declared ones in their order, numbers in theirs, texts by frequency."""
    if tag.values:
        values = [one for one in tag.values if one in values]
    elif tag.type is not Type.TEXT:
        values = sorted(values)
    column = rows.c[_VALUE]
    place = sa.case(*((column == value, number) for number, value in enumerate(values)), else_=len(values))
    places = [*(Place("value", one) for one in values), Place("others")]
    return _count(rows, either, mart, place if values else sa.literal(0), places)


def _in_tenths(rows: sa.Subquery, either: sa.ColumnElement[bool], mart: Mart) -> dict[Place, dict[Cell, int]]:
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
    ends = [None, *cuts, None]
    places = [Place("range", high, low) for low, high in pairwise(ends)] if cuts else [Place("others")]
    return _count(rows, either, mart, place, places)


def _count(
    rows: sa.Subquery, either: sa.ColumnElement[bool], mart: Mart, place: Any, places: list[Place]
) -> dict[Place, dict[Cell, int]]:
    """How many of each cell stand in each place, numbered as `place` does."""
    placed = sa.select(
        rows.c[_A], rows.c[_B], sa.case((rows.c[_VALUE].is_not(None), place)).label("place")
    ).where(either).subquery("placed")  # fmt: skip
    statement = sa.select(*placed.c, sa.func.count().label("n")).group_by(*placed.c)
    missing = Place("missing")
    counted: dict[Place, dict[Cell, int]] = {one: dict.fromkeys(CELLS, 0) for one in (*places, missing)}
    for row in mart.run(statement).to_pylist():
        at = missing if row["place"] is None else places[row["place"]]
        counted[at][row[_A], row[_B]] = row["n"]
    return {one: cells for one, cells in counted.items() if any(cells.values())}


def _roughly(value: Any) -> str:
    """A number in two digits, a day in its month.

    Examples
    --------
    >>> _roughly(Decimal("12345.67")), _roughly(47), _roughly(date(2026, 5, 29)), _roughly(Decimal("-0.0123"))
    ('~12,000', '~47', '~2026-05', '~-0.012')
    """
    if isinstance(value, date):
        return f"~{value:%Y-%m}"
    return f"~{Decimal(f'{value:.1e}'):,f}"


def _withhold(
    found: Mapping[Place, Mapping[Cell, int]], min_cell: int
) -> dict[Place, tuple[int | None, int | None]]:
    """Rows with a small cell are withheld, and the smallest further ones until together they tell nothing.

    The groups' sizes are known, so what is withheld is known in sum: of two rows at least, and of nobody or
    of enough customers in every cell.
    """

    def tells(cells: Mapping[Cell, int]) -> bool:
        return any(0 < size < min_cell for size in cells.values())

    hidden = [place for place, cells in found.items() if tells(cells)]
    others = sorted(
        (place for place in found if place not in hidden), key=lambda place: sum(found[place].values())
    )
    while hidden and others:
        together = {cell: sum(found[place][cell] for place in hidden) for cell in CELLS}
        if len(hidden) > 1 and not tells(together):
            break
        hidden.append(others.pop(0))
    return {
        place: (None, None) if place in hidden else (_sum(cells, 0), _sum(cells, 1))
        for place, cells in found.items()
    }
