"""The SQL that puts attributes, passes and formulas together: one row per customer, sorted by id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from journeykit.compiler import compile_node, compile_predicate
from journeykit.contract import Type, subject
from journeykit.dialects import SQL_TYPES
from journeykit.mart.scope import Scope
from journeykit.mart.sources import subject_table
from journeykit.tags.columns import reference
from journeykit.tags.passes import OWNER
from journeykit.tags.planning import BuildPlan, Pass
from journeykit.tags.tag import Aggregate, Attribute, Formula, Tag

CUSTOMER_ID = "customer_id"

# The largest number each type can hold; a formula that goes beyond it is missing, not an error.
LIMITS = {Type.INTEGER: 10**18, Type.DECIMAL: 10**16, Type.RATE: 10**12}

Column = sa.ColumnElement[Any]


def snapshot_statement(plan: BuildPlan, summed: Mapping[Pass, sa.Table]) -> sa.Select[Any]:
    """Select every tag of a plan.

    Parameters
    ----------
    plan : BuildPlan
        What to build.
    summed : mapping of Pass to Table
        The result of each pass, one row per owner.
    """
    statement = _computed(plan, summed)
    for stage in plan.stages:
        before = statement.subquery()
        scope = _scope(before, plan)
        formulas = (formula_column(tag, scope).label(tag.name) for tag in stage)
        statement = sa.select(*before.c, *formulas)
    finished = statement.subquery("finished")
    columns = (finished.c[tag.name] for tag in plan.tags)
    return sa.select(finished.c[CUSTOMER_ID], *columns).order_by(finished.c[CUSTOMER_ID])


def _computed(plan: BuildPlan, summed: Mapping[Pass, sa.Table]) -> sa.Select[Any]:
    """Attributes and the results of passes, with what stands for no rows filled in."""
    customer = subject_table("customer")
    source: sa.FromClause = customer
    columns: list[Column] = [customer.c[CUSTOMER_ID]]
    referenced = {tag.subject for tag in plan.attributes} - {"customer"}
    tables: dict[str, sa.FromClause] = {"customer": customer}
    for name in sorted(referenced):
        tables[name] = subject_table(name).alias(f"its_{name}")
        source = source.outerjoin(tables[name], _through(name) == tables[name].c[subject(name).key[0]])
    columns += [_attribute(tag, tables, plan.as_of).label(tag.name) for tag in plan.attributes]
    for one, table in summed.items():
        source = source.outerjoin(table, _through(one.belongs_to) == table.c[OWNER])
        columns += [_filled(tag, table.c[tag.name]).label(tag.name) for tag in one.tags]
    return sa.select(*columns).select_from(source)


def _through(target: str) -> Column:
    """The customer's column that names its customer, manager or branch."""
    customer = subject_table("customer")
    return customer.c[CUSTOMER_ID if target == "customer" else reference(subject("customer"), target).name]


def _attribute(tag: Tag, tables: Mapping[str, sa.FromClause], as_of: date) -> Column:
    compute = tag.compute
    assert isinstance(compute, Attribute)  # noqa: S101  (the plan put it here)
    value: Column = tables[compute.subject].c[compute.column]
    if compute.function == "days_since":
        day = sa.cast(value, sa.Date())
        return sa.type_coerce(sa.literal(as_of, sa.Date()) - day, sa.BigInteger())
    if compute.function == "years_since":
        return _full_years(value, as_of)
    return sa.func.coalesce(value, sa.false()) if tag.type is Type.BOOLEAN else value


def _full_years(day: Column, as_of: date) -> Column:
    """The difference of the years, less one before the anniversary."""
    month_and_day = sa.extract("month", day) * 100 + sa.extract("day", day)
    early = sa.case((month_and_day > as_of.month * 100 + as_of.day, 1), else_=0)
    return sa.cast(as_of.year - sa.extract("year", day) - early, sa.BigInteger())


def _filled(tag: Tag, value: Column) -> Column:
    """Counts and sums over no rows are 0, existence is false; everything else is missing (design D4)."""
    assert isinstance(tag.compute, Aggregate)  # noqa: S101  (the plan put it here)
    if tag.compute.function in ("count", "distinct", "sum"):
        return sa.func.coalesce(value, sa.cast(sa.literal_column("0"), SQL_TYPES[tag.type]))
    return sa.func.coalesce(value, sa.false()) if tag.compute.function == "exists" else value


def _scope(before: sa.FromClause, plan: BuildPlan) -> Scope:
    return Scope(
        as_of=plan.as_of,
        tags={column.name: column for column in before.c if column.name != CUSTOMER_ID},
        types={tag.name: tag.type for tag in plan.tags},
        relation=before,
        subjects=subject_table,
    )


def formula_column(tag: Tag, scope: Scope) -> Column:
    """The value of a formula, rounded half-up to the tag's scale; conditions are never missing."""
    assert isinstance(tag.compute, Formula)  # noqa: S101  (the plan put it here)
    if tag.type is Type.BOOLEAN:
        return compile_predicate(tag.compute.expression, scope)
    value = compile_node(tag.compute.expression, scope)
    if tag.type not in LIMITS:
        return sa.cast(value, SQL_TYPES[tag.type])
    if isinstance(value.type, sa.Double):
        units = 10**tag.scale
        value = sa.func.round(value * units) / units
    limit = LIMITS[tag.type]
    return sa.case((sa.func.abs(value) < limit, sa.cast(value, SQL_TYPES[tag.type])))
