"""Accounts and contracts: everything customers hold or will hold until the bank's last day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthetic_data.customers import MICRO, PERSONAL, PROSPECT, Population
from synthetic_data.draws import NEVER, choose, coded, day_column, decimal_column, id_column, stream
from synthetic_data.products import (
    CREDIT,
    IDS,
    LINE_OF,
    MONEYLESS,
    PLACE,
    PRODUCTS,
    RATES,
    REVOLVING,
    RISKS,
    TERMS,
)  # fmt: skip
from synthetic_data.seasons import FIRST, LAST

SLOTS = {
    "demand": 1,
    "app": 2,
    "qr": 3,
    "card": 4,
    "credit": 5,
    "social": 6,
    "deposit": 100,
    "wealth": 200,
    "second": 300,
}
STATUS = ("active", "dormant", "overdue", "matured", "closed")
LONGEST_CHAIN = 40


@dataclass(frozen=True)
class Contracts:
    """One entry per holding, sorted by customer and slot; days are day numbers, money is fen.

    `funded` marks contracts paid with new money rather than with one that matured the same day;
    a credit line is drawn down on `drawn`, if ever.
    """

    customer: np.ndarray
    slot: np.ndarray
    product: np.ndarray
    opened: np.ndarray
    matures: np.ndarray
    closed: np.ndarray
    principal: np.ndarray
    limit: np.ndarray
    drawn: np.ndarray
    funded: np.ndarray

    def __len__(self) -> int:
        return len(self.customer)

    def select(self, which: np.ndarray) -> Contracts:
        """Those at the given positions, or where a mask is true."""
        return Contracts(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    @property
    def ids(self) -> pa.Array:
        """Holding numbers: the customer's number and three digits."""
        return id_column("A", (self.customer.astype(np.int64) + 1) * 1000 + self.slot, 11)


def make_contracts(
    customer: np.ndarray,
    slot: int | np.ndarray,
    product: int | np.ndarray,
    opened: np.ndarray,
    **given: np.ndarray,
) -> Contracts:
    """Contracts with no end, money, limit or draw-down unless given."""
    size = len(customer)
    blank = {"matures": NEVER, "closed": NEVER, "principal": 0, "limit": 0, "drawn": NEVER, "funded": 0}
    rest = {name: given.get(name, np.full(size, value)) for name, value in blank.items()}
    slots = np.broadcast_to(np.asarray(slot), size)
    return Contracts(customer, slots, np.broadcast_to(np.asarray(product), size), opened, **rest)


