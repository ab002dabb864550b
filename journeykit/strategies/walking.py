"""Rows of people, each with the ways that it takes, through a strategy's graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import END

Rows = npt.NDArray[np.int64]
_NOBODY: Rows = np.empty(0, dtype=np.int64)


def way_taken(node: str) -> str:
    """The column of the place of the way that is taken out of a node; no node can be called like a column."""
    return f"{node}.way"


def walk(
    strategy: Strategy, rows: pa.Table, entering: Rows
) -> tuple[dict[str, Rows], dict[tuple[str, str], Rows]]:
    """Let rows go through the graph, each by the ways it takes, past every node at most once.

    Parameters
    ----------
    rows : Table
        With the columns of :func:`journeykit.strategies.reaching.followed`.
    entering : array of int
        Which rows enter.

    Returns
    -------
    tuple
        Which rows come to each node (``end`` too), and which take each way, by node and label.
    """
    nodes = {node.id: node for node in strategy.nodes}
    known = set(rows.column_names)
    places = {name: rows[way_taken(name)].to_numpy() for name in nodes if way_taken(name) in known}
    passed = {name: np.zeros(rows.num_rows, dtype=np.bool_) for name in (*nodes, END)}
    taken: dict[tuple[str, str], list[Rows]] = {}
    coming = [(start.id, entering) for start in strategy.starts]
    while coming:
        name, here = coming.pop()
        if name not in passed:
            continue  # a way to nowhere, which the checks tell
        here = here[~passed[name][here]]
        passed[name][here] = True
        if not len(here) or name == END:
            continue
        for place, (way, target) in enumerate(nodes[name].ways):
            going = here[places[name][here] == place] if name in places else here
            taken.setdefault((name, way), []).append(going)
            coming.append((target, going))
    return (
        {name: np.flatnonzero(mask) for name, mask in passed.items()},
        {
            (name, way): np.concatenate(taken.get((name, way), [_NOBODY]))
            for name, node in nodes.items()
            for way, _ in node.ways
        },
    )
