"""How the values of a tag, or of an event's column, are spread: what a value can be picked from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import days_from, to_day
from journeykit.errors import unknown_name
from journeykit.expressions.behaviour import Selection
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.tags.words import say_value
from journeykit.widgets.asking import Json
from journeykit.widgets.rules.vocabulary import columns_of

BINS = 36
"""At most about so many of numbers and days."""
VALUES = 50
"""So many texts are named, the most frequent first."""

_DAYS = (Type.DATE, Type.TIMESTAMP)
_PLACES = {Type.INTEGER: 0, Type.DECIMAL: 2, Type.RATE: 6}
_STEPS = (1, 2, 5, 10)
_DAY_STEPS = (1, 7, 14, 28, 56, 91, 182, 365, 730, 1826, 3652)
_EPOCH = date(2000, 1, 1)

Run = Callable[[sa.Select], pa.Table]


def spread_of_tag(mart: Mart, name: str, language: str) -> Json:
    """How many customers have which values of a tag.

    Raises
    ------
    DefinitionError
        There is no such tag, or the build does not have it.
    """
    if name not in mart.scope.types:
        mart.scope.column(name)  # says why
    return _spread(mart.run, mart.scope.column(name), mart.scope.types[name], None, language)


def spread_of_column(mart: Mart, event: str, name: str, language: str) -> Json:
    """How many events have which values of a column.

    Raises
    ------
    DefinitionError
        There is no such event or column.
    """
    columns = {column.name: column for column in columns_of(event)}
    if name not in columns:
        raise unknown_name(f"column of {event}", name, columns, "Use one of these.")
    chosen = Selection(event=event)
    rows = subject_table(chosen.subject.name)
    only = rows.c.action == chosen.action if chosen.action else None
    return _spread(mart.run, rows.c[name], columns[name].type, only, language)


def _spread(
    run: Run, column: sa.ColumnElement[Any], type_: Type, only: sa.ColumnElement[bool] | None, language: str
) -> Json:
    """Bins of numbers and days, or the most frequent values; and how many are in none."""
    condition = sa.true() if only is None else only
    if type_ in (Type.TEXT, Type.BOOLEAN):
        return _of_values(run, column, condition, language)
    value = days_from(sa.literal(_EPOCH, sa.Date()), to_day(column)) if type_ in _DAYS else column
    low, high, known, all_ = _ends(run, value, condition)
    answer: Json = {"bins": [], "values": [], "others": 0, "missing": all_ - known}
    if known:
        edges = _day_edges(int(low), int(high)) if type_ in _DAYS else _edges(low, high, _PLACES[type_])
        counts = _counted(run, value, condition, edges)
        shown = [_shown(edge, type_) for edge in edges]
        answer["bins"] = [
            {"low": low, "high": high, "count": counts.get(place, 0)}
            for place, (low, high) in enumerate(pairwise(shown))
        ]
    return answer


def _ends(run: Run, value: sa.ColumnElement[Any], only: Any) -> tuple[Decimal, Decimal, int, int]:
    """From where to where most values lie, and how many there are.

    A few very large balances would otherwise leave everyone else in one bin, and so would many zeros.
    """
    other = sa.func.nullif(value, 0)
    facts = run(
        sa.select(
            sa.func.min(value).label("least"),
            sa.func.max(value).label("most"),
            sa.func.percentile_disc(sa.literal(0.02, sa.Double())).within_group(other.asc()).label("low"),
            sa.func.percentile_disc(sa.literal(0.98, sa.Double())).within_group(other.asc()).label("high"),
            sa.func.count(value).label("known"),
            sa.func.count().label("all"),
        ).where(only)
    ).to_pylist()[0]
    least, most, low, high = (Decimal(str(facts[key] or 0)) for key in ("least", "most", "low", "high"))
    low, high = (least, most) if low == high else (min(low, max(least, Decimal(0))), high)
    return low, high, facts["known"], facts["all"]


def _edges(low: Decimal, high: Decimal, places: int) -> list[Decimal]:
    """Round numbers, as far apart as leaves about as many bins as wanted.

    Examples
    --------
    >>> [str(edge) for edge in _edges(Decimal(18), Decimal(22), 0)]
    ['18', '19', '20', '21', '22', '23']
    """
    smallest = Decimal(1).scaleb(-places)
    room = max((high - low) / BINS, smallest)
    unit = Decimal(1).scaleb(room.adjusted())
    width = max(next(unit * step for step in _STEPS if unit * step >= room), smallest)
    first = (low / width).to_integral_value(ROUND_FLOOR) * width
    number = int((high - first) / width) + 1
    return [_plain(first + width * place) for place in range(number + 1)]


def _day_edges(low: int, high: int) -> list[int]:
    width = next((step for step in _DAY_STEPS if (high - low) / step <= BINS), (high - low) // BINS + 1)
    return list(range(low, high + width + 1, width))


def _counted(run: Run, value: sa.ColumnElement[Any], only: Any, edges: list[Any]) -> dict[int, int]:
    """How many are in each bin; the outermost also hold what lies beyond."""
    kind = sa.Numeric(36, 18)
    low, width, last = edges[0], edges[1] - edges[0], len(edges) - 2
    place = sa.func.floor((sa.cast(value, sa.Double()) - float(low)) / float(width))
    inside = sa.case(
        (value < sa.literal(Decimal(edges[1]), kind), 0),
        (value >= sa.literal(Decimal(edges[-2]), kind), last),
        else_=place,
    )
    numbered = sa.select(sa.cast(inside, sa.Integer()).label("bin")).where(value.is_not(None), only)
    bins = numbered.subquery("bins")
    statement = sa.select(bins.c.bin, sa.func.count().label("n")).group_by(bins.c.bin)
    return {row["bin"]: row["n"] for row in run(statement).to_pylist()}


def _of_values(run: Run, column: sa.ColumnElement[Any], only: Any, language: str) -> Json:
    count = sa.func.count().label("n")
    totals = sa.select(count, sa.func.count(column).label("known")).where(only)
    facts = run(totals).to_pylist()[0]
    statement = (
        sa.select(column.label("value"), count).where(column.is_not(None), only).group_by(column)
        .order_by(count.desc(), column).limit(VALUES)
    )  # fmt: skip
    rows = [(_text(row["value"]), row["n"]) for row in run(statement).to_pylist()]
    return {
        "bins": [],
        "values": [[value, say_value(value, language), number] for value, number in rows],
        "others": facts["known"] - sum(number for _, number in rows),
        "missing": facts["n"] - facts["known"],
    }


def _text(value: bool | str) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _plain(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _shown(edge: Any, type_: Type) -> str:
    """An edge as an input of its type takes it."""
    if type_ not in _DAYS:
        return f"{edge:f}"
    day = _EPOCH + timedelta(days=edge)
    return day.isoformat() if type_ is Type.DATE else datetime.combine(day, datetime.min.time()).isoformat()
