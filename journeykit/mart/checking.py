"""The rules that a bank's data must keep before a day is published; every finding in one report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from journeykit.contract import SUBJECTS, Column, Time
from journeykit.mart.bankfiles import marked_days
from journeykit.mart.findings import Finding
from journeykit.mart.mapping import Mapping
from journeykit.mart.staged import LOST, SOURCE_WHERE, Staged, is_required
from journeykit.workdays import next_working_day

STALE_AFTER_DAYS = {"txn": 7, "event": 7, "balance": 35}
"""When the newest row is older than this, the bank probably forgot a delivery."""

OUTSIDE_AFTER_DAYS = 31
_TELLING = re.compile(r"(?!.*\d{5})[^\n]{1,20}")


OURS = frozenset({"contact", "receipt", "mark"})
"""Subjects that journeykit makes itself; of contacts and receipts a bank may add its own history."""


def find_in_mapping(mapping: Mapping, as_of: date) -> Iterator[Finding]:
    """What the mapping alone tells: subjects forgotten, a day after the bank's files."""
    for name in SUBJECTS:
        if name not in mapping.subjects and name not in OURS and not mapping.is_absent(name):
            yield Finding(
                "missing_subject", "fatal", name, None, 1,
                f"{name} is neither mapped nor declared absent. Map it, or declare it absent with a reason.",
            )  # fmt: skip
    if mapping.source_day != "daily" and as_of > mapping.source_day:
        yield Finding(
            "date_outside_data", "fatal", "mapping", None, 1,
            f"The bank's files show {mapping.source_day}; {as_of} is later. Choose an as_of up to that day.",
        )  # fmt: skip


def find_in_subject(staged: Staged, as_of: date) -> Iterator[Finding]:
    """Break each rule that a subject's own rows can break."""
    yield from staged.findings
    if staged.table is None:
        return
    if staged.summary["rows"] == 0:
        if staged.subject.name == "customer":
            yield Finding(
                "empty_subject", "fatal", "customer", None, 0,
                f"There is no customer as of {as_of}. Check `root`, the files and the day asked for.",
            )  # fmt: skip
        return
    yield from _wrong_types(staged)
    yield from _nulls(staged)
    yield from _duplicates(staged)
    yield from _values_outside(staged)
    yield from _stale(staged, as_of)


def _wrong_types(staged: Staged) -> Iterator[Finding]:
    for name in staged.lossy:
        count = staged.summary[LOST + name]
        if not count:
            continue
        if name == SOURCE_WHERE:
            what = "cannot be read while applying `where`. Correct the condition or the data."
            yield Finding("wrong_type", "fatal", staged.subject.name, None, count, f"{_rows(count)} {what}")
        else:
            wanted = staged.subject.column(name).type.value
            what = f"of {name} cannot be read as {wanted}. Correct the format in the mapping, or the data."
            yield Finding("wrong_type", "fatal", staged.subject.name, name, count, f"{_rows(count)} {what}")


def _nulls(staged: Staged) -> Iterator[Finding]:
    for column in staged.landed_columns:
        missing = staged.summary["rows"] - staged.summary[f"filled_{column.name}"]
        lost = staged.summary.get(LOST + column.name, 0)
        if is_required(staged.subject, column) and missing > lost:
            yield Finding(
                "null_in_required", "fatal", staged.subject.name, column.name, missing - lost,
                f"{_rows(missing - lost)} without {column.name}, which every row must have. "
                "Correct the data, or leave such rows out with `where`.",
            )  # fmt: skip


def _duplicates(staged: Staged) -> Iterator[Finding]:
    count = staged.count_duplicates()
    if count:
        key = " + ".join(staged.subject.key)
        hint = (
            "They are equally late, too." if staged.has_latest_by
            else "If they are corrections, name the column that tells the newest in `latest_by`."
        )  # fmt: skip
        yield Finding(
            "duplicate_keys", "fatal", staged.subject.name, None, count,
            f"{_rows(count)} share their key ({key}) with another. {hint}",
        )  # fmt: skip


def _values_outside(staged: Staged) -> Iterator[Finding]:
    for column in staged.landed_columns:
        count = staged.summary.get(f"outside_{column.name}", 0)
        if not count:
            continue
        required = is_required(staged.subject, column)
        shown = _examples(staged, column)
        then = "" if required else " They read as missing until then."
        yield Finding(
            "value_not_allowed", "fatal" if required else "warning", staged.subject.name, column.name, count,
            f"{_rows(count)} of {column.name} hold a value that is not allowed{shown}. "
            f"Allowed: {', '.join(column.values)}. Translate it with code(…) in the mapping.{then}",
        )  # fmt: skip


