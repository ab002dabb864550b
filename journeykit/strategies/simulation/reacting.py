"""Who answers a contact, and when: a share of those contacted, by hash, so that each run has the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from journeykit.hashing import assignment_hash
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import delivery, lead, receipt
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer

ANSWER_DAYS = 3
"""Who answers does so on the day of the contact or one of the days after it, evenly, so many in all."""

ENOUGH = 100
"""So many delivered leads of an offer and a channel tell more than what the offer expects."""


GUESS_OFF = 0.5
"""So far, relative to itself, may a rate be off that is only an offer's expectation, in nine of ten cases."""

Z = 1.6448536269514722
"""The standard normal distribution's 95 % quantile: 90 % lie within it on both sides."""


@dataclass(frozen=True)
class Rate:
    """The share of contacts with an offer through a channel that lead to the goal.

    Attributes
    ----------
    leads : int
        Delivered leads of the past that it is estimated from; 0 where it is the offer's own expectation.
    """

    offer: str
    channel: str
    share: float
    leads: int = 0

    @property
    def error(self) -> float:
        """Its standard error relative to itself: that of Jeffreys' Beta, or of what is guessed."""
        if not self.leads:
            return GUESS_OFF / Z
        share = (self.share * self.leads + 0.5) / (self.leads + 1)
        return math.sqrt((1 - share) / (share * (self.leads + 2)))


def rates_of(
    strategy: Strategy, offers: Mapping[str, Offer], ledger: Ledger, as_of: date
) -> tuple[Rate, ...]:
    """One rate for each offer and channel of a strategy's actions, from the ledger where it has enough."""
    known = _answers(ledger, as_of)
    found = []
    for offer, channel in sorted({(node.offer, node.channel) for node in strategy.actions}):
        leads, accepted = known.get((offer, channel), (0, 0))
        if leads >= ENOUGH:
            found.append(Rate(offer, channel, accepted / leads, leads))
        else:
            found.append(Rate(offer, channel, float(offers[offer].response_rate)))
    return tuple(found)


def _answers(ledger: Ledger, as_of: date) -> dict[tuple[str, str], tuple[int, int]]:
    """Delivered leads that have had their days to be answered, and how many were accepted, as of a day.

    Only leads of channels and days of which receipts have come back: of others nobody knows.
    """
    tomorrow = datetime.combine(as_of + timedelta(days=1), time())
    came = receipt.c.occurred_at < tomorrow
    accepted = sa.exists().where(receipt.c.lead_id == lead.c.lead_id, receipt.c.outcome == "accepted", came)
    told = lead.alias("told")
    back = (
        sa.select(told.c.channel, told.c.contact_date)
        .join(receipt, receipt.c.lead_id == told.c.lead_id)
        .where(came)
        .distinct()
        .subquery()
    )
    statement = (
        sa.select(
            lead.c.offer,
            lead.c.channel,
            sa.func.count().label("leads"),
            sa.func.sum(sa.case((accepted, 1), else_=0)).label("accepted"),
        )
        .join(delivery, delivery.c.lead_id == lead.c.lead_id)
        .join(back, sa.and_(back.c.channel == lead.c.channel, back.c.contact_date == lead.c.contact_date))
        .where(delivery.c.state == "delivered", delivery.c.delivered_on <= as_of)
        .where(lead.c.contact_date <= as_of - timedelta(days=ANSWER_DAYS))
        .group_by(lead.c.offer, lead.c.channel)
    )
    with ledger.reading() as connection:
        return {(row.offer, row.channel): (row.leads, row.accepted) for row in connection.execute(statement)}


def answers_in(strategy: str, node: str, customer_ids: Iterable[str], share: float) -> npt.NDArray[np.int64]:
    """In how many days after the contact each customer reaches the goal by it; -1 for who does not.

    Examples
    --------
    >>> answers_in("idle", "send_sms", ["C1", "C2", "C3", "C4"], 0.5).tolist()
    [2, 1, -1, 1]
    """
    found = []
    for customer in customer_ids:
        luck = int(assignment_hash(f"{strategy}:{node}:answer", customer), 16) / 16**8
        found.append(int(luck / share * ANSWER_DAYS) if luck < share else -1)
    return np.array(found, np.int64)
