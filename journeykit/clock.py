"""Times of record, told as the clock on the wall of the bank shows them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from journeykit.errors import SettingsError


def on_the_wall(at: datetime, timezone: str) -> datetime:
    """A time of record in a workspace's time zone.

    Parameters
    ----------
    at : datetime
        In UTC or any other zone; without one it is this machine's, as the ledger's times are.
    timezone : str
        As in ``[workspace] timezone``.

    Raises
    ------
    SettingsError
        There is no such zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> str(on_the_wall(datetime(2026, 5, 29, 0, 26, tzinfo=UTC), "Asia/Shanghai"))
    '2026-05-29 08:26:00+08:00'
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"'{timezone}' is no time zone. Set [workspace] timezone in journeykit.toml to one "
            "such as Asia/Shanghai."
        ) from error
    return at.astimezone(zone).replace(microsecond=0)
