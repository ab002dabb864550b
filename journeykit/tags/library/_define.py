"""What the families of the library share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from journeykit.contract import Privacy, Type
from journeykit.expressions import AnyNode, Expression, as_of, column
from journeykit.tags.tag import Aggregate, Attribute, Formula, Function, Tag

Text = tuple[str, str]
"""A text in English and in Chinese."""

# The longest look back over events and transactions, so that a build reads no older partition.
LONGEST = 365


class Define(Protocol):
    """Define one tag of a family; see :func:`family`."""

    def __call__(  # noqa: PLR0917  (a table of tags reads better without names)
        self,
        name: str,
        /,
        title: Text,
        description: Text,
        type: Type,  # noqa: A002  (the tag's own field)
        compute: Attribute | Aggregate | Formula | Expression,
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
        compute: Attribute | Aggregate | Formula | Expression,
        unit: str = "",
        values: tuple[str, ...] = (),
        sensitivity: Privacy | None = None,
    ) -> Tag:
        return Tag(
            name=name_, title=title[0], title_zh=title[1], description=description[0],
            description_zh=description[1], family=name, unit=unit, type=type, owner=owner,
            sensitivity=sensitivity or of_family, values=values,
            compute=Formula(expression=compute.node) if isinstance(compute, Expression) else compute,
        )  # fmt: skip

    return define


def aggregates(subject: str, *, each: str | None = None, by: str | None = None) -> Callable[..., Aggregate]:
    """A function that makes aggregates of one subject: ``rows("sum", of, where, within_days=30)``."""

    def rows(
        function: Function,
        of: Expression | None = None,
        where: Expression | None = None,
        within_days: int | None = None,
    ) -> Aggregate:
        return Aggregate(
            subject=subject,
            function=function,
            of=_node(of),
            where=_node(where),
            within_days=within_days,
            by=by,
            each=each,
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
