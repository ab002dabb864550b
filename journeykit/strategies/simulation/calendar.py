"""Which past day tells of which day ahead.

A day ahead is judged by the same weekday some whole weeks earlier, enough of them for all days ahead to have
been; so Mondays, which bring the news of three days, tell of Mondays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from journeykit.workdays import is_working_day, next_working_day, working_days

Usable = Callable[[date], bool]


@dataclass(frozen=True)
class SimulatedDay:
    """A working day ahead.

    Attributes
    ----------
    as_of, contact_date : date
        As the nightly run will have them.
    past : date
        The same weekday some weeks earlier.
    snapshot : date
        The day whose snapshot judges it: `past`, or the nearest one that can.
    wanted : bool
        Whether banks worked on `past`, so that it should have a snapshot.
    """

    as_of: date
    contact_date: date
    past: date
    snapshot: date
    wanted: bool = True

    @property
    def missing(self) -> bool:
        """Whether another day's snapshot has to stand in for one that should be there."""
        return self.wanted and self.snapshot != self.past


def plan_days(
    today: date, days: int, country: str, snapshots: Sequence[date], usable: Usable
) -> tuple[SimulatedDay, ...]:
    """The working days from `today` on, each with the snapshot that tells of it.

    Parameters
    ----------
    today : date
        The day of the launch; its own snapshot is usable.
    days : int
        Calendar days ahead, `today` included.
    snapshots : sequence of date
        The days that have one.
    usable : callable
        Whether a day's snapshot has all that the strategy asks for; asked about as few as possible.

    Examples
    --------
    >>> first, second = plan_days(date(2026, 8, 7), 4, "CN", [date(2026, 8, 3), date(2026, 8, 7)], bool)
    >>> print(first.as_of, first.past, first.snapshot)
    2026-08-07 2026-07-31 2026-08-03
    >>> print(second.as_of, second.past, second.snapshot)
    2026-08-10 2026-08-03 2026-08-03
    """
    back = timedelta(weeks=-(-days // 7))
    known = sorted({today, *(day for day in snapshots if day <= today)})
    return tuple(
        SimulatedDay(
            day,
            next_working_day(day, country),
            day - back,
            _nearest(day - back, known, usable, today),
            is_working_day(day - back, country),
        )
        for day in working_days(today, today + timedelta(days=days - 1), country)
    )


def _nearest(day: date, known: list[date], usable: Usable, today: date) -> date:
    """The nearest day that can tell; of two, the later one."""
    for one in sorted(known, key=lambda other: (abs(other - day), other < day)):
        if one == today or usable(one):
            return one
    return today
