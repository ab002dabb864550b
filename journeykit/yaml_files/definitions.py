"""Definitions from files, texts and messages, and back: what is written reads back equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from journeykit.errors import DefinitionError
from journeykit.files import publish_text
from journeykit.yaml_files.limits import MAX_CHARACTERS
from journeykit.yaml_files.names import hidden_in, refusal_of
from journeykit.yaml_files.parsing import parse
from journeykit.yaml_files.plain import parse_json
from journeykit.yaml_files.telling import definition_error

Model = TypeVar("Model", bound=BaseModel)


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
    content, node = parse(text, source)
    if not isinstance(content, dict):
        raise DefinitionError(f"{source} holds no {model.__name__}: keys and values are expected.")
    return _validate(content, model, source, node)


def to_yaml(definition: BaseModel) -> str:
    """A definition as YAML, from which :func:`from_yaml` makes an equal value.

    Raises
    ------
    DefinitionError
        A text in it has a character that no file may hold.
    """
    content = definition.model_dump(mode="json")
    for text in _texts(content):
        if hidden := hidden_in(text):
            what = type(definition).__name__
            raise DefinitionError(f"A {what} cannot be written: {refusal_of(hidden)} in it. Delete it.")
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


def from_json(
    content: str | bytes | bytearray | Mapping[str, Any], model: type[Model], source: str = "JSON"
) -> Model:
    """Read one definition from JSON, as text or as what a browser's message was made of already.

    It is checked like what :func:`from_yaml` reads, and within the same limits. Only what a number is, JSON
    says itself: ``1e1`` is ten there, and a text in YAML.
    """
    plain = parse_json(content, source)
    if not isinstance(plain, dict):
        raise DefinitionError(f"{source} holds no {model.__name__}: keys and values are expected.")
    return _validate(plain, model, source)


def _validate(content: Any, model: type[Model], source: str, node: yaml.Node | None = None) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise definition_error(source, error, node) from error
    except DefinitionError as error:  # of what does not know its file
        if isinstance(error.__cause__, ValidationError):
            raise definition_error(source, error.__cause__, node) from error.__cause__
        raise DefinitionError(f"{source}: {error}") from error
