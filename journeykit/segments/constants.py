"""Constants of conditions as one reads them: numbers in their unit, codes in the reader's words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from journeykit.contract import LINES, SUBJECTS, Column
from journeykit.display import show_value
from journeykit.expressions import nodes
from journeykit.i18n import in_language
from journeykit.segments.speech import Speech
from journeykit.tags.tag import Tag
from journeykit.tags.words import UNITS, say_value, unit_of

_OF_THE_COLUMN = ("sum", "mean", "min", "max")


def constant(value: Any, of: nodes.Node | None, say: Speech) -> str:
    """A value as one reads it beside what it is compared with: in its unit, in the reader's word."""
    plain = value.value if isinstance(value, nodes.Value) else value
    of = _measured(of)
    tag = say.tags.get(of.name) if isinstance(of, nodes.TagRef | nodes.Past) else None
    column = _column(of, say)
    if isinstance(plain, bool):
        return say("yes" if plain else "no")
    if isinstance(plain, int | Decimal):
        return _amount(plain, tag, column, say)
    if isinstance(plain, date | datetime):
        return say("number", show_value(plain))
    declared = tag.values if tag else _values(column)
    return say("quoted", say_value(plain, say.language) if plain in declared else plain)


def _amount(plain: int | Decimal, tag: Tag | None, column: Column | None, say: Speech) -> str:
    """A number in its unit: once, 2 times; of a column that holds money, in yuan."""
    number = say("number", f"{plain:,f}" if isinstance(plain, Decimal) else f"{plain:,}")
    if tag and tag.unit == "times" and plain == 1:
        return say("once")
    if tag and tag.unit:
        return say("with_unit", number, unit_of(tag, say.language, one=plain == 1))
    if column and "yuan" in column.meaning:
        return say("with_unit", number, in_language(say.language, *UNITS["yuan"]))
    return number


def _measured(of: nodes.Node | None) -> nodes.Node | None:
    """What a number is one of: filled or not, and of a sum or mean of events the column summed up."""
    while isinstance(of, nodes.Fill):
        of = of.operand
    if isinstance(of, nodes.Measure) and of.of and of.function in _OF_THE_COLUMN:
        return nodes.ColumnRef(name=of.of, of=of.events.subject.name)
    return of


def _column(of: nodes.Node | None, say: Speech) -> Column | None:
    if not isinstance(of, nodes.ColumnRef) or not (of.of or say.subject):
        return None
    return SUBJECTS[of.of or say.subject or ""].column(of.name)


def _values(column: Column | None) -> tuple[str, ...]:
    """What a column may hold; behaviour is mostly about a business line."""
    if column is None:
        return ()
    return column.values or (LINES if column.name == "object" else ())
