"""The quieter subjects: ties, risk assessments, consent, referrals, bought data, past contacts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthetic_data.customers import MICRO, PERSONAL, PROSPECT, REFERRED, Population
from synthetic_data.draws import (
    NEVER,
    SECONDS,
    choose,
    coded,
    day_column,
    decimal_column,
    id_column,
    seconds_of_day,
    stream,
    time_column,
)  # fmt: skip
from synthetic_data.holdings import SLOTS, Contracts
from synthetic_data.seasons import BASE, FIRST, LAST, Month, draw_days

CONSENT_CHANNELS = ("sms", "outbound_call", "app_push", "mobile_sales", "official_account")
CONTACT_CHANNELS = (*CONSENT_CHANNELS, "counter")
OUTCOMES = ("delivered", "answered", "clicked", "accepted", "refused", "failed")
TIES = ("household", "employer", "guarantor", "legal_representative")
Columns = dict[str, pa.Array]
LONGEST_CHAIN = 12


def tie_columns(people: Population, contracts: Contracts, day: int) -> Columns:
    """The subject `tie` as of a day: households both ways, employers, guarantors, legal representatives."""
    rng = stream(people.seed, "ties")
    size = len(people)
    micro = np.flatnonzero(people.kind == MICRO)
    persons = np.flatnonzero(people.kind == PERSONAL)
    paid = np.flatnonzero((people.payroll_from < NEVER) & (rng.random(size) < 0.2))
    loans = contracts.customer[(contracts.slot == SLOTS["credit"])]
    backed = loans[rng.random(len(loans)) < 0.15]
    pairs = [(*_household_pairs(people), 0)]
    if len(micro) and len(persons):
        pairs += [
            (paid, micro[rng.integers(0, len(micro), len(paid))], 1),
            (backed, persons[rng.integers(0, len(persons), len(backed))], 2),
            (micro, persons[rng.integers(0, len(persons), len(micro))], 3),
        ]
    one = np.concatenate([pair[0] for pair in pairs])
    other = np.concatenate([pair[1] for pair in pairs])
    kind = np.concatenate([np.full(len(pair[0]), pair[2]) for pair in pairs])
    begin = np.maximum(people.since[one], people.since[other])
    shown = np.flatnonzero((begin <= day) & (one != other))
    shown = shown[np.lexsort((other[shown], kind[shown], one[shown]))]
    ended = np.where(rng.random(len(one)) < 0.05, begin + rng.integers(200, 3000, len(one)), NEVER)[shown]
    return {
        "customer_id": people.ids.take(pa.array(one[shown])),
        "other_id": people.ids.take(pa.array(other[shown])),
        "kind": coded(TIES, kind[shown]),
        "valid_from": day_column(begin[shown]),
        "valid_to": day_column(ended, ended > day),
    }


def _household_pairs(people: Population) -> tuple[np.ndarray, np.ndarray]:
    """Every ordered pair of two members of a household; members stand within three places of each other."""
    ones, others = [], []
    everyone = np.arange(len(people))
    for step in (1, 2, 3):
        left, right = everyone[:-step], everyone[step:]
        same = (people.household[left] >= 0) & (people.household[left] == people.household[right])
        ones += [left[same], right[same]]
        others += [right[same], left[same]]
    return np.concatenate(ones), np.concatenate(others)


def risk_columns(people: Population, contracts: Contracts, first: int, last: int) -> Columns:
    """The subject `risk_assessment` from `first` to `last`: wealth holders renew, others let it lapse."""
    rng = stream(people.seed, "risk")
    size = len(people)
    buyer = np.zeros(size, bool)
    buyer[contracts.customer[(contracts.slot >= SLOTS["wealth"])]] = True
    assessed = people.has_account & (buyer | (rng.random(size) < 0.4))
    day = np.maximum(people.since + 1, FIRST - rng.integers(0, 900, size))
    alive = assessed.copy()
    who, days, levels = [], [], []
    for _ in range(6):
        shown = np.flatnonzero(alive & (day >= first) & (day <= last))
        drift = choose(rng, (0.1, 0.8, 0.1), size) - 1
        who.append(shown)
        days.append(day[shown].copy())
        levels.append(np.clip(people.risk_level[shown] + np.where(buyer[shown], 0, drift[shown]), 1, 5))
        day = day + 366 - np.where(buyer, rng.integers(0, 30, size), -rng.integers(0, 300, size))
        alive &= rng.random(size) < np.where(buyer, 0.95, 0.6)
    whom, on = np.concatenate(who), np.concatenate(days)
    order = np.lexsort((on, whom))
    return {
        "customer_id": people.ids.take(pa.array(whom[order])),
        "assessed_on": day_column(on[order]),
        "level": pa.array(np.concatenate(levels)[order].astype(np.int64)),
        "expires_on": day_column(on[order] + 365),
    }


def consent_columns(people: Population, first: int, last: int) -> Columns:
    """The subject `consent` from `first` to `last`; channel by channel, some refuse later, few return."""
    rng = stream(people.seed, "consent")
    size = len(people)
    lots = [(place, 0, rng.random(size)) for place in range(len(CONSENT_CHANNELS))]
    who, channel, purpose, granted, second, number = [], [], [], [], [], []
    for lot, (place, use, luck) in enumerate([*lots, (len(CONSENT_CHANNELS), 1, rng.random(size) * 1.2)]):
        asked = people.since.astype(np.int64) + rng.integers(0, 40, size)
        clock = seconds_of_day(rng, size, 9, 18)
        words = [(luck < 0.88, luck < (0.78 if use == 0 else 0.83), asked)]
        later = rng.integers(FIRST, LAST + 200, size)
        words.append(
            ((luck < 0.78) & (rng.random(size) < 0.08) & (later > asked), np.zeros(size, bool), later)
        )
        again = later + rng.integers(20, 200, size)
        words.append((words[1][0] & (rng.random(size) < 0.1), np.ones(size, bool), again))
        for turn, (said, yes, day) in enumerate(words):
            rows = np.flatnonzero(said & (day >= first) & (day <= last))
            who.append(rows)
            channel.append(np.full(len(rows), place))
            purpose.append(np.full(len(rows), use))
            granted.append(yes[rows])
            second.append(day[rows] * SECONDS + clock[rows])
            number.append(rows.astype(np.int64) * 20 + lot * 3 + turn)
    numbers, whom = np.concatenate(number), np.concatenate(who)
    order = np.argsort(numbers)
    return {
        "consent_id": id_column("N", numbers[order], 10),
        "customer_id": people.ids.take(pa.array(whom[order])),
        "channel": coded((*CONSENT_CHANNELS, "all"), np.concatenate(channel)[order]),
        "purpose": coded(("marketing", "automated_marketing"), np.concatenate(purpose)[order]),
        "granted": pa.array(np.concatenate(granted)[order]),
        "recorded_at": time_column(np.concatenate(second)[order]),
    }


def referral_columns(people: Population, first: int, last: int) -> Columns:
    """The subject `referral`: who brought a new customer or prospect, or named someone not met yet."""
    rng = stream(people.seed, "referral")
    size = len(people)
    everyone = np.arange(size)
    eager = rng.integers(0, max(1, size // 12), size)
    referrer = np.where(rng.random(size) < 0.5, eager, rng.integers(0, size, size))
    moment = seconds_of_day(rng, size, 9, 21)
    brought = (
        (people.acquired == REFERRED) & (people.since[referrer] <= people.since) & (referrer != everyone)
    )
    brought &= (people.kind[referrer] != PROSPECT) & (people.since >= FIRST)
    named_on = rng.integers(FIRST, LAST + 1, size)
    naming = people.has_account & (rng.random(size) < 0.08) & (people.since <= named_on)
    met, unmet = np.flatnonzero(brought), np.flatnonzero(naming)
    chain = _chain_lengths(referrer, brought)
    alike = stream(people.seed, "one device").random(size) < 0.05
    whom = np.append(referrer[met], unmet)
    day = np.append(people.since[met], named_on[unmet]).astype(np.int64)
    referred = np.append(met, np.full(len(unmet), -1))
    number = np.append(met, size + unmet) + 1
    length = np.append(chain[met], chain[unmet] + 1)
    shown = np.flatnonzero((day >= first) & (day <= last))
    other = referred[shown]
    opened = (other >= 0) & (people.kind[other] != PROSPECT)
    return {
        "referral_id": id_column("R", number[shown], 8),
        "customer_id": people.ids.take(pa.array(whom[shown])),
        "referred_id": people.ids.take(pa.array(other, mask=other < 0)),
        "referred_at": time_column(day[shown] * SECONDS + moment[number[shown] % size]),
        "opened": pa.array(opened),
        "reward": decimal_column(np.where(opened, 5_000 + 1_000 * (other % 6), 0), missing=~opened),
        "chain_length": pa.array(length[shown]),
        "same_device": pa.array(alike[number[shown] % size]),
    }


def _chain_lengths(referrer: np.ndarray, brought: np.ndarray) -> np.ndarray:
    """How many recommendations in a row led to each who was brought; 0 for the others."""
    length = np.zeros(len(referrer), np.int64)
    for _ in range(LONGEST_CHAIN):
        length = np.where(brought, length[referrer] + 1, 0)
    return length


def external_columns(people: Population, day: int) -> Columns:
    """The subject `external` as of a day: land from the county, tax grades of businesses."""
    rng = stream(people.seed, "external")
    size = len(people)
    land = people.farmer & (rng.random(size) < 0.5)
    tax = (people.kind == MICRO) & (rng.random(size) < 0.6)
    got = np.maximum(people.since + 1, FIRST - 300 + rng.integers(0, 800, size))
    who = np.flatnonzero((land | tax) & (got <= day))
    source = np.where(land[who], 0, 1)
    values = [str(number) for number in range(1, 61)] + ["A", "B", "C", "M"]
    value = np.where(land, rng.integers(0, 60, size), 60 + rng.integers(0, 4, size))[who]
    return {
        "customer_id": people.ids.take(pa.array(who)),
        "source": coded(("county_agriculture_bureau", "tax_bureau"), source),
        "licence": coded(("credit assessment and marketing", "credit assessment"), source),
        "measure": coded(("land_mu", "tax_grade"), source),
        "value": coded(values, value),
        "obtained_on": day_column(got[who]),
        "expires_on": day_column(got[who] + 365),
    }


def contact_columns(people: Population, month: Month, first: int, last: int) -> Columns:
    """The subject `contact`: the bank's own campaigns up to the base day, at most one a day each."""
    rng = stream(people.seed, "contact", month.key)
    rate = np.where(people.has_account, 0.12, 0.04) * (1 + (people.manager >= 0) * 0.5)
    customer = np.repeat(np.arange(len(people)), rng.poisson(rate))
    size = len(customer)
    day = draw_days(rng, month, size).astype(np.int64)
    channel = choose(rng, (0.4, 0.15, 0.2, 0.15, 0.05, 0.05), size)
    outcome = choose(rng, (0.56, 0.15, 0.1, 0.01, 0.1, 0.08), size)
    # Who is often in the app or on the web is easier won: what a model of responses can find.
    eager = np.argsort(np.argsort(people.sessions, kind="stable"), kind="stable") / len(people)
    outcome = np.where(rng.random(size) < 0.16 * eager[customer] ** 3, OUTCOMES.index("accepted"), outcome)
    key = customer * 40 + (day - month.first)
    alone = np.zeros(size, bool)
    alone[np.unique(key, return_index=True)[1]] = True
    shown = alone & (day >= people.since[customer]) & (day >= first) & (day <= min(last, BASE))
    rows = np.flatnonzero(shown)
    rows = rows[np.argsort(key[rows], kind="stable")]
    return {
        "contact_id": id_column(f"K{month.key:04d}", rows, 8),
        "customer_id": people.ids.take(pa.array(customer[rows])),
        "channel": coded(CONTACT_CHANNELS, channel[rows]),
        "contacted_on": day_column(day[rows]),
        "outcome": coded(OUTCOMES, outcome[rows]),
    }
