"""Loading a day: read, check, land, and only then swap the pointer (design D2)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from journeykit.contract import SUBJECTS, Time, subject
from journeykit.dialects import EmbeddedError, fetch_arrow, is_out_of_space, open_embedded, write_parquet
from journeykit.errors import StoreError
from journeykit.files import publish, scratch_folder, sha256_of
from journeykit.mart import mapping as mapping_
from journeykit.mart.checking import find_between, find_in_mapping, find_in_subject, find_in_time
from journeykit.mart.findings import CheckError, CheckReport, Finding, report_of
from journeykit.mart.manifest import SourceFile, SourceManifest
from journeykit.mart.sources import LANDED, subject_table
from journeykit.mart.staged import Staged
from journeykit.mart.staging import stage_derived, stage_subject
from journeykit.mart.store import MartStore

WHOLE = frozenset({"consent", "risk_assessment", "referral"})
"""Events of which a customer has a few in many years: one file, not one a month."""


def load_sources(
    store: MartStore,
    mapping: mapping_.Mapping,
    bank_root: Path,
    as_of: date,
    country: str,
    *,
    derive: Callable[[], Mapping[str, pa.Table]] = dict,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> SourceManifest:
    """Read the bank's files as of a day, check them, land them, and make them current.

    Parameters
    ----------
    bank_root : Path
        The bank's folder: ``mapping.root_for(settings.root, as_of)``.
    country : str
        Whose working days tell whether the files show a later day.
    derive : callable
        Called once nothing fatal was found and before anything is published; returns subjects whose
        rows take the place of the bank's own: contacts and marks, from the ledger.

    Returns
    -------
    SourceManifest
        The same input gives the same manifest; files that are there already are not written again.

    Raises
    ------
    CheckError
        A fatal rule is broken: nothing is published, and the error carries the whole report.
    StoreError
        The mart's folder cannot be written or is full; what was current before still is.
    """
    with (
        _scratch(store.root) as scratch,
        _staged(scratch, mapping, bank_root, as_of, memory_limit, threads) as (connection, read),
    ):
        report = _check(mapping, read, bank_root, as_of, country)
        if report.fatal:
            raise CheckError(report)
        derived = derive()
        staged = [one for one in read if one.subject.name in LANDED and one.subject.name not in derived]
        staged += [stage_derived(connection, name, rows, as_of) for name, rows in derived.items()]
        files = [file for one in staged for file in _land(store, one, scratch)]
    manifest = SourceManifest(
        as_of=as_of,
        files=tuple(files),
        mapping_hash=mapping.hash,
        absent=tuple(item for item in mapping.absent if item.subject not in derived),
        assumptions=mapping.assumptions,
        assumed=tuple(name for name, filled in mapping.subjects.items() if filled.assumption),
    )
    store.publish_load(manifest)
    return manifest


def check_sources(
    store: MartStore,
    mapping: mapping_.Mapping,
    bank_root: Path,
    as_of: date,
    country: str,
    *,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> CheckReport:
    """Read and check a day as :func:`load_sources` does, and publish nothing."""
    with (
        _scratch(store.root) as scratch,
        _staged(scratch, mapping, bank_root, as_of, memory_limit, threads) as (_, staged),
    ):
        return _check(mapping, staged, bank_root, as_of, country)


def read_subject(
    mapping: mapping_.Mapping,
    root: Path,
    name: str,
    as_of: date,
    *,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> pa.Table:
    """One subject's rows as of a day, from the bank's files, without landing anything.

    For what the mart does not keep: contact details go to the vault, consent, contacts and receipts
    to the ledger. Nothing touches a disk.

    Returns
    -------
    pyarrow.Table
        Every column of the contract; no rows when the subject is absent.

    Raises
    ------
    CheckError
        A fatal rule is broken.
    """
    declared = subject_table(name)
    with _reporting_space(), open_embedded(memory_limit=memory_limit, threads=threads) as connection:
        if name not in mapping.subjects:
            return _complete(connection, declared, None)
        one = stage_subject(connection, mapping, name, root, as_of)
        report = report_of(as_of, find_in_subject(one, as_of))
        if report.fatal:
            raise CheckError(report)
        return _complete(connection, declared, one.publishable() if one.table is not None else None)


def _complete(connection: sa.Connection, declared: sa.Table, rows: sa.Select | None) -> pa.Table:
    """The rows with all of the contract's columns."""
    if rows is None:
        nothing = (sa.cast(sa.null(), column.type).label(column.name) for column in declared.c)
        return fetch_arrow(connection, sa.select(*nothing).where(sa.false()))
    inner = rows.subquery()
    have = inner.c
    values = (
        have[column.name] if column.name in have else sa.cast(sa.null(), column.type).label(column.name)
        for column in declared.c
    )  # fmt: skip
    order = (have[key] for key in subject(declared.name).key)
    return fetch_arrow(connection, sa.select(*values).order_by(*order))


