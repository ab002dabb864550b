"""A strategy as a flow that needs no script: inline SVG, legible on light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

from journeykit.segments.drawing import BLUE, GREY, VERMILION
from journeykit.strategies.graph import Strategy
from journeykit.strategies.laying import Layout, Way, lay_out
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

MOST_NODES = 120
"""Of a drawing that somebody can read; of more the explanation is shown instead."""

_GREEN = "#009e73"  # Okabe and Ito's, as the others
_WIDTH, _HEIGHT = 176, 58
_COLUMN, _ROW = 200, 108
_LINE = 24  # letters of a line in a box; one of Chinese is as wide as two


def draw(strategy: Strategy, language: str = "en", tags: Mapping[str, Any] | None = None) -> str:
    """The flow of a strategy with one start, as HTML."""
    teller = Teller.of(language, tags)
    nodes = {node.id: node for node in strategy.nodes}
    layout = lay_out(strategy.starts[0].id, _with_ends(nodes))
    left = max((0, *(_COLUMN * column for column, _ in layout.nodes.values())))
    returns = sum(way.back for way in layout.ways)
    width = left + _WIDTH + 24 + 18 * returns
    height = _ROW * max(row for _, row in layout.nodes.values()) + _HEIGHT + 24
    drawn = [*_draw_ways(layout, nodes, teller), *_draw_nodes(strategy, layout, nodes, teller)]
    title = teller.either(strategy.title, strategy.title_zh) or strategy.name
    return (
        '<div class="jk-flow" style="max-width:100%;overflow-x:auto">'
        f'<svg role="img" aria-label="{escape(title)}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="system-ui,sans-serif" font-size="12" '
        f'fill="currentColor">{"".join(drawn)}</svg></div>'
    )


def _with_ends(nodes: Mapping[str, GraphNode]) -> dict[str, list[str]]:
    """Each node's targets; a way that ends, or leads nowhere, has a dot of its own."""
    following: dict[str, list[str]] = {}
    for name, node in nodes.items():
        ways = [
            target if target in nodes else f"{name} {place}" for place, (_, target) in enumerate(node.ways)
        ]
        following[name] = ways
        following |= {dot: [] for dot in ways if dot not in nodes}
    return following


def _middle(column: float) -> float:
    return 12 + _WIDTH / 2 + _COLUMN * column


def _top(row: int) -> float:
    return 12 + _ROW * row


def _draw_ways(layout: Layout, nodes: Mapping[str, GraphNode], teller: Teller) -> Iterator[str]:
    lane = max(_middle(column) for column, _ in layout.nodes.values()) + _WIDTH / 2 + 14
    for way in layout.ways:
        column, row = layout.nodes[way.source]
        x, y = _middle(column), _top(row) + _HEIGHT
        if way.back:
            yield _draw_return(way, layout, lane)
            lane += 18
            continue
        to_column, to_row = layout.nodes[way.target]
        aside = _aside(len(nodes[way.source].ways), way.place)
        points = [(x + aside, y), *((_middle(bend), _top(at) + _HEIGHT / 2) for bend, at in way.bends)]
        points.append((_middle(to_column), _top(to_row) - 5))
        curve = f"M{points[0][0]:.0f} {points[0][1]:.0f}" + "".join(
            f"C{a:.0f} {(b + d) / 2:.0f} {c:.0f} {(b + d) / 2:.0f} {c:.0f} {d:.0f}"
            for (a, b), (c, d) in pairwise(points)
        )
        end = points[-1]
        yield f'<path d="{curve}" fill="none" stroke="{GREY}" stroke-width="1.5"/>'
        yield f'<path d="M{end[0] - 4:.0f} {end[1] - 3:.0f}l4 7l4 -7z" fill="{GREY}"/>'
        name = _way_name(nodes[way.source], way.place, teller)
        if name:
            yield _draw_name(_shorten(name, _LINE), points[0], points[1])


def _draw_name(name: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    """A way's name beside its curve, on the side that the curve turns away from."""
    side, anchor = (-1, "end") if end[0] < start[0] else (1, "start")
    x, y = (start[0] + end[0]) / 2 + 6 * side, (start[1] + end[1]) / 2 - 3
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="11" font-style="italic">'
        f"{escape(name)}</text>"
    )


