"""Results that read well everywhere: plain text in a shell, HTML in a notebook, a frame for more work."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

if TYPE_CHECKING:
    import pandas as pd

MISSING = "–"
WITHHELD = "•"  # a count that must not be shown

# Inline, because neither a mail client nor a notebook saved without trust keeps a style sheet.
# Colours come from the reader's theme, so that a table is legible in a dark JupyterLab too.
_BOX = "margin:.6em 0 1.2em;max-width:100%;overflow-x:auto"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
_CAPTION = "text-align:left;font-weight:600;padding:0 0 .5em;caption-side:top"
_HEAD = "padding:.4em .9em;border-bottom:2px solid #8a94a6;font-weight:600;vertical-align:bottom"
_CELL = "padding:.35em .9em;border-bottom:1px solid rgba(138,148,166,.35);vertical-align:top"

_TOTAL = ";font-weight:600;border-top:2px solid #8a94a6"

# Okabe and Ito's blue, which every colour-blind reader sees, and a grey, both strong on white and on black.
_BAR_CELL = "padding:.15em .7em .15em 0;line-height:1.35;vertical-align:middle"
_BAR = "height:.95em;min-width:1px;border-radius:0 3px 3px 0;background:"
_BLUE, _GREY = "#0072b2", "#8a94a6"


def show_value(value: Any) -> str:
    """One value as a reader expects it: thousands separated, missing as a dash.

    Examples
    --------
    >>> show_value(1234567), show_value(Decimal("1234.50")), show_value(None), show_value(True)
    ('1,234,567', '1,234.50', '–', 'yes')
    """
    if value is None or value != value:  # noqa: PLR0124  (NaN and NaT differ from themselves)
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _stands_right(value: Any) -> bool:
    """Whether a column of such values reads best at its right edge: numbers, shares, counts withheld."""
    if isinstance(value, str):
        return value == WITHHELD or bool(re.fullmatch(r"[<>]?-?[\d.,]+%", value))
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def _pad(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


@dataclass(frozen=True)
class Table:
    """A titled table of plain values.

    Parameters
    ----------
    title : str
        What the table says; may be empty.
    columns : sequence of str
        Column headings, ready for a reader.
    rows : sequence of sequences
        One value per column; numbers stand right, everything else left. A value that knows how to draw
        itself (``_repr_html_``), such as a bar, does so in HTML.
    total : bool
        Whether the last row sums up the others.

    Examples
    --------
    >>> Table("Leads", ["Channel", "Leads"], [["sms", 1200], ["app_push", 7]])
    Leads
    Channel   Leads
    --------  -----
    sms       1,200
    app_push      7
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Table '{self.title}': a row has {len(row)} values for {len(self.columns)} columns."
                )

    def to_frame(self) -> pd.DataFrame:
        """The same rows as a pandas frame."""
        import pandas as pd

        return pd.DataFrame([list(row) for row in self.rows], columns=pd.Index(self.columns))

    def _right(self) -> list[bool]:
        return [
            any(_stands_right(row[i]) for row in self.rows)
            and all(_stands_right(row[i]) or show_value(row[i]) == MISSING for row in self.rows)
            for i in range(len(self.columns))
        ]

    def __repr__(self) -> str:
        right = self._right()
        body = [[show_value(value).replace("\n", " ") for value in row] for row in self.rows]
        widths = [max(map(_width, texts)) for texts in zip(self.columns, *body, strict=True)]
        lines = [[*self.columns], ["-" * width for width in widths], *body]
        text = [
            "  ".join(map(_pad, line, widths, right)).rstrip()
            for line in lines
        ]  # fmt: skip
        return "\n".join(([self.title] if self.title else []) + text)

    def fit(self, width: int) -> str:
        """The table as text no wider than a screen: long texts go on in the next line.

        Examples
        --------
        >>> print(Table("", ["name", "meaning"], [["aum", "Everything owned"]]).fit(20))
        name   meaning
        ────────────────────
        aum    Everything
               owned
        """
        if max(map(_width, repr(self).splitlines()), default=0) <= width:
            return repr(self)
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table as Grid
        from rich.text import Text

        grid = Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for name, right in zip(self.columns, self._right(), strict=True):
            grid.add_column(Text(name), justify="right" if right else "left", overflow="fold")
        for row in self.rows:
            grid.add_row(*(Text(show_value(value)) for value in row))
        console = Console(width=width, color_system=None, file=StringIO())
        with console.capture() as capture:
            console.print(*([Text(self.title)] if self.title else []), grid, sep="\n")
        return "\n".join(line.rstrip() for line in capture.get().rstrip().splitlines())

    def _repr_html_(self) -> str:
        side = ["right" if right else "left" for right in self._right()]
        head = "".join(
            f'<th scope="col" style="text-align:{at};{_HEAD}">{_cell(name)}</th>'
            for name, at in zip(self.columns, side, strict=True)
        )
        styles = [_CELL] * len(self.rows)
        if self.total and styles:
            styles[-1] += _TOTAL
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{at};{style}">{_cell(value)}</td>'
                for value, at in zip(row, side, strict=True)
            )
            + "</tr>"
            for row, style in zip(self.rows, styles, strict=True)
        )
        caption = f'<caption style="{_CAPTION}">{escape(self.title)}</caption>' if self.title else ""
        return (
            f'<div class="jk-table" style="{_BOX}"><table style="{_TABLE}">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _cell(value: Any) -> str:
    drawn = getattr(value, "_repr_html_", None)
    return escape(show_value(value)) if drawn is None else drawn()


def show_bars(title: str, bars: Sequence[tuple[str, float, str]], quiet: Collection[str] = ()) -> str:
    """Horizontal bars as HTML, each with its label before and a text behind it; needs no script.

    Parameters
    ----------
    title : str
        What the bars show.
    bars : sequence of (str, float, str)
        Label, length, and the text behind the bar, such as a count and its share.
    quiet : collection of str
        Labels of bars that are drawn in grey: customers without a value.

    Examples
    --------
    >>> "width:50%" in show_bars("Customers", [("city", 4, "4"), ("village", 2, "2")])
    True
    """
    longest = max((length for _, length, _ in bars), default=0) or 1
    rows = "".join(
        f'<tr><th scope="row" style="{_BAR_CELL};text-align:right;font-weight:400;white-space:nowrap">'
        f'{escape(label)}</th><td style="{_BAR_CELL};width:16em" aria-hidden="true">'
        f'<div style="{_BAR}{_GREY if label in quiet else _BLUE};width:{100 * length / longest:.4g}%"></div>'
        f'</td><td style="{_BAR_CELL};text-align:right;white-space:nowrap">{escape(text)}</td></tr>'
        for label, length, text in bars
    )
    caption = f'<caption style="{_CAPTION}">{escape(title)}</caption>' if title else ""
    table = f'<table style="{_TABLE}">{caption}<tbody>{rows}</tbody></table>'
    return f'<div class="jk-bars" style="{_BOX}">{table}</div>'
