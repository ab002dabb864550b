"""Sheets as bytes: the same rows always give the same file, and no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_LEADING = ("\t", "\r", "\n")
_PHONE = re.compile(r"\+?\d{5,20}\Z")
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a fixed day, so that bytes do not differ
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """Headings and rows of text, ready to be written.

    What stands in the columns named in `exact` is for a machine, and is never quoted.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    exact: tuple[str, ...] = ()

    def to_csv(self) -> bytes:
        """CSV as spreadsheet programs in China open it: UTF-8 with a byte-order mark."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows(zip(*(self._shown(place) for place in range(len(self.columns))), strict=True))
        return text.getvalue().encode("utf-8-sig")

    def to_xlsx(self, name: str) -> bytes:
        """A workbook of one sheet called `name`; every cell is text, so phone numbers keep their digits."""
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties({"title": name, "created": _MADE})
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31])
        head = book.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B3B5E", "valign": "vcenter", "border": 1}
        )
        cell = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
        for column, title in enumerate(self.columns):
            texts = self._shown(column)
            sheet.set_column(column, column, min(_WIDEST, 3 + max(map(_width, [title, *texts]))))
            sheet.write_string(0, column, title, head)
            for place, text in enumerate(texts, 1):
                sheet.write_string(place, column, text, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(self.rows), len(self.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        book.close()
        return content.getvalue()

    def _shown(self, place: int) -> list[str]:
        """A column as it is written."""
        texts = [row[place] for row in self.rows]
        return texts if self.columns[place] in self.exact else [neutral(text) for text in texts]


def neutral(text: str) -> str:
    """`text` as a spreadsheet will show it: what it would compute is quoted; a phone number stays as it is.

    Examples
    --------
    >>> neutral("=1+1"), neutral("+8613800000000"), neutral("-1+1")
    ("'=1+1", '+8613800000000', "'-1+1")
    """
    computed = text.startswith(_LEADING) or text.lstrip().startswith(_FORMULA)
    return "'" + text if computed and not _PHONE.match(text) else text


def _width(text: str) -> int:
    """How wide a text stands: a Chinese character takes two places."""
    return max((sum(1 + (mark > "⺀") for mark in line) for line in text.splitlines()), default=0)
