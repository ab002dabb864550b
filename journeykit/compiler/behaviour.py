"""What customers did, to SQL: one reading of the events, grouped by customer, joined or looked up."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from journeykit.compiler.nodes import compile_node, compile_where
from journeykit.contract import Type
from journeykit.dialects import SQL_TYPES, days_from, to_day
from journeykit.errors import DefinitionError
from journeykit.expressions import nodes
from journeykit.mart.scope import CUSTOMER_ID, Scope

Condition = sa.ColumnElement[bool]
_DAY = timedelta(days=1)


@compile_node.register
def _(node: nodes.Did, scope: Scope) -> sa.ColumnElement[Any]:
    """People without any event count too, so an upper limit is the complement of a lower one."""
    times = node.times
    if node.op == "at_least":
        return _did(node, scope, operator.ge, times) if times else sa.true()
    if node.op == "at_most":
        return sa.not_(_did_in_any(node, scope, times + 1))
    return _did(node, scope, operator.eq, times) if times else sa.not_(_did_in_any(node, scope, 1))


@compile_node.register
def _(node: nodes.Measure, scope: Scope) -> sa.ColumnElement[Any]:
    return scope.bound[node]


def measure_relation(node: nodes.Measure, scope: Scope) -> sa.Select[Any, Any]:
    """Select ``customer_id`` and ``value`` of everyone who has such events."""
    source, row, conditions = select_events(
        node.events, scope, node.events.within_days, node.events.since_entry
    )
    of = row.c[node.of or node.events.at]
    values: dict[str, sa.ColumnElement[Any]] = {
        "count": sa.func.count(),
        # Cast back: an uncast sum is 128 bits wide.
        "sum": sa.cast(sa.func.sum(of), SQL_TYPES[node.type]),
        "mean": sa.cast(sa.func.sum(of), sa.Double()) / sa.cast(sa.func.count(of), sa.Double()),
        "min": sa.func.min(of),
        "max": sa.func.max(of),
        "first_time": sa.func.min(of),
        "last_time": sa.func.max(of),
    }
    selected = sa.select(row.c[CUSTOMER_ID], values[node.function].label("value")).select_from(source)
    return selected.where(*conditions).group_by(row.c[CUSTOMER_ID])


def measure_value(node: nodes.Measure, measured: sa.FromClause) -> sa.ColumnElement[Any]:
    """The value for everyone: counts and sums over no rows are 0."""
    type_ = SQL_TYPES[node.type]
    if node.function in ("count", "sum"):
        zero = sa.cast(sa.literal(0, sa.BigInteger()), type_)
        return sa.func.coalesce(measured.c.value, zero, type_=type_)
    return sa.type_coerce(measured.c.value, sa.Double() if node.function == "mean" else type_)


def select_events(
    selection: nodes.Selection, scope: Scope, within_days: int | None, since_entry: bool
) -> tuple[sa.FromClause, sa.FromClause, list[Condition]]:
    """The rows of a selection.

    Returns
    -------
    tuple
        What to select from, the subject's table in it, and the conditions for a row to be meant.
    """
    source, row, conditions = open_window(selection, scope, within_days, since_entry)
    return source, row, [*conditions, is_meant(selection, row, scope)]


def open_window(
    selection: nodes.Selection, scope: Scope, within_days: int | None, since_entry: bool
) -> tuple[sa.FromClause, sa.FromClause, list[Condition]]:
    """The same for all rows in the window; one of n days as of D covers D-n+1 to D (design D3)."""
    row = scope.subjects(selection.subject.name)
    at = row.c[selection.at]
    conditions = [row.c[CUSTOMER_ID].is_not(sa.null()), at < _begin(selection, scope.as_of + _DAY)]
    if within_days is not None and within_days < scope.as_of.toordinal():
        conditions.append(at >= _begin(selection, scope.as_of - (within_days - 1) * _DAY))
    if not since_entry:
        return row, row, conditions
    if scope.entries is None:
        raise DefinitionError(
            "since_entry() counts from the day on which a customer came to a node of a journey, and a "
            "segment by itself has no such day. Use within(days=...) instead."
        )
    entries = scope.entries
    source = row.join(entries, entries.c[CUSTOMER_ID] == row.c[CUSTOMER_ID])
    return source, row, [*conditions, to_day(at) > entries.c.entered_on]


def is_meant(selection: nodes.Selection, row: sa.FromClause, scope: Scope) -> Condition:
    """Whether a row of the subject is one that a selection means; it may be missing where it is not."""
    conditions: list[Condition] = [sa.true()]
    if selection.action is not None:
        conditions.append(row.c.action == sa.literal(selection.action, sa.Text()))
    if selection.where is not None:
        conditions.append(compile_where(selection.where, replace(scope, row=row)))
    return sa.and_(*conditions)


def _did(
    node: nodes.Did, scope: Scope, compare: Callable[[Any, Any], Any], times: int
) -> sa.ColumnElement[bool]:
    """Whether the customer did it so often, in each period when there are any: one scan, a semi-join."""
    actors = _actors(node, scope, compare, times)
    if node.every_days is not None:
        held = actors.add_columns(sa.func.count().label("times")).subquery()
        actors = sa.select(held.c[CUSTOMER_ID]).group_by(held.c[CUSTOMER_ID])
        actors = actors.having(sa.func.count() == sa.literal(node.periods, sa.BigInteger()))
    return scope.relation.c[CUSTOMER_ID].in_(actors)


def _did_in_any(node: nodes.Did, scope: Scope, times: int) -> sa.ColumnElement[bool]:
    """Whether the customer did it so often or more, in some period at least."""
    return scope.relation.c[CUSTOMER_ID].in_(_actors(node, scope, operator.ge, times))


def _actors(node: nodes.Did, scope: Scope, compare: Callable[[Any, Any], Any], times: int) -> sa.Select[Any]:
    """The ids of those who did it so often; once for each period in which they did."""
    events = node.events
    source, row, conditions = select_events(events, scope, events.within_days, events.since_entry)
    actors = sa.select(row.c[CUSTOMER_ID]).select_from(source).where(*conditions)
    if (compare, times, node.every_days) == (operator.ge, 1, None):
        return actors
    group: list[sa.ColumnElement[Any]] = [row.c[CUSTOMER_ID]]
    if node.every_days is not None:
        ago = days_from(to_day(row.c[events.at]), to_day(sa.literal(scope.as_of, sa.Date())))
        group.append(ago - ago % sa.literal(node.every_days, sa.BigInteger()))
    counted = compare(sa.func.count(), sa.literal(times, sa.BigInteger()))
    return actors.group_by(*group).having(counted)


def _begin(selection: nodes.Selection, day: date) -> sa.ColumnElement[Any]:
    """The beginning of a day, as the subject's time column holds it."""
    if selection.subject.column(selection.at).type is Type.DATE:
        return sa.literal(day, sa.Date())
    return sa.literal(datetime.combine(day, time.min), sa.DateTime())
