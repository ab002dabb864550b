"""The report on segments recorded: how many are in each, entered and left; small groups are withheld."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeykit.display import WITHHELD, Table
from journeykit.i18n import in_language, label
from journeykit.reports.figures import Section
from journeykit.segments.membership import CHANGED, FIRST, Recording
from journeykit.settings import load_settings


def summarise_members(recording: Recording, language: str) -> Section:
    """How many are in each segment as of the day, and the segments that could not be computed."""
    least = load_settings().privacy.min_cell
    title = label("members.section", language)
    if not recording.rows and not recording.refused:
        return Section(title, (), label("members.none", language))
    keys = ("segment", "customers", "members.entered", "members.left", "members.compared")
    heads = tuple(label(key, language) for key in keys)
    rows = tuple(
        (
            in_language(language, row["title"], row["title_zh"]) or row["segment"],
            *_counts(row, least),
            _compared(row, language),
        )
        for row in recording.rows
    )
    refused = Table(
        label("members.refused", language),
        (label("segment", language), label("reason", language)),
        tuple(recording.refused.items()),
    )
    return Section(title, tuple(one for one in (Table("", heads, rows), refused) if one.rows))


def _compared(row: Mapping[str, Any], language: str) -> str:
    """With which day, or why with none."""
    known = {FIRST: "members.first", CHANGED: "members.changed"}
    return label(known[row["note"]], language) if row["note"] in known else row["note"].split()[-1]


def _counts(row: Mapping[str, Any], least: int) -> tuple[Any, Any, Any]:
    """Size, entered and left; both of the last two withheld when one, or those who stayed, are too few.

    Then the size is withheld, too, if it differs by a few from the last one mailed.
    """
    size, entered, left = row["size"], row["entered"], row["left"]
    shown = WITHHELD if 0 < size < least else size
    if entered is None:
        return shown, None, None
    if any(0 < count < least for count in (size, entered, left, size - entered)):
        return WITHHELD if 0 < abs(entered - left) < least else shown, WITHHELD, WITHHELD
    return shown, entered, left
