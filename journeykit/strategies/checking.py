"""What is wrong with a strategy, said before anything runs: each finding names the node and the remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from journeykit.contract import Type
from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions import check_predicate, tag_names
from journeykit.expressions.values import check_values
from journeykit.routing.channel import Channel
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import CONTROL, END, Assign, Exit, GraphNode, Send, Start, Wait
from journeykit.strategies.offers import Offer


@dataclass(frozen=True)
class Finding:
    """One thing to correct (``error``, blocks running) or to think about (``warning``)."""

    severity: Literal["error", "warning"]
    strategy: str
    node: str
    message: str

    def __str__(self) -> str:
        return f"{self.strategy}, {self.node}: {self.message}"


def check_strategy(
    strategy: Strategy, tags: Mapping[str, Any], offers: Mapping[str, Offer], channels: Mapping[str, Channel]
) -> tuple[Finding, ...]:
    """Everything that is wrong with a strategy.

    Parameters
    ----------
    strategy : Strategy
        The one to check.
    tags : Catalogue
        Tag name to handle.
    offers, channels : mapping
        By name.

    Returns
    -------
    tuple of Finding
        Errors first; empty when all is well.
    """
    found = [
        *_check_rules(strategy, tags),
        *_check_starts(strategy),
        *_check_ids(strategy),
        *_check_paths(strategy),
    ]
    for node in strategy.actions:
        found += _check_action(strategy, node, offers, channels)
    return tuple(sorted(found, key=lambda finding: finding.severity))


def require_sound(findings: tuple[Finding, ...]) -> None:
    """Raise one error that lists every finding of severity ``error``."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        listed = "\n".join(f"- {finding}" for finding in errors)
        raise DefinitionError(f"{len(errors)} findings block running; correct them first:\n{listed}")


def _check_rules(strategy: Strategy, tags: Mapping[str, Any]) -> Iterator[Finding]:
    types: dict[str, Type] = {name: tags[name].tag.type for name in tags}
    rules: list[tuple[str, Any]] = [(start.id, start.segment.where) for start in strategy.starts]
    if strategy.goal:
        rules.append(("goal", strategy.goal.expression))
    else:
        yield _error(
            strategy, "goal", "There is no goal. Say what it wants: goal=Goal(expression, within_days=30)."
        )
    if strategy.exit_when:
        rules.append(("exit_when", strategy.exit_when))
    for where, rule in rules:
        unknown = [name for name in tag_names(rule) if name not in types]
        for name in unknown:
            problem = unknown_name("tag", name, types, "List them with list(mart.tags).")
            yield _error(strategy, where, str(problem))
        if not unknown:
            try:
                check_predicate(rule, types)
                check_values(rule, {name: tags[name].tag.values for name in tags})
            except DefinitionError as error:
                yield _error(strategy, where, str(error))


def _check_starts(strategy: Strategy) -> Iterator[Finding]:
    if len(strategy.starts) != 1:
        yield _error(
            strategy,
            "start",
            f"{len(strategy.starts)} start nodes. Give it exactly one: .start(segment, control=0.10).",
        )
    for start in strategy.starts:
        if start.control == 0:
            yield _warning(
                strategy, start.id, "No control group, so its effect cannot be measured. Set control=0.10."
            )
        if start.control == 1:
            yield _warning(
                strategy, start.id, "Everybody is control, so nobody is contacted. Lower the share."
            )
    if not strategy.actions:
        yield _warning(strategy, "nodes", "Nobody is ever contacted. Add .send(...) or .assign(...).")


def _check_ids(strategy: Strategy) -> Iterator[Finding]:
    for name, count in Counter(node.id for node in strategy.nodes).items():
        if count > 1:
            yield _error(strategy, name, f"{count} nodes have this id. Give each its own.")
        if name in (END, CONTROL):
            yield _error(
                strategy, name, f"'{name}' is taken for people without a next step. Rename the node."
            )


