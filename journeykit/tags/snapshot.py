"""The SQL that puts attributes, passes and formulas together: one row per customer, sorted by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from journeykit.compiler import compile_node, compile_predicate
from journeykit.contract import Type, subject
from journeykit.dialects import SQL_TYPES, days_from, from_units, round_half_up, to_day
from journeykit.expressions import Arithmetic, Case, Fill, Node
from journeykit.mart.scope import CUSTOMER_ID, Scope
from journeykit.mart.sources import subject_table
from journeykit.tags.columns import reference
from journeykit.tags.plan import BuildPlan, Pass, Side, Slice
from journeykit.tags.rows import OWNER
from journeykit.tags.tag import Aggregate, Attribute, Formula, Tag

# The largest number each type can hold; a formula that goes beyond it is missing, not an error.
LIMITS = {Type.INTEGER: 10**18, Type.DECIMAL: 10**16, Type.RATE: 10**12}

_NUDGE = 1 + 2**-50

Column = sa.ColumnElement[Any]
Group = Pass | Side | Path
"""Where the values of some tags lie: a pass, a side computation, an earlier snapshot."""


def tags_statement(
    plan: BuildPlan,
    tables: Mapping[Group, sa.FromClause],
    names: Iterable[str],
    part: Slice | None = None,
) -> sa.Select[Any]:
    """Select some tags of a plan, one row per customer, sorted by id.

    Parameters
    ----------
    plan : BuildPlan
        What is built.
    tables : mapping of Pass, Side or Path to Table
        The results so far: one row per owner of a pass; per customer of a side or an earlier snapshot.
    names : iterable of str
        The tags, in the order of their columns.
    part : Slice, optional
        Only these customers.
    """
    names = list(names)
    wanted = _needed(plan, names)
    statement = _computed(plan, tables, wanted, part)
    for stage in plan.stages:
        formulas = [tag for tag in stage if isinstance(tag.compute, Formula) and tag.name in wanted]
        if formulas:
            before = statement.subquery()
            scope = scope_of(before, plan)
            columns = (formula_column(tag, scope).label(tag.name) for tag in formulas)
            statement = sa.select(*before.c, *columns)
    finished = statement.subquery("finished")
    chosen = (finished.c[name] for name in names)
    return sa.select(finished.c[CUSTOMER_ID], *chosen).order_by(finished.c[CUSTOMER_ID])


def _needed(plan: BuildPlan, names: Iterable[str]) -> set[str]:
    """The names, and the tags that their formulas are computed from."""
    formulas = {tag.name: tag for stage in plan.stages for tag in stage if isinstance(tag.compute, Formula)}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += formulas[name].uses if name in formulas else ()
    return found


def _computed(
    plan: BuildPlan, tables: Mapping[Group, sa.FromClause], wanted: set[str], part: Slice | None
) -> sa.Select[Any]:
    """Attributes and the results of groups, with what stands for no rows filled in."""
    customer = subject_table("customer")
    source: sa.FromClause = customer
    columns: list[Column] = [customer.c[CUSTOMER_ID]]
    attributes = [tag for tag in plan.attributes if tag.name in wanted]
    referenced = {tag.subject for tag in attributes} - {"customer"}
    subjects: dict[str, sa.FromClause] = {"customer": customer}
    for name in sorted(referenced):
        subjects[name] = subject_table(name).alias(f"its_{name}")
        source = source.outerjoin(subjects[name], _through(name) == subjects[name].c[subject(name).key[0]])
    columns += [_attribute(tag, subjects, plan.as_of).label(tag.name) for tag in attributes]
    found = ((group, [tag for tag in tags if tag.name in wanted]) for group, tags in _groups(plan))
    # The widest are joined last: every join copies what the ones before it have brought.
    for group, tags in sorted(found, key=lambda one: len(one[1])):
        if tags and group in tables:
            target, key = (group.belongs_to, OWNER) if isinstance(group, Pass) else ("customer", CUSTOMER_ID)
            table = tables[group]
            if part is not None and target == "customer":
                table = sa.select(table).where(part.holds(table.c[key])).subquery()
            source = source.outerjoin(table, _through(target) == table.c[key])
            columns += [_filled(tag, table.c[tag.name]).label(tag.name) for tag in tags]
    statement = sa.select(*columns).select_from(source)
    return statement if part is None else statement.where(part.holds(customer.c[CUSTOMER_ID]))


def _groups(plan: BuildPlan) -> Iterator[tuple[Group, tuple[Tag, ...]]]:
    for one in plan.passes:
        yield one, one.tags
    yield from plan.carried.items()
    for side in plan.sides:
        yield side, side.tags


def _through(target: str) -> Column:
    """The customer's column that names its customer, manager or branch."""
    customer = subject_table("customer")
    return customer.c[CUSTOMER_ID if target == "customer" else reference(subject("customer"), target).name]


