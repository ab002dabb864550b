"""Where customers enter and leave, and the nodes they only pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from journeykit.expressions import AnyNode
from journeykit.segments import Segment
from journeykit.strategies.nodes.base import END, Definition, Node, in_its_place
from journeykit.strategies.offers import Exact, Whole
from journeykit.yaml_files import Name


def _in_one_text(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Of a value that may be this or that, one finding instead of one for each."""
    try:
        return read(value)
    except ValidationError as error:
        raise ValueError("never, whenever or a number of days from 1 to 3650 is expected") from error


Audience = Annotated[Segment, WrapValidator(in_its_place)]
Reentry = Annotated[
    Literal["never", "whenever"] | Annotated[Whole, Field(ge=1, le=3650)], WrapValidator(_in_one_text)
]


class Start(Node):
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
    reentry: Reentry = "never"
    valid_from: date | None = None
    valid_to: date | None = None
    next: Name = END

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The segment's condition."""
        return (self.segment.where,)


class Join(Node):
    """Where several ways become one again."""

    kind: Literal["join"] = "join"
    id: Name
    next: Name = END


class Update(Node):
    """Marks the customer; from the next day on ``did("mark", name=…)`` finds it, in any strategy."""

    kind: Literal["update"] = "update"
    id: Name
    mark: Name
    next: Name = END


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
