"""Decisions: the leads and drops of a run, on record all at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.accounts import check_accounts
from journeykit.ledger.approvals import Step, add_step
from journeykit.ledger.enrolments import EnrolmentChanges, apply_changes
from journeykit.ledger.keys import lead_id
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import Run, expect_run
from journeykit.ledger.staging import conform, insert_arrow
from journeykit.ledger.tables import delivery, drop_count, enrolment, lead, run

_l, _d = lead.c, drop_count.c
_LEAD = (
    _l.enrolment_id, _l.strategy, _l.version, _l.node, _l.customer_id, _l.channel, _l.manager_id,
    _l.branch_id, _l.offer, _l.expected_value, _l.not_before_hour, _l.reason,
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
    steps: Sequence[Step] = (),
) -> Recorded:
    """Record what a run decided, in one transaction: enrolments, leads, deliveries to make, drops and totals.

    Parameters
    ----------
    ledger : Ledger
        Where to.
    run_id : str
        A started run with its build pinned; day, contact date and build of the leads are the run's.
    changes : EnrolmentChanges
        Who entered, moved and left, and the marks made.
    leads : pa.Table
        enrolment_id, strategy, version, node, customer_id, channel, manager_id, branch_id, offer,
        expected_value (yuan, DECIMAL(18, 2)), not_before_hour, reason (JSON); others are not recorded.
    drops : pa.Table
        strategy, node, reason, count; one row for each reason that occurred.
    candidates : int
        How many candidates there were.
    decisions_sha256 : str
        SHA-256 of the run's `decisions.parquet`.
    steps : sequence of Step
        Those that the run takes in the life of strategies: versions that become live with it.

    Returns
    -------
    Recorded
        When the run was decided already, nothing is changed and `fresh` is false.

    Raises
    ------
    LedgerError
        candidates ≠ leads + drops, a lead goes to a customer outside the strategy's treatment arm or names
        another one's enrolment, a customer has a lead for that contact date already, or enrolments do not
        add up. Nothing is changed.
    OvertakenError
        Somebody acted on a strategy of `steps` since it was read. Nothing is changed.
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
        for step in steps:
            add_step(connection, step)
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
    of_lead = sa.and_(
        enrolment.c.enrolment_id == lead.c.enrolment_id,
        enrolment.c.strategy == lead.c.strategy,
        enrolment.c.customer_id == lead.c.customer_id,
    )
    arms = dict(
        connection.execute(
            sa.select(enrolment.c.arm, sa.func.count())
            .select_from(lead.join(enrolment, of_lead))
            .where(ours)
            .group_by(enrolment.c.arm)
        ).all()
    )
    _expect_treated(rows.num_rows, arms)
    pending = sa.select(lead.c.lead_id, sa.literal("pending"), lead.c.run_id).where(ours)
    connection.execute(sa.insert(delivery).from_select(["lead_id", "state", "run_id"], pending))


def _expect_treated(leads: int, arms: Mapping[str, int]) -> None:
    """Every lead belongs to an enrolment of its customer in its strategy, in the treatment arm."""
    strangers = leads - sum(arms.values())
    if strangers:
        raise LedgerError(
            f"{strangers} of {leads} leads name the enrolment of another customer or strategy. "
            "Nothing was recorded."
        )
    if arms.get("control"):
        raise LedgerError(
            f"{arms['control']} of {leads} leads go to customers in a control group. Nothing was recorded."
        )


def read_leads(
    ledger: Ledger,
    *,
    run_id: str | None = None,
    contact_date: date | None = None,
    customer_id: str | None = None,
) -> pa.Table:
    """Leads of a run, a contact date, a customer, or all, and their `delivery` state; sorted by lead_id."""
    statement = sa.select(lead, delivery.c.state.label("delivery")).join(
        delivery, delivery.c.lead_id == lead.c.lead_id
    )
    if run_id is not None:
        statement = statement.where(lead.c.run_id == run_id)
    if contact_date is not None:
        statement = statement.where(lead.c.contact_date == contact_date)
    if customer_id is not None:
        statement = statement.where(lead.c.customer_id == customer_id)
    return ledger.read_arrow(statement.order_by(lead.c.lead_id))


def read_drops(ledger: Ledger, run_id: str) -> pa.Table:
    """strategy, node, reason and count of a run's drops, sorted."""
    return ledger.read_arrow(
        sa.select(*_DROP).where(_d.run_id == run_id).order_by(_d.strategy, _d.node, _d.reason)
    )
