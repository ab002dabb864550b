"""The nodes of a journey: frozen values that name the node a customer goes to next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_serializer,
)

from journeykit.errors import DefinitionError
from journeykit.expressions import AnyNode, Expression
from journeykit.segments import Segment
from journeykit.strategies.offers import Exact
from journeykit.yaml_files import Name, Text

END = "end"
"""Where a finished path leads: no more contacts, measured until the goal or the end of its window."""

CONTROL = "control"
"""Where the control group stands: measured like everybody, never contacted."""

OTHERWISE = "otherwise"
"""What the way of everybody is called for whom no case of a branch holds."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
OnBlocked = Literal["wait", "skip", "exit"]


def _node_of(value: object) -> object:
    return value.node if isinstance(value, Expression) else value


def in_its_place(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """A definition tells what is wrong with it in one text; inside another each finding has its own place."""
    try:
        return read(value)
    except DefinitionError as error:
        if isinstance(error.__cause__, ValidationError):
            raise error.__cause__ from None
        raise


Rule = Annotated[AnyNode, BeforeValidator(_node_of)]
Audience = Annotated[Segment, WrapValidator(in_its_place)]


class Definition(BaseModel):
    """What every part of a strategy is: frozen; written without what it leaves empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if value not in (None, "")}


class _Node(Definition):
    """A node with one way on, which its class declares last, so that it is written last."""

    if TYPE_CHECKING:
        next: str

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each way out as its label and the node it leads to."""
        return (("", self.next),)

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The expressions it asks about a customer."""
        return ()

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node with every way changed to lead elsewhere."""
        return self.model_copy(update={"next": change(self.next)})


class Start(_Node):
    """Where members of a segment enter; a share of them only as control.

    Attributes
    ----------
    reentry : str or int
        Who left may come in again: ``never``, ``whenever`` (any later day in the segment), or after that many
        days.
    valid_from, valid_to : date or None
        First and last day on which anyone enters.
    """

    kind: Literal["start"] = "start"
    id: Name = "start"
    segment: Audience
    control: Exact = Field(default=0, ge=0, le=1, validate_default=True)
    reentry: Literal["never", "whenever"] | Annotated[int, Field(ge=1, le=3650)] = "never"
    valid_from: date | None = None
    valid_to: date | None = None
    next: str = END

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The segment's condition."""
        return (self.segment.where,)


class _Action(_Node):
    """A contact with the customer.

    Attributes
    ----------
    template, template_zh : str
        The words to use; empty for the offer's own.
    priority : int or None
        Between equal expected values the smaller goes first; None for the strategy's.
    expected_value : Decimal or None
        Yuan; None for the offer's value times its response rate.
    cost : Decimal
        What one contact costs, yuan.
    on_blocked : str
        What becomes of a customer whom it cannot reach for good (no consent, no contact data, unsuitable,
        offer over …): ``skip`` to the next node, ``wait`` here until it can, or ``exit``. Who only has to
        queue, for capacity or behind a better offer, stays in any case.
    """

    kind: Any
    id: Name
    channel: str
    offer: str
    template: Text = ""
    template_zh: Text = ""
    priority: int | None = Field(default=None, ge=1, le=1_000_000)
    expected_value: Exact | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)
    cost: Exact = Field(default=0, ge=0, max_digits=16, decimal_places=2, validate_default=True)
    on_blocked: OnBlocked = "skip"


class Send(_Action):
    """An offer through a channel."""

    kind: Literal["send"] = "send"
    next: str = END


class Assign(_Action):
    """A task for the customer's own manager, due some days after the contact date."""

    kind: Literal["assign"] = "assign"
    to: Literal["manager"] = "manager"
    channel: str = "mobile_sales"
    due_days: int = Field(default=3, ge=1, le=3650)
    script: Text = ""
    script_zh: Text = ""
    next: str = END


