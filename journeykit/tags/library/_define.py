"""What the families of the library share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from journeykit.contract import Privacy, Type
from journeykit.expressions import (
    And,
    AnyNode,
    Arithmetic,
    ColumnRef,
    Compare,
    Expression,
    IsIn,
    Value,
    as_of,
    case,
    column,
    days_between,
)
from journeykit.expressions.base import walk
from journeykit.tags.tag import Aggregate, Attribute, Formula, Function, Ranking, Score, Tag

Computed = Attribute | Aggregate | Formula | Ranking | Score | Expression

Text = tuple[str, str]
"""A text in English and in Chinese."""

# The longest look back over events and transactions, so that a build reads no older partition.
LONGEST = 365
QUOTIENTS = ("mean", "share", "slope", "volatility", "daily_mean")
PLACES: dict[Type, Text] = {Type.RATE: ("six places", "六位小数"), Type.DECIMAL: ("a cent", "分")}


class Define(Protocol):
    """Define one tag of a family; see :func:`family`."""

    def __call__(  # noqa: PLR0917  (a table of tags reads better without names)
        self,
        name: str,
        /,
        title: Text,
        description: Text,
        type: Type,  # noqa: A002  (the tag's own field)
        compute: Computed,
        unit: str = "",
        values: tuple[str, ...] = (),
        sensitivity: Privacy | None = None,
    ) -> Tag: ...


def family(name: str, owner: str, sensitivity: Privacy = "C2") -> Define:
    """A function that defines tags of one family, owned by one department.

    Examples
    --------
    >>> define = family("region", "Retail banking")
    >>> define("at", ("At", "地点"), ("Where.", "地点。"), Type.TEXT, Attribute(column="district")).owner
    'Retail banking'
    """
    of_family = sensitivity

    def define(  # noqa: PLR0917
        name_: str,
        /,
        title: Text,
        description: Text,
        type: Type,  # noqa: A002
        compute: Computed,
        unit: str = "",
        values: tuple[str, ...] = (),
        sensitivity: Privacy | None = None,
    ) -> Tag:
        computed = Formula(expression=compute.node) if isinstance(compute, Expression) else compute
        en, zh = _finish(description, type, computed)
        return Tag(
            name=name_, title=title[0], title_zh=title[1], description=en, description_zh=zh, family=name,
            unit=unit, type=type, owner=owner, sensitivity=sensitivity or of_family, values=values,
            compute=computed,
        )  # fmt: skip

    return define


def _finish(description: Text, type_: Type, compute: Any) -> Text:
    """Say what every description must: what stands for no rows, and how a quotient is rounded."""
    en, zh = description
    function = compute.function if isinstance(compute, Aggregate) else ""
    if isinstance(compute, Aggregate):
        rows, rows_zh = _rows(compute)
        en, zh = f"{en} {rows}", f"{zh}{rows_zh}"
    if function in ("count", "sum", "distinct") and "0 without" not in en:
        en, zh = f"{en} 0 without any.", f"{zh}没有则为0。"
    elif function not in ("", "exists", "count", "sum", "distinct") and "issing" not in en:
        en, zh = f"{en} Missing without any.", f"{zh}没有则缺失。"
    divides = isinstance(compute, Formula) and any(
        isinstance(part, Arithmetic) and part.op == "/" for part in walk(compute.expression)
    )
    if (divides or function in QUOTIENTS) and type_ in PLACES and "rounded" not in en.lower():
        en, zh = f"{en} Rounded half-up to {PLACES[type_][0]}.", f"{zh}四舍五入到{PLACES[type_][1]}。"
    return en, zh


def _rows(compute: Aggregate) -> Text:
    """Which rows of which subject are taken, as far as a column's value says it."""
    where = compute.where
    told = []
    for part in where.operands if isinstance(where, And) else (where,):
        match part:
            case Compare(op="==", left=ColumnRef() as ref, right=Value() as value) if ref.name != "role":
                told.append((ref, (value,)))
            case IsIn(operand=ColumnRef() as ref):
                told.append((ref, part.values))
    parts, parts_zh = [], []
    for ref, values in told:
        name = f"{ref.of}.{ref.name}" if ref.of else ref.name
        shown = [str(value.value).lower() for value in values]
        parts.append(f"{name} {' or '.join(shown)}")
        parts_zh.append(f"{name}={'或'.join(shown)}")
    by, by_zh = (f" by {compute.by}", f"（按{compute.by}归属）") if compute.by else ("", "")
    en = f"Rows of {compute.subject}{by}" + (f" with {', '.join(parts)}." if parts else ".")
    return en, f"取{compute.subject}{by_zh}的" + (f"{'、'.join(parts_zh)}的" if parts else "") + "记录。"


def aggregates(subject: str, *, each: str | None = None, by: str | None = None) -> Callable[..., Aggregate]:
    """A function that makes aggregates of one subject: ``rows("sum", of, where, within_days=30)``."""

    def rows(
        function: Function,
        of: Expression | None = None,
        where: Expression | None = None,
        within_days: int | None = None,
        *,
        per_days: int | None = None,
        carry_days: int | None = None,
    ) -> Aggregate:
        return Aggregate(
            subject=subject,
            function=function,
            of=_node(of),
            where=_node(where),
            within_days=within_days,
            by=by,
            each=each,
            per_days=per_days,
            carry_days=carry_days,
        )

    return rows


def _node(value: Expression | None) -> AnyNode | None:
    return None if value is None else value.node


def days_window(days: int) -> Text:
    """How a window is told in a description.

    Examples
    --------
    >>> days_window(30)[0]
    'in the 30 days up to and including as_of'
    """
    if days == 1:
        return "on as_of itself", "数据日当天"
    return f"in the {days} days up to and including as_of", f"截至数据日（含）的{days}天内"


OWNED_OPEN = (column("role") == "owner") & column("closed_on").is_missing()
"""A holding whose owner the customer is, and which is still open at the end of as_of."""

OWNED_OPEN_TEXT: Text = (
    "Only open holdings in the owner role count; one closed on as_of is no longer open.",
    "仅统计本人为所有者且未销户的账户；数据日当天销户视为已销户。",
)


def still_valid(last_day: str) -> Expression:
    """Whether a period whose last day is inclusive still holds on as_of."""
    return column(last_day).is_missing() | (column(last_day) >= as_of())


def within(day: str, days: int) -> Expression:
    """Whether a day of the row's lies in the window of `days` days that ends with as_of."""
    return days_between(column(day), as_of()).between(0, days - 1)


def of_kind(*kinds: str) -> Expression:
    """Whether a holding's product is of one of these kinds; false where the product is not known."""
    kind = column("kind", of="product")
    return kind == kinds[0] if len(kinds) == 1 else kind.isin(kinds)


def bands(value: Expression, bounds: tuple[int | Decimal, ...], names: tuple[str | int, ...]) -> Expression:
    """The first name whose upper bound, not included, is above the value; missing where the value is.

    Examples
    --------
    >>> bands(column("amount"), (10, 20), ("low", "middle", "high"))
    case((column("amount") < 10, "low"), (column("amount") < 20, "middle"), (column("amount") >= 20, "high"))
    """
    below = ((value < bound, name) for bound, name in zip(bounds, names, strict=False))
    return case(*below, (value >= bounds[-1], names[-1]))
