"""Intervals against published figures, SciPy, and the truth they are to cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from journeykit.segments.intervals import Interval, combine, mean_interval, share_interval


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_as_newcombe_prints_them(count, of, low, high):
    """Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    found = share_interval(count, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.value == count / of


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_of_shares_as_newcombe_prints_them(first, second, low, high):
    """Statistics in Medicine 17 (1998), 873-890, table II, method 10."""
    found = combine([(1, share_interval(*first)), (-1, share_interval(*second))])
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def test_means_and_their_differences_as_scipy_computes_them():
    draw = np.random.default_rng(1)
    one, other = draw.exponential(3, 400), draw.exponential(2, 900)
    sides = [mean_interval(len(each), each.mean(), each.var(ddof=1)) for each in (one, other)]
    expected = stats.ttest_1samp(one, 0).confidence_interval()
    assert sides[0].low == pytest.approx(expected.low)
    welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    found = combine([(1, sides[0]), (-1, sides[1])])
    assert (found.low, found.high) == pytest.approx((welch.low, welch.high), rel=2e-3)


def test_what_is_within_zero_counts_for_nothing():
    assert Interval(0.1, -0.1, 0.3).nearest == 0
    assert Interval(0.4, 0.2, 0.6).nearest == 0.2
    assert Interval(-0.4, -0.6, -0.3).nearest == 0.3
    assert Interval(4, 2, 8).over(2) == Interval(2, 1, 4)