def _attribute(tag: Tag, tables: Mapping[str, sa.FromClause], as_of: date) -> Column:
    compute = tag.compute
    assert isinstance(compute, Attribute)  # noqa: S101  (the plan put it here)
    value: Column = tables[compute.subject].c[compute.column]
    if compute.function == "days_since":
        return days_from(to_day(value), to_day(sa.literal(as_of, sa.Date())))
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
    function = tag.compute.function if isinstance(tag.compute, Aggregate) else ""
    if function in ("count", "distinct", "sum"):
        return sa.func.coalesce(value, sa.cast(sa.literal_column("0"), SQL_TYPES[tag.type]))
    return sa.func.coalesce(value, sa.false()) if function == "exists" else value


def scope_of(before: sa.FromClause, plan: BuildPlan) -> Scope:
    """What names mean in a formula over the columns of `before`."""
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
    expression = tag.compute.expression
    if tag.type is Type.BOOLEAN:
        return compile_predicate(expression, scope)
    if tag.type not in LIMITS:
        return sa.cast(compile_node(expression, scope), SQL_TYPES[tag.type])
    value = _in_units(expression, 10**tag.scale, scope)
    if isinstance(value.type, sa.Double):
        rounded, most = round_half_up(value), float(LIMITS[tag.type] * 10**tag.scale)
        fits = sa.func.abs(rounded) < sa.literal(most, sa.Double())
        return sa.case((fits, from_units(rounded, SQL_TYPES[tag.type])))
    value = compile_node(expression, scope)
    return sa.case((sa.func.abs(value) < LIMITS[tag.type], sa.cast(value, SQL_TYPES[tag.type])))


def _in_units(node: Node, units: int, scope: Scope) -> Column:
    """A number in units of its tag's last place; in double precision when it rests on a division.

    A quotient of whole numbers that lies on a half is a half exactly: 230449 / 2 is, 2304.49 / 2 is below it.
    What is calculated with quotients has lost its last bits; the nudge lets what prints as a half be one.
    """
    if isinstance(node, Arithmetic) and node.op == "/":
        below = sa.cast(compile_node(node.right, scope), sa.Double())
        return _whole_units(compile_node(node.left, scope), units) / sa.func.nullif(
            below, 0, type_=sa.Double()
        )
    if isinstance(node, Fill):
        filled = [_in_units(part, units, scope) for part in (node.operand, node.default)]
        return sa.func.coalesce(*filled, type_=_widest(filled))
    if isinstance(node, Case):
        conditions = [compile_predicate(arm.condition, scope) for arm in node.arms]
        values = [_in_units(arm.then, units, scope) for arm in node.arms]
        last = [] if node.otherwise is None else [_in_units(node.otherwise, units, scope)]
        chosen = sa.case(*zip(conditions, values, strict=True), else_=last[0] if last else sa.null())
        return sa.type_coerce(chosen, _widest([*values, *last]))
    value = compile_node(node, scope)
    return value * (units * _NUDGE) if isinstance(value.type, sa.Double) else value * units


def _widest(parts: list[Column]) -> sa.types.TypeEngine[Any]:
    """Double precision where any part is."""
    return next((part.type for part in parts if isinstance(part.type, sa.Double)), parts[0].type)


def _whole_units(dividend: Column, units: int) -> Column:
    """A dividend in double precision, its cents made whole before."""
    found = dividend.type
    if isinstance(found, sa.Double) or (isinstance(found, sa.Numeric) and (found.precision or 0) > 18):
        return sa.cast(dividend, sa.Double()) * units
    return sa.cast(sa.cast(dividend, sa.Numeric(24, 6)) * units, sa.Double())
