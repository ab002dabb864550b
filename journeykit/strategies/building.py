"""The verbs that build a journey; every one returns a new value.

A verb continues every open way, that is each one that leads to the end so far. Where several are open, they
are joined first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, Self

from journeykit.errors import DefinitionError
from journeykit.strategies.linking import Linked
from journeykit.strategies.making import make
from journeykit.strategies.nodes import (
    OTHERWISE,
    Assign,
    Branch,
    Case,
    Exit,
    GraphNode,
    OnBlocked,
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
    Weekday,
)
from journeykit.yaml_files import NAME

Money = Decimal | float | int


class Journey(Linked):
    """Nodes in reading order, and the verbs that add one."""

    def send(
        self, channel: str, *, offer: str, id: str = "", template: str = "", template_zh: str = "",
        priority: int | None = None, expected_value: Money | None = None, cost: Money = 0,
        on_blocked: OnBlocked = "skip",
    ) -> Self:  # fmt: skip
        """Send an offer through a channel; see :class:`journeykit.strategies.nodes.Send`."""
        return self._then(
            make(
                Send, id=self._id(id, f"send_{channel}"), channel=channel, offer=offer, template=template,
                template_zh=template_zh, priority=priority, expected_value=expected_value, cost=cost,
                on_blocked=on_blocked,
            )
        )  # fmt: skip

    def assign(
        self, to: Literal["manager"], *, offer: str, id: str = "", due_days: int = 3, script: str = "",
        script_zh: str = "", priority: int | None = None, expected_value: Money | None = None,
        cost: Money = 0, on_blocked: OnBlocked = "skip",
    ) -> Self:  # fmt: skip
        """Give the customer's manager a task; see :class:`journeykit.strategies.nodes.Assign`."""
        return self._then(
            make(
                Assign, id=self._id(id, f"assign_{to}"), to=to, offer=offer, due_days=due_days, script=script,
                script_zh=script_zh, priority=priority, expected_value=expected_value, cost=cost,
                on_blocked=on_blocked,
            )
        )  # fmt: skip

    def wait(
        self, *unnamed: object, days: int | None = None, working_days: int | None = None,
        weekday: Weekday | None = None, hour: int | None = None, until_date: Any = None, until: Any = None,
        at_most: int | None = None, late: Path | None = None, id: str = "",
    ) -> Self:  # fmt: skip
        """Pause, in one of six ways.

        Parameters
        ----------
        days, working_days : int
            That many have passed.
        weekday : str
            The next ``monday`` … ``sunday``.
        hour : int
            0 to 23: the contact right behind is not made earlier in its day.
        until_date : expression
            A day of the customer's own, as ``t.wealth_matures_on - jk.days(7)``.
        until : expression
            A condition holds; after `at_most` days the customer goes to `late`, by default straight on.
        """
        given = {"days": days, "working_days": working_days, "weekday": weekday,
                 "hour": hour, "until_date": until_date, "until": until}  # fmt: skip
        kinds = [name for name, value in given.items() if value is not None]
        if unnamed or len(kinds) != 1:
            told = f"{unnamed[0]!r} has no name" if unnamed else f"{len(kinds)} are given"
            raise DefinitionError(
                f"wait() takes exactly one of {', '.join(given)}; {told}. Write for example .wait(days=3)."
            )
        if until is None and (at_most, late) != (None, None):
            raise DefinitionError(
                f"at_most and late go with until, not with {kinds[0]}. "
                "Write for example .wait(until=condition, at_most=5, late=path)."
            )
        if until is not None and at_most is None:
            raise DefinitionError(
                "wait(until=…) needs at_most, the days after which it is given up. "
                "Write for example .wait(until=condition, at_most=5)."
            )
        match kinds[0]:
            case "days":
                return self._then(make(Wait, id=self._id(id, f"wait_{days}d"), days=days))
            case "working_days":
                name = self._id(id, f"wait_{working_days}wd")
                return self._then(make(WaitWorkingDays, id=name, days=working_days))
            case "weekday":
                return self._then(make(WaitWeekday, id=self._id(id, f"wait_{weekday}"), weekday=weekday))
            case "hour":
                return self._then(make(WaitHour, id=self._id(id, f"wait_{hour}h"), hour=hour))
            case "until_date":
                return self._then(make(WaitDate, id=self._id(id, "wait_date"), date=until_date))
        name = self._id(id, "wait_until")
        waiting = make(WaitUntil, id=name, condition=until, at_most_days=at_most)
        return self._fork(waiting, {"": Path(), "late": _path("wait", "late", late)})

    def branch(self, when: Any, *, yes: Path | None = None, no: Path | None = None, id: str = "") -> Self:
        """Part ways by conditions.

        Parameters
        ----------
        when : expression, or dict of str to (expression, path)
            One condition whose way is `yes`; or many, of which the first that holds is taken.
        no : path
            For everybody else.

        Examples
        --------
        >>> from journeykit.expressions import tag
        >>> path().branch(
        ...     {"rich": (tag("aum") >= 500_000, path().assign("manager", offer="W-90D"))},
        ...     no=path().send("sms", offer="W-CASH"),
        ... ).nodes[0].ways
        (('rich', 'assign_manager'), ('otherwise', 'send_sms'))
        """
        ways = (
            _pairs("branch", when, "condition")
            if isinstance(when, Mapping)
            else {"yes": (when, _path("branch", "yes", yes))}
        )
        if OTHERWISE in ways or (yes is not None and isinstance(when, Mapping)):
            raise DefinitionError(
                "Several conditions have their paths beside them: .branch({'rich': (condition, path)}, "
                f"no=path). '{OTHERWISE}' is what the way of everybody else is called."
            )
        cases = tuple(make(Case, name=name, when=rule) for name, (rule, _) in ways.items())
        paths = {name: way for name, (_, way) in ways.items()}
        node = make(Branch, id=self._id(id, "branch"), cases=cases)
        return self._fork(node, {**paths, OTHERWISE: _path("branch", "no", no)})

    def split(self, variants: Mapping[str, tuple[Money, Path]], *, id: str = "") -> Self:
        """Part ways by chance: each variant with its share, from 0 to 1, and its path.

        Examples
        --------
        >>> text = path().send("sms", offer="W-CASH")
        >>> path().split({"text": (0.5, text), "none": (0.5, path())}).nodes[0].ways
        (('text', 'send_sms'), ('none', 'end'))
        """
        ways = _pairs("split", variants, "share from 0 to 1")
        made = tuple(make(Variant, name=name, weight=weight) for name, (weight, _) in ways.items())
        node = make(Split, id=self._id(id, "split"), variants=made)
        return self._fork(node, {name: way for name, (_, way) in ways.items()})

    def mark(self, mark: str, *, id: str = "") -> Self:
        """Mark the customer; from the next day on any strategy may ask ``jk.did("mark", name=mark)``."""
        return self._then(make(Update, id=self._id(id, f"mark_{mark}"), mark=mark))

    def exit(self, *, id: str = "") -> Self:
        """Let customers leave here; without it they are measured until the goal window ends."""
        return self._then(make(Exit, id=self._id(id, "exit")))

    def go_to(self, node: str) -> Self:
        """Lead every open way to a node that stands elsewhere, for example back to an earlier one."""
        if not isinstance(node, str) or not re.fullmatch(NAME, node):
            raise DefinitionError(f"{node!r} is no node's id. Write for example .go_to('send_sms').")
        return self._with(self._leading_to(node))


