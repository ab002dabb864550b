"""Keys that are hashes of what they name, so that doing a thing twice makes it once (design D9)."""

from __future__ import annotations

import hashlib
from datetime import date


def hash_key(*parts: str) -> str:
    r"""32 hex digits of SHA-256 over the parts; the separator cannot occur in a name.

    Examples
    --------
    >>> hash_key("a", "bc") == hash_key("ab", "c")
    False
    """
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def lead_id(strategy: str, node: str, customer_id: str, contact_date: date) -> str:
    """The key of a lead: strategy, node, customer and contact date, never the version.

    Examples
    --------
    >>> len(lead_id("first_wealth_purchase", "n1", "C00000001", date(2026, 6, 1)))
    32
    """
    return hash_key("lead", strategy, node, customer_id, contact_date.isoformat())


def enrolment_id(strategy: str, customer_id: str, entered_on: date) -> str:
    """The key of an enrolment: nobody enters a strategy twice on one day.

    Examples
    --------
    >>> len(enrolment_id("first_wealth_purchase", "C00000001", date(2026, 6, 1)))
    32
    """
    return hash_key("enrolment", strategy, customer_id, entered_on.isoformat())
