"""Today's mart on any day ahead, for people whose situation is taken to stay as it is."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.mart.mart import Mart
from journeykit.strategies.simulation.later import Later


@dataclass
class Kept:
    """What was asked of today's mart about people, and its answers."""

    _asked: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    _answers: pa.Table = field(default_factory=lambda: pa.table({}))

    def keep(self, asked: pa.Table, answers: pa.Table) -> None:
        """A question and its answers; only the last one's are kept."""
        self._asked = asked["customer_id"].take(answers["place"]).combine_chunks()
        self._answers = answers

    def about(self, ids: pa.Array, places: pa.Array) -> pa.Table:
        """The answers about some of the people, at new places."""
        rows = self._answers.take(pc.index_in(ids, value_set=self._asked))
        return rows.set_column(0, "place", places)


class FirstDay(Later):
    """Today's mart, whose answers about people are kept."""

    def __init__(self, mart: Mart, kept: Kept) -> None:
        super().__init__(mart, mart.as_of)
        self._kept = kept

    def run(
        self, statement: sa.Select | sa.CompoundSelect, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """As the mart does."""
        found = super().run(statement, relations)
        if relations and "people" in relations:
            self._kept.keep(relations["people"], found)
        return found


class AsToday(Later):
    """A day ahead on which everybody is as today's mart had it; dates stay where they are."""

    def __init__(self, mart: Mart, as_of: date, kept: Kept) -> None:
        super().__init__(mart, as_of)
        self._kept = kept

    def run(
        self, statement: sa.Select | sa.CompoundSelect, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """Answer about people who were asked about on the first day; nobody else is known."""
        people = (relations or {})["people"]
        return self._kept.about(people["customer_id"].combine_chunks(), people["place"].combine_chunks())
