"""The ledger's contacts and marks of a day, kept in the warehouse: what reads them runs where the rest is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import subject
from journeykit.dialects import SQL_TYPES, copy_in, wait_for
from journeykit.mart.warehouse.builds import SCHEMA, prepare


def _table(name: str) -> sa.Table:
    columns = (sa.Column(one.name, SQL_TYPES[one.type]) for one in subject(name).columns)
    as_of = sa.Column("as_of", sa.Date(), nullable=False, index=True)
    return sa.Table(name, sa.MetaData(schema=SCHEMA), as_of, *columns)


KEPT = {name: _table(name) for name in ("contact", "mark")}
"""The table of each subject that the ledger gives the mart."""


def keep_rows(connection: sa.Connection, as_of: date, derived: Mapping[str, pa.Table]) -> None:
    """Put a day's contacts and marks in the place of those kept for it before."""
    prepare(connection)
    with wait_for(connection, "contacts"):
        for name, table in KEPT.items():
            days = pa.array([as_of] * len(derived[name]), pa.date32())
            table.create(connection, checkfirst=True)
            connection.execute(sa.delete(table).where(table.c.as_of == as_of))
            copy_in(connection, table, derived[name].append_column("as_of", days))


def kept_rows(connection: sa.Connection, name: str, as_of: date) -> sa.Select | None:
    """A subject's rows kept for a day; None when there are none, and the bank's own count."""
    table = KEPT[name]
    if not sa.inspect(connection).has_table(table.name, schema=SCHEMA):
        return None
    of_day = table.c.as_of == as_of
    if not connection.scalar(sa.select(sa.exists().where(of_day))):
        return None
    return sa.select(*(one for one in table.c if one.name != "as_of")).where(of_day)
