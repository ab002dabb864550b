"""Walks over a strategy's graph: iterative and linear in its size, so that no file exhausts the stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

Following = Mapping[str, Sequence[str]]
"""Each node's id and the ids it leads to; a target that is no key has nothing behind it."""


def reached_from(starts: Iterable[str], following: Following) -> set[str]:
    """The starts and every node that a path from them leads to.

    Examples
    --------
    >>> sorted(reached_from("a", {"a": ["b"], "b": ["end"], "c": ["a"]}))
    ['a', 'b', 'end']
    """
    found = set(starts)
    waiting = list(found)
    while waiting:
        new = set(following.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def loops(following: Following) -> Iterator[list[str]]:
    """Loops, at least one of every group of nodes that can reach each other; none is told twice.

    Examples
    --------
    >>> list(loops({"a": ["b", "end"], "b": ["a", "c"], "c": ["c"]}))
    [['a', 'b'], ['c']]
    """
    done: set[str] = set()
    told: set[str] = set()
    for root in following:
        path = {} if root in done else {root: iter(following[root])}
        while path:
            node = next(reversed(path))
            target = next((one for one in path[node] if one in following and one not in done), None)
            if target is None:
                done.add(node)
                del path[node]
            elif target not in path:
                path[target] = iter(following[target])
            elif node not in told and target not in told:
                steps = list(path)
                loop = steps[steps.index(target) :]
                told.update(loop)
                yield loop


def fewest_days(start: str, following: Mapping[str, Iterable[tuple[str, int]]]) -> dict[str, tuple[int, str]]:
    """How many days lie between the start and each node at least, and the node before it on that way.

    Parameters
    ----------
    following : mapping of str to iterable of (str, int)
        Each node's targets and the days until they are reached.

    Examples
    --------
    >>> fewest_days("a", {"a": [("b", 3), ("c", 1)], "c": [("b", 1)]})
    {'a': (0, 'a'), 'c': (1, 'a'), 'b': (2, 'c')}
    """
    found: dict[str, tuple[int, str]] = {}
    waiting = [(0, start, start)]
    while waiting:
        days, node, before = heappop(waiting)
        if node not in found:
            found[node] = days, before
            for target, wait in following.get(node, ()):
                heappush(waiting, (days + wait, target, node))
    return found


def ways_back(first: str, following: Following) -> set[tuple[str, str]]:
    """The ways that lead back to a node that they come from, as a walk from the first node finds them.

    Examples
    --------
    >>> sorted(ways_back("a", {"a": ["b"], "b": ["c", "a"], "c": ["b"]}))
    [('b', 'a'), ('c', 'b')]
    """
    found: set[tuple[str, str]] = set()
    done: set[str] = set()
    path = {first: iter(following.get(first, ()))}
    while path:
        node = next(reversed(path))
        for target in path[node]:
            if target in path:
                found.add((node, target))
            elif target not in done:
                path[target] = iter(following.get(target, ()))
                break
        else:
            done.add(node)
            del path[node]
    return found
