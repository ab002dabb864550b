"""What can be asked of an audience, be it a bare condition or a named segment."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journeykit.mart.mart import Mart

_VIEWS = {
    "waterfall": "waterfall",
    "profile": "profiling",
    "spread": "spreading",
    "overlap": "overlap",
    "compare": "comparing",
    "why": "why",
    "explain": "explaining",
}
"""The functions of :mod:`journeykit.segments` that look at audiences, and the module of each."""


class Explorable:
    """Base of audiences: explained in words and as SQL, and looked at by a mart."""

    def explain(self, language: str = "en", tags: Mapping[str, Any] | None = None) -> Any:
        """Say in plain words whom it means; see :func:`journeykit.segments.explaining.explain`.

        Parameters
        ----------
        language : str
            ``en`` or ``zh``.
        tags : mapping of str to handle, optional
            The catalogue, as ``mart.tags``, for the titles of tags; the shipped library when left out.
        """
        return view("explain", self, language, tags)

    def sql(self, mart: Mart) -> str:
        """The statement that selects its customers on a mart's engine: to be read, never to be run."""
        return mart.show(self.statement(mart.scope))  # type: ignore[attr-defined]

    @staticmethod
    def look(how: str, *given: Any) -> Any:
        """What the function of that name finds; a mart, which lies below, reaches it through here."""
        return view(how, *given)


def view(how: str, *given: Any) -> Any:
    """Call the function of that name; it is imported when first used."""
    return getattr(import_module(f"journeykit.segments.{_VIEWS[how]}"), how)(*given)
