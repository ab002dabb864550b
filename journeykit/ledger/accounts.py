"""The identities: everything is accounted for (design D8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.enrolments import enrolments_on
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import delivery, drop_count, enrolment, lead, run


@dataclass(frozen=True)
class Accounts:
    """One run's figures, each counted from its own rows; enrolments are the ledger's on the run's day."""

    candidates: int
    leads: int
    drops: int
    delivered: int
    failed: int
    pending: int
    enrolled: int
    active: int
    exited: int

    def broken(self) -> list[str]:
        """The identities that do not hold, in words with their figures; none in a sound ledger.

        Examples
        --------
        >>> Accounts(5, 3, 1, 3, 0, 0, 9, 9, 0).broken()
        ['candidates 5 ≠ leads 3 + drops 1']
        """
        wrong = []
        if self.candidates != self.leads + self.drops:
            wrong.append(f"candidates {self.candidates} ≠ leads {self.leads} + drops {self.drops}")
        if self.leads != self.delivered + self.failed + self.pending:
            wrong.append(
                f"leads {self.leads} ≠ "
                f"delivered {self.delivered} + failed {self.failed} + pending {self.pending}"
            )
        if self.enrolled != self.active + self.exited:
            wrong.append(f"enrolled {self.enrolled} ≠ active {self.active} + exited {self.exited}")
        return wrong


def read_accounts(ledger: Ledger, run_id: str) -> Accounts:
    """The figures of a run's identities, for its report."""
    with ledger.reading() as connection:
        return _count(connection, run_id)


def check_accounts(connection: sa.Connection, run_id: str) -> None:
    """Raise LedgerError naming the figures when an identity does not hold; the transaction then ends."""
    wrong = _count(connection, run_id).broken()
    if wrong:
        raise LedgerError(
            f"Run {run_id} does not add up, nothing was changed: {'; '.join(wrong)}. "
            "This is a fault in journeykit or a hand in the ledger; restore the last backup and report it."
        )


def _count(connection: sa.Connection, run_id: str) -> Accounts:
    rows = sa.func.count()

    def number(statement: sa.Select[*tuple[Any, ...]]) -> int:
        return int(connection.execute(statement).scalar_one() or 0)

    def states(table: sa.FromClause, *where: sa.ColumnElement[bool]) -> dict[str, int]:
        statement = sa.select(table.c.state, rows.label("rows")).where(*where).group_by(table.c.state)
        return {row.state: row.rows for row in connection.execute(statement)}

    deliveries = states(delivery, delivery.c.run_id == run_id)
    as_of = connection.execute(sa.select(run.c.as_of).where(run.c.run_id == run_id)).scalar_one()
    enrolments = states(enrolments_on(as_of))
    return Accounts(
        candidates=number(sa.select(run.c.candidates).where(run.c.run_id == run_id)),
        leads=number(sa.select(rows).select_from(lead).where(lead.c.run_id == run_id)),
        drops=number(sa.select(sa.func.sum(drop_count.c.count)).where(drop_count.c.run_id == run_id)),
        delivered=deliveries.get("delivered", 0),
        failed=deliveries.get("failed", 0),
        pending=deliveries.get("pending", 0),
        enrolled=number(sa.select(rows).select_from(enrolment).where(enrolment.c.entered_on <= as_of)),
        active=enrolments.get("active", 0),
        exited=enrolments.get("exited", 0),
    )
