"""Route candidates: eligible ones are scored and matched, and each ends as a lead or a drop (design D8)."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.routing.eligibility import Facts, find_obstacles
from journeykit.routing.matching import match

TEMPORARY = ("manager_capacity", "channel_capacity", "better_offer", "contacted_today")
"""Reasons that may be gone tomorrow: the customer stays where he is. Any other reason moves him on."""

_OUTCOMES = np.array([None, "better_offer", "manager_capacity", "channel_capacity"], dtype=object)
_NO_LIMIT = sys.maxsize

DECISIONS = pa.schema(
    [
        ("strategy", pa.string()),
        ("version", pa.string()),
        ("enrolment_id", pa.string()),
        ("node", pa.string()),
        ("customer_id", pa.string()),
        ("channel", pa.string()),
        ("offer", pa.string()),
        ("manager_id", pa.string()),
        ("branch_id", pa.string()),
        ("expected_value", pa.decimal128(18, 2)),
        ("not_before_hour", pa.int64()),
        ("decision", pa.string()),
        ("reason", pa.string()),
    ]
)
_GIVEN = ("strategy", "version", "enrolment_id", "node", "customer_id", "channel", "offer", "not_before_hour")


def route(candidates: pa.Table, facts: Facts) -> pa.Table:
    """Decide every candidate.

    Parameters
    ----------
    candidates : Table
        :data:`journeykit.strategies.candidates.CANDIDATES`.
    facts : Facts
        What is known about the contact date.

    Returns
    -------
    Table
        :data:`DECISIONS`, sorted by strategy, node and customer: ``decision`` is lead or drop, and a drop
        has one ``reason``.
    """
    frame, values = _with_facts(candidates, facts)
    reason = find_obstacles(frame, facts).astype(object)
    open_ones = frame[reason.isna()]
    contacted = open_ones["customer_id"].isin(list(facts.contacted))
    reason[open_ones.index[contacted]] = "contacted_today"
    ranked = open_ones[~contacted].sort_values(["loss", "priority", "tie"], kind="stable")
    reason[ranked.index] = _match(ranked, facts)
    return _decisions(candidates, values, frame, reason, facts)


def find_blocked(candidates: pa.Table, facts: Facts) -> pa.Table:
    """The drops among the candidates that no later day will change, whatever becomes of the others."""
    frame, values = _with_facts(candidates, facts)
    decisions = _decisions(candidates, values, frame, find_obstacles(frame, facts).astype(object), facts)
    return decisions.filter(pc.is_valid(decisions["reason"]))


def _with_facts(candidates: pa.Table, facts: Facts) -> tuple[pd.DataFrame, pa.ChunkedArray]:
    """The candidates with what is known of their customers, and what each is worth."""
    known = pa.array([offer.expected_value for offer in facts.offers.values()], pa.decimal128(18, 2))
    place = pc.index_in(candidates["offer"], value_set=pa.array(list(facts.offers), pa.string()))
    values = pc.coalesce(candidates["expected_value"], known.take(place.combine_chunks()))
    fen = pc.multiply(values, pa.scalar(Decimal(100))).cast(pa.int64())
    frame = candidates.drop_columns(["expected_value"]).append_column("loss", pc.negate(fen)).to_pandas()
    return frame.merge(facts.customers, on="customer_id", how="left"), values


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


def _decisions(
    candidates: pa.Table, values: pa.ChunkedArray, frame: pd.DataFrame, reason: pd.Series, facts: Facts
) -> pa.Table:
    decided = {
        "manager_id": frame["manager_id"].where(_goes_to(frame, facts, "manager")),
        "branch_id": frame["branch_id"].where(_goes_to(frame, facts, "branch")),
        "decision": np.where(reason.isna(), "lead", "drop"),
        "reason": reason.where(reason.notna(), None),
    }
    columns = {name: candidates[name] for name in _GIVEN} | {"expected_value": values}
    columns |= {name: pa.array(found, pa.string()) for name, found in decided.items()}
    table = pa.table([columns[name] for name in DECISIONS.names], schema=DECISIONS)
    return table.sort_by([(name, "ascending") for name in ("strategy", "node", "customer_id")])
