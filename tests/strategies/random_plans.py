"""Random sound strategies, and what their conditions mean on a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from hypothesis import strategies as st

from journeykit.expressions import days, did, tag
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import (
    END,
    Assign,
    Branch,
    Exit,
    Join,
    Send,
    Split,
    Start,
    Update,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
    targets,
)
from tests.strategies.drawn_nodes import Choices, draw_node
from tests.strategies.interpreter import WEEKDAYS

MARK_DAYS = 6

Mark = tuple[str, str, date]
"""Whose, which and when."""


@dataclass(frozen=True)
class Today:
    """One day of a bank.

    Attributes
    ----------
    kind : str
        ``run``: decided; ``missed``: it has a snapshot, yet nobody ran it; ``lost``: it has none.
    state : str
        How the strategy stands when it runs.
    tags : dict
        By customer the values of the tags; who is not in it is not in the snapshot.
    views : list of (str, date)
        Who viewed something, and when, in all history.
    marks : collection of (str, str, date)
        The marks known when the day was loaded.
    allowed, spoken : collection of str
        Who allows to be contacted; whom the bank itself contacts on the contact date.
    again : bool
        Whether the day is loaded and run once more, with other facts.
    """

    as_of: date
    kind: Literal["run", "missed", "lost"]
    state: Literal["live", "paused", "ending", "ended"] = "live"
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    views: Collection[tuple[str, date]] = ()
    marks: Collection[Mark] = ()
    allowed: Collection[str] = ()
    spoken: Collection[str] = ()
    again: bool = False

    def value(self, rule: Any, customer: str, entered_on: date) -> Any:
        """What a rule of these plans is for a customer, from the plain facts."""
        return TRUTHS[rule](self, customer, entered_on)


def _of(name: str) -> Callable[[Today, str, date], Any]:
    return lambda today, customer, _: today.tags[customer][name]


def _viewed_since(today: Today, customer: str, entered_on: date) -> bool:
    return any(who == customer and entered_on < on <= today.as_of for who, on in today.views)


def _was_marked(today: Today, customer: str, _: date) -> bool:
    first = today.as_of - timedelta(days=MARK_DAYS - 1)
    return any(
        (who, what) == (customer, "seen") and first <= on <= today.as_of for who, what, on in today.marks
    )


def _week_before(today: Today, customer: str, _: date) -> date | None:
    due = today.tags[customer]["due_on"]
    return due and due - timedelta(days=7)


TRUTHS: dict[Any, Callable[[Today, str, date], Any]] = {
    **{tag(name).node: _of(name) for name in ("wanted", "bought", "gone", "keen", "ready", "due_on")},
    (~tag("keen")).node: lambda today, customer, _: not today.tags[customer]["keen"],
    (tag("keen") & ~tag("ready")).node: (
        lambda today, customer, _: today.tags[customer]["keen"] and not today.tags[customer]["ready"]
    ),
    did("view").since_entry().node: _viewed_since,
    did("mark", name="seen").within(days=MARK_DAYS).node: _was_marked,
    (tag("due_on") - days(7)).node: _week_before,
}
"""What each expression of a random plan means, in words that any reader of Python can check."""

WANTED, BOUGHT, GONE, KEEN, READY, DUE, NOT_KEEN, HALF, VIEWED, MARKED, WEEK_BEFORE = TRUTHS
CONDITIONS = (KEEN, READY, NOT_KEEN, HALF, VIEWED, MARKED)
WEIGHTS = (("0.5", "0.5"), ("0.2", "0.3", "0.5"), ("0.333333", "0.333333", "0.333334"))
FEW = st.integers(1, 6)


@st.composite
def plans(draw: st.DrawFn, over: Sequence[date] = (), name: str = "plan") -> Strategy:
    """A strategy without an error: every node is reached, every loop has a wait of days in it.

    Of the days `over` which it runs, some may be the first and the last on which people enter.
    """
    bounds = st.one_of(st.none(), st.none(), st.sampled_from(over)) if over else st.none()
    ids = [f"n{number}" for number in range(draw(st.integers(1, 9)))]
    nodes = {one: draw(_node(ids, place)) for place, one in enumerate(ids)}
    hours = [node for node in nodes.values() if isinstance(node, WaitHour)]
    for node in hours:  # an hour counts right before a contact only, and each contact has one
        if not isinstance(nodes.get(node.next), Send | Assign):
            nodes[node.id] = Join(id=node.id, next=node.next)
    first, last = draw(bounds), draw(bounds)
    if first and last and last < first:
        first, last = last, first
    start = Start(
        segment=Segment("wanted", tag("wanted")),
        control=draw(st.sampled_from(["0", "0.3"])),
        reentry=draw(st.sampled_from(["never", "whenever", 1, 2, 5])),
        valid_from=first,
        valid_to=last,
        next=ids[0],
    )
    return Strategy(
        name=name,
        stage="activate",
        goal=Goal(draw(st.sampled_from([BOUGHT, BOUGHT, VIEWED])), within_days=draw(st.integers(3, 30))),
        exit_when=draw(st.sampled_from([None, GONE])),
        nodes=(start, *(nodes[one] for one in ids if one in _reached(ids[0], nodes))),
    )


def _reached(first: str, nodes: dict[str, Any]) -> set[str]:
    found, waiting = set(), [first]
    while waiting:
        here = waiting.pop()
        if here != END and here not in found:
            found.add(here)
            waiting += targets(nodes[here])
    return found


@st.composite
def _node(draw: st.DrawFn, ids: list[str], place: int) -> Any:
    """A node that leads to later ones only; but a wait of days may lead back."""
    onward = st.sampled_from([*ids[place + 1 :], END])
    if place + 1 < len(ids):  # seldom the end, or most nodes would never be reached
        onward = st.one_of(st.just(ids[place + 1]), st.sampled_from(ids[place + 1 :]), onward)
    kind = draw(st.sampled_from(KINDS))
    if kind in LOOPING:
        onward = st.one_of(onward, st.sampled_from(ids))
    if kind is WaitHour:
        following = draw(onward)
        return WaitHour(id=ids[place], hour=HOURS[following], next=following)
    return draw_node(draw, kind, ids[place], onward, CHOICES)


def _cases(conditions: list[Any]) -> list[tuple[str, Any]]:
    conditions.sort(key=lambda when: when == KEEN)  # behind it nobody would be left for HALF
    return [(f"case{n}", when) for n, when in enumerate(conditions)]


ACTION = {"offer": st.just("LOAN"), "on_blocked": st.sampled_from(["skip", "wait", "exit"])}
FIELDS: dict[Any, dict[str, st.SearchStrategy[Any]]] = {
    Send: {"channel": st.sampled_from(["sms", "app_push"]), **ACTION},
    Assign: ACTION,
    Wait: {"days": FEW},
    WaitWorkingDays: {"days": FEW},
    WaitWeekday: {"weekday": st.sampled_from(WEEKDAYS)},
    WaitDate: {"date": st.sampled_from([DUE, WEEK_BEFORE])},
    WaitUntil: {"condition": st.sampled_from(CONDITIONS), "at_most_days": FEW},
    Update: {"mark": st.sampled_from(["seen", "told"])},
}
CHOICES = Choices(
    fields=FIELDS,
    cases=st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=4, unique=True).map(_cases),
    weights=st.sampled_from(WEIGHTS),
)
KINDS = (*FIELDS, Send, WaitUntil, WaitHour, Branch, Branch, Split, Join, Exit)
HOURS = {name: number * 2 for number, name in enumerate([END, *(f"n{number}" for number in range(9))])}
LOOPING = (Wait, WaitWorkingDays, WaitWeekday)
