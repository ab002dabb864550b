"""What the ledger tells of a strategy's people, in two statements."""

from __future__ import annotations

import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger, arrow_of
from journeykit.ledger.tables import enrolment
from journeykit.strategies.people import LEFT, STANDING, People


def read_people(ledger: Ledger, strategy: str) -> People:
    """Everybody who stands in a strategy, and when the others left; at one moment."""
    ours = sa.select(enrolment).where(enrolment.c.strategy == strategy)
    active = ours.where(enrolment.c.state == "active")
    ended = ours.where(enrolment.c.state == "exited")
    with ledger.reading() as connection:
        standing, left = (
            arrow_of(connection, rows.with_only_columns(*(enrolment.c[name] for name in schema.names)))
            for rows, schema in ((active, STANDING), (ended, LEFT))
        )
    return People.found(strategy, standing, left)
