"""What nodes and ways are called where there is little room: in boxes, beside arrows, in rows of a table."""

from __future__ import annotations

import re
from collections import Counter
from unicodedata import east_asian_width

from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import (
    Action,
    Assign,
    Branch,
    GraphNode,
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
from journeykit.strategies.telling import Teller, percent, tell

_LETTERS = re.compile(r"[A-Za-z0-9_]+")
_LONGEST = 44  # letters of a title; one of Chinese is as wide as two


def head(node: GraphNode, teller: Teller) -> str:
    """What a node does, in a word or two."""
    waits = node.kind.startswith("wait") and not isinstance(node, WaitHour)
    return teller("head.wait" if waits else f"head.{node.kind}")


def detail(node: GraphNode, teller: Teller) -> str:
    """What it does it with; empty where the head says all."""
    match node:
        case Start():
            share = teller("head.control", share=percent(node.control)) if node.control else ""
            return (teller.either(node.segment.title, node.segment.title_zh) or node.segment.name) + share
        case Assign():
            return teller.offer(node.offer)
        case Wait():
            return teller.days(node.days)
        case WaitWorkingDays():
            return teller.days(node.days, "working_days")
        case WaitWeekday():
            return teller(node.weekday)
        case WaitHour():
            return f"{node.hour}:00"
        case WaitDate():
            return teller.value(node.date)
        case WaitUntil():
            return teller.condition(node.condition)
        case Branch() if len(node.cases) == 1:
            return teller.condition(node.cases[0].when)
        case Update():
            return node.mark
    return f"{teller.named(node.channel)} · {teller.offer(node.offer)}" if isinstance(node, Action) else ""


def way_name(node: GraphNode, place: int, teller: Teller) -> str:
    """What a way out of a node is called; empty for the only one."""
    match node:
        case Split():
            variant = node.variants[place]
            return f"{variant.name} {percent(variant.weight)}"
        case Branch() if len(node.cases) == 1 and node.cases[0].name == "yes":
            return teller.say("no" if place else "yes")
        case Branch():
            return teller("head.otherwise") if place == len(node.cases) else node.cases[place].name
        case WaitUntil():
            return teller("head.late", days=teller.days(node.at_most_days)) if place else teller.say("yes")
    return ""


def way_condition(node: GraphNode, place: int, teller: Teller) -> str:
    """The condition of a branch's way, where the branch itself does not say it already."""
    if isinstance(node, Branch) and place < len(node.cases) and (len(node.cases) > 1):
        return teller.condition(node.cases[place].when)
    return ""


def node_titles(strategy: Strategy, teller: Teller) -> dict[str, str]:
    """What each node is called in a table, by its id; of several called alike each names its id.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> from journeykit.segments import Segment
    >>> plan = Strategy("x", stage="retain").start(Segment("rich", tag("aum") > 5)).wait(days=3)
    >>> node_titles(plan.send("sms", offer="D-1Y"), Teller.of("en"))
    {'start': 'Enter', 'wait_3d': 'Wait 3 days', 'send_sms': 'Text message · D-1Y'}
    """
    titles = {node.id: shorten(_title(node, teller), _LONGEST) for node in strategy.nodes}
    alike = Counter(titles.values())
    return {name: f"{title} ({name})" if alike[title] > 1 else title for name, title in titles.items()}


def _title(node: GraphNode, teller: Teller) -> str:
    match node:
        case Assign():
            return f"{head(node, teller)} · {teller.offer(node.offer)}"
        case Start():
            return head(node, teller)
        case Branch() | Split() | Update() | WaitUntil():
            return " · ".join(part for part in (head(node, teller), detail(node, teller)) if part)
    if isinstance(node, Action):
        told = detail(node, teller)
        return told[:1].upper() + told[1:]
    return tell(node, teller).rstrip(".。")


def width(text: str) -> int:
    """How wide a text is, in letters; one of Chinese takes the room of two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def shorten(text: str, most: int) -> str:
    """A text of at most that width, cut where there is no more room.

    Examples
    --------
    >>> shorten("thirteen letters", 8), shorten("五个中文字", 8)
    ('thirtee…', '五个中…')
    """
    if width(text) <= most:
        return text
    room = most - 1
    for at, letter in enumerate(text):
        room -= width(letter)
        if room < 0:
            return text[:at].rstrip() + "…"
    return text


def wrap(text: str, most: int, lines: int = 2) -> list[str]:
    """A text in at most so many lines; Chinese breaks anywhere, English between words or behind a _.

    Examples
    --------
    >>> wrap("a text of several words, in two lines", 16)
    ['a text of', 'several words,…']
    >>> wrap("notifications saved_on_a_day", 10, 3)
    ['notificat…', 'saved_on_', 'a_day']
    """
    found: list[str] = []
    while text and len(found) < lines - 1 and width(text) > most:
        first, text = _break(text, most)
        found.append(first)
    return [*found, shorten(text, most)] if text else found


def _break(text: str, most: int) -> tuple[str, str]:
    """The first line of a text that is too wide for one, and the rest; a long word is shortened, not cut."""
    first = shorten(text, most + 1).removesuffix("…")
    rest = text[len(first) :]
    cut = _LETTERS.match(rest)
    if not (cut and _LETTERS.match(first[-1:])):
        return first, rest.strip()
    gap = max(first.rfind(" "), first.rfind("_")) + 1
    if gap > most // 4:
        return first[:gap].rstrip(), text[gap:].strip()
    return shorten(first + rest[: cut.end()], most), rest[cut.end() :].strip()