class Wait(_Node):
    """A pause: over when `days` days have passed since the step before it.

    Behind an action that became a lead they count from the date of the contact, which may be days after the
    one it was decided as of: a visit decided on Friday is made on Monday. Behind an action that could not
    reach the customer, or another wait, they count from the day that one was over.
    """

    kind: Literal["wait"] = "wait"
    id: Name
    days: int = Field(ge=1, le=3650)
    next: str = END


class WaitWorkingDays(_Node):
    """A pause of working days in the workspace's calendar, counted like those of :class:`Wait`."""

    kind: Literal["wait_working_days"] = "wait_working_days"
    id: Name
    days: int = Field(ge=1, le=2500)
    next: str = END


class WaitWeekday(_Node):
    """A pause until the next such weekday, at least one day.

    Contacts behind it fall on that day, or on the first working day after it.
    """

    kind: Literal["wait_weekday"] = "wait_weekday"
    id: Name
    weekday: Weekday
    next: str = END


class WaitHour(_Node):
    """The contact right behind it is not made before that hour of its day."""

    kind: Literal["wait_hour"] = "wait_hour"
    id: Name
    hour: int = Field(ge=0, le=23)
    next: str = END


class WaitDate(_Node):
    """A pause until a day of the customer's own, as ``t.wealth_matures_on - days(7)``.

    Contacts behind it fall on that day, or on the first working day after it. Who has no such day waits.
    """

    kind: Literal["wait_date"] = "wait_date"
    id: Name
    date: Rule
    next: str = END

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The expression of the day."""
        return (self.date,)


class WaitUntil(_Node):
    """A pause until a condition holds, at most some days; who runs out of them goes to `late`."""

    kind: Literal["wait_until"] = "wait_until"
    id: Name
    condition: Rule
    at_most_days: int = Field(ge=1, le=3650)
    late: str = END
    next: str = END

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


class Case(Definition):
    """One way of a branch: taken by those for whom it is the first that holds."""

    name: Name
    when: Rule
    next: str = END


class Branch(_Node):
    """Ways by conditions, the first that holds; everybody else goes to `next`."""

    kind: Literal["branch"] = "branch"
    id: Name
    cases: tuple[Case, ...] = Field(min_length=1, max_length=50)
    next: str = END

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each case, then everybody else."""
        return (*((case.name, case.next) for case in self.cases), (OTHERWISE, self.next))

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The condition of each case."""
        return tuple(case.when for case in self.cases)

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node with every case and the rest changed."""
        cases = tuple(case.model_copy(update={"next": change(case.next)}) for case in self.cases)
        return self.model_copy(update={"cases": cases, "next": change(self.next)})


class Variant(Definition):
    """One way of a split, and the share of customers who take it."""

    name: Name
    weight: Exact = Field(gt=0, le=1, decimal_places=6)
    next: str = END


class Split(Definition):
    """Ways by chance: the variant of a customer is a hash of strategy, node and id, and never changes."""

    kind: Literal["split"] = "split"
    id: Name
    variants: tuple[Variant, ...] = Field(min_length=2, max_length=50)

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each variant."""
        return tuple((variant.name, variant.next) for variant in self.variants)

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """None: chance asks nothing."""
        return ()

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node with every variant changed."""
        variants = tuple(one.model_copy(update={"next": change(one.next)}) for one in self.variants)
        return self.model_copy(update={"variants": variants})


class Join(_Node):
    """Where several ways become one again."""

    kind: Literal["join"] = "join"
    id: Name
    next: str = END


class Update(_Node):
    """Marks the customer; from the next day on ``did("mark", name=…)`` finds it, in any strategy."""

    kind: Literal["update"] = "update"
    id: Name
    mark: Name
    next: str = END


class Exit(Definition):
    """The customer leaves at once and is measured no longer."""

    kind: Literal["exit"] = "exit"
    id: Name = "exit"

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """None."""
        return ()

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """None."""
        return ()

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node: no way leads on."""
        return self


Action = Send | Assign
AnyWait = Wait | WaitWorkingDays | WaitWeekday | WaitHour | WaitDate | WaitUntil
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
