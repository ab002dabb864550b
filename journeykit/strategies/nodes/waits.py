"""Nodes at which a customer waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

from pydantic import Field

from journeykit.expressions import AnyNode
from journeykit.strategies.nodes.base import END, Node, Rule
from journeykit.strategies.offers import Whole
from journeykit.yaml_files import Name

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Wait(Node):
    """A pause: over when `days` days have passed since the step before it.

    Behind an action that became a lead they count from the date of the contact, which may be days after the
    one it was decided as of: a visit decided on Friday is made on Monday. Behind an action that could not
    reach the customer, or another wait, they count from the day that one was over.
    """

    kind: Literal["wait"] = "wait"
    id: Name
    days: Whole = Field(ge=1, le=3650)
    next: Name = END


class WaitWorkingDays(Node):
    """A pause of working days in the workspace's calendar, counted like those of :class:`Wait`."""

    kind: Literal["wait_working_days"] = "wait_working_days"
    id: Name
    days: Whole = Field(ge=1, le=2500)
    next: Name = END


class WaitWeekday(Node):
    """A pause until the next such weekday, at least one day.

    Contacts behind it fall on that day, or on the first working day after it.
    """

    kind: Literal["wait_weekday"] = "wait_weekday"
    id: Name
    weekday: Weekday
    next: Name = END


class WaitHour(Node):
    """The contact right behind it is not made before that hour of its day."""

    kind: Literal["wait_hour"] = "wait_hour"
    id: Name
    hour: Whole = Field(ge=0, le=23)
    next: Name = END


class WaitDate(Node):
    """A pause until a day of the customer's own, as ``t.wealth_matures_on - days(7)``.

    Contacts behind it fall on that day, or on the first working day after it. Who has no such day waits.
    """

    kind: Literal["wait_date"] = "wait_date"
    id: Name
    date: Rule
    next: Name = END

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The expression of the day."""
        return (self.date,)


class WaitUntil(Node):
    """A pause until a condition holds, at most some days; who runs out of them goes to `late`."""

    kind: Literal["wait_until"] = "wait_until"
    id: Name
    condition: Rule
    at_most_days: Whole = Field(ge=1, le=3650)
    late: Name = END
    next: Name = END

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """When it holds, and when the days are over."""
        return (("", self.next), ("late", self.late))

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The condition."""
        return (self.condition,)

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node with both ways changed."""
        return self.model_copy(update={"next": change(self.next), "late": change(self.late)})


AnyWait = Wait | WaitWorkingDays | WaitWeekday | WaitHour | WaitDate | WaitUntil