def _check_paths(strategy: Strategy) -> Iterator[Finding]:
    nodes = {node.id: node for node in strategy.nodes}
    for node in strategy.nodes:
        following = _next(node)
        if following not in (None, END) and following not in nodes:
            others = [name for name in nodes if name != node.id and not isinstance(nodes[name], Start)]
            choices = " or ".join([*others, END])
            yield _error(
                strategy, node.id, f"Its next node '{following}' does not exist. Point it to {choices}."
            )
        elif isinstance(nodes.get(following or ""), Start):
            yield _error(
                strategy, node.id, f"It leads back to the start '{following}'. People enter only once."
            )
    reached = {name for start in strategy.starts for name in _walk(start, nodes)}
    for name in nodes:
        if name not in reached and strategy.starts:
            yield _error(
                strategy, name, "No path from the start leads here. Point a node's next to it, or remove it."
            )
    yield from _check_loops(strategy, nodes)
    yield from _check_length(strategy, nodes, reached)


def _check_loops(strategy: Strategy, nodes: Mapping[str, GraphNode]) -> Iterator[Finding]:
    seen: set[frozenset[str]] = set()
    for name in nodes:
        loop = _loop_of(name, nodes)
        if loop and frozenset(loop) not in seen and not any(isinstance(nodes[step], Wait) for step in loop):
            seen.add(frozenset(loop))
            path = " → ".join([*loop, loop[0]])
            yield _error(strategy, name, f"A loop without a wait: {path}. Put a wait into it.")


def _loop_of(name: str, nodes: Mapping[str, GraphNode]) -> list[str]:
    """The nodes from `name` back to itself; empty when it is on no loop."""
    path = _walk(nodes[name], nodes)
    return path if _next(nodes[path[-1]]) == name else []


def _check_length(strategy: Strategy, nodes: Mapping[str, GraphNode], reached: set[str]) -> Iterator[Finding]:
    waited = sum(node.days for node in strategy.nodes if isinstance(node, Wait) and node.id in reached)
    if strategy.goal and waited >= strategy.goal.within_days:
        yield _warning(
            strategy,
            "goal",
            f"Its waits add up to {waited} days, the goal's window is {strategy.goal.within_days}: the last "
            "steps are never reached. Shorten the waits or widen the window.",
        )


def _check_action(
    strategy: Strategy, node: Send | Assign, offers: Mapping[str, Offer], channels: Mapping[str, Channel]
) -> Iterator[Finding]:
    if node.offer not in offers:
        yield _error(
            strategy, node.id, str(unknown_name("offer", node.offer, offers, "See scheduled/offers."))
        )
    if node.channel not in channels:
        problem = unknown_name("channel", node.channel, channels, "See scheduled/channels.")
        yield _error(strategy, node.id, str(problem))
        return
    to_manager = channels[node.channel].addressed_to == "manager"
    if isinstance(node, Send) and to_manager:
        yield _error(strategy, node.id, f"'{node.channel}' goes to the manager. Use .assign('manager', ...).")
    if isinstance(node, Assign) and not to_manager:
        yield _error(
            strategy,
            node.id,
            f"'{node.channel}' does not go to the manager. Use .send('{node.channel}', ...).",
        )


def _walk(node: GraphNode, nodes: Mapping[str, GraphNode]) -> list[str]:
    """Ids from `node` on, each once."""
    path: list[str] = []
    here: str | None = node.id
    while here is not None and here in nodes and here not in path:
        path.append(here)
        here = _next(nodes[here])
    return path


def _next(node: GraphNode) -> str | None:
    return None if isinstance(node, Exit) else node.next


def _error(strategy: Strategy, node: str, message: str) -> Finding:
    return Finding("error", strategy.name, node, message)


def _warning(strategy: Strategy, node: str, message: str) -> Finding:
    return Finding("warning", strategy.name, node, message)
