"""The snapshots of earlier days, beside the one that is open: each is attached when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from journeykit.dialects import EmbeddedError, attach_read_only, column_types, native
from journeykit.errors import DataError, StoreError
from journeykit.mart.scope import LACKING
from journeykit.mart.store import MartStore
from journeykit.workdays import working_day_until


class EarlierSnapshots:
    """What the tags were before a day.

    Parameters
    ----------
    store : MartStore
        Where the snapshots are.
    as_of : date
        The day from which is counted back.
    country : str
        Whose working days have a snapshot.
    """

    def __init__(self, store: MartStore, as_of: date, country: str) -> None:
        self.as_of, self.country = as_of, country
        builds = store.builds()
        self._paths = {day: store.snapshot_path(day, build) for day, build in builds.items() if day < as_of}
        self._opened: dict[date, sa.Table] = {}

    def files(self) -> list[Path]:
        """Every snapshot that may be asked for."""
        return list(self._paths.values())

    def open(
        self, connection: sa.Connection, days: int, types: Mapping[str, sa.types.TypeEngine]
    ) -> sa.Table:
        """The snapshot of the last working day on or before so many days ago.

        Parameters
        ----------
        connection : sqlalchemy.Connection
            Where to attach it.
        days : int
            How many.
        types : mapping of str to TypeEngine
            The columns wanted and their types today; one that was of another type is left out.

        Raises
        ------
        DataError
            No tags are built for that day; the message has the day and the command.
        StoreError
            The file is damaged.
        """
        day = self._day(days)
        if day not in self._opened:
            self._opened[day] = self._attach(connection, self._path_of(day, days), day, types)
        return self._opened[day]

    def build_of(self, days: int) -> str:
        """The id of the build that :meth:`open` reads for so many days ago; DataError when there is none."""
        return self._path_of(self._day(days), days).stem

    def _day(self, days: int) -> date:
        return working_day_until(self.as_of - timedelta(days=days), self.country)

    def _path_of(self, day: date, days: int) -> Path:
        if day not in self._paths:
            raise no_snapshot(self.as_of, days, day, self._paths)
        return self._paths[day]

    def _attach(
        self, connection: sa.Connection, path: Path, day: date, types: Mapping[str, sa.types.TypeEngine]
    ) -> sa.Table:
        schema = f"built_{day:%Y%m%d}"
        try:
            attach_read_only(connection, path, schema)
            found = column_types(connection, f"{schema}.snapshot")
            lacking = dict(native(connection).table(f"{schema}.unavailable").fetchall())
        except (EmbeddedError, SQLAlchemyError) as error:
            raise StoreError(
                f"The tag snapshot {path} is missing or damaged. Build the tags of {day} again."
            ) from error
        same = [name for name, type_ in types.items() if repr(found.get(name)) == repr(type_)]
        columns = (sa.Column(name, types[name]) for name in same)
        return sa.Table("snapshot", sa.MetaData(), *columns, schema=schema, info={LACKING: lacking})


def no_snapshot(as_of: date, days: int, day: date, builds: Iterable[date]) -> DataError:
    """That the day whose tags are asked for has none: which days have, and how to build it."""
    have = ", ".join(str(one) for one in sorted(builds)[-5:] if one < as_of) or "none"
    return DataError(
        f"{days} days before {as_of} the tags are those of {day}, and that day has none. Earlier days with "
        f"tags: {have}. Build them with: journeykit tags backfill --from {day} --to {day}"
    )
