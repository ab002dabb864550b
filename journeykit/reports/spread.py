"""A tag's distribution as it may be mailed: small groups withheld, drawn without a script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from journeykit.contract import Type
from journeykit.display import WITHHELD
from journeykit.suppression import suppress_small
from journeykit.tags.binning import OTHER, show_short
from journeykit.tags.profile import TagProfile

ROWS = 6
"""So many values or bins are drawn at most; further ones are summed up."""

_WIDTH, _HEIGHT = 240, 44


@dataclass(frozen=True)
class Cell:
    """A group of customers: its label, and its share, None when that is withheld."""

    label: str
    share: float | None

    @property
    def text(self) -> str:
        """The share as a reader sees it."""
        return WITHHELD if self.share is None else show_share(self.share)


@dataclass(frozen=True)
class Spread:
    """What is shown of a tag's values.

    Attributes
    ----------
    cells : tuple of Cell
        Values or bins, in their own order.
    histogram : bool
        Whether the cells are the columns of a histogram; `low` says what the first holds, `high` the last.
    missing : Cell
        The customers without a value.
    """

    cells: tuple[Cell, ...]
    missing: Cell
    histogram: bool = False
    low: str = ""
    high: str = ""

    @property
    def coverage(self) -> str:
        """The share of customers with a value."""
        return WITHHELD if self.missing.share is None else show_share(1 - self.missing.share)

    @property
    def columns(self) -> str:
        """The histogram's columns as the path of an SVG of 240 × 44."""
        highest = max((cell.share or 0 for cell in self.cells), default=0) or 1
        return self._path([_HEIGHT * (cell.share or 0) / highest for cell in self.cells])

    @property
    def stubs(self) -> str:
        """The same for columns whose share is withheld: all of one small height."""
        return self._path([3 if cell.share is None else 0 for cell in self.cells])

    def _path(self, heights: list[float]) -> str:
        step = _WIDTH / max(1, len(heights))
        return "".join(
            f"M{step * place:.4g} {_HEIGHT}v{-height:.3g}h{step - 1:.4g}V{_HEIGHT}z"
            for place, height in enumerate(heights)
            if height
        )

    @property
    def words(self) -> str:
        """The same for a reader who cannot see it."""
        return ", ".join(cell.text for cell in self.cells)


def show_share(share: float) -> str:
    """A share in per cent, never rounded to all or to nobody when it is neither.

    Examples
    --------
    >>> show_share(0.5), show_share(1), show_share(0.9999), show_share(0.0001)
    ('50.0 %', '100 %', '> 99.9 %', '< 0.1 %')
    """
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if share > 0.9995:
        return "> 99.9 %"
    if share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def spread_of(profile: TagProfile, min_cell: int, values: tuple[str, ...], other: str) -> Spread:
    """What may be shown of a tag's values.

    Parameters
    ----------
    profile : TagProfile
        Of the latest build.
    min_cell : int
        Groups of fewer customers are withheld, and others with them where they would tell.
    values : tuple of str
        The values that the tag declares; a rare value that is not among them is not even named.
    other : str
        The label of all further values.
    """
    scaled = profile.customers / (sum(profile.counts) or 1)
    counts = list(_groups(profile))
    if profile.type is Type.TEXT:
        counts = _fold(counts, min_cell, values, other)
    missing = profile.customers - profile.known
    # One sampled customer may stand for a dozen and still be the only one: small is what is small in either.
    groups = [(label, round(count * scaled), min(count, round(count * scaled))) for label, count in counts]
    *cells, last = _withhold([*groups, ("", missing, missing)], min_cell, profile.customers)
    if not _continuous(profile):
        return Spread(tuple(cells), last)
    after_first = profile.low + profile.width
    before_last = profile.low + profile.width * (len(profile.histogram) - 1)
    ends = {"low": f"< {show_short(after_first)}", "high": f"≥ {show_short(before_last)}"}
    return Spread(tuple(cells), last, histogram=True, **ends)


def _groups(profile: TagProfile) -> Iterable[tuple[str, int]]:
    if _continuous(profile):
        return [("", count) for count in profile.histogram]
    pairs = zip(profile.labels, profile.counts, strict=False)
    return [(label, count) for label, count in pairs if count]


def _continuous(profile: TagProfile) -> bool:
    """Whether it takes a histogram: there are more bins than can be listed."""
    return bool(profile.histogram) and sum(count > 0 for count in profile.counts[:-1]) > ROWS


def _fold(
    counts: list[tuple[str, int]], min_cell: int, values: tuple[str, ...], other: str
) -> list[tuple[str, int]]:
    """The most frequent values, the rest together; no rare value is named that is not a declared one."""
    named = [(label, count) for label, count in counts if label != OTHER]
    shown = [(label, count) for label, count in named if label in values or count >= min_cell][:ROWS]
    rest = sum(count for _, count in counts) - sum(count for _, count in shown)
    return [*shown, *([(other, rest)] if rest else [])]


def _withhold(groups: list[tuple[str, int, int]], min_cell: int, customers: int) -> list[Cell]:
    """Each group's label and share; `groups` also say how many customers were certainly seen in each."""
    places = [place for place, (_, count, _) in enumerate(groups) if count]
    hidden: set[int] = set()
    if any(groups[place][2] < min_cell for place in places):
        frame = pd.DataFrame({"place": places, "count": [groups[place][2] for place in places]})
        shown = suppress_small(frame, ["place"], "count", min_cell)
        kept = shown[shown["count"].notna()]["place"].tolist()
        hidden = {place for place in places if place not in kept}
    everyone = customers or 1
    return [
        Cell(label, None if place in hidden else count / everyone)
        for place, (label, count, _) in enumerate(groups)
    ]
