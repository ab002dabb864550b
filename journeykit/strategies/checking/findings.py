"""A finding: one thing to correct or to think about, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from journeykit.errors import DefinitionError, unknown_name
from journeykit.i18n import in_language
from journeykit.strategies.checking.words import DRAWN, FINDINGS

Both = tuple[str, str]
"""A text in English and in Chinese."""


@dataclass(frozen=True)
class Finding:
    """One thing to correct (``error``, blocks running) or to think about (``warning``).

    Attributes
    ----------
    node : str
        Id of the node; ``goal``, ``exit_when`` or ``nodes`` for what is no node's own.
    message, message_zh : str
        What is wrong and the remedy, in English and Chinese.
    drawn : tuple
        The same for who draws the strategy instead of writing it.
    """

    severity: Literal["error", "warning"]
    strategy: str
    node: str
    message: str
    message_zh: str
    drawn: Both = field(repr=False, compare=False)

    def text(self, language: str, *, drawn: bool = False) -> str:
        """The message in English or Chinese."""
        return in_language(language, *(self.drawn if drawn else (self.message, self.message_zh)))

    def __str__(self) -> str:
        return f"{self.strategy}, {self.node}: {self.message}"


def find(strategy: str, node: str, key: str, **parts: object) -> Finding:
    """The finding called `key`, filled in; a part is the same in both languages, or a text in each.

    Examples
    --------
    >>> print(find("plan", "nodes", "too_many", count="10,000", limit="5,000"))
    plan, nodes: 10,000 nodes are more than 5,000. Make several strategies of it.
    """
    severity, *texts = FINDINGS[key]
    said = _filled(texts, parts)
    drawn = _filled(DRAWN[key], parts) if key in DRAWN else said
    return Finding(severity, strategy, node, *said, drawn)


def _filled(texts: Iterable[str], parts: Mapping[str, object]) -> Both:
    english, chinese = (
        text.format(
            **{name: part[place] if isinstance(part, tuple) else part for name, part in parts.items()}
        )
        for place, text in enumerate(texts)
    )
    return english, chinese


def find_unknown(
    strategy: str, node: str, name: str, choices: Iterable[str], *, what: Both, see: Both
) -> Finding:
    """The finding for a name that is not declared; `see` says where the declared ones are."""
    known = tuple(choices)
    near = "".join(f"是否为“{one}”？" for one in get_close_matches(name, sorted(known), n=1))
    english = str(unknown_name(what[0], name, known, see[0]))
    return find(strategy, node, "told", text=(english, f"未知{what[1]}“{name}”。{near}{see[1]}"))


def require_sound(findings: Iterable[Finding]) -> None:
    """Raise one error that lists every finding of severity ``error``."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        listed = "\n".join(f"- {finding}" for finding in errors)
        raise DefinitionError(f"{len(errors)} findings block running; correct them first:\n{listed}")
