"""Frozen expression nodes: equal, hashable, serialisable; their `repr` is the Python that makes them."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from journeykit.contract import SUBJECTS, Type
from journeykit.errors import unknown_name
from journeykit.expressions.constants import check_constant, read_constant
from journeykit.yaml_files import definition_error

MAX_DEPTH = 50  # Python's stack, with room for a notebook's own frames
MAX_PRODUCTS = 4  # keeps doubles finite for any 18-digit input, and divisors short once engines expand them
_FIXED_COLUMNS = ("event_id", "customer_id", "occurred_at", "action")


class Node(BaseModel):
    """Base of every expression node."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    _depth: int = PrivateAttr(default=1)
    _products: int = PrivateAttr(default=0)

    def model_post_init(self, context: Any, /) -> None:
        """Refuse nesting so deep that an engine or Python itself would give up on it."""
        below = tuple(self.children())
        self._depth = 1 + max((child._depth for child in below), default=0)
        self._products = max((child._products for child in below), default=0)
        if isinstance(self, Arithmetic) and self.op in ("*", "/"):
            self._products += 1
        for what, found, limit in (
            ("the expression is", self._depth, MAX_DEPTH),
            ("* and / are", self._products, MAX_PRODUCTS),
        ):
            if found > limit:
                raise ValueError(f"{what} nested more than {limit} deep; define a tag for a part of it")

    def children(self) -> Iterator[Node]:
        """The nodes directly below this one."""
        for name in type(self).model_fields:
            part = getattr(self, name)
            for item in part if isinstance(part, tuple) else (part,):
                if isinstance(item, Node):
                    yield item

    def __str__(self) -> str:
        return repr(self)


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

    def __repr__(self) -> str:
        if isinstance(self.value, Decimal):
            short = repr(float(self.value))
            return short if short == str(self.value) else f"Decimal('{self.value}')"
        if isinstance(self.value, str):
            return _quote(self.value)
        return repr(self.value).removeprefix("datetime.")


class TagRef(Node):
    """The value of a tag."""

    node: Literal["tag"] = "tag"
    name: str

    def __repr__(self) -> str:
        return f"tag({_quote(self.name)})"


class ColumnRef(Node):
    """A column of the subject in hand, or of a subject it references (``of="product"``)."""

    node: Literal["column"] = "column"
    name: str
    of: str | None = None

    def __repr__(self) -> str:
        return f"column({_quote(self.name)}{f', of={_quote(self.of)}' if self.of else ''})"


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

    def __repr__(self) -> str:
        return f"{_part(self.left)} {self.op} {_part(self.right)}"


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
        return f"date_part({_quote(self.part)}, {self.operand!r})"


class Compare(Node):
    """A comparison; false when either side is missing, ``!=`` included."""

    node: Literal["compare"] = "compare"
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: AnyNode
    right: AnyNode

    def __repr__(self) -> str:
        return f"{_part(self.left)} {self.op} {_part(self.right)}"


class IsIn(Node):
    """Whether the operand is one of the values; false when it is missing."""

    node: Literal["is_in"] = "is_in"
    operand: AnyNode
    values: tuple[Value, ...]

    def __repr__(self) -> str:
        return f"{_part(self.operand)}.isin([{', '.join(map(repr, self.values))}])"


class Between(Node):
    """Whether ``low <= operand <= high``; false when any is missing."""

    node: Literal["between"] = "between"
    operand: AnyNode
    low: AnyNode
    high: AnyNode

    def __repr__(self) -> str:
        return f"{_part(self.operand)}.between({self.low!r}, {self.high!r})"


class IsMissing(Node):
    """Whether the operand has no value."""

    node: Literal["is_missing"] = "is_missing"
    operand: AnyNode

    def __repr__(self) -> str:
        return f"{_part(self.operand)}.is_missing()"


class Fill(Node):
    """The operand, or `default` where it is missing."""

    node: Literal["fill"] = "fill"
    operand: AnyNode
    default: Value

    def __repr__(self) -> str:
        return f"{_part(self.operand)}.fill({self.default!r})"


class And(Node):
    """True when every operand is; of nothing, true."""

    node: Literal["and"] = "and"
    operands: tuple[AnyNode, ...]

    def __repr__(self) -> str:
        return _joined(" & ", self.operands, "And")


