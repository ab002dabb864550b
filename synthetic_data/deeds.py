"""What customers do who accept a lead that has nothing to sell: join, log in, use what they have."""

from __future__ import annotations

import numpy as np

from synthetic_data.answers import Act, Joining, Lead, Movement, Reactions
from synthetic_data.customers import MICRO, PROSPECT, Population
from synthetic_data.draws import SECONDS
from synthetic_data.events import CHANNELS, LOGIN, OBJECTS, VISIT
from synthetic_data.holdings import SLOTS, Contracts
from synthetic_data.movements import PLACE
from synthetic_data.products import PLACE as PRODUCT
from synthetic_data.seasons import LAST

APP, COUNTER, ACCOUNT = CHANNELS.index("app"), CHANNELS.index("counter"), OBJECTS.index("account")
WAGE = 5_200_00


class Deeds:
    """Does them, each as rows of `found` and contracts in `opened`; each account is opened only once."""

    def __init__(
        self, people: Population, contracts: Contracts, found: Reactions,
        opened: list[tuple[int, int, int, int, int]],
    ) -> None:  # fmt: skip
        self.people, self.contracts, self.found, self.opened = people, contracts, found, opened
        self.known: set[tuple[int, int]] = set()

    def do(self, deed: str, lead: Lead, moment: int) -> None:
        """Do what is called `deed` because of a lead."""
        getattr(self, deed)(lead, moment)

    def join(self, lead: Lead, moment: int) -> None:
        """A prospect opens an account with some first cash."""
        if self.people.kind[lead.customer] == PROSPECT and self._open(lead, "demand", "D-DEMAND", moment):
            self.found.joined.append(Joining(lead.customer, moment // SECONDS))
            amount = max(int(self.people.level[lead.customer]) // 10, 100_00)
            self._move(lead, 0, "opening", moment + 60, amount)

    def pay_wages(self, lead: Lead, moment: int) -> None:
        """A company pays its wages through the bank, with money moved in for it."""
        if self.people.kind[lead.customer] == MICRO:
            wages = int(self.people.employees[lead.customer]) * WAGE
            self._move(lead, 0, "funding", moment - 600, wages)
            self._move(lead, 1, "wages_out", moment, wages)

    def use_card(self, lead: Lead, moment: int) -> None:
        """An idle credit card is used."""
        for place in self._own(lead.customer, "card"):
            day = moment // SECONDS
            if self.contracts.drawn[place] > LAST and self.contracts.opened[place] <= day:
                self.contracts.drawn[place] = day
                self.contracts.principal[place] = self.contracts.limit[place] // 20

    def log_in(self, lead: Lead, moment: int) -> None:
        """A first log-in to the app, which is opened for it."""
        if self._open(lead, "app", "E-APP", moment):
            self.found.acts.append(Act(lead.number * 2, lead.customer, moment, APP, LOGIN, -1, -1))

    def collect(self, lead: Lead, moment: int) -> None:
        """A business hangs up a collection code and is paid by it three days in a row."""
        if self.people.kind[lead.customer] == MICRO and self._open(lead, "qr", "P-QR", moment):
            for turn in range(3):
                self._move(lead, turn, "collection", moment + turn * SECONDS, 45_00 + 10_00 * turn)

    def visit(self, lead: Lead, moment: int) -> None:
        """A visit to the counter."""
        self.found.acts.append(Act(lead.number * 2, lead.customer, moment, COUNTER, VISIT, ACCOUNT, -1))

    def _own(self, customer: int, slot: str) -> np.ndarray:
        """Places of a customer's contract in a slot, one or none."""
        own = slice(*np.searchsorted(self.contracts.customer, [customer, customer + 1]))
        return np.flatnonzero(self.contracts.slot[own] == SLOTS[slot]) + own.start

    def _open(self, lead: Lead, slot: str, product: str, moment: int) -> bool:
        """Open an account without money, unless there is one or will be."""
        key = (lead.customer, SLOTS[slot])
        if key in self.known or len(self._own(lead.customer, slot)):
            return False
        self.known.add(key)
        self.opened.append((lead.customer, SLOTS[slot], PRODUCT[product], moment // SECONDS, 0))
        return True

    def _move(self, lead: Lead, turn: int, kind: str, second: int, amount: int) -> None:
        """Move money; `turn` tells the movements of one lead apart."""
        number = lead.number * 4 + turn
        self.found.movements.append(Movement(number, lead.customer, second, PLACE[kind], amount))
