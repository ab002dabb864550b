"""YAML text to plain values, stricter than YAML 1.1.

Only ``true`` and ``false`` are booleans (so ``yes`` and ``no`` may be names), a key stands once and none is
merged in, numbers are decimal (``1:30`` and ``0x1f`` are text) and exact, and tags, anchors, deep nesting,
characters that hide something and files beyond any definition's size are refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from journeykit.errors import DefinitionError
from journeykit.yaml_files.limits import (
    MAX_DIGITS,
    MAX_ENTRIES,
    MAX_LEVELS,
    TOO_DEEP,
    TOO_LONG_A_NUMBER,
    TOO_MANY,
    check_text,
)
from journeykit.yaml_files.names import hidden_in, refusal_of

_OTHER_READINGS = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "merge", "value")}


class _Loader(yaml.SafeLoader):
    """SafeLoader with the restrictions of this module."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, regexp) for tag, regexp in resolvers if tag not in _OTHER_READINGS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if problem := self._problem(event, index):
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        self.level += 1
        composed = super().compose_node(parent, index)
        self.level -= 1
        return composed

    def _problem(self, event: Any, index: Any) -> str:
        """Why what begins here is refused, before it exhausts stack or memory; empty when it is not."""
        if getattr(event, "anchor", None) is not None:
            return "anchors and aliases are not allowed"
        if getattr(event, "tag", None) is not None:
            return f"the tag {event.tag!r} is not allowed; write the value alone"
        if isinstance(event, yaml.ScalarEvent) and (hidden := hidden_in(event.value)):
            return refusal_of(hidden)
        if isinstance(index, int) and index >= MAX_ENTRIES:
            return TOO_MANY
        return TOO_DEEP if self.level > MAX_LEVELS else ""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Whatever cannot be made of a node is told with its line."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            problem = f"{node.value!r} is not possible: {error}"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if problem := _problem_of(key, seen):
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def read_number(self, node: Any) -> int | Decimal:
        text = self.construct_scalar(node).replace("_", "")
        if len(text) > MAX_DIGITS:
            raise yaml.MarkedYAMLError(problem=TOO_LONG_A_NUMBER, problem_mark=node.start_mark)
        return int(text) if node.tag.endswith("int") else Decimal(text)


def _problem_of(key: yaml.Node, seen: set[str]) -> str:
    """Why a key is refused, with those before it in its mapping; empty when it is not."""
    if len(seen) >= MAX_ENTRIES:
        return TOO_MANY
    if not isinstance(key, yaml.ScalarNode):
        return "a key is a text, not a list or a mapping"
    if key.tag != "tag:yaml.org,2002:str":
        return f"the key {key.value!r} is no text; put it into quotes"
    return f"the key {key.value!r} stands twice" if key.value in seen else ""


_WHOLE = re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$")
_POINT = re.compile(r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]{1,3})?$")
"""Not more than what PyYAML, which writes the files, takes for a number and not for a text."""
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _WHOLE, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _POINT, list("-+.0123456789"))
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.read_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.read_number)


def read_yaml(text: str, source: str) -> Any:
    """Parse YAML text from `source` (a file's path, named in errors).

    Raises
    ------
    DefinitionError
        Not YAML; the message names `source` and the line.

    Examples
    --------
    >>> read_yaml("{share: 0.10, yes: next}", "example.yaml")
    {'share': Decimal('0.10'), 'yes': 'next'}
    """
    return parse(text, source)[0]


def parse(text: str, source: str) -> tuple[Any, yaml.Node | None]:
    """What a text says, and the nodes it stands in, which know their lines."""
    check_text(text, source)
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return None if node is None else loader.construct_document(node), node
    except RecursionError as error:
        raise DefinitionError(f"{source}: {TOO_DEEP}. Split the definition.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise DefinitionError(f"{source}{where}: {error.problem or error}. Correct that line.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise DefinitionError(f"{source} is not valid YAML: {error}. Correct the file.") from error
