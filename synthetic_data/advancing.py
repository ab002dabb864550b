"""Let business days pass: normal activity, answers to leads, late rows and corrections.

Files of days already closed stay as they are; new rows go to new files named after the new day, and
the mark of the new day comes last. What an interrupted advance left behind is removed by the next one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journeykit.errors import DataError
from journeykit.workdays import next_working_day
from synthetic_data.draws import (
    NEVER,
    SECONDS,
    coded,
    day_number,
    decimal_column,
    id_column,
    stream,
    time_column,
    to_date,
)
from synthetic_data.events import ACTIONS, OBJECTS
from synthetic_data.events import CHANNELS as PLACES
from synthetic_data.generating import Bank, check_day, close_day, draw_bank, write_current, write_history
from synthetic_data.holdings import Contracts
from synthetic_data.movements import MOVEMENTS, PLACE
from synthetic_data.products import IDS
from synthetic_data.reacting import OUTCOMES, Lead, Movement, Reactions, react
from synthetic_data.records import CONSENT_CHANNELS
from synthetic_data.truth import CHANNELS, draw_truth
from synthetic_data.writing import write_subject, write_table

NEEDED = ("lead_id", "customer_id", "strategy", "channel", "contact_date")


def advance(leads: Path, days: int, out: Path) -> dict[str, int]:
    """Let `days` business days pass over the bank in `out`, whose customers answer `leads`.

    Parameters
    ----------
    leads : Path
        JSON as ``journeykit leads list --json`` prints it; leads seen before count once, and those
        whose `state` says anything but delivered never reached anyone.

    Returns
    -------
    dict
        Rows by subject that were added, or written anew for subjects that show the present.

    Raises
    ------
    DataError
        There is no bank, the leads are not readable or not this bank's, or the bank's life ends.
    """
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
    books = Extras(bank, out, closed, as_of, reactions)
    rows, demand = write_history(bank, out, closed, as_of, books.until)
    contracts, added = books.until(day_number(as_of))
    rows |= write_current(bank, contracts, demand + added, out, as_of)
    rows |= books.write(as_of)
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
        return [
            row
            for row in rows
            if row.get("state", "delivered") == "delivered" and all(row[key] for key in NEEDED)
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} is no list of leads ({error!r}). Make it with: journeykit leads list --json > {path}"
        ) from error


def remove_unfinished(out: Path, closed: date) -> None:
    """Remove files of days after `closed`, left by an advance that did not finish."""
    for path in out.glob("*/*.parquet"):
        day = re.search(r"(\d{8})\.parquet$", path.name)
        if day and day[1] > f"{closed:%Y%m%d}":
            path.unlink()


def keep_leads(bank: Bank, out: Path, rows: list[dict[str, Any]], closed: date, as_of: date) -> list[Lead]:
    """Add leads not seen before to those kept in `_truth`, and return all in the order they were seen."""
    kept = [
        Lead(**row) for path in sorted((out / "_truth").glob("leads_*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]  # fmt: skip
    seen = {lead.lead_id for lead in kept}
    fresh = {row["lead_id"]: row for row in rows if row["lead_id"] not in seen}
    new = []
    for lead_id, row in sorted(fresh.items()):
        customer = _position(bank, row["customer_id"])
        if row["channel"] not in CHANNELS:
            raise DataError(
                f"Lead {lead_id}: this bank has no channel '{row['channel']}'. It has: {', '.join(CHANNELS)}."
            )
        start = max(day_number(date.fromisoformat(row["contact_date"])), day_number(closed) + 1)
        new.append(Lead(lead_id, customer, row["strategy"], row["channel"], row.get("offer"), start))
    schema = pa.schema([
        ("lead_id", pa.string()), ("customer", pa.int64()), ("strategy", pa.string()), ("channel", pa.string()),
        ("offer", pa.string()), ("start", pa.int64()),
    ])  # fmt: skip
    table = pa.Table.from_pylist([lead._asdict() for lead in new], schema=schema)
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


class Extras:
    """Rows that normal activity does not have, between two days."""

    def __init__(self, bank: Bank, out: Path, closed: date, as_of: date, reactions: Reactions) -> None:
        self.bank, self.out, self.reactions = bank, out, reactions
        self.first, self.last = day_number(closed) + 1, day_number(as_of)
        self.late = [row for day in range(self.first, self.last + 1) for row in draw_late(bank, day)]
        self.corrections: dict[int, pa.Table] = {}

    def until(self, day: int) -> tuple[Contracts, np.ndarray]:
        """The contracts, and what extra rows recorded by `day` add (fen) to each demand account."""
        size = len(self.bank.people)
        added = np.zeros(size, np.int64)
        for path in (self.out / "_truth").glob("added_*.parquet"):
            added += pq.read_table(path)["added"].to_numpy()
        added += self.reactions.added(size, self.first, day)
        for recorded, row in self.late:
            added[row.customer] += row.amount if recorded <= day else 0
        for on in range(self.first, day + 1):
            for row in self.corrected(on).to_pylist():
                added[_position(self.bank, row["customer_id"])] += row["less"]
        return self.reactions.contracts, added

    def corrected(self, day: int) -> pa.Table:
        """Corrections recorded on a day: spending of the day before that was less than first booked."""
        if day not in self.corrections:
            self.corrections[day] = draw_corrections(self.bank, self.out, day)
        return self.corrections[day]

    def write(self, as_of: date) -> dict[str, int]:
        """Write the extra rows to files of their own."""
        people, tag, found = self.bank.people, f"{as_of:%Y%m%d}", self.reactions
        _, added = self.until(self.last)
        before = sum(
            pq.read_table(path)["added"].to_numpy() for path in (self.out / "_truth").glob("added_*.parquet")
        )
        write_table(self.out / "_truth" / f"added_{tag}.parquet", pa.table({"added": added - before}))
        reacted = [row for row in found.movements if self.within(row.second)]
        lots = {
            "txn/reaction": movement_columns(self.bank, "X", reacted, [row.second + 1 for row in reacted]),
            "txn/late": movement_columns(
                self.bank,
                "L",
                [row for _, row in self.late],
                [day * SECONDS + 10_800 for day, _ in self.late],
            ),
            "event/reaction": act_columns(self.bank, [row for row in found.acts if self.within(row.second)]),
            "receipt/reaction": receipt_columns([row for row in found.receipts if self.within(row.second)]),
            "consent/reaction": refusal_columns(
                self.bank, [row for row in found.refusals if self.within(row.second)]
            ),
            "referral/reaction": recommendation_columns(
                self.bank, [row for row in found.recommendations if self.within(row.second)]
            ),
        }
        rows = {}
        for name, columns in lots.items():
            rows[name] = write_subject(self.out / f"{name}_{tag}.parquet", name.split("/")[0], columns)
        table = pa.concat_tables([self.corrected(day) for day in range(self.first, self.last + 1)]).drop(
            ["less"]
        )
        write_table(self.out / "txn" / f"correction_{tag}.parquet", table)
        return {**rows, "txn/correction": table.num_rows}

    def within(self, second: int) -> bool:
        """Whether a moment lies between the two days."""
        return self.first <= second // SECONDS <= self.last


def draw_late(bank: Bank, day: int) -> list[tuple[int, Movement]]:
    """Receipts of the one to three days before that reach the books on `day`, with that day."""
    people = bank.people
    rng = stream(bank.seed, "late", day)
    count = max(2, bank.customers // 2000)
    customer = rng.integers(0, len(people), count)
    when = (day - rng.integers(1, 4, count)) * SECONDS + rng.integers(30_000, 75_000, count)
    amount = (rng.lognormal(6.5, 0.8, count) * 100).astype(int)
    fits = (
        people.has_account[customer]
        & (people.since[customer] < day - 5)
        & (people.dormant_from[customer] == NEVER)
    )
    return [
        (
            day,
            Movement(
                day * 10_000 + place,
                int(customer[place]),
                int(when[place]),
                PLACE["late"],
                int(amount[place]),
            ),
        )
        for place in np.flatnonzero(fits)
    ]


def draw_corrections(bank: Bank, out: Path, day: int) -> pa.Table:
    """Rows of the day before again, same number, a smaller amount; `less` is the difference in fen."""
    begin = datetime.combine(to_date(day - 1), datetime.min.time())
    end = datetime.combine(to_date(day), datetime.min.time())
    window = [("occurred_at", ">=", begin), ("occurred_at", "<", end), ("kind", "=", "purchase")]
    files = sorted((out / "txn").glob(f"{begin:%Y-%m}*.parquet"))
    table = pa.concat_tables([pq.read_table(path, filters=window) for path in files]).sort_by("txn_id")
    rng = stream(bank.seed, "correction", day)
    count = min(max(2, bank.customers // 5000), table.num_rows)
    picked = table.take(np.sort(rng.choice(table.num_rows, count, replace=False)))
    amount = np.array([int(value.as_py() * 100) for value in picked["amount"]], np.int64)
    right = amount - amount // 10
    recorded = np.full(count, day * SECONDS + 14_400)
    picked = _replace(picked, "amount", decimal_column(right))
    picked = _replace(picked, "recorded_at", time_column(recorded))
    return picked.append_column("less", pa.array(amount - right))


def _replace(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    """The table with a column exchanged."""
    return table.set_column(table.schema.get_field_index(name), name, column)


def _customers(bank: Bank, rows: Iterable[Any]) -> pa.Array:
    """The ids of the rows' customers."""
    return bank.people.ids.take(pa.array([row.customer for row in rows], pa.int64()))