def join_contracts(parts: list[Contracts]) -> Contracts:
    """All of several lots, sorted by customer and slot."""
    names = Contracts.__dataclass_fields__
    whole = Contracts(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return whole.select(np.lexsort((whole.slot, whole.customer)))


def draw_contracts(people: Population) -> Contracts:
    """Draw every holding of a population."""
    return join_contracts([
        _draw_accounts(people), _draw_chains(people, "deposit", 0), _draw_chains(people, "wealth", 1),
        _draw_chains(people, "second", 2), _draw_loans(people), _draw_cards(people),
        _draw_social_cards(people),
    ])  # fmt: skip


def _draw_accounts(people: Population) -> Contracts:
    """A demand account for every customer; mobile banking and a collection code for some."""
    rng = stream(people.seed, "accounts")
    owners = np.flatnonzero(people.has_account)
    users = np.flatnonzero(people.sessions > 0)
    merchants = np.flatnonzero((people.kind == MICRO) & (rng.random(len(people)) < 0.7))
    since = people.since
    return join_contracts([
        make_contracts(owners, SLOTS["demand"], PLACE["D-DEMAND"], since[owners]),
        make_contracts(users, SLOTS["app"], PLACE["E-APP"], since[users] + rng.integers(0, 300, len(users))),
        make_contracts(merchants, SLOTS["qr"], PLACE["P-QR"],
                       since[merchants] + rng.integers(0, 200, len(merchants))),
    ])  # fmt: skip


def _draw_chains(people: Population, slot: str, number: int) -> Contracts:
    """Term deposits or wealth products that mature and are mostly renewed, same day or later."""
    rng = stream(people.seed, "chains", number)
    size = len(people)
    rank = np.argsort(np.argsort(people.level)) / size
    share = (0.28 if slot == "deposit" else 0.3 if slot == "wealth" else 0.1) * (0.25 + 1.5 * rank**1.5)
    active = people.dormant_from == NEVER
    who = np.flatnonzero(people.has_account & (active | (slot == "deposit")) & (rng.random(size) < share))
    product = _choose_products(rng, slot, people.risk_level[who])
    term = TERMS[product].astype(np.int64)
    begin = np.maximum(people.since[who] + 3, rng.integers(FIRST - 500, LAST - 60, len(who)))
    begin = np.where(term > 365, begin - np.minimum(begin - people.since[who], 400), begin)
    principal = people.level[who] * rng.lognormal(0.3, 0.7, len(who))
    principal = np.maximum(1_000_00, principal // 1_000_00 * 1_000_00).astype(np.int64)
    quits = np.minimum(people.dormant_from[who], NEVER)
    parts, gap = [], np.ones(len(who), np.int64)
    alive = begin <= LAST
    for link in range(LONGEST_CHAIN):
        rows = np.flatnonzero(alive)
        if not len(rows):
            break
        ends = np.where(term[rows] > 0, begin[rows] + term[rows], NEVER)
        left = np.where(rng.random(len(rows)) < 0.4, begin[rows] + rng.integers(60, 900, len(rows)), NEVER)
        closed = np.where(term[rows] > 0, ends, left)
        fresh = (gap[rows] > 0).astype(int)
        given = {"matures": ends, "closed": closed, "principal": principal[rows], "funded": fresh}
        parts.append(make_contracts(who[rows], SLOTS[slot] + link, product[rows], begin[rows], **given))
        gap = np.where(rng.random(len(who)) < 0.6, 0, rng.integers(1, 25, len(who)))
        begin = np.where(alive & (term > 0), begin + term + gap, begin)
        alive &= (term > 0) & (rng.random(len(who)) < 0.85) & (begin <= LAST) & (begin < quits)
    kept = join_contracts(parts)
    return kept.select(kept.closed >= FIRST - 90)


def _choose_products(rng: np.random.Generator, slot: str, level: np.ndarray) -> np.ndarray:
    """A term deposit, or a wealth product no riskier than the customer's level."""
    names = ("D-3M", "D-6M", "D-1Y", "D-3Y") if slot == "deposit" else (*IDS[5:12], "W-BOND")
    weights = (0.25, 0.25, 0.35, 0.15)
    if slot != "deposit":
        weights = (0.18, 0.2, 0.19, 0.14, 0.09, 0.07, 0.05, 0.08)
    places = np.array([PLACE[name] for name in names])
    product = places[choose(rng, weights, len(level))]
    return np.where(RISKS[product] <= level, product, PLACE["D-6M"] if slot == "deposit" else PLACE["W-CASH"])


def _draw_loans(people: Population) -> Contracts:
    """Instalment loans, and credit lines of which three in ten are not drawn."""
    rng = stream(people.seed, "loans")
    size = len(people)
    share = np.where(people.kind == MICRO, 0.4, np.where(people.farmer, 0.2, 0.12))
    who = np.flatnonzero(people.has_account & (people.dormant_from == NEVER) & (rng.random(size) < share))
    mix = choose(rng, (0.5, 0.35, 0.15), len(who))
    product = np.array([PLACE["L-FARM"], PLACE["L-CONSUMER"], PLACE["L-HOME"]])[mix]
    product = np.where(people.kind[who] == MICRO, PLACE["L-BIZ"], product)
    middle = np.select([product == PLACE["L-BIZ"], product == PLACE["L-HOME"]], [12.6, 12.8], 10.9)
    limit = np.maximum(10_000_00, np.exp(middle + 0.5 * rng.standard_normal(len(who))) * 100 // 1e5 * 1e5)
    term = TERMS[product]
    begun = rng.integers(LAST - np.minimum(term, 1900) - 100, LAST)
    # Every second consumer loan is a year older, so that some are paid off before the bank's base day.
    older = (product == PLACE["L-CONSUMER"]) & (stream(people.seed, "older loans").random(len(who)) < 0.5)
    opened = np.maximum(people.since[who] + 5, begun - 365 * older)
    later = np.where(rng.random(len(who)) < 0.25, opened + rng.integers(30, 700, len(who)), NEVER)
    at_once = ~REVOLVING[product] | (rng.random(len(who)) < 0.55)
    drawn = np.where(at_once, opened, np.where(later < opened + term, later, NEVER))
    used = np.where(REVOLVING[product], rng.uniform(0.2, 1.0, len(who)), 1.0)
    return make_contracts(
        who, SLOTS["credit"], product, opened, matures=opened + term, closed=opened + term,
        principal=(limit * used // 1e4 * 1e4).astype(np.int64), limit=limit.astype(np.int64), drawn=drawn,
    )  # fmt: skip


def _draw_cards(people: Population) -> Contracts:
    """Credit cards, some never used."""
    rng = stream(people.seed, "cards")
    who = np.flatnonzero((people.kind == PERSONAL) & (rng.random(len(people)) < 0.11))
    limit = np.maximum(3_000_00, rng.lognormal(9.6, 0.6, len(who)) * 100 // 1e5 * 1e5).astype(np.int64)
    opened = people.since[who] + rng.integers(0, 1500, len(who))
    used = np.where(rng.random(len(who)) < 0.3, 0, limit * rng.beta(1, 3, len(who))).astype(np.int64)
    drawn = np.where(used > 0, opened + 10, NEVER)
    return make_contracts(
        who, SLOTS["card"], PLACE["C-CREDIT"], opened, principal=used, limit=limit, drawn=drawn
    )


def _draw_social_cards(people: Population) -> Contracts:
    """Social-security cards, which a rural bank hands out on behalf of the county; farmers more often."""
    rng = stream(people.seed, "social cards")
    share = np.where(people.farmer, 0.6, 0.35)
    fits = (people.kind == PERSONAL) & people.has_account & (rng.random(len(people)) < share)
    who = np.flatnonzero(fits)
    opened = people.since[who] + rng.integers(0, 1200, len(who))
    return make_contracts(who, SLOTS["social"], PLACE["C-SOCIAL"], opened)


def money_of(contracts: Contracts, day: int) -> np.ndarray:
    """What each contract other than a demand account is worth, or owes, at the end of a day."""
    running = (contracts.opened <= day) & (contracts.closed > day)
    owed = CREDIT[contracts.product]
    gone = np.clip((day - contracts.drawn) // 30, 0, None)
    months = np.maximum(TERMS[contracts.product] // 30, 1)
    repaid = ~REVOLVING[contracts.product] & (contracts.matures < NEVER)
    left = np.where(
        repaid, contracts.principal * (months - np.minimum(gone, months)) // months, contracts.principal
    )
    worth = np.where(owed, np.where(contracts.drawn <= day, left, 0), contracts.principal)
    return np.where(running, worth, 0)


def instalment_of(contracts: Contracts) -> np.ndarray:
    """The monthly payment (fen) of credit that is drawn: principal share and interest, or interest only."""
    months = np.maximum(TERMS[contracts.product].astype(np.int64) // 30, 1)
    interest = contracts.principal * RATES[contracts.product] // 12_000_000
    principal = np.where(REVOLVING[contracts.product], 0, contracts.principal // months)
    return np.where(contracts.matures < NEVER, principal + interest, contracts.principal // 10)


def due_day(contracts: Contracts, first: int, days: int) -> np.ndarray:
    """The day in the month of `days` days beginning on `first` on which credit is due."""
    return first + np.minimum(contracts.opened % 28, days - 1)


def holding_columns(
    people: Population, contracts: Contracts, day: int, demand: np.ndarray, due: tuple[int, int, int]
) -> dict[str, pa.Array]:
    """The subject `holding` as of a day.

    Parameters
    ----------
    demand : numpy.ndarray
        Balance (fen) of each customer's demand account at the end of that day.
    due : tuple of int
        First day of this month, its length, and the length of the next one.
    """
    now = contracts.select(contracts.opened <= day)
    first, days, following = due
    rng = stream(people.seed, "overdue", first)
    late = rng.random(len(people))[now.customer] < 0.02
    amount = np.where(now.slot == SLOTS["demand"], demand[now.customer], money_of(now, day))
    credit, over = CREDIT[now.product], now.closed <= day
    used = credit & (now.drawn <= day) & ~over & (amount > 0)
    asleep = people.dormant_from[now.customer] + 180 <= day
    status = np.select([over & (now.matures == now.closed), over, used & late, asleep], [3, 4, 2, 1], 0)
    due_on = due_day(now, first, days)
    due_on = np.where(due_on > day, due_on, due_day(now, first + days, following))
    joint = _joint_rows(people, now)
    order = np.argsort(np.concatenate([np.arange(len(now)) * 2, joint[0] * 2 + 1]), kind="stable")
    row = np.concatenate([np.arange(len(now)), joint[0]])[order]
    whom = np.concatenate([now.customer, joint[1]])[order]
    other = np.concatenate([np.zeros(len(now), int), np.ones(len(joint[0]), int)])[order]
    no_money, no_credit = MONEYLESS[now.product], ~credit
    columns = {
        "holding_id": now.ids,
        "product_id": coded(IDS, now.product),
        "line": coded(LINE_OF, now.product),
        "opened_on": day_column(now.opened),
        "closed_on": day_column(now.closed, ~over),
        "matures_on": day_column(now.matures, now.matures == NEVER),
        "amount": decimal_column(amount, missing=no_money),
        "credit_limit": decimal_column(now.limit, missing=no_credit),
        "used": decimal_column(np.where(used, amount, 0), missing=no_credit),
        "rate": decimal_column(RATES[now.product], 6, RATES[now.product] == 0),
        "status": coded(STATUS, status),
        "next_due_on": day_column(due_on, ~used),
        "next_due_amount": decimal_column(instalment_of(now), missing=~used),
    }
    picked = {name: column.take(pa.array(row)) for name, column in columns.items()}
    return {
        **picked, "customer_id": people.ids.take(pa.array(whom)), "role": coded(("owner", "other"), other),
    }  # fmt: skip


def _joint_rows(people: Population, now: Contracts) -> tuple[np.ndarray, np.ndarray]:
    """Rows of demand accounts shared with the next member of the household, and that member."""
    mate = np.minimum(now.customer + 1, len(people) - 1)
    same = (people.household[now.customer] >= 0) & (people.household[mate] == people.household[now.customer])
    chosen = stream(people.seed, "joint").random(len(people))[now.customer] < 0.12
    fits = (people.kind[mate] != PROSPECT) & (people.since[mate] <= now.opened) & (mate != now.customer)
    rows = np.flatnonzero((now.slot == SLOTS["demand"]) & same & chosen & fits)
    return rows, mate[rows]


def relationship_columns(people: Population, contracts: Contracts, day: int) -> dict[str, pa.Array]:
    """The subject `relationship`: a line is used from its first holding to the end of its last."""
    lines = sorted(set(LINE_OF))
    line = np.array([lines.index(product.line) for product in PRODUCTS])[contracts.product]
    group = contracts.customer.astype(np.int64) * len(lines) + line
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    opened = np.minimum.reduceat(contracts.opened[order], starts)
    closed = np.maximum.reduceat(contracts.closed[order], starts)
    shown = opened <= day
    key = group[order][starts][shown]
    return {
        "customer_id": people.ids.take(pa.array(key // len(lines))),
        "line": coded(lines, key % len(lines)),
        "opened_on": day_column(opened[shown]),
        "closed_on": day_column(closed[shown], closed[shown] > day),
    }
