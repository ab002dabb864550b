"""Let business days pass: normal activity, answers to leads, late rows and corrections.

Files of days already closed stay as they are; new rows go to new files named after the new day, and
the mark of the new day comes last. What an interrupted advance left behind is removed by the next one.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journeykit.errors import DataError
from journeykit.workdays import next_working_day
from synthetic_data.answers import Lead
from synthetic_data.draws import day_number
from synthetic_data.extras import Extras
from synthetic_data.generating import Bank, check_day, close_day, draw_bank, write_current, write_history
from synthetic_data.reacting import react
from synthetic_data.truth import CHANNELS, draw_truth
from synthetic_data.writing import write_table

NEEDED = ("lead_id", "customer_id", "strategy", "channel", "contact_date")
MAKE_LEADS = "Make the file with: journeykit leads list --json"
LEAD_SCHEMA = pa.schema({
    "number": pa.int64(), "lead_id": pa.string(), "customer": pa.int64(), "strategy": pa.string(),
    "channel": pa.string(), "offer": pa.string(), "start": pa.int64(),
})  # fmt: skip


def advance(leads: Path, days: int, out: Path) -> dict[str, int]:
    """Let `days` business days pass over the bank in `out`, whose customers answer `leads`.

    Parameters
    ----------
    leads : Path
        JSON as ``journeykit leads list --json`` prints it; leads seen before count once, and those
        whose `delivery` says anything but delivered never reached anyone.

    Returns
    -------
    dict
        Rows by subject that were added, or written anew for subjects that show the present.

    Raises
    ------
    DataError
        There is no bank, the leads are not readable or not this bank's, or the bank's life ends.
    """
    if days < 1:
        raise DataError(f"{days} days cannot pass; ask for --days 1 or more.")
    facts = read_facts(out)
    closed = date.fromisoformat(facts["as_of"])
    as_of = closed
    for _ in range(days):
        as_of = next_working_day(as_of, "CN")
    check_day(as_of)
    bank = draw_bank(facts["seed"], facts["customers"])
    remove_unfinished(out, closed)
    known = keep_leads(bank, out, read_leads(leads), closed, as_of)
    reactions = react(bank.people, bank.contracts, draw_truth(bank.people), known)
    extras = Extras(bank, out, closed, as_of, reactions)
    rows, demand = write_history(bank, out, closed, as_of, extras.until)
    contracts, added = extras.until(day_number(as_of))
    rows |= write_current(extras.bank_on(day_number(as_of)), contracts, demand + added, out, as_of)
    rows |= extras.write(as_of)
    close_day(bank, out, as_of)
    return rows


def read_facts(out: Path) -> dict[str, Any]:
    """Which bank is in a folder, and its day."""
    path = out / "bank.json"
    if not path.is_file():
        raise DataError(f"{out} holds no bank. Make one with: python -m synthetic_data generate --out {out}")
    return json.loads(path.read_text(encoding="utf-8"))


def read_leads(path: Path) -> list[dict[str, Any]]:
    """The leads of a JSON file, those that were delivered."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["leads"]
        missing = sorted({key for row in rows for key in NEEDED if not row.get(key)})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no list of leads ({error!r}). {MAKE_LEADS} > {path}") from error
    if missing:
        raise DataError(f"Leads in {path} lack {', '.join(missing)}. {MAKE_LEADS} > {path}")
    return [row for row in rows if row.get("delivery", "delivered") == "delivered"]


def remove_unfinished(out: Path, closed: date) -> None:
    """Remove files of days after `closed`, left by an advance that did not finish."""
    for path in out.glob("*/*.parquet"):
        day = re.search(r"(\d{8})\.parquet$", path.name)
        if day and day[1] > f"{closed:%Y%m%d}":
            path.unlink()


def keep_leads(bank: Bank, out: Path, rows: list[dict[str, Any]], closed: date, as_of: date) -> list[Lead]:
    """Add leads not seen before to those kept in `_truth`, and return all in the order they were seen."""
    files = sorted((out / "_truth").glob("leads_*.parquet"))
    kept = [Lead(**row) for path in files for row in pq.read_table(path).to_pylist()]
    seen = {lead.lead_id for lead in kept}
    fresh = {row["lead_id"]: row for row in rows if row["lead_id"] not in seen}
    new = []
    for number, (lead_id, row) in enumerate(sorted(fresh.items()), start=len(kept)):
        customer = _position(bank, row["customer_id"])
        if row["channel"] not in CHANNELS:
            known = ", ".join(CHANNELS)
            raise DataError(f"Lead {lead_id}: this bank has no channel '{row['channel']}'. It has: {known}.")
        start = max(day_number(date.fromisoformat(row["contact_date"])), day_number(closed) + 1)
        new.append(Lead(number, lead_id, customer, row["strategy"], row["channel"], row.get("offer"), start))
    table = pa.Table.from_pylist([lead._asdict() for lead in new], schema=LEAD_SCHEMA)
    write_table(out / "_truth" / f"leads_{as_of:%Y%m%d}.parquet", table)
    return kept + new


def _position(bank: Bank, customer_id: str) -> int:
    """A customer's place in the population."""
    number = customer_id[1:]
    if customer_id[:1] != "C" or not number.isdigit() or not 0 < int(number) <= len(bank.people):
        raise DataError(
            f"'{customer_id}' is no customer of this bank. Were the leads made from another bank?"
        )
    return int(number) - 1
