"""Tables with the contract's columns and types, published as Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from journeykit.contract import SUBJECTS, Type
from journeykit.files import publish

ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.DECIMAL: pa.decimal128(18, 2),
    Type.RATE: pa.decimal128(18, 6),
    Type.BOOLEAN: pa.bool_(),
    Type.DATE: pa.date32(),
    Type.TIMESTAMP: pa.timestamp("us"),
}


def contract_table(subject: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """A table in the contract's column order; columns not given are missing throughout.

    Raises
    ------
    ValueError
        A column is not the contract's, or has another type.
    """
    declared = SUBJECTS[subject].columns
    unknown = set(columns) - {column.name for column in declared}
    if unknown:
        raise ValueError(f"{subject} has no column {sorted(unknown)} in the contract.")
    rows = len(next(iter(columns.values())))
    arrays = []
    for column in declared:
        kind = ARROW[column.type]
        array = columns.get(column.name, pa.nulls(rows, kind))
        found = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
        if found != kind:
            raise ValueError(f"{subject}.{column.name} is {found}, the contract wants {kind}.")
        arrays.append(array)
    return pa.table(arrays, names=[column.name for column in declared])


def write_table(path: Path, table: pa.Table) -> Path:
    """Publish a table as Parquet; coded text is stored as plain text, dictionary-encoded."""
    repeated = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]

    def write(aside: Path) -> None:
        pq.write_table(
            table, aside, compression="zstd", compression_level=1, use_dictionary=repeated,
            store_schema=False, store_decimal_as_integer=True, row_group_size=250_000,
            write_statistics=True,
        )  # fmt: skip

    return publish(path, write)


def write_subject(path: Path, subject: str, columns: Mapping[str, pa.Array]) -> int:
    """Publish one file of a subject; returns its number of rows."""
    table = contract_table(subject, columns)
    write_table(path, table)
    return table.num_rows
