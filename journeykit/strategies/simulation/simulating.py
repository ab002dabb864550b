"""Simulate a strategy: the days behind us replayed, and what they say of the days ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from journeykit.errors import DefinitionError
from journeykit.ledger.ledger import Ledger
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.strategies.engine import advance
from journeykit.strategies.entering import newcomers
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Update
from journeykit.strategies.people import People
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running
from journeykit.strategies.simulation.assumptions import about_rates, assumptions_of
from journeykit.strategies.simulation.behind import look_behind
from journeykit.strategies.simulation.calendar import plan_days
from journeykit.strategies.simulation.competition import Competition
from journeykit.strategies.simulation.conflicts import conflicts_in
from journeykit.strategies.simulation.forecasting import forecast, total_cost
from journeykit.strategies.simulation.later import Later
from journeykit.strategies.simulation.present import Present, rivals_on
from journeykit.strategies.simulation.reacting import rates_of
from journeykit.strategies.simulation.replaying import OpenDay, replay
from journeykit.strategies.simulation.result import Simulation
from journeykit.strategies.simulation.standing import read_standing
from journeykit.strategies.simulation.trace import Trace
from journeykit.strategies.simulation.twins import Twins
from journeykit.strategies.versions import tags_behind

if TYPE_CHECKING:
    from journeykit.vault import Vault

LONGEST = 180
"""Days ahead at most: what is longer ago tells little."""


@dataclass(frozen=True)
class Situation:
    """Everything a simulation reads; it writes nothing.

    Attributes
    ----------
    ledger, vault
        Asked about consent, contact details, earlier leads and their outcomes; nothing is opened.
    playbook : Playbook
        Offers and channels.
    snapshots : sequence of date
        The days that have a tag snapshot.
    open_day : callable
        Opens the mart of one of them.
    running : sequence of Running
        The versions that run today.
    """

    ledger: Ledger
    vault: Vault
    playbook: Playbook
    snapshots: Sequence[date]
    open_day: OpenDay
    running: Sequence[Running]


def simulate(
    strategy: Strategy, mart: Mart, situation: Situation, days: int = 30, in_flight: str = "migrate"
) -> Simulation:
    """What to expect of a strategy that starts with the run of the mart's day.

    Parameters
    ----------
    strategy : Strategy
        A sound one.
    mart : Mart
        Today.
    days : int
        Calendar days ahead, from 1 to 180.
    in_flight : str
        What becomes of people who are in the strategy already: ``migrate``, they go on by this graph;
        ``finish``, by their own version; ``exit``, they leave.

    Raises
    ------
    DefinitionError
        The strategy asks for a tag that today's snapshot lacks, or `days` are out of range.
    """
    whole = isinstance(days, int) and not isinstance(days, bool)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not (whole and 1 <= days <= LONGEST):
        raise DefinitionError(
            f"{days!r} days cannot be simulated. Choose from 1 to {LONGEST}, as in days=30."
        )
    needed = tags_behind(strategy.rules, mart.tags)
    for name in needed:
        mart.scope.column(name)

    def open_day(day: date) -> AbstractContextManager[Mart]:
        return nullcontext(mart) if day == mart.as_of else situation.open_day(day)

    @cache
    def known_on(day: date) -> tuple[frozenset[str], Mapping[str, str]]:
        with open_day(day) as past:
            return frozenset(past.scope.tags), past.scope.unavailable

    plan = plan_days(
        mart.as_of, days, mart.country, situation.snapshots, lambda day: known_on(day)[0] >= set(needed)
    )
    behind = look_behind(plan, mart, needed, situation.snapshots, lambda day: known_on(day)[1])
    rates = rates_of(strategy, situation.playbook.offers, situation.ledger, mart.as_of)
    present = Present(mart, situation.ledger, situation.vault, situation.playbook)
    running = Running(strategy, "simulated")
    with open_day(plan[0].snapshot) as past:
        then = advance(cast("Mart", Later(past, mart.as_of)), running, People.nobody(strategy.name))
    standing = read_standing(situation.ledger, running, mart.as_of, plan[0], in_flight)
    rivals = Competition.of(mart, situation, standing, plan)
    trace = replay(
        standing.running,
        [replace(plan[0], snapshot=mart.as_of), *plan[1:]],
        open_day,
        present=present,
        rivals_on=lambda day: rivals_on(situation.ledger, situation.playbook, rivals.steady, day),
        rates=rates,
        twins=Twins(standing.people, then),
        beside=rivals.beside,
        today=mart,
    )
    capacities = {
        row.manager_id: None if pd.isna(row.daily_capacity) else int(row.daily_capacity)
        for row in cast("Any", present.managers.itertuples())
    }
    figures = forecast(trace, situation.playbook.channels, capacities)
    return Simulation(
        strategy=strategy,
        days=days,
        cost=total_cost(figures, {node.id: node.cost for node in strategy.actions}),
        conflicts=conflicts_in(trace, rivals.strategies),
        assumptions=assumptions_of(
            behind,
            standing,
            _alone(trace),
            rivals.told(trace),
            about_rates(rates, situation.playbook.offers),
            done=newcomers(mart, standing.running, standing.people).num_rows
            - int((trace.entered == 0).sum()),
            marks=_marks(strategy),
        ),
        offers=situation.playbook.offers,
        figures=figures,
        flows=_flows(trace),
        trace=trace,
        customers=_customers(mart, trace),
    )


def _customers(mart: Mart, trace: Trace) -> pa.Array:
    """All whose path may be asked for."""
    known = mart.run(sa.select(subject_table("customer").c.customer_id))["customer_id"]
    return pa.concat_arrays([known.combine_chunks().cast(pa.string()), trace.customer_id])


def _alone(trace: Trace) -> int:
    """How many of today's people nobody of the past was like."""
    return int((trace.alike[trace.stratum] == 0).sum())


def _marks(strategy: Strategy) -> bool:
    return any(isinstance(node, Update) for node in strategy.nodes)


def _flows(trace: Trace) -> pd.DataFrame:
    """How many people to expect on each way of the graph."""
    ways = trace.steps.drop_duplicates(["person", "origin", "way", "target"])
    kinds, cell = np.unique(ways[["origin", "way", "target"]].to_numpy(), axis=0, return_inverse=True)
    people = np.bincount(cell.reshape(-1), minlength=len(kinds))
    ids = ["", *trace.graph.ids]
    return pd.DataFrame(
        {
            "origin": [ids[origin + 1] for origin in kinds[:, 0]],
            "way": kinds[:, 1],
            "target": [ids[target + 1] for target in kinds[:, 2]],
            "people": people.astype(float),
        }
    )
