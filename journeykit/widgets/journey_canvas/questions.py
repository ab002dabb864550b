"""What a browser may ask of the canvas with a content of its own."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from journeykit.widgets.asking import Question
from journeykit.widgets.revising import Revised


class Edit(Revised):
    """What is drawn now, and where those nodes stand that somebody has moved."""

    definition: dict[str, Any]
    places: dict[str, list[float]] = Field(default_factory=dict)


class Places(Revised):
    """Where nodes stand."""

    places: dict[str, list[float]]


class Days(Question):
    """How far ahead."""

    days: int = Field(ge=1, le=180)


class Submission(Revised):
    """What an author answers."""

    purpose: str = Field(max_length=4_000)
    harm: str = Field(max_length=4_000)
    data_confirmed: bool
    in_flight: Literal["finish", "migrate", "exit"]
    as_: str = Field(default="", max_length=80)
