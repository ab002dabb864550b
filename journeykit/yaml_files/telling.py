"""What does not fit a definition, in the words of someone who writes one, with its line where it has one."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import ValidationError

from journeykit.errors import DefinitionError, unknown_name
from journeykit.yaml_files.names import NAME

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


def definition_error(source: str, error: ValidationError, node: yaml.Node | None = None) -> DefinitionError:
    """Turn pydantic's findings into one error that names `source`, each key's path and, by `node`, its line.

    Examples
    --------
    >>> from pydantic import BaseModel
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
    end = "" if listed.endswith("?") else "."
    return DefinitionError(f"{source}{f', line {first}' if first else ''}: {listed}{end}{more}")


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