def _examples(staged: Staged, column: Column) -> str:
    """A few offending values of a public column, unless they look like somebody's number."""
    if column.privacy != "C1":
        return ""
    values = [value for value in staged.sample_outside(column) if _TELLING.fullmatch(value)]
    return f" ({', '.join(map(repr, values))})" if values else ""


def _stale(staged: Staged, as_of: date) -> Iterator[Finding]:
    limit = staged.stale_after_days or STALE_AFTER_DAYS.get(staged.subject.name)
    newest = staged.newest
    if limit is None or newest is None or (as_of - newest).days <= limit:
        return
    yield Finding(
        "stale_data", "warning", staged.subject.name, staged.subject.at, (as_of - newest).days,
        f"The newest row is of {newest}, {(as_of - newest).days} days before {as_of}. "
        "Ask whether a delivery is missing, or set `stale_after_days`.",
    )  # fmt: skip


def find_between(staged: Sequence[Staged]) -> Iterator[Finding]:
    """References that lead nowhere; all of `staged` is in one database."""
    by_name = {one.subject.name: one for one in staged}
    for one in staged:
        for column in one.landed_columns:
            if column.references:
                yield from _dangling(one, column, by_name)


def _dangling(one: Staged, column: Column, staged: dict[str, Staged]) -> Iterator[Finding]:
    name, key = str(column.references).split(".")
    other = staged.get(name)
    if other is None or other.table is None:
        return
    value, known = one.rows.c[column.name], other.table.alias("named").c[key]
    lost = sa.select(sa.func.count()).where(value.is_not(None), ~sa.exists().where(known == value))
    count = one.connection.scalar(lost) or 0
    if count:
        yield Finding(
            "dangling_reference", "warning", one.subject.name, column.name, count,
            f"{_rows(count)} name a {name} that is not delivered. Ask for the missing {name} rows.",
        )  # fmt: skip


def find_in_time(
    mapping: Mapping, staged: Sequence[Staged], root: Path, as_of: date, country: str
) -> Iterator[Finding]:
    """Whether the data reach the day asked for, and whether they show a later one (design D3)."""
    present = [one for one in staged if one.table is not None]
    newest = max((one.newest for one in present if one.newest), default=None)
    told = any(one.subject.time == Time.EVENT for one in present)  # customers alone tell no day
    if newest is None or (told and newest < as_of - timedelta(days=OUTSIDE_AFTER_DAYS)):
        until = f"the newest row is of {newest}" if newest else "every row is later"
        yield Finding(
            "date_outside_data", "fatal", "mapping", None, 1,
            f"{as_of} lies outside the data: {until}. Choose an as_of that the files cover.",
        )  # fmt: skip
    shown = _shown_day(mapping, present, root, as_of, country)
    remedy = (
        "A closed day cannot be loaded again once the bank has moved on: restore that day's files"
        if mapping.source_day == "daily"
        else "Load that day, declare the columns absent"
    )
    for one in present:
        if shown > as_of and one.has_current_data and not one.assumption:
            yield Finding(
                "current_only", "fatal", one.subject.name, None, 1,
                f"The files show {one.subject.name} as of {shown}, not {as_of}, and keep no history. "
                f"{remedy}, or name an `assumption` in the mapping.",
            )  # fmt: skip


def _shown_day(mapping: Mapping, staged: Sequence[Staged], root: Path, as_of: date, country: str) -> date:
    """The day the files show: as stated, or as told by the marker of a later day, or by later events.

    Days without work before the next working day tell nothing: a delivery may hold a weekend's events.
    Where markers say which day is closed, it may hold the next working day's first hours, too.
    """
    if mapping.source_day != "daily":
        return mapping.source_day
    patterns = {one.done_marker for one in mapping.subjects.values() if one.done_marker}
    marked = max((day for pattern in patterns for day in marked_days(root, pattern)), default=as_of)
    if marked > as_of:
        return marked
    events = [one.newest_delivered for one in staged if one.subject.time == Time.EVENT]
    newest = max((day for day in events if day), default=as_of)
    following = next_working_day(as_of, country)
    return newest if newest > following or (newest == following and not patterns) else as_of


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
