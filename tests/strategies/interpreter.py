"""What a strategy does, said once more: one person after the other, one day after the other.

Slow and obvious on purpose, and written from the rules of a day alone, so that the engine, which moves a
million people by a handful of statements, has something independent to be equal to. Nothing here reads SQL or
Arrow: what is true of a person on a day comes as a plain fact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import (
    CONTROL,
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
)
from journeykit.strategies.running import Running
from journeykit.workdays import is_working_day

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTRY = "CN"

Answer = Literal["lead", "later", "blocked"]
"""What becomes of a candidate: contacted, queuing for another day, or not to be reached for good."""


@dataclass(frozen=True)
class Day:
    """What one day knows.

    Attributes
    ----------
    customers : collection of str
        Who is in the day's snapshot; of anybody else no condition holds and no value is known.
    value : callable
        Of an expression, a customer and the day he entered on: whether it holds, or the date it is.
    answer : callable
        What becomes of a customer who is a candidate of a strategy at an action.
    """

    as_of: date
    customers: Collection[str]
    value: Callable[[Any, str, date], Any]
    answer: Callable[[str, str, Send | Assign], Answer]

    def knows(self, rule: Any, customer: str, entered_on: date) -> Any:
        """The value of an expression for a customer; missing of who is not in the snapshot."""
        return self.value(rule, customer, entered_on) if customer in self.customers else None

    @property
    def contact_date(self) -> date:
        """The next working day."""
        return working_days_after(self.as_of, 1)


@dataclass
class Enrolment:
    """One time that one person was in a strategy."""

    strategy: str
    customer: str
    entered_on: date
    version: str
    arm: str
    node: str
    since: date
    reason: str | None = None
    exited_on: date | None = None

    def leave(self, reason: str, day: date) -> None:
        """Stop being active."""
        self.reason, self.exited_on = reason, day


@dataclass(frozen=True)
class Contact:
    """A lead: who is contacted from which node, on which day and not before which hour of it."""

    customer: str
    strategy: str
    node: str
    contact_date: date
    not_before_hour: int | None
    entered_on: date


@dataclass
class People:
    """Everybody who ever was in a strategy, and what was decided for them."""

    enrolments: list[Enrolment] = field(default_factory=list)
    leads: set[Contact] = field(default_factory=set)
    candidates: set[tuple[date, str, str, str]] = field(default_factory=set)
    marks: set[tuple[str, str, date, str]] = field(default_factory=set)
    decided: set[date] = field(default_factory=set)

    def run(
        self, day: Day, running: Sequence[Running], missed: Sequence[Day] = (), rested: Collection[str] = ()
    ) -> None:
        """Decide a day, after catching up with the missed ones; a day that is decided stays as it is.

        Who is taken over, or leaves because his version has ended, is or does so on the day itself. Of a
        strategy that `rested` since the last decided day nobody enters or moves on the missed ones.
        """
        if day.as_of in self.decided:
            return
        for earlier in missed:
            self._advance(earlier, running, contacting=False, rested=rested)
        for one in running:
            self._take_over(one)
        self._advance(day, running, contacting=True)
        self.decided |= {day.as_of, *(earlier.as_of for earlier in missed)}

    def _advance(
        self, day: Day, running: Sequence[Running], *, contacting: bool, rested: Collection[str] = ()
    ) -> None:
        for one in running:
            standing = [e for e in self.active(one.strategy.name) if e.version == one.version]
            moves = one.moves and one.strategy.name not in rested
            newcomers = self._enter(day, one) if one.enrols and moves else []
            for enrolment in standing:
                leave(enrolment, day, one, ending=contacting)
            for enrolment in [*standing, *newcomers]:
                if moves and enrolment.arm == "treatment" and enrolment.exited_on is None:
                    self._walk(enrolment, day, one.strategy, contacting=contacting)

    def active(self, strategy: str) -> list[Enrolment]:
        """Who is in a strategy now."""
        return [e for e in self.enrolments if e.strategy == strategy and e.exited_on is None]

    def _take_over(self, one: Running) -> None:
        """People of an earlier version become this one's where their node is still there."""
        there = {node.id for node in one.strategy.nodes} | {END, CONTROL}
        for enrolment in self.active(one.strategy.name):
            if enrolment.version in one.takes_over and enrolment.node in there:
                enrolment.version = one.version

    def _enter(self, day: Day, one: Running) -> list[Enrolment]:
        (start,) = one.strategy.starts
        if day.as_of < (start.valid_from or date.min) or day.as_of > (start.valid_to or date.max):
            return []
        newcomers = []
        for customer in day.customers:
            if not day.knows(start.segment.where, customer, day.as_of):
                continue
            if self._is_barred(customer, one.strategy.name, start, day.as_of):
                continue
            if any(day.knows(rule, customer, day.as_of) for rule in leaving_rules(one.strategy)):
                continue
            control = is_drawn(f"{one.strategy.name}:{start.id}", customer, start.control)
            arm, node = ("control", CONTROL) if control else ("treatment", start.next)
            newcomers.append(
                Enrolment(one.strategy.name, customer, day.as_of, one.version, arm, node, day.as_of)
            )
        self.enrolments += newcomers
        return newcomers

    def _is_barred(self, customer: str, strategy: str, start: Start, today: date) -> bool:
        before = [e for e in self.enrolments if (e.strategy, e.customer) == (strategy, customer)]
        if not before:
            return False
        if any(e.exited_on is None for e in before) or start.reentry == "never":
            return True
        last = max(e.exited_on for e in before if e.exited_on)
        if start.reentry == "whenever":
            return not last < today
        return not last + timedelta(days=start.reentry) <= today

    def _walk(self, enrolment: Enrolment, day: Day, strategy: Strategy, *, contacting: bool) -> None:
        """Lead one person as far as the day allows: moves, then actions, then moves again."""
        skipped: set[str] = set()
        while True:
            self._move(enrolment, day, strategy)
            action = None if enrolment.exited_on else strategy_nodes(strategy).get(enrolment.node)
            if not contacting or not isinstance(action, Send | Assign) or action.id in skipped:
                return
            if enrolment.customer not in day.customers:
                return  # he stays, and may come back
            self.candidates.add((day.as_of, strategy.name, action.id, enrolment.customer))
            answer = day.answer(enrolment.customer, strategy.name, action)
            if answer == "lead":
                self._contact(enrolment, day, strategy, action)
                return
            if answer == "later" or action.on_blocked == "wait":
                return
            if action.on_blocked == "exit":
                enrolment.leave("blocked", day.as_of)
                return
            skipped.add(action.id)
            enrolment.node, enrolment.since = action.next, day.as_of

    def _contact(self, enrolment: Enrolment, day: Day, strategy: Strategy, action: Send | Assign) -> None:
        hours = [n.hour for n in strategy.nodes if isinstance(n, WaitHour) and n.next == action.id]
        self.leads.add(Contact(
            enrolment.customer, strategy.name, action.id, day.contact_date, max(hours, default=None),
            enrolment.entered_on,
        ))  # fmt: skip
        enrolment.node, enrolment.since = action.next, day.contact_date

    def _move(self, enrolment: Enrolment, day: Day, strategy: Strategy) -> None:
        nodes = strategy_nodes(strategy)
        if enrolment.node not in nodes:
            enrolment.node = END
        while enrolment.node != END:
            node = nodes[enrolment.node]
            if isinstance(node, Exit):
                enrolment.leave("finished", day.as_of)
                return
            if isinstance(node, Update):
                self.marks.add((enrolment.customer, node.mark, day.as_of, strategy.name))
            step = one_step(node, enrolment, day)
            if step is None:
                return
            enrolment.node, enrolment.since = step


