"""A strategy's nodes, each in one sentence, in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from journeykit.expressions import And, Node, Or
from journeykit.i18n import in_language
from journeykit.segments.phrases import phrase, sentence
from journeykit.segments.speech import Speech, speech
from journeykit.strategies.nodes import (
    Action,
    Assign,
    Branch,
    GraphNode,
    Send,
    Split,
    Start,
    Update,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
)
from journeykit.strategies.offers import Offer
from journeykit.strategies.wording import WORDS


@dataclass(frozen=True)
class Teller:
    """How a strategy is spoken of in one language; conditions are those of a segment."""

    say: Speech
    offers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, language: str, tags: Mapping[str, Any] | None = None, offers: Mapping[str, Offer] | None = None
    ) -> Teller:
        """The one of a language.

        Tags are called as a catalogue calls them, by default the library; offers by their titles where they
        are known, else by their names.
        """
        titles = {name: (one.title, one.title_zh) for name, one in (offers or {}).items()}
        return cls(speech(language, tags), titles)

    @property
    def language(self) -> str:
        """``en`` or ``zh``."""
        return self.say.language

    def __call__(self, key: str, **parts: object) -> str:
        """The sentence called `key`, filled in."""
        return in_language(self.language, *WORDS[key]).format(**parts)

    def either(self, english: str, chinese: str) -> str:
        """Whichever of two texts is in the language."""
        return in_language(self.language, english, chinese)

    def days(self, count: int, unit: str = "days") -> str:
        """A number of days, or of working days."""
        return self(f"{unit}_1") if count == 1 else self(unit, count=f"{count:,}")

    def named(self, name: str) -> str:
        """What a channel is called; others by their own name."""
        key = f"channel.{name}"
        return self(key) if key in WORDS else name

    def offer(self, name: str) -> str:
        """What an offer is called: its title, or its name."""
        return self.either(*self.offers.get(name, ("", ""))) or name

    def condition(self, rule: Node) -> str:
        """A condition in one sentence, without parentheses around all of it."""
        text = sentence(rule, self.say)
        joined = isinstance(rule, And | Or) and len(rule.operands) > 1
        return text[1:-1] if joined else text

    def value(self, rule: Node) -> str:
        """What an expression is called inside a sentence."""
        return phrase(rule, self.say).strip()

    def listed(self, parts: list[str]) -> str:
        """Several things one after the other."""
        return self.say("between_cases").join(parts)


def tell(node: GraphNode, teller: Teller, hour: int | None = None) -> str:
    """What happens at a node, in one sentence; `hour` is the one before which a contact is not made."""
    match node:
        case Send() | Assign():
            return _tell_action(node, teller, hour)
        case Wait():
            return teller("wait", days=teller.days(node.days))
        case WaitWorkingDays():
            return teller("wait_working_days", days=teller.days(node.days, "working_days"))
        case WaitWeekday():
            return teller("wait_weekday", weekday=teller(node.weekday))
        case WaitHour():
            return teller("wait_hour", hour=node.hour)
        case WaitDate():
            return teller("wait_date", day=teller.value(node.date))
        case WaitUntil():
            days, condition = teller.days(node.at_most_days), teller.condition(node.condition)
            return teller("wait_until", days=days, condition=condition)
        case Branch():
            conditions = [teller.condition(case.when) for case in node.cases]
            return teller("branch", conditions=teller.listed(conditions))
        case Split():
            ways = [f"“{one.name}” {percent(one.weight)}" for one in node.variants]
            return teller("split", ways=teller.say.listed(ways))
        case Update():
            return teller("update", mark=node.mark)
    return teller(node.kind)


def tell_start(start: Start, teller: Teller) -> list[str]:
    """Who is only measured, who may come again, and when anybody enters: a sentence each."""
    control = teller("control", share=percent(start.control)) if start.control else teller("no_control")
    if isinstance(start.reentry, int):
        again = teller("reentry.days", days=teller.days(start.reentry))
    else:
        again = teller(f"reentry.{start.reentry}")
    told = [control, again]
    if start.valid_from:
        told.append(teller("valid_from", first=start.valid_from))
    if start.valid_to:
        told.append(teller("valid_to", last=start.valid_to))
    return told


def percent(share: Decimal) -> str:
    """A share in per cent, exact.

    Examples
    --------
    >>> percent(Decimal("0.10")), percent(Decimal("0.333"))
    ('10%', '33.3%')
    """
    return f"{(share * 100).normalize():f}%"


def _tell_action(node: Action, teller: Teller, hour: int | None) -> str:
    details = "" if hour is None else teller("not_before", hour=hour)
    if node.expected_value is not None:
        details += teller("value", value=f"{node.expected_value:,}")
    if node.cost:
        details += teller("cost", value=f"{node.cost:,}")
    if node.priority is not None:
        details += teller("priority", priority=node.priority)
    words = teller.either(node.template, node.template_zh)
    if isinstance(node, Assign):
        words = teller.either(node.script, node.script_zh) or words
    offer = teller.offer(node.offer)
    if words:
        details += teller("saying", text=words)
    if node.on_blocked != "skip":
        details += teller(f"blocked.{node.on_blocked}")
    if isinstance(node, Assign):
        return teller("assign", offer=offer, days=teller.days(node.due_days), details=details)
    key = f"send.{node.channel}"
    return teller(
        key if key in WORDS else "send", offer=offer, channel=teller.named(node.channel), details=details
    )
