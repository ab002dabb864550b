"""The verbs that build a journey; every one returns a new value.

A verb continues every open way, that is each one that leads to the end so far. Where several are open, they
are joined first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import ValidationError

from journeykit.errors import DefinitionError, unknown_name
from journeykit.strategies.nodes import (
    CONTROL,
    END,
    OTHERWISE,
    Assign,
    Branch,
    Case,
    Definition,
    Exit,
    GraphNode,
    Join,
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
    targets,
)
from journeykit.yaml_files import NAME, definition_error

Money = Decimal | float | int
Made = TypeVar("Made", bound=Definition)


class Journey(Definition):
    """Nodes in reading order, and the verbs that add one."""

    if TYPE_CHECKING:
        nodes: tuple[GraphNode, ...]

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
        self, *, days: int | None = None, working_days: int | None = None,
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
        if len(kinds) != 1:
            raise DefinitionError(
                f"wait() takes exactly one of {', '.join(given)}; {len(kinds)} are given. "
                "Write for example .wait(days=3)."
            )
        if until is None and (at_most, late) != (None, None):
            raise DefinitionError(
                f"at_most and late go with until, not with {kinds[0]}. "
                "Write for example .wait(until=condition, at_most=5, late=path)."
            )
        if until is not None and at_most is None:
            raise DefinitionError("wait(until=…) needs at_most, the days after which it is given up.")
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
        return self._fork(waiting, {"": Path(), "late": late or Path()})

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
            else {"yes": (when, yes or Path())}
        )
        if OTHERWISE in ways or (yes is not None and isinstance(when, Mapping)):
            raise DefinitionError(
                "Several conditions have their paths beside them: .branch({'rich': (condition, path)}, "
                f"no=path). '{OTHERWISE}' is what the way of everybody else is called."
            )
        cases = tuple(make(Case, name=name, when=rule) for name, (rule, _) in ways.items())
        paths = {name: way for name, (_, way) in ways.items()}
        node = make(Branch, id=self._id(id, "branch"), cases=cases)
        return self._fork(node, {**paths, OTHERWISE: no or Path()})

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
        return self._with(tuple(one.redirect(lambda way: node if way == END else way) for one in self.nodes))

    def node(self, node_id: str) -> GraphNode:
        """The node with that id."""
        found = next((node for node in self.nodes if node.id == node_id), None)
        if found is None:
            raise unknown_name("node", node_id, [node.id for node in self.nodes], "See its .nodes.")
        return found

    def _with(self, nodes: tuple[GraphNode, ...]) -> Self:
        return self.model_copy(update={"nodes": nodes})

    def _open_ways(self) -> int:
        return sum(target == END for node in self.nodes for target in targets(node))

    def _then(self, node: GraphNode) -> Self:
        """Add a node behind every open way."""
        if self.nodes and not self._open_ways():
            raise DefinitionError(
                f"Nothing can follow '{self.nodes[-1].id}': no way leads on. Put the step before it."
            )
        if self._open_ways() > 1 and not isinstance(node, Join):
            return self._then(Join(id=self._id("", "join")))._then(node)
        return self.go_to(node.id)._with((*self.go_to(node.id).nodes, node))

    def _fork(self, node: Any, paths: Mapping[str, Path]) -> Self:
        """Add a node with several ways, and each way's path behind it."""
        made = self._then(node)
        firsts: list[str] = []
        for way in paths.values():
            made, first = made._graft(way)
            firsts.append(first)
        # The ways of a node are in the order in which its redirect asks for them.
        order = iter(firsts)
        pointed = made.node(node.id).redirect(lambda _: next(order))
        return made._with(tuple(pointed if one.id == node.id else one for one in made.nodes))

    def _graft(self, way: Path) -> tuple[Self, str]:
        """Add a path's nodes under free ids; the id of its first."""
        made = self
        names: dict[str, str] = {}
        for node in way.nodes:
            names[node.id] = made._id("", node.id)
            made = made._with((*made.nodes, node.model_copy(update={"id": names[node.id]})))
        own = set(names.values())
        nodes = tuple(
            one.redirect(lambda target: names.get(target, target)) if one.id in own else one
            for one in made.nodes
        )
        return made._with(nodes), names[way.nodes[0].id] if way.nodes else END

    def _id(self, given: str, wanted: str) -> str:
        """The id asked for, or else the wanted one with a number behind it if it is taken."""
        taken = {node.id for node in self.nodes} | {END, CONTROL}
        if given in taken:
            raise DefinitionError(f"The id '{given}' is taken. Give each node its own.")
        if given or wanted not in taken:
            return given or wanted
        return next(name for n in range(2, len(taken) + 3) if (name := f"{wanted}_{n}") not in taken)


def make(kind: type[Made], **fields: Any) -> Made:
    """A node of what a verb was given, or one clear error."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise definition_error(
            f"{kind.__name__.lower()} '{fields.get('id', fields.get('name'))}'", error
        ) from error


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
