"""The replay: the engine and routing themselves, day after day, with everybody kept in memory."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.mart.mart import Mart
from journeykit.routing.rounds import all_candidates, decide
from journeykit.routing.route import TEMPORARY
from journeykit.strategies.engine import Advance, advance
from journeykit.strategies.moving import Graph
from journeykit.strategies.people import People
from journeykit.strategies.running import Running
from journeykit.strategies.simulation.answering import Answers
from journeykit.strategies.simulation.beside import Beside
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.strategies.simulation.kept import FirstDay
from journeykit.strategies.simulation.later import Later
from journeykit.strategies.simulation.present import Present, Rivals
from journeykit.strategies.simulation.reacting import Rate
from journeykit.strategies.simulation.trace import NOWHERE, Trace
from journeykit.strategies.simulation.twins import Ahead, Twins, real_ids

OpenDay = Callable[[date], AbstractContextManager[Mart]]
RivalsOn = Callable[[date], Rivals]
_OURS = ("node", "channel", "offer", "manager_id", "decision", "reason")
_THEIRS = ("customer_id", "strategy", "channel", "manager_id", "decision", "reason")


def replay(
    running: Running,
    days: Iterable[SimulatedDay],
    open_day: OpenDay,
    *,
    present: Present,
    rivals_on: RivalsOn,
    rates: Iterable[Rate],
    twins: Twins | None = None,
    beside: Sequence[Beside] = (),
    today: Mart | None = None,
) -> Trace:
    """Run a version from its first day on.

    Parameters
    ----------
    open_day : callable
        Opens the mart of a snapshot's day; one at a time.
    rivals_on : callable
        What live strategies want on a past day.
    rates : iterable of Rate
        How many of those contacted reach the goal by it; nobody answers what has no rate.
    twins : Twins
        Whom today's people are judged as on the days ahead, the first day being today's. Without them
        everybody is himself, and nobody is in the strategy before.
    beside : sequence of Beside
        Versions whose people go on with it, as `today` has them.
    """
    recorder = _Recorder(Graph(running.strategy.nodes), tuple(days))
    answers = Answers(running, {(one.offer, one.channel): one for one in rates})
    people = twins.people if twins else People.nobody(running.strategy.name)
    recorder.start(people.under(running.version))
    for place, day in enumerate(recorder.days):
        with open_day(day.snapshot) as mart:
            found = advance(cast("Mart", _as_of(mart, day.as_of, twins, first=not place)), running, people)
        if twins and not place:
            twins.meet(found)
        one, rivals = answers.leaving(found, day.as_of), rivals_on(day.past)
        wishes = (
            one,
            Rivals(twins.wanted(rivals.candidates)) if twins else rivals,
            *(other.advance(cast("Mart", today), day.as_of) for other in beside),
        )
        facts = present.facts(all_candidates(cast("Any", wishes)), day.as_of, day.contact_date)
        decisions, (after, _, *others) = decide(cast("Any", wishes), facts)
        for other, its_end in zip(beside, others, strict=True):
            other.note(its_end)
        ours = decisions.filter(_of(running, decisions))
        answers.note(ours.filter(pc.equal(ours["decision"], "lead")), day.contact_date)
        recorder.note(place, after, decisions)
        people = people.after([after])
    return recorder.trace(answers.errors, twins)


def _as_of(mart: Mart, as_of: date, twins: Twins | None, *, first: bool) -> Later:
    if twins is None:
        return Later(mart, as_of)
    return FirstDay(mart, twins.kept) if first else Ahead(mart, as_of, twins)


def _of(running: Running, decisions: pa.Table) -> pa.ChunkedArray:
    """Which decisions are about people of a version."""
    return pc.and_(
        pc.equal(decisions["strategy"], running.strategy.name),
        pc.equal(decisions["version"], running.version),
    )


@dataclass
class _Recorder:
    """Puts the days of a replay together."""

    graph: Graph
    days: tuple[SimulatedDay, ...]
    standing: npt.NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    before: npt.NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    customers: list[pa.Array] = field(default_factory=list)
    enrolments: list[str] = field(default_factory=list)
    treated: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    entered: list[npt.NDArray[np.int64]] = field(default_factory=list)
    ended: list[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int8]]] = field(default_factory=list)
    stood: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int32]]] = field(
        default_factory=list
    )
    steps: list[pd.DataFrame] = field(default_factory=list)
    decisions: list[pd.DataFrame] = field(default_factory=list)
    rivals: list[pd.DataFrame] = field(default_factory=list)
    known: int = 0

    def start(self, people: pa.Table) -> None:
        """Those who are in the strategy before the first day."""
        codes = pc.index_in(people["node"], value_set=pa.array(self.graph.ids, pa.string()))
        self.before = codes.fill_null(self.graph.end).to_numpy().astype(np.int64)
        self.standing = self._numbered(people, -1)

    def note(self, place: int, after: Advance, decisions: pa.Table) -> None:
        """One day: who came, what they passed, what was decided, who stands where and who left."""
        people = self._people(place, after)
        ids = after.people["enrolment_id"]
        ours = _of(after.running, decisions)
        mine = decisions.filter(ours)
        who = people[pc.index_in(mine["enrolment_id"], value_set=ids.combine_chunks()).to_numpy()]
        frame = mine.select(_OURS).to_pandas().assign(person=who, day=place)
        frame["node"] = frame["node"].map(self.graph.code).astype("int64")
        self.decisions.append(frame)
        theirs = decisions.filter(pc.invert(ours))
        self.rivals.append(theirs.select(_THEIRS).to_pandas().assign(day=place))
        self._note_steps(place, after, people, frame)
        here = after.places.reason == 0
        self.stood.append((people[here], after.places.node[here], after.places.since[here]))
        self.ended.append((place, people[~here], after.places.reason[~here]))
        self.standing = people[here]

    def _people(self, place: int, after: Advance) -> npt.NDArray[np.int64]:
        """The number of each row's person; newcomers, who come last, get the next ones."""
        came = after.people.slice(after.people.num_rows - after.entered)
        return np.concatenate([self.standing, self._numbered(came, place)])

    def _numbered(self, came: pa.Table, place: int) -> npt.NDArray[np.int64]:
        fresh = np.arange(self.known, self.known + came.num_rows)
        self.known += came.num_rows
        self.customers.append(real_ids(came["customer_id"]))
        self.enrolments += came["enrolment_id"].to_pylist()
        self.treated.append(pc.equal(came["arm"], "treatment").to_numpy())
        self.entered.append(np.full(came.num_rows, place))
        return fresh

    def _note_steps(
        self, place: int, after: Advance, people: npt.NDArray[np.int64], decisions: pd.DataFrame
    ) -> None:
        came = after.people.slice(after.people.num_rows - after.entered)
        first = came["node"].to_pandas().map(self.graph.code).to_numpy(np.int64, na_value=self.graph.end)
        fresh = people[len(people) - after.entered :]
        parts = [_steps(fresh, NOWHERE, np.zeros(len(fresh), np.int64), first)]
        for step in after.passed:
            parts.append(_steps(people[step.rows], step.code, step.way, self.graph.ways[step.code][step.way]))
        groups: Any = decisions.groupby("node")
        for code, here in groups:
            lead = (here["decision"] == "lead").to_numpy()
            skips = getattr(self.graph.nodes[code], "on_blocked", "") == "skip"
            passed = lead | (skips & ~here["reason"].isin(TEMPORARY).to_numpy())
            way = np.where(lead[passed], 0, -1)
            target = np.full(passed.sum(), self.graph.ways[code][0])
            parts.append(_steps(here["person"].to_numpy()[passed], code, way, target))
        self.steps.append(pd.concat(parts, ignore_index=True).assign(day=place))

    def trace(self, errors: Mapping[str, float], twins: Twins | None) -> Trace:
        """The whole replay."""
        node = np.full((self.known, len(self.days)), NOWHERE, np.int16)
        since = np.zeros(node.shape, np.int32)
        for place, (people, codes, days) in enumerate(self.stood):
            node[people, place], since[people, place] = codes, days
        left, reason = np.full(self.known, -1), np.zeros(self.known, np.int64)
        for place, people, reasons in self.ended:
            left[people], reason[people] = place, reasons
        return Trace(
            graph=self.graph,
            days=self.days,
            customer_id=pa.concat_arrays([pa.array([], pa.string()), *self.customers]),
            treated=np.concatenate([np.array([], np.bool_), *self.treated]),
            entered=np.concatenate([np.array([], np.int64), *self.entered]),
            left=left,
            before=np.concatenate([self.before, np.full(self.known - len(self.before), NOWHERE)]),
            stratum=twins.stratum if twins else np.array([], np.int64),
            alike=twins.alike if twins else np.array([], np.int64),
            answered=np.array([errors.get(one, 0.0) for one in self.enrolments]),
            reason=reason,
            node=node,
            since=since,
            steps=pd.concat(self.steps, ignore_index=True),
            decisions=pd.concat(self.decisions, ignore_index=True),
            rivals=pd.concat(self.rivals, ignore_index=True),
        )


def _steps(person: Any, origin: int, way: Any, target: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"person": person, "origin": origin, "way": np.asarray(way), "target": np.asarray(target)},
        dtype="int64",
    )
