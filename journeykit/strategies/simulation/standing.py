"""Who is in a strategy already when it is simulated, as the ledger tells."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterator
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
from journeykit.strategies.simulation.assumed import Assumed
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


def about_people(people: Standing, finishing: int) -> Iterator[Assumed]:
    """What becomes of them; `finishing` contacts are made to those who stay in an earlier version."""
    number = people.moved + people.others
    beside = f"stay in their own version, whose {finishing:,} contacts take capacity; they are not counted"
    beside_zh = f"留在原版本中继续（其{finishing:,}次触达占用容量），不计入结果"
    if people.unknown:
        yield Assumed(
            "in_flight",
            f"The ledger has gone on since this day: where {people.unknown:,} people in the strategy stood "
            "is not known. They do not enter, and are not counted.",
            f"台账已晚于该日：{people.unknown:,}名在途客户当时所在节点未知，不再入组，也不计入结果。",
        )
    elif not number:
        yield Assumed("empty", "Nobody is in the strategy when it starts.", "策略启动时无在途客户。")
    elif people.in_flight == "exit":
        yield Assumed(
            "in_flight",
            f"People in flight leave (exit): {number:,} people are in the strategy already and leave on the "
            "first day, as their version is replaced. They are neither contacted nor counted.",
            f"在途客户全部退出（exit）：{number:,}名在途客户于首日因版本替换退出，不再触达，也不计入结果。",
        )
    elif people.in_flight == "finish":
        yield Assumed(
            "in_flight",
            f"People in flight finish on their version (finish): {number:,} people are in the strategy "
            f"already and {beside}, and do not enter.",
            f"在途客户按原版本走完（finish）：{number:,}名在途客户{beside_zh}，也不再入组。",
        )
    else:
        yield Assumed(
            "in_flight",
            "People in flight move to this version (migrate): "
            f"{people.moved:,} people are in the strategy already and go on by this graph from where they "
            f"stand; {people.others:,} whose node is not in it {beside}, and do not enter, nor do those "
            "barred by re-entry.",
            f"在途客户转入本版本（migrate）：{people.moved:,}名在途客户从当前节点按本流程继续；"
            f"{people.others:,}名所在节点不在本流程中的客户{beside_zh}，与受再次入组限制的客户均不入组。",
        )
