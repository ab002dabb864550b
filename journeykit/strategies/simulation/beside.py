"""Whoever is in flight in other versions takes capacity, and customers, from the simulated one.

A live strategy that was so on all the days behind stands in by the leads that it had then. One that was not
would seem to want nobody; so its people of today go on beside the simulated version, with tonight's
newcomers among them, as do those of earlier versions of the strategy itself who finish on them. Their
situation stays as it is today, and nobody enters them later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import lead
from journeykit.mart.mart import Mart
from journeykit.routing.holding import hold_unsound
from journeykit.strategies.engine import Advance, advance
from journeykit.strategies.people import People
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.strategies.simulation.kept import AsToday, FirstDay, Kept
from journeykit.strategies.standing import read_people


@dataclass
class Beside:
    """A version whose people of today go on beside the simulated one.

    Attributes
    ----------
    number : int
        How many they are, tonight's newcomers among them.
    """

    running: Running
    people: People
    number: int = 0
    _kept: Kept = field(default_factory=Kept)

    def advance(self, mart: Mart, as_of: date) -> Advance:
        """Its people on a day ahead; `mart` is today's."""
        first = as_of == mart.as_of
        day = FirstDay(mart, self._kept) if first else AsToday(mart, as_of, self._kept)
        running = self.running if first else replace(self.running, enrols=False)
        found = advance(cast("Mart", day), running, self.people)
        self.number = found.people.num_rows if first else self.number
        return found

    def note(self, after: Advance) -> None:
        """How a day ended for them."""
        self.people = self.people.after([after])


def steady_strategies(ledger: Ledger, names: Iterable[str], days: Sequence[SimulatedDay]) -> frozenset[str]:
    """Strategies whose leads on the days behind tell what they want: they had some before, and some since."""
    first = days[0].past
    statement = (
        sa.select(lead.c.strategy)
        .where(lead.c.strategy.in_(list(names)))
        .group_by(lead.c.strategy)
        .having(sa.func.min(lead.c.as_of) <= first, sa.func.max(lead.c.as_of) >= first)
    )
    with ledger.reading() as connection:
        return frozenset(connection.execute(statement).scalars())


def others_beside(
    mart: Mart, ledger: Ledger, playbook: Playbook, running: Sequence[Running]
) -> tuple[Beside, ...]:
    """Versions of other strategies with their people, as tonight's run would find them."""
    able, _ = hold_unsound(mart, playbook, running)
    people = {
        name: read_people(ledger, name).take_over(one for one in able if one.strategy.name == name)
        for name in sorted({one.strategy.name for one in able})
    }
    return tuple(Beside(one, people[one.strategy.name]) for one in able if one.moves)


def finishing_beside(
    mart: Mart, playbook: Playbook, running: Sequence[Running], people: People
) -> tuple[Beside, ...]:
    """Earlier versions of the strategy itself, with those of its people who stay in them."""
    able, _ = hold_unsound(mart, playbook, [replace(one, enrols=False) for one in running])
    return tuple(Beside(one, people) for one in able if one.moves and people.under(one.version).num_rows)
