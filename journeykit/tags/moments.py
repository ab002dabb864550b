"""Means, shares, slopes and deviations: exact sums, divided once and rounded half-up (design D3).

Sums of binary fractions depend on the order in which threads add them. So every sum here is of decimals or
whole numbers, and double precision comes in once, at the division. A quotient of whole numbers that lies on
a half is a half exactly, in double precision too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from journeykit.dialects import SQL_TYPES, from_units, round_half_up
from journeykit.tags.tag import Aggregate, Tag

Column = sa.ColumnElement[Any]


def mean(value: Column, tag: Tag) -> Column:
    """The sum over the number of values; missing without any."""
    total = sa.cast(sa.func.sum(value), SQL_TYPES[tag.type])
    return _divide(total, sa.func.count(value), tag)


def share(holds: Column, tag: Tag) -> Column:
    """The rows for which a condition holds over all of them; missing without any."""
    return _divide(sa.func.count(sa.case((holds, 1))), sa.func.nullif(sa.func.count(holds), 0), tag)


def daily_mean(tag: Tag, compute: Aggregate, balance_days: Column) -> Column:
    """Balances times the days on which they held, over the days of the window."""
    return _divide(_total(balance_days, tag), compute.within_days or 1, tag)


def slope(tag: Tag, compute: Aggregate, weighted: Column) -> Column:
    """The least-squares change from one period to the next.

    With periods t = 0 … k-1 and their sums y, it is Σ(t - t̄)·y / Σ(t - t̄)². A row's weight w is 2(t - t̄), a
    whole number, and Σ(t - t̄)² is k(k² - 1)/12; so it is 6·Σw·y / (k(k² - 1)). Of balances, y is in yuan
    times days, hence over the days of a period as well.
    """
    periods = compute.periods
    days = (compute.per_days or 1) if compute.carry_days is not None else 1
    return _divide(_total(weighted, tag) * 6, periods * (periods**2 - 1) * days, tag)


def variance_parts(tag: Tag, in_period: Sequence[Column]) -> dict[str, Column]:
    """The sum of each period, under labels that :func:`volatility` knows, and the number of values."""
    parts = {
        _label(tag, number): sa.cast(sa.func.coalesce(sa.func.sum(value), 0), SQL_TYPES[tag.type])
        for number, value in enumerate(in_period)
    }
    count = sum((sa.func.count(value) for value in in_period[1:]), sa.func.count(in_period[0]))
    return {**parts, _label(tag, "n"): count}


def volatility(tag: Tag, compute: Aggregate, sums: sa.FromClause) -> Column:
    """The population standard deviation of the periods' sums y: √(k·Σy² - (Σy)²) / k."""
    periods = compute.periods
    days = (compute.per_days or 1) if compute.carry_days is not None else 1
    # 19 digits, for an engine that keeps a product of two 18-digit decimals in 18 digits.
    wide = sa.Numeric(19, tag.scale)
    each = [sa.cast(sums.c[_label(tag, number)], wide) for number in range(periods)]
    squares = sum((one * one for one in each[1:]), each[0] * each[0])
    total = sa.cast(sum(each[1:], each[0]), wide)
    spread = sa.cast(squares * periods - total * total, sa.Double())
    units = 10**tag.scale
    rounded = round_half_up(sa.func.sqrt(spread, type_=sa.Double()) * units / (periods * days))
    return sa.case((sums.c[_label(tag, "n")] > 0, from_units(rounded, SQL_TYPES[tag.type])))


def _label(tag: Tag, part: int | str) -> str:
    return f"_{tag.name}_{part}"


def _total(value: Column, tag: Tag) -> Column:
    """The sum of values times weights, as exact as their parts."""
    return sa.cast(sa.func.sum(value), sa.Numeric(26, tag.scale))


def _divide(total: Column, by: Column | int, tag: Tag) -> Column:
    """A quotient in double precision of the last place's whole units, rounded half-up to the tag's scale."""
    units = 10**tag.scale
    quotient = sa.cast(total * units, sa.Double()) / by
    return from_units(round_half_up(quotient), SQL_TYPES[tag.type])
