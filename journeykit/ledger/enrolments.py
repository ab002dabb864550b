"""Who is in which strategy, where, and since when."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.ledger import Ledger, arrow_type
from journeykit.ledger.marks import MARKED, insert_marks
from journeykit.ledger.staging import conform, insert_arrow, staged
from journeykit.ledger.tables import enrolment

_e = enrolment.c
_ENTERED = (
    _e.enrolment_id, _e.strategy, _e.version, _e.customer_id, _e.arm, _e.entered_on, _e.node, _e.node_since,
    _e.exit_reason, _e.exited_on,
)  # fmt: skip
_FROM = (
    sa.Column("found_node", _e.node.type, nullable=False),
    sa.Column("found_since", _e.node_since.type, nullable=False),
)
_CHANGED = (_e.enrolment_id, _e.version, _e.node, _e.node_since, _e.exit_reason, _e.exited_on, *_FROM)
ENTERED, CHANGED = (
    pa.schema([(column.name, arrow_type(column.type)) for column in columns])
    for columns in (_ENTERED, _CHANGED)
)


@dataclass(frozen=True)
class EnrolmentChanges:
    """What a run changes; a customer may enter, move and leave on one day, and enter again on a later one.

    Attributes
    ----------
    entered : pa.Table
        :data:`ENTERED`: new enrolments as they stand at last; ``exit_reason`` and ``exited_on`` are missing
        while they are active.
    changed : pa.Table
        :data:`CHANGED`: enrolments of the ledger as they stand at last, each at most once, and found_node,
        found_since: where the ledger had them when the run was decided.
    marked : pa.Table
        :data:`journeykit.ledger.marks.MARKED`.
    """

    entered: pa.Table = field(default_factory=ENTERED.empty_table)
    changed: pa.Table = field(default_factory=CHANGED.empty_table)
    marked: pa.Table = field(default_factory=MARKED.empty_table)

    @classmethod
    def join(cls, parts: Iterable[EnrolmentChanges]) -> EnrolmentChanges:
        """The changes of several strategies as one."""
        parts = (cls(), *parts)
        return cls(
            entered=pa.concat_tables([one.entered for one in parts]),
            changed=pa.concat_tables([one.changed for one in parts]),
            marked=pa.concat_tables([one.marked for one in parts]),
        )


def read_enrolments(ledger: Ledger, strategies: Collection[str] | None = None) -> pa.Table:
    """Every enrolment, ended ones too, of the named strategies or of all; by strategy, customer and day."""
    statement = sa.select(enrolment).order_by(_e.strategy, _e.customer_id, _e.entered_on)
    if strategies is not None:
        statement = statement.where(enrolment.c.strategy.in_(strategies))
    return ledger.read_arrow(statement)


def enrolments_on(day: date) -> sa.Subquery:
    """Strategy, arm and state of every enrolment as it stood after `day`, whatever has happened since."""
    state = sa.case((_e.exited_on <= day, "exited"), else_="active")
    return sa.select(_e.strategy, _e.arm, state.label("state")).where(_e.entered_on <= day).subquery()


def apply_changes(connection: sa.Connection, run_id: str, changes: EnrolmentChanges) -> None:
    """Write a run's changes; part of the transaction that records its decisions.

    Raises
    ------
    LedgerError
        A customer moves or leaves who is not active where the run found him, which happens when another
        run decided meanwhile; or the counts before and after do not agree.
    """
    before = _count_states(connection)
    # Who leaves and enters again must have left first: nobody is active twice.
    _change(connection, changes.changed)
    _enter(connection, run_id, changes.entered)
    insert_marks(connection, run_id, changes.marked)
    after = _count_states(connection)
    entered = changes.entered.num_rows
    gone = [len(table) - table["exit_reason"].null_count for table in (changes.entered, changes.changed)]
    expected = (before[0] + entered - sum(gone), before[1] + sum(gone))
    if after != expected:
        raise LedgerError(
            f"Enrolments do not add up, nothing was changed: {before[0]} active and {before[1]} exited, "
            f"{entered} entered and {sum(gone)} left, yet now {after[0]} active and {after[1]} exited."
        )


def _count_states(connection: sa.Connection) -> tuple[int, int]:
    counts = dict(connection.execute(sa.select(_e.state, sa.func.count()).group_by(_e.state)).all())
    return counts.get("active", 0), counts.get("exited", 0)


def _enter(connection: sa.Connection, run_id: str, table: pa.Table) -> None:
    rows = conform(table, _ENTERED, "new enrolments")
    state = pc.if_else(pc.is_valid(rows["exit_reason"]), "exited", "active")
    rows = rows.append_column("state", state).append_column("run_id", pa.repeat(run_id, rows.num_rows))
    insert_arrow(connection, enrolment, rows)


def _change(connection: sa.Connection, table: pa.Table) -> None:
    if not table.num_rows:
        return
    rows = conform(table, _CHANGED, "changed enrolments")
    with staged(connection, rows, _CHANGED) as changed:
        same = (_e.enrolment_id == changed.c.enrolment_id, _e.state == "active")
        where = (_e.node == changed.c.found_node, _e.node_since == changed.c.found_since)
        moved = {name: changed.c[name] for name in ("version", "node", "node_since")}
        found = connection.execute(sa.update(enrolment).where(*same, *where).values(moved)).rowcount
        # Apart, so that only the few who leave are taken out of the index of those who are active.
        left = {"state": "exited", "exit_reason": changed.c.exit_reason, "exited_on": changed.c.exited_on}
        gone = changed.c.exit_reason.is_not(None)
        connection.execute(sa.update(enrolment).where(*same, gone).values(left))
    if found != rows.num_rows:
        raise LedgerError(
            f"{rows.num_rows} customers should move or leave, but only {found} of them are active where this "
            "run found them: another run decided meanwhile. Nothing was changed; run this one again."
        )
