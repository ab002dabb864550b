"""Who is in a strategy already when it is simulated, as the ledger tells."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import read_runs
from journeykit.ledger.tables import enrolment
from journeykit.strategies.people import LEFT, People
from journeykit.strategies.running import Running
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.strategies.simulation.twins import starting
from journeykit.strategies.standing import read_people

_STILL_IN = date(9999, 12, 31)


@dataclass(frozen=True)
class Standing:
    """The people of a strategy at the start of a simulation.

    Attributes
    ----------
    in_flight : str
        What becomes of them: ``finish``, ``migrate`` or ``exit``.
    moved, others : int
        How many go on by the simulated graph, and how many do not.
    unknown : int
        How many are in it whose node of then is not known, since later days are decided.
    """

    running: Running
    people: People
    in_flight: str
    moved: int = 0
    others: int = 0
    unknown: int = 0


def read_standing(
    ledger: Ledger, running: Running, as_of: date, first: SimulatedDay, in_flight: str
) -> Standing:
    """Who stands where, and who may not enter, as of a day; `first` is the day and what tells of it."""
    name = running.strategy.name
    known = _as_of(read_people(ledger, name), as_of)
    people, number = starting(known, _before(ledger, name, first)), known.standing.num_rows
    if has_gone_on(ledger, as_of):
        return Standing(running, people, in_flight, unknown=number)
    if in_flight == "exit":
        return Standing(running, _all_left(people, as_of), in_flight, others=number)
    if in_flight == "migrate":
        versions = tuple(sorted(set(known.standing["version"].to_pylist())))
        running = replace(running, takes_over=versions)
        people = people.take_over([running])
    moved = people.under(running.version).num_rows
    return Standing(running, people, in_flight, moved, number - moved)


def has_gone_on(ledger: Ledger, as_of: date) -> bool:
    """Whether later days are decided, so that nobody can tell where people stood."""
    return any(run.decided and run.as_of > as_of for run in read_runs(ledger))


def _all_left(people: People, as_of: date) -> People:
    """Everybody gone, as of a day."""
    gone = pa.table(
        [people.standing["customer_id"], pa.repeat(pa.scalar(as_of, pa.date32()), people.standing.num_rows)],
        schema=LEFT,
    )
    return replace(people, standing=people.standing.slice(0, 0), left=pa.concat_tables([people.left, gone]))


def _as_of(people: People, as_of: date) -> People:
    """Without what came later; who has left since was in it, and may not enter."""
    came = pc.less_equal(people.standing["entered_on"], pa.scalar(as_of))
    return replace(people, standing=people.standing.filter(came))


def _before(ledger: Ledger, strategy: str, first: SimulatedDay) -> pa.Table:
    """Who had been in the strategy before the past began, until which of the days ahead."""
    rows = sa.select(enrolment.c.customer_id, enrolment.c.exited_on).where(
        enrolment.c.strategy == strategy, enrolment.c.entered_on < first.past
    )
    shift = first.as_of - first.past
    found = ledger.read_arrow(rows).to_pylist()
    ends = [one["exited_on"] + shift if one["exited_on"] else _STILL_IN for one in found]
    return pa.table([[one["customer_id"] for one in found], ends], schema=LEFT)
