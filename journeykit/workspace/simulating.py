"""Strategies are simulated with this workspace's history, ledger and offers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from journeykit.mart.mart import Mart
from journeykit.mart.warehouse.store import Warehouse
from journeykit.settings import Settings, load_settings
from journeykit.strategies.checking import check_strategy, require_sound
from journeykit.strategies.expecting import expect_mart, expect_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.live import running_strategies
from journeykit.strategies.playbook import load_readable
from journeykit.strategies.submission import check_in_flight
from journeykit.vault import Vault
from journeykit.workspace.opening import connect, mart_store, open_ledger

if TYPE_CHECKING:
    from journeykit.strategies.simulation import Simulation
    from journeykit.strategies.simulation.stepping import CustomerPath


def simulate(plan: Strategy, mart: Mart, days: int = 30, in_flight: str = "migrate") -> Simulation:
    """What to expect of a strategy in the days after its launch; nothing is written.

    The days behind us are replayed through its graph by the engine and the routing that run every night. How
    far that can be trusted, its assumptions say.

    Parameters
    ----------
    plan : Strategy
        A sound one.
    mart : Mart
        The day of the launch.
    days : int
        Calendar days ahead, from 1 to 180.
    in_flight : str
        What becomes of people who are in the strategy already: ``migrate``, they go on by this graph;
        ``finish``, by their own version; ``exit``, they leave. A submission is simulated with its own choice.

    Returns
    -------
    journeykit.strategies.simulation.Simulation
        Prints as tables, in a notebook with charts; ``.step(customer_id)`` tells one customer's path.

    Raises
    ------
    DefinitionError
        The strategy is not sound; the message lists every finding.
    """
    from journeykit.strategies import simulation

    expect_strategy(plan, "jk.simulate(plan, mart)")
    expect_mart(mart, "jk.simulate(plan, jk.connect())")
    choice = check_in_flight(in_flight)
    settings = load_settings()
    playbook = load_readable(settings.scheduled)
    require_sound(check_strategy(plan, mart.tags, playbook.offers, playbook.channels))
    ledger, vault = open_ledger(settings), Vault.open(settings.var / "vault")
    try:
        today = running_strategies(
            ledger, playbook, mart.tags, roles=settings.roles, demo=settings.workspace.demo
        )
        situation = simulation.Situation(
            ledger=ledger,
            vault=vault,
            playbook=playbook,
            snapshots=_snapshots(settings),
            open_day=lambda day: connect(as_of=day),
            running=today.running,
        )
        return simulation.simulate(plan, mart, situation, days, choice)
    finally:
        vault.close()
        ledger.close()


def step(plan: Strategy, mart: Mart, customer_id: str, days: int = 30, language: str = "en") -> CustomerPath:
    """One customer's path through a simulated strategy, day by day."""
    return simulate(plan, mart, days).step(customer_id, language)


def _snapshots(settings: Settings) -> list[date]:
    """The days whose tags are built."""
    warehouse = Warehouse.of(settings)
    return list(mart_store(settings).builds() if warehouse is None else warehouse.builds())
