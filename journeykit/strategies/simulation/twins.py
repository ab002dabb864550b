"""Who of the past shows what becomes of whom today.

Today's people are those whom tonight's run moves: that is known. What becomes of them on the days after is
not; each is judged as his twin was, somebody who stood at the same place some weeks ago and was alike in all
that the graph asks. Who has nobody like him stays as he is today. Who enters later is not known: those who
came anew in the past stand for them, under ids of their own, since the same customers may be here today.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.mart.mart import Mart
from journeykit.strategies.engine import Advance
from journeykit.strategies.judging import NEVER
from journeykit.strategies.people import LEFT, People
from journeykit.strategies.simulation.kept import Kept
from journeykit.strategies.simulation.later import Later

ENOUGH = 10
"""So many of the past are looked for before a coarser likeness is taken."""

_LATER = "≈"


def later_id(customer_id: str) -> str:
    """The id under which a customer of the past stands for somebody who enters later."""
    return _LATER + customer_id


def real_id(customer_id: str) -> str:
    """The customer behind an id of a simulation.

    Examples
    --------
    >>> real_id(later_id("C1")), real_id("C1")
    ('C1', 'C1')
    """
    return customer_id.removeprefix(_LATER)


def real_ids(ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The customers behind ids of a simulation."""
    return pa.array([real_id(one) for one in ids.to_pylist()], pa.string())


@dataclass
class Twins:
    """Today's people and whom each is judged as.

    Parameters
    ----------
    people : People
        Who is in the strategy already, and who may not enter.
    past : Advance
        The first day of the past, with nobody in the strategy before.

    Attributes
    ----------
    stratum : array of int
        Of each person of the first day, the number of his kind.
    alike : array of int
        Of each kind, how many twins there are; 0 for those who stay as they are today.
    kept : Kept
        The answers of today about those.
    """

    people: People
    past: Advance
    stratum: npt.NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    alike: npt.NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    _twin: dict[str, str] = field(default_factory=dict)
    _played_by: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self._known = set(self.past.people["customer_id"].to_pylist())

    def meet(self, tonight: Advance) -> None:
        """Find a twin for each person of tonight's run, and take all of the past equally often."""
        ids, theirs = (one.people["customer_id"].to_pylist() for one in (tonight, self.past))
        pools = [_by_kind(kinds) for kinds in _kinds(self.past)]
        wanted: dict[tuple[int, Any], list[int]] = defaultdict(list)
        for row, kinds in enumerate(zip(*_kinds(tonight), strict=True)):
            sizes = [len(pools[level].get(kind, ())) for level, kind in enumerate(kinds)]
            level = next((n for n, size in enumerate(sizes) if size >= ENOUGH), int(np.argmax(sizes)))
            wanted[level, kinds[level]].append(row)
        self.stratum, self.alike = np.zeros(len(ids), np.int64), np.zeros(len(wanted), np.int64)
        for number, ((level, kind), rows) in enumerate(wanted.items()):
            pool = pools[level].get(kind, [])
            self.stratum[rows], self.alike[number] = number, len(pool)
            for place, row in enumerate(rows if pool else ()):
                other = theirs[pool[place * len(pool) // len(rows)]]
                self._twin[ids[row]] = other
                self._played_by[other].append(ids[row])

    def judged_as(self, customer_id: str) -> str | None:
        """The customer of the past by whom one is judged; None for who stays as he is today."""
        if customer_id.startswith(_LATER):
            return real_id(customer_id)
        return self._twin.get(customer_id)

    def entering(self, found: pa.Table, barred: set[str]) -> pa.Table:
        """Members of a past day as those of the day ahead: newcomers, and who enters again."""
        who, rows = [], []
        for row, customer in enumerate(found["customer_id"].to_pylist()):
            same = self._played_by.get(customer, ()) if customer in self._known else (later_id(customer),)
            here = [one for one in same if one not in barred]
            who += here
            rows += [row] * len(here)
        chosen = found.take(pa.array(rows, pa.int64()))
        return chosen.set_column(0, "customer_id", pa.array(who, pa.string()))

    def wanted(self, candidates: pa.Table) -> pa.Table:
        """Candidates of a past day under the ids of the day ahead."""
        ids = [
            (self._played_by.get(one) or [later_id(one)])[0] for one in candidates["customer_id"].to_pylist()
        ]
        place = candidates.schema.get_field_index("customer_id")
        return candidates.set_column(place, "customer_id", pa.array(ids, pa.string()))


class Ahead(Later):
    """A past day's mart that stands for a day ahead, and judges people as their twins."""

    def __init__(self, mart: Mart, as_of: date, twins: Twins) -> None:
        super().__init__(mart, as_of)
        self._twins = twins

    def run(
        self, statement: sa.Select | sa.CompoundSelect, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """Execute a statement of the engine on the past day."""
        given = relations or {}
        if "barred" in given:
            return self._entering(statement, set(given["barred"]["customer_id"].to_pylist()))
        if "people" in given:
            return self._judging(statement, given["people"])
        return super().run(statement, relations)

    def _entering(self, statement: Any, barred: set[str]) -> pa.Table:
        gone = pa.array([real_id(one) for one in barred if one.startswith(_LATER)], pa.string())
        found = super().run(statement, {"barred": pa.table({"customer_id": gone})})
        return self._twins.entering(found, barred)

    def _judging(self, statement: Any, people: pa.Table) -> pa.Table:
        twins = [self._twins.judged_as(one) for one in people["customer_id"].to_pylist()]
        known = pa.array([one is not None for one in twins], pa.bool_())
        alike = people.set_column(0, "customer_id", pa.array(twins, pa.string())).filter(known)
        found = super().run(statement, {"people": alike})
        if alike.num_rows == people.num_rows:
            return found
        others = people.filter(pc.invert(known)).combine_chunks()
        kept = self._twins.kept.about(others["customer_id"], others["place"])
        return pa.concat_tables([found, kept.select(found.column_names).cast(found.schema)])


def starting(people: People, earlier: pa.Table) -> People:
    """People at the start, with those barred who stood for somebody later before the past began.

    `earlier` is a :data:`LEFT` of customers of the past, in the days ahead.
    """
    ids = pa.array([later_id(one) for one in earlier["customer_id"].to_pylist()], pa.string())
    barred = pa.table([ids, earlier["exited_on"]], schema=LEFT)
    return People(
        people.strategy, people.standing, pa.concat_tables([people.left, barred]), people.gone, people.marks
    )


def _kinds(one: Advance) -> list[list[Any]]:
    """The kind of each person: arm, place and all answers; arm and place; arm."""
    arm, node = one.people["arm"].to_pylist(), one.places.node.tolist()
    stays = one.places.reason.tolist()
    answers = [_rough(found, one.day.number).tolist() for found in one.judged.answers.values()]
    place = list(zip(arm, node, stays, strict=True))
    return [list(zip(place, *answers, strict=True)), place, arm]


def _rough(found: npt.NDArray[Any], today: int) -> npt.NDArray[Any]:
    """An answer; a day by the week in which it lies."""
    if found.dtype != np.int32:
        return found
    return np.where(found == NEVER, 99, np.clip((found.astype(np.int64) - today) // 7, -2, 26))


def _by_kind(kinds: list[Any]) -> dict[Any, list[int]]:
    pools: dict[Any, list[int]] = defaultdict(list)
    for row, kind in enumerate(kinds):
        pools[kind].append(row)
    return pools
