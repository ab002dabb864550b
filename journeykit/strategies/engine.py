"""The engine that moves people through a strategy, all at once (design D7).

The mart judges everything that the graph asks in one statement; moving is arithmetic over the answers.
Nothing is read but the day's mart and the people, and nothing is written: the nightly run takes the people
from the ledger, a simulation keeps them in memory. Waits are judged by dates, so a missed day loses none.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.ledger.marks import MARKED
from journeykit.mart.mart import Mart
from journeykit.strategies.candidates import Wishes
from journeykit.strategies.entering import newcomers
from journeykit.strategies.judging import Booleans, Judged, judge
from journeykit.strategies.moving import REASONS, Day, Graph, Passed, Places, Rows, day_number, move
from journeykit.strategies.nodes import Update
from journeykit.strategies.people import FOUND, GONE, STANDING, People
from journeykit.strategies.running import Running

Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Advance:
    """Where a version's people stand at the end of a day.

    Attributes
    ----------
    people : Table
        Everybody who stood in it, as found that day, and the newcomers, who come last, at their first node.
    entered : int
        How many newcomers there are.
    places : Places
        Where they all stand now, in the same order.
    passed : tuple of Passed
        The steps that people made today of themselves, in order.
    wishes : Wishes
        What its actions say of their candidates.
    tried : array of int
        The actions that could not reach somebody today, as row times number of nodes plus code.
    """

    running: Running
    day: Day
    people: pa.Table
    entered: int
    places: Places
    passed: tuple[Passed, ...]
    judged: Judged
    graph: Graph
    wishes: Wishes
    tried: Pairs

    @property
    def before(self) -> pa.Table:
        """:data:`STANDING` of everybody as the day found them."""
        return self.people.select(STANDING.names)

    @property
    def after(self) -> pa.Table:
        """The same people in the same order at the end of the day, and why they left: ``exit_reason``."""
        return self._now.drop_columns([*FOUND.names, "exited_on"])

    @property
    def staying(self) -> pa.Table:
        """Those who are still there, as :attr:`People.standing` holds them."""
        return self._now.filter(pa.array(self.places.reason == 0)).drop_columns(["exit_reason", "exited_on"])

    @property
    def gone(self) -> pa.Table:
        """Those who left today, as :attr:`People.gone` holds them."""
        return self._now.filter(pa.array(self.places.reason != 0))

    @property
    def exited(self) -> int:
        """How many left today."""
        return int(np.count_nonzero(self.places.reason))

    @property
    def marks(self) -> pa.Table:
        """The marks made today: :data:`journeykit.ledger.marks.MARKED`, each once."""
        parts = [MARKED.empty_table()]
        for step in self.passed:
            node = self.graph.nodes[step.code]
            if isinstance(node, Update):
                ids = self.people.select(["enrolment_id", "customer_id"]).take(pa.array(step.rows))
                constants = (self.running.strategy.name, node.mark, pa.scalar(self.day.as_of, pa.date32()))
                columns = [*ids.columns, *(pa.repeat(value, len(step.rows)) for value in constants)]
                parts.append(pa.table(columns, schema=MARKED))
        return pa.concat_tables(parts).group_by(MARKED.names, use_threads=False).aggregate([])

    @property
    def candidates(self) -> pa.Table:
        """Those who stand at an action that has not failed to reach them today.

        :data:`journeykit.strategies.candidates.CANDIDATES`. Nobody, where the version is paused; nor who is
        no customer any more, and stays as long.
        """
        return self._candidates(np.arange(self.people.num_rows))

    def candidates_of(self, enrolment_ids: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Those of some enrolments who are among the :attr:`candidates`."""
        return self._candidates(self._rows(enrolment_ids))

    def contact(self, enrolment_ids: pa.Array | pa.ChunkedArray) -> Advance:
        """Let those who became a lead pass their action; waits behind it count from the contact date."""
        return self._pass(self._rows(enrolment_ids), self.day.contact)

    def block(self, enrolment_ids: pa.Array | pa.ChunkedArray) -> Advance:
        """Those whom their action can never reach skip it and move on at once, leave, or wait; it decides.

        Who comes to the same action a second time on that day stays there.
        """
        rows = self._rows(enrolment_ids)
        if not rows.size:
            return self
        tried = np.concatenate([self.tried, self._pairs(rows)])
        rule = self.graph.on_blocked[self.places.node[rows]]
        reason = self.places.reason.copy()
        reason[rows[rule == "exit"]] = REASONS.index("blocked")
        left = replace(self, places=replace(self.places, reason=reason), tried=tried)
        skipping = rows[rule == "skip"]
        return left._pass(skipping, self.day.number)._move(skipping)

    @cached_property
    def _now(self) -> pa.Table:
        ids = pa.array(self.graph.ids, pa.string())
        reasons = pa.array([reason or None for reason in REASONS], pa.string())
        reason = reasons.take(pa.array(self.places.reason))
        table = self.people
        for name, column in (
            ("node", ids.take(pa.array(self.places.node))),
            ("node_since", pa.array(self.places.since, pa.int32()).cast(pa.date32())),
        ):
            table = table.set_column(table.schema.get_field_index(name), name, column)
        today = pa.scalar(self.day.as_of, pa.date32())
        left = pc.if_else(pc.is_valid(reason), today, pa.scalar(None, pa.date32()))
        return pa.table([*table.columns, reason, left], schema=GONE)

    def _candidates(self, rows: Rows) -> pa.Table:
        acting = self.graph.acting[self.places.node[rows]] & (self.places.reason[rows] == 0)
        rows = rows[acting & self.judged.present[rows]] if self.running.moves else rows[:0]
        rows = rows[~np.isin(self._pairs(rows), self.tried)]
        return self.wishes.candidates(self.people.take(pa.array(rows)), self.places.node[rows])

    def _pairs(self, rows: Rows) -> Pairs:
        return rows.astype(np.int64) * len(self.graph.ids) + self.places.node[rows]

    def _rows(self, enrolment_ids: pa.Array | pa.ChunkedArray) -> Rows:
        return np.flatnonzero(pc.is_in(self.people["enrolment_id"], value_set=enrolment_ids).to_numpy())

    def _pass(self, rows: Rows, since: int) -> Advance:
        """Those at an action, past it."""
        node, from_day = self.places.node.copy(), self.places.since.copy()
        node[rows], from_day[rows] = self.graph.next[node[rows]], since
        return replace(self, places=replace(self.places, node=node, since=from_day))

    def _move(self, rows: Rows) -> Advance:
        moved = move(self.graph, self.places, rows, self.judged, self.day)
        return replace(self, places=moved.places, passed=self.passed + moved.passed)


