"""Customers who accept what is nothing to buy: they join, log in, use what they have."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from synthetic_data.advancing import advance
from synthetic_data.generating import generate

CUSTOMERS, SEED, FRIDAY = 2000, 7, date(2026, 5, 29)
Open = Callable[[Path], duckdb.DuckDBPyConnection]
# For each strategy those it is for, and what tells of each of them that it worked.
DEEDS = {
    "follower_to_customer": (
        "SELECT customer_id FROM customer WHERE kind = 'prospect'",
        "SELECT customer_id FROM customer JOIN holding h USING (customer_id) JOIN txn USING (customer_id)"
        " WHERE customer.kind = 'personal' AND product_id = 'D-DEMAND' AND h.amount = txn.amount",
    ),
    "payroll_company": (
        "SELECT customer_id FROM customer WHERE kind = 'micro_business'",
        "SELECT customer_id FROM txn WHERE kind = 'payroll' AND direction = 'out'",
    ),
    "dormant_card": (
        "SELECT customer_id FROM holding WHERE product_id = 'C-CREDIT' AND used = 0",
        "SELECT customer_id FROM holding WHERE product_id = 'C-CREDIT' AND used > 0",
    ),
    "app_first_login": (
        "SELECT customer_id FROM customer WHERE kind = 'personal' AND customer_id NOT IN"
        " (SELECT customer_id FROM holding WHERE product_id = 'E-APP')"
        " AND customer_id NOT IN (SELECT customer_id FROM event WHERE action = 'login')",
        "SELECT customer_id FROM event JOIN holding USING (customer_id)"
        " WHERE action = 'login' AND holding.product_id = 'E-APP' AND opened_on <= occurred_at::date",
    ),
    "merchant_collection": (
        "SELECT customer_id FROM customer WHERE kind = 'micro_business' AND customer_id NOT IN"
        " (SELECT customer_id FROM holding WHERE product_id = 'P-QR')",
        "SELECT customer_id FROM holding JOIN txn USING (customer_id)"
        " WHERE product_id = 'P-QR' AND kind = 'collection' AND txn_id LIKE 'X%'",
    ),
    "silver_haired_service": (
        "SELECT customer_id FROM customer WHERE birth_date < '1960-01-01'",
        "SELECT customer_id FROM event WHERE action = 'visit' AND event_id LIKE 'X%'",
    ),
}


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, bank: duckdb.DuckDBPyConnection, open_bank: Open
) -> tuple[dict[str, list[str]], duckdb.DuckDBPyConnection]:
    """Whom each strategy contacted, and the bank a week later."""
    folder = tmp_path_factory.mktemp("deeds")
    contacted = {name: [row[0] for row in bank.execute(whom).fetchall()] for name, (whom, _) in DEEDS.items()}
    leads = [
        {"lead_id": f"{name}{who}", "customer_id": who, "strategy": name, "channel": "mobile_sales",
         "contact_date": "2026-06-01", "offer": "X"}
        for name, people in contacted.items() for who in people
    ]  # fmt: skip
    (folder / "leads.json").write_text(json.dumps({"leads": leads}), encoding="utf-8")
    generate(CUSTOMERS, SEED, FRIDAY, folder / "bank")
    advance(folder / "leads.json", 5, folder / "bank")
    return contacted, open_bank(folder / "bank")


@pytest.mark.parametrize("strategy", DEEDS)
def test_some_do_it_and_nobody_of_them_had_before(
    told, bank: duckdb.DuckDBPyConnection, strategy: str
) -> None:
    contacted, later = told[0][strategy], told[1]
    _, done = DEEDS[strategy]
    before, after = ({row[0] for row in one.execute(done).fetchall()} for one in (bank, later))
    assert len(contacted) > 10
    assert not before & set(contacted)
    assert 0.02 < len(after & set(contacted)) / len(contacted) < 0.6


def test_accounts_are_opened_once(told) -> None:
    doubled = "SELECT count(*) - count(DISTINCT (holding_id, customer_id)) FROM holding"
    assert told[1].execute(doubled).fetchone() == (0,)


def test_complaints_are_few_and_reach_every_month(bank: duckdb.DuckDBPyConnection) -> None:
    rows = bank.execute(
        "SELECT count(*), count(DISTINCT date_trunc('month', occurred_at)), count(DISTINCT channel)"
        " FROM event WHERE action = 'complain'"
    ).fetchone()
    assert rows is not None
    assert 40 < rows[0] < 150
    assert rows[1:] == (12, 3)


def test_chains_of_referrals_follow_the_referrals(bank: duckdb.DuckDBPyConnection) -> None:
    """A link is one longer than that of whoever recommended, 1 where nobody had."""
    lengths = bank.execute(
        """
        SELECT r.chain_length, coalesce(b.chain_length, 0) + 1 FROM referral r
        LEFT JOIN referral b ON b.referred_id = r.customer_id
        """
    ).fetchall()
    assert all(kept == worked_out for kept, worked_out in lengths)
    assert {kept for kept, _ in lengths} >= {1, 2}
    assert bank.execute("SELECT count(*) FROM referral WHERE same_device").fetchone() > (0,)
