"""The ledger's contacts of a day, kept in the warehouse: tags on contacts are computed where the rest is."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import subject
from journeykit.dialects import SQL_TYPES, copy_in, wait_for
from journeykit.mart.warehouse.builds import SCHEMA, prepare

NAME = f"{SCHEMA}.contact"

_contacts = sa.Table(
    "contact", sa.MetaData(schema=SCHEMA),
    sa.Column("as_of", sa.Date(), nullable=False, index=True),
    *(sa.Column(one.name, SQL_TYPES[one.type]) for one in subject("contact").columns),
)  # fmt: skip


def keep_contacts(connection: sa.Connection, as_of: date, contacts: pa.Table) -> None:
    """Put a day's contacts in the place of those kept for it before."""
    prepare(connection)
    days = pa.array([as_of] * len(contacts), pa.date32())
    with wait_for(connection, "contacts"):
        _contacts.create(connection, checkfirst=True)
        connection.execute(sa.delete(_contacts).where(_contacts.c.as_of == as_of))
        copy_in(connection, _contacts, contacts.append_column("as_of", days))


def kept_contacts(connection: sa.Connection, as_of: date) -> sa.Select | None:
    """The contacts kept for a day; None when there are none, and the bank's own count."""
    if not sa.inspect(connection).has_table(_contacts.name, schema=SCHEMA):
        return None
    of_day = _contacts.c.as_of == as_of
    if not connection.scalar(sa.select(sa.exists().where(of_day))):
        return None
    return sa.select(*(one for one in _contacts.c if one.name != "as_of")).where(of_day)
