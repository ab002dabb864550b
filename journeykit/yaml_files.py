"""Definitions as YAML files: what is written reads back equal, and bad input is met with one clear error.

Stricter than YAML 1.1: only ``true`` and ``false`` are booleans (so ``yes`` and ``no`` may be names), a
key stands once and none is merged in, numbers are decimal (``1:30`` and ``0x1f`` are text) and exact, and
tags, anchors, deep nesting, characters that hide something and files beyond any definition's size are
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, StringConstraints, ValidationError

from journeykit.errors import DefinitionError, unknown_name
from journeykit.files import publish_text

NAME = r"^[a-z][a-z0-9_]{0,119}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
"""A definition's name: lower-case letters, digits and underscores; also safe as a file name."""

_HIDDEN = re.compile(
    r"[^\t\n\r -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # what YAML lets nobody write out
    r"|[\u2028-\u202e\u2066-\u2069\u200e\u200f\u061c]"  # turns the direction of what follows, or breaks lines
    r"|[\xad\u034f\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]"  # has no width
    r"|[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    r"|[\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]"  # fillers: letters that look like nothing
)
"""Characters by which an approver could read another text than the customer; escapes bring none in either."""


def _plain(text: str) -> str:
    """Refuse a text that no file could hold."""
    if hidden := _HIDDEN.search(text):
        raise ValueError(f"the character U+{ord(hidden[0]):04X} is not allowed")
    return text


Text = Annotated[str, AfterValidator(_plain)]
"""What somebody writes for others to read."""

Model = TypeVar("Model", bound=BaseModel)

MAX_LEVELS = 150
MAX_ENTRIES = 10_000
"""Of one list, such as the values of a condition; told before anything is made of the first."""
MAX_CHARACTERS = 2_000_000
"""Of one file; the largest strategy there may be, of five thousand nodes, has about half of them."""
_TOO_DEEP = f"nested more than {MAX_LEVELS} levels deep"
_DIGITS = 40  # of a number; more than any field or engine holds
_SHOWN = 5  # findings in one message
_STEPS = 12  # steps of a path in one message
_LISTED = 12  # choices that an unknown name lists anyway
_WORDS = {
    "extra_forbidden": "unknown key",
    "recursion_depth_exceeded": "nested too deeply",
    "model_attributes_type": "keys and values are expected",
    "model_type": "keys and values are expected",
}
_EXPECTED = (
    ("string_type", "text"),
    ("int_", "a whole number"),
    ("bool_", "true or false"),
    ("decimal_type", "a number"),
    ("decimal_parsing", "a number"),
    ("date_", "a day such as 2026-05-29"),
    ("tuple_type", "a list"),
    ("list_type", "a list"),
    ("dict_type", "keys and values"),
)


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
        if isinstance(event, yaml.ScalarEvent) and (hidden := _HIDDEN.search(event.value)):
            return f"the character U+{ord(hidden[0]):04X} is not allowed"
        if isinstance(index, int) and index >= MAX_ENTRIES:
            return f"{MAX_ENTRIES:,} entries at most are possible in one list"
        return _TOO_DEEP if self.level > MAX_LEVELS else ""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Whatever cannot be made of a node is told with its line."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            problem = f"{node.value!r} is not possible: {error}"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value.__hash__ and key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)

    def read_number(self, node: Any) -> int | Decimal:
        text = self.construct_scalar(node).replace("_", "")
        if len(text) > _DIGITS:
            problem = f"numbers have {_DIGITS} digits at most"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return int(text) if node.tag.endswith("int") else Decimal(text)


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
    return _read(text, source)[0]


