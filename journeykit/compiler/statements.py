"""Whole statements: who fulfils a condition, and what an expression is for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from journeykit.compiler.joining import check_available, join_values
from journeykit.compiler.nodes import compile_node, compile_predicate, compile_where
from journeykit.contract import Type
from journeykit.expressions import nodes
from journeykit.expressions.types import check_predicate, infer
from journeykit.mart.scope import CUSTOMER_ID, Scope


def compile_statement(node: nodes.Node, scope: Scope) -> sa.Select[Any]:
    """Select the ids of the customers for whom a condition holds.

    Parameters
    ----------
    node : Node
        A condition over tags and behaviour.
    scope : Scope
        What the names in it mean.

    Returns
    -------
    Select
        One column, ``customer_id``, one row per customer, in no particular order.

    Raises
    ------
    DefinitionError
        An unknown tag, types that do not go together, a value that the tag cannot have, or an expression
        that is not a condition.
    """
    check_available([node], scope)
    check_predicate(node, scope.types)
    relation, scope = join_values([node], scope)
    statement = sa.select(scope.relation.c[CUSTOMER_ID]).select_from(relation)
    return statement.where(compile_where(node, scope)).correlate(None)


def compile_rows(expressions: Mapping[str, nodes.AnyNode], scope: Scope) -> sa.Select[Any]:
    """Select what some expressions are for every customer.

    Parameters
    ----------
    expressions : mapping of str to Node
        By the label of its column; conditions are true or false, never missing.
    scope : Scope
        What the names in them mean.

    Returns
    -------
    Select
        ``customer_id`` and the labelled columns.
    """
    check_available(expressions.values(), scope)
    types = {label: infer(node, scope.types) for label, node in expressions.items()}
    relation, scope = join_values(expressions.values(), scope)
    columns = (
        (compile_predicate if types[label] is Type.BOOLEAN else compile_node)(node, scope).label(label)
        for label, node in expressions.items()
    )
    return sa.select(scope.relation.c[CUSTOMER_ID], *columns).select_from(relation).correlate(None)
