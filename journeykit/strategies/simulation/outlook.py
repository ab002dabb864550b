"""From one replay to what to expect: numbers of people with 90 % bands.

Two kinds of people are told apart. Who is in the segment on the day of the launch is known, and so is where
the first day leaves him; from there on he is taken for one of those whom the replay's first day left at the
same place. Who enters later is not known, nor how many they will be.

The band of a number is that of the difference between two periods, the one replayed and the one to come:

- of N people now who are taken for n people then, a share p of whom was counted, N p (1 − p) (1 + N / n);
- of x people who entered later, 2 x, as of two Poisson numbers;
- both times the dispersion, by which numbers vary more from day to day than chance has it, since people have
  paydays and holidays in common;
- and, where newcomers add up, 2 t² x² of each week, with t the share by which weeks vary beyond their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from journeykit.strategies.simulation.trace import Integers, Trace

Floats = npt.NDArray[np.float64]
Z = 1.6448536269514722
"""The standard normal distribution's 95 % quantile: 90 % lie within it on both sides."""


@dataclass(frozen=True)
class Bands:
    """Expected numbers and the bands in which nine of ten of them will lie, all of one shape."""

    expected: Floats
    low: Floats
    high: Floats


class Outlook:
    """What one replay says of the days ahead.

    Parameters
    ----------
    trace : Trace
        The replay of the past.
    launch : Trace
        The first day, run with the people of today.
    """

    def __init__(self, trace: Trace, launch: Trace) -> None:
        keys = [_places(one) for one in (trace, launch)]
        kinds, codes = np.unique(np.concatenate(keys), return_inverse=True)
        self._stratum = np.full(trace.people, -1)
        self._stratum[trace.entered == 0] = codes[: len(keys[0])]
        self._then = np.bincount(codes[: len(keys[0])], minlength=len(kinds)).astype(float)
        now = np.bincount(codes[len(keys[0]) :], minlength=len(kinds)).astype(float)
        self._now = _shared_out(now, self._then, kinds % 2)
        days = np.array([(day.as_of - trace.days[0].as_of).days for day in trace.days])
        self._week = days[trace.entered] // 7
        came = np.bincount(trace.entered, minlength=len(days)).astype(float)
        self.dispersion, self.weekly = variation_of(came[1:], days)
        left = np.bincount(trace.left[trace.left > 0], minlength=len(days)).astype(float)
        self.shared = variation_of(left[1:], days)[0]

    def counts(self, people: Integers, cells: Integers, size: int) -> Bands:
        """How many people to expect in each cell.

        Parameters
        ----------
        people, cells : array of int, shape (n,)
            Who was in which cell in the replay, each at most once in each.
        size : int
            How many cells there are.
        """
        stratum = self._stratum[people]
        launched = stratum >= 0
        seen = _table(stratum[launched], cells[launched], (len(self._then), size))
        then = np.maximum(self._then, 1)[:, None]
        share, again = seen / then, (1 + self._now / then[:, 0])
        later = ~launched
        weeks = _table(self._week[people[later]], cells[later], (int(self._week.max(initial=0)) + 1, size))
        entered = weeks.sum(axis=0)
        variance = (
            self.shared * ((self._now * again) @ (share * (1 - share)))
            + 2 * self.dispersion * entered
            + 2 * self.weekly**2 * (weeks**2).sum(axis=0)
        )
        return _bands(self._now @ share + entered, variance)


def _table(rows: Integers, columns: Integers, shape: tuple[int, int]) -> Floats:
    """How often each row meets each column."""
    return np.bincount(rows * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape).astype(float)


def _bands(expected: Floats, variance: Floats) -> Bands:
    """Whole numbers that hold nine of ten."""
    width = Z * np.sqrt(variance)
    low, high = np.ceil(expected - width - 0.5), np.floor(expected + width + 0.5)
    return Bands(expected, np.clip(low, 0, expected), np.maximum(high, expected))


def _places(trace: Trace) -> Integers:
    """Of each person of the first day, where it leaves him and in which arm, as one number."""
    first = trace.entered == 0
    reason = np.where(trace.left[first] == 0, trace.reason[first], 0)
    return ((trace.node[first, 0].astype(np.int64) + 1) * 16 + reason) * 2 + trace.treated[first]


def _shared_out(now: Floats, then: Floats, arm: Integers) -> Floats:
    """People of today at places that the replay does not know, given to the other places of their arm."""
    known = np.where(then > 0, now, 0.0)
    for one in (0, 1):
        ours = arm == one
        total, found = now[ours].sum(), known[ours].sum()
        if found:
            known[ours] *= total / found
        elif then[ours].sum():
            known[ours] = then[ours] * (total / then[ours].sum())
    return known


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
