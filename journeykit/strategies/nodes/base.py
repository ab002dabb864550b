"""What every node of a journey is, and the places that are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    model_serializer,
)

from journeykit.errors import DefinitionError
from journeykit.expressions import AnyNode, Expression

END = "end"
"""Where a finished path leads: no more contacts, measured until the goal or the end of its window."""

CONTROL = "control"
"""Where the control group stands: measured like everybody, never contacted."""

OTHERWISE = "otherwise"
"""What the way of everybody is called for whom no case of a branch holds."""


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
"""An expression that a node asks about a customer."""


class Definition(BaseModel):
    """What every part of a strategy is: frozen; written without what it leaves empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if value not in (None, "")}


class Node(Definition):
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
