"""The same seed gives the same rows; tomorrow holds today's; nothing is later than its day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from journeykit.contract import DELIVERED, SUBJECTS
from journeykit.errors import DataError
from journeykit.files import sha256_of
from synthetic_data.generating import generate
from synthetic_data.writing import ARROW

CUSTOMERS, SEED, FRIDAY = 2000, 7, date(2026, 5, 29)
Open = Callable[[Path], duckdb.DuckDBPyConnection]


def test_same_seed_gives_the_same_files(folders: dict[str, Path]) -> None:
    one, other = (
        {
            path.relative_to(folders[name]): sha256_of(path)
            for path in folders[name].rglob("*")
            if path.is_file()
        }
        for name in ("friday", "again")
    )
    assert one == other
    assert len(one) > 70


def test_another_seed_gives_other_rows(
    tmp_path: Path, open_bank: Open, bank: duckdb.DuckDBPyConnection
) -> None:
    generate(200, SEED + 1, FRIDAY, tmp_path / "other")
    other = open_bank(tmp_path / "other")
    query = "SELECT customer_id, birth_date FROM customer ORDER BY 1 LIMIT 100"
    assert other.execute(query).fetchall() != bank.execute(query).fetchall()


@pytest.mark.parametrize("later", ["saturday", "thursday"])
@pytest.mark.parametrize("subject", [name for name in DELIVERED if name != "receipt"])
def test_a_later_day_holds_the_rows_of_the_day(
    folders: dict[str, Path], open_bank: Open, lasting: Callable[[str], str], subject: str, later: str
) -> None:
    before = open_bank(folders["friday"])
    after = folders[later]
    place = after / subject / "*.parquet" if (after / subject).is_dir() else after / f"{subject}.parquet"
    columns = lasting(subject)
    lost = before.execute(
        f"SELECT count(*) FROM (SELECT {columns} FROM {subject} EXCEPT ALL SELECT {columns} FROM '{place}')"
    ).fetchone()
    assert lost == (0,)


def test_history_files_of_past_months_are_the_same_bytes(folders: dict[str, Path]) -> None:
    for subject in ("txn", "event"):
        names = [f"{subject}/2025-06.parquet", f"{subject}/2026-04.parquet"]
        for name in names:
            assert sha256_of(folders["friday"] / name) == sha256_of(folders["thursday"] / name)


@pytest.mark.parametrize("subject", [name for name in DELIVERED if SUBJECTS[name].at])
def test_nothing_is_later_than_the_day(bank: duckdb.DuckDBPyConnection, subject: str) -> None:
    at = SUBJECTS[subject].at
    latest = bank.execute(f"SELECT max({at})::date FROM {subject}").fetchone()
    assert latest is not None
    assert latest[0] is None or latest[0] <= FRIDAY


def test_ends_and_bookings_are_not_later_than_the_day(bank: duckdb.DuckDBPyConnection) -> None:
    for column, subject in (("recorded_at", "txn"), ("closed_on", "holding"), ("closed_on", "relationship"),
                            ("valid_to", "tie")):  # fmt: skip
        found = bank.execute(f"SELECT max({column})::date FROM {subject}").fetchone()
        assert found is not None
        assert found[0] is None or found[0] <= FRIDAY


@pytest.mark.parametrize("subject", DELIVERED)
def test_columns_are_the_contracts(folders: dict[str, Path], subject: str) -> None:
    folder = folders["friday"]
    files = sorted((folder / subject).glob("*.parquet")) or [folder / f"{subject}.parquet"]
    wanted = [(column.name, ARROW[column.type]) for column in SUBJECTS[subject].columns]
    for path in files:
        assert [(field.name, field.type) for field in pq.read_schema(path)] == wanted


@pytest.mark.parametrize("subject", DELIVERED)
def test_rules_of_the_contract_hold(bank: duckdb.DuckDBPyConnection, subject: str) -> None:
    declared = SUBJECTS[subject]
    key = ", ".join(declared.key)
    assert bank.execute(f"SELECT count(*) - count(DISTINCT ({key})) FROM {subject}").fetchone() == (0,)
    for column in declared.columns:
        if column.required:
            missing = bank.execute(f"SELECT count(*) FROM {subject} WHERE {column.name} IS NULL").fetchone()
            assert missing == (0,), column.name
        if column.values:
            strange = bank.execute(
                f"SELECT DISTINCT {column.name} FROM {subject} WHERE NOT list_contains(?, {column.name})",
                [list(column.values)],
            ).fetchall()
            assert strange == [], column.name
        if column.references:
            other, name = column.references.split(".")
            dangling = bank.execute(
                f"SELECT count(*) FROM {subject} WHERE {column.name} IS NOT NULL"
                f" AND {column.name} NOT IN (SELECT {name} FROM {other})"
            ).fetchone()
            assert dangling == (0,), column.name


def test_balances_follow_from_movements(bank: duckdb.DuckDBPyConnection) -> None:
    """A demand account is worth its last month-end balance and what moved since, to the fen."""
    wrong = bank.execute(
        """
        WITH last AS (SELECT holding_id, amount FROM balance WHERE balance_on = '2026-04-30'),
             moved AS (SELECT holding_id, sum(CASE direction WHEN 'in' THEN amount ELSE -amount END) AS net
                       FROM txn WHERE occurred_at >= '2026-05-01' GROUP BY 1)
        SELECT count(*) FROM holding h LEFT JOIN last USING (holding_id) LEFT JOIN moved USING (holding_id)
        WHERE product_id = 'D-DEMAND' AND h.amount <> coalesce(last.amount, 0) + coalesce(net, 0)
        """
    ).fetchone()
    assert wrong == (0,)
    assert bank.execute("SELECT min(amount) >= 0 FROM balance").fetchone() == (True,)
    assert bank.execute("SELECT min(amount) > 0 FROM txn").fetchone() == (True,)


def test_relationships_match_holdings(bank: duckdb.DuckDBPyConnection) -> None:
    pairs = "SELECT customer_id, line FROM holding WHERE role = 'owner'"
    assert bank.execute(f"({pairs}) EXCEPT SELECT customer_id, line FROM relationship").fetchall() == []
    assert bank.execute(f"SELECT customer_id, line FROM relationship EXCEPT ({pairs})").fetchall() == []


def test_bank_says_what_it_is(folders: dict[str, Path]) -> None:
    facts = json.loads((folders["friday"] / "bank.json").read_text())
    assert facts == {"seed": SEED, "customers": CUSTOMERS, "as_of": "2026-05-29"}
    assert (folders["friday"] / "_DONE_2026-05-29").exists()
    assert not list(folders["friday"].rglob(".aside-*"))


def test_refusals(tmp_path: Path, folders: dict[str, Path]) -> None:
    with pytest.raises(DataError, match="lives from 2025-06-01"):
        generate(200, 1, date(2024, 1, 1), tmp_path / "early")
    with pytest.raises(DataError, match="already holds a bank"):
        generate(200, 1, FRIDAY, folders["friday"])
    with pytest.raises(DataError, match="at least"):
        generate(5, 1, FRIDAY, tmp_path / "tiny")
    assert not any(tmp_path.iterdir())
