"""95 % intervals of shares, of means, and of what is put together from several groups of customers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Z = 1.959963984540054
"""The standard normal distribution's 97.5 % quantile."""


@dataclass(frozen=True)
class Interval:
    """An estimate and the 95 % interval around it."""

    value: float
    low: float
    high: float

    @property
    def nearest(self) -> float:
        """How far the interval stays away from zero; 0 when zero lies in it."""
        return max(self.low, -self.high, 0.0)

    def over(self, scale: float) -> Interval:
        """The same in other units, of which one is `scale` of these."""
        return Interval(self.value / scale, self.low / scale, self.high / scale)


def share_interval(count: int, of: int) -> Interval:
    """A share, by Wilson's score interval.

    Source: Wilson, Probable inference, JASA 22 (1927); recommended by Newcombe, Two-sided confidence
    intervals for the single proportion, Statistics in Medicine 17 (1998), 857-872, whose method 3 it is.

    Examples
    --------
    >>> found = share_interval(81, 263)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.308, 0.2553, 0.3662)
    """
    share, square = count / of, Z * Z
    middle, width = (
        share + square / (2 * of),
        Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)),
    )
    low, high = ((middle + sign * width) / (1 + square / of) for sign in (-1, 1))
    # At the ends the formula gives 0 and 1, up to the last digits of a double.
    return Interval(share, low if count else 0.0, high if count < of else 1.0)


def mean_interval(number: int, mean: float, variance: float) -> Interval:
    """A mean of at least two values, by Student's t; `variance` is the sample's, over n - 1.

    Examples
    --------
    >>> found = mean_interval(10, 5.0, 4.0)  # 5 ± 2.2622 · 2 / √10
    >>> round(found.low, 4), round(found.high, 4)
    (3.5693, 6.4307)
    """
    from scipy.special import stdtrit

    width = float(stdtrit(number - 1, 0.975)) * math.sqrt(variance / number)
    return Interval(mean, mean - width, mean + width)


def combine(parts: Iterable[tuple[float, Interval]]) -> Interval:
    """The interval of a weighted sum of estimates from groups that share nobody.

    With estimates e, their limits l and u and positive weights w, the sum's lower limit is
    Σwe - √Σ(w(e - l))², the upper one Σwe + √Σ(w(u - e))²; for a negative weight l and u change places. Of
    two shares with weights 1 and -1 this is Newcombe's method 10 (Interval estimation for the difference
    between independent proportions, Statistics in Medicine 17 (1998), 873-890); in general it is MOVER
    (Zou and Donner, Construction of confidence limits about effect measures, Statistics in Medicine 27
    (2008), 1693-1702).

    Examples
    --------
    >>> found = combine([(1, share_interval(56, 70)), (-1, share_interval(48, 80))])
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    value = below = above = 0.0
    for weight, one in parts:
        down, up = weight * (one.value - one.low), weight * (one.high - one.value)
        value += weight * one.value
        below += (down if weight > 0 else up) ** 2
        above += (up if weight > 0 else down) ** 2
    return Interval(value, value - math.sqrt(below), value + math.sqrt(above))
