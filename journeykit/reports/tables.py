"""Tables of counts for a report, with small groups withheld."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from journeykit.clock import on_the_wall
from journeykit.display import WITHHELD, Table
from journeykit.i18n import in_language, label
from journeykit.ledger.approvals import Step
from journeykit.routing.result import Held
from journeykit.suppression import TOTAL, suppress_small

Words = Callable[[str], str]


def held_table(held: Sequence[Held], language: str) -> Table:
    """The versions of strategies that did not run, and why; without rows where all did."""
    rows = tuple(
        (
            in_language(language, one.title or one.strategy, one.title_zh), one.version,
            in_language(language, one.reason, one.reason_zh),
        )
        for one in held
    )  # fmt: skip
    heads = tuple(label(key, language) for key in ("strategy", "rule", "reason"))
    return Table(label("run.held", language), heads, rows)


def stops_table(steps: Sequence[Step], words: Words, timezone: str, language: str) -> Table:
    """Who paused, resumed or ended a strategy, when and why; without rows where nobody did."""
    keys = ("strategy", "approval.step", "approval.actor", "approval.at", "reason")
    heads = tuple(label(key, language).format(timezone) for key in keys)
    rows = tuple(
        (
            words(step.strategy), label(f"approval.{step.action}", language), step.actor,
            on_the_wall(step.at, timezone).replace(tzinfo=None), step.detail.get("reason", ""),
        )
        for step in steps
    )  # fmt: skip
    return Table(label("run.stopped", language), heads, rows)


def count_by(frame: Any, *columns: str) -> pd.DataFrame:
    """Rows, or the sums of a ``count`` they have, by `columns`: those columns and ``count``."""
    weighted = frame if "count" in frame else frame.assign(count=1)
    return weighted.groupby(list(columns), as_index=False)["count"].sum()


def shown(count: Any) -> int | str:
    """A count as a table shows it: the sign for withheld where it is missing."""
    return WITHHELD if pd.isna(count) else int(count)


def cross_table(
    title: str,
    frame: pd.DataFrame,
    by: tuple[str, str],
    *,
    columns: Sequence[str],
    words: tuple[Words, Words],
    min_cell: int,
    language: str,
) -> Table:
    """Counts by two things, one down and one across, with totals both ways.

    Parameters
    ----------
    title : str
        What the table says.
    frame : DataFrame
        `by` and ``count``.
    by : pair of str
        The columns that go down and across.
    columns : sequence of str
        The values across, in order.
    words : pair of callables
        The words for a value down and a value across.
    min_cell, language
        Below what a count is withheld; ``en`` or ``zh``.
    """
    down = by[0]
    cells = suppress_small(frame, list(by), "count", min_cell)
    found = {(a, b): shown(n) for a, b, n in cells.itertuples(index=False)}
    totals = {a: found[a, TOTAL] for a, b in found if b == TOTAL and a != TOTAL}
    order = sorted(totals, key=lambda a: (-_size(totals[a]), words[0](a)))
    present = [column for column in columns if (TOTAL, column) in found]
    head = (label(down, language), *map(words[1], present), label("total", language))
    rows = [
        (
            label("total", language) if a == TOTAL else words[0](a),
            *(found.get((a, b), 0) for b in [*present, TOTAL]),
        )
        for a in [*order, TOTAL]
        if found
    ]
    return Table(title, head, tuple(rows), total=True)


def ranked_table(
    title: str,
    frame: pd.DataFrame,
    by: str,
    *,
    words: Words,
    min_cell: int,
    language: str,
    most: int = 12,
) -> Table:
    """The largest groups of one kind, and all others folded into one row.

    Groups that are too small to show are among the folded ones, so that the total still adds up.
    """
    cells = suppress_small(frame, [by], "count", min_cell)
    counts = {name: shown(count) for name, count in cells.itertuples(index=False)}
    total = counts.pop(TOTAL, None)
    largest = sorted(
        ((n, name) for name, n in counts.items() if isinstance(n, int)), key=lambda at: (-at[0], at[1])
    )
    rows: list[tuple[object, object]] = [(words(name), n) for n, name in largest[:most]]
    if others := len(counts) - len(rows):
        rest = total - sum(n for n, _ in largest[:most]) if isinstance(total, int) else WITHHELD
        rows.append((label("other_groups", language).format(others), rest))
    if total is not None:
        rows.append((label("total", language), total))
    return Table(title, (label(by, language), label("leads", language)), tuple(rows), total=True)


def titled(definitions: Mapping[str, object], language: str) -> Words:
    """Words for the names of definitions: their titles, or the name itself where there is none."""

    def words(name: str) -> str:
        definition = definitions.get(name)
        english, chinese = getattr(definition, "title", ""), getattr(definition, "title_zh", "")
        return (chinese or english if language == "zh" else english or chinese) or name

    return words


def _size(count: int | str) -> int:
    return count if isinstance(count, int) else 0