class Or(Node):
    """True when any operand is; of nothing, false."""

    node: Literal["or"] = "or"
    operands: tuple[AnyNode, ...]

    def __repr__(self) -> str:
        return _joined(" | ", self.operands, "Or")


class Not(Node):
    """The complement."""

    node: Literal["not"] = "not"
    operand: AnyNode

    def __repr__(self) -> str:
        return f"~{_part(self.operand)}"


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


class Did(Node):
    """How often the customer did something in a window of days that ends at as_of.

    A window of n days as of D covers D-n+1 to D; without one, all history counts.
    `action` is an action of the `event` subject; `where` filters its columns for equality.
    """

    node: Literal["did"] = "did"
    action: str
    where: tuple[tuple[str, Value], ...] = ()
    op: Literal["at_least", "at_most", "exactly"] = "at_least"
    times: int = Field(default=1, ge=0, lt=2**31)
    within_days: int | None = Field(default=None, ge=1, lt=2**31)

    @model_validator(mode="after")
    def _check(self) -> Did:
        _check_event_value("action", self.action)
        for name, value in self.where:
            _check_event_value(name, value.value)
        if len({name for name, _ in self.where}) < len(self.where):
            raise ValueError("a column of event is filtered twice")
        return self

    def __repr__(self) -> str:
        filters = "".join(f", {name}={value!r}" for name, value in self.where)
        times = "" if (self.op, self.times) == ("at_least", 1) else f".{self.op}({self.times})"
        window = "" if self.within_days is None else f".within(days={self.within_days})"
        return f"did({_quote(self.action)}{filters}){times}{window}"


def _unwrap(value: Any, info: ValidationInfo) -> Any:
    """Let a definition be given a handle; it keeps the node inside."""
    inner = getattr(value, "node", None)
    if isinstance(inner, Node):
        return inner
    if isinstance(value, str) and value.isidentifier():
        field = f"{info.field_name}=" if info.field_name else ""
        raise ValueError(
            f"'{value}' is text. Write {field}column('{value}') for a column, {field}tag('{value}') for a "
            f"tag; in YAML {{node: column, name: {value}}}"
        )
    if not isinstance(value, Node | dict):
        raise ValueError(f"{reprlib.repr(value)} is no expression. Write one such as tag('aum') > 5")
    return value


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
        | Did,
        Field(discriminator="node"),
    ],
    BeforeValidator(_unwrap),
]

for _model in (
    Arithmetic, DaysBetween, DatePart, Compare, IsIn, Between, IsMissing, Fill, And, Or, Not, When, Case,
):  # fmt: skip
    _model.model_rebuild()

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


def walk(node: Node) -> Iterator[Node]:
    """The node itself and every node below it."""
    yield node
    for child in node.children():
        yield from walk(child)


def tag_names(node: Node) -> tuple[str, ...]:
    """The tags an expression uses, each once, sorted."""
    return tuple(sorted({part.name for part in walk(node) if isinstance(part, TagRef)}))


def join(kind: type[And | Or], *parts: AnyNode) -> And | Or:
    """Parts under one ``and`` or ``or``: ``a & b & c`` is one node with three operands."""
    operands: list[AnyNode] = []
    for part in parts:
        operands.extend(part.operands if isinstance(part, And | Or) and isinstance(part, kind) else [part])
    return kind(operands=tuple(operands))


def _part(node: Node) -> str:
    """A node inside another one, in parentheses where Python needs them."""
    binary = isinstance(node, Arithmetic | Compare) or (isinstance(node, And | Or) and len(node.operands) > 1)
    signed = isinstance(node, Value) and repr(node).startswith("-")
    return f"({node!r})" if binary or signed or isinstance(node, Not) else repr(node)


def _joined(operator: str, operands: tuple[AnyNode, ...], name: str) -> str:
    if len(operands) < 2:
        return f"{name}(operands=({''.join(f'{part!r},' for part in operands)}))"
    return operator.join(map(_part, operands))


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _check_event_value(name: str, value: Any) -> None:
    event = SUBJECTS["event"]
    names = [column.name for column in event.columns if column.name not in _FIXED_COLUMNS]
    if name != "action" and name not in names:
        raise ValueError(str(unknown_name("filter of did()", name, names, "Use one of these.")))
    known = event.column(name).values
    if not isinstance(value, str):
        raise ValueError(f"{name} of an event is text; {value!r} is not")
    if known and value not in known:
        raise ValueError(str(unknown_name(f"{name} of an event", value, known, "Use one of these.")))
