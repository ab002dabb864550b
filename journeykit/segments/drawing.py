"""Small drawings for the cells of tables: bars, intervals and dots, legible on light and dark.

Inline and without any script, because neither a mail client nor a notebook saved without trust runs one.
Blue and vermilion are Okabe and Ito's, which colour-blind readers tell apart; ink is the reader's own.
"""

from __future__ import annotations

from dataclasses import dataclass

BLUE, VERMILION, GREY = "#0072b2", "#d55e00", "#8a94a6"
_BLOCKS = 20
_STEP = 22


@dataclass(frozen=True)
class Bar:
    """A share of the longest bar, from 0 to 1; nothing when it is withheld."""

    share: float | None

    def __str__(self) -> str:
        return "█" * round(_BLOCKS * (self.share or 0)) or ("▏" if self.share else "")

    def _repr_html_(self) -> str:
        if not self.share:
            return ""
        return (
            f'<div aria-hidden="true" style="width:11em"><div style="height:.95em;min-width:1px;'
            f'border-radius:0 3px 3px 0;background:{BLUE};width:{100 * self.share:.4g}%"></div></div>'
        )


@dataclass(frozen=True)
class Pair:
    """Two shares of the longest bar, one above the other: a group's in blue, a base's in grey."""

    group: float | None
    base: float | None

    def __str__(self) -> str:
        return str(Bar(self.group))

    def _repr_html_(self) -> str:
        bars = "".join(
            f'<div style="height:.5em;margin:1px 0;background:{colour};'
            f'width:{100 * (share or 0):.4g}%"></div>'
            for share, colour in ((self.group, BLUE), (self.base, GREY))
        )
        return f'<div aria-hidden="true" style="width:14em">{bars}</div>'


@dataclass(frozen=True)
class Whisker:
    """A bar from the middle, to the right when positive, with its interval; all as shares of the widest.

    Attributes
    ----------
    value, low, high : float
        From -1 to 1; what lies beyond is cut.
    quiet : bool
        Whether it is drawn in grey, being of no news.
    """

    value: float
    low: float
    high: float
    quiet: bool = False

    def __str__(self) -> str:
        half = _BLOCKS // 2
        length = min(half, round(half * abs(self.value)))
        bar = "█" * length
        return (f"{bar:>{half}}|" if self.value < 0 else f"{'':{half}}|{bar}").rstrip()

    def _repr_html_(self) -> str:
        middle, half = 90.0, 86.0
        value, low, high = (
            middle + half * max(-1.0, min(1.0, one)) for one in (self.value, self.low, self.high)
        )
        colour = GREY if self.quiet else VERMILION if self.value < 0 else BLUE
        left, width = min(middle, value), abs(value - middle)
        return (
            '<svg aria-hidden="true" width="180" height="16" viewBox="0 0 180 16" style="display:block">'
            f'<rect x="{left:.1f}" y="3" width="{width:.1f}" height="10" fill="{colour}"/>'
            f'<path d="M{middle} 0V16" stroke="{GREY}"/>'
            f'<path d="M{low:.1f} 8H{high:.1f}M{low:.1f} 5V11M{high:.1f} 5V11" stroke="currentColor" '
            'stroke-width="1.5" fill="none"/></svg>'
        )


class Letters(str):
    """The letters that stand over the dots of several sets, each in its column."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return "".join(
            f'<span style="display:inline-block;width:{_STEP}px;text-align:center">{letter}</span>'
            for letter in self.split()
        )


@dataclass(frozen=True)
class Dots:
    """Which of several sets a row belongs to: full dots, joined by a line, among empty ones."""

    inside: tuple[bool, ...]

    def __str__(self) -> str:
        return " ".join("●" if one else "·" for one in self.inside)

    def _repr_html_(self) -> str:
        at = [_STEP * place + _STEP // 2 for place, one in enumerate(self.inside) if one]
        line = f'<path d="M{at[0]} 9H{at[-1]}" stroke="currentColor" stroke-width="2.5"/>' if at else ""
        dots = "".join(
            f'<circle cx="{_STEP * place + _STEP // 2}" cy="9" r="6" '
            + ('fill="currentColor"/>' if one else f'fill="{GREY}" fill-opacity=".3"/>')
            for place, one in enumerate(self.inside)
        )
        width = _STEP * len(self.inside)
        return (
            f'<svg role="img" aria-label="{self}" width="{width}" height="18" viewBox="0 0 {width} 18" '
            f'style="display:block">{line}{dots}</svg>'
        )