def _numbers(values: Iterable[int]) -> np.ndarray:
    """Whole numbers as an array, also when there are none."""
    return np.array(list(values), np.int64)


def movement_columns(
    bank: Bank, prefix: str, rows: list[Movement], recorded: list[int]
) -> dict[str, pa.Array]:
    """The subject `txn` for movements caused by leads, or late."""
    template = _numbers(row.template for row in rows)
    customer = _numbers(row.customer for row in rows)
    stored = ("direction", "kind", "channel", "counterparty", "category")
    return {
        "txn_id": id_column(prefix, _numbers(row.number for row in rows), 12),
        "customer_id": _customers(bank, rows),
        "holding_id": id_column("A", (customer + 1) * 1000 + 1, 11),
        "occurred_at": time_column(_numbers(row.second for row in rows)),
        "amount": decimal_column(_numbers(row.amount for row in rows)),
        "recorded_at": time_column(_numbers(recorded)),
        **{name: coded([getattr(each, name) for each in MOVEMENTS], template) for name in stored},
    }


def act_columns(bank: Bank, rows: list[Any]) -> dict[str, pa.Array]:
    """The subject `event` for behaviour caused by leads."""
    return {
        "event_id": id_column("X", _numbers(row.number for row in rows), 12),
        "customer_id": _customers(bank, rows),
        "occurred_at": time_column(_numbers(row.second for row in rows)),
        "channel": coded(PLACES, _numbers(row.channel for row in rows)),
        "action": coded(ACTIONS, _numbers(row.action for row in rows)),
        "object": coded(OBJECTS, _numbers(row.about for row in rows)),
        "product_id": coded(IDS, _numbers(row.product for row in rows)),
    }


