"""Tags as numbers: what every learner reads, made the same way for training and for scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.errors import DataError

MOST_VALUES = 30
FEWEST_ROWS = 20
"""Text values rarer than this count as other: too few to learn from, and too few to write down."""

Vocabulary = Mapping[str, Sequence[str]]
"""Of each text feature, the values that are told apart; missing is the empty text."""


def learn_vocabulary(table: pa.Table, features: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The frequent values of the text features, most frequent first.

    Examples
    --------
    >>> table = pa.table({"channel": ["app"] * 30 + ["atm"] * 40 + ["wire"] * 2, "times": [1] * 72})
    >>> learn_vocabulary(table, ["channel", "times"])
    {'channel': ('atm', 'app')}
    """
    found = {}
    for name in features:
        column = _column(table, name)
        if _is_text(column.type):
            counts = _as_text(column).value_counts()
            pairs = [(one["counts"].as_py(), one["values"].as_py()) for one in counts]
            frequent = sorted((-count, value) for count, value in pairs if count >= FEWEST_ROWS)
            found[name] = tuple(value for _, value in frequent[:MOST_VALUES])
    return found


def encode(table: pa.Table, features: Sequence[str], vocabulary: Vocabulary) -> pd.DataFrame:
    """The features as doubles: missing is NaN, text is its place in the vocabulary and -1 for others.

    Raises
    ------
    DataError
        A feature is not in the table, or is of a type that is no number, text or boolean.
    """
    return pd.DataFrame({name: _numbers(_column(table, name), name, vocabulary) for name in features})


def _numbers(column: pa.ChunkedArray, name: str, vocabulary: Vocabulary) -> object:
    if name in vocabulary:
        known = pc.SetLookupOptions(value_set=pa.array(vocabulary[name], pa.string()))
        places = pc.call_function("index_in", [_as_text(column)], known)
        return pc.cast(pc.fill_null(places, -1), pa.float64()).to_numpy(zero_copy_only=False)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    try:
        return column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(
            f"The feature '{name}' is {column.type}, of which nothing can be learned. Use a number, a text "
            "or a boolean; of a day, the days since it."
        ) from error


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise DataError(f"The feature '{name}' is missing. There are: {', '.join(table.column_names)}.")
    return table.column(name)


def _is_text(type_: pa.DataType) -> bool:
    inner = type_.value_type if pa.types.is_dictionary(type_) else type_
    return pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column.cast(pa.string()), "")
