"""Days pass: nothing old changes, and customers answer the contacts they got."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from journeykit.contract import DELIVERED, SUBJECTS, Time
from journeykit.errors import DataError
from journeykit.files import sha256_of
from synthetic_data.advancing import advance
from synthetic_data.generating import generate

CUSTOMERS, SEED, FRIDAY = 2000, 7, date(2026, 5, 29)
Open = Callable[[Path], duckdb.DuckDBPyConnection]
Write = Callable[[Path, list[str], str], Path]
EVENTS = [name for name in DELIVERED if SUBJECTS[name].time is Time.EVENT]


def rows_of(bank: duckdb.DuckDBPyConnection, subject: str) -> list[tuple[object, ...]]:
    return bank.execute(f"FROM {subject} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("subject", DELIVERED)
def test_four_days_at_once_or_in_steps_are_the_same(
    advanced: dict[str, Path], subject: str, open_bank: Open
) -> None:
    assert rows_of(open_bank(advanced["at_once"]), subject) == rows_of(
        open_bank(advanced["stepwise"]), subject
    )


@pytest.mark.parametrize("subject", [name for name in DELIVERED if name != "receipt"])
def test_an_advanced_bank_holds_what_a_generated_one_does(
    folders: dict[str, Path],
    advanced: dict[str, Path],
    open_bank: Open,
    lasting: Callable[[str], str],
    subject: str,
) -> None:
    generated, moved = open_bank(folders["thursday"]), advanced["at_once"]
    columns = lasting(subject).removesuffix(", amount" if subject == "balance" else "")
    place = moved / subject / "*.parquet" if (moved / subject).is_dir() else moved / f"{subject}.parquet"
    lost = generated.execute(
        f"SELECT count(*) FROM (SELECT {columns} FROM {subject} EXCEPT ALL SELECT {columns} FROM '{place}')"
    ).fetchone()
    assert lost == (0,)


def test_files_of_closed_days_are_not_touched(folders: dict[str, Path], advanced: dict[str, Path]) -> None:
    for path in folders["friday"].glob("*/*.parquet"):
        name = path.relative_to(folders["friday"])
        assert sha256_of(path) == sha256_of(advanced["stepwise"] / name), name


def test_customers_answer(advanced: dict[str, Path], contacted: list[str], open_bank: Open) -> None:
    """Contacted customers buy more than the others do, who are their equals but for the contact."""
    bank = open_bank(advanced["at_once"])
    bought = dict(
        bank.execute(
            "SELECT substr(customer_id, 9)::int % 2 = 0, count(DISTINCT customer_id) FROM txn"
            " WHERE kind = 'wealth_buy' AND occurred_at >= '2026-06-01' GROUP BY 1"
        ).fetchall()
    )
    assert bought[True] > 3 * bought[False]
    outcomes = dict(
        bank.execute("SELECT outcome, count(DISTINCT lead_id) FROM receipt GROUP BY 1").fetchall()
    )
    assert set(outcomes) == {"answered", "accepted", "refused", "failed"}
    assert outcomes["answered"] + outcomes["failed"] == len(contacted)


def test_those_the_truth_calls_open_accept_more(advanced: dict[str, Path], open_bank: Open) -> None:
    bank = open_bank(advanced["at_once"])
    bank.execute(f"CREATE VIEW truth AS FROM '{advanced['at_once']}/_truth/response.parquet'")
    rates = dict(
        bank.execute(
            """
            SELECT uplift_wealth > 0.15, avg(CAST(x.customer_id IS NOT NULL AS int)) FROM truth
            JOIN customer USING (customer_id)
            LEFT JOIN (SELECT DISTINCT customer_id FROM txn WHERE txn_id LIKE 'X%') x USING (customer_id)
            WHERE kind <> 'prospect' AND substr(customer_id, 9)::int % 2 = 0 GROUP BY 1
            """
        ).fetchall()
    )
    assert rates[True] > 5 * rates[False]


def test_what_was_bought_is_held(advanced: dict[str, Path], open_bank: Open) -> None:
    bank = open_bank(advanced["at_once"])
    bought, held = (
        bank.execute(query).fetchone()
        for query in (
            "SELECT count(*), sum(amount) FROM txn WHERE txn_id LIKE 'X%' AND kind = 'wealth_buy'",
            "SELECT count(*), sum(amount) FROM holding WHERE holding_id LIKE '%4__'",
        )
    )
    assert bought == held


def test_balances_follow_also_after_late_rows_and_corrections(
    bank: duckdb.DuckDBPyConnection, advanced: dict[str, Path], open_bank: Open
) -> None:
    later = open_bank(advanced["stepwise"])
    bank_now = dict(bank.execute("SELECT holding_id, amount FROM holding WHERE role = 'owner'").fetchall())
    moved: dict[str, object] = dict(
        later.execute(
            """
            WITH rows AS (SELECT *, CASE direction WHEN 'in' THEN amount ELSE -amount END AS signed,
                              row_number() OVER (PARTITION BY txn_id ORDER BY recorded_at) AS turn FROM txn),
                 changes AS (SELECT holding_id, recorded_at,
                             signed - coalesce(lag(signed) OVER (PARTITION BY txn_id ORDER BY turn), 0) AS net
                             FROM rows)
            SELECT holding_id, sum(net) FROM changes WHERE recorded_at >= '2026-05-30' GROUP BY 1
            """
        ).fetchall()
    )
    after = later.execute(
        "SELECT holding_id, amount FROM holding WHERE product_id = 'D-DEMAND' AND role = 'owner'"
    )
    for holding, amount in after.fetchall():
        assert amount == bank_now.get(holding, 0) + moved.get(holding, 0), holding  # type: ignore[operator]


def test_late_rows_and_corrections(advanced: dict[str, Path], open_bank: Open) -> None:
    bank = open_bank(advanced["at_once"])
    late = bank.execute(
        "SELECT count(*), min(days), max(days)"
        " FROM (SELECT recorded_at::date - occurred_at::date AS days FROM txn WHERE txn_id LIKE 'L%')"
    ).fetchone()
    assert late is not None
    assert late[0] > 5
    assert (late[1], late[2]) == (1, 3)
    corrected = bank.execute(
        """
        SELECT count(*), bool_and(late.amount <> early.amount) FROM txn late JOIN txn early USING (txn_id)
        WHERE late.recorded_at > early.recorded_at
        """
    ).fetchone()
    assert corrected is not None
    assert corrected[0] >= 6
    assert corrected[1]


def test_some_are_annoyed(advanced: dict[str, Path], open_bank: Open) -> None:
    bank = open_bank(advanced["at_once"])
    refused = bank.execute(
        "SELECT count(*), bool_and(NOT granted), min(recorded_at) >= '2026-06-01' FROM consent"
        " WHERE consent_id LIKE 'W%' AND channel = 'mobile_sales' AND purpose = 'marketing'"
    ).fetchone()
    assert refused is not None
    assert refused[0] >= 3
    assert refused[1:] == (True, True)


def test_every_theme_has_its_answer(
    tmp_path: Path, contacted: list[str], open_bank: Open, write_leads: Write
) -> None:
    leads: list[dict[str, object]] = []
    for strategy in (
        "approved_loan_unused",
        "loan_interest",
        "new_payroll",
        "referral",
        "dormant",
        "deposit_matures",
    ):
        path = write_leads(tmp_path / "part.json", contacted, strategy)
        leads += json.loads(path.read_text())["leads"]
    offers = {"loan_interest": "L-CONSUMER", "deposit_matures": "D-1Y"}
    leads = [{**lead, "offer": offers.get(str(lead["strategy"]), lead["offer"])} for lead in leads]
    (tmp_path / "leads.json").write_text(json.dumps({"leads": leads}))
    generate(CUSTOMERS, SEED, FRIDAY, tmp_path / "bank")
    advance(tmp_path / "leads.json", 3, tmp_path / "bank")
    bank = open_bank(tmp_path / "bank")
    kinds = {row[0] for row in bank.execute("SELECT kind FROM txn WHERE txn_id LIKE 'X%'").fetchall()}
    assert {"loan_payout", "wealth_buy", "transfer"} <= kinds
    assert bank.execute("SELECT count(*) > 3 FROM referral WHERE referral_id LIKE 'X%'").fetchone() == (True,)
    drawn = bank.execute(
        "SELECT min(used) > 0 FROM (SELECT sum(h.used) AS used FROM txn t JOIN holding h USING (customer_id)"
        " WHERE txn_id LIKE 'X%' AND t.kind = 'loan_payout' GROUP BY customer_id)"
    ).fetchone()
    assert drawn == (True,)
    lines = bank.execute("SELECT DISTINCT line FROM holding WHERE holding_id LIKE '%4__'").fetchall()
    assert sorted(row[0] for row in lines) == ["deposit", "loan", "wealth"]
    assert bank.execute(
        "SELECT count(*) - count(DISTINCT (holding_id, customer_id)) FROM holding"
    ).fetchone() == (0,)


def test_leads_that_reached_nobody_have_no_answer(
    tmp_path: Path, contacted: list[str], write_leads: Write
) -> None:
    path = write_leads(tmp_path / "leads.json", contacted, "dormant")
    content = json.loads(path.read_text())
    path.write_text(json.dumps({"leads": [{**lead, "delivery": "failed"} for lead in content["leads"]]}))
    generate(300, 1, FRIDAY, tmp_path / "bank")
    rows = advance(path, 1, tmp_path / "bank")
    assert rows["receipt/reaction"] == 0


def test_an_interrupted_advance_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contacted: list[str], open_bank: Open, write_leads: Write
) -> None:
    leads = write_leads(tmp_path / "leads.json", contacted[:100], "dormant")
    for name in ("whole", "cut"):
        generate(300, 1, FRIDAY, tmp_path / name)
    few = json.loads(leads.read_text())["leads"]
    leads.write_text(json.dumps({"leads": [lead for lead in few if lead["customer_id"] <= "C00000300"]}))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("synthetic_data.advancing.close_day", stop)
        with pytest.raises(KeyboardInterrupt):
            advance(leads, 5, tmp_path / "cut")
    assert not (tmp_path / "cut" / "_DONE_2026-06-05").exists()
    for name in ("whole", "cut"):
        advance(leads, 1, tmp_path / name)
    for subject in EVENTS:
        assert rows_of(open_bank(tmp_path / "whole"), subject) == rows_of(
            open_bank(tmp_path / "cut"), subject
        )


def test_refusals(tmp_path: Path, folders: dict[str, Path], write_leads: Write) -> None:
    leads = write_leads(tmp_path / "leads.json", ["C99999999"], "dormant")
    with pytest.raises(DataError, match="holds no bank"):
        advance(leads, 1, tmp_path / "nowhere")
    with pytest.raises(DataError, match="no customer of this bank"):
        advance(leads, 1, folders["again"])
    (tmp_path / "broken.json").write_text("[")
    with pytest.raises(DataError, match="no list of leads"):
        advance(tmp_path / "broken.json", 1, folders["again"])
    with pytest.raises(DataError, match="is not within"):
        advance(write_leads(tmp_path / "none.json", [], "dormant"), 300, folders["again"])
