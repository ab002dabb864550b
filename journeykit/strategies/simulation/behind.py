"""What the days behind cannot tell, and whether building their tags would help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from journeykit.mart.earlier import see_earlier
from journeykit.mart.mart import Mart
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.tags.planning import find_unavailable
from journeykit.tags.tag import Tag


@dataclass(frozen=True)
class Behind:
    """The days behind.

    Attributes
    ----------
    days : tuple of SimulatedDay
        Each with the day ahead of which it tells.
    lacking : tuple of Tag
        What the strategy asks for, and days that another one's snapshot stands in for cannot tell.
    buildable : tuple of date
        Those of them whose tags can be built.
    """

    days: tuple[SimulatedDay, ...]
    lacking: tuple[Tag, ...]
    buildable: tuple[date, ...]

    @property
    def missing(self) -> tuple[SimulatedDay, ...]:
        """Days that another one's snapshot stands in for."""
        return tuple(day for day in self.days if day.missing)


def look_behind(
    days: Sequence[SimulatedDay],
    mart: Mart,
    asked: Iterable[str],
    snapshots: Iterable[date],
    unavailable: Callable[[date], Mapping[str, str]],
) -> Behind:
    """Find out what the days lack.

    Parameters
    ----------
    mart : Mart
        Today: a day that was never loaded is seen from a later load, which may not tell what was then.
    asked : iterable of str
        The tags that the strategy asks for.
    unavailable : callable
        What could not be built on a day that has a snapshot.
    """
    built, lacking, buildable = set(snapshots), set(), []
    for day in days:
        if day.missing:
            past = day.past
            gone = unavailable(past) if past in built else _unseen(mart, past)
            cannot = {name for name in asked if name in gone}
            lacking |= cannot
            buildable += [] if cannot else [past]
    return Behind(tuple(days), tuple(mart.tags[name].tag for name in sorted(lacking)), tuple(buildable))


def _unseen(mart: Mart, day: date) -> dict[str, str]:
    """Tags that could not be built for a day from today's load; models may have been trained by then."""
    gone = find_unavailable(mart.tags, see_earlier(mart.manifest, day), {}, {})
    return {name: missing for name, missing in gone.items() if "." in missing}
