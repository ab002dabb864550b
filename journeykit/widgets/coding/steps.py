"""A journey read back as the verbs that make it, one step after the other, each fork with its paths."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import (
    CONTROL,
    END,
    Assign,
    Branch,
    GraphNode,
    Join,
    Send,
    Split,
    Update,
    Wait,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
    targets,
)


@dataclass(frozen=True)
class Step:
    """A node, and where ways part the path of each; or a way to a node that stands elsewhere.

    Attributes
    ----------
    node : GraphNode or None
        None where the step only leads to `target`.
    paths : tuple
        Of a branch one per case and that of everybody else; of a split one per variant; of a wait for a
        condition that of who is late.
    """

    node: GraphNode | None
    paths: tuple[tuple[Step, ...], ...] = ()
    target: str = ""


Steps = tuple[Step, ...]


def steps_of(strategy: Strategy, *, outside: bool = False) -> Steps:
    """The steps from the start on, each node once; what cannot be reached is in none.

    Parameters
    ----------
    outside : bool
        Of a fork with only one way that goes on, say behind the fork what stands there in the strategy,
        instead of in a path of it.
    """
    if not strategy.starts:
        return ()
    ranks = {node.id: rank for rank, node in enumerate(strategy.nodes)} if outside else {}
    return _Reader({node.id: node for node in strategy.nodes}, ranks).chain(strategy.starts[0].id)


def nodes_of(steps: Steps) -> Iterator[GraphNode]:
    """Every node, in the order in which the verbs add them."""
    for step in steps:
        if step.node is not None:
            yield step.node
        for path in step.paths:
            yield from nodes_of(path)


@dataclass
class _Reader:
    nodes: Mapping[str, GraphNode]
    ranks: Mapping[str, int]
    placed: set[str] = field(default_factory=set)

    def chain(self, at: str, until: frozenset[str] = frozenset()) -> Steps:
        """The steps from a node to the end, or to where an outer fork's ways meet."""
        steps: list[Step] = []
        while at != END and at not in until:
            node = self.nodes.get(at)
            if node is None or at in self.placed:
                steps.append(Step(None, target=at))
                break
            self.placed.add(at)
            following = list(targets(node))
            if isinstance(node, WaitUntil):
                meets = until | {node.next}
                steps.append(Step(node, (self.chain(node.late, meets),)))
                at = node.next
            elif isinstance(node, Branch | Split):
                meeting = self._meeting(following, until) or self._only_open(following, until)
                meets = until | {meeting} if meeting else until
                paths, back = _all_back(tuple(self.chain(target, meets) for target in following))
                steps += [Step(node, paths), *back]
                at = meeting or END
            else:
                steps.append(Step(node))
                at = following[0] if following else END
        return tuple(steps)

    def _meeting(self, firsts: Iterable[str], until: frozenset[str]) -> str:
        """The join to which every way leads that does not leave or lead back; empty when there is none."""
        firsts = list(firsts)
        seen = self._ahead(firsts, until)
        joins = [name for name in seen if isinstance(self.nodes.get(name), Join)]
        for join in joins:
            passed = self._ahead(firsts, until | {join})
            if not any(name == END or name in until for name in passed):
                return join
        return ""

    def _only_open(self, firsts: Iterable[str], until: frozenset[str]) -> str:
        """Of the way that goes on, the first node that stands behind all those of the others."""
        if not self.ranks:
            return ""
        ahead = [set(self._ahead([way], until)) for way in firsts]
        ranked = [max((self.ranks.get(name, -1) for name in names), default=-1) for names in ahead]
        going = ahead.pop(ranked.index(max(ranked)))
        others = set().union(*ahead)
        if any(name == END or name in until for name in others):
            return ""
        last = max((self.ranks.get(name, -1) for name in others - self.placed), default=-1)
        behind = {self.ranks[name]: name for name in going if self.ranks.get(name, -1) > last}
        return behind[min(behind)] if behind else ""

    def _ahead(self, firsts: Iterable[str], stops: frozenset[str]) -> list[str]:
        """What can be reached before a node that is placed already; the near ones first, stops included."""
        seen = list(dict.fromkeys(firsts))
        known = set(seen)
        for name in seen:
            if name in stops or name in self.placed or name not in self.nodes:
                continue
            for target in targets(self.nodes[name]):
                if target not in known:
                    known.add(target)
                    seen.append(target)
        return seen


def _all_back(paths: tuple[Steps, ...]) -> tuple[tuple[Steps, ...], Steps]:
    """Paths of which some only lead elsewhere: that is said behind the fork, as no path is without a node."""
    leading = {path[0].target for path in paths if len(path) == 1 and path[0].node is None}
    if len(leading) != 1:
        return paths, ()
    (target,) = leading
    only = Step(None, target=target)
    return tuple(() if path == (only,) else path for path in paths), (only,)


def wanted_id(node: GraphNode) -> str:
    """The id that a verb gives a node of such fields, where it is free."""
    match node:
        case Send():
            return f"send_{node.channel}"
        case Assign():
            return f"assign_{node.to}"
        case Wait():
            return f"wait_{node.days}d"
        case WaitWorkingDays():
            return f"wait_{node.days}wd"
        case WaitWeekday():
            return f"wait_{node.weekday}"
        case WaitHour():
            return f"wait_{node.hour}h"
        case Update():
            return f"mark_{node.mark}"
    return node.kind


def named(steps: Steps, given: Collection[str] = (), *, reserved: Collection[str] = ()) -> dict[str, str]:
    """By the id of each node the one that the verbs give it.

    Parameters
    ----------
    given : collection of str
        Ids that are given to the verbs.
    reserved : collection of str
        Ids that stay as they are, whatever the verbs would make of them.
    """
    names: dict[str, str] = {}
    taken = {END, CONTROL, *reserved}

    def take(old: str, wanted: str) -> None:
        names[old] = old if old in reserved else _free(wanted, taken)
        taken.add(names[old])

    for step in steps:
        if step.node is not None:
            take(step.node.id, step.node.id if step.node.id in given else wanted_id(step.node))
        for path in step.paths:
            # A path is named by itself, and once more where it is put behind the fork.
            for old, name in named(path, given, reserved=reserved).items():
                take(old, name)
    return names


def _free(wanted: str, taken: Collection[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(name for n in range(2, len(taken) + 3) if (name := f"{wanted}_{n}") not in taken)
