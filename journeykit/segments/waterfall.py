"""How many customers remain after each condition of a segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from journeykit.display import Table
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.segments.conditions import condition_of, parts_of, rows_of, sentences, titles
from journeykit.segments.drawing import Bar
from journeykit.segments.showing import Shown, show_count, show_share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step:
    """One condition, applied after those above it.

    Attributes
    ----------
    text, text_zh : str
        What it says.
    remain : int or None
        Customers for whom it and all above it hold; None when withheld.
    lost : int or None
        Customers for whom all above it hold, and it does not; None when withheld.
    """

    text: str
    text_zh: str
    remain: int | None
    lost: int | None


@dataclass(frozen=True, repr=False)
class Waterfall(Shown):
    """Everyone, and who remains after each condition; prints as a table with bars.

    Attributes
    ----------
    title, title_zh : str
        Of the segment.
    everyone : int or None
        All customers.
    steps : tuple of Step
        In the order in which the segment states its conditions; the last one's `remain` is its size.
    min_cell : int or None
        Below which counts were withheld; None when none were.
    """

    title: str
    title_zh: str
    everyone: int | None
    steps: tuple[Step, ...]
    min_cell: int | None = None

    def for_mail(self, min_cell: int) -> Waterfall:
        """The same with groups of fewer than `min_cell` withheld, and what would give them away."""
        return replace(_withhold(self, min_cell), min_cell=min_cell)

    def table(self, language: str = "en") -> Table:
        """One row per condition, in English or Chinese."""
        heads = ("condition", "remain", "lost", "kept", "of_everyone")
        rows = [self._row(label("segment.everyone", language), self.everyone, None, None)]
        before = self.everyone
        for step in self.steps:
            text = in_language(language, step.text, step.text_zh)
            kept = show_share(step.remain, before)
            rows.append(self._row(text, step.remain, show_count(step.lost), kept))
            before = step.remain
        title = label("segment.waterfall", language).format(in_language(language, self.title, self.title_zh))
        return Table(title, (*(label(f"segment.{one}", language) for one in heads), ""), tuple(rows))

    def _row(self, text: str, remain: int | None, lost: Any, kept: str | None) -> tuple[Any, ...]:
        share = None if remain is None or not self.everyone else remain / self.everyone
        return text, show_count(remain), lost, kept, show_share(remain, self.everyone), Bar(share)

    def to_frame(self) -> pd.DataFrame:
        """One row per condition: text, text_zh, remain, lost; counts that are withheld are missing."""
        import pandas as pd

        return pd.DataFrame(
            {
                "text": [one.text for one in self.steps],
                "text_zh": [one.text_zh for one in self.steps],
                "remain": pd.array([one.remain for one in self.steps], dtype="Int64"),
                "lost": pd.array([one.lost for one in self.steps], dtype="Int64"),
            }
        )


def waterfall(segment: Any, mart: Mart) -> Waterfall:
    """Count who remains after each condition of a segment, in one statement.

    Parameters
    ----------
    segment : Segment or Expression
        Its conditions are taken in the order in which they are joined by ``&``; what is no such chain is
        one condition.
    mart : Mart
        With built tags.
    """
    conditions = parts_of(condition_of(segment))
    rows = rows_of({f"c{place}": one for place, one in enumerate(conditions)}, mart)
    # Who stops where: each customer fails one condition first, or none.
    stopped = sa.case(
        *((sa.not_(rows.c[f"c{place}"]), place) for place in range(len(conditions))), else_=len(conditions)
    )
    grouped = sa.select(stopped.label("stopped")).select_from(rows).subquery("grouped")
    statement = sa.select(grouped.c.stopped, sa.func.count().label("n")).group_by(grouped.c.stopped)
    found = {row["stopped"]: row["n"] for row in mart.run(statement).to_pylist()}
    remain = everyone = sum(found.values())
    steps = []
    for place, condition in enumerate(conditions):
        lost = found.get(place, 0)
        remain -= lost
        steps.append(Step(*sentences(condition, mart), remain, lost))
    return Waterfall(*titles(segment, mart), everyone, tuple(steps))


def _withhold(shown: Waterfall, min_cell: int) -> Waterfall:
    """Counts are shown as long as no two of them differ by a few customers: every loss is a difference.

    The last one, the segment's size, goes before those in between.
    """

    def tells(count: int) -> bool:
        return 0 < count < min_cell

    chain = [shown.everyone or 0, *(step.remain or 0 for step in shown.steps)]
    if tells(chain[0]):
        hidden = tuple(replace(step, remain=None, lost=None) for step in shown.steps)
        return replace(shown, everyone=None, steps=hidden)
    last = None if tells(chain[-1]) or tells(chain[0] - chain[-1]) else chain[-1]
    kept: list[int | None] = [chain[0]]
    above = chain[0]
    for count in chain[1:-1]:
        few = tells(count) or tells(above - count) or (last is not None and tells(count - last))
        kept.append(None if few else count)
        above = above if few else count
    kept.append(last)
    steps = tuple(
        replace(step, remain=after, lost=None if before is None or after is None else before - after)
        for step, before, after in zip(shown.steps, kept, kept[1:], strict=False)
    )
    return replace(shown, steps=steps)
