"""JSON, as text or as the values of a message, to the values that YAML would give: as strict, as limited."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from journeykit.errors import DefinitionError
from journeykit.yaml_files.limits import (
    MAX_CHARACTERS,
    MAX_DIGITS,
    MAX_ENTRIES,
    MAX_LEVELS,
    TOO_DEEP,
    TOO_LONG_A_NUMBER,
    TOO_MANY,
    check_text,
)
from journeykit.yaml_files.names import hidden_in, refusal_of

Path = tuple[str | int, ...]
_FAR = re.compile(r"[eE][-+]?\d{4}")
_SHOWN = 60  # characters of a key in a message


def parse_json(content: str | bytes | bytearray | Mapping[str, Any], source: str) -> Any:
    """Plain values of `source`, which is named in errors with the path to what is wrong.

    Raises
    ------
    DefinitionError
        Not JSON, a key that stands twice in one object, a hidden character, or more than a definition may
        have.

    Examples
    --------
    >>> parse_json('{"share": 0.10}', "a message")
    {'share': Decimal('0.10')}
    >>> parse_json('{"steps": [{"id": "a", "id": "b"}]}', "a message")
    Traceback (most recent call last):
    ...
    journeykit.errors.DefinitionError: a message: steps.0: the key 'id' stands twice. Give it once.
    """
    try:
        given = isinstance(content, Mapping)
        return _Reader(source).read(content if given else _loaded(_decoded(content, source), source), ())
    except RecursionError as error:
        raise DefinitionError(f"{source}: {TOO_DEEP}. Split the definition.") from error


class _Twice(str):
    """A key that an object has twice, in place of the object: its path is known when it is met."""

    __slots__ = ()


def _decoded(content: str | bytes | bytearray, source: str) -> str:
    try:
        return content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{source} is not UTF-8 text. Save it as UTF-8.") from error


def _loaded(text: str, source: str) -> Any:
    check_text(text, source)
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=float
        )
    except json.JSONDecodeError as error:
        raise DefinitionError(
            f"{source}, line {error.lineno}: {error.msg}, at character {error.colno}. Correct that line."
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Twice(next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1))


def _number(text: str) -> int | Decimal | float:
    """As YAML has them; one beyond any field is infinite, and refused where it stands."""
    if len(text) > MAX_DIGITS or _FAR.search(text):
        return math.inf
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)


class _Reader:
    """Copies plain values, and counts what it has seen."""

    def __init__(self, source: str) -> None:
        self._source, self._seen = source, 0

    def read(self, value: Any, path: Path) -> Any:
        """The value as YAML would have given it."""
        if len(path) > MAX_LEVELS:
            raise DefinitionError(f"{self._source}: {TOO_DEEP}. Split the definition.")
        self._count(1)
        match value:
            case _Twice():
                raise self._error(path, f"the key {str(value)!r} stands twice. Give it once")
            case None | bool():
                return value
            case str():
                return self._text(value, path)
            case int() | float() | Decimal():
                return self._finite(value, path)
            case Mapping():
                return dict(self._entries(value, path))
            case list() | tuple():
                return self._list(value, path)
        raise self._error(path, f"a {type(value).__name__} is no part of JSON")

    def _entries(self, value: Mapping[Any, Any], path: Path) -> Iterator[tuple[str, Any]]:
        for key, entry in value.items():
            if not isinstance(key, str):
                raise self._error(path, f"the key {key!r} is no text")
            inside = (*path, key[:_SHOWN])
            yield self._text(key, inside), self.read(entry, inside)

    def _list(self, value: Sequence[Any], path: Path) -> list[Any]:
        if len(value) > MAX_ENTRIES:
            raise self._error(path, TOO_MANY)
        return [self.read(entry, (*path, place)) for place, entry in enumerate(value)]

    def _text(self, value: str, path: Path) -> str:
        self._count(len(value))
        if hidden := hidden_in(value):
            raise self._error(path, refusal_of(hidden))
        return value

    def _finite(self, value: float | Decimal, path: Path) -> int | Decimal:
        exact = Decimal(str(value)) if isinstance(value, float) else value
        if (isinstance(exact, Decimal) and exact.is_nan()) or abs(exact) >= 10**MAX_DIGITS:
            raise self._error(path, f"{TOO_LONG_A_NUMBER} and an end")
        return exact

    def _count(self, more: int) -> None:
        self._seen += more
        if self._seen > MAX_CHARACTERS:
            raise DefinitionError(
                f"{self._source} has more than {MAX_CHARACTERS:,} characters and values, which is the most a "
                "definition may have. Split it."
            )

    def _error(self, path: Path, problem: str) -> DefinitionError:
        place = ".".join(map(str, path))
        return DefinitionError(": ".join(part for part in (self._source, place, f"{problem}.") if part))