@contextmanager
def _staged(  # noqa: PLR0917
    scratch: Path,
    mapping: mapping_.Mapping,
    root: Path,
    as_of: date,
    memory_limit: str,
    threads: int,
) -> Iterator[tuple[sa.Connection, list[Staged]]]:
    """Every subject read: into a scratch file, but what belongs to the vault only into memory."""
    with (
        _reporting_space(),
        open_embedded(memory_limit=memory_limit, threads=threads) as private,
        open_embedded(
            memory_limit=memory_limit,
            threads=threads,
            spill=scratch / "spill",
            database=scratch / "staged.duckdb",
        ) as connection,
    ):
        staged = []
        for name, declared in SUBJECTS.items():
            if name in mapping.subjects:
                where = private if declared.store == "vault" else connection
                staged.append(stage_subject(where, mapping, name, root, as_of))
        yield connection, staged


def _check(
    mapping: mapping_.Mapping, staged: list[Staged], root: Path, as_of: date, country: str
) -> CheckReport:
    findings: list[Finding] = [*find_in_mapping(mapping, as_of)]
    for one in staged:
        findings += find_in_subject(one, as_of)
    findings += find_between([one for one in staged if one.subject.store != "vault"])
    findings += find_in_time(mapping, staged, root, as_of, country)
    return report_of(as_of, findings)


def _land(store: MartStore, one: Staged, scratch: Path) -> Iterator[SourceFile]:
    """Write a subject's rows, an event's by month, under the hash of their content."""
    for partition, rows, statement in _partitions(one):
        aside = scratch / "rows.parquet"
        write_parquet(one.connection, statement, aside)
        sha256 = sha256_of(aside)
        path = store.source_path(one.subject.name, partition, sha256)
        if not (path.is_file() and sha256_of(path) == sha256):
            publish(path, lambda target, aside=aside: os.replace(aside, target))
        yield SourceFile(
            subject=one.subject.name, partition=partition, path=path.relative_to(store.root).as_posix(),
            rows=rows, sha256=sha256,
        )  # fmt: skip


def _partitions(one: Staged) -> Iterator[tuple[str, int, sa.Select]]:
    """The parts to land, each with its name and number of rows."""
    if one.table is None or not one.summary["rows"]:
        return
    statement, at = one.publishable(), one.subject.at
    if one.subject.time != Time.EVENT or at is None or one.subject.name in WHOLE:
        yield "all", one.summary["rows"], statement
        return
    value = one.rows.c[at]
    start = sa.cast(sa.func.date_trunc("month", value), sa.Date()).label("start")
    months = sa.select(start, sa.func.count().label("rows")).group_by(start).order_by(start)
    for month, rows in one.connection.execute(months).all():
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        first, after = (sa.literal(day, sa.Date()) for day in (month, following))
        yield f"{month:%Y-%m}", rows, statement.where(value >= first, value < after)


@contextmanager
def _reporting_space() -> Iterator[None]:
    """Turn an engine that ran out of room into an error that says what to do."""
    try:
        yield
    except (EmbeddedError, DBAPIError) as error:
        if not is_out_of_space(error):
            raise
        raise StoreError(
            "There is no room, or no permission, to load into the mart. Nothing was published; free disk "
            "space, fix the permissions or raise [mart] memory_limit, then run the same command again."
        ) from error


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder beside the mart's files that is gone afterwards; those of killed loads are removed."""
    try:
        with scratch_folder(root, ".scratch-") as folder:
            yield folder
    except OSError as error:
        raise StoreError(
            f"Cannot write in {root}: {error.strerror or error}. Nothing was published; free space or fix "
            "the folder's permissions, then run the same command again."
        ) from error
