"""One customer's path through a simulated strategy, day by day."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from journeykit.display import Table
from journeykit.errors import DataError
from journeykit.i18n import in_language
from journeykit.strategies.explaining import tell_way
from journeykit.strategies.graph import Strategy
from journeykit.strategies.labelling import head
from journeykit.strategies.moving import REASONS
from journeykit.strategies.nodes import (
    Branch,
    Exit,
    GraphNode,
    Split,
    Update,
    Wait,
    WaitDate,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
)
from journeykit.strategies.simulation.trace import NOWHERE, Trace
from journeykit.strategies.simulation.words import say, say_reason
from journeykit.strategies.telling import Teller, tell

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = date(1970, 1, 1)

Titles = Mapping[str, Mapping[str, str]]
"""By language what each node is called, by its id."""


@dataclass(frozen=True)
class Step:
    """One day of one customer.

    Attributes
    ----------
    node : str
        Where he stands at its end; empty once he has left.
    since : date or None
        Since when.
    events, events_zh : tuple of str
        What he passed and why, whether he was contacted and if not, why not.
    """

    day: date
    node: str
    since: date | None
    events: tuple[str, ...]
    events_zh: tuple[str, ...]

    def said(self, language: str) -> tuple[str, ...]:
        """The events in a language."""
        return self.events if language == "en" else self.events_zh


@dataclass(frozen=True, repr=False)
class CustomerPath:
    """The days of one customer in a simulated strategy; prints as a table."""

    customer_id: str
    strategy: Strategy
    steps: tuple[Step, ...]
    titles: Titles = field(compare=False)
    language: str = field(default="en", compare=False)

    def table(self, language: str = "") -> Table:
        """One row per event, by default in its own language; days without any are told together."""
        language = language or self.language
        title = in_language(language, self.strategy.title, self.strategy.title_zh) or self.strategy.name
        heads = tuple(say(name, language) for name in ("day", "what", "stands", "since"))
        rows = tuple(row for days in self._alike() for row in self._rows(days, language))
        return Table(say("path", language, customer=self.customer_id, strategy=title), heads, rows)

    def _alike(self) -> Iterator[list[Step]]:
        """Each day with events alone, and days without any one after the other together."""
        for quiet, run in groupby(self.steps, key=lambda step: not step.events):
            days = list(run)
            yield from [days] if quiet else [[day] for day in days]

    def _rows(self, days: list[Step], language: str) -> Iterator[tuple[Any, ...]]:
        first, last = days[0], days[-1]
        when = first.day.isoformat()
        if last is not first:
            when = say("until", language, first=first.day, last=last.day)
        place = self.titles[language][last.node] if last.node else ""
        events = first.said(language) or (say("waits", language),)
        for at, event in enumerate(events):
            here = at == len(events) - 1
            yield when if at == 0 else "", event, place if here else "", last.since if here else ""

    def to_frame(self) -> pd.DataFrame:
        """One row per event."""
        return self.table().to_frame()

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def path_of(
    trace: Trace,
    strategy: Strategy,
    customer_id: str,
    tellers: Mapping[str, Teller],
    titles: Titles,
    *,
    language: str,
) -> CustomerPath:
    """The days of a customer in a replay; DataError for one who never entered."""
    people = np.flatnonzero(pc.equal(trace.customer_id, customer_id).to_numpy(zero_copy_only=False))
    if not len(people):
        raise DataError(
            f"Customer '{customer_id}' never enters '{strategy.name}' in the days simulated. "
            f"See why with mart.why('{customer_id}', segment)."
        )
    steps = [step for person in people.tolist() for step in _steps(trace, person, tellers, titles)]
    return CustomerPath(customer_id, strategy, tuple(steps), titles, language)


def _steps(trace: Trace, person: int, tellers: Mapping[str, Teller], titles: Titles) -> Iterator[Step]:
    last = int(trace.left[person]) if trace.left[person] >= 0 else len(trace.days) - 1
    for place in range(max(int(trace.entered[person]), 0), last + 1):
        code = int(trace.node[person, place])
        day = _Day(trace, person, place)
        english, chinese = (
            tuple(day.events(tellers[language], titles[language])) for language in ("en", "zh")
        )
        yield Step(
            trace.days[place].as_of,
            trace.graph.ids[code] if code >= 0 else "",
            _EPOCH + timedelta(days=int(trace.since[person, place])) if code >= 0 else None,
            english,
            chinese,
        )


class _Day:
    """One person's day in a replay, told in the order in which it went."""

    def __init__(self, trace: Trace, person: int, place: int) -> None:
        self._trace, self._person, self._place = trace, person, place
        self._moves = {row.origin: row for row in _rows(trace.steps, person, place)}
        self._decided = {row.node: row for row in _rows(trace.decisions, person, place)}

    def events(self, teller: Teller, titles: Mapping[str, str]) -> Iterator[str]:
        """What the person passed and why, whether he was contacted, and why he left."""
        trace, moves, decided = self._trace, dict(self._moves), dict(self._decided)
        here = int(trace.node[self._person, self._place - 1] if self._place else trace.before[self._person])
        for _ in range(len(moves) + 1):
            if here in decided:
                yield self._decision(decided.pop(here), teller.language, titles)
            if here not in moves:
                break
            move = moves.pop(here)
            if here == NOWHERE:
                yield self._enters(teller.language)
            else:
                yield from _passes(trace.graph.nodes[here], int(move.way), teller, titles)
            here = int(move.target)
        if trace.left[self._person] == self._place:
            reason = REASONS[trace.reason[self._person]]
            if trace.answered[self._person]:
                reason = "answer"
            yield say("leaves", teller.language, reason=say(f"left.{reason}", teller.language))

    def _enters(self, language: str) -> str:
        arm = "treatment" if self._trace.treated[self._person] else "control"
        return say("enters", language, arm=say(f"arm.{arm}", language))

    def _decision(self, row: Any, language: str, titles: Mapping[str, str]) -> str:
        node = titles[self._trace.graph.ids[row.node]]
        if row.decision == "lead":
            return say("lead", language, node=node, day=self._trace.days[self._place].contact_date)
        return say("drop", language, node=node, reason=say_reason(row.reason, language))


def _passes(node: GraphNode, way: int, teller: Teller, titles: Mapping[str, str]) -> Iterator[str]:
    """What passing a node comes to; actions are told by what was decided about them."""
    title = titles[node.id]
    match node:
        case Branch() | Split() | WaitUntil():
            told = tell_way(node, way, teller).rstrip(":：")
            yield say("goes_by", teller.language, node=head(node, teller), way=told)
        case Wait() | WaitWorkingDays() | WaitWeekday() | WaitDate():
            yield say("over", teller.language, node=title)
        case Update() | Exit():
            yield tell(node, teller).rstrip(".。")
        case _:
            pass


def _rows(frame: pd.DataFrame, person: int, place: int) -> Iterator[Any]:
    return frame[(frame["person"] == person) & (frame["day"] == place)].itertuples()
