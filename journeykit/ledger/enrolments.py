"""Who is in which strategy, where, and since when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.keys import enrolment_id
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.staging import conform, insert_arrow, staged
from journeykit.ledger.tables import enrolment

_e = enrolment.c
_ENTERED = (_e.strategy, _e.version, _e.customer_id, _e.arm, _e.entered_on, _e.node, _e.node_since)
_FROM = (
    sa.Column("from_node", _e.node.type, nullable=False),
    sa.Column("from_since", _e.node_since.type, nullable=False),
)
_MOVED = (_e.strategy, _e.customer_id, _e.node, _e.node_since, *_FROM)


@dataclass(frozen=True)
class EnrolmentChanges:
    """One day's changes, applied in this order, so that one customer may enter, move and leave on one day.

    Attributes
    ----------
    entered : pa.Table
        strategy, version, customer_id, arm, entered_on, node, node_since.
    moved : pa.Table
        strategy, customer_id, node, node_since, and from_node, from_since: where the ledger had the customer
        when the day was decided; each customer at most once, with the last node of the day.
    exited : pa.Table
        strategy, customer_id, node, node_since, exit_reason, exited_on; the node is the last of the day.
    """

    entered: pa.Table
    moved: pa.Table
    exited: pa.Table


def read_enrolments(ledger: Ledger, strategies: Collection[str] | None = None) -> pa.Table:
    """Every enrolment, ended ones too, of the named strategies or of all; by strategy and customer."""
    statement = sa.select(enrolment).order_by(enrolment.c.strategy, enrolment.c.customer_id)
    if strategies is not None:
        statement = statement.where(enrolment.c.strategy.in_(strategies))
    return ledger.read_arrow(statement)


def enrolments_on(day: date) -> sa.Subquery:
    """Strategy, arm and state of every enrolment as it stood after `day`, whatever has happened since."""
    state = sa.case((_e.exited_on <= day, "exited"), else_="active")
    return sa.select(_e.strategy, _e.arm, state.label("state")).where(_e.entered_on <= day).subquery()


def apply_changes(connection: sa.Connection, run_id: str, changes: EnrolmentChanges) -> None:
    """Write a day's changes; part of the transaction that records a run's decisions.

    Raises
    ------
    LedgerError
        A customer moves or leaves who is not active where the run found him, which happens when another
        run decided meanwhile; or the counts before and after do not agree.
    """
    before = _count_states(connection)
    _enter(connection, run_id, changes.entered)
    _move(connection, changes.moved)
    _exit(connection, changes.exited)
    after = _count_states(connection)
    entered, exited = changes.entered.num_rows, changes.exited.num_rows
    expected = (before[0] + entered - exited, before[1] + exited)
    if after != expected:
        raise LedgerError(
            f"Enrolments do not add up, nothing was changed: {before[0]} active and {before[1]} exited, "
            f"{entered} entered and {exited} left, yet now {after[0]} active and {after[1]} exited."
        )


def _count_states(connection: sa.Connection) -> tuple[int, int]:
    counts = dict(connection.execute(sa.select(_e.state, sa.func.count()).group_by(_e.state)).all())
    return counts.get("active", 0), counts.get("exited", 0)


def _enter(connection: sa.Connection, run_id: str, table: pa.Table) -> None:
    rows = conform(table, _ENTERED, "new enrolments")
    pairs = zip(rows["strategy"].to_pylist(), rows["customer_id"].to_pylist(), strict=True)
    ids = pa.array([enrolment_id(strategy, customer) for strategy, customer in pairs], pa.string())
    rows = rows.append_column("enrolment_id", ids)
    rows = rows.append_column("state", pa.array(["active"] * rows.num_rows, pa.string()))
    rows = rows.append_column("run_id", pa.array([run_id] * rows.num_rows, pa.string()))
    insert_arrow(connection, enrolment, rows)


def _move(connection: sa.Connection, table: pa.Table) -> None:
    rows = conform(table, _MOVED, "moves")
    with staged(connection, rows, _MOVED) as moved:
        values = {"node": moved.c.node, "node_since": moved.c.node_since}
        found_at = (moved.c.from_node, moved.c.from_since)
        _apply(connection, moved, found_at, expected=rows.num_rows, verb="move", values=values)


def _exit(connection: sa.Connection, table: pa.Table) -> None:
    needed = [_e.strategy, _e.customer_id, _e.node, _e.node_since]
    needed += [_required(_e.exit_reason), _required(_e.exited_on)]
    rows = conform(table, needed, "exits")
    with staged(connection, rows, needed) as gone:
        values = {"state": "exited", "exit_reason": gone.c.exit_reason, "exited_on": gone.c.exited_on}
        found_at = (gone.c.node, gone.c.node_since)
        _apply(connection, gone, found_at, expected=rows.num_rows, verb="leave", values=values)


def _required(column: sa.Column) -> sa.Column:
    return sa.Column(column.name, column.type, nullable=False)


def _apply(
    connection: sa.Connection,
    rows: sa.Table,
    found_at: tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]],
    *,
    expected: int,
    verb: str,
    values: dict[str, Any],
) -> None:
    statement = (
        sa.update(enrolment)
        .where(_e.strategy == rows.c.strategy, _e.customer_id == rows.c.customer_id, _e.state == "active")
        .where(_e.node == found_at[0], _e.node_since == found_at[1])
        .values(values)
    )
    changed = connection.execute(statement).rowcount
    if changed != expected:
        raise LedgerError(
            f"{expected} customers should {verb}, but only {changed} of them are active where this run found "
            "them: another run decided meanwhile. Nothing was changed; run this one again."
        )
