"""What no rule tree or message may hold, whatever its shape: found in one pass that cannot be overrun."""

from __future__ import annotations

import math
from typing import Any

from journeykit.errors import DefinitionError

TREE = "rule tree"
"""What an error of a rule tree begins with."""
MAX_LEVELS = 150
"""Lists and objects inside each other."""
MAX_RULES = 1_000
"""Rules and groups of one tree."""
MAX_VALUES = 50_000
"""Values of one tree, of whatever kind."""
MAX_TEXT = 10_000
"""Characters of one text."""


def check_limits(tree: Any, what: str = TREE) -> None:
    """Refuse what is no JSON, or more of it than a tree may hold.

    Parameters
    ----------
    tree : JSON
        As it was read.
    what : str
        What it is, which an error begins with.

    Raises
    ------
    DefinitionError
        The message says what, and where it is not in all of the tree, where.

    Examples
    --------
    >>> check_limits({"rules": [float("nan")]})
    Traceback (most recent call last):
    ...
    journeykit.errors.DefinitionError: rule tree: rules.0: nan is no number of JSON.
    """
    rules = values = 0
    waiting: list[tuple[str, Any, int]] = [("", tree, 1)]
    while waiting:
        path, part, level = waiting.pop()
        values += 1
        if level > MAX_LEVELS:
            raise DefinitionError(f"{what}: nested more than {MAX_LEVELS} levels deep. Split the segment.")
        if isinstance(part, dict):
            rules += "combinator" in part or "operator" in part
            for key in part:
                if not isinstance(key, str):
                    raise _error(what, path, f"the key {_short(key)} is no text")
                _check_scalar(what, path, key)
            waiting += ((f"{path}.{_short(key)}", value, level + 1) for key, value in part.items())
        elif isinstance(part, list | tuple):
            waiting += ((f"{path}.{place}", value, level + 1) for place, value in enumerate(part))
        else:
            _check_scalar(what, path, part)
        if rules > MAX_RULES or values + len(waiting) > MAX_VALUES:
            raise DefinitionError(
                f"{what}: more than {MAX_RULES:,} rules, or {MAX_VALUES:,} values. "
                "Define a tag for a part of it, or save the customers as a list."
            )


def _check_scalar(what: str, path: str, value: Any) -> None:
    problem = ""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            problem = f"a text of {len(value):,} characters; at most {MAX_TEXT:,} are expected"
        elif any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            problem = f"{_short(value)!r} is not valid text"
    elif isinstance(value, float):
        problem = "" if math.isfinite(value) else f"{value} is no number of JSON"
    elif isinstance(value, int):
        problem = "" if abs(value) < 2**63 else "a whole number that does not fit 64 bits"
    elif value is not None:
        problem = f"a {type(value).__name__} is no part of JSON"
    if problem:
        raise _error(what, path, problem)


def _error(what: str, path: str, problem: str) -> DefinitionError:
    return DefinitionError(": ".join(part for part in (what, path.removeprefix("."), f"{problem}.") if part))


def _short(text: Any) -> str:
    shown = str(text)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
