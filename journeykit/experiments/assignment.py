"""Random assignment to treatment and control (design D9).

The salt is strategy and node, never the version, so that nobody changes sides when a strategy is edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Literal

import sqlalchemy as sa

from journeykit.hashing import assignment_hash, hash_column, share_threshold

Arm = Literal["treatment", "control"]


def assign_arm(salt: str, customer_id: str, share: Decimal) -> Arm:
    """Whether a customer is in the control group, which takes `share` of everybody.

    Examples
    --------
    >>> assign_arm("idle:start", "C00000001", Decimal("0.10"))
    'treatment'
    """
    return "control" if assignment_hash(salt, customer_id) < share_threshold(share) else "treatment"


def arm_column(salt: str, customer_id: sa.ColumnElement, share: Decimal) -> sa.ColumnElement[str]:
    """The same assignment as SQL, for a column of customer ids."""
    return sa.case((hash_column(salt, customer_id) < share_threshold(share), "control"), else_="treatment")


def variant_column(
    salt: str, customer_id: sa.ColumnElement, weights: Sequence[Decimal]
) -> sa.ColumnElement[int]:
    """Which of several variants a customer gets, by its place: each a share of all, the last one the rest."""
    drawn = hash_column(salt, customer_id)
    ends = accumulate(weights[:-1])
    cases = [(drawn < share_threshold(end), sa.literal(place)) for place, end in enumerate(ends)]
    return sa.case(*cases, else_=sa.literal(len(cases)))
