"""Decisions: the leads and drops of a run, on record all at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.accounts import check_accounts
from journeykit.ledger.enrolments import EnrolmentChanges, apply_changes
from journeykit.ledger.keys import lead_id
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import Run, expect_run
from journeykit.ledger.staging import conform, insert_arrow
from journeykit.ledger.tables import delivery, drop_count, enrolment, lead, run

_l, _d = lead.c, drop_count.c
_LEAD = (
    _l.strategy, _l.version, _l.node, _l.customer_id, _l.channel, _l.manager_id, _l.branch_id, _l.offer,
    _l.expected_value, _l.reason,
)  # fmt: skip
_DROP = (_d.strategy, _d.node, _d.reason, _d.count)


@dataclass(frozen=True)
class Recorded:
    """A run with its decisions; `fresh` is false when they were on record before."""

    run: Run
    fresh: bool


def record_decisions(
    ledger: Ledger,
    run_id: str,
    *,
    changes: EnrolmentChanges,
    leads: pa.Table,
    drops: pa.Table,
    candidates: int,
    decisions_sha256: str,
) -> Recorded:
    """Record what a run decided, in one transaction: enrolments, leads, deliveries to make, drops and totals.

    Parameters
    ----------
    ledger : Ledger
        Where to.
    run_id : str
        A started run with its build pinned; day, contact date and build of the leads are the run's.
    changes : EnrolmentChanges
        Who entered, moved and left.
    leads : pa.Table
        strategy, version, node, customer_id, channel, manager_id, branch_id, offer,
        expected_value (yuan, DECIMAL(18, 2)), reason (JSON); other columns are not recorded.
    drops : pa.Table
        strategy, node, reason, count; one row for each reason that occurred.
    candidates : int
        How many candidates there were.
    decisions_sha256 : str
        SHA-256 of the run's `decisions.parquet`.

    Returns
    -------
    Recorded
        When the run was decided already, nothing is changed and `fresh` is false.

    Raises
    ------
    LedgerError
        candidates ≠ leads + drops, a lead goes to a customer outside the strategy's treatment arm, a customer
        has a lead for that contact date already, or enrolments do not add up. Nothing is changed.
    """
    with ledger.transaction("decisions") as connection:
        known = expect_run(connection, run_id)
        if known.decided:
            return Recorded(known, fresh=False)
        if known.build_id is None:
            raise LedgerError(
                f"Run '{run_id}' has no build. Pin the tag build it read before recording decisions."
            )
        dropped = sum(drops.column("count").to_pylist())
        if candidates != leads.num_rows + dropped:
            raise LedgerError(
                f"Run '{run_id}' does not add up, nothing was recorded: candidates {candidates} ≠ "
                f"leads {leads.num_rows} + drops {dropped}."
            )
        apply_changes(connection, run_id, changes)
        _insert_leads(connection, known, leads)
        constant = {"run_id": run_id}
        insert_arrow(connection, drop_count, _with(conform(drops, _DROP, "drop counts"), constant))
        totals = {"candidates": candidates, "leads": leads.num_rows, "drops": dropped}
        connection.execute(
            sa.update(run).where(run.c.run_id == run_id).values(**totals, decisions_sha256=decisions_sha256)
        )
        check_accounts(connection, run_id)
        return Recorded(expect_run(connection, run_id), fresh=True)


def _with(table: pa.Table, constants: Mapping[str, str | date]) -> pa.Table:
    for name, value in constants.items():
        table = table.append_column(name, pa.repeat(pa.scalar(value), table.num_rows))
    return table


def _insert_leads(connection: sa.Connection, known: Run, leads: pa.Table) -> None:
    rows = conform(leads, _LEAD, "leads")
    keys = zip(*(rows[name].to_pylist() for name in ("strategy", "node", "customer_id")), strict=True)
    ids = [lead_id(strategy, node, customer, known.contact_date) for strategy, node, customer in keys]
    rows = rows.append_column("lead_id", pa.array(ids, pa.string()))
    constants = {
        "as_of": known.as_of,
        "contact_date": known.contact_date,
        "build_id": str(known.build_id),
        "run_id": known.run_id,
    }
    insert_arrow(connection, lead, _with(rows, constants))
    ours = lead.c.run_id == known.run_id
    treated = (
        sa.select(sa.func.count())
        .select_from(lead)
        .join(
            enrolment,
            (enrolment.c.strategy == lead.c.strategy) & (enrolment.c.customer_id == lead.c.customer_id),
        )
        .where(ours, enrolment.c.arm == "treatment")
    )
    count = connection.execute(treated).scalar_one()
    if count != rows.num_rows:
        raise LedgerError(
            f"{rows.num_rows - count} of {rows.num_rows} leads go to customers in a control group. "
            "Nothing was recorded."
        )
    pending = sa.select(lead.c.lead_id, sa.literal("pending"), lead.c.run_id).where(ours)
    connection.execute(sa.insert(delivery).from_select(["lead_id", "state", "run_id"], pending))


def read_leads(ledger: Ledger, *, run_id: str | None = None, contact_date: date | None = None) -> pa.Table:
    """Leads of a run, of a contact date, or all, and their `delivery` state; sorted by lead_id."""
    statement = sa.select(lead, delivery.c.state.label("delivery")).join(
        delivery, delivery.c.lead_id == lead.c.lead_id
    )
    if run_id is not None:
        statement = statement.where(lead.c.run_id == run_id)
    if contact_date is not None:
        statement = statement.where(lead.c.contact_date == contact_date)
    return ledger.read_arrow(statement.order_by(lead.c.lead_id))


def read_drops(ledger: Ledger, run_id: str) -> pa.Table:
    """strategy, node, reason and count of a run's drops, sorted."""
    return ledger.read_arrow(
        sa.select(*_DROP).where(_d.run_id == run_id).order_by(_d.strategy, _d.node, _d.reason)
    )
