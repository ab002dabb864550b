"""Lists, random shares and the first by a number, to SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from journeykit.compiler.joining import join_values
from journeykit.compiler.nodes import compile_node, compile_where
from journeykit.dialects import in_binary_order
from journeykit.expressions import nodes
from journeykit.hashing import hash_column, share_threshold
from journeykit.mart.scope import CUSTOMER_ID, Scope

Column = sa.ColumnElement[Any]


@compile_node.register
def _(node: nodes.InList, scope: Scope) -> Column:
    listed = scope.lists(node.name, node.digest).alias()
    return scope.relation.c[CUSTOMER_ID].in_(sa.select(listed.c[CUSTOMER_ID]))


@compile_node.register
def _(node: nodes.Sample, scope: Scope) -> Column:
    """The first eight hex digits of md5('salt:id'), as text, stand before the share's (design D9)."""
    digits = hash_column(node.salt, scope.relation.c[CUSTOMER_ID])
    return in_binary_order(digits) < sa.literal(share_threshold(node.share), sa.Text())


@compile_node.register
def _(node: nodes.Top, scope: Scope) -> Column:
    among = node.among or nodes.And(operands=())
    relation, within = join_values([node.by, among], scope)
    customer, value = within.relation.c[CUSTOMER_ID], compile_node(node.by, within)
    first = (
        sa.select(customer)
        .select_from(relation)
        .where(value.is_not(sa.null()), compile_where(among, within))
        .order_by(value.asc() if node.lowest else value.desc(), in_binary_order(customer))
        .limit(node.count)
        .correlate(None)
        .subquery()
    )
    return scope.relation.c[CUSTOMER_ID].in_(sa.select(first.c[CUSTOMER_ID]))
