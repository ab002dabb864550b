"""Random sound strategies, and random people over random days for them to live through."""

from __future__ import annotations

import random
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
    Case,
    Exit,
    Join,
    Send,
    Split,
    Start,
    Update,
    Variant,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
    targets,
)
from journeykit.workdays import is_working_day
from tests.strategies.interpreter import COUNTRY, WEEKDAYS

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
    kind, further = draw(st.sampled_from(KINDS)), {}
    if kind in LOOPING:
        onward = st.one_of(onward, st.sampled_from(ids))
    if kind is Branch:
        conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=4, unique=True))
        conditions.sort(key=lambda when: when == KEEN)  # behind it nobody would be left for HALF
        cases = [Case(name=f"case{n}", when=when, next=draw(onward)) for n, when in enumerate(conditions)]
        further = {"cases": tuple(cases)}
    elif kind is Split:
        weights = [(f"variant{n}", weight) for n, weight in enumerate(draw(st.sampled_from(WEIGHTS)))]
        variants = [{"name": name, "weight": weight, "next": draw(onward)} for name, weight in weights]
        return Split(id=ids[place], variants=tuple(Variant.model_validate(one) for one in variants))
    elif kind is Exit:
        return Exit(id=ids[place])
    elif kind is WaitUntil:
        further = {"late": draw(onward)}
    elif kind is WaitHour:
        following = draw(onward)
        return WaitHour(id=ids[place], hour=HOURS[following], next=following)
    own = {name: draw(values) for name, values in FIELDS.get(kind, {}).items()}
    return kind.model_validate({"id": ids[place], "next": draw(onward), **own, **further})


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
KINDS = (*FIELDS, Send, WaitUntil, WaitHour, Branch, Branch, Split, Join, Exit)
HOURS = {name: number * 2 for number, name in enumerate([END, *(f"n{number}" for number in range(9))])}
LOOPING = (Wait, WaitWorkingDays, WaitWeekday)

FIRST_DAYS = (date(2026, 2, 10), date(2026, 4, 28), date(2026, 9, 23), date(2026, 7, 1))
"""Before the Spring Festival, May Day and National Day with their make-up weekends, and plain weeks."""


@dataclass(frozen=True)
class Town:
    """People and what happens to them, day by day."""

    customers: tuple[str, ...]
    phones: frozenset[str]
    tokens: frozenset[str]
    days: tuple[Today, ...]


@st.composite
def towns(draw: st.DrawFn, *, states: bool = True, most: int = 40) -> Town:
    """Some people over one to three weeks, holidays and make-up weekends included; the last day is run."""
    first = draw(st.sampled_from(FIRST_DAYS)) + timedelta(days=draw(st.integers(0, 5)))
    length = draw(st.integers(2, 16))
    kinds = st.sampled_from(["run", "run", "run", "missed", "lost"])
    free = st.sampled_from(["lost", "lost", "run", "missed"])
    when = [first + timedelta(days=number) for number in range(length)]
    chosen = [draw(kinds if is_working_day(day, COUNTRY) else free) for day in when]
    chosen[0] = chosen[-1] = "run"
    others = ["paused", "ending", "live", "ended"] if states else ["live"]
    running = [draw(st.sampled_from(["live", "live", "live", *others])) for _ in when]
    live = _Life(random.Random(draw(st.integers(0, 2**16))), draw(st.integers(1, most)), first)
    found = tuple(live.day(*facts) for facts in zip(when, chosen, running, strict=True))
    return Town(tuple(live.customers), live.phones, live.tokens, found)


CHANGES = {
    "wanted": (0.3, 0.3), "bought": (0.02, 0.2), "gone": (0.02, 0.2), "keen": (0.3, 0.4), "ready": (0.2, 0.4),
}  # fmt: skip
"""How often on a day something becomes true that was not, and false that was."""


class _Life:
    """What people do by chance: they stay as they are for some days, and change now and then."""

    def __init__(self, chance: random.Random, count: int, first: date) -> None:
        self.chance = chance
        self.customers = [f"C{number:02d}" for number in range(count)]
        self.phones, self.tokens, self.allowed = (
            frozenset(who for who in self.customers if chance.random() < 0.8) for _ in range(3)
        )
        self.now = {who: self._newborn(first) for who in self.customers}
        self.views: list[tuple[str, date]] = []

    def _newborn(self, first: date) -> dict[str, Any]:
        facts: dict[str, Any] = {name: self.chance.random() < begins for name, (begins, _) in CHANGES.items()}
        facts["wanted"] = self.chance.random() < 0.8
        due = first + timedelta(days=self.chance.randint(-5, 20))
        return facts | {"due_on": due if self.chance.random() < 0.8 else None}

    def day(self, as_of: date, kind: Any, state: Any) -> Today:
        """One more day."""
        for facts in self.now.values():
            for name, (begins, ends) in CHANGES.items():
                if self.chance.random() < (ends if facts[name] else begins):
                    facts[name] = not facts[name]
        self.views += [(who, as_of) for who in self._some(0.1)]
        self.allowed ^= frozenset(self._some(0.05))
        away = self._some(0.04)
        return Today(
            as_of, kind, state,
            tags={who: dict(facts) for who, facts in self.now.items() if who not in away},
            views=tuple(self.views), allowed=self.allowed, spoken=frozenset(self._some(0.08)),
            again=self.chance.random() < 0.2,
        )  # fmt: skip

    def _some(self, share: float) -> list[str]:
        return [who for who in self.customers if self.chance.random() < share]
