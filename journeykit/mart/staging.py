"""The bank's files read through the mapping into a scratch database, one table for each subject.

What cannot be read is noted, not raised, so that one report holds every finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import subject
from journeykit.dialects import (
    EmbeddedError,
    column_types,
    create_table_as,
    is_out_of_space,
    native,
    row_hash,
    row_id,
)  # fmt: skip
from journeykit.errors import StoreError
from journeykit.mart.bankfiles import (
    Opened,
    describe_columns,
    open_file,
)  # fmt: skip
from journeykit.mart.findings import Finding
from journeykit.mart.mapping import DAY, File, Mapping, SubjectMapping
from journeykit.mart.reading import LATEST, Reading, align
from journeykit.mart.readings import convert
from journeykit.mart.sources import end_of
from journeykit.mart.staged import Staged, day_of, suspects_of

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
    opened: list[Opened] = []

    def open_source(file: File) -> Opened:
        opened.append(open_file(connection, file, root, as_of, f"source_{next(_numbers)}"))
        return opened[-1]

    read = (Reading(staged.subject, mapping, one, open_source, staged.findings) for one in filled.sources)
    selects = [reading.select() for reading in read]
    if all(select is not None for select in selects):
        _fill(staged, [select for select in selects if select is not None], as_of)
        _count_bad_rows(staged, opened)
    return staged


def stage_derived(connection: sa.Connection, name: str, rows: pa.Table, as_of: date) -> Staged:
    """Take a subject's rows from elsewhere: contacts and marks, which the ledger keeps."""
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


def _fill(staged: Staged, selects: list[sa.Select], as_of: date) -> None:
    """Read everything in one go, then forget what lies after as_of and what was corrected."""
    names = list(dict.fromkeys(column.name for select in selects for column in select.selected_columns))
    aligned = [align(select, names) for select in selects]
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
    rank = sa.func.rank().over(partition_by=key, order_by=table.c[LATEST].desc().nulls_last())
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
