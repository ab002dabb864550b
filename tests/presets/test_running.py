"""Every preset runs from its start to its goal on a synthetic bank that answers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from journeykit.preset import presets


@pytest.mark.parametrize("name", presets)
def test_somebody_enters_acts_and_arrives(lives, name: str) -> None:
    life, strategy = lives[name], presets[name].strategy
    assert life.entered
    assert set(life.contacted) == {node.id for node in strategy.actions}
    reached = set().union(*life.contacted.values())
    assert reached & life.left["goal"], "nobody who was contacted reached the goal"


def test_rewards_stay_within_their_limits(lives, bank: Path) -> None:
    """By the bank's own files nobody is asked to recommend who has had the rewards of a year, or oneself."""
    referral = bank / "synthetic_data" / "bank" / "referral" / "history.parquet"
    rows = duckdb.sql(
        f"""
        SELECT customer_id FROM '{referral}'
        WHERE referred_at >= TIMESTAMP '2025-05-30' AND referred_at < TIMESTAMP '2026-05-30'
        GROUP BY customer_id HAVING sum(reward) >= 500 OR bool_or(same_device)
        UNION SELECT referred_id FROM '{referral}' WHERE chain_length >= 3 AND referred_id IS NOT NULL
        """
    ).fetchall()
    barred = {row[0] for row in rows}
    assert barred
    assert not barred & lives["referral"].entered


def test_older_customers_alone_are_called_for_service(lives, bank: Path) -> None:
    """Nobody under 60 by the bank's own dates of birth."""
    rows = duckdb.sql(
        f"SELECT customer_id FROM '{bank}/synthetic_data/bank/customer.parquet'"
        " WHERE birth_date <= DATE '1966-06-29'"
    ).fetchall()
    assert lives["silver_haired_service"].entered <= {row[0] for row in rows}


def test_nobody_reaches_the_goal_of_a_birthday_before_it(lives, bank: Path) -> None:
    """By the bank's own dates of birth, of those whose birthday lies behind the last day."""
    rows = duckdb.sql(
        f"SELECT customer_id FROM '{bank}/synthetic_data/bank/customer.parquet'"
        " WHERE strftime(birth_date, '%m-%d') BETWEEN '06-30' AND '07-13'"
    ).fetchall()
    waiting = {row[0] for row in rows} & lives["birthday"].entered
    assert waiting
    assert not waiting & lives["birthday"].left["goal"]
