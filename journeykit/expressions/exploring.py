"""What can be asked of an audience, be it a bare condition or a named segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from journeykit.mart.views import view

if TYPE_CHECKING:
    from journeykit.mart.mart import Mart


class Explorable:
    """Base of audiences: explained in words and as SQL."""

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
