"""A strategy as a flow that needs no script: inline SVG, legible on light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Any

from journeykit.i18n import label
from journeykit.segments.drawing import BLUE, GREY, VERMILION
from journeykit.strategies.graph import Strategy
from journeykit.strategies.labelling import detail, head, shorten, way_condition, way_name, wrap
from journeykit.strategies.laying import Layout, Way, lay_out
from journeykit.strategies.nodes import Action, Branch, GraphNode, Join, Split, Start, Update
from journeykit.strategies.offers import Offer
from journeykit.strategies.telling import Teller, tell

MOST_NODES = 120
"""Of a drawing that somebody can read; of more the explanation is shown instead."""

_GREEN = "#009e73"  # Okabe and Ito's, as the others
_WIDTH, _HEIGHT, _SMALL = 184, 72, 14
_COLUMN, _MARGIN, _GAP = 204, 12, 30
_LINE = 26  # letters of a line in a box, as wide as half as many of Chinese
_ITALIC = ' font-style="italic"'
_STEP = 14  # from one line of text to the next


def draw(
    strategy: Strategy, language: str = "en", tags: Mapping[str, Any] | None = None,
    offers: Mapping[str, Offer] | None = None,
) -> str:  # fmt: skip
    """The flow of a strategy with one start below its title, goal and exit rule, as HTML."""
    teller = Teller.of(language, tags, offers)
    drawn = _Drawing(strategy, teller)
    title = teller.either(strategy.title, strategy.title_zh) or strategy.name
    wide, high = drawn.size
    return (
        f'<div class="jk-flow" style="max-width:100%;overflow-x:auto">{"".join(_caption(strategy, teller))}'
        f'<svg role="img" aria-label="{escape(title)}" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" font-family="system-ui,sans-serif" font-size="12" '
        f'fill="currentColor">{"".join((*drawn.ways(), *drawn.nodes()))}</svg></div>'
    )


def _caption(strategy: Strategy, teller: Teller) -> Iterator[str]:
    title = teller.either(strategy.title, strategy.title_zh) or strategy.name
    stage = label(f"stage.{strategy.stage}", teller.language)
    yield f'<div style="font-weight:600">{escape(teller("titled", title=title, stage=stage))}</div>'
    if strategy.goal:
        condition, days = teller.condition(strategy.goal.expression), teller.days(strategy.goal.within_days)
        yield f"<div>{escape(teller('head.goal', condition=condition, days=days))}</div>"
    if strategy.exit_when:
        yield f"<div>{escape(teller('head.leaves', condition=teller.condition(strategy.exit_when)))}</div>"


class _Drawing:
    """Where everything stands; a row is as high as what is in it, and as far from the next as names need."""

    def __init__(self, strategy: Strategy, teller: Teller) -> None:
        self._strategy, self._teller = strategy, teller
        self._nodes = {node.id: node for node in strategy.nodes}
        self._layout: Layout = lay_out(strategy.starts[0].id, _with_ends(self._nodes))
        self._names = {way: list(self._name(way)) for way in self._layout.ways}
        rows = max(row for _, row in self._layout.nodes.values()) + 1
        high, gap = [_SMALL] * rows, [_GAP] * rows
        for name, (_, row) in self._layout.nodes.items():
            high[row] = max(high[row], self._high(name))
        for way, lines in self._names.items():
            row = self._layout.nodes[way.source][1]
            gap[row] = max(gap[row], 24 + _STEP * (len(lines) + 1) if lines else 0)
        self._row_high = high
        self._tops = [_MARGIN]
        for row in range(1, rows):
            self._tops.append(self._tops[-1] + high[row - 1] + gap[row - 1])

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        right = max(column for column, _ in self._layout.nodes.values())
        bends = max((column for way in self._layout.ways for column, _ in way.bends), default=0.0)
        returns = sum(way.back for way in self._layout.ways)
        wide = _middle(max(right, bends)) + _WIDTH / 2 + _MARGIN + 18 * returns
        return wide, self._tops[-1] + self._row_high[-1] + _MARGIN

    def ways(self) -> Iterator[str]:
        """Each way as a curve with its name."""
        lane = max(_middle(column) for column, _ in self._layout.nodes.values()) + _WIDTH / 2 + 14
        for way in self._layout.ways:
            if way.back:
                yield self._draw_return(way, lane)
                lane += 18
                continue
            points = list(self._points(way))
            above, below = points, []
            if lines := self._names[way]:
                (x, _), y = points[1], self._tops[self._layout.nodes[way.source][1] + 1]
                side = 0.0
                if self._is_one_of_several(way):
                    x, side = (points[0][0] + x) / 2, points[0][0] - x
                else:
                    above, below = [points[0], (x, y - 10 - _STEP * len(lines))], [(x, y - 8), *points[1:]]
                yield self._draw_name(way, x, y - 12 - _STEP * (len(lines) - 1), _anchor(side))
            yield _curve(above)
            if len(below) > 2:
                yield _curve(below)
            x, y = points[-1]
            yield f'<path d="M{x - 4:.0f} {y - 3:.0f}l4 7l4 -7z" fill="{GREY}"/>'

    def nodes(self) -> Iterator[str]:
        """Each node as a box that says what it does, with its id; where ways meet or end, a dot."""
        for name, (column, row) in self._layout.nodes.items():
            x, y = _middle(column), self._tops[row]
            node = self._nodes.get(name)
            if node is None:
                yield f'<circle cx="{x:.0f}" cy="{y + 5:.0f}" r="6" fill="{GREY}"/>'
                continue
            hour = self._strategy.hour_before(name) if isinstance(node, Action) else None
            told = f"<title>{escape(f'{name}: {tell(node, self._teller, hour)}')}</title>"
            if isinstance(node, Join):
                circle = f'<circle cx="{x:.0f}" cy="{y + 7:.0f}" r="6" fill="none" stroke="{GREY}"/>'
                yield f"<g>{told}{circle}</g>"
                continue
            colour = _colour(node)
            yield (
                f'<g>{told}<rect x="{x - _WIDTH / 2:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" '
                f'rx="9" fill="{colour}" fill-opacity=".13" stroke="{colour}" stroke-width="1.5"/>'
                f"{''.join(self._lines(node, x, y))}</g>"
            )

    def _lines(self, node: GraphNode, x: float, y: float) -> Iterator[str]:
        said = [head(node, self._teller), *wrap(detail(node, self._teller), _LINE)]
        first = y + (_HEIGHT - 14) / 2 + 5 - _STEP / 2 * (len(said) - 1)
        for at, line in enumerate(said):
            weight = ' font-weight="600"' if at == 0 else ""
            yield _text(x, first + _STEP * at, line, weight)
        style = ' font-size="9.5" fill-opacity=".65" font-family="ui-monospace,monospace"'
        yield _text(x, y + _HEIGHT - 6, shorten(node.id, 30), style)

    def _high(self, name: str) -> int:
        return _SMALL if isinstance(self._nodes.get(name), Join | None) else _HEIGHT

    def _name(self, way: Way) -> Iterator[str]:
        """The lines beside a way: what it is called, and on which condition it is gone."""
        node = self._nodes[way.source]
        if name := way_name(node, way.place, self._teller):
            yield shorten(name, _LINE)
            yield from wrap(way_condition(node, way.place, self._teller), _LINE)

    def _points(self, way: Way) -> Iterator[tuple[float, float]]:
        """Where a way begins, which points it passes, and where it ends."""
        column, row = self._layout.nodes[way.source]
        to_column, to_row = self._layout.nodes[way.target]
        aside = _aside(len(self._nodes[way.source].ways), way.place)
        # It turns between the rows and passes each of them straight, so that it runs under no box.
        yield _middle(column) + aside, self._tops[row] + self._high(way.source)
        if self._high(way.source) < self._row_high[row]:
            yield _middle(column) + aside, self._tops[row] + self._row_high[row]
        for bend, at in way.bends:
            yield _middle(bend), self._tops[at]
            yield _middle(bend), self._tops[at] + self._row_high[at]
        yield _middle(to_column), self._tops[to_row] - 5

    def _is_one_of_several(self, way: Way) -> bool:
        """Whether another way of the same node leads to the same one: their names need a place each."""
        return sum(one.source == way.source and one.target == way.target for one in self._layout.ways) > 1

    def _draw_name(self, way: Way, x: float, y: float, anchor: str) -> str:
        """What a way is called; shortened, with all of it where one points at it."""
        node = self._nodes[way.source]
        condition = way_condition(node, way.place, self._teller)
        full = f"{way_name(node, way.place, self._teller)}: {condition}".removesuffix(": ")
        texts = (
            _text(x, y + _STEP * at, line, f' font-size="11"{"" if at else _ITALIC}', anchor)
            for at, line in enumerate(self._names[way])
        )
        return f'<g class="way"><title>{escape(full)}</title>{"".join(texts)}</g>'

    def _draw_return(self, way: Way, lane: float) -> str:
        """A way back up, along the right side."""
        (column, row), (to_column, to_row) = self._layout.nodes[way.source], self._layout.nodes[way.target]
        x, y = _middle(column) + _WIDTH / 2, self._tops[row] + self._high(way.source) / 2
        to_x, to_y = _middle(to_column) + _WIDTH / 2 + 5, self._tops[to_row] + self._high(way.target) / 2
        return (
            f'<path d="M{x:.0f} {y:.0f}H{lane:.0f}V{to_y:.0f}H{to_x:.0f}" fill="none" stroke="{GREY}" '
            f'stroke-width="1.5" stroke-dasharray="5 3" stroke-linejoin="round"/>'
            f'<path d="M{to_x + 3:.0f} {to_y - 4:.0f}l-7 4l7 4z" fill="{GREY}"/>'
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


def _curve(points: list[tuple[float, float]]) -> str:
    x, y = points[0]
    bends = "".join(
        f"C{a:.0f} {(b + d) / 2:.0f} {c:.0f} {(b + d) / 2:.0f} {c:.0f} {d:.0f}"
        for (a, b), (c, d) in pairwise(points)
    )
    return f'<path d="M{x:.0f} {y:.0f}{bends}" fill="none" stroke="{GREY}" stroke-width="1.5"/>'


def _text(x: float, y: float, line: str, style: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.0f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(line)}</text>'


def _anchor(side: float) -> str:
    """Of names side by side, to which side of its way a name stands."""
    return "end" if side < 0 else "start" if side > 0 else "middle"


def _middle(column: float) -> float:
    return _MARGIN + _WIDTH / 2 + _COLUMN * column


def _aside(count: int, place: int) -> float:
    """How far from the middle of its node a way begins."""
    return (place - (count - 1) / 2) * min(40, 140 / count)


def _colour(node: GraphNode) -> str:
    if isinstance(node, Action):
        return BLUE
    if isinstance(node, Branch | Split):
        return VERMILION
    return _GREEN if isinstance(node, Start | Update) else GREY
