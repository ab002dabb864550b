"""No withheld count follows from what is shown, checked with exact fractions."""

from fractions import Fraction
from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.suppression import TOTAL, suppress_small

COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=6)


def solve(rows):
    """Columns that have one solution, by Gauss-Jordan over fractions."""
    rows = [[Fraction(value) for value in row] for row in rows]
    pivots, at = [], 0
    width = len(rows[0]) if rows else 0
    for column in range(width):
        pivot = next((i for i in range(at, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][column] for value in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[at], strict=True)]
        pivots.append(column)
        at += 1
    return {
        column
        for index, column in enumerate(pivots)
        if not any(value for other, value in enumerate(rows[index]) if other != column)
    }


def derivable(table, groups, count):
    """Withheld rows of `table` that follow from the shown ones; equations rebuilt from the labels."""
    records = table.to_dict("records")
    cells = [i for i, row in enumerate(records) if TOTAL not in [row[g] for g in groups]]
    hidden = [i for i, row in enumerate(records) if pd.isna(row[count])]
    equations = []
    for i, row in enumerate(records):
        if i in cells:
            continue
        inside = [j for j in cells if all(row[g] in (TOTAL, records[j][g]) for g in groups)]
        equations.append([(j in inside) - (j == i) for j in hidden])
    return [hidden[k] for k in solve(equations)]


def test_a_single_small_group_takes_the_next_smallest_with_it():
    frame = pd.DataFrame({"c": ["a", "b", "d"], "n": [3, 50, 20]})
    shown = suppress_small(frame, ["c"], "n", 10)
    assert dict(zip(shown["c"], shown["n"].isna(), strict=True)) == {
        "a": True,
        "b": False,
        "d": True,
        "": False,
    }


def test_two_small_groups_that_are_small_together_take_a_third():
    frame = pd.DataFrame({"c": ["a", "b", "d", "e"], "n": [3, 4, 20, 30]})
    assert suppress_small(frame, ["c"], "n", 10)["n"].isna().tolist() == [True, True, True, False, False]


def test_ten_groups_of_one_are_not_told_by_a_total_of_ten():
    frame = pd.DataFrame({"c": list("abcdefghijk"), "n": [1] * 10 + [30]})
    assert suppress_small(frame, ["c"], "n", 10)["n"].isna()[:11].all()


def test_the_only_group_takes_the_total_with_it():
    shown = suppress_small(pd.DataFrame({"c": ["a"], "n": [3]}), ["c"], "n", 10)
    assert shown["n"].isna().all()


def test_nothing_is_withheld_without_need():
    frame = pd.DataFrame({"c": ["a", "b"], "n": [10, 11]})
    assert suppress_small(frame, ["c"], "n", 10)["n"].tolist() == [10, 11, 21]


@settings(max_examples=150, deadline=None)
@given(COUNTS)
def test_no_cell_follows_in_one_dimension(counts):
    frame = pd.DataFrame({"c": [f"g{i}" for i in range(len(counts))], "n": counts})
    shown = suppress_small(frame, ["c"], "n", 10)
    assert derivable(shown, ["c"], "n") == []
    assert (shown["n"].dropna() >= 10).all()
    cells, total = shown["n"][:-1], shown["n"].iloc[-1]
    if not pd.isna(total) and cells.isna().any():
        assert total - cells.sum() >= 10


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_no_cell_follows_in_two_dimensions(height, width, data):
    keys = list(product([f"r{i}" for i in range(height)], [f"c{i}" for i in range(width)]))
    counts = data.draw(st.lists(st.integers(0, 30), min_size=len(keys), max_size=len(keys)))
    frame = pd.DataFrame(
        [(r, c, n) for (r, c), n in zip(keys, counts, strict=True) if n], columns=["r", "c", "n"]
    )
    if frame.empty:
        return
    shown = suppress_small(frame, ["r", "c"], "n", 10)
    assert derivable(shown, ["r", "c"], "n") == []
    assert (shown["n"].dropna() >= 10).all()
