"""A graph as an indented list: each fork's ways below it, and what they share once, behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from journeykit.strategies.ways import reached_from, ways_back

Kind = Literal["step", "way", "nothing", "straight_on", "together", "landing", "on_to", "back_to"]


@dataclass(frozen=True)
class Item:
    """One line.

    Attributes
    ----------
    kind : str
        ``step``: what happens at `node`. ``way``: the way number `place` out of the fork `node`.
        ``nothing``: the way ends. ``straight_on``: it does nothing of its own. ``together``: all ways above
        go on here. ``landing``: some of them do, at `node`. ``on_to`` and ``back_to``: the way goes on at
        `node`, which is told elsewhere.
    """

    kind: Kind
    depth: int
    node: str = ""
    place: int = 0


@dataclass
class _Landing:
    """A node that several ways lead to: told once, behind the last fork that all of them come from."""

    ways: int
    forks: tuple[str, ...] = ()
    arrived: int = 0

    def arrive(self, forks: tuple[str, ...]) -> None:
        if self.arrived:
            same = takewhile(lambda pair: pair[0] == pair[1], zip(self.forks, forks, strict=False))
            forks = tuple(one for one, _ in same)
        self.forks = forks
        self.arrived += 1


def outline(first: str, following: Mapping[str, Sequence[str]], end: str) -> list[Item]:
    """The lines of a graph, from its first node on; every node that can be reached is told once.

    Parameters
    ----------
    first : str
        Where to begin.
    following : mapping of str to sequence of str
        Each node's targets; one with several different ones is a fork.
    end : str
        The target that stands for nothing more.

    Examples
    --------
    >>> graph = {"ask": ["call", "write"], "call": ["wait"], "write": ["wait"], "wait": ["end"]}
    >>> for item in outline("ask", graph, "end"):
    ...     print(("  " * item.depth + f"{item.kind} {item.node}").rstrip())
    step ask
    way ask
      step call
    way ask
      step write
    together wait
    step wait
    nothing
    """
    return _Outline(first, following, end).tell()


class _Outline:
    """The lines so far, and the forks whose ways are being told."""

    def __init__(self, first: str, following: Mapping[str, Sequence[str]], end: str) -> None:
        self.first, self.end = first, end
        reached = reached_from([first], following)
        self.following = {
            name: ways if len(set(ways)) > 1 else ways[:1]
            for name, ways in following.items()
            if name in reached
        }
        self.back = ways_back(first, self.following)
        led_to = Counter(
            way for name, ways in self.following.items() for way in ways if (name, way) not in self.back
        )
        self.landings = {name: _Landing(ways) for name, ways in led_to.items() if ways > 1 and name != end}
        self.items: list[Item] = []
        self.told: set[str] = set()
        self.forks: list[tuple[str, Iterator[tuple[int, str]]]] = []
        self.waiting: dict[str, _Landing] = {}
        self.arrivals: dict[int, tuple[str, tuple[str, ...]]] = {}
        self.behind: dict[str, list[str]] = {}

    def tell(self) -> list[Item]:
        self._tell_chain("", self.first)
        while (way := self._next_way()) is not None:
            self._tell_chain(*way)
        return list(self._resolved())

    def _add(self, kind: Kind, node: str = "", place: int = 0) -> None:
        depth = len(self.forks) - (kind == "way")
        self.items.append(Item(kind, depth, node, place))

    def _tell_chain(self, before: str, here: str) -> None:
        """Steps up to the end, the next fork, or a node that is told elsewhere."""
        while True:
            if here == self.end:
                return self._add("nothing")
            if here not in self.following or here in self.told:
                return self._add("back_to" if here in self.told else "on_to", here)
            if here in self.landings:
                return self._land(before, here)
            self._add("step", here)
            self.told.add(here)
            ways = self.following[here]
            if len(ways) > 1:
                return self.forks.append((here, iter(enumerate(ways))))
            if not ways:
                return None
            before, here = here, ways[0]

    def _land(self, before: str, here: str) -> None:
        if (before, here) not in self.back:
            forks = tuple(name for name, _ in self.forks)
            self.landings[here].arrive(forks)
            self.waiting[here] = self.landings[here]
            self.arrivals[len(self.items)] = here, forks
        self._add("on_to", here)

    def _next_way(self) -> tuple[str, str] | None:
        """Where the telling goes on: behind a fork all of whose ways are told, or with a fork's next way."""
        while True:
            ready = (
                name
                for name, one in self.waiting.items()
                if one.arrived == one.ways and len(one.forks) == len(self.forks) + 1
            )
            left = () if self.forks else self.waiting
            for name in (*ready, *left):
                landing = self.waiting.pop(name)
                del self.landings[name]
                self.behind.setdefault(landing.forks[-1] if landing.forks else "", []).append(name)
                self._add("together", name)
                return "", name
            if not self.forks:
                return None
            fork, ways = self.forks[-1]
            for place, target in ways:
                self._add("way", fork, place)
                return fork, target
            self.forks.pop()

    def _resolved(self) -> Iterator[Item]:
        """A way need not say where it goes on when that is what stands right behind its fork."""
        named = {name for name, forks in self.arrivals.values() if not self._is_plain(name, forks)}
        for at, item in enumerate(self.items):
            if at in self.arrivals and item.node not in named:
                if self.items[at - 1].kind == "way":
                    yield replace(item, kind="straight_on", node="")
            else:
                yield (
                    replace(item, kind="landing") if item.kind == "together" and item.node in named else item
                )

    def _is_plain(self, name: str, forks: tuple[str, ...]) -> bool:
        """Whether it is all that stands behind its fork, and nothing stands behind the forks inside."""
        behind = [self.behind.get(fork, []) for fork in forks]
        inner = [one for one in behind if one]
        return len(inner) > 0 and inner[-1] == [name]
