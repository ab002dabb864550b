"""Whoever wants the capacity and the customers of a simulated strategy as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeykit.mart.mart import Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.simulation.assumptions import Others
from journeykit.strategies.simulation.beside import (
    Beside,
    finishing_beside,
    others_beside,
    steady_strategies,
)
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.strategies.simulation.standing import Standing, has_gone_on
from journeykit.strategies.simulation.trace import Trace

if TYPE_CHECKING:
    from journeykit.strategies.simulation.simulating import Situation


@dataclass(frozen=True)
class Competition:
    """Whoever wants capacity and customers as well.

    Attributes
    ----------
    strategies : mapping of str to Strategy
        Other strategies that are live.
    steady : dict of str to int
        The priority of those that stand in by their leads on the days behind.
    beside : tuple of Beside
        Versions whose people of today go on.
    """

    name: str
    strategies: Mapping[str, Strategy]
    steady: dict[str, int]
    beside: tuple[Beside, ...]

    @classmethod
    def of(
        cls, mart: Mart, situation: Situation, standing: Standing, days: Sequence[SimulatedDay]
    ) -> Competition:
        """Those of a situation."""
        ledger, playbook, name = situation.ledger, situation.playbook, standing.people.strategy
        own = [one for one in situation.running if one.strategy.name == name]
        others = [one for one in situation.running if one.moves and one.strategy.name != name]
        strategies = {one.strategy.name: one.strategy for one in sorted(others, key=lambda one: one.enrols)}
        steady = steady_strategies(ledger, strategies, days)
        beside: tuple[Beside, ...] = ()
        if has_gone_on(ledger, mart.as_of):  # where people stood is not known
            steady = frozenset(strategies)
        else:
            fresh = [one for one in others if one.strategy.name not in steady]
            beside = (
                *others_beside(mart, ledger, playbook, fresh),
                *finishing_beside(mart, playbook, own, standing.people),
            )
        priorities = {one: strategies[one].priority for one in sorted(steady)}
        return cls(name, strategies, priorities, beside)

    def told(self, trace: Trace) -> Others:
        """What became of them."""
        theirs = trace.rivals
        leads = theirs["strategy"][theirs["decision"] == "lead"]
        others = [one for one in self.beside if one.running.strategy.name != self.name]
        return Others(
            steady=len(self.steady),
            leads=int(theirs["strategy"].isin(list(self.steady)).sum()),
            fresh=len(self.strategies) - len(self.steady),
            people=sum(one.number for one in others),
            contacts=int(leads.isin([one.running.strategy.name for one in others]).sum()),
            finishing=int((leads == self.name).sum()),
        )
