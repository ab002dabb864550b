"""How far a group stands apart from a base by one fact: a mean, the share of a value, who has a value at all.

Every fact is a number x of each customer; a share is the mean of 0 and 1. With w1, w2, w3 customers who are
in the group only, in both, and in the base only, of whom A = w1 + w2 are in the group and B = w2 + w3 in the
base, the difference of the two means is

    w1/A · x̄1  +  (w2/A - w2/B) · x̄2  -  w3/B · x̄3,

a weighted sum of means of customers whom no two cells share. Its interval is put together from theirs
(:func:`journeykit.segments.intervals.combine`): Student's t for numbers, Wilson's for shares. Of a group
that shares nobody with the base and of shares it is Newcombe's interval.

The *effect* is the difference in standard deviations of x over everyone in either: the standardised mean
difference (Cohen, Statistical Power Analysis, 1988; of shares: Austin, Communications in Statistics 38
(2009), 1228-1234). The *lift* is the group's mean over the base's. Their intervals take that deviation and
the base's mean as known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from journeykit.segments.counting import Cell, Numbers, TagCounts
from journeykit.segments.intervals import Interval, combine, mean_interval, share_interval

FEWEST = 30
"""Of fewer values, which less than half of the customers have, no mean is compared; who has one still is."""

Kind = Literal["mean", "share", "known"]


@dataclass(frozen=True)
class Contrast:
    """One fact in a group and in a base.

    Attributes
    ----------
    tag : str
        The tag's name.
    kind : str
        ``mean`` of a number or day (in days since :data:`journeykit.segments.counting.EPOCH`), ``share`` of
        those with `value`, or ``known``, the share of those with any value.
    value : str
        Of a text; ``True`` of a boolean.
    group, base : float
        The mean or share in each.
    difference : Interval
        The group's less the base's.
    effect : Interval
        The same in standard deviations.
    lift : Interval or None
        The group's over the base's; None where the base has none or less than none.
    smallest : int
        Of the counts that `group` and `base` tell, and of their complements, the smallest that is not 0.
    """

    tag: str
    kind: Kind
    value: str
    group: float
    base: float
    difference: Interval
    effect: Interval
    lift: Interval | None
    smallest: int


_Fact = tuple[str, Kind, str]


@dataclass(frozen=True)
class _Cells:
    """One fact in each cell: its mean with its interval, for how many customers, and its variance."""

    means: Mapping[Cell, Interval]
    weights: Mapping[Cell, float]
    variances: Mapping[Cell, float]

    def size(self, side: int) -> float:
        """Customers of the group (0) or the base (1)."""
        return sum(weight for cell, weight in self.weights.items() if cell[side])

    def mean(self, side: int) -> float:
        """The mean in the group (0) or the base (1)."""
        inside = (weight * self.means[cell].value for cell, weight in self.weights.items() if cell[side])
        return sum(inside) / self.size(side)

    def deviation(self) -> float:
        """The standard deviation over everyone: within the cells, and between their means."""
        total = sum(self.weights.values())
        centre = sum(weight * self.means[cell].value for cell, weight in self.weights.items()) / total
        spread = (
            weight * (self.variances[cell] + (self.means[cell].value - centre) ** 2)
            for cell, weight in self.weights.items()
        )
        return math.sqrt(max(0.0, sum(spread) / total))


def contrasts(
    tag: str, counts: TagCounts, sizes: Mapping[Cell, int], sampled: Mapping[Cell, int]
) -> list[Contrast]:
    """Every fact that was counted of a tag, the most telling first.

    A fact that is the same for all, or of which too little is known for an interval, is left out.
    """
    scale = {cell: sizes[cell] / sampled[cell] for cell in sampled}
    found = [one for one in _all(tag, counts, scale, sampled) if one is not None]
    return sorted(found, key=strength, reverse=True)


def strength(one: Contrast) -> tuple[float, float]:
    """By what facts are ranked: how far the effect surely is from zero, then how far it seems to be."""
    return one.effect.nearest, abs(one.effect.value)


def _all(
    tag: str, counts: TagCounts, scale: Mapping[Cell, float], sampled: Mapping[Cell, int]
) -> Iterator[Contrast | None]:
    if counts.numbers:
        yield _of_means((tag, "mean", ""), counts.numbers, scale, sampled)
    for value, hits in counts.values.items():
        yield _of_shares((tag, "share", value), hits, counts.known, scale)
    yield _of_shares((tag, "known", ""), counts.known, sampled, scale)


def _of_means(
    fact: _Fact, numbers: Mapping[Cell, Numbers], scale: Mapping[Cell, float], sampled: Mapping[Cell, int]
) -> Contrast | None:
    filled = {cell: one for cell, one in numbers.items() if one.number}
    if any(_too_few(one, sampled[cell]) for cell, one in filled.items()):
        return None
    means = {cell: mean_interval(one.number, one.mean, one.variance) for cell, one in filled.items()}
    weights = {cell: one.number * scale[cell] for cell, one in filled.items()}
    squares = {cell: one.variance * (one.number - 1) / one.number for cell, one in filled.items()}
    smallest = min((one.number for one in filled.values()), default=0)
    return _contrast(fact, _Cells(means, weights, squares), smallest)


def _too_few(numbers: Numbers, customers: int) -> bool:
    """Whether a mean rests on so few values that its interval would look surer than it is.

    Nineteen of 545 who all have one value show no spread at all, and would head every ranking.
    """
    few = numbers.number < FEWEST and 2 * numbers.number < customers
    return numbers.number < 2 or few


def _of_shares(
    fact: _Fact, hits: Mapping[Cell, int], of: Mapping[Cell, int], scale: Mapping[Cell, float]
) -> Contrast | None:
    filled = {cell: (hits[cell], number) for cell, number in of.items() if number}
    shares = {cell: share_interval(hit, number) for cell, (hit, number) in filled.items()}
    weights = {cell: number * scale[cell] for cell, (_, number) in filled.items()}
    squares = {cell: one.value * (1 - one.value) for cell, one in shares.items()}
    told = [count for hit, number in filled.values() for count in (hit, number - hit) if count]
    return _contrast(fact, _Cells(shares, weights, squares), min(told, default=0))


def _contrast(fact: _Fact, cells: _Cells, smallest: int) -> Contrast | None:
    group, base = cells.size(0), cells.size(1)
    deviation = cells.deviation() if group and base else 0.0
    if not deviation:
        return None
    difference = combine(
        ((cell[0] / group - cell[1] / base) * cells.weights[cell], cells.means[cell]) for cell in cells.means
    )
    of_group, of_base = cells.mean(0), cells.mean(1)
    lift = None
    if of_base > 0 and of_group >= 0:
        low, high = (1 + end / of_base for end in (difference.low, difference.high))
        lift = Interval(of_group / of_base, max(0.0, low), high)
    return Contrast(*fact, of_group, of_base, difference, difference.over(deviation), lift, smallest)
