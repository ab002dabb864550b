"""What a report is made of besides tables: key figures, charts, sections; values that print well."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Protocol

import pandas as pd

from journeykit.display import show_value

_CARDS = "margin:.4em 0 1.2em"
_CARD = (
    "display:inline-block;vertical-align:top;min-width:8.5em;margin:0 .7em .7em 0;padding:.7em 1em;"
    "border:1px solid rgba(138,148,166,.45);border-radius:8px"
)
_VALUE = "font-size:1.6em;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.2"
_SMALL = "font-size:.85em;opacity:.75"


class Part(Protocol):
    """Anything a report can hold."""

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True)
class Figure:
    """One number worth a card of its own, with what it is and a word of context."""

    label: str
    value: object
    note: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """The numbers a reader looks for first.

    Examples
    --------
    >>> KeyFigures((Figure("Leads", 1240, "of 3,100 candidates"),))
    Leads  1,240  of 3,100 candidates
    """

    figures: tuple[Figure, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per figure."""
        return pd.DataFrame(
            [(f.label, f.value, f.note) for f in self.figures], columns=["label", "value", "note"]
        )

    def __repr__(self) -> str:
        return "\n".join(f"{f.label}  {show_value(f.value)}  {f.note}".rstrip() for f in self.figures)

    def _repr_html_(self) -> str:
        cards = "".join(
            f'<div class="jk-card" style="{_CARD}">'
            f'<div class="jk-label" style="{_SMALL}">{escape(f.label)}</div>'
            f'<div class="jk-value" style="{_VALUE}">{escape(show_value(f.value))}</div>'
            f'<div class="jk-note" style="{_SMALL}">{escape(f.note)}</div></div>'
            for f in self.figures
        )
        return f'<div class="jk-cards" style="{_CARDS}">{cards}</div>'


@dataclass(frozen=True)
class Chart:
    """A chart drawn once, as SVG: it needs no script and no server to be seen.

    `summary` says in words what the chart shows, for a shell, a screen reader and a mail client.
    """

    title: str
    svg: str
    summary: str

    def __repr__(self) -> str:
        return f"{self.title}\n{self.summary}".strip()

    def _repr_html_(self) -> str:
        style = "font-weight:600;padding-bottom:.4em"
        caption = f'<figcaption style="{style}">{escape(self.title)}</figcaption>' if self.title else ""
        return f'<figure class="jk-chart" style="margin:.6em 0 1.2em">{caption}{self.svg}</figure>'


@dataclass(frozen=True)
class Section:
    """A headed part of a report; `note` says how to read it."""

    title: str
    parts: tuple[Part, ...]
    note: str = ""

    def __repr__(self) -> str:
        texts = [f"== {self.title} ==", self.note, *map(repr, self.parts)]
        return "\n\n".join(text for text in texts if text)

    def _repr_html_(self) -> str:
        note = (
            f'<p class="jk-note" style="{_SMALL};max-width:46em">{escape(self.note)}</p>' if self.note else ""
        )
        parts = "".join(part._repr_html_() for part in self.parts)
        body = f'{note}<div class="jk-parts">{parts}</div>'
        return f'<section class="jk-section"><h2>{escape(self.title)}</h2>{body}</section>'
