"""Whoever wants the capacity and the customers of a simulated strategy as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeykit.mart.mart import Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.simulation.assumed import Assumed
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
class Others:
    """What else goes on beside the simulated version.

    Attributes
    ----------
    steady, leads : int
        Live strategies that stand in by the leads that they had on the days behind.
    fresh, people, contacts : int
        Live strategies that stand in by their people of today, and how often those are contacted.
    finishing : int
        How often people who finish on an earlier version of the strategy are contacted.
    """

    steady: int
    leads: int
    fresh: int
    people: int
    contacts: int
    finishing: int


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


def about_others(others: Others) -> Iterator[Assumed]:
    """What is taken of the capacity."""
    if not (others.steady or others.fresh):
        yield Assumed(
            "live", "No other strategy is live: all capacity is free.", "无其他在用策略，容量全部可用。"
        )
    if others.steady:
        yield Assumed(
            "live",
            f"Live strategies beside it: {others.steady}. They want the {others.leads:,} leads again that "
            "they had on the days behind.",
            f"其他{others.steady}个在用策略按历史同期的{others.leads:,}条线索参与竞争。",
        )
    if others.fresh:
        yield Assumed(
            "live_today",
            f"Live strategies beside it that were not so on all days behind: {others.fresh}. The "
            f"{others.people:,} people who are in them today, tonight's newcomers among them, go on as if "
            f"their situation did not change, and {others.contacts:,} contacts of theirs take capacity. "
            "Nobody enters them later, so later days may have less room than counted here.",
            f"其他{others.fresh}个在用策略并非历史同期始终在用：以其当前{others.people:,}名在途客户（含今晚新入组客户）"
            f"按情况不变继续推演，{others.contacts:,}次触达占用容量；未计其后续新入组客户，故后期实际可用容量可能更少。",
        )
