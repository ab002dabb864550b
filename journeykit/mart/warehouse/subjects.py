"""The subjects as views over the bank's tables, seen as of a day; a view lives as long as its connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError

from journeykit.contract import Column, Subject, Time, subject
from journeykit.dialects import SQL_TYPES, content_digest, create_session_view, fetch_arrow
from journeykit.errors import DataError, MappingError
from journeykit.mart.bankfiles import MissingFileError, Opened, describe_columns
from journeykit.mart.earlier import see_earlier
from journeykit.mart.findings import Finding
from journeykit.mart.manifest import WHOLE, SourceFile, SourceManifest
from journeykit.mart.mapping import File, Mapping
from journeykit.mart.reading import LATEST, Reading, align
from journeykit.mart.sources import LANDED, end_of, subject_table
from journeykit.mart.staged import LOST, is_required
from journeykit.mart.warehouse.kept import KEPT, kept_rows
from journeykit.workdays import next_working_day

_CAST = (sa.Enum, sa.Uuid)
_UNUSABLE = (sa.types.NullType, sa.LargeBinary, sa.JSON, sa.ARRAY, sa.Interval, sa.Time)


@dataclass
class _Rows:
    """One subject's rows in the bank's tables, with what could not be read of each."""

    subject: Subject
    relation: sa.Subquery | None = None
    tables: list[str] = field(default_factory=list)
    has_latest_by: bool = False


def show_day(connection: sa.Connection, mapping: Mapping, as_of: date, country: str) -> SourceManifest:
    """Make every subject a view as of a day, and say what can be seen then.

    A table that shows a later day than `as_of` cannot tell how current-only columns were: they are absent
    unless the mapping names an assumption (design D3).

    Raises
    ------
    MappingError
        A table, a column or an expression cannot be used; lists all that were found.
    """
    if mapping.source_day != "daily" and as_of > mapping.source_day:
        raise MappingError(
            f"The mapping says that the tables show {mapping.source_day}; {as_of} is later. Choose an as_of "
            "up to that day, or correct `source_day`."
        )
    rows = _read_mapping(connection, mapping)
    for name, table in KEPT.items():
        if (kept := kept_rows(connection, name, as_of)) is not None:
            rows[name] = _Rows(subject(name), kept.subquery("kept"), [table.fullname])
    manifest = _manifest(connection, mapping, rows, as_of, country)
    for name in LANDED:
        try:
            create_session_view(connection, name, _seen(rows[name], manifest))
        except MappingError as error:
            raise MappingError(f"{name}: {error}") from error
    return manifest


def check_rows(connection: sa.Connection, mapping: Mapping) -> None:
    """Raise DataError when values cannot be read as the contract wants them: how many of which column."""
    rows = _read_mapping(connection, mapping)
    _raise_found((), (line for one in rows.values() for line in _unreadable(connection, one)))


def count_rows(connection: sa.Connection, manifest: SourceManifest) -> SourceManifest:
    """The manifest with each subject's number of rows and a digest of them: equal rows, equal load."""
    return manifest.model_copy(update={"files": tuple(_count(connection, file) for file in manifest.files)})


def read_rows(connection: sa.Connection, mapping: Mapping, name: str, as_of: date) -> pa.Table:
    """One subject's rows as of a day, for ledger and vault; no rows when it is absent.

    Raises
    ------
    MappingError
        A table, a column or an expression cannot be used.
    DataError
        Values cannot be read.
    """
    findings: list[Finding] = []
    rows = _read(connection, mapping, name, findings)
    _raise_found(findings, _unreadable(connection, rows))
    seen = SourceManifest(as_of=as_of, files=(), mapping_hash=mapping.hash, absent=mapping.absent)
    return fetch_arrow(connection, _seen(rows, seen))


def _raise_found(findings: Sequence[Finding], unreadable: Iterable[str] = ()) -> None:
    if findings:
        raise MappingError(" ".join(f"{one.subject}: {one.message}" for one in findings))
    if lines := list(unreadable):
        raise DataError(
            f"Values in the bank's tables cannot be read: {'; '.join(lines)}. Correct them, or translate "
            "them in the mapping."
        )


def _count(connection: sa.Connection, file: SourceFile) -> SourceFile:
    table = subject_table(file.subject)
    statement = sa.select(sa.func.count().label("rows"), content_digest(table).label("digest"))
    found = connection.execute(statement.select_from(table)).one()
    return file.model_copy(update={"rows": found.rows, "sha256": str(found.digest)})


def _unreadable(connection: sa.Connection, rows: _Rows) -> Iterator[str]:
    """What a load of files would refuse: values that do not fit, or that a required column may not have."""
    if rows.relation is None:
        return
    columns = rows.relation.c
    tests: dict[str, sa.ColumnElement[Any]] = {
        one.name.removeprefix(LOST): one for one in columns if one.name.startswith(LOST)
    }
    for column in rows.subject.columns:
        if column.name in columns and column.values and is_required(rows.subject, column):
            tests[column.name] = columns[column.name].not_in(column.values)
    if tests:
        counts = (sa.func.count(sa.case((test, 1))).label(name) for name, test in tests.items())
        found = connection.execute(sa.select(*counts).select_from(rows.relation)).one()._mapping
        yield from (f"{number:,} of {rows.subject.name}.{name}" for name, number in found.items() if number)


def _read_mapping(connection: sa.Connection, mapping: Mapping) -> dict[str, _Rows]:
    findings: list[Finding] = []
    rows = {name: _read(connection, mapping, name, findings) for name in LANDED}
    _raise_found(findings)
    return rows


