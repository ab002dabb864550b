"""The figures of a simulation: people, messages, drops and leavings, by day and in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from journeykit.routing.channel import Channel
from journeykit.segments.intervals import Interval, combine
from journeykit.strategies.moving import REASONS
from journeykit.strategies.nodes import Action, Start
from journeykit.strategies.simulation.outlook import Outlook
from journeykit.strategies.simulation.trace import Trace

FIGURES = ("kind", "name", "day", "expected", "low", "high", "capacity")
"""The columns of the figures. Kinds: ``arrived`` and ``standing`` at a node, ``left`` for a reason,
``entered`` and ``goal`` of an arm, ``contact`` of any kind (``all``), ``lead`` of an action, ``message`` of
a channel, ``task`` of a manager; ``drop`` for a reason, of those whom the action does not contact later
either, and ``queued`` of those whom it does. ``day`` is missing for the whole time, in which contacts count
as often as they are made, and people once."""

_CONTACTS = ("contact", "lead", "message", "task")


def forecast(
    trace: Trace, channels: Mapping[str, Channel], capacities: Mapping[str, int | None]
) -> pd.DataFrame:
    """The figures of a replay: :data:`FIGURES`.

    Parameters
    ----------
    capacities : mapping of str to int or None
        How many tasks each manager can take a day; None without a limit.
    """
    outlook = Outlook(trace)
    room_of = {name: one.daily_capacity for name, one in channels.items()}
    actions = {node.id: room_of[node.channel] for node in trace.graph.nodes if isinstance(node, Action)}
    limits = {"message": room_of, "lead": actions, "task": capacities}
    days = [day.as_of for day in trace.days]
    parts = []
    for kind, events in _events(trace).items():
        names = _names(kind, trace, events)
        if not names:
            continue
        settled = kind == "entered"
        by_day = _counted(outlook, events, names, days, settled=settled)
        tonight = by_day["day"] == days[0]
        for limit in ("low", "high"):
            by_day.loc[tonight, limit] = by_day.loc[tonight, "expected"]
        once = events if kind in _CONTACTS else events.drop_duplicates(["person", "name"])
        in_all = _counted(outlook, once, names, None, settled=settled)
        own = limits.get(kind, {})
        room = by_day["name"].map({name: own.get(name) for name in names})
        parts += [
            part.assign(kind=kind)
            for part in (_within(by_day.assign(capacity=room)), in_all.assign(capacity=None))
            if kind != "standing" or part is not in_all
        ]
    return pd.concat(parts, ignore_index=True)[list(FIGURES)]


def total_cost(figures: pd.DataFrame, costs: Mapping[str, Decimal]) -> Interval:
    """What all contacts cost, yuan, with its band; `costs` are those of one contact, by action."""
    leads = figures[(figures["kind"] == "lead") & figures["day"].isna()].to_dict("records")
    return combine(
        (float(costs[row["name"]]), Interval(row["expected"], row["low"], row["high"]))
        for row in leads
        if costs[row["name"]]
    )


def _events(trace: Trace) -> dict[str, pd.DataFrame]:
    """What happened to whom on which day, by kind: ``person``, ``name``, ``day``; each once a day."""
    ids = np.array(trace.graph.ids, dtype=object)
    people, days = np.nonzero(trace.node >= 0)
    gone = np.flatnonzero(trace.left >= 0)
    reasons = np.array(REASONS, dtype=object)[trace.reason[gone]]
    arms = np.where(trace.treated, "treatment", "control")
    goals = gone[reasons == "goal"]
    came = np.flatnonzero(trace.entered >= 0)
    leads = trace.decisions[trace.decisions["decision"] == "lead"]
    drops, queued = _drops(trace.decisions)
    tasks = leads[leads["manager_id"].notna()]
    kinds = {
        "arrived": (trace.steps["person"], ids[trace.steps["target"]], trace.steps["day"]),
        "standing": (people, ids[trace.node[people, days]], days),
        "left": (gone, reasons, trace.left[gone]),
        "goal": (goals, arms[goals], trace.left[goals]),
        "entered": (came, arms[came], trace.entered[came]),
        "contact": (leads["person"], np.full(len(leads), "all", object), leads["day"]),
        "lead": (leads["person"], ids[leads["node"]], leads["day"]),
        "message": (leads["person"], leads["channel"], leads["day"]),
        "task": (tasks["person"], tasks["manager_id"], tasks["day"]),
        "drop": (drops["person"], drops["reason"], drops["day"]),
        "queued": (queued["person"], queued["reason"], queued["day"]),
    }
    found = {kind: _frame(*columns) for kind, columns in kinds.items()}
    return {
        kind: frame.assign(off=trace.answered[frame["person"]] if kind in ("goal", "left") else 0.0)
        for kind, frame in found.items()
    }


def _drops(decisions: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Drops of those whom their action never contacts, and of those whom it contacts on a later day."""
    last = decisions[decisions["decision"] == "lead"].groupby(["person", "node"])["day"].max()
    drops = decisions[decisions["decision"] == "drop"]
    contacted = last.reindex(pd.MultiIndex.from_frame(drops[["person", "node"]])).to_numpy()
    later = contacted > drops["day"].to_numpy()
    return drops[~later], drops[later]


def _frame(person: Any, name: Any, day: Any) -> pd.DataFrame:
    columns = {"person": np.asarray(person), "name": np.asarray(name, object), "day": np.asarray(day)}
    return pd.DataFrame(columns).drop_duplicates(ignore_index=True).sort_values("day", kind="stable")


def _names(kind: str, trace: Trace, events: pd.DataFrame) -> list[str]:
    """All that a kind counts, in a stable order; of the nodes also those that nobody reaches."""
    found = sorted(set(events["name"]))
    if kind in ("arrived", "standing"):
        starts = {node.id for node in trace.graph.nodes if isinstance(node, Start)}
        return [
            name for name in trace.graph.ids if name in found or (kind == "arrived" and name not in starts)
        ]
    return found


def _counted(
    outlook: Outlook,
    events: pd.DataFrame,
    names: Sequence[str],
    days: Sequence[Any] | None,
    *,
    settled: bool,
) -> pd.DataFrame:
    """Expected numbers of each name on each day; or in all."""
    place = pd.Index(names).get_indexer(pd.Index(events["name"]))
    width = len(days) if days else 1
    cells = place * width + (events["day"].to_numpy() if days else 0)
    bands = outlook.counts(
        events["person"].to_numpy(), cells, len(names) * width,
        events["day"].to_numpy(), events["off"].to_numpy(), settled=settled,
    )  # fmt: skip
    return pd.DataFrame(
        {
            "name": np.repeat(np.array(names, object), width),
            "day": np.tile(np.array(days if days else [None], object), len(names)),
            "expected": bands.expected,
            "low": bands.low,
            "high": bands.high,
        }
    )


def _within(figures: pd.DataFrame) -> pd.DataFrame:
    """No more than the capacity allows."""
    room = figures["capacity"].astype("float64").fillna(np.inf)
    limited = {
        name: np.minimum(figures[name].astype("float64"), room) for name in ("expected", "low", "high")
    }
    return figures.assign(**limited)
