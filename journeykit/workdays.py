"""The bank's working days, from a maintained calendar of public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from journeykit.errors import SettingsError


@lru_cache(maxsize=8)
def _calendar(country: str) -> Any:
    import holidays

    try:
        return holidays.country_holidays(country)
    except NotImplementedError as error:
        raise SettingsError(
            f"Unknown country '{country}' for the working-day calendar. "
            "Use an ISO 3166 code such as CN or CZ in [workspace] country."
        ) from error


def is_working_day(day: date, country: str) -> bool:
    """Whether banks work on `day`: weekdays that are no holiday, and China's make-up weekends.

    Examples
    --------
    >>> is_working_day(date(2026, 5, 1), "CN")
    False
    """
    return bool(_calendar(country).is_working_day(day))


def next_working_day(day: date, country: str) -> date:
    """The first working day after `day`: the contact date of an as_of.

    Examples
    --------
    >>> next_working_day(date(2026, 5, 29), "CN")
    datetime.date(2026, 6, 1)
    """
    following = day + timedelta(days=1)
    while not is_working_day(following, country):
        following += timedelta(days=1)
    return following


def working_day_until(day: date, country: str) -> date:
    """The last working day on or before `day`.

    Examples
    --------
    >>> working_day_until(date(2026, 5, 31), "CN")
    datetime.date(2026, 5, 29)
    """
    while not is_working_day(day, country):
        day -= timedelta(days=1)
    return day


def working_days(first: date, last: date, country: str) -> list[date]:
    """The working days from one day to another, both included.

    Examples
    --------
    >>> [day.day for day in working_days(date(2026, 4, 30), date(2026, 5, 6), "CN")]
    [30, 6]
    """
    span = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [day for day in span if is_working_day(day, country)]
