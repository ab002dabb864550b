"""What was drawn, as the verbs would have made it: nodes in their order, under the ids they give."""

from __future__ import annotations

import re
from collections.abc import Collection

from journeykit.errors import DefinitionError
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import GraphNode, Start
from journeykit.widgets.coding.steps import named, nodes_of, steps_of, wanted_id

NEW = re.compile(r"new_\d+")
"""The id of a node that the browser has just made; it gets another at once."""


def normal(drawn: Strategy, before: Strategy, fixed: Collection[str] = ()) -> tuple[Strategy, dict[str, str]]:
    """The strategy that the verbs make of what was drawn, and the new id of each node that has one.

    An id that somebody chose stays, and one that is live; one that follows from a node's fields goes on
    following them.

    Parameters
    ----------
    before : Strategy
        As it was: whether an id followed from the fields is seen on those of then.
    fixed : collection of str
        Ids that stay in any case.
    """
    ids = [node.id for node in drawn.nodes]
    if len(ids) != len(set(ids)):
        raise DefinitionError("Two nodes have the same id. Give each node its own.")
    former = {node.id: node for node in before.nodes}
    kept = {
        node.id
        for node in drawn.nodes
        if node.id in fixed or not (_follows(node, node.id) or _follows(former.get(node.id), node.id))
    }
    kept = {name for name in kept if not NEW.fullmatch(name)}
    ordered = list(nodes_of(steps_of(drawn)))
    reached = {node.id for node in ordered}
    loose = [node for node in drawn.nodes if node.id not in reached]
    names = named(steps_of(drawn), kept, reserved=kept)
    for node in loose:  # each as a path of its own, which nothing leads to yet
        names |= _alone(node, names, kept)
    nodes = tuple(
        node.model_copy(update={"id": names[node.id]}).redirect(lambda target: names.get(target, target))
        for node in (*ordered, *loose)
    )
    renamed = {old: new for old, new in names.items() if old != new}
    return drawn.model_copy(update={"nodes": nodes}), renamed


def _follows(node: GraphNode | None, name: str) -> bool:
    """Whether an id is one that a verb gives to a node of such fields."""
    if node is None:
        return False
    if isinstance(node, Start):
        return name == "start"
    return re.fullmatch(re.escape(wanted_id(node)) + r"(_\d+)*", name) is not None


def _alone(node: GraphNode, names: dict[str, str], kept: Collection[str]) -> dict[str, str]:
    if node.id in kept:
        return {node.id: node.id}
    taken = {*names.values(), *kept, "end", "control"}
    wanted = wanted_id(node)
    options = (wanted, *(f"{wanted}_{number}" for number in range(2, len(taken) + 3)))
    return {node.id: next(name for name in options if name not in taken)}
