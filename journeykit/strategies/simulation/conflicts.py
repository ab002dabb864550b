"""Whom live strategies want too, and who would have him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from journeykit.strategies.graph import Strategy
from journeykit.strategies.simulation.trace import Trace


@dataclass(frozen=True)
class Conflict:
    """A live strategy that wants some of the same customers, counted over the days simulated.

    Attributes
    ----------
    both : int
        Customers whom both contact, on whatever days.
    same_day : int
        Times that both want one customer on one day.
    ours, theirs : int
        How often of those routing gives him to the simulated strategy, and to the live one; the rest goes to
        a third one, or to nobody for want of capacity.
    """

    strategy: str
    title: str
    title_zh: str
    both: int
    same_day: int
    ours: int
    theirs: int


def conflicts_in(trace: Trace, live: Mapping[str, Strategy]) -> tuple[Conflict, ...]:
    """The conflicts of a replay with live strategies, by their names."""
    ids = trace.customer_id.to_pandas()
    ours = trace.decisions.assign(customer_id=ids.reindex(trace.decisions["person"]).to_numpy())
    wanted = ours[ours["reason"].isin(["better_offer", "manager_capacity", "channel_capacity"]) | _won(ours)]
    reached = set(ours[_won(ours)]["customer_id"])
    found = []
    for name, strategy in sorted(live.items()):
        theirs = trace.rivals[trace.rivals["strategy"] == name]
        if theirs.empty:
            continue
        same = wanted.merge(theirs, on=["day", "customer_id"], suffixes=("", "_live"))
        found.append(
            Conflict(
                name,
                strategy.title,
                strategy.title_zh,
                both=len(reached & set(theirs[_won(theirs)]["customer_id"])),
                same_day=len(same),
                ours=int(_won(same).sum()),
                theirs=int((same["decision_live"] == "lead").sum()),
            )
        )
    return tuple(found)


def _won(decisions: pd.DataFrame) -> pd.Series:
    return decisions["decision"] == "lead"
