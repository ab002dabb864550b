"""How far a day lets people move: dates and answers in, places out; NumPy only, and never one by one.

Days are counted since 1970-01-01. People move in rounds, all of one node at a time, until nobody moves; every
loop of a sound graph has a wait in it that takes a day, so the rounds end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from journeykit.strategies.judging import NEVER, Booleans, Days, Judged
from journeykit.strategies.nodes import (
    CONTROL,
    END,
    Action,
    AnyWait,
    Branch,
    Exit,
    GraphNode,
    Join,
    Split,
    Update,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
    Weekday,
    targets,
)
from journeykit.workdays import working_days

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]

REASONS = ("", "goal", "expired", "exit_rule", "finished", "blocked", "ended", "replaced")
"""Why somebody left, by code; the first one stands for who is still there."""

_PASSED = (AnyWait, Branch, Split, Join, Update, Exit)
_WEEKDAYS: tuple[Weekday, ...] = Weekday.__args__
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_WEEKDAY = date(1970, 1, 1).weekday()


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    Examples
    --------
    >>> day_number(date(1970, 1, 11))
    10
    """
    return day.toordinal() - _EPOCH


@dataclass(frozen=True)
class Day:
    """A day in the calendar of a country."""

    as_of: date
    contact_date: date
    country: str

    @property
    def number(self) -> int:
        """The day itself, as a number."""
        return day_number(self.as_of)

    @property
    def contact(self) -> int:
        """The contact date as a number."""
        return day_number(self.contact_date)

    def working_days_since(self, first: int) -> Days:
        """The working days after a day, up to this one."""
        start = date.fromordinal(first + 1 + _EPOCH)
        return np.array([day_number(one) for one in working_days(start, self.as_of, self.country)], np.int32)


class Graph:
    """Nodes by number.

    Parameters
    ----------
    nodes : tuple of GraphNode
        A strategy's.
    """

    def __init__(self, nodes: tuple[GraphNode, ...]) -> None:
        self.nodes = nodes
        self.ids = (*(node.id for node in nodes), END, CONTROL)
        self.code = {name: code for code, name in enumerate(self.ids)}
        self.end = self.code[END]

    @cached_property
    def passed(self) -> Booleans:
        """By code: whether people may go on from there of themselves, as they do not from an action."""
        return np.array([*(isinstance(node, _PASSED) for node in self.nodes), False, False])

    @cached_property
    def acting(self) -> Booleans:
        """By code: whether it is an action."""
        return np.array([*(isinstance(node, Action) for node in self.nodes), False, False])

    @cached_property
    def on_blocked(self) -> npt.NDArray[np.str_]:
        """By code: what becomes of those whom an action can never reach; who stands elsewhere waits."""
        rules = (node.on_blocked if isinstance(node, Action) else "wait" for node in self.nodes)
        return np.array([*rules, "wait", "wait"])

    @cached_property
    def ways(self) -> list[Codes]:
        """By code: the codes of the nodes it leads to, in the order of its ways; unknown ones are the end."""
        return [
            np.array([self.code.get(target, self.end) for target in targets(node)], np.int32)
            for node in self.nodes
        ]

    @cached_property
    def next(self) -> Codes:
        """By code: where its first way leads; from where none leads on, to the end."""
        return np.array(
            [*(way[0] if len(way) else self.end for way in self.ways), self.end, self.end], np.int32
        )


@dataclass(frozen=True)
class Places:
    """Where people stand: node by code, since which day, and by code why they left (0 for who is there)."""

    node: Codes
    since: Days
    reason: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Passed:
    """Some people's step on from a node.

    Attributes
    ----------
    rows : array of int
        Who they are.
    code : int
        The node.
    way : array of int
        By which of its ways each of them went on.
    """

    rows: Rows
    code: int
    way: npt.NDArray[np.intp]


@dataclass(frozen=True)
class Moved:
    """Where people stand after moving, and what they passed on the way, in order."""

    places: Places
    passed: tuple[Passed, ...]


