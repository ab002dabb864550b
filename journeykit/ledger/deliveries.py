"""Deliveries: what became of each lead. Ledger first, outside world second (design D9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.accounts import check_accounts
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import Run, expect_run
from journeykit.ledger.staging import staged
from journeykit.ledger.tables import contact, delivery, lead


def pending_leads(ledger: Ledger, run_id: str, channel: str) -> pa.Table:
    """The leads of a run that a channel has still to deliver, sorted by lead_id."""
    return ledger.read_arrow(
        sa.select(lead)
        .join(delivery, delivery.c.lead_id == lead.c.lead_id)
        .where(lead.c.run_id == run_id, lead.c.channel == channel, delivery.c.state == "pending")
        .order_by(lead.c.lead_id)
    )


def mark_delivered(ledger: Ledger, run_id: str, channel: str, lead_ids: Iterable[str], file: str) -> int:
    """Mark leads as delivered in `file` on the run's contact date, and write their contacts.

    Returns
    -------
    int
        How many were pending until now; leads delivered before stay as they are.

    Raises
    ------
    LedgerError
        A lead is not one of this run and channel, or its delivery failed before. Nothing is changed.
    """
    ids = pa.table({"lead_id": pa.array(sorted(set(lead_ids)), pa.string())})
    with ledger.transaction("deliveries") as connection, staged(connection, ids, [lead.c.lead_id]) as marked:
        found = expect_run(connection, run_id)
        _expect_leads(connection, found, channel, marked, expected=ids.num_rows, refused="failed")
        chosen = sa.select(marked.c.lead_id)
        changed = connection.execute(
            sa.update(delivery)
            .where(delivery.c.lead_id.in_(chosen), delivery.c.state == "pending")
            .values(state="delivered", file=file, delivered_on=found.contact_date)
        ).rowcount
        written = ~sa.exists().where(contact.c.lead_id == lead.c.lead_id)
        contacts = sa.select(
            sa.literal("lead-") + lead.c.lead_id,
            lead.c.customer_id,
            lead.c.channel,
            lead.c.contact_date,
            lead.c.strategy,
            lead.c.lead_id,
            sa.literal("delivered"),
            sa.literal("journeykit"),
        ).where(lead.c.lead_id.in_(chosen), written)
        connection.execute(
            sa.insert(contact).from_select([column.name for column in contact.columns], contacts)
        )
        check_accounts(connection, run_id)
    return changed


def mark_failed(ledger: Ledger, run_id: str, channel: str, reasons: Mapping[str, str]) -> int:
    """Mark leads as failed, each with its reason; no contact is written.

    Returns
    -------
    int
        How many were pending until now; leads that failed before keep their first reason.

    Raises
    ------
    LedgerError
        A lead is not one of this run and channel, or was delivered before. Nothing is changed.
    """
    rows = pa.table(
        {
            "lead_id": pa.array(list(reasons), pa.string()),
            "reason": pa.array(list(reasons.values()), pa.string()),
        }
    )
    columns = [delivery.c.lead_id, delivery.c.reason]
    with ledger.transaction("failed deliveries") as connection, staged(connection, rows, columns) as marked:
        found = expect_run(connection, run_id)
        _expect_leads(connection, found, channel, marked, expected=rows.num_rows, refused="delivered")
        changed = connection.execute(
            sa.update(delivery)
            .where(delivery.c.lead_id == marked.c.lead_id, delivery.c.state == "pending")
            .values(state="failed", reason=marked.c.reason)
        ).rowcount
        check_accounts(connection, run_id)
    return changed


def _expect_leads(
    connection: sa.Connection, run: Run, channel: str, marked: sa.Table, *, expected: int, refused: str
) -> None:
    statement = (
        sa.select(delivery.c.state, sa.func.count())
        .join(marked, marked.c.lead_id == delivery.c.lead_id)
        .join(lead, lead.c.lead_id == delivery.c.lead_id)
        .where(lead.c.run_id == run.run_id, lead.c.channel == channel)
        .group_by(delivery.c.state)
    )
    states = dict(connection.execute(statement).all())
    if sum(states.values()) != expected:
        raise LedgerError(
            f"{expected - sum(states.values())} of {expected} leads are not leads of run "
            f"'{run.run_id}' on channel '{channel}'. Nothing was marked."
        )
    if states.get(refused):
        raise LedgerError(f"{states[refused]} leads are marked as {refused} already. Nothing was marked.")
