"""What channels and managers reported back about leads."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa

from journeykit.ledger.consent import distinct
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.staging import Imported, import_rows, staged
from journeykit.ledger.tables import lead, receipt


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
