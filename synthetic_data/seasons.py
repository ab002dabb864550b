"""The bank's calendar: the span it lives in, months, festivals and the busyness of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from synthetic_data.draws import day_number

FIRST_DAY = date(2025, 6, 1)
BASE_DAY = date(2026, 5, 29)
LAST_DAY = date(2027, 5, 31)
FIRST, BASE, LAST = day_number(FIRST_DAY), day_number(BASE_DAY), day_number(LAST_DAY)
SPRING_FESTIVALS = (date(2026, 2, 17), date(2027, 2, 6))
SHOPPING_DAYS = ((6, 18), (11, 11))


@dataclass(frozen=True)
class Month:
    """A calendar month; `first` and `last` are day numbers."""

    year: int
    number: int
    first: int
    last: int

    @property
    def name(self) -> str:
        """Its name in files, such as 2026-05."""
        return f"{self.year}-{self.number:02d}"

    @property
    def key(self) -> int:
        """A number that tells months apart in random streams and ids."""
        return (self.year % 100) * 100 + self.number

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.last - self.first + 1


def months_between(first: date, last: date) -> list[Month]:
    """Every month that has a day from `first` to `last`.

    Examples
    --------
    >>> [month.name for month in months_between(date(2025, 12, 5), date(2026, 1, 2))]
    ['2025-12', '2026-01']
    """
    found, day = [], first.replace(day=1)
    while day <= last:
        following = (day + timedelta(days=32)).replace(day=1)
        found.append(Month(day.year, day.month, day_number(day), day_number(following) - 1))
        day = following
    return found


def busyness(month: Month) -> np.ndarray:
    """How busy each day of a month is, 1 for an ordinary working day."""
    weights = np.ones(month.days)
    first = date(month.year, month.number, 1)
    for place in range(month.days):
        day = first + timedelta(days=place)
        if day.weekday() >= 5:
            weights[place] *= 0.7
        if month.days - place <= 3:
            weights[place] *= 1.3
        if (day.month, day.day) in SHOPPING_DAYS:
            weights[place] *= 1.8
        for festival in SPRING_FESTIVALS:
            ahead = (festival - day).days
            if 0 < ahead <= 21:
                weights[place] *= 1.6
            elif -7 < ahead <= 0:
                weights[place] *= 0.5
    return weights


def draw_days(rng: np.random.Generator, month: Month, size: int) -> np.ndarray:
    """Day numbers within a month, more of them on busy days."""
    edges = np.cumsum(busyness(month))
    places = np.searchsorted(edges / edges[-1], rng.random(size), side="right")
    return (month.first + places.clip(0, month.days - 1)).astype(np.int32)


def payday(month: Month, day: int) -> int:
    """The day number wages due on `day` are paid: the Friday before when it is a weekend."""
    due = date(month.year, month.number, day)
    return day_number(due - timedelta(days=max(0, due.weekday() - 4)))
