"""The shape of a rule tree, as models: what reads a tree and what its JSON schema says are one thing."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    Tag,
    model_validator,
)

from journeykit.expressions.base import Node
from journeykit.expressions.behaviour import ACTIONS, Days, Times, event_subjects
from journeykit.expressions.nodes import AnyNode, Value
from journeykit.segments.rules.limits import MAX_RULES
from journeykit.yaml_files import Name

NAME = re.compile(r"[a-z][a-z0-9_]{0,119}")
"""Of a tag or a column, when it can stand in a catalogue: :data:`journeykit.yaml_files.Name`."""
EVENT = "did."
"""What the field of a rule about events begins with."""
COMPLEMENTS = {
    "null": "notNull", "isTrue": "isNotTrue", "in": "notIn", "between": "notBetween",
    "contains": "doesNotContain", "beginsWith": "doesNotBeginWith", "endsWith": "doesNotEndWith",
}  # fmt: skip
"""Operators, and those that hold exactly where they do not."""
TEXT_OPERATORS = {"contains": "contains", "starts_with": "beginsWith", "ends_with": "endsWith"}
MODES = {"at_least": "atLeast", "at_most": "atMost", "exactly": "exactly"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _check_plain(value: Any) -> Any:
    if not isinstance(value, bool | int | float | str):
        raise ValueError("true or false, a number, a text or a node is expected")
    return value


def _check_names(source: str, *values: Any) -> None:
    for value in values:
        named = isinstance(value, Node) or (isinstance(value, str) and NAME.fullmatch(value))
        if source == "field" and not named:
            raise ValueError(f"valueSource is 'field', and {value!r} is no field's name")


def _plain_or_node(value: Any) -> str:
    return "node" if isinstance(value, dict) else "plain"


Plain = Annotated[Annotated[bool | int | float | str, BeforeValidator(_check_plain)], Tag("plain")]
Constant = Annotated[Plain | Annotated[Value, Tag("node")], Discriminator(_plain_or_node)]
Operand = Annotated[Plain | Annotated[AnyNode, Tag("node")], Discriminator(_plain_or_node)]
Subject = Annotated[
    Annotated[Name, Tag("plain")] | Annotated[AnyNode, Tag("node")], Discriminator(_plain_or_node)
]
Source = Literal["value", "field"]


class Comparison(_Part):
    """A field compared with a value, or with another field."""

    field: Subject
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    value: Operand
    valueSource: Source = "value"  # noqa: N815 - react-querybuilder's name

    @model_validator(mode="after")
    def _check(self) -> Comparison:
        _check_names(self.valueSource, self.value)
        return self


class TextRule(_Part):
    """A field and a text in it."""

    field: Subject
    operator: Literal[
        "contains", "beginsWith", "endsWith", "doesNotContain", "doesNotBeginWith", "doesNotEndWith"
    ]
    value: Constant
    valueSource: Literal["value"] = "value"  # noqa: N815


class ListRule(_Part):
    """A field and the values that it may have."""

    field: Subject
    operator: Literal["in", "notIn"]
    value: tuple[Constant, ...]
    valueSource: Literal["value"] = "value"  # noqa: N815


class RangeRule(_Part):
    """A field and the lowest and highest value that it may have."""

    field: Subject
    operator: Literal["between", "notBetween"]
    value: tuple[Operand, Operand]
    valueSource: Source = "value"  # noqa: N815

    @model_validator(mode="after")
    def _check(self) -> RangeRule:
        _check_names(self.valueSource, *self.value)
        return self


class BareRule(_Part):
    """A field by itself: whether it is missing, or whether it is true."""

    field: Subject
    operator: Literal["null", "notNull", "isTrue", "isNotTrue"]
    value: None
    valueSource: Literal["value"] = "value"  # noqa: N815


class Match(_Part):
    """How often something happened."""

    mode: Literal["atLeast", "atMost", "exactly"]
    threshold: Times


class EventRule(_Part):
    """What customers did, how often, and when."""

    field: Annotated[
        str,
        Field(
            json_schema_extra={"enum": [EVENT + name for name in (*ACTIONS, *event_subjects())]},
        ),
    ]
    operator: Literal["="]
    match: Match
    value: Group
    valueSource: Literal["value"] = "value"  # noqa: N815
    within_days: Days | None = None
    since_entry: StrictBool = False
    every_days: Days | None = None

    @model_validator(mode="after")
    def _check(self) -> EventRule:
        if not self.field.startswith(EVENT):
            raise ValueError(
                f"a rule with `match` is about an event, such as {EVENT}view, not {self.field!r}"
            )
        return self


Rule = Annotated[
    Comparison | TextRule | ListRule | RangeRule | BareRule,
    Field(discriminator="operator"),
]


def _kind_of(part: Any) -> str:
    keys = part if isinstance(part, dict) else {}
    return "group" if "rules" in keys or "combinator" in keys else "event" if "match" in keys else "rule"


class Group(_Part):
    """Rules and groups that hold all, or of which one holds; or, with `not`, the complement."""

    combinator: Literal["and", "or"]
    not_: StrictBool = Field(default=False, alias="not")
    rules: tuple[
        Annotated[
            Annotated[Rule, Tag("rule")]
            | Annotated[EventRule, Tag("event")]
            | Annotated[Group, Tag("group")],
            Discriminator(_kind_of),
        ],
        ...,
    ] = Field(max_length=MAX_RULES)


EventRule.model_rebuild()
NO_RULES = Group.model_validate({"combinator": "and", "rules": []})
"""As the group of an event it means: every one of them."""
