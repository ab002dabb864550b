"""Two small drawings as SVG text, legible in light and dark, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from journeykit.models.figures import CalibrationBin

_BLUE, _GREY = "#3b7dd8", "#8a94a6"
_SIZE, _EDGE = 260, 44


def draw_calibration(title: str, bins: Sequence[CalibrationBin], words: tuple[str, str]) -> str:
    """What was foretold against what came true; on the dashed line both are equal."""
    top = max([*(one.predicted for one in bins), *(one.observed for one in bins), 0.01])

    def place(one: CalibrationBin) -> tuple[float, float]:
        return _EDGE + one.predicted / top * _SIZE, _EDGE / 2 + (1 - one.observed / top) * _SIZE

    points = [place(one) for one in bins]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_BLUE}"/>' for x, y in points)
    low, high = _EDGE / 2 + _SIZE, _EDGE + _SIZE
    return (
        f'<figure class="jk-chart" style="margin:.6em 0 1.2em"><figcaption style="font-weight:600">'
        f"{escape(title)}</figcaption>"
        f'<svg role="img" aria-label="{escape(title)}" width="{high + 30}" height="{low + 44}" '
        f'viewBox="0 0 {high + 30} {low + 44}" font-size="11" fill="currentColor">'
        f'<path d="M{_EDGE},{_EDGE / 2}V{low}H{high}" fill="none" stroke="{_GREY}"/>'
        f'<path d="M{_EDGE},{low}L{high},{_EDGE / 2}" stroke="{_GREY}" stroke-dasharray="4 4"/>'
        f'<polyline points="{line}" fill="none" stroke="{_BLUE}" stroke-width="2"/>{dots}'
        f'<text x="{high}" y="{low + 16}" text-anchor="end">{top:.0%}</text>'
        f'<text x="{_EDGE - 6}" y="{_EDGE / 2 + 4}" text-anchor="end">{top:.0%}</text>'
        f'<text x="{_EDGE - 6}" y="{low + 4}" text-anchor="end">0%</text>'
        f'<text x="{_EDGE}" y="{low + 34}">{escape(words[0])} →</text>'
        f'<text x="{_EDGE + 8}" y="{_EDGE / 2 + 4}">↑ {escape(words[1])}</text></svg></figure>'
    )


def draw_bars(title: str, rows: Sequence[tuple[str, float]]) -> str:
    """The values above zero as bars."""
    top = max([value for _, value in rows] + [1e-9])
    height = 20
    shown = [row for row in rows if row[1] > 0]
    bars = "".join(
        f'<text x="232" y="{place * height + 14}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="240" y="{place * height + 4}" width="{value / top * 220:.1f}" height="12" fill="{_BLUE}"/>'
        f'<text x="{246 + value / top * 220:.1f}" y="{place * height + 14}">{value:.3f}</text>'
        for place, (name, value) in enumerate(shown)
    )
    tall = max(len(shown), 1) * height + 4
    return (
        f'<figure class="jk-chart" style="margin:.6em 0 1.2em"><figcaption style="font-weight:600">'
        f'{escape(title)}</figcaption><svg role="img" aria-label="{escape(title)}" width="520" '
        f'height="{tall}" viewBox="0 0 520 {tall}" font-size="11" fill="currentColor">{bars}</svg></figure>'
    )
