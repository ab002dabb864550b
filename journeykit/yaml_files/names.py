"""Names and texts of definitions, and the characters that no definition may hold."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

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


def hidden_in(text: str, start: int = 0) -> re.Match[str] | None:
    """The first character of a text that nobody would see, or None; from a place on.

    Examples
    --------
    >>> hidden_in("pay\u200bment").start(), hidden_in("payment")
    (3, None)
    """
    return _HIDDEN.search(text, start)


def refusal_of(hidden: re.Match[str]) -> str:
    """How a hidden character is refused."""
    return f"the character U+{ord(hidden[0]):04X} is not allowed"


def _plain(text: str) -> str:
    """Refuse a text that no file could hold."""
    if hidden := hidden_in(text):
        raise ValueError(refusal_of(hidden))
    return text


Text = Annotated[str, AfterValidator(_plain)]
"""What somebody writes for others to read."""
