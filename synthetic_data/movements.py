"""The kinds of money movement, as a small table of templates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Movement(NamedTuple):
    """One template: what is stored, the median in yuan, and how often people and businesses do it."""

    direction: str
    kind: str
    channel: str
    counterparty: str | None
    category: str | None
    median: float = 0
    person: float = 0
    business: float = 0


EVERYDAY = (
    Movement("out", "purchase", "wechat", "merchant", "groceries", 48, 0.17, 0.02),
    Movement("out", "purchase", "wechat", "merchant", "dining", 62, 0.08, 0.02),
    Movement("out", "purchase", "pos", "merchant", "clothing", 190, 0.05, 0.01),
    Movement("out", "purchase", "app", "merchant", "utilities", 120, 0.06, 0.03),
    Movement("out", "purchase", "pos", "merchant", "farm_supplies", 520, 0.03, 0.05),
    Movement("out", "purchase", "app", "merchant", "education", 900, 0.02, 0.0),
    Movement("out", "transfer", "app", "person", None, 700, 0.11, 0.08),
    Movement("out", "transfer", "web", "company", None, 6000, 0.01, 0.17),
    Movement("out", "transfer", "app", "own_other_bank", None, 1900, 0.05, 0.06),
    Movement("out", "cash", "atm", None, None, 800, 0.06, 0.02),
    Movement("out", "cash", "counter", None, None, 3000, 0.04, 0.02),
    Movement("out", "fee", "auto", "bank", None, 10, 0.02, 0.03),
    Movement("in", "transfer", "app", "person", None, 800, 0.09, 0.06),
    Movement("in", "transfer", "wechat", "person", None, 320, 0.08, 0.04),
    Movement("in", "transfer", "app", "own_other_bank", None, 2600, 0.05, 0.02),
    Movement("in", "cash", "counter", None, None, 3500, 0.05, 0.03),
    Movement("in", "transfer", "counter", "company", None, 5200, 0.02, 0.09),
    Movement("in", "collection", "wechat", "person", None, 450, 0.01, 0.25),
)
PARTICULAR = {
    "wages": Movement("in", "payroll", "auto", "company", None),
    "interest": Movement("in", "interest", "auto", "bank", None),
    "windfall": Movement("in", "transfer", "counter", "company", None),
    "opening": Movement("in", "cash", "counter", None, None),
    "funding": Movement("in", "transfer", "app", "own_other_bank", None),
    "wealth_buy": Movement("out", "wealth_buy", "app", "bank", None),
    "wealth_redeem": Movement("in", "wealth_redeem", "auto", "bank", None),
    "deposit_out": Movement("out", "transfer", "counter", "bank", None),
    "deposit_back": Movement("in", "transfer", "auto", "bank", None),
    "loan_payout": Movement("in", "loan_payout", "auto", "bank", None),
    "repayment": Movement("out", "repayment", "auto", "bank", None),
    "late": Movement("in", "transfer", "other", "own_other_bank", None),
    "wages_out": Movement("out", "payroll", "app", "person", None),
    "collection": Movement("in", "collection", "wechat", "person", None),
}
MOVEMENTS = (*EVERYDAY, *PARTICULAR.values())
PLACE = {name: len(EVERYDAY) + place for place, name in enumerate(PARTICULAR)}
OUT = np.array([movement.direction == "out" for movement in MOVEMENTS])
SCALED = np.array([movement in EVERYDAY and movement.direction == "out" for movement in MOVEMENTS])
MEDIANS = np.log(np.array([movement.median for movement in EVERYDAY]) * 100)
PERSON = tuple(movement.person for movement in EVERYDAY)
BUSINESS = tuple(movement.business for movement in EVERYDAY)
