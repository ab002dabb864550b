"""Tags of a loaded day: built into a snapshot that is then current."""

from __future__ import annotations

from datetime import date

from journeykit import tags
from journeykit.settings import load_settings
from journeykit.workspace.opening import as_day, catalogue, mart_store


def build_tags(as_of: date | str) -> tags.Build:
    """Build every tag of a loaded day into a new snapshot, and make it current."""
    settings = load_settings()
    return tags.build_tags(
        mart_store(settings), catalogue(settings), as_day(as_of),
        memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
    )  # fmt: skip
