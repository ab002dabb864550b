"""Two segments side by side: how many they share, and in which tags they differ most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journeykit.display import Table
from journeykit.errors import DataError
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.segments.conditions import condition_of, titles
from journeykit.segments.counting import CELLS, Cell
from journeykit.segments.drawing import Bar
from journeykit.segments.showing import Shown, show_count
from journeykit.segments.standing import Standing, Standings, find_standings
from journeykit.suppression import TOTAL, suppress_small

if TYPE_CHECKING:
    import pandas as pd

GROUP: Cell = (True, False)
BOTH: Cell = (True, True)
OTHER: Cell = (False, True)


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Two segments against each other; prints their sizes and the tags that tell them apart.

    Attributes
    ----------
    titles : pair of (str, str)
        What each is called, in English and Chinese.
    sizes : pair of int or None
        The customers of each; None when withheld.
    cells : mapping of Cell to int or None
        Customers in the first alone, in both, and in the second alone.
    standings : Standings
        Of every tag, the first against the second.
    min_cell : int or None
        Below which counts were withheld; None when none were.
    """

    titles: tuple[tuple[str, str], tuple[str, str]]
    sizes: tuple[int | None, int | None]
    cells: Mapping[Cell, int | None]
    standings: Standings
    min_cell: int | None = None

    def __getitem__(self, name: str) -> Standing:
        return self.standings[name]

    def for_mail(self, min_cell: int) -> Comparison:
        """The same with groups of fewer than `min_cell` withheld, and what would give them away."""
        return replace(
            _withhold(self, min_cell), standings=self.standings.for_mail(min_cell), min_cell=min_cell
        )

    def sizes_table(self, language: str = "en") -> Table:
        """How many are in each, in both, and in one alone."""
        first, second = (in_language(language, *both) for both in self.titles)
        alone = label("segment.alone", language)
        named = [
            (first, self.sizes[0]),
            (second, self.sizes[1]),
            (label("segment.both", language), self.cells[BOTH]),
            (alone.format(first), self.cells[GROUP]),
            (alone.format(second), self.cells[OTHER]),
        ]
        longest = max((size or 0 for _, size in named), default=0) or 1
        rows = tuple(
            (name, show_count(size), Bar(None if size is None else size / longest)) for name, size in named
        )
        title = label("segment.comparison", language).format(first, second)
        return Table(title, (label("segment.segment", language), label("customers", language), ""), rows)

    def table(self, language: str = "en") -> Table:
        """The tags that tell them apart most."""
        first, second = (in_language(language, *both) for both in self.titles)
        return self.standings.table("", (first, second), language)

    def notes(self, language: str = "en") -> tuple[str, ...]:
        """How to read it, and whether it rests on a sample."""
        return (*self.standings.notes(language), *super().notes(language))

    def html(self, language: str = "en") -> str:
        """The sizes, then the tags."""
        return self.sizes_table(language)._repr_html_() + super().html(language)

    def __repr__(self) -> str:
        return f"{self.sizes_table()!r}\n\n{super().__repr__()}"

    def to_frame(self) -> pd.DataFrame:
        """Every tag, ranked; ``group`` is the first segment, ``base`` the second."""
        return self.standings.to_frame()


def compare(first: Any, second: Any, mart: Mart) -> Comparison:
    """Compare two segments: their sizes, whom they share, and every tag.

    Parameters
    ----------
    first, second : Segment or Expression
        They may overlap; customers in both count for both.
    mart : Mart
        With built tags.

    Raises
    ------
    DataError
        One of them is empty.
    """
    standings = find_standings(condition_of(first), condition_of(second), mart)
    cells = {cell: standings.counts.sizes.get(cell, 0) for cell in CELLS}
    sizes = cells[GROUP] + cells[BOTH], cells[OTHER] + cells[BOTH]
    named = titles(first, mart), titles(second, mart)
    for title, size in zip(named, sizes, strict=True):
        if not size:
            raise DataError(f"'{title[0]}' has no customers as of {mart.as_of}. Loosen its condition.")
    return Comparison(named, sizes, cells, standings)


def _withhold(shown: Comparison, min_cell: int) -> Comparison:
    """The three cells, with each segment as a total."""
    import pandas as pd

    frame = pd.DataFrame([{"a": cell[0], "b": cell[1], "n": size or 0} for cell, size in shown.cells.items()])
    told = suppress_small(frame.astype({"a": object, "b": object}), ["a", "b"], "n", min_cell, [["a"], ["b"]])
    counts = {
        (row["a"], row["b"]): None if pd.isna(row["n"]) else int(row["n"]) for row in told.to_dict("records")
    }
    return replace(
        shown, cells={cell: counts[cell] for cell in CELLS}, sizes=(counts[True, TOTAL], counts[TOTAL, True])
    )
