"""What leads cause: every kind of row, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthetic_data.draws import SECONDS
from synthetic_data.holdings import Contracts
from synthetic_data.movements import OUT

OUTCOMES = ("delivered", "answered", "clicked", "accepted", "refused", "failed")
DELIVERED, ANSWERED, CLICKED, ACCEPTED, REFUSED, FAILED = range(6)


class Lead(NamedTuple):
    """A contact a customer got.

    `number` is its place among all leads, `customer` a place in the population, `start` the day it
    reaches them.
    """

    number: int
    lead_id: str
    customer: int
    strategy: str
    channel: str
    offer: str | None
    start: int


class Receipt(NamedTuple):
    """What came back about a lead."""

    number: int
    lead_id: str
    outcome: int
    second: int


class Movement(NamedTuple):
    """A movement of money caused by a lead; `template` points into the table of movements."""

    number: int
    customer: int
    second: int
    template: int
    amount: int


class Act(NamedTuple):
    """Behaviour caused by a lead."""

    number: int
    customer: int
    second: int
    channel: int
    action: int
    about: int
    product: int


class Refusal(NamedTuple):
    """A consent taken back after a contact on a channel."""

    number: int
    customer: int
    channel: int
    second: int


class Recommendation(NamedTuple):
    """A prospect named by a customer."""

    number: int
    customer: int
    referred: int
    second: int


class Joining(NamedTuple):
    """A prospect who becomes a customer on a day."""

    customer: int
    day: int


@dataclass(frozen=True)
class Reactions:
    """Everything the leads known so far cause, past and future."""

    receipts: list[Receipt]
    movements: list[Movement]
    acts: list[Act]
    refusals: list[Refusal]
    recommendations: list[Recommendation]
    joined: list[Joining]
    contracts: Contracts

    def added(self, size: int, first: int, last: int) -> np.ndarray:
        """What movements from day `first` to `last` add (fen) to each demand account."""
        total = np.zeros(size, np.int64)
        for row in self.movements:
            if first <= row.second // SECONDS <= last:
                total[row.customer] += -row.amount if OUT[row.template] else row.amount
        return total
