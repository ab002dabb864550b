"""A simulation for the canvas: its figures as tables, and who stands where on each of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeykit.widgets.asking import Json
from journeykit.widgets.journey_canvas.telling import table_json

if TYPE_CHECKING:
    import pandas as pd

    from journeykit.strategies.simulation import Simulation


def replay(found: Simulation, language: str) -> Json:
    """The main figures, and per node the people who stand there, have come and are contacted, day by day."""
    days = [day.as_of for day in found.trace.days]
    tables = (found.table, found.channel_table, found.manager_table, found.drop_table, found.conflict_table)
    return {
        "days": [day.isoformat() for day in days],
        "standing": _by_day(found.figures, "standing", days),
        "arrived": _by_day(found.figures, "arrived", days),
        "leads": _by_day(found.figures, "lead", days),
        "tables": [table_json(made) for table in tables if (made := table(language)).rows],
        "notes": list(found.notes(language)),
    }


def _by_day(figures: pd.DataFrame, kind: str, days: list) -> dict[str, list[int]]:
    """By node a whole number for each day."""
    own = figures[(figures["kind"] == kind) & figures["day"].notna()]
    place = {day: at for at, day in enumerate(days)}
    counted: dict[str, list[int]] = {}
    for name, day, expected in zip(own["name"], own["day"], own["expected"], strict=True):
        counted.setdefault(str(name), [0] * len(days))[place[day]] = round(float(expected))
    return counted
