"""The SQL of rankings: where each customer stands among all."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from journeykit.compiler import compile_predicate
from journeykit.dialects import SQL_TYPES, from_units, round_half_up
from journeykit.tags.plan import BuildPlan, Side
from journeykit.tags.snapshot import CUSTOMER_ID, scope_of
from journeykit.tags.tag import Ranking, Tag

Column = sa.ColumnElement[Any]


def ranked_by(side: Side) -> list[str]:
    """The tags that a side's rankings need, sorted."""
    return sorted({name for tag in side.tags for name in tag.uses})


def ranking_statement(plan: BuildPlan, side: Side, values: sa.FromClause) -> sa.Select[Any]:
    """Select each customer's standing by every ranking of a side.

    Parameters
    ----------
    plan : BuildPlan
        What is built.
    side : Side
        Rankings.
    values : FromClause
        One row per customer with the tags of :func:`ranked_by`.
    """
    scope = scope_of(values, plan)
    columns = [values.c[CUSTOMER_ID]]
    for tag in side.tags:
        compute = tag.compute
        assert isinstance(compute, Ranking)  # noqa: S101  (the plan put it here)
        value = values.c[compute.tag]
        ranked = value.is_not(None)
        if compute.where is not None:
            ranked = sa.and_(ranked, compile_predicate(compute.where, scope))
        columns.append(sa.case((ranked, _standing(tag, compute, value, ranked))).label(tag.name))
    return sa.select(*columns)


def _standing(tag: Tag, compute: Ranking, value: Column, ranked: Column) -> Column:
    """Ranks by how many stand strictly before, or behind, so that equal values are treated alike."""
    first, last = (value.asc(), value.desc()) if compute.lowest_first else (value.desc(), value.asc())
    everyone = sa.func.count().over(partition_by=ranked)
    before = sa.func.rank().over(partition_by=ranked, order_by=first) - 1
    behind = sa.func.rank().over(partition_by=ranked, order_by=last) - 1
    if compute.function == "rank":
        return before + 1
    if compute.function == "quantile":
        units = 10**tag.scale
        share = sa.cast((everyone - before) * units, sa.Double()) / everyone
        return from_units(round_half_up(share), SQL_TYPES[tag.type])
    group = sa.func.floor(sa.cast(behind * compute.groups, sa.Double()) / everyone)
    return sa.cast(group, sa.BigInteger()) + 1
