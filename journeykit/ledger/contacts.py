"""Every time the bank spoke to a customer: its own history as imported, and ours as delivered."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pyarrow as pa
import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger
from journeykit.ledger.staging import Imported, import_rows
from journeykit.ledger.tables import contact, lead, receipt


def import_contacts(ledger: Ledger, table: pa.Table) -> Imported:
    """Import the bank's own contacts, columns as the contract's `contact`; repeats change nothing."""
    known = [name for name in table.column_names if name not in ("origin", "lead_id")]
    bank = table.select(known).append_column("origin", pa.array(["bank"] * table.num_rows, pa.string()))
    return import_rows(ledger, "contacts", contact, bank)


def contacts_on(ledger: Ledger, contact_date: date) -> pa.Table:
    """Whom nobody may contact again on `contact_date`: contacts of that day, and leads decided for it.

    Returns
    -------
    pa.Table
        customer_id, channel, strategy (missing for many of the bank's own contacts), sorted and distinct.
    """
    spoken = sa.select(contact.c.customer_id, contact.c.channel, contact.c.strategy).where(
        contact.c.contacted_on == contact_date
    )
    decided = sa.select(lead.c.customer_id, lead.c.channel, lead.c.strategy).where(
        lead.c.contact_date == contact_date
    )
    both = sa.union(spoken, decided).subquery()
    return ledger.read_arrow(sa.select(both).order_by(*both.columns))


def read_contacts(ledger: Ledger, as_of: date) -> pa.Table:
    """The contract's `contact` as known at the end of `as_of`; receipts by then give our own outcomes.

    Returns
    -------
    pa.Table
        contact_id, customer_id, channel, contacted_on, strategy, outcome, sorted by contact_id.
    """
    reported = (
        sa.select(receipt.c.outcome)
        .where(receipt.c.lead_id == contact.c.lead_id)
        .where(receipt.c.occurred_at < datetime.combine(as_of + timedelta(days=1), time()))
        .order_by(receipt.c.occurred_at.desc(), receipt.c.receipt_id)
        .limit(1)
        .scalar_subquery()
    )
    outcome = sa.func.coalesce(reported, contact.c.outcome, type_=sa.Text()).label("outcome")
    facts = (contact.c.contact_id, contact.c.customer_id, contact.c.channel, contact.c.contacted_on)
    return ledger.read_arrow(
        sa.select(*facts, contact.c.strategy, outcome)
        .where(contact.c.contacted_on <= as_of)
        .order_by(contact.c.contact_id)
    )
