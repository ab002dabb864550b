"""From one replay to what to expect: numbers of people with 90 % bands.

Two kinds of people are told apart. Who is in the segment on the day of the launch, or in the strategy
already, is known, and so is what the first day brings; from there on he is judged as his twin of the past.
Who enters later is not known, nor how many they will be.

The band of a number is that of the difference between two periods, the one replayed and the one to come:

- of N people now who are judged as n people then, a share p of whom was counted, N p (1 − p) (1 + N / n), and
  half a person more as of n, as Jeffreys has it, so that a share of none or all has a width, too; n is 1 for
  those who have no twin;
- of people who answer, the square of as many as the rate of answers may be off;
- of x people who entered later, 2 x, as of two Poisson numbers;
- where somebody is counted several times, as of messages, the same with the squares of how often each is;
- both times the dispersion, by which numbers vary more from day to day than chance has it, since people have
  paydays and holidays in common;
- and, where newcomers add up, 2 t² x² of each week, with t the share by which weeks vary beyond their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from journeykit.strategies.moving import REASONS
from journeykit.strategies.simulation.reacting import Z
from journeykit.strategies.simulation.trace import Integers, Trace

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bands:
    """Expected numbers and the bands in which nine of ten of them will lie, all of one shape."""

    expected: Floats
    low: Floats
    high: Floats


class Outlook:
    """What one replay says of the days ahead."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        now = np.bincount(trace.stratum, minlength=len(trace.alike)).astype(float)
        self._now, self._again = now, now / np.maximum(trace.alike, 1)
        days = np.array([(day.as_of - trace.days[0].as_of).days for day in trace.days])
        self._week = days[np.maximum(trace.entered, 0)] // 7
        came = np.bincount(trace.entered[trace.entered > 0], minlength=len(days)).astype(float)
        self.dispersion, self.weekly = variation_of(came[1:], days)
        # Who leaves at a node, when his days are over or by an answer does so in time with his own steps.
        free = np.isin(trace.reason, [REASONS.index(one) for one in ("goal", "exit_rule")])
        by_chance = (trace.left > 0) & free & (trace.answered == 0)
        left = np.bincount(trace.left[by_chance], minlength=len(days)).astype(float)
        self.shared = variation_of(left[1:], days)[0]

    def counts(
        self, people: Integers, cells: Integers, size: int, days: Integers, off: Floats, *,
        settled: bool = False,
    ) -> Bands:  # fmt: skip
        """How often to expect each cell.

        Parameters
        ----------
        people, cells : array of int, shape (n,)
            Who was in which cell in the replay; as often as he was.
        size : int
            How many cells there are.
        days : array of int, shape (n,)
            When; what the first day brings is certain.
        off : array of float, shape (n,)
            How far the rate may be off that brought him there, relative to it; 0 where none did.
        settled : bool
            Whether nothing is open about those who are known today.
        """
        pairs, pair = np.unique(people.astype(np.int64) * size + cells, return_inverse=True)
        who, cell = pairs // size, pairs % size
        times = np.bincount(pair, minlength=len(pairs)).astype(float)
        sure = np.bincount(pair[days <= 0], minlength=len(pairs)).astype(float)
        most = np.ones(size)
        np.maximum.at(most, cell, times)

        known = self._trace.entered[who] <= 0
        kind, shape = self._trace.stratum[who[known]], (len(self._now), size)
        left = (times - sure)[known]
        done = (sure[known] == most[cell[known]]).astype(float)
        open_, squares, full = (
            _table(kind, cell[known], shape, weights) for weights in (left, left**2, done)
        )
        at_risk = np.zeros(shape) if settled else self._now[:, None] - full
        again = self._again
        half = 0.5 * most**2 * np.where(at_risk > 0, (again * (1 + again))[:, None], 0).max(axis=0, initial=0)
        chance = self.shared * ((1 + again) @ (squares - open_**2 / np.maximum(at_risk, 1))) + half

        new, came = times[~known], cell[~known]
        weeks = _table(self._week[who[~known]], came, (int(self._week.max(initial=0)) + 1, size), new)
        by_chance = np.bincount(came, weights=new**2, minlength=size)
        later = 2 * self.dispersion * by_chance + 2 * self.weekly**2 * (weeks**2).sum(axis=0)

        guessed = np.bincount(cells, weights=off, minlength=size) ** 2
        bands = _bands(np.bincount(cells, minlength=size).astype(float), chance + later + guessed)
        certain = np.bincount(cell[known], weights=sure[known], minlength=size)
        possible = certain if settled else most * self._now.sum()
        high = possible + np.ceil(weeks.sum(axis=0) + Z * np.sqrt(later))
        return Bands(bands.expected, np.maximum(bands.low, certain), np.minimum(bands.high, high))


def _table(rows: Integers, columns: Integers, shape: tuple[int, int], weights: Floats) -> Floats:
    """The weights of those of each row that meet each column, added up."""
    cells = rows * shape[1] + columns
    added = np.bincount(cells, weights=weights, minlength=shape[0] * shape[1]).astype(float)
    return added.reshape(shape)


def _bands(expected: Floats, variance: Floats) -> Bands:
    """Whole numbers that hold nine of ten."""
    width = Z * np.sqrt(variance)
    low, high = np.ceil(expected - width - 0.5), np.floor(expected + width + 0.5)
    return Bands(expected, np.clip(low, 0, expected), np.maximum(high, expected))


def variation_of(counts: Floats, days: Integers) -> tuple[float, float]:
    """How daily numbers vary: their dispersion, and the share by which weeks vary beyond that.

    Days are compared with the same weekday a week later, so that Mondays may be what they are; the dispersion
    is 1 where they differ as Poisson numbers do. A count belongs to each of `days` but the first.

    Examples
    --------
    >>> days = np.array([0, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14])  # from a Friday on
    >>> variation_of(np.array([9.0, 11, 10, 8, 12, 11, 9, 10, 12, 8]), days)
    (1.0, 0.0)
    """
    by_day = dict(zip(days[1:].tolist(), counts.tolist(), strict=True))
    pairs = [(one, by_day[day + 7]) for day, one in by_day.items() if day + 7 in by_day]
    total = sum(one + other for one, other in pairs)
    if not total:
        return 1.0, 0.0
    dispersion = max(1.0, sum((one - other) ** 2 for one, other in pairs) / total)
    sums = np.bincount((days[1:] - 1) // 7, weights=counts)
    weeks = sums[:-1] if (days[-1] - 1) % 7 < 4 else sums
    beyond = sum((one - other) ** 2 - dispersion * (one + other) for one, other in pairwise(weeks))
    scale = sum((one + other) ** 2 / 2 for one, other in pairwise(weeks))
    return dispersion, float(np.sqrt(max(0.0, beyond) / scale)) if scale else 0.0
