"""Where the nodes of a graph stand in a drawing: in rows from top to bottom, each below what leads to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journeykit.strategies.ways import ways_back

_BEND = 0.35
"""Room, in widths of a node, that a way takes which passes a row; right behind a fork, a whole one."""


@dataclass(frozen=True)
class Way:
    """A way from a node to another, with the points it passes in the rows between, as (column, row)."""

    source: str
    place: int
    target: str
    bends: tuple[tuple[float, int], ...]
    back: bool


@dataclass(frozen=True)
class Layout:
    """Column and row of each node, in widths and heights of one, and the ways between them."""

    nodes: Mapping[str, tuple[float, int]]
    ways: tuple[Way, ...]


def lay_out(first: str, following: Mapping[str, Sequence[str]]) -> Layout:
    """Place every node that can be reached from the first one.

    Examples
    --------
    >>> lay_out("ask", {"ask": ["call", "write"], "call": ["end"], "write": ["end"], "end": []}).nodes
    {'ask': (0.5, 0), 'call': (0.0, 1), 'write': (1.0, 1), 'end': (0.5, 2)}
    """
    back = ways_back(first, following)
    rows = _rows(first, following, back)
    spots: list[list[str]] = [[] for _ in range(max(rows.values()) + 1)]
    leads: dict[str, list[tuple[str, float]]] = {}
    wide = set(following)
    chains: list[tuple[str, int, str, list[str]]] = []
    for name in sorted(rows, key=lambda name: rows[name]):
        spots[rows[name]].append(name)
        ways = following[name]
        for place, target in enumerate(ways):
            if (name, target) in back:
                chains.append((name, place, target, []))
                continue
            bends = [f"{name} {place} {row}" for row in range(rows[name] + 1, rows[target])]
            chains.append((name, place, target, bends))
            before = name
            wide.update(bends[:1] if len(ways) > 1 else ())
            for bend, row in zip(bends, range(rows[name] + 1, rows[target]), strict=True):
                spots[row].append(bend)
                leads[bend] = [(before, place - (len(ways) - 1) / 2 if before == name else 0)]
                before = bend
            leads.setdefault(target, []).append(
                (before, place - (len(ways) - 1) / 2 if before == name else 0)
            )
    columns = _columns(spots, leads, wide)
    left = min(columns.values())
    made = tuple(
        Way(
            source, place, target, back=(source, target) in back,
            bends=tuple((columns[bend] - left, rows[source] + 1 + at) for at, bend in enumerate(bends)),
        )
        for source, place, target, bends in chains
    )  # fmt: skip
    return Layout({name: (columns[name] - left, row) for name, row in rows.items()}, made)


def _rows(first: str, following: Mapping[str, Sequence[str]], back: set[tuple[str, str]]) -> dict[str, int]:
    """Each node's row: one below the lowest of those that lead to it."""
    waiting_for: dict[str, int] = {first: 0}
    seen = [first]
    for name in seen:
        for target in following[name]:
            if (name, target) not in back:
                if target not in waiting_for:
                    seen.append(target)
                waiting_for[target] = waiting_for.get(target, 0) + 1
    rows, ready = {first: 0}, [first]
    for name in ready:
        for target in following[name]:
            if (name, target) not in back:
                rows[target] = max(rows.get(target, 0), rows[name] + 1)
                waiting_for[target] -= 1
                if not waiting_for[target]:
                    ready.append(target)
    return rows


def _columns(
    spots: list[list[str]], leads: Mapping[str, list[tuple[str, float]]], wide: set[str]
) -> dict[str, float]:
    """Each spot as near as there is room to the middle of those that lead to it; `wide` ones are a node's."""
    columns: dict[str, float] = {}
    for row in spots:
        wanted = {
            name: sum(columns[before] + aside for before, aside in leads[name]) / len(leads[name])
            if name in leads
            else 0.0
            for name in row
        }
        ordered = sorted(row, key=lambda name: wanted[name])
        free, placed = float("-inf"), []
        for name in ordered:
            half = 0.5 if name in wide else _BEND / 2
            column = max(wanted[name], free + half)
            placed.append(column)
            free = column + half
        moved = sum(column - wanted[name] for column, name in zip(placed, ordered, strict=True)) / len(row)
        columns |= {name: column - moved for column, name in zip(placed, ordered, strict=True)}
    return columns
