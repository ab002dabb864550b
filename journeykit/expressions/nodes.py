"""Frozen expression nodes: equal, hashable, serialisable; their `repr` is the Python that makes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    field_serializer,
    model_validator,
)

from journeykit.contract import Type
from journeykit.expressions.base import WHOLE, Node, quote, show_part, unwrap, walk
from journeykit.expressions.behaviour import Did, Events, Measure, Selection, Sequence, Step, Without
from journeykit.expressions.constants import check_constant, read_constant
from journeykit.expressions.membership import InList, Sample, Top
from journeykit.yaml_files import definition_error

MAX_SHIFT = 36_500
"""The most days that a date is shifted by, or a snapshot lies back: a hundred years."""
MAX_VALUES = 10_000
"""Of one isin(); PostgreSQL takes at most 65,535 in a statement."""


class Value(Node):
    """A constant with its type, so that JSON and YAML keep decimals and dates apart from text."""

    node: Literal["value"] = "value"
    type: Type
    value: bool | int | Decimal | datetime | date | str

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "value" not in data:
            return data
        return {**data, "value": read_constant(str(data.get("type")), data["value"])}

    @model_validator(mode="after")
    def _check(self) -> Value:
        check_constant(self.type, self.value)
        return self

    @field_serializer("value")
    def _write(self, value: Any) -> bool | int | str:
        if isinstance(value, bool | int | str):
            return value
        return str(value) if isinstance(value, Decimal) else value.isoformat()

    @property
    def _binds(self) -> bool:
        return repr(self).startswith("-")

    def __repr__(self) -> str:
        if isinstance(self.value, Decimal):
            short = repr(float(self.value))
            return short if short == str(self.value) else f"Decimal('{self.value}')"
        if isinstance(self.value, str):
            return quote(self.value)
        return repr(self.value).removeprefix("datetime.")


class TagRef(Node):
    """The value of a tag."""

    node: Literal["tag"] = "tag"
    name: str

    def __repr__(self) -> str:
        return f"tag({quote(self.name)})"


class ColumnRef(Node):
    """A column of the subject in hand, or of a subject it references (``of="product"``)."""

    node: Literal["column"] = "column"
    name: str
    of: str | None = None

    def __repr__(self) -> str:
        return f"column({quote(self.name)}{f', of={quote(self.of)}' if self.of else ''})"


class AsOf(Node):
    """The day a computation is made for."""

    node: Literal["as_of"] = "as_of"

    def __repr__(self) -> str:
        return "as_of()"


class Arithmetic(Node):
    """Two numbers combined; division is in double precision, by zero it is missing."""

    node: Literal["arithmetic"] = "arithmetic"
    op: Literal["+", "-", "*", "/"]
    left: AnyNode
    right: AnyNode

    @property
    def _multiplies(self) -> bool:
        return self.op in ("*", "/")

    @property
    def _binds(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"{show_part(self.left)} {self.op} {show_part(self.right)}"


class DaysBetween(Node):
    """Whole days from `start` to `end`, negative when `end` is earlier."""

    node: Literal["days_between"] = "days_between"
    start: AnyNode
    end: AnyNode

    def __repr__(self) -> str:
        return f"days_between({self.start!r}, {self.end!r})"


class DatePart(Node):
    """A part of a date or time as a whole number; the weekday runs from 1, Monday, to 7."""

    node: Literal["date_part"] = "date_part"
    part: Literal["year", "month", "day", "weekday", "hour"]
    operand: AnyNode

    def __repr__(self) -> str:
        return f"date_part({quote(self.part)}, {self.operand!r})"


class Compare(Node):
    """A comparison; false when either side is missing, ``!=`` included."""

    node: Literal["compare"] = "compare"
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: AnyNode
    right: AnyNode

    @property
    def _binds(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"{show_part(self.left)} {self.op} {show_part(self.right)}"


class IsIn(Node):
    """Whether the operand is one of the values; false when it is missing."""

    node: Literal["is_in"] = "is_in"
    operand: AnyNode
    values: tuple[Value, ...]

    @model_validator(mode="after")
    def _check(self) -> IsIn:
        if len(self.values) > MAX_VALUES:
            raise ValueError(
                f"{len(self.values):,} values are more than {MAX_VALUES:,}; define a tag for what they "
                "have in common, or save customers as a list"
            )
        return self

    def __repr__(self) -> str:
        return f"{show_part(self.operand)}.isin([{', '.join(map(repr, self.values))}])"


class Between(Node):
    """Whether ``low <= operand <= high``; false when any is missing."""

    node: Literal["between"] = "between"
    operand: AnyNode
    low: AnyNode
    high: AnyNode

    def __repr__(self) -> str:
        return f"{show_part(self.operand)}.between({self.low!r}, {self.high!r})"


class IsMissing(Node):
    """Whether the operand has no value."""

    node: Literal["is_missing"] = "is_missing"
    operand: AnyNode

    def __repr__(self) -> str:
        return f"{show_part(self.operand)}.is_missing()"


class Fill(Node):
    """The operand, or `default` where it is missing."""

    node: Literal["fill"] = "fill"
    operand: AnyNode
    default: Value

    def __repr__(self) -> str:
        return f"{show_part(self.operand)}.fill({self.default!r})"


class And(Node):
    """True when every operand is; of nothing, true."""

    node: Literal["and"] = "and"
    operands: tuple[AnyNode, ...]

    @property
    def _binds(self) -> bool:
        return len(self.operands) > 1

    def __repr__(self) -> str:
        return _joined(" & ", self.operands, "And")


class Or(Node):
    """True when any operand is; of nothing, false."""

    node: Literal["or"] = "or"
    operands: tuple[AnyNode, ...]

    @property
    def _binds(self) -> bool:
        return len(self.operands) > 1

    def __repr__(self) -> str:
        return _joined(" | ", self.operands, "Or")


class Not(Node):
    """The complement."""

    node: Literal["not"] = "not"
    operand: AnyNode

    @property
    def _binds(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"~{show_part(self.operand)}"


class When(Node):
    """One arm of a :class:`Case`."""

    node: Literal["when"] = "when"
    condition: AnyNode
    then: AnyNode

    def __repr__(self) -> str:
        return f"({self.condition!r}, {self.then!r})"


class Case(Node):
    """The `then` of the first arm whose condition holds, else `otherwise` (missing when None)."""

    node: Literal["case"] = "case"
    arms: tuple[When, ...] = Field(min_length=1)
    otherwise: AnyNode | None = None

    def __repr__(self) -> str:
        last = () if self.otherwise is None else (f"otherwise={self.otherwise!r}",)
        return f"case({', '.join((*map(repr, self.arms), *last))})"


class TextMatch(Node):
    """Whether a text contains, or starts or ends with another one, letter by letter; false when missing."""

    node: Literal["text_match"] = "text_match"
    op: Literal["contains", "starts_with", "ends_with"]
    operand: AnyNode
    text: Value

    def __repr__(self) -> str:
        return f"{show_part(self.operand)}.{self.op}({self.text!r})"


class DaysLater(Node):
    """A day some days after the operand's, or before it; a time of day is dropped."""

    node: Literal["days_later"] = "days_later"
    operand: AnyNode
    days: Annotated[int, Field(ge=-MAX_SHIFT, le=MAX_SHIFT), WHOLE]

    @property
    def _binds(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"{show_part(self.operand)} {'-' if self.days < 0 else '+'} days({abs(self.days)})"


class StartOf(Node):
    """The first day of the week (a Monday), month, quarter or year that a day lies in."""

    node: Literal["start_of"] = "start_of"
    part: Literal["week", "month", "quarter", "year"]
    operand: AnyNode

    def __repr__(self) -> str:
        return f"start_of({quote(self.part)}, {self.operand!r})"


class Past(Node):
    """A tag as it was on the last working day on or before so many days ago, or missing."""

    node: Literal["past"] = "past"
    name: str
    days: Annotated[int, Field(ge=1, le=MAX_SHIFT), WHOLE]

    def __repr__(self) -> str:
        return f"tag({quote(self.name)}).ago(days={self.days})"


AnyNode = Annotated[
    Annotated[
        Value
        | TagRef
        | ColumnRef
        | AsOf
        | Arithmetic
        | DaysBetween
        | DatePart
        | Compare
        | IsIn
        | Between
        | IsMissing
        | Fill
        | And
        | Or
        | Not
        | Case
        | TextMatch
        | DaysLater
        | StartOf
        | Past
        | Did
        | Measure
        | Sequence
        | InList
        | Sample
        | Top,
        Field(discriminator="node"),
    ],
    BeforeValidator(unwrap),
]

for _model in (
    Arithmetic, DaysBetween, DatePart, Compare, IsIn, Between, IsMissing, Fill, And, Or, Not, When, Case,
    TextMatch, DaysLater, StartOf, Selection, Events, Step, Without, Did, Measure, Sequence, Top,
):  # fmt: skip
    _model.model_rebuild(_types_namespace={"AnyNode": AnyNode})

_ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyNode)


def read_node(data: Any, source: str = "expression") -> AnyNode:
    """Read a node from its JSON form; `source` is named in errors.

    Raises
    ------
    DefinitionError
        An unknown kind of node, an unknown or missing key, a value of the wrong type, or nesting too deep.

    Examples
    --------
    >>> read_node({"node": "tag", "name": "aum"})
    tag("aum")
    """
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise definition_error(source, error) from error


def tag_names(node: Node) -> tuple[str, ...]:
    """The tags an expression uses, each once, sorted."""
    return tuple(sorted({part.name for part in walk(node) if isinstance(part, TagRef | Past)}))


def join(kind: type[And | Or], *parts: AnyNode) -> And | Or:
    """Parts under one ``and`` or ``or``: ``a & b & c`` is one node with three operands."""
    operands: list[AnyNode] = []
    for part in parts:
        operands.extend(part.operands if isinstance(part, And | Or) and isinstance(part, kind) else [part])
    return kind(operands=tuple(operands))


def _joined(operator: str, operands: tuple[AnyNode, ...], name: str) -> str:
    if len(operands) < 2:
        return f"{name}(operands=({''.join(f'{part!r},' for part in operands)}))"
    return operator.join(map(show_part, operands))
