"""A past day's mart that stands for a later day: the engine's calendar is ahead, what is judged is behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from journeykit.mart.mart import Mart
from journeykit.mart.scope import Scope
from journeykit.workdays import next_working_day


class Later:
    """A mart as if it were of a later day.

    Whatever dates it is asked with, such as the days on which people entered, are moved back by the days
    between, and the dates that it answers are moved forward.

    Parameters
    ----------
    mart : Mart
        A past day.
    as_of : date
        The day it stands for.
    """

    def __init__(self, mart: Mart, as_of: date) -> None:
        self._mart = mart
        self._shift = as_of - mart.as_of
        self.as_of = as_of
        self.country = mart.country
        self.contact_date = next_working_day(as_of, mart.country)

    @property
    def scope(self) -> Scope:
        """What names mean on the past day."""
        return self._mart.scope

    def run(
        self, statement: sa.Select | sa.CompoundSelect, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """Execute a statement on the past day; dates go and come moved."""
        moved = {name: move_dates(table, -self._shift) for name, table in (relations or {}).items()}
        return move_dates(self._mart.run(statement, moved), self._shift)


def move_dates(table: pa.Table, shift: timedelta) -> pa.Table:
    """A table whose dates are all later by some days.

    Examples
    --------
    >>> move_dates(pa.table({"on": pa.array([date(2026, 5, 29), None])}), timedelta(days=3))["on"].to_pylist()
    [datetime.date(2026, 6, 1), None]
    """
    for place, field in enumerate(table.schema):
        if pa.types.is_date32(field.type):
            table = table.set_column(place, field.name, _moved(table.column(place), shift.days))
    return table


def _moved(dates: pa.ChunkedArray, days: int) -> pa.Array:
    known = dates.combine_chunks()
    moved = known.cast(pa.int32()).fill_null(0).to_numpy() + np.int32(days)
    return pa.array(moved, pa.int32(), mask=known.is_null().to_numpy(zero_copy_only=False)).cast(pa.date32())
