"""What a customer's row does not hold is joined to it: earlier snapshots, and values over events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from journeykit.compiler.behaviour import measure_relation, measure_value
from journeykit.errors import DefinitionError
from journeykit.expressions import nodes
from journeykit.expressions.base import Node
from journeykit.expressions.values import check_values
from journeykit.mart.scope import CUSTOMER_ID, LACKING, Scope


def check_available(expressions: Iterable[Node], scope: Scope) -> None:
    """Tell a tag that could not be built from an unknown one, before types are looked up."""
    for expression in expressions:
        for name in nodes.tag_names(expression):
            scope.check_available(name)


def join_values(expressions: Iterable[Node], scope: Scope) -> tuple[sa.FromClause, Scope]:
    """Join to the scope's relation what its own columns do not tell: earlier snapshots, values over events.

    Raises
    ------
    DefinitionError
        A value that a tag cannot have, or an earlier tag that there is not.
    """
    relation = scope.relation
    customer = relation.c[CUSTOMER_ID]
    bound: dict[Node, sa.ColumnElement[Any]] = {}
    snapshots: dict[int, sa.FromClause] = {}
    lacking: dict[int, Mapping[str, str]] = {}
    for expression in expressions:
        check_values(expression, scope.values)
        for part in _reached(expression):
            if part in bound:
                continue
            if isinstance(part, nodes.Past):
                if part.days not in snapshots:
                    snapshot = scope.past(part.days)
                    earlier = snapshots[part.days] = snapshot.alias(f"ago_{part.days}")
                    lacking[part.days] = getattr(snapshot, "info", {}).get(LACKING, {})
                    relation = relation.outerjoin(earlier, earlier.c[CUSTOMER_ID] == customer)
                bound[part] = _earlier(part, snapshots[part.days], lacking[part.days], scope)
            elif isinstance(part, nodes.Measure):
                measured = measure_relation(part, scope).subquery(f"measure_{len(bound)}")
                relation = relation.outerjoin(measured, measured.c[CUSTOMER_ID] == customer)
                bound[part] = measure_value(part, measured)
    return relation, replace(scope, bound=bound)


def _reached(node: Node) -> Iterator[Node]:
    """The nodes that are judged in this statement; those within a Top have one of their own."""
    yield node
    if not isinstance(node, nodes.Top):
        for child in node.children():
            yield from _reached(child)


def _earlier(
    part: nodes.Past, snapshot: sa.FromClause, lacking: Mapping[str, str], scope: Scope
) -> sa.ColumnElement[Any]:
    if part.name in lacking:
        raise DefinitionError(
            f"{part!r}: {part.days} days before {scope.as_of} this tag could not be built, as no "
            f"{lacking[part.name]} is known of that day. Use another tag, or another number of days."
        )
    if part.name not in snapshot.c:
        raise DefinitionError(
            f"{part!r}: {part.days} days before {scope.as_of} there was no tag '{part.name}' of the type "
            "that it has now. Build the tags of that day again, or use another tag."
        )
    return snapshot.c[part.name]
