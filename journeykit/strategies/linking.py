"""How a journey's nodes come to stand behind each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from journeykit.errors import DefinitionError, unknown_name
from journeykit.strategies.nodes import CONTROL, END, Definition, GraphNode, Join, targets


class Linked(Definition):
    """Nodes in reading order, each with a name of its own."""

    if TYPE_CHECKING:
        nodes: tuple[GraphNode, ...]

    def node(self, node_id: str) -> GraphNode:
        """The node with that id."""
        found = next((node for node in self.nodes if node.id == node_id), None)
        if found is None:
            raise unknown_name("node", str(node_id), [node.id for node in self.nodes], "See its .nodes.")
        return found

    def _with(self, nodes: tuple[GraphNode, ...]) -> Self:
        return self.model_copy(update={"nodes": nodes})

    def _leading_to(self, node: str) -> tuple[GraphNode, ...]:
        """The nodes with every open way led to one."""
        return tuple(one.redirect(lambda way: node if way == END else way) for one in self.nodes)

    def _open_ways(self) -> int:
        return sum(target == END for node in self.nodes for target in targets(node))

    def _then(self, node: GraphNode) -> Self:
        """Add a node behind every open way."""
        if self.nodes and not self._open_ways():
            raise DefinitionError(
                f"Nothing can follow '{self.nodes[-1].id}': no way leads on. Put the step before it."
            )
        if self._open_ways() > 1 and not isinstance(node, Join):
            return self._then(Join(id=self._id("", "join")))._then(node)
        return self._with((*self._leading_to(node.id), node))

    def _fork(self, node: Any, paths: Mapping[str, Linked]) -> Self:
        """Add a node with several ways, and each way's path behind it."""
        made = self._then(node)
        firsts: list[str] = []
        for way in paths.values():
            made, first = made._graft(way)
            firsts.append(first)
        # The ways of a node are in the order in which its redirect asks for them.
        order = iter(firsts)
        pointed = made.node(node.id).redirect(lambda _: next(order))
        return made._with(tuple(pointed if one.id == node.id else one for one in made.nodes))

    def _graft(self, way: Linked) -> tuple[Self, str]:
        """Add a path's nodes under free ids; the id of its first."""
        made = self
        names: dict[str, str] = {}
        for node in way.nodes:
            names[node.id] = made._id("", node.id)
            made = made._with((*made.nodes, node.model_copy(update={"id": names[node.id]})))
        own = set(names.values())
        nodes = tuple(
            one.redirect(lambda target: names.get(target, target)) if one.id in own else one
            for one in made.nodes
        )
        return made._with(nodes), names[way.nodes[0].id] if way.nodes else END

    def _id(self, given: str, wanted: str) -> str:
        """The id asked for, or else the wanted one with a number behind it if it is taken."""
        taken = {node.id for node in self.nodes} | {END, CONTROL}
        if given in taken:
            raise DefinitionError(f"The id '{given}' is taken. Give each node its own.")
        if given or wanted not in taken:
            return given or wanted
        return next(name for n in range(2, len(taken) + 3) if (name := f"{wanted}_{n}") not in taken)
