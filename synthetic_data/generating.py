"""Write the bank's files: a whole history, or the days that came since."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journeykit.contract import SUBJECTS
from journeykit.errors import DataError
from journeykit.files import publish_text
from synthetic_data import records, staff
from synthetic_data.customers import Population, customer_columns, draw_customers
from synthetic_data.details import detail_columns
from synthetic_data.draws import coded, day_column, day_number, decimal_column, to_date
from synthetic_data.events import draw_behaviour, event_columns
from synthetic_data.holdings import (
    SLOTS,
    Contracts,
    draw_contracts,
    holding_columns,
    money_of,
    relationship_columns,
)  # fmt: skip
from synthetic_data.pools import Pools, make_pools
from synthetic_data.products import LINE_OF, MONEYLESS, product_columns
from synthetic_data.seasons import FIRST, FIRST_DAY, LAST_DAY, Month, months_between
from synthetic_data.transactions import Books, draw_movements, open_books, txn_columns
from synthetic_data.truth import draw_truth, truth_table
from synthetic_data.writing import ARROW, write_subject, write_table

BEFORE = -100_000


@dataclass(frozen=True)
class Bank:
    """Everything a seed says of a bank, before any day is cut off."""

    seed: int
    customers: int
    pools: Pools
    people: Population
    contracts: Contracts


def draw_bank(seed: int, customers: int) -> Bank:
    """Draw people and what they hold."""
    if customers < 100:
        raise DataError(f"A bank of {customers} customers is too small; ask for at least --customers 100.")
    people = draw_customers(seed, customers, staff.draw_staff(seed, customers))
    return Bank(seed, customers, make_pools(seed), people, draw_contracts(people))


def check_day(as_of: date) -> None:
    """Refuse a day outside the bank's life."""
    if not FIRST_DAY <= as_of <= LAST_DAY:
        raise DataError(f"The synthetic bank lives from {FIRST_DAY} to {LAST_DAY}; {as_of} is not within.")


def generate(customers: int, seed: int, as_of: date, out: Path) -> dict[str, int]:
    """Write a bank as of a day; returns the number of rows of each subject.

    Raises
    ------
    DataError
        `as_of` is outside the bank's life, or `out` already holds a bank.
    """
    check_day(as_of)
    if (out / "bank.json").exists():
        raise DataError(f"{out} already holds a bank. Choose another folder, remove it, or use: advance.")
    bank = draw_bank(seed, customers)
    rows, demand = write_history(bank, out, None, as_of)
    rows |= write_current(bank, bank.contracts, demand, out, as_of)
    rows["receipt"] = write_subject(out / "receipt" / "history.parquet", "receipt", no_rows("receipt"))
    write_table(out / "_truth" / "response.parquet", truth_table(bank.people, draw_truth(bank.people)))
    close_day(bank, out, as_of)
    return rows


def no_rows(subject: str) -> dict[str, pa.Array]:
    """The columns of a subject without rows."""
    return {column.name: pa.array([], ARROW[column.type]) for column in SUBJECTS[subject].columns}


Adjust = Callable[[int], tuple[Contracts, np.ndarray]]


