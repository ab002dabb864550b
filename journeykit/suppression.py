"""Small groups withheld, and enough others with them that no total gives them away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from typing import Any

import numpy as np
import pandas as pd

TOTAL = ""  # stands in a group column of a total, which is over all values of that column


def suppress_small(
    frame: pd.DataFrame,
    groups: Sequence[str],
    count: str,
    min_cell: int,
    totals: Iterable[Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Add totals to counts by group, and withhold what would reveal a group below `min_cell`.

    A count below `min_cell` is withheld. So are the smallest further counts, until no withheld one
    follows by adding and subtracting from what is shown, and until those withheld in one total are
    together neither below `min_cell` nor certain to be one each.

    Parameters
    ----------
    frame : DataFrame
        One row per group; a group of nobody has no row.
    groups : sequence of str
        The columns that name a group.
    count : str
        The column with how many are in it.
    min_cell : int
        The smallest count that may be shown.
    totals : iterable of sequences of str, optional
        The totals that will be shown, each as the group columns it is by; ``()`` is the total of
        everything. Every combination when left out.

    Returns
    -------
    DataFrame
        `groups` and `count`, a row per group and per total. A total has ``TOTAL`` in the columns it
        is not by; a withheld count is missing.

    Examples
    --------
    >>> leads = pd.DataFrame({"channel": ["sms", "app_push", "counter"], "leads": [120, 40, 3]})
    >>> suppress_small(leads, ["channel"], "leads", 10)["leads"].tolist()
    [120, <NA>, <NA>, 163]
    """
    groups = list(groups)
    wanted = _every_total(groups) if totals is None else [list(total) for total in totals]
    cells: Any = frame.groupby(groups, as_index=False, sort=False, dropna=False)[count].sum()
    table, equations = _with_totals(cells, groups, count, wanted)
    hidden = _hide(table[count].to_numpy(dtype=np.int64), equations, min_cell, len(cells))
    table[count] = table[count].astype("Int64").mask(np.asarray(hidden, dtype=bool))
    return table


def _every_total(groups: list[str]) -> list[list[str]]:
    return [list(by) for by in chain(*(combinations(groups, size) for size in range(len(groups))))]


def _with_totals(
    cells: Any, groups: list[str], count: str, totals: list[list[str]]
) -> tuple[pd.DataFrame, np.ndarray]:
    """The cells, the totals below them, and one row of coefficients per total: Σ cells − total = 0."""
    rows: list[dict[str, Any]] = cells[[*groups, count]].to_dict("records")
    members: list[list[int]] = []
    for by in totals:
        found: dict[tuple[Any, ...], list[int]] = {}
        for position, row in enumerate(rows[: len(cells)]):
            found.setdefault(tuple(row[name] for name in by), []).append(position)
        for key, positions in found.items():
            named = dict(zip(by, key, strict=True))
            rows.append(
                {**{name: named.get(name, TOTAL) for name in groups},
                 count: sum(rows[position][count] for position in positions)}
            )  # fmt: skip
            members.append(positions)
    equations = np.zeros((len(members), len(rows)), dtype=np.int64)
    for index, positions in enumerate(members):
        equations[index, positions] = 1
        equations[index, len(cells) + index] = -1
    return pd.DataFrame(rows, columns=[*groups, count]), equations


def _hide(counts: np.ndarray, equations: np.ndarray, min_cell: int, cells: int) -> np.ndarray:
    """Which counts to withhold; the smallest first, and totals only where no cell serves."""
    # narrow totals first: what they withhold often serves the wider ones as well
    equations = equations[np.argsort((equations == 1).sum(axis=1), kind="stable")]
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda at: (at >= cells, counts[at], at))
    hidden = (counts < min_cell) & (counts > 0)
    while True:
        line = _too_few(counts, equations, hidden, min_cell)
        if line is not None:
            hidden[next(at for at in order if line[at] and not hidden[at])] = True
            continue
        leak = next((at for at in np.flatnonzero(hidden).tolist() if _follows(at, equations, hidden)), None)
        shown = [at for at in order if not hidden[at]]
        if leak is None or not shown:
            return hidden
        hidden[next((at for at in shown if not _follows(leak, equations, _and(hidden, at))), shown[0])] = True


def _and(hidden: np.ndarray, position: int) -> np.ndarray:
    more = hidden.copy()
    more[position] = True
    return more


def _too_few(
    counts: np.ndarray, equations: np.ndarray, hidden: np.ndarray, min_cell: int
) -> np.ndarray | None:
    """A shown total whose withheld cells are together too few, or surely one each; None if there is none."""
    for line in equations:
        inside = hidden & (line == 1)
        withheld = int(counts[inside].sum())
        if (
            inside.any()
            and not hidden[line == -1].any()
            and (withheld < min_cell or withheld == inside.sum())
        ):
            return line
    return None


def _follows(position: int, equations: np.ndarray, hidden: np.ndarray) -> bool:
    """Whether the equations, with what is shown put in, have one solution for this count."""
    unknown = equations[:, hidden]
    picked = np.zeros((1, unknown.shape[1]))
    picked[0, int(hidden[:position].sum())] = 1
    rank = np.linalg.matrix_rank(unknown) if unknown.size else 0
    return bool(np.linalg.matrix_rank(np.vstack([unknown, picked])) == rank)