def _read(text: str, source: str) -> tuple[Any, yaml.Node | None]:
    """What a text says, and the nodes it stands in, which know their lines."""
    if len(text) > MAX_CHARACTERS:
        raise DefinitionError(
            f"{source} has {len(text):,} characters; {MAX_CHARACTERS:,} are the most a definition may have. "
            "Split it."
        )
    if hidden := _HIDDEN.search(text, text.startswith("\ufeff")):  # which some editors begin a file with
        line = text.count("\n", 0, hidden.start()) + 1
        told = f"the character U+{ord(hidden[0]):04X} is not allowed"
        raise DefinitionError(f"{source}, line {line}: {told}. Delete it.")
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return None if node is None else loader.construct_document(node), node
    except RecursionError as error:
        raise DefinitionError(f"{source}: {_TOO_DEEP}. Split the definition.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise DefinitionError(f"{source}{where}: {error.problem or error}. Correct that line.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise DefinitionError(f"{source} is not valid YAML: {error}. Correct the file.") from error


def read_definition(path: Path, model: type[Model]) -> Model:
    """Read one definition from a YAML file.

    Raises
    ------
    DefinitionError
        The file is missing, is not YAML (names the line), or does not fit `model` (names the key).
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MAX_CHARACTERS + 1)  # no more than tells that it is too long
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise DefinitionError(
            f"Cannot read {path}: {error.strerror}. See which files are in {path.parent}."
        ) from error
    return from_yaml(text, model, str(path))


def from_yaml(text: str, model: type[Model], source: str = "YAML") -> Model:
    """Read one definition from YAML text; `source` is named in errors."""
    content, node = _read(text, source)
    if not isinstance(content, dict):
        raise DefinitionError(f"{source} holds no {model.__name__}: keys and values are expected.")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise definition_error(source, error, node) from error
    except DefinitionError as error:  # of what does not know its file
        if isinstance(error.__cause__, ValidationError):
            raise definition_error(source, error.__cause__, node) from error.__cause__
        raise DefinitionError(f"{source}: {error}") from error


def to_yaml(definition: BaseModel) -> str:
    """A definition as YAML, from which :func:`from_yaml` makes an equal value.

    Raises
    ------
    DefinitionError
        A text in it has a character that no file may hold.
    """
    content = definition.model_dump(mode="json")
    for text in _texts(content):
        if hidden := _HIDDEN.search(text):
            what = type(definition).__name__
            raise DefinitionError(
                f"The character U+{ord(hidden[0]):04X} in a {what} cannot be written to a file. Delete it."
            )
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _texts(content: Any) -> Iterator[str]:
    """Every text in what a definition is written as."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        yield from (text for value in content.values() for text in _texts(value))
    elif isinstance(content, list):
        yield from (text for value in content for text in _texts(value))


def write_definition(path: Path, definition: BaseModel) -> Path:
    """Write a definition to a YAML file, whole or not at all."""
    return publish_text(path, to_yaml(definition))


def definition_error(source: str, error: ValidationError, node: yaml.Node | None = None) -> DefinitionError:
    """Turn pydantic's findings into one error that names `source`, each key's path and, by `node`, its line.

    Examples
    --------
    >>> class Dog(BaseModel):
    ...     name: str
    >>> try:
    ...     Dog.model_validate({})
    ... except ValidationError as error:
    ...     print(definition_error("dog.yaml", error))
    dog.yaml: name: Field required.
    """
    findings = [
        (_line_of(item["loc"], node), _say(item)) for item in error.errors(include_url=False)[:_SHOWN]
    ]
    more = f" And {error.error_count() - _SHOWN} more." if error.error_count() > _SHOWN else ""
    (first, told), *others = findings
    listed = "; ".join([told, *(f"line {line}: {text}" if line else text for line, text in others)])
    return DefinitionError(f"{source}{f', line {first}' if first else ''}: {listed}.{more}")


def _line_of(steps: tuple[int | str, ...], node: yaml.Node | None) -> int | None:
    """The line of the key or entry that a finding is about, or of what lacks it.

    Steps that only say which kind of definition was tried stand in no file.
    """
    if node is None:
        return None
    here, mark = node, node.start_mark
    for step in steps:
        if isinstance(here, yaml.MappingNode):
            found = next((pair for pair in here.value if pair[0].value == str(step)), None)
            if found is not None:
                here, mark = found[1], found[0].start_mark
        elif isinstance(here, yaml.SequenceNode) and isinstance(step, int) and step < len(here.value):
            here = here.value[step]
            mark = here.start_mark
    return None if mark is None else mark.line + 1


def _say(item: Any) -> str:
    message = _tell(item) or str(item["msg"]).removeprefix("Value error, ").rstrip(".")
    steps = [str(step) for step in item["loc"]]
    path = ".".join(steps if len(steps) <= _STEPS else [*steps[: _STEPS // 2], "…", *steps[-_STEPS // 2 :]])
    return f"{path}: {message}" if path else message


def _tell(item: Any) -> str:
    """One of pydantic's findings in the words of someone who writes definitions; empty for its own words."""
    facts, field = item.get("ctx", {}), str(item["loc"][-1]) if item["loc"] else "value"
    match item["type"]:
        case "enum" | "literal_error" if isinstance(item["input"], str):
            return _among(field, item["input"], facts["expected"])
        case "union_tag_invalid":
            return _among(facts["discriminator"].strip("'"), facts["tag"], facts["expected_tags"])
        case "union_tag_not_found":
            return f"the key {facts['discriminator']} is missing; it says what kind of definition this is"
        case "string_pattern_mismatch" if facts["pattern"] == NAME:
            return "lower-case letters, digits and _ are expected, the first of them a letter"
        case "greater_than_equal":
            return f"{facts['ge']} or more is expected"
        case "too_long":
            return f"{facts['max_length']:,} at most are possible"
        case "less_than_equal":
            return f"{facts['le']} or less is expected"
        case "greater_than":
            return f"more than {facts['gt']} is expected"
        case "too_short":
            return f"{facts['min_length']:,} at least {'is' if facts['min_length'] == 1 else 'are'} expected"
        case "literal_error":
            return f"{facts['expected']} is expected"
        case kind if kind in _WORDS:
            return _WORDS[kind]
    return next((f"{words} is expected" for start, words in _EXPECTED if item["type"].startswith(start)), "")


def _among(what: str, given: str, listed: str) -> str:
    choices = re.findall("'([^']*)'", listed)
    every = f"All: {', '.join(choices)}." if len(choices) > _LISTED else ""
    return str(unknown_name(what, given, choices, every)).rstrip(". ")
