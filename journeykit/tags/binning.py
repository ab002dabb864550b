"""Bins of a tag's sampled values: tenths of numbers and days, the most frequent texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from journeykit.contract import Type

BINS = 10
VALUES = 20
COLUMNS = 16  # of a histogram
OTHER = "…"

NAMED = (Type.TEXT, Type.BOOLEAN)
_PLACES = {Type.DECIMAL: 2, Type.RATE: 6}


def make_bins(sampled: pa.ChunkedArray, type_: Type) -> dict[str, Any]:
    """The bins that fit a sample, and how many are in each: fields of a ``TagProfile``.

    Parameters
    ----------
    sampled : ChunkedArray
        Texts, or numbers as doubles.
    type_ : Type
        The tag's.
    """
    if type_ in NAMED:
        names = _most_frequent(sampled)
        return {"labels": (*names, OTHER), "counts": count_named(sampled, names)}
    values, unit = sampled.to_numpy(), _unit(type_)
    known = np.sort(values[~np.isnan(values)])
    cuts, shared = _cuts(known, unit)
    shape = _histogram(known, unit) if len(known) else {}
    labels, counts = _labels(cuts, shared, unit), count_between(values, cuts)
    return {"cuts": cuts, "labels": labels, "counts": counts, **shape}


def count_named(sampled: pa.ChunkedArray, names: Sequence[str]) -> tuple[int, ...]:
    """How many have each name, then how many another one, and how many none."""
    found = {row["values"]: row["counts"] for row in sampled.value_counts().to_pylist()}
    named = [found.get(name, 0) for name in names]
    return (*named, len(sampled) - sampled.null_count - sum(named), sampled.null_count)


def count_between(values: np.ndarray, cuts: Sequence[Decimal]) -> tuple[int, ...]:
    """How many lie before the first cut, from each cut to before the next, and how many are missing.

    Examples
    --------
    >>> count_between(np.array([1.0, 2.0, 2.5, float("nan")]), (Decimal("2"), Decimal("9")))
    (1, 2, 0, 1)
    """
    missing = int(np.count_nonzero(np.isnan(values)))
    below = [int(np.count_nonzero(values < float(cut))) for cut in cuts]
    ends = [0, *below, len(values) - missing]
    return (*(after - before for before, after in pairwise(ends)), missing)


def _histogram(values: np.ndarray, unit: Decimal) -> dict[str, Any]:
    """Columns that each have room for as many values, so that no comb is seen in whole numbers."""
    low, high = _exact(values[len(values) // 20]), _exact(values[len(values) * 19 // 20])
    room = int((high - low) / unit) + 1
    units = -(-room // COLUMNS)
    width = units * unit
    edges = [float(low + width * place) for place in range(1, -(-room // units))]
    counts = np.diff(np.searchsorted(values, edges), prepend=0, append=len(values))
    return {"low": low, "width": width, "histogram": tuple(counts.tolist())}


def _unit(type_: Type) -> Decimal:
    """The smallest step between two values of a type."""
    return Decimal(1).scaleb(-_PLACES.get(type_, 0))


def _cuts(values: np.ndarray, unit: Decimal) -> tuple[tuple[Decimal, ...], dict[Decimal, Decimal]]:
    """Where bins begin that hold a tenth each, and by its cut each value that has a bin of its own.

    A value that a tenth or more share stands alone. Cuts lie midway between two values that occur, so that
    days since a few fixed dates (a branch's opening) do not leave their bins from one day to the next.
    """
    cuts: set[Decimal] = set()
    shared: dict[Decimal, Decimal] = {}
    for place in range(1, BINS) if len(values) else ():
        value = _exact(values[len(values) * place // BINS])
        first, after = (int(np.searchsorted(values, float(value), side)) for side in ("left", "right"))
        slack = max(unit / 2, abs(value) / 10)
        low = (_exact(values[first - 1]) + value) / 2 if first else value - slack
        cuts.add(low)
        if (after - first) * BINS >= len(values):
            cuts.add((value + _exact(values[after])) / 2 if after < len(values) else value + slack)
            shared[low] = value
    return tuple(sorted(cuts)), shared


def _labels(cuts: tuple[Decimal, ...], shared: Mapping[Decimal, Decimal], unit: Decimal) -> tuple[str, ...]:
    if not cuts:
        return (OTHER,)
    first = [cut.quantize(unit, ROUND_CEILING) for cut in cuts]  # the first value that a bin can hold
    end = _show if unit == 1 else show_short
    inner = [
        _show(shared[cut]) if cut in shared
        else _show(low) if high - low == unit
        else f"{end(low)} … < {end(high)}"
        for cut, low, high in zip(cuts, first, first[1:], strict=False)
    ]  # fmt: skip
    return (f"< {end(first[0])}", *inner, f"≥ {end(first[-1])}")


def _exact(value: float) -> Decimal:
    """A double as the shortest decimal that reads back as it."""
    number = Decimal(repr(float(value)))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _most_frequent(sampled: pa.ChunkedArray) -> tuple[str, ...]:
    counted = [
        (-row["counts"], row["values"])
        for row in sampled.value_counts().to_pylist()
        if row["values"] is not None
    ]
    return tuple(value for _, value in sorted(counted)[:VALUES])


def show_short(value: Decimal) -> str:
    """A bound to be read at a glance: three digits of it.

    Examples
    --------
    >>> show_short(Decimal("1234567.89")), show_short(Decimal("0.255382")), show_short(Decimal("12.50"))
    ('1,230,000', '0.255', '12.5')
    """
    return _show(Decimal(f"{value:.3g}"))


def _show(value: Decimal) -> str:
    return f"{value.normalize() + 0:,f}"
