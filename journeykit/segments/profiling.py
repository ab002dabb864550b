"""Which tags set a segment apart from everyone else, or from another group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journeykit.display import Table, show_value
from journeykit.errors import DataError
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.segments.conditions import condition_of, titles
from journeykit.segments.showing import Shown, show_count
from journeykit.segments.standing import Standing, Standings, find_standings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Profile(Shown):
    """A segment against a base, tag by tag, ranked; prints as a table with intervals.

    Attributes
    ----------
    title, title_zh, base_title, base_title_zh : str
        Of the two.
    customers, base_customers : int or None
        Their sizes; None when withheld.
    standings : Standings
        Of every tag.
    min_cell : int or None
        Below which counts were withheld; None when none were.
    """

    title: str
    title_zh: str
    base_title: str
    base_title_zh: str
    customers: int | None
    base_customers: int | None
    standings: Standings
    min_cell: int | None = None

    def __getitem__(self, name: str) -> Standing:
        return self.standings[name]

    def for_mail(self, min_cell: int) -> Profile:
        """The same without what is told of fewer than `min_cell` customers, on either side."""
        sizes = self.standings.counts.sizes
        whole = {side: sum(size for cell, size in sizes.items() if cell[side]) for side in (0, 1)}
        rest = 0 if sizes.get((True, False)) else whole[1] - whole[0]
        return replace(
            self,
            customers=None if 0 < whole[0] < min_cell or 0 < rest < min_cell else self.customers,
            base_customers=None if 0 < whole[1] < min_cell else self.base_customers,
            standings=self.standings.for_mail(min_cell),
            min_cell=min_cell,
        )

    def table(self, language: str = "en") -> Table:
        """The tags that set it apart most."""
        segment = in_language(language, self.title, self.title_zh)
        base = in_language(language, self.base_title, self.base_title_zh)
        title = label("segment.profile", language).format(
            segment, show_value(show_count(self.customers)), base, show_value(show_count(self.base_customers))
        )
        heads = label("segment.segment", language), label("segment.base", language)
        return self.standings.table(title, heads, language)

    def notes(self, language: str = "en") -> tuple[str, ...]:
        """How to read it, and whether it rests on a sample."""
        return (*self.standings.notes(language), *super().notes(language))

    def to_frame(self) -> pd.DataFrame:
        """Every tag, ranked; see :meth:`Standings.to_frame`."""
        return self.standings.to_frame()


def profile(segment: Any, mart: Mart, base: Any = None) -> Profile:
    """Compare every tag in a segment with a base, and rank the tags by how far they set it apart.

    Parameters
    ----------
    segment : Segment or Expression
        The segment.
    mart : Mart
        With built tags.
    base : Segment or Expression, optional
        Everyone when left out.

    Raises
    ------
    DataError
        The segment or the base is empty.

    Notes
    -----
    Tags are ranked by the end of the effect's 95 % interval that is nearer to zero, so that what a small
    segment shows by chance does not come first. How intervals are found is told in
    :mod:`journeykit.segments.contrasts`, of how many customers in :mod:`journeykit.segments.counting`.
    """
    base = mart.everyone if base is None else base
    standings = find_standings(condition_of(segment), condition_of(base), mart)
    group, other = (sum(n for cell, n in standings.counts.sizes.items() if cell[side]) for side in (0, 1))
    for audience, size in ((segment, group), (base, other)):
        if not size:
            raise DataError(f"'{titles(audience, mart)[0]}' has no customers as of {mart.as_of}. Loosen it.")
    return Profile(*titles(segment, mart), *titles(base, mart), group, other, standings)
