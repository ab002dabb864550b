"""What a segment made of others is called: short names that stay distinct, and titles in both languages."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Protocol

from journeykit.expressions import Node, tag_names
from journeykit.expressions.nodes import Did, InList, walk

LONGEST = 100


class Titled(Protocol):
    """What has titles: a segment."""

    @property
    def title(self) -> str:
        """What readers see in English."""
        ...

    @property
    def title_zh(self) -> str:
        """And in Chinese."""
        ...


def shorten(name: str, longest: int = LONGEST) -> str:
    """A composed name, cut where it grows past what a file name should be, and still distinct."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def name_condition(condition: Node) -> str:
    """A name for a condition that has none: its lists, tags and events.

    Examples
    --------
    >>> from journeykit.expressions import did, tag
    >>> name_condition(((tag("age") < 30) & did("view")).node)
    'age_view'
    """
    parts = [part.name for part in walk(condition) if isinstance(part, InList)]
    parts += tag_names(condition)
    parts += [part.events.event for part in walk(condition) if isinstance(part, Did)]
    return "_".join(dict.fromkeys(map(slug, parts))) or "condition"


def slug(text: str) -> str:
    """Text as part of a name.

    Examples
    --------
    >>> slug("Pilot, 2nd wave"), slug("试点")
    ('pilot_2nd_wave', '')
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def titles_of(sides: tuple[Titled, Titled], word: str, word_zh: str) -> dict[str, Any]:
    """The titles of two sides with a word between them, where both have one."""
    titles = {}
    for key, joint in (("title", word), ("title_zh", word_zh)):
        left, right = (getattr(side, key) for side in sides)
        titles[key] = f"({left}) {joint} ({right})" if left and right else ""
    return titles
