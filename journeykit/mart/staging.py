"""The bank's files read through the mapping into a scratch database, one table for each subject.

What cannot be read is noted, not raised, so that one report holds every finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import Column, subject
from journeykit.dialects import (
    EmbeddedError,
    column_types,
    create_table_as,
    is_out_of_space,
    native,
    row_hash,
    row_id,
)  # fmt: skip
from journeykit.errors import MappingError, StoreError
from journeykit.mart.bankfiles import (
    MissingFileError,
    Opened,
    UnreadableFileError,
    describe_columns,
    open_file,
)  # fmt: skip
from journeykit.mart.findings import Finding
from journeykit.mart.language import UnknownColumnError, compile_expression, parse
from journeykit.mart.mapping import DAY, File, Mapping, Source, SubjectMapping
from journeykit.mart.readings import Compiled, condition, convert, same
from journeykit.mart.sources import end_of
from journeykit.mart.staged import LOST, SOURCE_WHERE, Staged, day_of, suspects_of

_LATEST = "latest_by"
_numbers = count()


def stage_subject(connection: sa.Connection, mapping: Mapping, name: str, root: Path, as_of: date) -> Staged:
    """Read one subject's files as of a day.

    Raises
    ------
    StoreError
        The scratch database ran out of space.
    """
    filled = mapping.subjects[name]
    staged = Staged(
        subject(name), connection, has_latest_by=filled.latest_by is not None,
        assumption=filled.assumption, stale_after_days=filled.stale_after_days,
    )  # fmt: skip
    staged.findings += _unclosed(filled, name, root, as_of)
    read = [_Reading(staged, mapping, filled, source, root, as_of) for source in filled.sources]
    selects = [reading.select() for reading in read]
    if all(select is not None for select in selects):
        _fill(staged, [select for select in selects if select is not None], as_of)
        _count_bad_rows(staged, [opened for reading in read for opened in reading.opened])
    return staged


def stage_derived(connection: sa.Connection, name: str, rows: pa.Table, as_of: date) -> Staged:
    """Take a subject's rows from elsewhere: contacts, which the ledger keeps."""
    staged = Staged(subject(name), connection)
    relation = f"source_{next(_numbers)}"
    native(connection).register(relation, rows)
    opened = describe_columns(relation, column_types(connection, relation), ())
    chosen = {one: convert(opened.columns[one.name], one.type) for one in staged.subject.columns
              if one.name in opened.columns}  # fmt: skip
    labelled = (value.value.label(column.name) for column, value in chosen.items())
    _fill(staged, [sa.select(*labelled).select_from(opened.table)], as_of)
    return staged


def _unclosed(filled: SubjectMapping, name: str, root: Path, as_of: date) -> Iterator[Finding]:
    if filled.done_marker is None:
        return
    marker = root / filled.done_marker.replace(DAY, as_of.isoformat())
    if not marker.exists():
        yield Finding(
            "source_day_not_closed", "fatal", name, None, 1,
            f"{marker.name} is not there: the bank has not finished {as_of}. Wait for it, then try again.",
        )  # fmt: skip


@dataclass
class _Reading:
    """One source of one subject: its files, its columns by name, its select."""

    staged: Staged
    mapping: Mapping
    filled: SubjectMapping
    source: Source
    root: Path
    as_of: date
    opened: list[Opened] = field(default_factory=list)

    def select(self) -> sa.Select | None:
        """The select of the contract's columns, or None with the reasons noted."""
        before = len(self.staged.findings)
        try:
            relation, columns = self._join()
        except MappingError as error:
            self._note_file(error)
            return None
        values = {column.name: self._value(column, columns) for column in self._wanted(columns)}
        latest = self._compile(_LATEST, self.filled.latest_by, columns)
        where = self._compile(SOURCE_WHERE, self.source.where, columns)
        if len(self.staged.findings) > before:
            return None
        labelled = [value.value.label(name) for name, value in values.items() if value]
        labelled += [
            sa.func.coalesce(value.failed, sa.false()).label(LOST + name)
            for name, value in values.items() if value and value.failed is not None
        ]  # fmt: skip
        if latest is not None:
            labelled.append(latest.value.label(_LATEST))
        statement = sa.select(*labelled).select_from(relation)
        return statement if where is None else self._filter(statement, where)

    def _filter(self, statement: sa.Select, where: Compiled) -> sa.Select:
        """Keep the rows for which the condition holds, and, to be found, those where it cannot be read."""
        kept = condition(where)
        if kept.failed is None:
            return statement.where(kept.value)
        unread = sa.func.coalesce(kept.failed, sa.false())
        return statement.add_columns(unread.label(LOST + SOURCE_WHERE)).where(sa.or_(kept.value, unread))

    def _wanted(self, columns: dict[str, Compiled]) -> Iterator[Column]:
        """The columns to fill; one that nobody thought of is a finding."""
        declared = self.staged.subject
        for column in declared.columns:
            if self.mapping.is_absent(declared.name, column.name):
                continue
            given = columns if self.source.columns is None else self.source.columns
            if column.name in given:
                yield column
            else:
                where = self.source.file if self.source.columns is None else "the mapping"
                self._note(
                    "missing_column", column.name,
                    f"{column.name} is not in {where}. Map it, or declare it absent with a reason.",
                )  # fmt: skip

    def _value(self, column: Column, columns: dict[str, Compiled]) -> Compiled | None:
        text = None if self.source.columns is None else self.source.columns[column.name]
        given = columns[column.name] if text is None else self._compile(column.name, text, columns)
        if given is None:
            return None
        try:
            return convert(given, column.type)
        except MappingError as error:
            self._note("bad_expression", column.name, str(error))
            return None

    def _compile(self, place: str, text: str | None, columns: dict[str, Compiled]) -> Compiled | None:
        if text is None:
            return None
        try:
            return compile_expression(parse(text), columns, self.mapping.codes)
        except MappingError as error:
            rule = "missing_column" if isinstance(error, UnknownColumnError) else "bad_expression"
            self._note(rule, place, str(error))
            return None

    def _join(self) -> tuple[sa.FromClause, dict[str, Compiled]]:
        main = self._open(self.source)
        columns = dict(main.columns)
        relation: sa.FromClause = main.table
        for join in self.source.joins:
            other = self._open(join)
            inner = sa.select(other.table)
            if join.where is not None:
                inner = inner.where(condition(compile_expression(parse(join.where), other.columns, {})).value)
            looked_up = inner.subquery()
            described = describe_columns("", {c.name: c.type for c in looked_up.c}, join.missing, looked_up)
            renamed = {join.prefix + name: value for name, value in described.columns.items()}
            twice = sorted(set(renamed) & set(columns))
            if twice:
                raise MappingError(
                    f"{', '.join(twice)} would be there twice. Give the join of {join.file} a prefix."
                )
            pairs = [
                same(_named(columns, left), _named(described.columns, right))
                for left, right in join.on.items()
            ]
            relation = relation.outerjoin(looked_up, sa.and_(*pairs))
            columns |= renamed
        return relation, columns

    def _open(self, file: File) -> Opened:
        opened = open_file(self.staged.connection, file, self.root, self.as_of, f"source_{next(_numbers)}")
        self.opened.append(opened)
        return opened

    def _note_file(self, error: MappingError) -> None:
        if isinstance(error, MissingFileError):
            if not self.filled.optional:
                self._note("missing_file", None, str(error))
        elif isinstance(error, UnreadableFileError):
            self._note("unreadable_file", None, str(error))
        else:
            self._note(
                "missing_column" if isinstance(error, UnknownColumnError) else "bad_expression",
                None,
                str(error),
            )

    def _note(self, rule: str, column: str | None, message: str) -> None:
        self.staged.findings.append(Finding(rule, "fatal", self.staged.subject.name, column, 1, message))


