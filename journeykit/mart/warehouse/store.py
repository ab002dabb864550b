"""A bank's warehouse as a place for a mart: its URL, and how its tables are mapped."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

import sqlalchemy as sa

from journeykit.dialects import open_warehouse
from journeykit.errors import DataError
from journeykit.mart.mapping import Mapping, read_mapping
from journeykit.mart.mart import Lists
from journeykit.mart.warehouse.builds import current_builds
from journeykit.mart.warehouse.mart import WarehouseMart
from journeykit.settings import Settings


@dataclass(frozen=True)
class Warehouse:
    """Where the bank's tables are.

    Attributes
    ----------
    url : str
        Its SQLAlchemy URL; may hold a password, so it is not shown.
    mapping : Mapping
        How the tables become the contract's subjects.
    country : str
        Whose working days count.
    timezone : str
        In which times with a zone are read.
    """

    url: str = field(repr=False)
    mapping: Mapping = field(repr=False)
    country: str = "CN"
    timezone: str = "Asia/Shanghai"

    @classmethod
    def of(cls, settings: Settings, url: str = "") -> Self | None:
        """The warehouse of a workspace, or the one at a URL; None when the mart is in files."""
        url = url or settings.mart.url.get_secret_value()
        if not url:
            return None
        place = settings.workspace
        return cls(url, read_mapping(settings.root / settings.mart.mapping), place.country, place.timezone)

    def connect(self) -> sa.Connection:
        """A connection of its own; close it."""
        return open_warehouse(self.url, timezone=self.timezone)

    def builds(self) -> dict[date, str]:
        """The current build of every day that has one, oldest first."""
        with self.connect() as connection:
            return current_builds(connection)

    def open(
        self,
        as_of: date | None = None,
        build_id: str | None = None,
        *,
        tags: Dict[str, Any] | None = None,
        lists: Lists | None = None,
    ) -> WarehouseMart:
        """Open a day to be read; by default the latest one whose tags are built, and its current build.

        Raises
        ------
        DataError
            No day is named, and none is built.
        """
        connection = self.connect()
        try:
            builds = current_builds(connection)
            day = as_of or next(reversed(builds), None)
            if day is None:
                raise DataError(
                    "No tags are built in this warehouse yet. Name a day: jk.connect(as_of='YYYY-MM-DD'), or "
                    "build its tags with: journeykit run build_tags --as-of YYYY-MM-DD"
                )
            return WarehouseMart(
                connection, self.mapping, day, build_id or builds.get(day),
                country=self.country, tags=tags, lists=lists,
            )  # fmt: skip
        except BaseException:
            connection.close()
            raise
