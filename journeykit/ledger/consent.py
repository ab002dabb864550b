"""What customers allowed or refused. The latest word counts, and of two at the same time the refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger, arrow_of
from journeykit.ledger.staging import Imported, import_rows, staged
from journeykit.ledger.tables import consent


def import_consent(ledger: Ledger, table: pa.Table) -> Imported:
    """Import the bank's consent records, columns as the contract's `consent`; repeats change nothing."""
    return import_rows(ledger, "consent records", consent, table)


def latest_consent(
    ledger: Ledger,
    customer_ids: Iterable[str] | pa.Array | pa.ChunkedArray | None = None,
    *,
    as_of: date | None = None,
) -> pa.Table:
    """The latest word of each customer by channel and purpose.

    Parameters
    ----------
    ledger : Ledger
        Where consent is kept.
    customer_ids : iterable of str, optional
        Whom to look up; everyone when left out.
    as_of : date, optional
        Leave out what was recorded after this day.

    Returns
    -------
    pa.Table
        customer_id, channel (``all`` stands for every channel), purpose, granted, recorded_at; one row for
        each customer, channel and purpose that has a word on record, sorted.
    """
    place = sa.func.row_number().over(
        partition_by=[consent.c.customer_id, consent.c.channel, consent.c.purpose],
        order_by=[consent.c.recorded_at.desc(), consent.c.granted, consent.c.consent_id],
    )
    words = sa.select(consent, place.label("place"))
    if as_of is not None:
        words = words.where(consent.c.recorded_at < datetime.combine(as_of + timedelta(days=1), time()))
    with ledger.reading() as connection:
        if customer_ids is None:
            return arrow_of(connection, _latest(words))
        ids = pa.table({"customer_id": distinct(customer_ids)})
        with staged(connection, ids, [consent.c.customer_id]) as wanted:
            chosen = words.join(wanted, wanted.c.customer_id == consent.c.customer_id)
            return arrow_of(connection, _latest(chosen))


def _latest(words: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    word = words.subquery()
    columns = [word.c[name] for name in ("customer_id", "channel", "purpose", "granted", "recorded_at")]
    return sa.select(*columns).where(word.c.place == 1).order_by(*columns[:3])


def distinct(ids: Any) -> pa.Array | pa.ChunkedArray:
    """The ids, each once, as Arrow."""
    array = ids if isinstance(ids, pa.Array | pa.ChunkedArray) else pa.array(list(ids), pa.string())
    return array.unique()
