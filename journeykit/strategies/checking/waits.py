"""Whether a strategy's waits leave time for the goal, and its hours stand where they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from journeykit.strategies.checking.findings import Finding, find
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import (
    GraphNode,
    Wait,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
    targets,
)
from journeykit.strategies.ways import fewest_days


def check_waits(strategy: Strategy) -> Iterator[Finding]:
    """Steps that come too late for the goal, and hours that count for nobody or for too many."""
    yield from _check_window(strategy)
    yield from _check_hours(strategy)


def _check_window(strategy: Strategy) -> Iterator[Finding]:
    """Only the wait that oversteps the window is told, not each step behind it."""
    if strategy.goal is None or len(strategy.starts) != 1:
        return
    window = strategy.goal.within_days
    reached = fewest_days(strategy.starts[0].id, {node.id: list(_delays(node)) for node in strategy.nodes})
    told: set[str] = set()
    for days, before in reached.values():
        if days >= window > reached[before][0] and before not in told:
            told.add(before)
            yield find(strategy.name, before, "window", waited=days, window=window)


def _delays(node: GraphNode) -> Iterator[tuple[str, int]]:
    """Each target, and the days until it is reached at the earliest."""
    match node:
        case Wait() | WaitWorkingDays():
            yield node.next, node.days
        case WaitWeekday():
            yield node.next, 1
        case WaitUntil():
            yield node.next, 0
            yield node.late, node.at_most_days
        case _:
            yield from ((target, 0) for target in targets(node))


def _check_hours(strategy: Strategy) -> Iterator[Finding]:
    """An hour counts for the contact right behind it, whichever way a customer comes to that."""
    hours = [node for node in strategy.nodes if isinstance(node, WaitHour)]
    actions = {node.id for node in strategy.actions}
    for node in hours:
        if node.next not in actions:
            yield find(strategy.name, node.id, "hour_alone", next=node.next)
    ways_to = Counter(target for node in strategy.nodes for target in targets(node))
    for action in sorted(actions & {node.next for node in hours}):
        before = [node.hour for node in hours if node.next == action]
        if len(set(before)) > 1:
            listed = ", ".join(f"{hour}:00" for hour in sorted(set(before)))
            yield find(strategy.name, action, "hours", hours=listed)
        elif ways_to[action] > len(before):
            yield find(strategy.name, action, "hour_on_some_ways", hour=before[0])
