"""What normal activity does not have: answers to leads, late rows, corrections; each in files of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthetic_data.answers import Movement, Reactions
from synthetic_data.customers import PERSONAL
from synthetic_data.draws import NEVER, SECONDS, day_number, decimal_column, stream, time_column, to_date
from synthetic_data.generating import Bank
from synthetic_data.holdings import Contracts
from synthetic_data.movements import PLACE
from synthetic_data.reaction_rows import (
    act_columns,
    movement_columns,
    receipt_columns,
    recommendation_columns,
    refusal_columns,
)
from synthetic_data.writing import write_subject, write_table


class Extras:
    """Rows that normal activity does not have, between two days."""

    def __init__(self, bank: Bank, out: Path, closed: date, as_of: date, reactions: Reactions) -> None:
        self.bank, self.out, self.reactions = bank, out, reactions
        self.first, self.last = day_number(closed) + 1, day_number(as_of)
        self.late = [row for day in range(self.first, self.last + 1) for row in draw_late(bank, day)]
        self.corrections: dict[int, pa.Table] = {}
        self.before = np.zeros(len(bank.people), np.int64)
        for path in (out / "_truth").glob("added_*.parquet"):
            self.before += pq.read_table(path)["added"].to_numpy()

    def until(self, day: int) -> tuple[Contracts, np.ndarray]:
        """The contracts, and what extra rows recorded by `day` add (fen) to each demand account."""
        added = self.before + self.reactions.added(len(self.bank.people), self.first, day)
        for recorded, row in self.late:
            added[row.customer] += row.amount if recorded <= day else 0
        for on in range(self.first, day + 1):
            for row in self.corrected(on).to_pylist():
                added[int(row["customer_id"][1:]) - 1] += row["less"]
        return self.reactions.contracts, added

    def bank_on(self, day: int) -> Bank:
        """The bank with those who joined by `day` as the customers they are since."""
        kind = self.bank.people.kind.copy()
        for joining in self.reactions.joined:
            if joining.day <= day:
                kind[joining.customer] = PERSONAL
        return replace(self.bank, people=replace(self.bank.people, kind=kind))

    def corrected(self, day: int) -> pa.Table:
        """Corrections recorded on a day: spending of the day before that was less than first booked."""
        if day not in self.corrections:
            self.corrections[day] = draw_corrections(self.bank, self.out, day)
        return self.corrections[day]

    def write(self, as_of: date) -> dict[str, int]:
        """Write the extra rows to files of their own."""
        people, tag, found = self.bank.people, f"{as_of:%Y%m%d}", self.reactions
        _, added = self.until(self.last)
        write_table(self.out / "_truth" / f"added_{tag}.parquet", pa.table({"added": added - self.before}))
        reacted = [row for row in found.movements if self.within(row.second)]
        lots = {
            "txn/reaction": movement_columns(people, "X", reacted, [row.second + 1 for row in reacted]),
            "txn/late": movement_columns(
                people,
                "L",
                [row for _, row in self.late],
                [day * SECONDS + 10_800 for day, _ in self.late],
            ),
            "event/reaction": act_columns(people, [row for row in found.acts if self.within(row.second)]),
            "receipt/reaction": receipt_columns([row for row in found.receipts if self.within(row.second)]),
            "consent/reaction": refusal_columns(
                people, [row for row in found.refusals if self.within(row.second)]
            ),
            "referral/reaction": recommendation_columns(
                people, [row for row in found.recommendations if self.within(row.second)]
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
    late = PLACE["late"]
    return [
        (
            day,
            Movement(day * 10_000 + int(turn), int(customer[turn]), int(when[turn]), late, int(amount[turn])),
        )
        for turn in np.flatnonzero(fits)
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
