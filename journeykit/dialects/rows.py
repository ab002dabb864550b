"""Rows into and out of either engine of a mart, as Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from journeykit.dialects import embedded, transfers, warehouse
from journeykit.dialects.embedded import Statement


def fetch_arrow(connection: sa.Connection, statement: Statement) -> pa.Table:
    """Run a statement and return all of its rows as Arrow."""
    if warehouse.is_warehouse(connection):
        return transfers.fetch_rows(connection, statement)
    return embedded.fetch_arrow(connection, statement)


def registered(connection: sa.Connection, relations: Mapping[str, Any]) -> Any:
    """Make Arrow tables queryable under names for the length of a block."""
    if warehouse.is_warehouse(connection):
        return transfers.lent(connection, relations)
    return embedded.registered(connection, relations)


def is_bad_value(error: Exception) -> bool:
    """Whether an engine failed because of a value, which its message then shows."""
    return embedded.is_bad_value(error) or warehouse.is_value_error(error)
