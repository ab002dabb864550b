"""Random assignment that every engine and Python agree on (design D9).

The first eight hex digits of ``md5('salt:id')`` are compared, as text, with the threshold as text.
The salt is strategy and node, never the version, so that nobody changes sides when a strategy is edited.
"""

from __future__ import annotations

import hashlib
from decimal import ROUND_CEILING, Decimal
from typing import Literal

import sqlalchemy as sa

from journeykit.errors import DefinitionError

Arm = Literal["treatment", "control"]

_SPACE = 16**8


def share_threshold(share: Decimal) -> str:
    """The text below which a hash belongs to the share.

    Parameters
    ----------
    share : Decimal
        From 0 (nobody) to 1 (everybody), both exact.

    Examples
    --------
    >>> share_threshold(Decimal("0.10")), share_threshold(Decimal(0)), share_threshold(Decimal(1))
    ('1999999a', '00000000', 'g')
    """
    if not 0 <= share <= 1:
        raise DefinitionError(f"A share of {share} is not possible. Give a number from 0 to 1, such as 0.10.")
    bound = int((share * _SPACE).to_integral_value(ROUND_CEILING))
    # 'g' stands after every hex digit, in binary order and in every collation.
    return "g" if bound == _SPACE else f"{bound:08x}"


def assignment_hash(salt: str, customer_id: str) -> str:
    """Eight hex digits that place a customer at random, always at the same place for one salt.

    Examples
    --------
    >>> assignment_hash("idle:start", "C00000001")
    'dc3cd8e1'
    """
    return hashlib.md5(f"{salt}:{customer_id}".encode(), usedforsecurity=False).hexdigest()[:8]


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
    digits = sa.func.substr(sa.func.md5(sa.literal(f"{salt}:").concat(customer_id)), 1, 8)
    return sa.case((digits < share_threshold(share), "control"), else_="treatment")