def move(graph: Graph, places: Places, rows: Rows, judged: Judged, day: Day) -> Moved:
    """Let the people in some rows move as far as the day allows."""
    node, since, reason = places.node.copy(), places.since.copy(), places.reason.copy()
    passed: list[Passed] = []
    while True:
        rows = rows[graph.passed[node[rows]]]
        further: list[Rows] = []
        for code, here in _by_node(node, rows):
            step = graph.nodes[code]
            if isinstance(step, Exit):
                reason[here] = REASONS.index("finished")
                continue
            passing, way, from_day = _pass(step, here, since[here], judged, day)
            gone = here[passing]
            node[gone] = graph.ways[code][way[passing]]
            since[gone] = from_day[passing]
            further.append(gone)
            passed.append(Passed(gone, code, way[passing]))
        rows = np.concatenate(further) if further else np.array([], np.intp)
        if not rows.size:
            return Moved(replace(places, node=node, since=since, reason=reason), tuple(passed))


def _by_node(node: Codes, rows: Rows) -> Iterator[tuple[int, Rows]]:
    """The rows of each node among them."""
    order = rows[np.argsort(node[rows], kind="stable")]
    codes, firsts = np.unique(node[order], return_index=True)
    yield from zip(codes.tolist(), np.split(order, firsts[1:]), strict=False)


def _pass(
    step: Any, rows: Rows, since: Days, judged: Judged, day: Day
) -> tuple[Booleans, npt.NDArray[np.intp], Days]:
    """Who passes a node, by which of its ways, and since when he stands behind it."""
    everybody, first = np.ones(len(rows), np.bool_), np.zeros(len(rows), np.intp)
    match step:
        case Branch():
            way = np.full(len(rows), len(step.cases), np.intp)
            for place in reversed(range(len(step.cases))):
                way[judged.answers[step.id, place][rows]] = place
            return everybody, way, since
        case Split():
            return everybody, judged.answers[step.id, 0][rows].astype(np.intp), since
        case WaitUntil():
            return _until(step, since, judged.answers[step.id, 0][rows], day)
        case Wait():
            over = since + np.int32(step.days)
            return over <= day.number, first, over
        case WaitWorkingDays():
            over = _nth_working_day(since, step.days, day)
            return over <= day.number, first, over
        case WaitWeekday():
            over = next_weekday(since, step.weekday)
            return over <= day.contact, first, over
        case WaitDate():
            over = judged.answers[step.id, 0][rows]
            return over <= day.contact, first, np.maximum(since, over)
        case WaitHour() | Join() | Update():
            return everybody, first, since
    raise TypeError(f"{type(step).__name__} is not passed")


def _until(
    step: WaitUntil, since: Days, holds: Booleans, day: Day
) -> tuple[Booleans, npt.NDArray[np.intp], Days]:
    """By the first way while it holds in time, by the second one once the days are over."""
    limit = since + np.int32(step.at_most_days)
    in_time = holds & (limit >= day.number)
    passing = in_time | (limit <= day.number)
    return (
        passing,
        np.where(in_time, 0, 1),
        np.where(in_time, np.maximum(since, np.int32(day.number)), limit),
    )


def _nth_working_day(since: Days, count: int, day: Day) -> Days:
    """The working day so many after each day; :data:`NEVER` where it is still to come."""
    calendar = day.working_days_since(int(since.min()))
    place = np.searchsorted(calendar, since, side="right") + count - 1
    return np.append(calendar, np.int32(NEVER))[np.minimum(place, len(calendar))]


def next_weekday(since: Days, weekday: Weekday) -> Days:
    """The first such weekday after each day.

    Examples
    --------
    >>> next_weekday(np.array([0, 1], np.int32), "thursday").tolist()  # 1970-01-01 was one
    [7, 7]
    """
    ahead = (_WEEKDAYS.index(weekday) - (since + _FIRST_WEEKDAY) - 1) % 7 + 1
    return since + ahead.astype(np.int32)