def _named(columns: dict[str, Compiled], name: str) -> Compiled:
    return compile_expression(parse(f"column({name!r})"), columns, {})


def _fill(staged: Staged, selects: list[sa.Select], as_of: date) -> None:
    """Read everything in one go, then forget what lies after as_of and what was corrected."""
    names = list(dict.fromkeys(column.name for select in selects for column in select.selected_columns))
    aligned = [_align(select, names) for select in selects]
    name = f"staged_{staged.subject.name}_{next(_numbers)}"
    try:
        statement = aligned[0] if len(aligned) == 1 else sa.union_all(*aligned)
        table = create_table_as(staged.connection, name, statement)
    except EmbeddedError as error:
        if is_out_of_space(error):
            raise StoreError(
                f"There is no room to read {staged.subject.name}. Nothing was published; free disk space or "
                "raise [mart] memory_limit, then run the same command again."
            ) from None
        staged.findings.append(Finding(
            "unreadable_file", "fatal", staged.subject.name, None, 1,
            f"A file of {staged.subject.name} is damaged, or has another encoding or format than the mapping "
            f"says ({type(error).__name__}). Deliver it again, or correct the mapping.",
        ))  # fmt: skip
        return
    _forget_later(staged, table, as_of)
    if staged.has_latest_by:
        _forget_corrected(staged, table)
    staged.table = table


def _align(select: sa.Select, names: list[str]) -> sa.Select:
    """The same columns in the same order for every source: what one cannot lose, it has not lost."""
    inner = select.subquery()
    return sa.select(*(inner.c[name] if name in inner.c else sa.false().label(name) for name in names))


def _forget_later(staged: Staged, table: sa.Table, as_of: date) -> None:
    at = staged.subject.at
    if at is None or at not in table.c:
        return
    staged.newest_delivered = day_of(staged.connection.scalar(sa.select(sa.func.max(table.c[at]))))
    later = table.c[at] >= sa.literal(end_of(as_of, staged.subject.column(at)), table.c[at].type)
    staged.connection.execute(sa.delete(table).where(later))


def _forget_corrected(staged: Staged, table: sa.Table) -> None:
    """Of the rows with one key keep the latest; equally late ones stay and are found."""
    key = [table.c[name] for name in staged.subject.key]
    suspects = suspects_of(staged.connection, table, key)
    if suspects is None:
        return
    rank = sa.func.rank().over(partition_by=key, order_by=table.c[_LATEST].desc().nulls_last())
    ranked = sa.select(row_id().label("row"), rank.label("rank")).select_from(table)
    ranked = ranked.where(row_hash(*key).in_(suspects)).subquery()
    losers = sa.select(ranked.c.row).where(ranked.c.rank > 1)
    staged.connection.execute(sa.delete(table).where(row_id().in_(losers)))


def _count_bad_rows(staged: Staged, opened: list[Opened]) -> None:
    count = sum(len(one.bad_rows) for one in opened)
    if count:
        staged.findings.append(Finding(
            "malformed_rows", "fatal", staged.subject.name, None, count,
            f"{count:,} rows have another number of columns than the header. "
            "Check the delimiter and the quotes, or deliver the file again.",
        ))  # fmt: skip
