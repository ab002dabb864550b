"""The hidden truth: who responds to what, and by how much. Only a judge may look into `_truth/`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthetic_data.customers import Population
from synthetic_data.draws import stream
from synthetic_data.products import IDS

THEMES = ("wealth", "deposit", "loan", "payroll", "referral", "activity")
CHANNELS = ("sms", "outbound_call", "app_push", "mobile_sales", "official_account", "counter")
STRENGTH = np.array([0.5, 1.4, 0.7, 2.0, 0.5, 1.2])
HINTS = (
    ("repaid", 1), ("payroll", 3), ("wage", 3), ("referr", 4), ("dormant", 5), ("wake", 5), ("loan", 2),
    ("credit", 2), ("deposit", 1), ("wealth", 0), ("matur", 0), ("idle", 0), ("inflow", 0),
)  # fmt: skip
OFFERS = {"W": 0, "D": 1, "L": 2}
# What is done for some strategies in place of buying something.
DEEDS = (
    ("follow", "join"), ("payroll_compan", "pay_wages"), ("card", "use_card"), ("login", "log_in"),
    ("collect", "collect"), ("silver", "visit"), ("complaint", "visit"), ("birthday", "visit"),
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """Per customer: added chance of acting on each theme, response to each channel, chance of annoyance."""

    uplift: np.ndarray
    channel: np.ndarray
    annoyance: np.ndarray


def draw_truth(people: Population) -> Truth:
    """Three in ten can be persuaded of a theme, most hardly, one in twenty resents being asked."""
    rng = stream(people.seed, "truth")
    size = len(people)
    persuadable = rng.random((size, len(THEMES))) < 0.3
    uplift = np.where(persuadable, rng.beta(4, 8, (size, len(THEMES))), rng.beta(1, 60, (size, len(THEMES))))
    channel = STRENGTH * rng.lognormal(0, 0.3, (size, len(CHANNELS)))
    touchy = rng.random(size) < 0.05
    return Truth(uplift, channel, np.where(touchy, 0.3, 0.005))


def truth_table(people: Population, truth: Truth) -> pa.Table:
    """The truth as a table, one row per customer the bank has or will have."""
    columns = {"customer_id": people.ids}
    columns |= {f"uplift_{name}": pa.array(truth.uplift[:, place]) for place, name in enumerate(THEMES)}
    columns |= {f"channel_{name}": pa.array(truth.channel[:, place]) for place, name in enumerate(CHANNELS)}
    return pa.table({**columns, "annoyance": pa.array(truth.annoyance)})


def theme_of(strategy: str, offer: str | None) -> int:
    """Which theme a strategy speaks of, by its name, else by its offer's product line.

    Examples
    --------
    >>> THEMES[theme_of("approved_loan_unused", None)], THEMES[theme_of("spring", "W-30D")]
    ('loan', 'wealth')
    """
    for hint, theme in HINTS:
        if hint in strategy.lower():
            return theme
    return OFFERS.get((offer or "")[:1], THEMES.index("activity"))


def deed_of(strategy: str) -> str:
    """What a customer does who accepts, where it is nothing to buy; empty where it is.

    Examples
    --------
    >>> deed_of("dormant_card"), deed_of("wealth_maturing")
    ('use_card', '')
    """
    return next((deed for hint, deed in DEEDS if hint in strategy.lower()), "")


def product_of(offer: str | None, theme: int) -> str:
    """The product a customer takes: the one offered if it fits the theme, else the usual one, or none."""
    usual = {"wealth": "W-90D", "deposit": "D-1Y", "payroll": "W-CASH", "loan": ""}
    name = THEMES[theme]
    if name in usual and offer in IDS and OFFERS.get(offer[:1]) == (theme if name != "payroll" else 0):
        return offer
    return usual.get(name, "")
