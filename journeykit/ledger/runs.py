"""Runs: one row for each job, day and parameters; attempts at the same run share it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from journeykit.errors import LedgerError
from journeykit.ledger.accounts import check_accounts
from journeykit.ledger.keys import hash_key
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import run


@dataclass(frozen=True)
class Run:
    """One run as the ledger has it."""

    run_id: str
    job: str
    as_of: date
    contact_date: date
    build_id: str | None
    parameters: str
    definitions_hash: str
    state: str
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    candidates: int | None
    leads: int | None
    drops: int | None
    decisions_sha256: str | None

    @property
    def decided(self) -> bool:
        """Whether its leads and drops are on record; a decided run is never decided again."""
        return self.decisions_sha256 is not None


def write_parameters(parameters: Mapping[str, Any]) -> str:
    """Parameters as JSON in one fixed form."""
    return json.dumps(parameters, ensure_ascii=False, sort_keys=True, default=str)


def run_id(job: str, as_of: date, parameters: Mapping[str, Any]) -> str:
    """The key of a run: job, day and parameters; twelve hex digits, short enough to name a folder.

    Examples
    --------
    >>> run_id("daily_report", date(2026, 5, 29), {}) == run_id("daily_report", date(2026, 5, 29), {})
    True
    """
    return hash_key("run", job, as_of.isoformat(), write_parameters(parameters))[:12]


def start_run(
    ledger: Ledger,
    *,
    job: str,
    as_of: date,
    contact_date: date,
    parameters: Mapping[str, Any],
    definitions_hash: str,
    build_id: str | None = None,
) -> Run:
    """Open a run, or the next attempt at it.

    The first build and, once decided, the definitions stay with the run: an attempt that brings others gets
    those of the first, so that a re-run of a day gives the same.
    """
    key = run_id(job, as_of, parameters)
    with ledger.transaction("run start") as connection:
        known = _select(connection, key)
        if known is None:
            connection.execute(
                sa.insert(run).values(
                    run_id=key,
                    job=job,
                    as_of=as_of,
                    contact_date=contact_date,
                    build_id=build_id,
                    parameters=write_parameters(parameters),
                    definitions_hash=definitions_hash,
                    state="running",
                    attempt=1,
                    started_at=datetime.now(),
                )
            )
        else:
            _update(
                connection,
                key,
                state="running",
                attempt=known.attempt + 1,
                started_at=datetime.now(),
                finished_at=None,
                error=None,
                build_id=known.build_id or build_id,
                definitions_hash=known.definitions_hash if known.decided else definitions_hash,
            )
        return expect_run(connection, key)


def pin_build(ledger: Ledger, run_id: str, build_id: str) -> Run:
    """Tie a run to the tag build it reads, unless it is tied already; the returned run says to which."""
    with ledger.transaction("run build") as connection:
        if expect_run(connection, run_id).build_id is None:
            _update(connection, run_id, build_id=build_id)
        return expect_run(connection, run_id)


def finish_run(ledger: Ledger, run_id: str) -> Run:
    """Close a run as succeeded, after its identities held (design D8)."""
    with ledger.transaction("run end") as connection:
        expect_run(connection, run_id)
        check_accounts(connection, run_id)
        _update(connection, run_id, state="succeeded", finished_at=datetime.now(), error=None)
        return expect_run(connection, run_id)


def fail_run(ledger: Ledger, run_id: str, error: str) -> Run:
    """Close an attempt as failed. `error` must hold no personal data."""
    with ledger.transaction("run failure") as connection:
        expect_run(connection, run_id)
        _update(connection, run_id, state="failed", finished_at=datetime.now(), error=error)
        return expect_run(connection, run_id)


def find_run(ledger: Ledger, run_id: str) -> Run | None:
    """The run with this key, if it was ever started."""
    with ledger.reading() as connection:
        return _select(connection, run_id)


def read_runs(ledger: Ledger) -> list[Run]:
    """Every run, the latest start first."""
    return [
        Run(**row._mapping)
        for row in ledger.read(sa.select(run).order_by(run.c.started_at.desc(), run.c.run_id))
    ]


def expect_run(connection: sa.Connection, run_id: str) -> Run:
    """The run with this key inside a transaction; LedgerError when there is none."""
    found = _select(connection, run_id)
    if found is None:
        raise LedgerError(f"Unknown run '{run_id}'. Start it first; list runs with: journeykit runs list")
    return found


def _select(connection: sa.Connection, run_id: str) -> Run | None:
    row = connection.execute(sa.select(run).where(run.c.run_id == run_id)).one_or_none()
    return None if row is None else Run(**row._mapping)


def _update(connection: sa.Connection, run_id: str, **values: Any) -> None:
    connection.execute(sa.update(run).where(run.c.run_id == run_id).values(values))
