"""Draws by lot that every engine and Python agree on (design D9).

The first eight hex digits of ``md5('salt:id')`` are compared, as text, with a threshold as text.
"""

from __future__ import annotations

import hashlib
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from journeykit.errors import DefinitionError

if TYPE_CHECKING:
    import sqlalchemy as sa

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


def hash_column(salt: str, customer_id: sa.ColumnElement) -> sa.ColumnElement[str]:
    """:func:`assignment_hash` as SQL, for a column of customer ids."""
    from sqlalchemy import func, literal

    return func.substr(func.md5(literal(f"{salt}:").concat(customer_id)), 1, 8)
