"""Two drawings as SVG without a script: where people go, and on which days how much is asked of a channel.

Ink is the reader's own, so that both are legible on light and dark; colours are those of
:mod:`journeykit.segments.drawing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from journeykit.display import show_value
from journeykit.segments.drawing import BLUE, GREY, VERMILION
from journeykit.strategies.labelling import shorten, wrap

_PAGE = 940  # no wider than a page that somebody prints or mails
_WIDTH, _COLUMN, _GAP, _TALL, _STEP = 14, 190, 16, 300, 13
_CELL_WIDTH, _CELL_HEIGHT, _NAMES, _HEAD = 35, 26, 150, 44
_DAYS_IN_A_ROW = 22


@dataclass(frozen=True)
class Drawing:
    """A titled drawing; in a shell its title and what it shows in words."""

    title: str
    svg: str
    words: str

    def __repr__(self) -> str:
        return f"{self.title}: {self.words}"

    def _repr_html_(self) -> str:
        caption = f'<figcaption style="font-weight:600;padding-bottom:.4em">{escape(self.title)}</figcaption>'
        style = "margin:.6em 0 1.2em;overflow-x:auto"
        return f'<figure class="jk-chart" style="{style}">{caption}{self.svg}</figure>'


@dataclass(frozen=True)
class Link:
    """People who go from one box to another."""

    origin: str
    target: str
    people: float
    quiet: bool = False


def draw_flow(title: str, names: Mapping[str, str], links: Sequence[Link]) -> Drawing:
    """Boxes from left to right, each link as wide as the people on it; those drawn grey were not reached.

    Parameters
    ----------
    names : mapping of str to str
        What each box is called, in reading order; links lead to the right, or back.
    """
    links = [link for link in links if link.people > 0]
    column = _columns(names, links)
    size = {box: max(_out(box, links), _in(box, links), 1.0) for box in column}
    fullest = max((sum(size[b] for b in column if column[b] == c) for c in column.values()), default=1.0)
    scale = _TALL / fullest
    step = min(_COLUMN, (_PAGE - 16) / (max(column.values(), default=0) + 1))
    heads = {
        box: [*wrap(names[box], int(step / 5.7), 3), show_value(round(people))]
        for box, people in size.items()
    }
    top: dict[str, float] = {}
    filled: dict[int, float] = {}
    for box, place in column.items():
        top[box] = filled.get(place, 4.0) + _STEP * len(heads[box])
        filled[place] = top[box] + max(size[box] * scale, 2) + _GAP
    used_out, used_in = dict(top), dict(top)
    body = ""
    for link in links:
        wide = max(link.people * scale, 0.8)
        x0, x1 = 8 + column[link.origin] * step + _WIDTH, 8 + column[link.target] * step
        y0, y1 = used_out[link.origin], used_in[link.target]
        used_out[link.origin] += wide
        used_in[link.target] += wide
        body += _draw_band((x0, y0), (x1, y1), wide, GREY if link.quiet else BLUE)
    for box, place in column.items():
        x, tall = 8 + place * step, max(size[box] * scale, 2)
        told = f"{names[box]}: {show_value(round(size[box]))}"
        body += f"<g><title>{escape(told)}</title>"
        body += f'<rect x="{x:.1f}" y="{top[box]:.1f}" width="{_WIDTH}" height="{tall:.1f}" '
        body += 'fill="currentColor"/>'
        for at, line in enumerate(reversed(heads[box])):
            weight = "" if at else ' font-weight="600"'
            y = top[box] - 5 - _STEP * at
            body += f'<text x="{x:.1f}" y="{y:.1f}"{weight}>{escape(line)}</text>'
        body += "</g>"
    width = 8 + (max(column.values(), default=0) + 1) * step
    words = "; ".join(
        f"{names[link.origin]} → {names[link.target]} {show_value(round(link.people))}" for link in links
    )
    return Drawing(title, _svg(title, width, max(filled.values(), default=30.0) + 10, body), words)


def _draw_band(begin: tuple[float, float], end: tuple[float, float], wide: float, colour: str) -> str:
    """A band from one bar to another, as high everywhere as at its ends; a thick line would fold over."""
    (x0, y0), (x1, y1), middle = begin, end, (begin[0] + end[0]) / 2
    over = f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    y0, y1 = y0 + wide, y1 + wide
    under = f"V{y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y0:.1f} {x0:.1f} {y0:.1f}Z"
    return f'<path d="{over}{under}" fill="{colour}" fill-opacity=".35"/>'


def _columns(names: Mapping[str, str], links: Sequence[Link]) -> dict[str, int]:
    """The column of each box that anybody comes to: behind the last that leads to it, loops left aside."""
    used = [box for box in names if any(box in (link.origin, link.target) for link in links)]
    place = {box: number for number, box in enumerate(used)}
    column = dict.fromkeys(used, 0)
    for box in used:
        before = [
            column[link.origin] for link in links if link.target == box and place[link.origin] < place[box]
        ]
        column[box] = max(before, default=-1) + 1
    return column


def _out(box: str, links: Sequence[Link]) -> float:
    return sum(link.people for link in links if link.origin == box)


def _in(box: str, links: Sequence[Link]) -> float:
    return sum(link.people for link in links if link.target == box)


def draw_load(
    title: str, days: Sequence[tuple[str, str]], rows: Sequence[tuple[str, Sequence[float], int | None]]
) -> Drawing:
    """A calendar: a row per channel, a column per day; the fuller, the darker, and full days in vermilion.

    Days that are too many for a page go on below.

    Parameters
    ----------
    days : sequence of (str, str)
        Month and day, and weekday, of each column.
    rows : sequence of (str, sequence of float, int or None)
        A channel, its contacts on each day, and how many it can carry.
    """
    body, high = "", _HEAD + len(rows) * _CELL_HEIGHT + 12
    for begin in range(0, len(days), _DAYS_IN_A_ROW):
        those = slice(begin, begin + _DAYS_IN_A_ROW)
        body += f'<g transform="translate(0 {begin // _DAYS_IN_A_ROW * high})">'
        body += "".join(_calendar(days[those], rows, those)) + "</g>"
    width = _NAMES + min(len(days), _DAYS_IN_A_ROW) * _CELL_WIDTH + 4
    height = high * -(-len(days) // _DAYS_IN_A_ROW)
    words = "; ".join(f"{name} {show_value(round(sum(counts)))}" for name, counts, _ in rows)
    return Drawing(title, _svg(title, width, height, body), words)


def _calendar(
    days: Sequence[tuple[str, str]], rows: Sequence[tuple[str, Sequence[float], int | None]], those: slice
) -> Iterator[str]:
    """Some of the days: their names, and a row per channel."""
    for place, (day, weekday) in enumerate(days):
        x = _NAMES + place * _CELL_WIDTH + _CELL_WIDTH / 2
        yield f'<text x="{x}" y="16" text-anchor="middle">{escape(day)}</text>'
        yield f'<text x="{x}" y="32" text-anchor="middle" fill-opacity=".7">{escape(weekday)}</text>'
    for number, (name, counts, capacity) in enumerate(rows):
        y = _HEAD + number * _CELL_HEIGHT
        yield f'<text x="{_NAMES - 8}" y="{y + 17}" text-anchor="end">{escape(shorten(name, 24))}</text>'
        full = capacity or max(counts, default=0) or 1
        for place, count in enumerate(counts[those]):
            share = min(count / full, 1)
            colour = VERMILION if capacity and count >= capacity else BLUE
            x = _NAMES + place * _CELL_WIDTH
            yield (
                f'<rect x="{x + 1}" y="{y + 1}" width="{_CELL_WIDTH - 2}" height="{_CELL_HEIGHT - 2}" '
                f'fill="{colour}" fill-opacity="{0.05 + 0.6 * share:.2f}"/>'
                f'<text x="{x + _CELL_WIDTH / 2}" y="{y + 17}" text-anchor="middle">'
                f"{show_value(round(count)) if round(count) else ''}</text>"
            )


def _svg(title: str, width: float, height: float, body: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-size="11" fill="currentColor">{body}</svg>'
    )
