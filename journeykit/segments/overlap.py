"""How several segments overlap: the size of every combination, drawn as an UpSet chart.

Each row of the chart is a combination, with a full dot for each segment that it is in (Lex, Gehlenborg,
Strobelt, Vuillemot, Pfister: UpSet, IEEE TVCG 20, 2014); every customer is in one row exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from journeykit.display import Table
from journeykit.errors import DefinitionError
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.segments.conditions import condition_of, rows_of, titles
from journeykit.segments.drawing import Bar, Dots, Letters
from journeykit.segments.showing import Shown, show_count, show_share
from journeykit.suppression import TOTAL, suppress_small

if TYPE_CHECKING:
    import pandas as pd

MOST = 8
"""So many segments at most: more than 256 combinations nobody can look at."""

Combination = tuple[bool, ...]


@dataclass(frozen=True, repr=False)
class Overlap(Shown):
    """The sizes of some segments and of all their combinations.

    Attributes
    ----------
    titles : tuple of (str, str)
        What each segment is called, in English and Chinese.
    sizes : tuple of int or None
        Customers of each segment; None when withheld.
    combinations : mapping of tuple of bool to int or None
        Customers who are in exactly these segments, for each combination that occurs, the largest first,
        those withheld last.
    everyone : int or None
        All customers, those in none of the segments included.
    min_cell : int or None
        Below which counts were withheld; None when none were.
    """

    titles: tuple[tuple[str, str], ...]
    sizes: tuple[int | None, ...]
    combinations: Mapping[Combination, int | None]
    everyone: int | None
    min_cell: int | None = None

    def for_mail(self, min_cell: int) -> Overlap:
        """The same with groups of fewer than `min_cell` withheld, and what would give them away."""
        return replace(_withhold(self, min_cell), min_cell=min_cell)

    def segments(self, language: str = "en") -> Table:
        """One row per segment: its letter in the chart, its title and its size."""
        longest = max((size or 0 for size in self.sizes), default=0) or 1
        rows = [
            (letter, in_language(language, *both), show_count(size), show_share(size, self.everyone),
             Bar(None if size is None else size / longest))
            for letter, both, size in zip(ascii_uppercase, self.titles, self.sizes, strict=False)
        ]  # fmt: skip
        heads = ("segment.segment", "customers", "segment.of_everyone")
        title = label("segment.overlap", language).format(len(self.titles))
        return Table(title, ("", *(label(one, language) for one in heads), ""), tuple(rows))

    def table(self, language: str = "en") -> Table:
        """One row per combination, the largest first: dots, letters, customers and share."""
        longest = max((count or 0 for count in self.combinations.values()), default=0) or 1
        rows = [
            (Dots(inside), _letters(inside) or label("segment.nowhere", language), show_count(count),
             show_share(count, self.everyone), Bar(None if count is None else count / longest))
            for inside, count in self.combinations.items()
        ]  # fmt: skip
        heads = ("segment.exactly", "customers", "segment.of_everyone")
        letters = Letters(" ".join(ascii_uppercase[: len(self.titles)]))
        return Table("", (letters, *(label(one, language) for one in heads), ""), tuple(rows))

    def html(self, language: str = "en") -> str:
        """The segments with their letters, then the chart of their combinations."""
        return self.segments(language)._repr_html_() + super().html(language)

    def __repr__(self) -> str:
        return f"{self.segments()!r}\n\n{super().__repr__()}"

    def to_frame(self) -> pd.DataFrame:
        """One row per combination: a boolean column per letter, and `customers`, missing when withheld."""
        import pandas as pd

        letters = ascii_uppercase[: len(self.titles)]
        frame = pd.DataFrame(list(self.combinations), columns=pd.Index(list(letters)), dtype=bool)
        return frame.assign(customers=pd.array(list(self.combinations.values()), dtype="Int64"))


def overlap(segments: Sequence[Any], mart: Mart) -> Overlap:
    """Count every combination of some segments, in one statement.

    Parameters
    ----------
    segments : sequence of Segment or Expression
        From one to eight.
    mart : Mart
        With built tags.

    Raises
    ------
    DefinitionError
        None or too many, or one of them is no segment.
    """
    if not 1 <= len(segments) <= MOST:
        raise DefinitionError(f"An overlap is of 1 to {MOST} segments, and these are {len(segments)}.")
    rows = rows_of({f"s{place}": condition_of(one) for place, one in enumerate(segments)}, mart)
    columns = [rows.c[f"s{place}"] for place in range(len(segments))]
    statement = sa.select(*columns, sa.func.count().label("n")).group_by(*columns)
    found: dict[Combination, int] = {
        tuple(row[column.name] for column in columns): row["n"] for row in mart.run(statement).to_pylist()
    }
    largest = sorted(found.items(), key=lambda one: (-one[1], [not flag for flag in one[0]]))
    return Overlap(
        tuple(titles(one, mart) for one in segments),
        tuple(
            sum(count for inside, count in found.items() if inside[place]) for place in range(len(segments))
        ),
        dict(largest),
        sum(found.values()),
    )


def _letters(inside: Combination) -> str:
    return " ".join(letter for letter, one in zip(ascii_uppercase, inside, strict=False) if one)


def _withhold(shown: Overlap, min_cell: int) -> Overlap:
    """The combinations are the cells; the sizes of segments and of everyone are totals over them."""
    import pandas as pd

    groups = list(ascii_uppercase[: len(shown.titles)])
    marked = [["in" if one else "out" for one in inside] for inside in shown.combinations]
    cells = pd.DataFrame(
        [
            {"n": count, **dict(zip(groups, key, strict=True))}
            for key, count in zip(marked, shown.combinations.values(), strict=True)
        ]
    )
    totals = [[], *([name] for name in groups if len(groups) > 1)]
    table = suppress_small(cells, groups, "n", min_cell, totals)
    counts = {
        tuple(row[name] for name in groups): None if pd.isna(row["n"]) else int(row["n"])
        for row in table.to_dict("records")
    }
    sizes = tuple(
        counts.get(tuple("in" if place == at else TOTAL for at in range(len(groups))), 0)
        for place in range(len(groups))
    )
    combinations = {
        inside: counts[tuple(key)] for inside, key in zip(shown.combinations, marked, strict=True)
    }
    # Withheld ones last and in an order of their own: among the others their place would tell their size.
    withheld = sorted((inside for inside, count in combinations.items() if count is None), reverse=True)
    told = {inside: count for inside, count in combinations.items() if count is not None}
    combinations = told | dict.fromkeys(withheld)
    return replace(
        shown, everyone=counts[(TOTAL,) * len(groups)], combinations=combinations, sizes=sizes,
    )  # fmt: skip
