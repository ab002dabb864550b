"""The calls of verbs that make steps: with their arguments as values, to be made or to be written out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from journeykit.strategies.building import path
from journeykit.strategies.nodes import (
    Assign,
    Branch,
    GraphNode,
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
from journeykit.widgets.coding.steps import Step, Steps


@dataclass(frozen=True)
class Call:
    """One call of a verb."""

    verb: str
    given: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """A path among the arguments of a call."""

    calls: tuple[Call, ...]


def calls_of(steps: Steps, given: Collection[str] = ()) -> tuple[Call, ...]:
    """The calls that make steps, with the ids that have to be `given`; joins come by themselves."""
    return tuple(_calls(steps, given))


def _calls(steps: Steps, given: Collection[str]) -> Iterator[Call]:
    for step in steps:
        if step.node is None:
            yield Call("go_to", (step.target,))
        elif not isinstance(step.node, Join):
            call = _call(step.node, step, given)
            yield Call(call.verb, call.given, call.named | _id(step.node, given))


def _id(node: GraphNode, given: Collection[str]) -> dict[str, str]:
    return {"id": node.id} if node.id in given else {}


def _call(node: GraphNode, step: Step, given: Collection[str]) -> Call:
    ways = tuple(Way(calls_of(one, given)) for one in step.paths)
    match node:
        case Start():
            return Call(
                "start", (node.segment,), _changed(node, "control", "reentry", "valid_from", "valid_to")
            )
        case Send():
            texts = _changed(node, "template", "template_zh")
            return Call("send", (node.channel,), {"offer": node.offer, **texts, **_contact(node)})
        case Assign():
            named = {
                "offer": node.offer,
                **_changed(node, "due_days", "script", "script_zh"),
                **_contact(node),
            }
            return Call("assign", (node.to,), named)
        case Wait():
            return Call("wait", named={"days": node.days})
        case WaitWorkingDays():
            return Call("wait", named={"working_days": node.days})
        case WaitWeekday():
            return Call("wait", named={"weekday": node.weekday})
        case WaitHour():
            return Call("wait", named={"hour": node.hour})
        case WaitDate():
            return Call("wait", named={"until_date": node.date})
        case WaitUntil():
            late = {"late": ways[0]} if ways[0].calls else {}
            return Call("wait", named={"until": node.condition, "at_most": node.at_most_days, **late})
        case Branch():
            return _branch(node, ways)
        case Split():
            chances = zip(node.variants, ways, strict=True)
            return Call("split", ({one.name: (one.weight, way) for one, way in chances},))
        case Update():
            return Call("mark", (node.mark,))
    return Call("exit")


def _branch(node: Branch, ways: tuple[Way, ...]) -> Call:
    *cases, other = ways
    no = {"no": other} if other.calls else {}
    if len(node.cases) == 1 and node.cases[0].name == "yes":
        yes = {"yes": cases[0]} if cases[0].calls else {}
        return Call("branch", (node.cases[0].when,), {**yes, **no})
    listed = {case.name: (case.when, way) for case, way in zip(node.cases, cases, strict=True)}
    return Call("branch", (listed,), no)


def _contact(node: Send | Assign) -> dict[str, Any]:
    return _changed(node, "priority", "expected_value", "cost", "on_blocked")


def _changed(node: GraphNode, *names: str) -> dict[str, Any]:
    """The fields that are not as they are by default."""
    known = type(node).model_fields
    return {
        name: getattr(node, name)
        for name in names
        if getattr(node, name) != known[name].get_default(call_default_factory=True)
    }


def made(journey: Any, calls: tuple[Call, ...]) -> Any:
    """What the calls make, behind a strategy or path; a verb may refuse."""
    for call in calls:
        named = {name: _argument(value) for name, value in call.named.items()}
        journey = getattr(journey, call.verb)(*map(_argument, call.given), **named)
    return journey


def _argument(value: Any) -> Any:
    match value:
        case Way():
            return made(path(), value.calls)
        case dict():
            return {name: _argument(one) for name, one in value.items()}
        case tuple():
            return tuple(map(_argument, value))
    return value
