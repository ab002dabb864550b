"""Movements on demand accounts, month by month, from which the balances follow exactly.

A month is drawn whole and then cut at as_of, so tomorrow's draw holds today's rows. Everyday spending
is scaled per customer so that an account never falls below zero and drifts back to its usual level;
wages, contracts and interest are never scaled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from synthetic_data.customers import MICRO, Population
from synthetic_data.draws import (
    NEVER,
    SECONDS,
    choose,
    coded,
    decimal_column,
    id_column,
    seconds_of_day,
    stream,
    time_column,
)  # fmt: skip
from synthetic_data.holdings import SLOTS, Contracts, due_day, instalment_of
from synthetic_data.movements import BUSINESS, MEDIANS, MOVEMENTS, OUT, PERSON, PLACE, SCALED
from synthetic_data.products import CREDIT, LINE_OF, RATES
from synthetic_data.seasons import Month, busyness, draw_days, payday

SMALLEST = 100


@dataclass(frozen=True)
class Books:
    """Per customer, at the start of a month (fen): the demand account's balance and its usual level."""

    balance: np.ndarray
    level: np.ndarray


@dataclass(frozen=True)
class Movements:
    """Rows sorted by customer and time; the amount in fen, `number` makes the id."""

    customer: np.ndarray
    second: np.ndarray
    template: np.ndarray
    amount: np.ndarray
    number: np.ndarray

    def select(self, which: np.ndarray) -> Movements:
        """The rows at the given positions or where a mask is true."""
        return Movements(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def between(self, first: int, last: int) -> Movements:
        """The rows of the days from `first` to `last`."""
        return self.select((self.second >= first * SECONDS) & (self.second < (last + 1) * SECONDS))

    def flow(self, size: int) -> np.ndarray:
        """Net inflow (fen) of each of `size` customers."""
        signed = np.where(OUT[self.template], -self.amount, self.amount)
        return np.bincount(self.customer, weights=signed, minlength=size).astype(np.int64)


def open_books(people: Population, first: int) -> Books:
    """The books at the start of the bank's history: customers known before `first` hold something."""
    rng = stream(people.seed, "books")
    spread = rng.lognormal(-0.3, 0.6, len(people))
    usual = np.where(people.has_account, people.level * 0.35, 0)
    return Books(np.where(people.since < first, usual * spread, 0).astype(np.int64), usual.astype(np.int64))


def draw_movements(
    people: Population, contracts: Contracts, books: Books, month: Month
) -> tuple[Movements, Books]:
    """All movements of a month, and the books at the start of the next."""
    rng = stream(people.seed, "txn", month.key)
    parts = [
        _everyday(rng, people, month),
        _wages(rng, people, month),
        _openings(rng, people, month),
        *_interest(people, books, month),
        *_contract_flows(rng, people, contracts, month),
        *_repayments(contracts, month),
    ]
    windfall = _windfalls(rng, people, month)
    customer, second, template, amount = (
        np.concatenate([part[place] for part in (*parts, windfall)]) for place in range(4)
    )
    day = second // SECONDS
    alive = (day >= people.since[customer]) & (day < people.dormant_from[customer])
    order = np.flatnonzero(alive)
    key = (customer[order].astype(np.int64) << 22) + (second[order] - month.first * SECONDS)
    order = order[np.argsort(key, kind="stable")]
    rows = Movements(
        customer[order], second[order], template[order].astype(np.int8), amount[order].astype(np.int64), order
    )
    rows = _scale_spending(rows, books)
    rows = replace(rows, number=np.arange(len(rows.customer)))
    level = books.level.copy()
    np.add.at(level, windfall[0], windfall[3] * 8 // 10)
    usual = np.where(people.has_account, people.level * 0.35, 0)
    settled = (level * 0.85 + usual * 0.15).astype(np.int64)
    return rows, Books(books.balance + rows.flow(len(people)), settled)


Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _everyday(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """Purchases, transfers, cash and collections; more before the Spring Festival."""
    season = busyness(month).mean() / 0.93
    customer = np.repeat(np.arange(len(people), dtype=np.int32), rng.poisson(people.activity * season))
    size = len(customer)
    template = np.where(
        people.kind[customer] == MICRO, choose(rng, BUSINESS, size), choose(rng, PERSON, size)
    )
    wealth = np.clip((people.level / 800_000) ** 0.35, 0.4, 12)
    amount = np.exp(MEDIANS[template] + 0.8 * rng.standard_normal(size, np.float32)) * wealth[customer]
    second = draw_days(rng, month, size).astype(np.int64) * SECONDS + seconds_of_day(rng, size)
    return customer, second, template, np.maximum(amount, SMALLEST).astype(np.int64)


def _wages(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """Wages on the employer's pay day, a little different every month, double before the festival."""
    days = np.zeros(32, np.int64)
    for due in (10, 15, 25):
        days[due] = payday(month, due)
    varied = 1 + rng.normal(0, 0.04, len(people)).clip(-0.1, 0.3) + (month.number == 1) * 0.6
    who = np.flatnonzero(people.payroll_from <= days[people.payroll_day])
    second = days[people.payroll_day[who]] * SECONDS + 9 * 3600 + who % 3600
    amount = people.salary[who] * varied[who]
    return who, second, np.full(len(who), PLACE["wages"]), amount.astype(np.int64)


def _openings(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """The first cash a new customer brings."""
    new = (people.since >= month.first) & (people.since <= month.last) & people.has_account
    who = np.flatnonzero(new)
    amount = np.maximum(people.level[who] * rng.lognormal(-1.2, 0.6, len(who)), 10_000).astype(np.int64)
    return (
        who,
        people.since[who].astype(np.int64) * SECONDS + 27_000,
        np.full(len(who), PLACE["opening"]),
        amount,
    )


def _windfalls(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """Rare large receipts (a house, a harvest, a compensation) that then lie idle."""
    lucky = (rng.random(len(people)) < 0.006) & people.has_account
    size = rng.lognormal(11.2, 0.7, len(people)) * 100
    day = draw_days(rng, month, len(people)).astype(np.int64)
    who = np.flatnonzero(lucky & (day >= people.since) & (day < people.dormant_from))
    amount = (size[who] // 1e5 * 1e5 + 1e6).astype(np.int64)
    return who, day[who] * SECONDS + 36_000 + who % 20_000, np.full(len(who), PLACE["windfall"]), amount


def _interest(people: Population, books: Books, month: Month) -> list[Part]:
    """Interest on demand accounts on the 21st of each quarter's last month."""
    if month.number % 3:
        return []
    amount = books.balance * 5 // 40_000
    who = np.flatnonzero(amount > 0)
    second = np.full(len(who), (month.first + 20) * SECONDS + 3600)
    return [(who, second, np.full(len(who), PLACE["interest"]), amount[who])]


def _contract_flows(
    rng: np.random.Generator, people: Population, contracts: Contracts, month: Month
) -> list[Part]:
    """Money for products bought, back from those that end, and loans paid out."""
    line = np.array(LINE_OF)[contracts.product]
    own = (contracts.principal > 0) & (contracts.slot >= SLOTS["deposit"])
    size = len(contracts)
    moment = 36_000 + (rng.random(size) * 25_000).astype(np.int64)
    ahead = rng.integers(0, 6, size)
    opens = own & (contracts.opened >= month.first) & (contracts.opened <= month.last)
    ends = own & (contracts.closed >= month.first) & (contracts.closed <= month.last)
    paid = CREDIT[contracts.product] & (contracts.slot == SLOTS["credit"])
    paid &= (
        (contracts.drawn >= month.first)
        & (contracts.drawn <= month.last)
        & (contracts.drawn < contracts.closed)
    )
    held = np.minimum(contracts.closed, NEVER - 1) - contracts.opened
    gain = contracts.principal * RATES[contracts.product] // 1_000_000 * np.minimum(held, 4000) // 365
    parts: list[Part] = []

    def add(rows: np.ndarray, day: np.ndarray, at: np.ndarray, name: str, amount: np.ndarray) -> None:
        which = np.flatnonzero(rows)
        moments = day[which].astype(np.int64) * SECONDS + at[which]
        parts.append((contracts.customer[which], moments, np.full(len(which), PLACE[name]), amount[which]))

    early = np.maximum(np.maximum(contracts.opened - ahead, month.first), people.since[contracts.customer])
    add(opens & (contracts.funded == 1), early, moment - 8_000, "funding", contracts.principal)
    for name, chosen in (("wealth_buy", line == "wealth"), ("deposit_out", line == "deposit")):
        add(opens & chosen, contracts.opened, moment, name, contracts.principal)
    for name, chosen in (("wealth_redeem", line == "wealth"), ("deposit_back", line == "deposit")):
        add(ends & chosen, contracts.closed, moment // 8 + 20_000, name, contracts.principal + gain)
    add(paid, contracts.drawn, moment, "loan_payout", contracts.principal)
    return parts


def _repayments(contracts: Contracts, month: Month) -> list[Part]:
    """Monthly payments of loans, with money moved in that morning to pay them."""
    due = due_day(contracts, month.first, month.days).astype(np.int64)
    owing = (contracts.slot == SLOTS["credit"]) & (contracts.drawn + 20 <= due) & (contracts.closed > due)
    which = np.flatnonzero(owing)
    amount = np.maximum(instalment_of(contracts)[which], 1)
    day, customer = due[which] * SECONDS, contracts.customer[which]
    return [
        (customer, day + 9 * 3600, np.full(len(which), PLACE["funding"]), amount),
        (customer, day + 20 * 3600, np.full(len(which), PLACE["repayment"]), amount),
    ]


def _scale_spending(rows: Movements, books: Books) -> Movements:
    """Scale each customer's everyday spending to what the account bears; tiny rests are left out."""
    if not len(rows.customer):
        return rows
    out, scaled = OUT[rows.template], SCALED[rows.template]
    starts = np.flatnonzero(np.diff(rows.customer, prepend=-1))
    who = rows.customer[starts]
    counts = np.diff(np.append(starts, len(rows.customer)))
    certain = np.where(scaled, 0, np.where(out, -rows.amount, rows.amount))
    spent = np.where(scaled, rows.amount, 0)
    sure, wish = np.cumsum(certain), np.cumsum(spent)
    sure -= np.repeat(sure[starts] - certain[starts], counts)
    wish -= np.repeat(wish[starts] - spent[starts], counts)
    have = sure + np.repeat(books.balance[who], counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        bearable = np.minimum.reduceat(np.where(wish > 0, have / wish, np.inf), starts)
        ends = starts + counts - 1
        aim = (sure[ends] + 0.25 * (books.balance[who] - books.level[who])) / wish[ends]
    factor = np.minimum(np.clip(np.nan_to_num(aim, nan=1.0), 0.2, 3.0), np.maximum(bearable, 0) * 0.999)
    factor = np.nan_to_num(factor, posinf=1.0)
    amount = np.where(scaled, (rows.amount * np.repeat(factor, counts)).astype(np.int64), rows.amount)
    return replace(rows, amount=amount).select(~scaled | (amount >= SMALLEST))


def txn_columns(people: Population, rows: Movements, month: Month) -> dict[str, pa.Array]:
    """The subject `txn` for some rows of a month."""
    customer = pa.array(rows.customer.astype(np.int32))
    accounts = id_column("A", (np.arange(len(people)) + 1) * 1000 + SLOTS["demand"], 11)
    midnight = (rows.second // SECONDS + 1) * SECONDS - 1
    stored = {name: [getattr(each, name) for each in MOVEMENTS]
              for name in ("direction", "kind", "channel", "counterparty", "category")}  # fmt: skip
    return {
        "txn_id": id_column(f"T{month.key:04d}", rows.number, 8),
        "customer_id": people.ids.take(customer),
        "holding_id": accounts.take(customer),
        "occurred_at": time_column(rows.second),
        "amount": decimal_column(rows.amount),
        "recorded_at": time_column(np.minimum(rows.second + 1 + rows.number % 240, midnight)),
        **{name: coded(values, rows.template) for name, values in stored.items()},
    }
