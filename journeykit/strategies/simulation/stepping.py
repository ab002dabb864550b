"""One customer's path through a simulated strategy, day by day."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from journeykit.display import Table
from journeykit.errors import DataError
from journeykit.i18n import in_language
from journeykit.strategies.graph import Strategy
from journeykit.strategies.moving import REASONS
from journeykit.strategies.nodes import CONTROL, END, Branch, GraphNode
from journeykit.strategies.simulation.trace import NOWHERE, Trace
from journeykit.strategies.simulation.words import say, say_reason

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = date(1970, 1, 1)


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

    def table(self, language: str = "en") -> Table:
        """One row per day."""
        title = in_language(language, self.strategy.title, self.strategy.title_zh) or self.strategy.name
        heads = tuple(say(name, language) for name in ("day", "what", "stands", "since"))
        rows = tuple(
            (step.day, "; ".join(step.said(language)) or say("waits", language),
             node_name(step.node, language), step.since)
            for step in self.steps
        )  # fmt: skip
        return Table(say("path", language, customer=self.customer_id, strategy=title), heads, rows)

    def to_frame(self) -> pd.DataFrame:
        """One row per day."""
        return self.table().to_frame()

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def node_name(node: str, language: str) -> str:
    """A node as a reader knows it."""
    return say(f"node.{node}", language) if node in (END, CONTROL) else node


def path_of(trace: Trace, strategy: Strategy, customer_id: str) -> CustomerPath:
    """The days of a customer in a replay; DataError for one who never entered."""
    people = np.flatnonzero(pc.equal(trace.customer_id, customer_id).to_numpy(zero_copy_only=False))
    if not len(people):
        raise DataError(
            f"Customer '{customer_id}' never enters '{strategy.name}' in the days simulated. "
            f"See why with mart.why('{customer_id}', segment)."
        )
    steps = [step for person in people.tolist() for step in _steps(trace, strategy, person)]
    return CustomerPath(customer_id, strategy, tuple(steps))


def _steps(trace: Trace, strategy: Strategy, person: int) -> Iterator[Step]:
    last = int(trace.left[person]) if trace.left[person] >= 0 else len(trace.days) - 1
    for place in range(max(int(trace.entered[person]), 0), last + 1):
        code = int(trace.node[person, place])
        day = _Day(trace, person, place)
        yield Step(
            trace.days[place].as_of,
            trace.graph.ids[code] if code >= 0 else "",
            _EPOCH + timedelta(days=int(trace.since[person, place])) if code >= 0 else None,
            tuple(day.events("en")),
            tuple(day.events("zh")),
        )


class _Day:
    """One person's day in a replay, told in the order in which it went."""

    def __init__(self, trace: Trace, person: int, place: int) -> None:
        self._trace, self._person, self._place = trace, person, place
        self._moves = {row.origin: row for row in _rows(trace.steps, person, place)}
        self._decided = {row.node: row for row in _rows(trace.decisions, person, place)}

    def events(self, language: str) -> Iterator[str]:
        """What the person passed and why, whether he was contacted, and why he left."""
        trace, moves, decided = self._trace, dict(self._moves), dict(self._decided)
        here = int(trace.node[self._person, self._place - 1] if self._place else trace.before[self._person])
        for _ in range(len(moves) + 1):
            if here in decided:
                yield self._decision(decided.pop(here), language)
            if here not in moves:
                break
            move = moves.pop(here)
            yield self._enters(language) if here == NOWHERE else self._goes(move, language)
            here = int(move.target)
        if trace.left[self._person] == self._place:
            reason = REASONS[trace.reason[self._person]]
            yield say("leaves", language, reason=say(f"left.{reason}", language))

    def _enters(self, language: str) -> str:
        arm = "treatment" if self._trace.treated[self._person] else "control"
        return say("enters", language, arm=say(f"arm.{arm}", language))

    def _goes(self, move: Any, language: str) -> str:
        node = self._trace.graph.nodes[move.origin]
        target = node_name(self._trace.graph.ids[move.target], language)
        way = _way(node, move.way)
        return say("goes_by" if way else "goes", language, node=node.id, way=way, target=target)

    def _decision(self, row: Any, language: str) -> str:
        node = self._trace.graph.ids[row.node]
        if row.decision == "lead":
            day = self._trace.days[self._place].contact_date
            return say("lead", language, node=node, channel=row.channel, offer=row.offer, day=day)
        return say("drop", language, node=node, reason=say_reason(row.reason, language))


def _rows(frame: pd.DataFrame, person: int, place: int) -> Iterator[Any]:
    return frame[(frame["person"] == person) & (frame["day"] == place)].itertuples()


def _way(node: GraphNode, way: int) -> str:
    """The label of a way and, behind it, the condition that made it the customer's."""
    if not 0 <= way < len(node.ways):
        return ""
    label = node.ways[way][0]
    if isinstance(node, Branch) and way < len(node.cases):
        return f"{label} ({node.cases[way].when})"
    return label
