"""What can be found out about audiences, by functions above the mart, imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_VIEWS = {
    "waterfall": "waterfall",
    "profile": "profiling",
    "spread": "spreading",
    "overlap": "overlap",
    "compare": "comparing",
    "why": "why",
    "explain": "explaining",
}
"""The functions of ``journeykit.segments`` that look at audiences, and the module of each."""


def view(how: str, *given: Any) -> Any:
    """Call the function of that name."""
    return getattr(import_module(f"journeykit.segments.{_VIEWS[how]}"), how)(*given)
