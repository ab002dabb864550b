"""One thing after the other, to SQL.

Two steps that may lie any time apart need only the first time of the one and the last of the other. All else
is judged over one list of the rows of every step, sorted by customer and time, step by step: a step is
complete at a row when the step before was complete before the rows that it takes, the latest such completion
being the best one for any window. Of rows at one time those of later steps come first in the list, so that
none is after the other.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from journeykit.compiler.behaviour import is_meant, open_window, select_events
from journeykit.compiler.nodes import compile_node
from journeykit.dialects import days_from, to_day
from journeykit.expressions import nodes
from journeykit.mart.scope import CUSTOMER_ID, Scope

Column = sa.ColumnElement[Any]
_BEFORE = (None, -1)
_AFTER = (1, None)


@compile_node.register
def _(node: nodes.Sequence, scope: Scope) -> Column:
    found = _first_and_last(node, scope) if _is_plain(node) else _matched(node, scope)
    return scope.relation.c[CUSTOMER_ID].in_(found)


def _is_plain(node: nodes.Sequence) -> bool:
    """Whether it is two single steps over one subject, any time apart."""
    if len(node.steps) != 2 or node.without is not None:
        return False
    first, last = node.steps
    return last.within_days is None and first.times == last.times == 1 and first.subject == last.subject


def _first_and_last(node: nodes.Sequence, scope: Scope) -> sa.Select[Any]:
    """The first time of the one step lies before the last time of the other."""
    either, _ = node.steps
    source, row, window = open_window(either, scope, node.within_days, node.since_entry)
    first, last = (is_meant(step, row, scope) for step in node.steps)
    at = row.c[either.at]
    return (
        sa.select(row.c[CUSTOMER_ID])
        .select_from(source)
        .where(*window, sa.or_(first, last))
        .group_by(row.c[CUSTOMER_ID])
        .having(sa.func.min(sa.case((first, at))) < sa.func.max(sa.case((last, at))))
    )


def _matched(node: nodes.Sequence, scope: Scope) -> sa.Select[Any]:
    first, *later = node.steps
    rows = _complete_first(_rows(node, scope), first)
    for number, step in enumerate(later, 2):
        rows = _complete_later(rows, step, number)
    done = rows.c.done
    if node.without is None:
        return sa.select(rows.c[CUSTOMER_ID]).where(done.is_not(sa.null()))
    return _unless(rows, node.without, len(node.steps) + 1, scope)


def _rows(node: nodes.Sequence, scope: Scope) -> sa.FromClause:
    """Every row of every step, and of what must not follow, with the number of the step."""
    selections = [*node.steps, *([node.without] if node.without else [])]
    if len({one.action for one in selections} - {None}) == len(selections):
        return _read_once(selections, node, scope)
    parts = []
    for number, selection in enumerate(selections, 1):
        source, row, conditions = select_events(selection, scope, node.within_days, node.since_entry)
        step = sa.cast(sa.literal(number, sa.Integer()), sa.Integer())
        parts.append(_numbered(row, selection, step).select_from(source).where(*conditions))
    return sa.union_all(*parts).subquery()


def _read_once(selections: list[nodes.Selection], node: nodes.Sequence, scope: Scope) -> sa.FromClause:
    """The same in one reading, where every step has an action of its own, so that no row is of two."""
    either, *_ = selections
    source, row, window = open_window(either, scope, node.within_days, node.since_entry)
    meant = [is_meant(one, row, scope) for one in selections]
    step = sa.case(*((one, number) for number, one in enumerate(meant, 1)))
    rows = _numbered(row, either, step).select_from(source)
    return rows.where(*window, sa.or_(*meant)).subquery()


def _numbered(row: sa.FromClause, selection: nodes.Selection, step: Column) -> sa.Select[Any, Any, Any]:
    at = sa.cast(row.c[selection.at], sa.DateTime())
    return sa.select(row.c[CUSTOMER_ID], at.label("at"), step.label("step"))


def _complete_first(rows: sa.FromClause, step: nodes.Step) -> sa.FromClause:
    """Add `done`: the time of a row at which the first step is complete, from its so-many-th row on."""
    complete: Column = rows.c.step == 1
    if step.times > 1:
        nth = sa.func.row_number().over(**_of_one_step(rows))
        complete = sa.and_(complete, nth > step.times - 1)
    return _with(rows, done=sa.case((complete, rows.c.at)))


def _complete_later(rows: sa.FromClause, step: nodes.Step, number: int) -> sa.FromClause:
    """Make `done` that of a later step: the step before was complete before the first row that it takes."""
    rows = _with(rows, before=sa.func.max(rows.c.done).over(**_of_customer(rows), rows=_BEFORE))
    if step.times > 1:
        rows = _with(rows, before=sa.func.lag(rows.c.before, step.times - 1).over(**_of_one_step(rows)))
    complete = sa.and_(rows.c.step == number, rows.c.before.is_not(sa.null()))
    if step.within_days is not None:
        complete = sa.and_(complete, _days(rows.c.before, rows.c.at) < step.within_days)
    return _with(rows, done=sa.case((complete, rows.c.at)))


def _unless(rows: sa.FromClause, without: nodes.Without, number: int, scope: Scope) -> sa.Select[Any]:
    """Those with an end that nothing unwanted follows; an open window is not yet without it."""
    unwanted = sa.case((rows.c.step == number, rows.c.at))
    rows = _with(rows, unwanted=sa.func.min(unwanted).over(**_of_customer(rows), rows=_AFTER))
    done, following = rows.c.done, rows.c.unwanted.is_(sa.null())
    if without.within_days is not None:
        days = without.within_days
        over = _days(done, sa.literal(scope.as_of, sa.Date())) >= days - 1
        following = sa.and_(over, sa.or_(following, _days(done, rows.c.unwanted) >= days))
    return sa.select(rows.c[CUSTOMER_ID]).where(done.is_not(sa.null()), following)


def _of_customer(rows: sa.FromClause) -> dict[str, Any]:
    return {"partition_by": rows.c[CUSTOMER_ID], "order_by": [rows.c.at, rows.c.step.desc()]}


def _of_one_step(rows: sa.FromClause) -> dict[str, Any]:
    return {"partition_by": [rows.c[CUSTOMER_ID], rows.c.step], "order_by": rows.c.at}


def _with(rows: sa.FromClause, **columns: Column) -> sa.FromClause:
    """The rows with other columns, or with more of them."""
    kept = [column for column in rows.c if column.name not in columns]
    return sa.select(*kept, *(column.label(name) for name, column in columns.items())).subquery()


def _days(start: Column, end: Column) -> Column:
    return days_from(to_day(start), to_day(end))
