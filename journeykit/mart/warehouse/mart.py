"""A mart whose rows stay in the bank's warehouse: every question is one statement there."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from journeykit.dialects import read_only_answer
from journeykit.errors import DataError
from journeykit.mart.mapping import Mapping
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.mart.warehouse.builds import StoredBuild, read_build, show_snapshot
from journeykit.mart.warehouse.subjects import show_day

if TYPE_CHECKING:
    import pandas as pd


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
    ) -> None:
        seen = show_day(connection, mapping, as_of, country)
        build = _existing(connection, as_of, build_id) if build_id else None
        files = {"files": build.manifest.files} if build else {}
        self._describe_day(seen.model_copy(update=files), build_id, country, tags)
        self._connection = connection
        if build is not None:
            self._unavailable = self._with_reasons(build.unavailable)
            show_snapshot(connection, build)
            self._snapshot = self._snapshot_table((CUSTOMER_ID, *build.columns), None)

    def sql(self, text: str) -> pd.DataFrame:
        """Answer one SELECT over the subjects and ``snapshot``: for exploring, read only.

        Raises
        ------
        DefinitionError
            The text is no SELECT, is more than one statement, or the warehouse refuses it.
        """
        import pandas as pd

        return read_only_answer(self._connection, text).to_pandas(types_mapper=pd.ArrowDtype)


def _existing(connection: sa.Connection, as_of: date, build_id: str) -> StoredBuild:
    build = read_build(connection, as_of, build_id)
    if build is None:
        raise DataError(
            f"The warehouse has no build {build_id} of {as_of}. Open another one, or build the tags with: "
            f"journeykit run build_tags --as-of {as_of}"
        )
    return build
