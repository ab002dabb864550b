"""Why a customer is in a segment or not: each condition, the customer's values, true or false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import sqlalchemy as sa

from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError
from journeykit.expressions import AnyNode, Node, nodes
from journeykit.i18n import in_language, label
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.segments.conditions import condition_of, rows_of, titles
from journeykit.segments.constants import constant
from journeykit.segments.explaining import Line, outline
from journeykit.segments.phrases import phrase
from journeykit.segments.showing import Shown
from journeykit.segments.speech import Speech, speech

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Value:
    """What a customer has of something a condition asks for; `text` says what, and how it reads."""

    text: str
    text_zh: str
    value: Any


@dataclass(frozen=True)
class Reason:
    """One condition and whether it holds for the customer.

    Attributes
    ----------
    depth : int
        How far it is indented under what it is part of.
    text, text_zh : str
        What it says.
    holds : bool or None
        Whether it does; None for a step of a sequence, which cannot be judged by itself.
    values : tuple of Value
        The customer's values that it was judged by.
    """

    depth: int
    text: str
    text_zh: str
    holds: bool | None
    values: tuple[Value, ...]


@dataclass(frozen=True, repr=False)
class Why(Shown):
    """Why one customer is in a segment, or is not; it is about one person and never mailed.

    Attributes
    ----------
    customer_id : str
        The customer.
    title, title_zh : str
        Of the segment.
    member : bool
        The outcome.
    reasons : tuple of Reason
        The segment's condition, and those that it is made of below it.
    """

    customer_id: str
    title: str
    title_zh: str
    member: bool
    reasons: tuple[Reason, ...]

    def for_mail(self, min_cell: int) -> NoReturn:
        """Refuse: there is no group here to hide in."""
        raise DefinitionError(
            "Why one customer is in a segment is about one person, and is not mailed. Send a waterfall or a "
            "profile of the segment."
        )

    def table(self, language: str = "en") -> Table:
        """One row per condition: what it says, the customer's values, and whether it holds."""
        key = "segment.is_member" if self.member else "segment.no_member"
        segment = in_language(language, self.title, self.title_zh)
        heads = ("segment.condition", "segment.customers_values", "segment.holds")
        rows = tuple(self._row(one, language) for one in self.reasons)
        title = label(key, language).format(self.customer_id, segment)
        return Table(title, tuple(label(one, language) for one in heads), rows)

    def _row(self, one: Reason, language: str) -> tuple[str, str, str]:
        values = (in_language(language, value.text, value.text_zh) for value in one.values)
        holds = "" if one.holds is None else label(f"segment.{'true' if one.holds else 'false'}", language)
        indent = "\N{NO-BREAK SPACE}" * 3 * one.depth
        return indent + in_language(language, one.text, one.text_zh), "; ".join(values), holds

    def to_frame(self) -> pd.DataFrame:
        """One row per condition: depth, text, text_zh, holds."""
        import pandas as pd

        rows = [(one.depth, one.text, one.text_zh, one.holds) for one in self.reasons]
        return pd.DataFrame(rows, columns=pd.Index(["depth", "text", "text_zh", "holds"]))


def why(customer_id: str, segment: Any, mart: Mart) -> Why:
    """Judge each condition of a segment for one customer, in one statement.

    Parameters
    ----------
    customer_id : str
        Compared with the ids that are there, and nothing else.
    segment : Segment or Expression
        The segment.
    mart : Mart
        With built tags.

    Raises
    ------
    DataError
        There is no such customer.
    """
    if not isinstance(customer_id, str):
        raise DefinitionError(f"A customer id is text, and {customer_id!r} is none.")
    condition = condition_of(segment)
    english, chinese = (speech(language, mart.tags) for language in ("en", "zh"))
    lines = list(zip(outline(condition, english), outline(condition, chinese), strict=True))
    asked = _asked(line for line, _ in lines)
    found = _answer(customer_id, asked, mart)
    reasons = tuple(
        Reason(one.depth, one.text, other.text, *_judged(one, asked, found, (english, chinese)))
        for one, other in lines
    )
    return Why(customer_id, *titles(segment, mart), bool(reasons[0].holds), reasons)


def _asked(lines: Any) -> dict[Node, str]:
    """Every condition and value that is asked for, with the label of its column."""
    asked: dict[Node, str] = {}
    for line in lines:
        if line.node is not None:
            for node in (line.node, *_values(line.node)):
                asked.setdefault(node, f"n{len(asked)}")
    return asked


def _answer(customer_id: str, asked: dict[Node, str], mart: Mart) -> dict[str, Any]:
    expressions: dict[str, AnyNode] = {name: node for node, name in asked.items()}  # type: ignore[misc]
    rows = rows_of(expressions, mart)
    chosen = sa.select(rows).where(rows.c[CUSTOMER_ID] == sa.literal(customer_id, sa.Text()))
    found = mart.run(chosen).to_pylist()
    if not found:
        raise DataError(
            f"There is no customer {customer_id!r} as of {mart.as_of}. Look ids up with mart.ids(segment)."
        )
    return found[0]


def _judged(
    line: Line, asked: dict[Node, str], found: dict[str, Any], speeches: tuple[Speech, Speech]
) -> tuple[bool | None, tuple[Value, ...]]:
    """Whether a line's condition holds, and the values that it was judged by."""
    if line.node is None:
        return None, ()
    values = (
        Value(
            _told(node, found[asked[node]], speeches[0]),
            _told(node, found[asked[node]], speeches[1]),
            found[asked[node]],
        )
        for node in _values(line.node)
    )
    return found[asked[line.node]], tuple(values)


def _values(condition: Node) -> tuple[AnyNode, ...]:
    """The values that a single condition is judged by; those of several stand with each of them."""
    if isinstance(condition, nodes.Not):
        return _values(condition.operand)
    if isinstance(condition, nodes.And | nodes.Or) and len(condition.operands) > 1:
        return ()
    return tuple(dict.fromkeys(_read(condition)))


def _read(node: Node) -> Iterator[AnyNode]:
    """Tags, earlier tags and values over events below a node; how often something was done."""
    if isinstance(node, nodes.TagRef | nodes.Past | nodes.Measure):
        yield node
    elif isinstance(node, nodes.Did):
        yield nodes.Measure(events=node.events, function="count")
    elif isinstance(node, nodes.Top):
        yield from _read(node.by)
    elif not isinstance(node, nodes.Sequence):
        for child in node.children():
            yield from _read(child)


def _told(node: Node, value: Any, say: Speech) -> str:
    """A value under its name, in the reader's words."""
    shown = label("segment.missing", say.language) if value is None else constant(value, node, say).strip()
    return f"{phrase(node, say)} = {shown}"
