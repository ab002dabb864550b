"""Frozen expression nodes, and the handles an analyst types with (design D4, D14).

Nodes are plain values: equal, hashable, serialisable. A handle wraps one node and overloads the
operators; it is what ``mart.tags["aum"] > 5`` is made of, and it is never stored.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator

from journeykit.contract import Type


class Node(BaseModel):
    """Base of every expression node."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(Node):
    """A constant with its type, so that JSON and YAML keep decimals and dates apart from text."""

    node: Literal["value"] = "value"
    type: Type
    value: bool | int | Decimal | datetime | date | str

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("value"), str):
            return data
        readers: dict[str, Any] = {
            "decimal": Decimal, "rate": Decimal, "date": date.fromisoformat,
            "timestamp": datetime.fromisoformat,
        }  # fmt: skip
        reader = readers.get(str(data.get("type")))
        return {**data, "value": reader(data["value"])} if reader else data

    @field_serializer("value")
    def _write(self, value: Any) -> bool | int | str:
        if isinstance(value, bool | int | str):
            return value
        return str(value) if isinstance(value, Decimal) else value.isoformat()


class TagRef(Node):
    """The value of a tag."""

    node: Literal["tag"] = "tag"
    name: str


class ColumnRef(Node):
    """A column of the subject in hand, or of a subject it references (``of="product"``)."""

    node: Literal["column"] = "column"
    name: str
    of: str | None = None


class AsOf(Node):
    """The day a computation is made for."""

    node: Literal["as_of"] = "as_of"


class Arithmetic(Node):
    """Two numbers combined; division is in double precision, by zero it is missing."""

    node: Literal["arithmetic"] = "arithmetic"
    op: Literal["+", "-", "*", "/"]
    left: AnyNode
    right: AnyNode


class DaysBetween(Node):
    """Whole days from `start` to `end`, negative when `end` is earlier."""

    node: Literal["days_between"] = "days_between"
    start: AnyNode
    end: AnyNode


class Compare(Node):
    """A comparison; false when either side is missing, ``!=`` included."""

    node: Literal["compare"] = "compare"
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: AnyNode
    right: AnyNode


class IsIn(Node):
    """Whether the operand is one of the values; false when it is missing."""

    node: Literal["is_in"] = "is_in"
    operand: AnyNode
    values: tuple[Value, ...]


class Between(Node):
    """Whether ``low <= operand <= high``; false when any is missing."""

    node: Literal["between"] = "between"
    operand: AnyNode
    low: AnyNode
    high: AnyNode


class IsMissing(Node):
    """Whether the operand has no value."""

    node: Literal["is_missing"] = "is_missing"
    operand: AnyNode


class Fill(Node):
    """The operand, or `default` where it is missing."""

    node: Literal["fill"] = "fill"
    operand: AnyNode
    default: Value


class And(Node):
    """True when every operand is; of nothing, true."""

    node: Literal["and"] = "and"
    operands: tuple[AnyNode, ...]


class Or(Node):
    """True when any operand is; of nothing, false."""

    node: Literal["or"] = "or"
    operands: tuple[AnyNode, ...]


class Not(Node):
    """The complement."""

    node: Literal["not"] = "not"
    operand: AnyNode


class When(Node):
    """One arm of a :class:`Case`."""

    node: Literal["when"] = "when"
    condition: AnyNode
    then: AnyNode


class Case(Node):
    """The `then` of the first arm whose condition holds, else `otherwise` (missing when None)."""

    node: Literal["case"] = "case"
    arms: tuple[When, ...]
    otherwise: AnyNode | None = None


class Did(Node):
    """How often the customer did something in a window of days that ends at as_of.

    A window of n days as of D covers D-n+1 to D; without one, all history counts.
    `action` is an action of the `event` subject; `where` filters its columns for equality.
    """

    node: Literal["did"] = "did"
    action: str
    where: tuple[tuple[str, Value], ...] = ()
    op: Literal["at_least", "at_most", "exactly"] = "at_least"
    times: int = Field(default=1, ge=0)
    within_days: int | None = Field(default=None, ge=1)


AnyNode = Annotated[
    Value | TagRef | ColumnRef | AsOf | Arithmetic | DaysBetween | Compare | IsIn | Between
    | IsMissing | Fill | And | Or | Not | Case | Did,
    Field(discriminator="node"),
]  # fmt: skip

for _model in (Arithmetic, DaysBetween, Compare, IsIn, Between, IsMissing, Fill, And, Or, Not, When, Case):
    _model.model_rebuild()
