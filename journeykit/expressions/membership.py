"""Nodes about which customers, whatever they are or did: a list, a random share, the first by a number."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints, field_serializer, field_validator

from journeykit.expressions.base import WHOLE, Node, quote, unwrap, unwrap_optional
from journeykit.yaml_files import Name

if TYPE_CHECKING:
    from journeykit.expressions.nodes import AnyNode


_PLACES = 30  # far below one customer; a text such as 1e-999999999 would be written out digit by digit


class InList(Node):
    """Whether the customer is on a list of ids; `digest` is the hash of the ids that are meant."""

    node: Literal["in_list"] = "in_list"
    name: Name
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    def __repr__(self) -> str:
        return f"in_list({quote(self.name)}, digest={quote(self.digest)})"


class Sample(Node):
    """Whether the customer is in a random share of all, always the same for one salt (design D9)."""

    node: Literal["sample"] = "sample"
    share: Annotated[Decimal, Field(ge=0, le=1, decimal_places=_PLACES)]
    salt: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]

    @field_validator("share", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        """A share as it prints: 0.1 is a tenth."""
        if isinstance(value, bool):
            raise ValueError("a share is a number from 0 to 1, such as 0.1")
        return Decimal(str(value)) if isinstance(value, float | int) else value

    @field_validator("share")
    @classmethod
    def _plain(cls, value: Decimal) -> Decimal:
        return Decimal(format(value.normalize(), "f"))

    @field_serializer("share")
    def _write(self, value: Decimal) -> str:
        return str(value)

    def __repr__(self) -> str:
        return f"sample({float(self.share)!r}, salt={quote(self.salt)})"


class Top(Node):
    """Whether the customer is one of the `count` with the highest value among those for whom `among` holds.

    Who has no value never is. Of equal values the lower id comes first.
    """

    node: Literal["top"] = "top"
    count: Annotated[int, Field(ge=1, lt=2**31), WHOLE]
    by: Annotated[AnyNode, BeforeValidator(unwrap)]
    lowest: StrictBool = False
    among: Annotated[AnyNode | None, BeforeValidator(unwrap_optional)] = None

    def __repr__(self) -> str:
        lowest = ", lowest=True" if self.lowest else ""
        among = "" if self.among is None else f", among={self.among!r}"
        return f"top({self.count}, by={self.by!r}{lowest}{among})"