def write_history(
    bank: Bank, out: Path, closed: date | None, as_of: date, adjust: Adjust | None = None
) -> tuple[dict[str, int], np.ndarray]:
    """Write event rows later than `closed` (all when None) up to as_of, month by month, in new files.

    Parameters
    ----------
    adjust : callable, optional
        For a day number, the contracts as reactions changed them and what reactions added (fen) to
        each demand account by then; month-end balances include it.

    Returns
    -------
    tuple
        Rows by subject, and each customer's drawn demand balance (fen) at the end of as_of.
    """
    people, contracts = bank.people, bank.contracts
    begin = FIRST if closed is None else day_number(closed) + 1
    end, tail = day_number(as_of), "" if closed is None else f"_{as_of:%Y%m%d}"
    months = months_between(to_date(begin), as_of)
    books = open_books(people, FIRST) if closed is None else read_books(out, months[0])
    rows: dict[str, int] = dict.fromkeys(("txn", "event", "balance", "contact", "manager_performance"), 0)
    demand = books.balance
    for month in months:
        first, last = max(begin, month.first), min(end, month.last)
        movements, following = draw_movements(people, contracts, books, month)
        behaviour = draw_behaviour(people, contracts, month).between(first, last)
        lots = {
            "txn": txn_columns(people, movements.between(first, last), month),
            "event": event_columns(people, behaviour, month),
            "contact": records.contact_columns(people, month, first, last),
            "manager_performance": staff.performance_columns(people.staff, month, first, last),
        }
        demand = books.balance + movements.between(month.first, last).flow(len(people))
        for subject, columns in lots.items():
            rows[subject] += write_subject(out / subject / f"{month.name}{tail}.parquet", subject, columns)
        if last == month.last:
            changed, added = adjust(last) if adjust else (contracts, 0)
            columns = balance_columns(people, changed, demand + added, last)
            rows["balance"] += write_subject(
                out / "balance" / f"{month.name}{tail}.parquet", "balance", columns
            )
        if month is months[-1]:
            write_books(out, month, books)
        if last == month.last:
            books = following
    if end == months[-1].last:
        write_books(out, months_between(to_date(end + 1), to_date(end + 1))[0], books)
    early = BEFORE if closed is None else begin
    quiet = {
        "risk_assessment": records.risk_columns(people, contracts, early, end),
        "consent": records.consent_columns(people, early, end),
        "referral": records.referral_columns(people, early, end),
    }
    for subject, columns in quiet.items():
        rows[subject] = write_subject(out / subject / f"{tail[1:] or 'history'}.parquet", subject, columns)
    return rows, demand


def write_current(
    bank: Bank, contracts: Contracts, demand: np.ndarray, out: Path, as_of: date
) -> dict[str, int]:
    """Write anew the files that show how things are at the end of as_of."""
    people, day = bank.people, day_number(as_of)
    this, after = months_between(as_of, to_date(day + 31))[:2]
    subjects = {
        "branch": staff.branch_columns(people.staff),
        "manager": staff.manager_columns(people.staff, as_of),
        "product": product_columns(),
        "customer": customer_columns(people, day, bank.pools),
        "tie": records.tie_columns(people, bank.contracts, day),
        "relationship": relationship_columns(people, contracts, day),
        "holding": holding_columns(people, contracts, day, demand, (this.first, this.days, after.days)),
        "target": staff.target_columns(people.staff, as_of),
        "external": records.external_columns(people, day),
        "contact_details": detail_columns(people, day, bank.pools),
    }
    return {name: write_subject(out / f"{name}.parquet", name, columns) for name, columns in subjects.items()}


def balance_columns(
    people: Population, contracts: Contracts, demand: np.ndarray, day: int
) -> dict[str, pa.Array]:
    """The subject `balance` for one day: every running holding that has an amount."""
    running = (contracts.opened <= day) & (contracts.closed > day) & ~MONEYLESS[contracts.product]
    now = contracts.select(running)
    amount = np.where(now.slot == SLOTS["demand"], demand[now.customer], money_of(now, day))
    return {
        "customer_id": people.ids.take(pa.array(now.customer)),
        "holding_id": now.ids,
        "line": coded(LINE_OF, now.product),
        "balance_on": day_column(np.full(len(now), day)),
        "amount": decimal_column(amount),
    }


def write_books(out: Path, month: Month, books: Books) -> None:
    """Keep the books at the start of a month, so that going on needs no replay of the past."""
    table = pa.table({"balance": books.balance, "level": books.level})
    write_table(out / "_truth" / f"books_{month.name}.parquet", table)


def read_books(out: Path, month: Month) -> Books:
    """The books at the start of a month that was closed before."""
    table = pq.read_table(out / "_truth" / f"books_{month.name}.parquet")
    return Books(table["balance"].to_numpy(), table["level"].to_numpy())


def close_day(bank: Bank, out: Path, as_of: date) -> None:
    """Say which day the files show, then leave the mark that it is complete."""
    facts = {"seed": bank.seed, "customers": bank.customers, "as_of": as_of.isoformat()}
    publish_text(out / "bank.json", json.dumps(facts, indent=2) + "\n")
    publish_text(out / f"_DONE_{as_of.isoformat()}", "")
