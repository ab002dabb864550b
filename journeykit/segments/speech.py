"""How things are called in one language: tags by their titles, sentences filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journeykit.i18n import in_language
from journeykit.segments.wording import WORDS
from journeykit.tags.library import LIBRARY
from journeykit.tags.tag import Tag

_LIBRARY = {tag.name: tag for tag in LIBRARY}


@dataclass(frozen=True)
class Speech:
    """How things are called in one language."""

    language: str
    tags: Mapping[str, Tag]
    subject: str | None = None

    def __call__(self, key: str, *parts: str) -> str:
        """The sentence called `key`, filled in."""
        return in_language(self.language, *WORDS[key]).format(*parts)

    def days(self, key: str, count: int, *parts: str) -> str:
        """A sentence with a number of days in it; one day is said in its own way."""
        return self(f"{key}_1", *parts, "1") if count == 1 else self(key, *parts, f"{count:,}")

    def listed(self, parts: list[str]) -> str:
        """Several things one after the other."""
        return self("list").join(part.strip() for part in parts)


def speech(language: str, tags: Mapping[str, Any] | None = None) -> Speech:
    """How things are called in a language, by the titles of a catalogue."""
    known = _LIBRARY if tags is None else {name: getattr(tags[name], "tag", None) for name in tags}
    return Speech(language, {name: tag for name, tag in known.items() if isinstance(tag, Tag)})
