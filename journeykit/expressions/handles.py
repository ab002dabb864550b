"""Handles: what an analyst types with. They overload operators, and are never stored (design D14)."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError

from journeykit.contract import Type
from journeykit.errors import DefinitionError
from journeykit.expressions import nodes
from journeykit.expressions.exploring import Explorable
from journeykit.yaml_files import definition_error

if TYPE_CHECKING:
    import sqlalchemy as sa

    from journeykit.mart.mart import Mart
    from journeykit.mart.scope import Scope

_NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.RATE)
_CONDITIONS = (
    nodes.Compare, nodes.IsIn, nodes.Between, nodes.IsMissing, nodes.TextMatch, nodes.And, nodes.Or,
    nodes.Not, nodes.Did, nodes.Sequence, nodes.InList, nodes.Sample, nodes.Top,
)  # fmt: skip
_CALLED: dict[Any, str] = {
    nodes.Events: "did()", nodes.Did: "did()", nodes.Measure: "did()", nodes.Sequence: "sequence()",
    nodes.Step: "sequence()", nodes.Without: "without()", nodes.Sample: "sample()", nodes.Top: "top()",
    nodes.Past: "ago()",
}  # fmt: skip


class Expression(Explorable):
    """A node with operators.

    Examples
    --------
    >>> (tag("aum") >= 500_000) & ~tag("holds_wealth")
    (tag("aum") >= 500000) & (~tag("holds_wealth"))
    """

    __hash__ = None  # type: ignore[assignment]  # `==` builds an expression, so a handle is no key
    __array_ufunc__ = None  # NumPy scalars on the left leave the operator to us

    def __init__(self, node: nodes.AnyNode) -> None:
        self.node = node

    def __repr__(self) -> str:
        return repr(self.node)

    def statement(self, scope: Scope) -> sa.Select[Any]:
        """Select the customers for whom the expression holds."""
        return self.node.statement(scope)

    def preview(self, mart: Mart) -> Any:
        """What the tag is for everyone; see :meth:`journeykit.mart.mart.Mart.preview`."""
        if not isinstance(self.node, nodes.TagRef):
            raise DefinitionError(
                f"{self!r} is no tag. Give it a Tag: jk.Tag(name=..., title=..., type=..., "
                "compute=jk.Formula(expression=...))."
            )
        return mart.preview(self.node.name)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._compare("==", other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._compare("!=", other)

    def __lt__(self, other: Any) -> Expression:
        return self._compare("<", other)

    def __le__(self, other: Any) -> Expression:
        return self._compare("<=", other)

    def __gt__(self, other: Any) -> Expression:
        return self._compare(">", other)

    def __ge__(self, other: Any) -> Expression:
        return self._compare(">=", other)

    def __add__(self, other: Any) -> Expression:
        return self._shift(other) if isinstance(other, timedelta) else _calculate("+", self, other)

    def __radd__(self, other: Any) -> Expression:
        return _calculate("+", other, self)

    def __sub__(self, other: Any) -> Expression:
        return self._shift(-other) if isinstance(other, timedelta) else _calculate("-", self, other)

    def __rsub__(self, other: Any) -> Expression:
        return _calculate("-", other, self)

    def __mul__(self, other: Any) -> Expression:
        return _calculate("*", self, other)

    def __rmul__(self, other: Any) -> Expression:
        return _calculate("*", other, self)

    def __truediv__(self, other: Any) -> Expression:
        return _calculate("/", self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return _calculate("/", other, self)

    def __and__(self, other: Any) -> Expression:
        return _join(nodes.And, self, other)

    def __rand__(self, other: Any) -> Expression:
        return _join(nodes.And, other, self)

    def __or__(self, other: Any) -> Expression:
        return _join(nodes.Or, self, other)

    def __ror__(self, other: Any) -> Expression:
        return _join(nodes.Or, other, self)

    def __invert__(self) -> Expression:
        return Expression(make_node(nodes.Not, operand=self.node))

    def isin(self, values: Iterable[Any]) -> Expression:
        """Whether the value is one of `values`; false where it is missing."""
        if isinstance(values, str | Expression) or not isinstance(values, Iterable):
            raise DefinitionError(f"isin() takes a list of values, as in .isin([{values!r}]).")
        listed = sorted(values, key=str) if isinstance(values, set | frozenset) else list(values)
        constants = tuple(dict.fromkeys(as_value(value) for value in listed))
        return Expression(make_node(nodes.IsIn, operand=self.node, values=constants))

    def between(self, low: Any, high: Any) -> Expression:
        """Whether ``low <= value <= high``; false where any of them is missing."""
        return Expression(make_node(nodes.Between, operand=self.node, low=as_node(low), high=as_node(high)))

    def is_missing(self) -> Expression:
        """Whether there is no value."""
        return Expression(make_node(nodes.IsMissing, operand=self.node))

    def fill(self, default: Any) -> Expression:
        """The value, or the constant `default` where it is missing."""
        return Expression(make_node(nodes.Fill, operand=self.node, default=as_value(default)))

    def contains(self, text: str) -> Expression:
        """Whether the text has `text` in it, letter by letter; false where it is missing."""
        return self._match("contains", text)

    def starts_with(self, text: str) -> Expression:
        """Whether the text begins with `text`."""
        return self._match("starts_with", text)

    def ends_with(self, text: str) -> Expression:
        """Whether the text ends with `text`."""
        return self._match("ends_with", text)

    def ago(self, *, days: int) -> Expression:
        """The tag as it was on the last working day on or before `days` days ago."""
        if not isinstance(self.node, nodes.TagRef):
            raise DefinitionError(f"ago() looks up a tag's earlier value, and {self!r} is no tag.")
        return Expression(make_node(nodes.Past, name=self.node.name, days=days))

    def _match(self, op: str, text: str) -> Expression:
        return Expression(make_node(nodes.TextMatch, op=op, operand=self.node, text=as_value(text)))

    def _shift(self, by: timedelta) -> Expression:
        if by % timedelta(days=1):
            raise DefinitionError(f"Days are shifted by whole days, and {by} is not; write days(7).")
        return Expression(make_node(nodes.DaysLater, operand=self.node, days=by.days))

    def _compare(self, op: str, other: Any) -> Expression:
        return Expression(make_node(nodes.Compare, op=op, left=self.node, right=as_node(other)))

    def __bool__(self) -> NoReturn:
        raise DefinitionError(
            "An expression has no truth value by itself. Instead of and, or, not write & | ~ with each "
            "comparison in parentheses; instead of a < x < b write x.between(a, b); instead of "
            "x in [...] write x.isin([...])."
        )

    def __contains__(self, item: object) -> NoReturn:
        raise DefinitionError("`in` does not work on an expression. Write expression.isin([...]).")

    def __iter__(self) -> NoReturn:
        raise DefinitionError(
            f"{self!r} is one expression, not a collection. Count people with mart.count()."
        )

    def __len__(self) -> NoReturn:
        raise DefinitionError(f"{self!r} is one expression and has no length. Count with mart.count().")


def tag(name: str) -> Expression:
    """The value of the tag called `name`."""
    return Expression(make_node(nodes.TagRef, name=name))


def column(name: str, of: str | None = None) -> Expression:
    """A column of the subject in hand, or of a subject it references."""
    return Expression(make_node(nodes.ColumnRef, name=name, of=of))


def as_of() -> Expression:
    """The day a computation is made for."""
    return Expression(nodes.AsOf())


def days_between(start: Any, end: Any) -> Expression:
    """Whole days from `start` to `end`; a time of day does not count.

    Examples
    --------
    >>> days_between(column("opened_on"), as_of()) <= 60
    days_between(column("opened_on"), as_of()) <= 60
    """
    return Expression(make_node(nodes.DaysBetween, start=as_node(start), end=as_node(end)))


def date_part(part: str, value: Any) -> Expression:
    """The ``year``, ``month``, ``day``, ``weekday`` (1 is Monday) or ``hour`` of a date or time.

    Examples
    --------
    >>> date_part("weekday", column("occurred_at")) >= 6
    date_part("weekday", column("occurred_at")) >= 6
    """
    return Expression(make_node(nodes.DatePart, part=part, operand=as_node(value)))


def case(*arms: tuple[Any, Any], otherwise: Any = None) -> Expression:
    """The value of the first arm whose condition holds, else `otherwise`, else missing.

    Examples
    --------
    >>> case((tag("age") < 18, "minor"), otherwise="adult")
    case((tag("age") < 18, "minor"), otherwise="adult")
    """
    made = []
    for arm in arms:
        if not isinstance(arm, tuple) or len(arm) != 2:
            raise DefinitionError("case() takes pairs: case((condition, value), ..., otherwise=value).")
        made.append(make_node(nodes.When, condition=as_node(arm[0]), then=as_node(arm[1])))
    last = None if otherwise is None else as_node(otherwise)
    return Expression(make_node(nodes.Case, arms=tuple(made), otherwise=last))


def days(count: int) -> timedelta:
    """So many days, to be added to a date: ``as_of() + days(7)``."""
    return timedelta(days=count)


def start_of(part: str, value: Any) -> Expression:
    """The first day of the ``week`` (a Monday), ``month``, ``quarter`` or ``year`` that a day lies in.

    Examples
    --------
    >>> tag("since") >= start_of("month", as_of())
    tag("since") >= start_of("month", as_of())
    """
    return Expression(make_node(nodes.StartOf, part=part, operand=as_node(value)))


def sample(share: Any, *, salt: str) -> Expression:
    """Whether the customer is in a random share of all, always the same for one salt.

    Examples
    --------
    >>> sample(0.1, salt="pilot")
    sample(0.1, salt="pilot")
    """
    return Expression(make_node(nodes.Sample, share=share, salt=salt))


def top(count: int, *, by: Any, among: Any = None, lowest: bool = False) -> Expression:
    """Whether the customer is one of the `count` with the highest value among those for whom `among` holds.

    Examples
    --------
    >>> top(1000, by=tag("aum"), among=tag("age") >= 60)
    top(1000, by=tag("aum"), among=tag("age") >= 60)
    """
    parts = {"by": as_node(by), "among": None if among is None else as_node(among)}
    return Expression(make_node(nodes.Top, count=count, lowest=lowest, **parts))


def as_node(value: Any) -> nodes.AnyNode:
    """The node of a handle or segment, a node itself, or a Python value as a constant."""
    inner = getattr(value, "node", None)
    if isinstance(inner, nodes.Node):
        return inner  # type: ignore[return-value]
    return value if isinstance(value, nodes.Node) else as_value(value)  # type: ignore[return-value]


def as_value(value: Any) -> nodes.Value:
    """A Python (or NumPy, pandas) value as a typed constant; a float becomes the decimal it prints as."""
    if isinstance(value, nodes.Value):
        return value
    if value is None:
        raise DefinitionError("None is no value to compare with: use .is_missing().")
    if isinstance(value, Expression):
        raise DefinitionError(f"A constant is expected here, not the expression {value!r}.")
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return make_node(nodes.Value, type=Type.BOOLEAN, value=value)
    if isinstance(value, numbers.Integral):
        return make_node(nodes.Value, type=Type.INTEGER, value=int(value))
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        if not number.is_finite():
            raise DefinitionError(f"{value!r} is not a finite number. For a missing value use .is_missing().")
        return make_node(nodes.Value, type=Type.DECIMAL, value=number)
    if isinstance(value, datetime):
        plain = datetime.combine(value.date(), value.timetz())
        return make_node(nodes.Value, type=Type.TIMESTAMP, value=plain)
    if isinstance(value, date):
        return make_node(nodes.Value, type=Type.DATE, value=value)
    if isinstance(value, str):
        return make_node(nodes.Value, type=Type.TEXT, value=str(value))
    raise DefinitionError(
        f"{value!r} ({type(value).__name__}) cannot stand in an expression. Use text, a number, a boolean, "
        "a date or a datetime."
    )


def make_node(kind: Any, *args: Any, **parts: Any) -> Any:
    """A node of its parts; what does not fit is told as the one who typed it would say it."""
    try:
        return kind(*args, **parts)
    except ValidationError as error:
        raise definition_error(_CALLED.get(kind) or kind.__name__, error) from error


def _calculate(op: str, left: Any, right: Any) -> Expression:
    sides = [as_node(left), as_node(right)]
    for side in sides:
        if isinstance(side, _CONDITIONS):
            hint = " Those without them are found by: one & ~other." if op == "-" else ""
            raise DefinitionError(f"'{op}' calculates with numbers, and {side!r} is a condition.{hint}")
        if isinstance(side, nodes.Value) and side.type not in _NUMBERS:
            raise DefinitionError(
                f"'{op}' calculates with numbers, and {side!r} is of the type {side.type}. "
                "For dates write days_between(start, end)."
            )
    return Expression(make_node(nodes.Arithmetic, op=op, left=sides[0], right=sides[1]))


def _join(kind: type[nodes.And | nodes.Or], left: Any, right: Any) -> Expression:
    sides = as_node(left), as_node(right)
    for side in sides:
        if isinstance(side, nodes.Arithmetic) or (
            isinstance(side, nodes.Value) and side.type is not Type.BOOLEAN
        ):
            raise DefinitionError(
                f"& and | join conditions, and {side!r} is none. Put each comparison in parentheses: "
                "(t.aum >= 5) & (t.age < 60)."
            )
    return Expression(make_node(nodes.join, kind, *sides))
