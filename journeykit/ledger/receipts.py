"""What channels and managers reported back about leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import subject
from journeykit.errors import LedgerError, unknown_name
from journeykit.ledger.audit import add_audit
from journeykit.ledger.consent import distinct
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.staging import Imported, add_rows, import_rows, staged
from journeykit.ledger.tables import delivery, lead, receipt

OUTCOMES = subject("receipt").column("outcome").values
"""What can come of a lead, whoever reports it."""


@dataclass(frozen=True)
class ImportedReceipts(Imported):
    """An import of receipts; `unknown_leads` of them name a lead the ledger does not have."""

    unknown_leads: int


def import_receipts(ledger: Ledger, table: pa.Table) -> ImportedReceipts:
    """Import receipts, columns as the contract's `receipt`; repeats change nothing.

    A receipt for an unknown lead is kept all the same, and counted: it may be a channel's mistake, or a lead
    from a ledger that was restored from an older backup.
    """
    imported = import_rows(ledger, "receipts", receipt, table)
    return ImportedReceipts(imported.added, imported.known, _count_unknown(ledger, table))


def report_outcome(ledger: Ledger, lead_id: str, outcome: str, *, actor: str, at: datetime) -> None:
    """Record what a colleague says came of a lead, as a receipt like any channel's, and who said so.

    Parameters
    ----------
    ledger : Ledger
        Where to.
    lead_id : str
        A lead that was delivered.
    outcome : str
        One of :data:`OUTCOMES`.
    actor : str
        Who says so, for the audit.
    at : datetime
        When, in the bank's time.

    Raises
    ------
    UnknownNameError
        There is no such outcome.
    LedgerError
        There is no such lead, nobody was given it to work on, or this was said of it last. Nothing is
        recorded.
    """
    if outcome not in OUTCOMES:
        raise unknown_name("outcome", outcome, OUTCOMES, "Choose one of them.")
    with ledger.transaction("a receipt") as connection:
        _expect_delivered(connection, lead_id)
        before = _said_of(connection, lead_id)
        if before and before[-1] == outcome:
            raise LedgerError(f"Lead {lead_id} is on record as '{outcome}' already. Nothing was changed.")
        row = {
            "receipt_id": f"colleague-{lead_id}-{len(before) + 1}",
            "lead_id": lead_id,
            "outcome": outcome,
            "occurred_at": at,
        }
        add_rows(connection, "receipts", receipt, pa.Table.from_pylist([row]))
        detail = {"outcome": outcome, "before": before[-1] if before else None}
        add_audit(connection, actor=actor, action="outcome reported", subject=lead_id, detail=detail)


def _expect_delivered(connection: sa.Connection, lead_id: str) -> None:
    statement = sa.select(delivery.c.state).where(delivery.c.lead_id == lead_id)
    state = connection.execute(statement).scalar_one_or_none()
    if state is None:
        raise LedgerError(f"There is no lead '{lead_id}'. Nothing was recorded.")
    if state != "delivered":
        raise LedgerError(
            f"Lead {lead_id} was not handed over, its delivery is {state}: nobody was to act on it. Nothing "
            "was recorded. Leads leave with jk.export(leads, channel, dry_run=False)."
        )


def _said_of(connection: sa.Connection, lead_id: str) -> list[str]:
    """Every outcome that was reported of a lead, the latest last."""
    statement = (
        sa.select(receipt.c.outcome)
        .where(receipt.c.lead_id == lead_id)
        .order_by(receipt.c.occurred_at, receipt.c.receipt_id)
    )
    return list(connection.execute(statement).scalars())


def read_outcomes(
    ledger: Ledger, *, contact_date: date | None = None, customer_id: str | None = None
) -> pa.Table:
    """What was reported of the leads of a day or a customer, in that order: lead_id, outcome, occurred_at."""
    statement = sa.select(receipt.c.lead_id, receipt.c.outcome, receipt.c.occurred_at).join(
        lead, lead.c.lead_id == receipt.c.lead_id
    )
    if contact_date is not None:
        statement = statement.where(lead.c.contact_date == contact_date)
    if customer_id is not None:
        statement = statement.where(lead.c.customer_id == customer_id)
    return ledger.read_arrow(statement.order_by(receipt.c.occurred_at, receipt.c.receipt_id))


def _count_unknown(ledger: Ledger, table: pa.Table) -> int:
    ids = pa.table({"receipt_id": distinct(table.column("receipt_id").cast(pa.string()))})
    with ledger.reading() as connection, staged(connection, ids, [receipt.c.receipt_id]) as came:
        unknown = ~sa.exists().where(lead.c.lead_id == receipt.c.lead_id)
        statement = (
            sa.select(sa.func.count())
            .select_from(receipt)
            .join(came, came.c.receipt_id == receipt.c.receipt_id)
            .where(unknown)
        )
        return connection.execute(statement).scalar_one()


def read_receipts(ledger: Ledger) -> pa.Table:
    """Every receipt, sorted by receipt_id."""
    return ledger.read_arrow(sa.select(receipt).order_by(receipt.c.receipt_id))
