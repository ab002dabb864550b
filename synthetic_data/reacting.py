"""How customers answer the contacts they got, by the hidden truth: the same lead, the same answer."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from synthetic_data.answers import (
    ACCEPTED,
    ANSWERED,
    CLICKED,
    DELIVERED,
    FAILED,
    REFUSED,
    Act,
    Lead,
    Movement,
    Reactions,
    Receipt,
    Recommendation,
    Refusal,
)
from synthetic_data.customers import PROSPECT, Population
from synthetic_data.deeds import Deeds
from synthetic_data.draws import NEVER, SECONDS
from synthetic_data.events import CLICK, LOGIN, OBJECTS, VIEW
from synthetic_data.holdings import SLOTS, Contracts, join_contracts, make_contracts
from synthetic_data.movements import PLACE
from synthetic_data.products import CREDIT, TERMS
from synthetic_data.products import PLACE as PRODUCT
from synthetic_data.seasons import LAST
from synthetic_data.truth import CHANNELS, THEMES, Truth, deed_of, product_of, theme_of

ABOUT = tuple(OBJECTS.index(name) for name in ("wealth", "deposit", "loan", "account", "home", "home"))
SPOKEN = ("outbound_call", "mobile_sales", "counter")
FIRST_SLOT, SLOTS_FOR_LEADS = 400, 200


def luck_of(seed: int, lead_id: str) -> list[float]:
    """Eight even draws between 0 and 1 that belong to a lead."""
    digest = hashlib.sha256(f"{seed}:{lead_id}".encode()).digest()
    return [int.from_bytes(digest[place : place + 4], "big") / 2**32 for place in range(0, 32, 4)]


def react(people: Population, contracts: Contracts, truth: Truth, leads: list[Lead]) -> Reactions:
    """Answer every lead; its number makes those of the rows it causes."""
    found = Reactions([], [], [], [], [], [], contracts)
    prospects = np.flatnonzero(people.kind == PROSPECT)
    contracts = replace(contracts, drawn=contracts.drawn.copy(), principal=contracts.principal.copy())
    bought: list[tuple[int, int, int, int, int]] = []
    deeds = Deeds(people, contracts, found, bought)
    turns: dict[int, int] = {}
    for lead in leads:
        luck = luck_of(people.seed, lead.lead_id)
        if not _answer(found, truth, lead, luck):
            continue
        moment = (lead.start + int(luck[5] * 3)) * SECONDS + 36_000 + int(luck[6] * 28_000)
        if deed := deed_of(lead.strategy):
            deeds.do(deed, lead, moment)
            continue
        theme = theme_of(lead.strategy, lead.offer)
        name = product_of(lead.offer, theme)
        _browse(found, people, lead, moment - 1800, about=ABOUT[theme], product=PRODUCT.get(name, -1))
        if name and people.kind[lead.customer] != PROSPECT:
            turns[lead.customer] = turn = turns.get(lead.customer, -1) + 1
            worth = int(people.level[lead.customer] * (0.2 + 0.5 * luck[7])) // 100_000 * 100_000
            slot = FIRST_SLOT + turn % SLOTS_FOR_LEADS
            bought.append((lead.customer, slot, PRODUCT[name], moment // SECONDS, max(worth, 1_000_000)))
            _pay(found, lead, name, moment, max(worth, 1_000_000))
        elif THEMES[theme] == "loan":
            _draw_down(found, contracts, lead, moment)
        elif THEMES[theme] == "referral" and len(prospects):
            named = int(prospects[int(luck[7] * len(prospects))])
            if people.since[named] <= lead.start:
                found.recommendations.append(Recommendation(lead.number, lead.customer, named, moment))
        elif THEMES[theme] == "activity" and people.kind[lead.customer] != PROSPECT:
            amount = 50_000 + int(luck[7] * 500_000)
            found.movements.append(Movement(lead.number * 4, lead.customer, moment, PLACE["funding"], amount))
    return replace(found, contracts=_with_bought(contracts, bought))


def _answer(found: Reactions, truth: Truth, lead: Lead, luck: list[float]) -> bool:
    """Note the receipts of a lead, and whether it was accepted."""
    place = CHANNELS.index(lead.channel)
    spoken = lead.channel in SPOKEN
    moment = lead.start * SECONDS + 34_200 + int(luck[0] * 20_000)

    def note(outcome: int, second: int) -> None:
        found.receipts.append(Receipt(lead.number * 4 + len(noted), lead.lead_id, outcome, second))
        noted.append(outcome)

    noted: list[int] = []
    if luck[1] < (0.2 if spoken else 0.03):
        note(FAILED, moment)
        return False
    note(ANSWERED if spoken else DELIVERED, moment)
    chance = (
        truth.uplift[lead.customer, theme_of(lead.strategy, lead.offer)] * truth.channel[lead.customer, place]
    )
    accepted = luck[2] < min(chance, 0.95)
    if not spoken and (accepted or luck[3] < 0.12):
        note(CLICKED, moment + 900)
    if accepted:
        note(ACCEPTED, moment + 1500)
    elif spoken and luck[3] < 0.35:
        note(REFUSED, moment + 600)
    if not accepted and luck[4] < truth.annoyance[lead.customer]:
        found.refusals.append(Refusal(lead.number, lead.customer, place, moment + 7200))
    return bool(accepted)


def _browse(
    found: Reactions, people: Population, lead: Lead, second: int, *, about: int, product: int
) -> None:
    """A login and a view before acting, in the app or else in the official account."""
    if people.sessions[lead.customer] > 0:
        found.acts.append(Act(lead.number * 2, lead.customer, second, 0, LOGIN, -1, -1))
        found.acts.append(Act(lead.number * 2 + 1, lead.customer, second + 60, 0, VIEW, about, product))
    elif people.follower[lead.customer]:
        found.acts.append(Act(lead.number * 2, lead.customer, second, 2, CLICK, about, product))


def _pay(found: Reactions, lead: Lead, name: str, moment: int, worth: int) -> None:
    """Move the money for a product taken up: new money in and on, back at the end; or a loan paid out."""
    flows = [("loan_payout", moment)]
    if name[0] != "L":
        out, back = ("wealth_buy", "wealth_redeem") if name[0] == "W" else ("deposit_out", "deposit_back")
        flows = [("funding", moment - 600), (out, moment)]
        term = int(TERMS[PRODUCT[name]])
        if term:
            flows.append((back, (moment // SECONDS + term) * SECONDS + 28_800))
    for turn, (kind, second) in enumerate(flows):
        found.movements.append(Movement(lead.number * 4 + turn, lead.customer, second, PLACE[kind], worth))


def _draw_down(found: Reactions, contracts: Contracts, lead: Lead, moment: int) -> None:
    """Use an approved credit line that was not used so far."""
    day = moment // SECONDS
    own = slice(*np.searchsorted(contracts.customer, [lead.customer, lead.customer + 1]))
    idle = (contracts.slot[own] == SLOTS["credit"]) & (contracts.opened[own] <= day)
    idle &= (contracts.closed[own] > day) & (contracts.drawn[own] > LAST)
    for place in np.flatnonzero(idle) + own.start:
        contracts.drawn[place] = day
        amount = int(contracts.principal[place])
        found.movements.append(Movement(lead.number * 4, lead.customer, moment, PLACE["loan_payout"], amount))


def _with_bought(contracts: Contracts, bought: list[tuple[int, int, int, int, int]]) -> Contracts:
    """The contracts, and those bought: customer, slot, product, day and money."""
    if not bought:
        return contracts
    customer, slot, product, day, money = (np.array(column) for column in zip(*bought, strict=True))
    ends = np.where(TERMS[product] > 0, day + TERMS[product], NEVER)
    owed = CREDIT[product]
    more = make_contracts(
        customer, slot, product, day, matures=ends, closed=ends, principal=money,
        limit=np.where(owed, money, 0), drawn=np.where(owed, day, NEVER),
    )  # fmt: skip
    return join_contracts([contracts, more])
