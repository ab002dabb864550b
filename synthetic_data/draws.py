"""Random streams and the vectorised making of columns: ids, money, days, coded text."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

EPOCH = date(1970, 1, 1)
NEVER = np.int32(2_000_000)
SECONDS = 86_400


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """An independent random stream for one purpose, so that no draw depends on another's order.

    Examples
    --------
    >>> bool(stream(1, "txn", 3).random() == stream(1, "txn", 3).random())
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode()), *numbers])


def day_number(day: date) -> int:
    """Days since 1970-01-01, the unit of every day inside this package.

    Examples
    --------
    >>> day_number(date(1970, 1, 3))
    2
    """
    return (day - EPOCH).days


def to_date(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number))


def id_column(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Fixed-width ids, written digit by digit into the buffer of an Arrow text column.

    Examples
    --------
    >>> id_column("C", np.array([1, 42]), 4).to_pylist()
    ['C0001', 'C0042']
    """
    head, count = prefix.encode(), len(numbers)
    length = len(head) + width
    letters = np.empty((count, length), np.uint8)
    letters[:, : len(head)] = np.frombuffer(head, np.uint8)
    rest = numbers.astype(np.uint32 if width < 10 else np.uint64)
    for place in range(length - 1, len(head) - 1, -1):
        shorter = rest // 10
        letters[:, place] = rest - shorter * 10 + ord("0")
        rest = shorter
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(length)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters))


def decimal_column(units: np.ndarray, scale: int = 2, missing: np.ndarray | None = None) -> pa.Array:
    """Exact decimals from whole units (fen for money).

    Examples
    --------
    >>> str(decimal_column(np.array([1999]))[0])
    '19.99'
    """
    words = np.empty((len(units), 2), np.int64)
    words[:, 0] = units
    words[:, 1] = words[:, 0] >> 63
    mask = None if missing is None else pa.array(~missing).buffers()[1]
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(units), [mask, pa.py_buffer(words)])


def day_column(days: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Dates from day numbers."""
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())


def time_column(seconds: np.ndarray) -> pa.Array:
    """Naive local timestamps from seconds since 1970-01-01."""
    return pa.array(seconds.astype(np.int64) * 1_000_000).view(pa.timestamp("us"))


def coded(values: Sequence[str | None], codes: np.ndarray) -> pa.Array:
    """Text by code: row i reads ``values[codes[i]]``; a negative code, or the value None, is missing.

    Examples
    --------
    >>> coded(("in", "out"), np.array([1, -1, 0])).to_pylist()
    ['out', None, 'in']
    """
    known = sorted({value for value in values if value is not None})
    place = {value: number for number, value in enumerate(known)}
    lookup = np.array([-1 if value is None else place[value] for value in values] + [-1], np.int32)
    index = lookup[codes]
    missing = index < 0
    dictionary = pa.array(known or [""], pa.string())
    return pa.DictionaryArray.from_arrays(
        pa.array(index, mask=missing if missing.any() else None), dictionary
    )


def choose(rng: np.random.Generator, weights: Sequence[float] | np.ndarray, size: int) -> np.ndarray:
    """Codes 0 … len(weights)-1, drawn with the given weights."""
    edges = np.cumsum(np.asarray(weights, float))
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").clip(0, len(weights) - 1)


def seconds_of_day(rng: np.random.Generator, size: int, first: float = 7.5, last: float = 22.5) -> np.ndarray:
    """Seconds after midnight, most around midday and few at the edges."""
    return ((first + (last - first) * (rng.random(size) + rng.random(size)) / 2) * 3600).astype(np.int64)
