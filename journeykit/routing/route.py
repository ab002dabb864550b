"""Route candidates: eligible ones are scored and matched, and each ends as a lead or a drop (design D8)."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pyarrow as pa

from journeykit.routing.eligibility import Facts, find_obstacles
from journeykit.routing.matching import match

TEMPORARY = ("manager_capacity", "channel_capacity", "better_offer", "contacted_today")
"""Reasons that may be gone tomorrow: the customer stays where he is. Any other reason moves him on."""

_OUTCOMES = np.array([None, "better_offer", "manager_capacity", "channel_capacity"], dtype=object)
_NO_LIMIT = sys.maxsize

DECISIONS = pa.schema(
    [
        ("strategy", pa.string()),
        ("node", pa.string()),
        ("customer_id", pa.string()),
        ("channel", pa.string()),
        ("offer", pa.string()),
        ("manager_id", pa.string()),
        ("branch_id", pa.string()),
        ("expected_value", pa.decimal128(18, 2)),
        ("decision", pa.string()),
        ("reason", pa.string()),
    ]
)


def route(candidates: pa.Table, facts: Facts) -> pa.Table:
    """Decide every candidate.

    Parameters
    ----------
    candidates : Table
        ``strategy``, ``node``, ``customer_id``, ``channel``, ``offer``, ``priority`` (smaller goes first
        between equal values) and ``tie`` (a hash, the last word).
    facts : Facts
        What is known about the contact date.

    Returns
    -------
    Table
        :data:`DECISIONS`, sorted by strategy, node and customer: ``decision`` is lead or drop, and a drop
        has one ``reason``.
    """
    frame = candidates.to_pandas().merge(facts.customers, on="customer_id", how="left")
    reason = find_obstacles(frame, facts).astype(object)
    open_ones = frame[reason.isna()]
    contacted = open_ones["customer_id"].isin(list(facts.contacted))
    reason[open_ones.index[contacted]] = "contacted_today"
    ranked = _rank(open_ones[~contacted], facts)
    reason[ranked.index] = _match(ranked, facts)
    return _decisions(frame, reason, facts)


def _rank(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Highest expected value first, then the strategy's priority, then the hash."""
    fen = frame["offer"].map({name: int(offer.expected_value * 100) for name, offer in facts.offers.items()})
    order = frame.assign(loss=-fen.astype("int64"))
    return order.sort_values(["loss", "priority", "tie"], kind="stable")


def _match(ranked: pd.DataFrame, facts: Facts) -> np.ndarray:
    customers, _ = pd.factorize(ranked["customer_id"])
    names = list(facts.channels)
    channels = pd.Index(names).get_indexer(pd.Index(ranked["channel"]))
    whose = ranked["manager_id"].where(_goes_to(ranked, facts, "manager"))
    managers = pd.Index(facts.managers["manager_id"]).get_indexer(pd.Index(whose))
    limits = [facts.channels[name].daily_capacity for name in names]
    channel_room = [
        _NO_LIMIT if limit is None else limit - facts.channel_used.get(name, 0)
        for name, limit in zip(names, limits, strict=True)
    ]
    return _OUTCOMES[match(customers, managers, channels, _manager_room(facts.managers), channel_room)]


def _manager_room(managers: pd.DataFrame) -> list[int]:
    """Leads each can still take: none off duty; without a declared capacity there is no limit."""
    room = managers["daily_capacity"].fillna(_NO_LIMIT).astype("int64") - managers["used"]
    on_duty = managers["on_duty"].fillna(True).astype(bool)
    return room.where(on_duty, 0).tolist()


def _goes_to(frame: pd.DataFrame, facts: Facts, whom: str) -> pd.Series:
    return frame["channel"].isin([name for name, c in facts.channels.items() if c.addressed_to == whom])


def _decisions(frame: pd.DataFrame, reason: pd.Series, facts: Facts) -> pa.Table:
    decided = frame.assign(
        manager_id=frame["manager_id"].where(_goes_to(frame, facts, "manager")),
        branch_id=frame["branch_id"].where(_goes_to(frame, facts, "branch")),
        decision=np.where(reason.isna(), "lead", "drop"),
        reason=reason.where(reason.notna(), None),
    )
    values = pa.array([offer.expected_value for offer in facts.offers.values()], pa.decimal128(18, 2))
    codes = pd.Index(list(facts.offers)).get_indexer(pd.Index(frame["offer"]))
    columns = {name: pa.array(decided[name], pa.string()) for name in DECISIONS.names if name in decided}
    table = pa.table({**columns, "expected_value": values.take(pa.array(codes))}).select(DECISIONS.names)
    return table.sort_by([(name, "ascending") for name in ("strategy", "node", "customer_id")])
