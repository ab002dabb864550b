"""The nodes of a journey: frozen values that name the node a customer goes to next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from journeykit.strategies.nodes.actions import Action, Assign, OnBlocked, Send
from journeykit.strategies.nodes.base import CONTROL, END, OTHERWISE, Definition, Rule, in_its_place
from journeykit.strategies.nodes.ends import Exit, Join, Start, Update
from journeykit.strategies.nodes.forks import Branch, Case, Split, Variant
from journeykit.strategies.nodes.waits import (
    AnyWait,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
    Weekday,
)

__all__ = [
    "CONTROL", "END", "OTHERWISE", "Action", "AnyWait", "Assign", "Branch", "Case", "Definition", "Exit",
    "GraphNode", "Join", "OnBlocked", "Rule", "Send", "Split", "Start", "Update", "Variant", "Wait",
    "WaitDate", "WaitHour", "WaitUntil", "WaitWeekday", "WaitWorkingDays", "Weekday", "in_its_place",
    "targets",
]  # fmt: skip

GraphNode = Annotated[
    Start
    | Send
    | Assign
    | Wait
    | WaitWorkingDays
    | WaitWeekday
    | WaitHour
    | WaitDate
    | WaitUntil
    | Branch
    | Split
    | Join
    | Update
    | Exit,
    Field(discriminator="kind"),
]


def targets(node: Any) -> Iterator[str]:
    """The nodes that a node leads to, in the order of its ways."""
    yield from (target for _, target in node.ways)
