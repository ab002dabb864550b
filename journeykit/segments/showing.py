"""How results about segments show themselves: as text, as HTML, in English and Chinese."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape

from journeykit.display import WITHHELD, Table
from journeykit.i18n import label

_NOTE = "font-size:.9em;opacity:.8;max-width:60em;margin:-.6em 0 1.2em"


class Shown(ABC):
    """A result with a table and a note below it, in either language.

    A result that may be mailed says in `min_cell` below which number of customers it withholds counts.
    """

    min_cell: int | None = None

    @abstractmethod
    def table(self, language: str = "en") -> Table:
        """What it says, in English or Chinese."""

    def notes(self, language: str = "en") -> tuple[str, ...]:
        """What a reader must know to read it right."""
        return () if self.min_cell is None else (label("withheld_note", language).format(self.min_cell),)

    def html(self, language: str = "en") -> str:
        """The table with its notes, for a page or a mail; needs no script."""
        notes = "".join(f'<p style="{_NOTE}">{escape(note)}</p>' for note in self.notes(language))
        return self.table(language)._repr_html_() + notes

    def __repr__(self) -> str:
        return "\n".join((repr(self.table()), *self.notes()))

    def _repr_html_(self) -> str:
        return self.html()


def show_count(count: int | None) -> int | str:
    """A count as a table shows it, or that it is withheld.

    Examples
    --------
    >>> show_count(1234), show_count(None)
    (1234, '•')
    """
    return WITHHELD if count is None else count


def show_share(part: float | None, whole: float | None) -> str:
    """A share in per cent, never rounded to all or to nobody when it is neither.

    Examples
    --------
    >>> show_share(1, 3), show_share(1, 100_000), show_share(99_999, 100_000), show_share(5, None)
    ('33.3%', '<0.1%', '>99.9%', '•')
    >>> show_share(0, 0)
    ''
    """
    if part is None or whole is None:
        return WITHHELD
    if not whole:
        return ""
    share = part / whole
    if 0 < share < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 < share < 1 else f"{share:.1%}"
