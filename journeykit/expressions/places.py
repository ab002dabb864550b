"""How many decimal places an exact number has, so that products of it can be kept exact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from journeykit.expressions import nodes

DIGITS = 38
"""Of the widest decimal that every engine has; a product may use half of them for its places."""


Stored = nodes.TagRef | nodes.ColumnRef | nodes.Past | nodes.Measure


def decimal_places(node: nodes.Node, scale_of: Callable[[Stored], int]) -> int | None:
    """The decimal places of a number; None where it is in double precision.

    Parameters
    ----------
    node : Node
        A number.
    scale_of : callable
        The places of a tag, now or in the past, of a column, or of a value over events.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> decimal_places((tag("aum") * 0.25 + tag("rate")).node, lambda one: 6 if one.name == "rate" else 2)
    6
    >>> decimal_places((tag("aum") / 2).node, lambda one: 2) is None
    True
    """
    match node:
        case nodes.Value(value=Decimal() as number):
            return max(0, -int(number.as_tuple().exponent))
        case nodes.Arithmetic(op="/") | nodes.Measure(function="mean"):
            return None
        case nodes.TagRef() | nodes.ColumnRef() | nodes.Past() | nodes.Measure():
            return scale_of(node)
    parts = [decimal_places(part, scale_of) for part in _numbers_in(node)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if isinstance(node, nodes.Arithmetic) and node.op == "*":
        return sum(known) if sum(known) <= DIGITS // 2 else None
    return max(known, default=0)


def _numbers_in(node: nodes.Node) -> list[nodes.Node]:
    """The numbers that a calculation, a filled value or a case is made of."""
    match node:
        case nodes.Arithmetic(left=left, right=right):
            return [left, right]
        case nodes.Fill(operand=operand, default=default):
            return [operand, default]
        case nodes.Case(arms=arms, otherwise=otherwise):
            return [*(arm.then for arm in arms), *([] if otherwise is None else [otherwise])]
    return []