def _read(connection: sa.Connection, mapping: Mapping, name: str, findings: list[Finding]) -> _Rows:
    """A subject's rows by the mapping, every column cast; nothing where it is absent."""
    rows, filled, numbers = _Rows(subject(name)), mapping.subjects.get(name), count()
    if filled is None:
        return rows
    rows.has_latest_by = filled.latest_by is not None

    def open_source(file: File) -> Opened:
        rows.tables.append(file.table)
        return _open_table(connection, file, f"source_{next(numbers)}")

    before = len(findings)
    selects = [Reading(rows.subject, mapping, one, open_source, findings).select() for one in filled.sources]
    if len(findings) == before:
        rows.relation = _together([one for one in selects if one is not None]).subquery("mapped")
    return rows


def _together(selects: list[sa.Select]) -> sa.Select | sa.CompoundSelect:
    """All sources, with the same columns in the same order: what one cannot lose, it has not lost."""
    if len(selects) == 1:
        return selects[0]
    names = list(dict.fromkeys(column.name for select in selects for column in select.selected_columns))
    return sa.union_all(*(align(select, names) for select in selects))


def _open_table(connection: sa.Connection, file: File, alias: str) -> Opened:
    """A table of the bank as a relation; MappingError when it is not there."""
    if file.file:
        raise MappingError(
            f"{file.file} is a file, and this mart is in a warehouse. Name a `table`, or connect without "
            "a URL."
        )
    schema, name = file.table.split(".")
    try:
        found = sa.inspect(connection).get_columns(name, schema=schema)
    except NoSuchTableError:
        raise MissingFileError(
            f"The warehouse has no table {file.table} that we can see. Correct `table`, or grant us SELECT."
        ) from None
    types = {one["name"]: one["type"] for one in found if not isinstance(one["type"], _UNUSABLE)}
    table = sa.table(name, *(sa.column(one, type_) for one, type_ in types.items()), schema=schema)
    plain = sa.select(*(_as_text(column).label(column.name) for column in table.c)).subquery(alias)
    described = describe_columns(alias, {c.name: c.type for c in plain.c}, file.missing, plain)
    return Opened(plain, described.columns)


def _as_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.String()) if isinstance(column.type, _CAST) else column


def _manifest(
    connection: sa.Connection, mapping: Mapping, rows: dict[str, _Rows], as_of: date, country: str
) -> SourceManifest:
    files = (
        SourceFile(subject=name, partition=WHOLE, path=", ".join(one.tables), rows=0, sha256="")
        for name, one in rows.items()
        if one.relation is not None
    )
    ours = {name for name, table in KEPT.items() if rows[name].tables == [table.fullname]}
    whole = SourceManifest(
        as_of=max(as_of, _shown_day(connection, mapping, rows, as_of, country)),
        files=tuple(files),
        mapping_hash=mapping.hash,
        absent=tuple(item for item in mapping.absent if item.subject not in ours),
        assumptions=mapping.assumptions,
        assumed=tuple(name for name, filled in mapping.subjects.items() if filled.assumption),
    )
    return see_earlier(whole, as_of)


def _shown_day(
    connection: sa.Connection, mapping: Mapping, rows: dict[str, _Rows], as_of: date, country: str
) -> date:
    """The day the tables show: as stated, or the newest event's once that lies beyond the next working day.

    A build at night meets the first hours of the new day, which say nothing of the old one.
    """
    if mapping.source_day != "daily":
        return mapping.source_day
    after = datetime.combine(next_working_day(as_of, country) + timedelta(days=1), time())
    found = []
    for one in rows.values():
        at = one.subject.at or ""
        if one.subject.time is Time.EVENT and one.relation is not None and at in one.relation.c:
            newest = sa.select(sa.func.max(sa.cast(one.relation.c[at], sa.Date())))
            later = one.relation.c[at] >= sa.literal(after, sa.DateTime())
            found.append(connection.scalar(newest.where(later)))
    return max((day for day in found if day), default=as_of)


def _seen(rows: _Rows, manifest: SourceManifest) -> sa.Select:
    """The contract's columns of the rows that are seen as of the day, later ends missing."""
    declared, relation = rows.subject, rows.relation
    if relation is None:
        nothing = (sa.cast(sa.null(), SQL_TYPES[one.type]).label(one.name) for one in declared.columns)
        return sa.select(*nothing).where(sa.false())
    known = declared.known if manifest.shown_on else None
    seen = [
        sa.or_(relation.c[name].is_(None), relation.c[name] < _bound(declared, name, manifest))
        for name in (declared.at, known)
        if name is not None and name in relation.c
    ]
    source: sa.FromClause = relation
    if rows.has_latest_by:  # of what is seen only the latest
        key = [relation.c[name] for name in declared.key]
        rank = sa.func.rank().over(partition_by=key, order_by=relation.c[LATEST].desc().nulls_last())
        source = sa.select(*relation.c, rank.label("_rank")).where(*seen).subquery("ranked")
        seen = [source.c["_rank"] == 1]
    columns = (_value(declared, one, source, manifest).label(one.name) for one in declared.columns)
    return sa.select(*columns).select_from(source).where(*seen)


def _value(
    declared: Subject, column: Column, relation: sa.FromClause, manifest: SourceManifest
) -> sa.ColumnElement[Any]:
    missing = sa.cast(sa.null(), SQL_TYPES[column.type])
    if column.name not in relation.c or manifest.is_absent(declared.name, column.name):
        return missing
    value = relation.c[column.name]
    if column.name == declared.until:
        return sa.case((value < _bound(declared, column.name, manifest), value))
    if column.values and not is_required(declared, column):
        return sa.case((value.in_(column.values), value))
    return value


def _bound(declared: Subject, name: str, manifest: SourceManifest) -> sa.ColumnElement[Any]:
    column = declared.column(name)
    return sa.literal(end_of(manifest.as_of, column), SQL_TYPES[column.type])