def _draw_return(way: Way, layout: Layout, lane: float) -> str:
    """A way back up, along the right side."""
    (column, row), (to_column, to_row) = layout.nodes[way.source], layout.nodes[way.target]
    x, y = _middle(column) + _WIDTH / 2, _top(row) + _HEIGHT / 2
    to_x, to_y = _middle(to_column) + _WIDTH / 2 + 5, _top(to_row) + _HEIGHT / 2
    return (
        f'<path d="M{x:.0f} {y:.0f}H{lane:.0f}V{to_y:.0f}H{to_x:.0f}" fill="none" stroke="{GREY}" '
        f'stroke-width="1.5" stroke-dasharray="5 3" stroke-linejoin="round"/>'
        f'<path d="M{to_x + 3:.0f} {to_y - 4:.0f}l-7 4l7 4z" fill="{GREY}"/>'
    )


def _aside(count: int, place: int) -> float:
    """How far from the middle of its node a way begins."""
    return (place - (count - 1) / 2) * min(40, 140 / count)


def _draw_nodes(
    strategy: Strategy, layout: Layout, nodes: Mapping[str, GraphNode], teller: Teller
) -> Iterator[str]:
    for name, (column, row) in layout.nodes.items():
        x, y = _middle(column), _top(row)
        if name not in nodes:
            yield f'<circle cx="{x:.0f}" cy="{y + 4:.0f}" r="6" fill="{GREY}"/>'
            continue
        node = nodes[name]
        colour = _colour(node)
        hour = strategy.hour_before(name) if isinstance(node, Action) else None
        head, detail = teller(f"head.{_head(node)}"), _detail(node, teller)
        lines = [f'<tspan font-weight="600">{escape(head)}</tspan>']
        lines += [escape(line) for line in _wrapped(detail)]
        first = y + _HEIGHT / 2 + 4 - 7.5 * (len(lines) - 1)
        text = "".join(
            f'<text x="{x:.0f}" y="{first + 15 * at:.1f}" text-anchor="middle">{line}</text>'
            for at, line in enumerate(lines)
        )
        yield (
            f"<g><title>{escape(f'{name}: {tell(node, teller, hour)}')}</title>"
            f'<rect x="{x - _WIDTH / 2:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="9" '
            f'fill="{colour}" fill-opacity=".13" stroke="{colour}" stroke-width="1.5"/>{text}</g>'
        )


def _colour(node: GraphNode) -> str:
    if isinstance(node, Action):
        return BLUE
    if isinstance(node, Branch | Split):
        return VERMILION
    return _GREEN if isinstance(node, Start | Update) else GREY


def _head(node: GraphNode) -> str:
    waits = node.kind.startswith("wait") and not isinstance(node, WaitHour)
    return "wait" if waits else node.kind


def _detail(node: GraphNode, teller: Teller) -> str:
    match node:
        case Start():
            share = teller("head.control", share=percent(node.control)) if node.control else ""
            return (teller.either(node.segment.title, node.segment.title_zh) or node.segment.name) + share
        case Assign():
            return node.offer
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
    return f"{teller.named(node.channel)} · {node.offer}" if isinstance(node, Action) else ""


def _way_name(node: GraphNode, place: int, teller: Teller) -> str:
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


def _width(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1


def _shorten(text: str, width: int) -> str:
    """A text of at most that width, cut where there is no more room."""
    total = 0
    for at, letter in enumerate(text):
        total += _width(letter)
        if total > width:
            return text[: max(at - 1, 0)].rstrip() + "…"
    return text


def _wrapped(text: str) -> list[str]:
    """A text in at most two lines; Chinese breaks anywhere, English between words."""
    if not text:
        return []
    if sum(map(_width, text)) <= _LINE:
        return [text]
    first = _shorten(text, _LINE + 1).removesuffix("…")
    gap = first.rfind(" ")
    if gap > _LINE // 3:
        first = first[:gap]
    return [first, _shorten(text[len(first) :].strip(), _LINE)]
