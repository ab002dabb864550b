"""Two small drawings as SVG, legible in light and dark, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeykit.models.figures import CalibrationBin

_BLUE, _GREY = "#3b7dd8", "#8a94a6"
_SIZE, _EDGE = 260, 44
_ROW, _NAMES, _BARS = 20, 250, 220


@dataclass(frozen=True)
class Drawing:
    """A titled SVG; in a shell its title."""

    title: str
    svg: str

    def __repr__(self) -> str:
        return self.title

    def _repr_html_(self) -> str:
        caption = f'<figcaption style="font-weight:600;padding-bottom:.4em">{escape(self.title)}</figcaption>'
        style = "margin:.6em 0 1.2em;flex:0 1 auto"  # a table may stand beside it
        return f'<figure class="jk-chart" style="{style}">{caption}{self.svg}</figure>'


def draw_calibration(title: str, bins: Sequence[CalibrationBin], words: tuple[str, str]) -> Drawing:
    """What was foretold against what came true; on the dashed line both are equal."""
    top = max([*(one.predicted for one in bins), *(one.observed for one in bins), 0.01])
    left, right, upper, lower = _EDGE, _EDGE + _SIZE, _EDGE // 2, _EDGE // 2 + _SIZE
    points = [(left + one.predicted / top * _SIZE, lower - one.observed / top * _SIZE) for one in bins]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    body = (
        f'<path d="M{left},{upper}V{lower}H{right}" fill="none" stroke="{_GREY}"/>'
        f'<path d="M{left},{lower}L{right},{upper}" stroke="{_GREY}" stroke-dasharray="4 4"/>'
        f'<polyline points="{line}" fill="none" stroke="{_BLUE}" stroke-width="2"/>'
        + "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_BLUE}"/>' for x, y in points)
        + _text(right, lower + 16, f"{top:.0%}", "end")
        + _text(left - 6, upper + 4, f"{top:.0%}", "end")
        + _text(left - 6, lower + 4, "0%", "end")
        + _text(left, lower + 34, f"{words[0]} →")
        + _text(left + 8, upper + 4, f"↑ {words[1]}")
    )
    return Drawing(title, _svg(title, right + 30, lower + 44, body))


def draw_bars(title: str, rows: Sequence[tuple[str, float, str]]) -> Drawing:
    """The values above zero as bars, each with a note behind its number."""
    shown = [row for row in rows if row[1] > 0]
    top = max((row[1] for row in shown), default=1.0)
    body = ""
    for place, (name, value, note) in enumerate(shown):
        y, width = place * _ROW, value / top * _BARS
        body += _text(_NAMES - 8, y + 14, name, "end")
        body += f'<rect x="{_NAMES}" y="{y + 4}" width="{width:.1f}" height="12" fill="{_BLUE}"/>'
        body += _text(_NAMES + width + 6, y + 14, f"{value:.3f}  {note}")
    return Drawing(title, _svg(title, _NAMES + _BARS + 170, max(len(shown), 1) * _ROW + 4, body))


def _svg(title: str, width: int, height: int, body: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="11" fill="currentColor">{body}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
