"""Whether treated and control customers are measured alike."""

from __future__ import annotations

from collections.abc import Iterator

from journeykit.strategies.checking.findings import Finding, find
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Action, Exit


def check_measuring(strategy: Strategy) -> Iterator[Finding]:
    """Where treated people leave before the goal's window is over, as nobody in the control group can."""
    if strategy.goal is None or not any(start.control for start in strategy.starts):
        return
    for node in strategy.nodes:
        if isinstance(node, Exit):
            yield find(strategy.name, node.id, "measured_less", window=strategy.goal.within_days)
        elif isinstance(node, Action) and node.on_blocked == "exit":
            yield find(strategy.name, node.id, "measured_less_blocked", window=strategy.goal.within_days)
