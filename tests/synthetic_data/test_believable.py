"""The bank looks like a bank."""

from __future__ import annotations

import duckdb

Bank = duckdb.DuckDBPyConnection


def one(bank: Bank, query: str) -> float:
    row = bank.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_a_tenth_of_customers_hold_more_than_half(bank: Bank) -> None:
    share = one(
        bank,
        """
        WITH aum AS (SELECT customer_id, sum(amount) AS s FROM holding
                     WHERE role = 'owner' AND line IN ('deposit', 'wealth') GROUP BY 1),
             ranked AS (SELECT s, ntile(10) OVER (ORDER BY s DESC) AS tenth FROM aum)
        SELECT sum(s) FILTER (tenth = 1) / sum(s) FROM ranked
        """,
    )
    assert 0.5 < share < 0.9


def test_wages_come_on_pay_days(bank: Bank) -> None:
    days = bank.execute(
        "SELECT DISTINCT occurred_at::date FROM txn WHERE kind = 'payroll' AND occurred_at >= '2026-05-01'"
    ).fetchall()
    assert sorted(row[0].day for row in days) == [8, 15, 25]  # the tenth of May 2026 is a Sunday


def test_money_moves_before_the_spring_festival(bank: Bank) -> None:
    daily = (
        "SELECT count(*) / {days} FROM txn WHERE kind IN ('purchase', 'cash') AND occurred_at BETWEEN {span}"
    )
    before = one(bank, daily.format(days=21, span="'2026-01-27' AND '2026-02-17'"))
    during = one(bank, daily.format(days=7, span="'2026-02-17' AND '2026-02-24'"))
    usual = one(bank, daily.format(days=30, span="'2025-11-12' AND '2025-12-12'"))
    assert before > 1.2 * usual > 1.2 * during


def test_browsing_precedes_buying_more_than_chance(bank: Bank) -> None:
    buyers = """
        SELECT avg(CAST(EXISTS (FROM event e WHERE e.customer_id = t.customer_id AND e.action = 'view'
            AND e.object = 'wealth' AND e.occurred_at BETWEEN {day} - INTERVAL 14 DAY AND {day}) AS int))
        FROM txn t WHERE kind = 'wealth_buy' AND occurred_at >= '2025-09-01'
    """
    before = one(bank, buyers.format(day="t.occurred_at"))
    elsewhere = one(bank, buyers.format(day="(t.occurred_at - INTERVAL 45 DAY)"))
    assert before > 1.3 * elsewhere


def test_there_is_somebody_for_every_strategy(bank: Bank) -> None:
    customers = one(bank, "SELECT count(*) FROM customer")
    shares = {
        "matures within 30 days": "SELECT count(*) FROM holding WHERE line = 'wealth' AND status = 'active'"
        " AND matures_on BETWEEN '2026-05-30' AND '2026-06-28'",
        "approved, not used": "SELECT count(*) FROM holding WHERE credit_limit > 0 AND used = 0"
        " AND line = 'loan' AND status = 'active'",
        "first wages within 60 days": "SELECT count(*) FROM (SELECT min(occurred_at) AS f FROM txn"
        " WHERE kind = 'payroll' GROUP BY customer_id) WHERE f >= '2026-03-31'",
        "dormant": "SELECT count(*) FROM customer c WHERE kind <> 'prospect' AND NOT EXISTS (FROM txn t"
        " WHERE t.customer_id = c.customer_id AND occurred_at > '2025-11-30')",
        "idle inflow": "SELECT count(*) FROM txn t JOIN holding h USING (holding_id) WHERE direction = 'in'"
        " AND occurred_at > '2026-04-29' AND t.amount > 30000 AND h.role = 'owner' AND h.amount > 30000",
        "prospect": "SELECT count(*) FROM customer WHERE kind = 'prospect'",
        "referral": "SELECT count(*) FROM referral",
        "joint account": "SELECT count(*) FROM holding WHERE role = 'other'",
        "no manager": "SELECT count(*) FROM customer WHERE manager_id IS NULL",
        "no phone": "SELECT count(*) FROM contact_details WHERE phone IS NULL",
    }
    found = {name: one(bank, query) / customers for name, query in shares.items()}
    assert all(share > 0.003 for share in found.values()), found
    assert 0.07 < found["no manager"] < 0.14


def test_consent_by_the_latest_word(bank: Bank) -> None:
    latest = """
        SELECT avg(CAST(granted AS int)) * count(*) / (SELECT count(*) FROM customer) FROM (
            SELECT DISTINCT ON (customer_id, channel, purpose) * FROM consent
            WHERE channel = '{channel}' AND purpose = '{purpose}'
            ORDER BY customer_id, channel, purpose, recorded_at DESC)
    """
    for channel in ("sms", "app_push", "outbound_call", "mobile_sales"):
        assert 0.7 < one(bank, latest.format(channel=channel, purpose="marketing")) < 0.8
    refused = one(
        bank,
        "SELECT count(DISTINCT customer_id) / (SELECT count(*) FROM customer) FROM consent"
        " WHERE purpose = 'automated_marketing' AND NOT granted",
    )
    assert 0.02 < refused < 0.1
    changed = (
        "SELECT count(*) FROM"
        " (SELECT 1 FROM consent GROUP BY customer_id, channel, purpose HAVING count(*) > 1)"
    )
    assert one(bank, changed) > 50


def test_wealth_is_no_riskier_than_assessed(bank: Bank) -> None:
    risky = """
        SELECT count(*) FROM holding JOIN product USING (product_id)
        WHERE product.line = 'wealth' AND risk_level > 1 AND customer_id NOT IN
            (SELECT customer_id FROM risk_assessment WHERE level >= risk_level)
    """
    assert one(bank, risky) < 10
    assert one(bank, "SELECT avg(CAST(expires_on < '2026-05-29' AS int)) FROM risk_assessment") > 0.1


def test_books_of_managers_are_uneven(bank: Bank) -> None:
    sizes = (
        "SELECT max(n) / min(n) FROM"
        " (SELECT count(*) AS n FROM customer WHERE manager_id IS NOT NULL GROUP BY manager_id)"
    )
    assert one(bank, sizes) > 3
    assert one(bank, "SELECT max(daily_capacity) FROM manager") <= 25
    assert one(bank, "SELECT min(daily_capacity) FROM manager") >= 5