def advance(mart: Mart, running: Running, people: People) -> Advance:
    """Enrol who enters, let go who leaves, and move everybody else as far as the day allows.

    Who is in the segment enters unless he is barred, or the goal or the exit rule holds for him already.
    A customer leaves with ``goal`` when it holds, else with the version's own reason where everybody leaves,
    else as ``expired`` once the goal's days are over, else with ``exit_rule``; in both arms alike. Who comes
    to an exit node leaves as ``finished``.

    The first run after the window therefore counts a goal that holds by then. It may have been reached on a
    missed day or a weekend at the window's end, or just after it: the snapshot cannot tell.

    Parameters
    ----------
    mart : Mart
        The day.
    running : Running
        The version; people of other versions stay where they are.
    people : People
        Of the whole strategy.
    """
    standing = people.under(running.version)
    entering = newcomers(mart, running, people)
    rows = pa.concat_tables([standing, entering]).combine_chunks()
    judged = judge(mart, running.strategy, rows, moving=running.moves)
    old = np.arange(rows.num_rows) < standing.num_rows
    stays = old | ~(judged.goal | judged.exit_rule)
    rows, judged, old = rows.filter(pa.array(stays)), judged.only(stays), old[stays]

    graph = Graph(running.strategy.nodes)
    node = pc.index_in(rows["node"], value_set=pa.array(graph.ids, pa.string()))
    places = Places(
        node.fill_null(graph.end).to_numpy(),
        rows["node_since"].cast(pa.int32()).to_numpy(),
        _leaving(mart, running, rows, judged, old),
    )
    day = Day(mart.as_of, mart.contact_date, mart.country)
    entered = int(np.count_nonzero(~old))
    nothing = np.array([], np.int64)
    one = Advance(running, day, rows, entered, places, (), judged, graph, Wishes(running, graph), nothing)
    return one._move(np.flatnonzero(places.reason == 0)) if running.moves else one


def _leaving(
    mart: Mart, running: Running, rows: pa.Table, judged: Judged, old: Booleans
) -> npt.NDArray[np.int8]:
    """By code, why each of those who were there before leaves."""
    strategy = running.strategy
    reason = np.where(judged.exit_rule, REASONS.index("exit_rule"), 0)
    if strategy.goal:
        first_day = mart.as_of - timedelta(days=strategy.goal.within_days)
        expired = rows["entered_on"].cast(pa.int32()).to_numpy() < day_number(first_day)
        reason[expired] = REASONS.index("expired")
    if running.leaves_as:
        reason[:] = REASONS.index(running.leaves_as)
    reason[judged.goal] = REASONS.index("goal")
    return np.where(old, reason, 0).astype(np.int8)