def receipt_columns(rows: list[Any]) -> dict[str, pa.Array]:
    """The subject `receipt`."""
    return {
        "receipt_id": id_column("Q", _numbers(row.number for row in rows), 12),
        "lead_id": pa.array([row.lead_id for row in rows], pa.string()),
        "outcome": coded(OUTCOMES, _numbers(row.outcome for row in rows)),
        "occurred_at": time_column(_numbers(row.second for row in rows)),
    }


def refusal_columns(bank: Bank, rows: list[Any]) -> dict[str, pa.Array]:
    """The subject `consent` for consents taken back."""
    named = [CHANNELS[row.channel] for row in rows]
    channels = (*CONSENT_CHANNELS, "all")
    return {
        "consent_id": id_column("W", _numbers(row.number for row in rows), 10),
        "customer_id": _customers(bank, rows),
        "channel": pa.array([name if name in channels else "all" for name in named], pa.string()),
        "purpose": pa.array(["marketing"] * len(rows), pa.string()),
        "granted": pa.array([False] * len(rows), pa.bool_()),
        "recorded_at": time_column(_numbers(row.second for row in rows)),
    }


def recommendation_columns(bank: Bank, rows: list[Any]) -> dict[str, pa.Array]:
    """The subject `referral` for prospects named after a contact."""
    return {
        "referral_id": id_column("X", _numbers(row.number for row in rows), 8),
        "customer_id": _customers(bank, rows),
        "referred_id": bank.people.ids.take(pa.array([row.referred for row in rows], pa.int64())),
        "referred_at": time_column(_numbers(row.second for row in rows)),
        "opened": pa.array([False] * len(rows), pa.bool_()),
    }