def leave(enrolment: Enrolment, day: Day, one: Running, *, ending: bool) -> None:
    """Let somebody go who stood before the day began, whatever his arm and his node.

    Unless the day is `ending` versions, nobody leaves because his has ended.
    """
    strategy, today = one.strategy, day.as_of

    def holds(rule: Any) -> bool:
        return bool(day.knows(rule, enrolment.customer, enrolment.entered_on))

    if strategy.goal and holds(strategy.goal.expression):
        enrolment.leave("goal", today)
    elif one.leaves_as and ending:
        enrolment.leave(one.leaves_as, today)
    elif strategy.goal and enrolment.entered_on < today - timedelta(days=strategy.goal.within_days):
        enrolment.leave("expired", today)
    elif strategy.exit_when and holds(strategy.exit_when):
        enrolment.leave("exit_rule", today)


def one_step(node: Any, enrolment: Enrolment, day: Day) -> tuple[str, date] | None:
    """The next node and since when; None where the person stays."""
    since, today = enrolment.since, day.as_of

    def value_of(rule: Any) -> Any:
        return day.knows(rule, enrolment.customer, enrolment.entered_on)

    match node:
        case Wait():
            over = since + timedelta(days=node.days)
            return (node.next, over) if over <= today else None
        case WaitWorkingDays():
            over = working_days_after(since, node.days)
            return (node.next, over) if over <= today else None
        case WaitWeekday():
            over = since + timedelta(days=1)
            while WEEKDAYS[over.weekday()] != node.weekday:
                over += timedelta(days=1)
            return (node.next, over) if over <= day.contact_date else None
        case WaitDate():
            over = value_of(node.date)
            return (node.next, max(since, over)) if over and over <= day.contact_date else None
        case WaitUntil():
            limit = since + timedelta(days=node.at_most_days)
            if today > limit:
                return node.late, limit
            if value_of(node.condition):
                return node.next, max(since, today)
            return (node.late, limit) if today == limit else None
        case Branch():
            ways = [case.next for case in node.cases if value_of(case.when)]
            return (ways[0] if ways else node.next), since
        case Split():
            return variant_of(node, enrolment).next, since
        case WaitHour() | Join() | Update():
            return node.next, since
        case _:
            assert isinstance(node, Send | Assign), node
            return None


def variant_of(split: Split, enrolment: Enrolment) -> Any:
    """The variant that chance gives a customer, in every version and whenever he comes."""
    upto = Decimal(0)
    for variant in split.variants:
        upto += variant.weight
        if is_drawn(f"{enrolment.strategy}:{split.id}", enrolment.customer, upto):
            return variant
    raise AssertionError(f"the weights of {split.id} add up to {upto}")


def is_drawn(salt: str, customer: str, share: Decimal) -> bool:
    """Whether the lot falls below a share."""
    lot = int(hashlib.md5(f"{salt}:{customer}".encode()).hexdigest()[:8], 16)
    return Decimal(lot) < share * 16**8


def working_days_after(day: date, count: int) -> date:
    """The working day that is the `count`-th after a day."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, COUNTRY)
    return day


def leaving_rules(strategy: Strategy) -> list[Any]:
    """For whom one of these holds does not enter."""
    return [
        rule for rule in (strategy.goal and strategy.goal.expression, strategy.exit_when) if rule is not None
    ]


def strategy_nodes(strategy: Strategy) -> dict[str, Any]:
    """The nodes by their ids."""
    return {node.id: node for node in strategy.nodes}
