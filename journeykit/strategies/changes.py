"""One difference after the other, each said in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from pydantic import BaseModel

from journeykit.expressions import And, Node
from journeykit.strategies.telling import Teller
from journeykit.strategies.values import field_name, show

Kind = Literal["added", "removed", "changed"]
What = Literal["strategy", "node", "way", "tag", "model", "offer", "channel"]
Said = str | Callable[[Teller], str]

_APART = ("id", "kind", "next", "late", "cases", "variants", "segment")
"""What a node has that is no plain field: its ways are compared by themselves."""


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    kind : str
        ``added``, ``removed`` or ``changed``.
    what, name : str
        What it is about: the ``strategy``, a ``node``, the ``way`` out of one, or a ``tag``, ``model``,
        ``offer`` or ``channel`` that it decides with; and which.
    text, text_zh : str
        What changed, in English and Chinese.
    """

    kind: Kind
    what: What
    name: str
    text: str
    text_zh: str


@dataclass(frozen=True)
class Changes:
    """Makes changes, in both languages at once."""

    english: Teller
    chinese: Teller

    @classmethod
    def of(cls, tags: Mapping[str, Any] | None, offers: Mapping[str, Any] | None = None) -> Changes:
        """Those that call tags as a catalogue does, and offers in JSON form by their titles."""
        titles = {
            name: (one.get("title", ""), one.get("title_zh", "")) for name, one in (offers or {}).items()
        }
        english, chinese = (replace(Teller.of(language, tags), offers=titles) for language in ("en", "zh"))
        return cls(english, chinese)

    def make(self, kind: Kind, what: What, name: str, key: str, **parts: Said) -> Change:
        """The change called `key`; parts that differ between the languages are asked of each."""
        english, chinese = (
            teller(key, **{part: one if isinstance(one, str) else one(teller) for part, one in parts.items()})
            for teller in (self.english, self.chinese)
        )
        return Change(kind, what, name, english[:1].upper() + english[1:], chinese)

    def value(self, what: What, name: str, field: str, old: Any, new: Any) -> Iterator[Change]:
        """A value that became another one; of a condition only the parts that did."""
        if old == new:
            return
        about = {"place": partial(place_of, what, name), "field": partial(field_name, field)}
        if isinstance(old, Node) and isinstance(new, Node):
            gone, added = _parts_apart(old, new)
            if not (gone and added) and (gone or added):
                key, parts = ("stricter", added) if added else ("looser", gone)
                yield self.make("changed", what, name, key, parts=partial(listed, parts), **about)
                return
        values = {"old": partial(show, old, field), "new": partial(show, new, field)}
        yield self.make("changed", what, name, "became", **values, **about)

    def fields(self, what: What, name: str, old: BaseModel, new: BaseModel) -> Iterator[Change]:
        """Each plain field of two models of one kind."""
        for field in type(new).model_fields:
            if field not in _APART:
                yield from self.value(what, name, field, getattr(old, field), getattr(new, field))


def place_of(what: What, name: str, teller: Teller) -> str:
    """How a sentence about one thing begins; about the strategy itself it just begins."""
    return "" if what == "strategy" else teller(f"place.{what}", name=name)


def listed(parts: list[Node], teller: Teller) -> str:
    """Conditions one after the other."""
    return teller.listed([teller.condition(part) for part in parts])


def _parts_apart(old: Node, new: Node) -> tuple[list[Node], list[Node]]:
    """Of conditions that must hold together: those that are gone, and those that came."""
    before, after = (rule.operands if isinstance(rule, And) else (rule,) for rule in (old, new))
    return [part for part in before if part not in after], [part for part in after if part not in before]
