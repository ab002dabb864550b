"""What customers do in the app, on the web, in the official account and at the counter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthetic_data.customers import PROSPECT, Population
from synthetic_data.draws import NEVER, SECONDS, choose, coded, id_column, seconds_of_day, stream, time_column
from synthetic_data.holdings import SLOTS, Contracts
from synthetic_data.products import IDS, LINE_OF
from synthetic_data.seasons import Month, busyness, draw_days

CHANNELS = ("app", "web", "official_account", "counter")
ACTIONS = ("login", "view", "click", "apply", "submit", "visit", "complain")
OBJECTS = ("wealth", "loan", "deposit", "card", "payment", "home", "account")
LOGIN, VIEW, CLICK, APPLY, SUBMIT, VISIT, COMPLAIN = range(7)


@dataclass(frozen=True)
class Behaviour:
    """Rows sorted by customer and time.

    `about` is an object, `product` a product or -1; `number` makes the id.
    """

    customer: np.ndarray
    second: np.ndarray
    channel: np.ndarray
    action: np.ndarray
    about: np.ndarray
    product: np.ndarray
    number: np.ndarray

    def select(self, which: np.ndarray) -> Behaviour:
        """The rows at the given positions or where a mask is true."""
        return Behaviour(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def between(self, first: int, last: int) -> Behaviour:
        """The rows of the days from `first` to `last`."""
        return self.select((self.second >= first * SECONDS) & (self.second < (last + 1) * SECONDS))


Part = tuple[np.ndarray, ...]


def draw_behaviour(people: Population, contracts: Contracts, month: Month) -> Behaviour:
    """All behaviour of a month, browsing before purchases included."""
    rng = stream(people.seed, "event", month.key)
    app_from = np.full(len(people), NEVER)
    users = contracts.slot == SLOTS["app"]
    app_from[contracts.customer[users]] = contracts.opened[users]
    parts = [
        _sessions(rng, people, month), _followers(rng, people, month), _visits(rng, people, month),
        *_before_buying(people, contracts, month), _complaints(people, month),
    ]  # fmt: skip
    customer, second, channel, action, about, product = (
        np.concatenate([part[place] for part in parts]) for place in range(6)
    )
    day = second // SECONDS
    alive = (day >= people.since[customer]) & (day < people.dormant_from[customer])
    alive &= (channel > 1) | (day >= app_from[customer])
    order = np.flatnonzero(alive & (day >= month.first) & (day <= month.last))
    key = (customer[order].astype(np.int64) << 22) + (second[order] - month.first * SECONDS)
    order = order[np.argsort(key, kind="stable")]
    codes = (column[order].astype(np.int8) for column in (channel, action, about, product))
    return Behaviour(customer[order], second[order], *codes, number=np.arange(len(order)))


def _sessions(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """App and web sessions: a login, then views and clicks, half of them of what interests most."""
    starts = np.repeat(
        np.arange(len(people), dtype=np.int32), rng.poisson(people.sessions * busyness(month).mean() / 0.93)
    )
    size = 1 + rng.poisson(1.0, len(starts))
    begin = draw_days(rng, month, len(starts)).astype(np.int64) * SECONDS + seconds_of_day(rng, len(starts))
    web = rng.random(len(starts)) < 0.08
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    customer = np.repeat(starts, size)
    rows = len(customer)
    first = place == 0
    favourite = rng.random(rows) < 0.45
    about = np.where(
        favourite, people.interest[customer], choose(rng, (0.1, 0.08, 0.12, 0.08, 0.2, 0.22, 0.2), rows)
    )
    about = np.where(first, -1, about)
    product = np.where((about == 0) & (rng.random(rows) < 0.5), rng.integers(5, 12, rows), -1)
    action = np.where(first, LOGIN, np.where(rng.random(rows) < 0.2, CLICK, VIEW))
    return customer, np.repeat(begin, size) + place * 37, np.repeat(web, size) * 1, action, about, product


def _followers(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """Followers read the official account; prospects more than customers."""
    rate = np.where(people.follower, np.where(people.kind == PROSPECT, 0.8, 0.4), 0)
    customer = np.repeat(np.arange(len(people), dtype=np.int32), rng.poisson(rate))
    size = len(customer)
    second = draw_days(rng, month, size).astype(np.int64) * SECONDS + seconds_of_day(rng, size)
    action = np.where(rng.random(size) < 0.3, CLICK, VIEW)
    return (
        customer,
        second,
        np.full(size, 2),
        action,
        choose(rng, (0.25, 0.25, 0.2, 0.1, 0.2), size),
        np.full(size, -1),
    )


def _visits(rng: np.random.Generator, people: Population, month: Month) -> Part:
    """Visits to the counter; older customers and villages more often."""
    rate = np.where(people.has_account, 0.06 + 0.06 * people.staff.region[people.branch], 0)
    customer = np.repeat(np.arange(len(people), dtype=np.int32), rng.poisson(rate))
    size = len(customer)
    second = draw_days(rng, month, size).astype(np.int64) * SECONDS + seconds_of_day(rng, size, 8.5, 17)
    about = choose(rng, (0.15, 0.1, 0.5, 0.05, 0.2), size)
    return customer, second, np.full(size, 3), np.full(size, VISIT), about, np.full(size, -1)


def _complaints(people: Population, month: Month) -> Part:
    """Complaints, a few a month of a thousand customers: in the app, the official account, at the counter."""
    rng = stream(people.seed, "complaint", month.key)
    customer = np.flatnonzero(people.has_account & (rng.random(len(people)) < 0.004)).astype(np.int32)
    size = len(customer)
    second = draw_days(rng, month, size).astype(np.int64) * SECONDS + seconds_of_day(rng, size, 8.5, 20)
    about = choose(rng, (0.1, 0.15, 0.1, 0.3, 0.15, 0, 0.2), size)
    channel = np.array([0, 2, 3])[choose(rng, (0.3, 0.1, 0.6), size)]
    return customer, second, channel, np.full(size, COMPLAIN), about, np.full(size, -1)


def _before_buying(people: Population, contracts: Contracts, month: Month) -> list[Part]:
    """Views of wealth and loans in the ten days before a purchase, and the loan application itself.

    Drawn per contract, not per month, since the days before a purchase may fall into the month before it.
    """
    rng = stream(people.seed, "browsing")
    size = len(contracts)
    line = np.array(LINE_OF)[contracts.product]
    keen = rng.random(size) < 0.8
    parts: list[Part] = []
    for turn in range(4):
        ahead, moment = rng.integers(0, 10, size), seconds_of_day(rng, size, 7.5, 9.9)
        shown = keen & (rng.random(size) < 0.9 - 0.15 * turn)
        for about, name in ((0, "wealth"), (1, "loan")):
            which = np.flatnonzero(shown & (line == name))
            parts.append(_rows(contracts, which, contracts.opened - ahead, moment, action=VIEW, about=about))
    for action, ahead in ((APPLY, 6), (SUBMIT, 5)):
        moment = seconds_of_day(rng, size)
        which = np.flatnonzero(line == "loan")
        parts.append(_rows(contracts, which, contracts.opened - ahead, moment, action=action, about=1))
    return [tuple(column[_within(part, month)] for column in part) for part in parts]


def _rows(
    contracts: Contracts, which: np.ndarray, day: np.ndarray, moment: np.ndarray, *, action: int, about: int
) -> Part:
    """Rows in the app about each of some contracts' products."""
    ones = np.ones(len(which), int)
    second = day[which].astype(np.int64) * SECONDS + moment[which]
    return contracts.customer[which], second, ones * 0, ones * action, ones * about, contracts.product[which]


def _within(part: Part, month: Month) -> np.ndarray:
    """Which rows fall into the month."""
    day = part[1] // SECONDS
    return (day >= month.first) & (day <= month.last)


def event_columns(people: Population, rows: Behaviour, month: Month) -> dict[str, pa.Array]:
    """The subject `event` for some rows of a month."""
    return {
        "event_id": id_column(f"E{month.key:04d}", rows.number, 8),
        "customer_id": people.ids.take(pa.array(rows.customer.astype(np.int32))),
        "occurred_at": time_column(rows.second),
        "channel": coded(CHANNELS, rows.channel),
        "action": coded(ACTIONS, rows.action),
        "object": coded(OBJECTS, rows.about),
        "product_id": coded(IDS, rows.product),
    }
