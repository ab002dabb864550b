"""Marks: what a journey noted about a customer, for any strategy to ask from the next day on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa
import sqlalchemy as sa

from journeykit.ledger.keys import hash_key
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.staging import conform, insert_arrow
from journeykit.ledger.tables import mark

MARKED = pa.schema(
    [
        ("enrolment_id", pa.string()),
        ("customer_id", pa.string()),
        ("strategy", pa.string()),
        ("name", pa.string()),
        ("marked_on", pa.date32()),
    ]
)
_MARKED = tuple(mark.c[name] for name in MARKED.names)


def read_marks(ledger: Ledger, as_of: date) -> pa.Table:
    """The contract's `mark` as it is known when `as_of` is loaded: what was marked on earlier days.

    A day's own marks are made after it was loaded, and loading it again must show what it showed before.

    Returns
    -------
    pa.Table
        mark_id, customer_id, name, marked_on, strategy, sorted by mark_id.
    """
    columns = [mark.c[name] for name in ("mark_id", "customer_id", "name", "marked_on", "strategy")]
    return ledger.read_arrow(sa.select(*columns).where(mark.c.marked_on < as_of).order_by(mark.c.mark_id))


def insert_marks(connection: sa.Connection, run_id: str, table: pa.Table) -> None:
    """Write marks; part of the transaction that records a run's decisions."""
    rows = conform(table, _MARKED, "marks")
    keys = zip(*(rows[name].to_pylist() for name in ("enrolment_id", "name", "marked_on")), strict=True)
    rows = rows.append_column("mark_id", pa.array(_ids(keys), pa.string()))
    rows = rows.append_column("run_id", pa.repeat(run_id, rows.num_rows))
    insert_arrow(connection, mark, rows)


def _ids(keys: Iterable[tuple[str, str, date]]) -> list[str]:
    """One mark for an enrolment, a name and a day."""
    return [hash_key("mark", enrolment, name, day.isoformat()) for enrolment, name, day in keys]
