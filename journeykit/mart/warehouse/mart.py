"""A mart whose rows stay in the bank's warehouse: every question is one statement there."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from journeykit.dialects import lend, read_only_answer, while_connected
from journeykit.errors import DataError, DefinitionError
from journeykit.mart.mapping import Mapping
from journeykit.mart.mart import CUSTOMER_ID, Lists, Mart
from journeykit.mart.past import no_snapshot
from journeykit.mart.warehouse.builds import StoredBuild, current_builds, read_build, show_snapshot
from journeykit.mart.warehouse.subjects import show_day
from journeykit.workdays import working_day_until

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_REOPEN = "Open the mart again with jk.connect()."


class WarehouseMart(Mart):
    """One day of a warehouse, opened for reading; what a :class:`Mart` can, and only results leave it.

    The tags are those of a finished build, which never changes. The subjects are the bank's tables as they
    are now, seen as of the day.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        To the warehouse; closed with the mart.
    mapping : Mapping
        How the bank's tables become subjects.
    as_of : date
        The last day that is seen.
    build_id : str or None
        The tag build to open; None before the first one of the day.
    country : str
        Whose working days decide the contact date.
    tags : mapping of str to handle
        The catalogue.
    lists : Lists, optional
        The frozen lists that segments may name.
    """

    def __init__(
        self,
        connection: sa.Connection,
        mapping: Mapping,
        as_of: date,
        build_id: str | None,
        *,
        country: str,
        tags: Dict[str, Any] | None = None,
        lists: Lists | None = None,
    ) -> None:
        seen = show_day(connection, mapping, as_of, country)
        build = _existing(connection, as_of, build_id) if build_id else None
        files = {"files": build.manifest.files} if build else {}
        self._describe_day(seen.model_copy(update=files), build_id, country, tags)
        self._connection, self._country, self._lists = connection, country, lists
        self._lent: dict[str, sa.FromClause] = {}
        self._past_builds: dict[date, str] = {}
        if build is not None:
            self._unavailable = self._with_reasons(build.unavailable)
            show_snapshot(connection, build)
            self._snapshot = self._snapshot_table((CUSTOMER_ID, *build.columns), None)

    def _past(self, days: int) -> sa.FromClause:
        day = working_day_until(self.as_of - timedelta(days=days), self._country)
        return self._once(f"snapshot_{day:%Y%m%d}", lambda name: self._show_earlier(day, days, name))

    def past_build(self, days: int) -> str:
        """The id of the tag build that is read for so many days ago; DataError when there is none."""
        day = working_day_until(self.as_of - timedelta(days=days), self._country)
        self._past(days)
        return self._past_builds[day]

    def _show_earlier(self, day: date, days: int, name: str) -> sa.FromClause:
        assert self._snapshot is not None  # noqa: S101  (a scope has one)
        builds = current_builds(self._connection)
        if day not in builds:
            raise no_snapshot(self.as_of, days, day, builds)
        build = _existing(self._connection, day, builds[day])
        show_snapshot(self._connection, build, name)
        self._past_builds[day] = builds[day]
        kept = [CUSTOMER_ID, *(column for column in build.columns if column in self._snapshot.c)]
        return sa.table(name, *(sa.column(column, self._snapshot.c[column].type) for column in kept))

    def _listed(self, name: str, digest: str) -> sa.FromClause:
        if self._lists is None:
            raise DefinitionError(f"The list '{name}' cannot be looked up: this mart knows no lists.")
        ids = self._lists.frozen(name, digest)
        relation = f"list_{digest[:16]}"  # names are cut to 63 bytes in a warehouse
        return self._once(relation, lambda made: lend(self._connection, made, ids.to_arrow()))

    def _once(self, name: str, make: Callable[[str], sa.FromClause]) -> sa.FromClause:
        """What this connection keeps under a name until it is closed, made when it is first asked for."""
        with self._turn, while_connected(self._connection, _REOPEN):
            if name not in self._lent:
                self._lent[name] = make(name)
        return self._lent[name]

    def run(
        self,
        statement: sa.Select | sa.CompoundSelect,
        relations: Dict[str, pa.Table] | None = None,
    ) -> pa.Table:
        """Execute a SQLAlchemy Core statement in the warehouse; as :meth:`Mart.run`."""
        with while_connected(self._connection, _REOPEN):
            return super().run(statement, relations)

    def sql(self, text: str) -> pd.DataFrame:
        """Answer one SELECT over the subjects and ``snapshot``: for exploring, read only.

        Raises
        ------
        DefinitionError
            The text is no SELECT, is more than one statement, or the warehouse refuses it.
        """
        import pandas as pd

        with self._turn, while_connected(self._connection, _REOPEN):
            return read_only_answer(self._connection, text).to_pandas(types_mapper=pd.ArrowDtype)


def _existing(connection: sa.Connection, as_of: date, build_id: str) -> StoredBuild:
    build = read_build(connection, as_of, build_id)
    if build is None:
        raise DataError(
            f"The warehouse has no build {build_id} of {as_of}. Open another one, or build the tags with: "
            f"journeykit run build_tags --as-of {as_of}"
        )
    return build
