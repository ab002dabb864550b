"""Whether a strategy's ways lead somewhere, and to a pause in every loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journeykit.strategies.checking.findings import Both, Finding, find
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import (
    END,
    Action,
    Branch,
    GraphNode,
    Split,
    Start,
    Wait,
    WaitWeekday,
    WaitWorkingDays,
    targets,
)
from journeykit.strategies.ways import Following, loops, reached_from

_CHOICES = 12  # nodes that a message lists
_SHOWN = 8  # steps of a loop that a message shows
_PAUSES = Wait | WaitWorkingDays | WaitWeekday
"""What takes at least a day in any case; a date may have come, and a condition may hold, already."""


def check_paths(strategy: Strategy) -> Iterator[Finding]:
    """Ways to nowhere, nodes that no way leads to, loops without a pause, and forks that decide nothing."""
    nodes = {node.id: node for node in strategy.nodes}
    following = {name: list(targets(node)) for name, node in nodes.items()}
    for node in strategy.nodes:
        yield from _check_targets(strategy.name, node, nodes)
        ends = set(targets(node))
        if isinstance(node, Branch | Split) and len(ends) == 1:
            yield find(strategy.name, node.id, "same_way", target=ends.pop())
    if strategy.starts:
        yield from _check_reached(strategy, following)
    yield from _check_loops(strategy.name, nodes, following)


def _check_targets(strategy: str, node: GraphNode, nodes: Mapping[str, GraphNode]) -> Iterator[Finding]:
    for label, target in node.ways:
        way = (f"its way '{label}'", f"路径“{label}”") if label else ("its next step", "下一步")
        if target != END and target not in nodes:
            others = [name for name, one in nodes.items() if one is not node and not isinstance(one, Start)]
            yield find(strategy, node.id, "nowhere", target=target, way=way, choices=_choices(others))
        elif isinstance(nodes.get(target), Start):
            upper = way[0][0].upper() + way[0][1:], way[1]
            yield find(strategy, node.id, "to_start", target=target, way=upper)


def _choices(others: list[str]) -> Both:
    if len(others) > _CHOICES:
        return f"one of {len(others):,} other nodes or {END}", f"其他 {len(others):,} 个节点之一或 {END}"
    return " or ".join([*others, END]), "、".join([*others, END])


def _check_reached(strategy: Strategy, following: Following) -> Iterator[Finding]:
    """Of nodes that nothing leads to only the first is told: those behind it are reached when it is."""
    reached = reached_from([start.id for start in strategy.starts], following)
    led_to = {target for name, ways in following.items() for target in ways if target != name}
    lost = {name: ways for name, ways in following.items() if name not in reached}
    for name in sorted(lost, key=lambda name: name in led_to):
        if name in lost:
            yield find(strategy.name, name, "unreachable")
            for one in reached_from([name], lost):
                lost.pop(one, None)


def _check_loops(strategy: str, nodes: Mapping[str, GraphNode], following: Following) -> Iterator[Finding]:
    restless = {name: ways for name, ways in following.items() if not isinstance(nodes[name], _PAUSES)}
    for loop in loops(restless):
        steps = [*loop, loop[0]]
        shown = steps if len(steps) <= _SHOWN else [*steps[: _SHOWN // 2], "…", *steps[-_SHOWN // 2 :]]
        only_contacts = all(isinstance(nodes[name], Action) for name in loop)
        key = "loop_of_actions" if only_contacts else "loop"
        yield find(strategy, loop[0], key, path=" → ".join(shown))
