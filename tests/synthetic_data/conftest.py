"""Small banks, made once for all tests of the synthetic bank."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from journeykit.contract import DELIVERED, SUBJECTS, Time
from synthetic_data.advancing import advance
from synthetic_data.generating import generate

CUSTOMERS, SEED = 2000, 7
FRIDAY, SATURDAY, THURSDAY = date(2026, 5, 29), date(2026, 5, 30), date(2026, 6, 4)
CURRENT = {"amount", "used", "status", "next_due_on", "next_due_amount", "on_duty", "closed_on", "valid_to"}


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in DELIVERED:
        place = folder / name / "*.parquet" if (folder / name).is_dir() else folder / f"{name}.parquet"
        connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{place}')")
    return connection


def _write(path: Path, customers: list[str], strategy: str) -> Path:
    leads = [
        {"lead_id": f"{strategy}{number:026x}", "customer_id": customer, "strategy": strategy,
         "channel": "mobile_sales", "manager_id": "M00001", "as_of": "2026-05-29",
         "contact_date": "2026-06-01", "offer": "W-90D"}
        for number, customer in enumerate(customers)
    ]  # fmt: skip
    path.write_text(json.dumps({"leads": leads}), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def open_bank() -> Callable[[Path], duckdb.DuckDBPyConnection]:
    """A connection with one view per subject, over a bank's own files."""
    return _open


@pytest.fixture(scope="session")
def write_leads() -> Callable[[Path, list[str], str], Path]:
    """A file as `journeykit leads list --json` prints it."""
    return _write


@pytest.fixture(scope="session")
def lasting() -> Callable[[str], str]:
    """The columns of a subject that a later day may not change."""

    def name(subject: str) -> str:
        declared = SUBJECTS[subject]
        free = () if declared.time is Time.EVENT else CURRENT
        return ", ".join(column.name for column in declared.columns if column.name not in free)

    return name


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The bank as of a Friday, the days after it, and once more."""
    root = tmp_path_factory.mktemp("banks")
    days = {"friday": FRIDAY, "again": FRIDAY, "saturday": SATURDAY, "thursday": THURSDAY}
    for name, day in days.items():
        generate(CUSTOMERS, SEED, day, root / name)
    return {name: root / name for name in days}


@pytest.fixture(scope="session")
def bank(folders: dict[str, Path]) -> duckdb.DuckDBPyConnection:
    """The bank as of Friday."""
    return _open(folders["friday"])


@pytest.fixture(scope="session")
def contacted(bank: duckdb.DuckDBPyConnection) -> list[str]:
    """Every second customer with an account."""
    rows = bank.execute(
        "SELECT customer_id FROM customer WHERE kind <> 'prospect' AND substr(customer_id, 9)::int % 2 = 0"
        " ORDER BY 1"
    ).fetchall()
    return [row[0] for row in rows]


@pytest.fixture(scope="session")
def advanced(tmp_path_factory: pytest.TempPathFactory, contacted: list[str]) -> dict[str, Path]:
    """The Friday's bank four business days on: at once, and in three steps."""
    root = tmp_path_factory.mktemp("advanced")
    leads = _write(root / "leads.json", contacted, "large_inflow_idle")
    for name, steps in {"at_once": (4,), "stepwise": (1, 3)}.items():
        generate(CUSTOMERS, SEED, FRIDAY, root / name)
        for step in steps:
            advance(leads, step, root / name)
    return {name: root / name for name in ("at_once", "stepwise")}