def _pairs(verb: str, given: Any, first: str) -> dict[str, tuple[Any, Path]]:
    """The ways of a fork: each name with two things, the second of them its path."""
    ways = dict(given) if isinstance(given, Mapping) else {"": given}
    for name, way in ways.items():
        if not (isinstance(way, tuple) and len(way) == 2 and isinstance(way[1], Path)):
            raise DefinitionError(
                f".{verb}() takes each way's name with its {first} and its path, not {name!r}: {way!r}. "
                f"Write for example .{verb}({{'rich': ({first.split(maxsplit=1)[0]}, jk.path())}})."
            )
    return ways


def _path(verb: str, name: str, given: Path | None) -> Path:
    """A way that may be left out."""
    if given is None:
        return Path()
    if isinstance(given, Path):
        return given
    raise DefinitionError(
        f".{verb}() takes a path for '{name}', not {given!r}. "
        f"Write for example {name}=jk.path().send('sms', offer='W-30D')."
    )


class Path(Journey):
    """Steps to put behind a branch, a split or a wait; made by :func:`path`."""

    nodes: tuple[GraphNode, ...] = ()

    def _then(self, node: GraphNode) -> Self:
        if isinstance(node, Start):
            raise DefinitionError("A path has no start of its own; the strategy has one.")
        return super()._then(node)


def path() -> Path:
    """An empty path, to be filled by the verbs of a strategy.

    Examples
    --------
    >>> [node.id for node in path().send("sms", offer="W-CASH").wait(days=3).nodes]
    ['send_sms', 'wait_3d']
    """
    return Path()
