"""The bank's own files, opened as relations: text files in any encoding, and Parquet."""

from __future__ import annotations

import csv
import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import sqlalchemy as sa

from journeykit.dialects import column_types, create_file_view, native
from journeykit.errors import MappingError
from journeykit.mart.mapping import DAY, File
from journeykit.mart.readings import Compiled, Kind

_BLOCK = 8 << 20


class MissingFileError(MappingError):
    """No file matches."""


class UnreadableFileError(MappingError):
    """A file is not what the mapping says it is; the message never quotes its content."""


@dataclass
class Opened:
    """A relation over a bank's file: `bad_rows` grows while a text file is being read."""

    table: sa.FromClause
    columns: dict[str, Compiled]
    bad_rows: list[int] = field(default_factory=list)


def find_files(root: Path, pattern: str, as_of: date) -> list[Path]:
    """The files of a pattern, in order of their names.

    Raises
    ------
    MissingFileError
        There is none.
    """
    wanted = pattern.replace(DAY, as_of.isoformat())
    found = sorted(path for path in root.glob(wanted) if path.is_file())
    if not found:
        raise MissingFileError(f"No file matches {root / wanted}. Deliver it, or correct `file` or `root`.")
    return found


def marked_days(root: Path, marker: str) -> set[date]:
    """The days that have a marker: the files below `root` named by the pattern, such as `_DONE_{as_of}`."""
    first, *rest = marker.split(DAY)
    if not rest:
        return set()
    named = re.compile(re.escape(first) + r"(\d{4}-\d\d-\d\d)" + r"\1".join(map(re.escape, rest)))
    found = (named.fullmatch(path.relative_to(root).as_posix()) for path in root.glob(_any_day(marker)))
    return {date.fromisoformat(match[1]) for match in found if match and _is_day(match[1])}


def _any_day(marker: str) -> str:
    return "*".join(map(glob.escape, marker.split(DAY)))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def open_file(connection: sa.Connection, file: File, root: Path, as_of: date, name: str) -> Opened:
    """Make a file queryable as the relation `name`; a text file can be read once.

    Raises
    ------
    MissingFileError
        No file matches.
    UnreadableFileError
        It is damaged, or in another encoding or format than the mapping says.
    """
    if file.table:
        raise MappingError(
            f"{file.table} is a table of a warehouse, and this mart is read from files. Name a `file`, or "
            "connect to the warehouse by its URL."
        )
    paths = find_files(root, file.file, as_of)
    bad_rows: list[int] = []
    try:
        if file.kind == "parquet":
            create_file_view(connection, name, paths)
        else:
            native(connection).register(name, _read_csv(file, paths, bad_rows))
        types = column_types(connection, name)
    except Exception as error:
        if isinstance(error, MappingError | MemoryError):
            raise
        raise UnreadableFileError(
            f"{paths[0]} cannot be read as {file.kind}"
            f"{'' if file.kind == 'parquet' else ' in ' + file.encoding} ({type(error).__name__}). "
            "Deliver it again, or correct its format in the mapping."
        ) from None
    opened = describe_columns(name, types, file.missing)
    opened.bad_rows = bad_rows
    return opened


def describe_columns(
    name: str,
    types: Mapping[str, sa.types.TypeEngine[Any] | None],
    missing: Sequence[str],
    relation: sa.FromClause | None = None,
) -> Opened:
    """The columns of a relation as the language sees them, sentinels read as missing."""
    table = sa.table(name, *(sa.column(column, type_) for column, type_ in types.items()))
    given = table if relation is None else relation
    columns = {column: _given(given.c[column], type_, missing) for column, type_ in types.items() if type_}
    return Opened(table, columns)


def _given(column: Any, type_: sa.types.TypeEngine[Any], missing: Sequence[str]) -> Compiled:
    value = column
    if missing:
        shown = sa.func.trim(sa.cast(column, sa.String()))
        value = sa.type_coerce(sa.case((shown.in_(missing), sa.null()), else_=column), type_)
    return Compiled(value, _kind(type_))


def _kind(type_: sa.types.TypeEngine[Any]) -> Kind:
    if isinstance(type_, sa.Numeric | sa.Float | sa.Integer):
        return Kind.NUMBER
    kinds = {sa.Boolean: Kind.BOOLEAN, sa.Date: Kind.DATE, sa.DateTime: Kind.TIMESTAMP}
    return next((kind for known, kind in kinds.items() if isinstance(type_, known)), Kind.TEXT)


def _read_csv(file: File, paths: list[Path], bad_rows: list[int]) -> pa.RecordBatchReader:
    """All files' rows, every column as text, one after the other without holding them."""
    header = _header(file, paths[0])
    for path in paths[1:]:
        if _header(file, path) != header:
            raise UnreadableFileError(
                f"{path} has other columns than {paths[0].name}. Deliver one form, or map them apart."
            )

    def skip(row: Any) -> str:
        bad_rows.append(row.actual_columns)
        return "skip"

    def batches() -> Iterator[pa.RecordBatch]:
        for path in paths:
            with pacsv.open_csv(
                path,
                read_options=pacsv.ReadOptions(encoding=_codec(file), block_size=_BLOCK),
                parse_options=pacsv.ParseOptions(
                    delimiter=file.delimiter, newlines_in_values=True, invalid_row_handler=skip
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
                ),
            ) as reader:
                yield from reader

    return pa.RecordBatchReader.from_batches(pa.schema([(one, pa.string()) for one in header]), batches())


def _codec(file: File) -> str:
    return "utf8" if file.encoding.lower().replace("_", "-") in ("utf-8", "utf8", "ascii") else file.encoding


def _header(file: File, path: Path) -> list[str]:
    codec = "utf-8-sig" if _codec(file) == "utf8" else file.encoding
    with open(path, encoding=codec, newline="") as handle:
        header = next(csv.reader(handle, delimiter=file.delimiter), [])
    if not header or len(set(header)) != len(header):
        raise UnreadableFileError(
            f"{path} has no header, or names a column twice. Deliver it with one name each."
        )
    return header
