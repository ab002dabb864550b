"""Charts as SVG, drawn by Vega without a browser; colours that colour-blind readers can tell apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from journeykit.display import show_value
from journeykit.reports.figures import Chart

FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif"
)
INK, BAR = "#1d2733", "#0072B2"  # Okabe and Ito's blue: seen alike under every colour blindness
_WIDTH, _HEIGHT = 620, 30
_SIZE = r'\swidth="([\d.]+)"\sheight="[\d.]+"'


def bar_chart(title: str, bars: Sequence[tuple[str, int]], notes: Sequence[str] = ()) -> Chart:
    """Horizontal bars in the order given, each with its number at its end.

    Parameters
    ----------
    title : str
        What the chart says.
    bars : sequence of (str, int)
        Label and length; labels are unique.
    notes : sequence of str, optional
        A word behind each number, such as its share of the first.
    """
    texts = [
        f"{show_value(value)} ({note})" if note else show_value(value)
        for (_, value), note in _noted(bars, notes)
    ]
    frame = pd.DataFrame(
        {"label": [name for name, _ in bars], "value": [value for _, value in bars], "text": texts}
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=_axis()),
        x=alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 1.25 * max([1, *frame["value"]])])),
    )
    drawn = base.mark_bar(color=BAR, cornerRadiusEnd=3, height=18) + base.mark_text(
        align="left", dx=7, color=INK, fontSize=13
    ).encode(text="text:N")
    return _chart(title, _sized(drawn, len(bars)), _words(bars, texts))


def _sized(drawn: Any, bars: int) -> Any:
    return drawn.properties(width=_WIDTH, height=max(1, bars) * _HEIGHT)


def _noted(bars: Sequence[tuple[str, int]], notes: Sequence[str]) -> zip[Any]:
    return zip(bars, notes or [""] * len(bars), strict=True)


def _words(bars: Sequence[tuple[str, int]], texts: Sequence[str]) -> str:
    return "; ".join(f"{name}: {text}" for (name, _), text in zip(bars, texts, strict=True))


def _axis() -> alt.Axis:
    return alt.Axis(
        domain=False,
        ticks=False,
        labelFontSize=13,
        labelColor=INK,
        labelLimit=230,
        labelPadding=8,
        minExtent=150,
    )


def _chart(title: str, drawn: Any, summary: str) -> Chart:
    """The chart as SVG that scales with the page and names no address, not even its own schema's."""
    drawn = drawn.configure(font=FONTS, background="transparent", aria=False).configure_view(stroke=None)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", vl_convert.vegalite_to_svg(drawn.to_dict()))
    alone = rf' role="img" aria-label="{escape(summary)}" style="width:100%;max-width:\1px;height:auto"'
    # a function, since the summary may hold what re.sub would take for a group
    scaled = re.sub(_SIZE, lambda found: alone.replace(r"\1", found[1]), svg, count=1)
    return Chart(title, scaled, summary)
