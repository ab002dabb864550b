"""Rows caused by leads, and late rows, as columns of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from synthetic_data.answers import OUTCOMES, Act, Movement, Receipt, Recommendation, Refusal
from synthetic_data.customers import Population
from synthetic_data.draws import coded, decimal_column, id_column, time_column
from synthetic_data.events import ACTIONS, OBJECTS
from synthetic_data.events import CHANNELS as PLACES
from synthetic_data.movements import MOVEMENTS
from synthetic_data.products import IDS
from synthetic_data.records import CONSENT_CHANNELS
from synthetic_data.truth import CHANNELS


def _customers(people: Population, rows: Iterable[Any]) -> pa.Array:
    """The ids of the rows' customers."""
    return people.ids.take(pa.array([row.customer for row in rows], pa.int64()))


def _numbers(values: Iterable[int]) -> np.ndarray:
    """Whole numbers as an array, also when there are none."""
    return np.array(list(values), np.int64)


def movement_columns(
    people: Population, prefix: str, rows: list[Movement], recorded: list[int]
) -> dict[str, pa.Array]:
    """The subject `txn` for movements caused by leads, or late."""
    template = _numbers(row.template for row in rows)
    customer = _numbers(row.customer for row in rows)
    stored = ("direction", "kind", "channel", "counterparty", "category")
    return {
        "txn_id": id_column(prefix, _numbers(row.number for row in rows), 12),
        "customer_id": _customers(people, rows),
        "holding_id": id_column("A", (customer + 1) * 1000 + 1, 11),
        "occurred_at": time_column(_numbers(row.second for row in rows)),
        "amount": decimal_column(_numbers(row.amount for row in rows)),
        "recorded_at": time_column(_numbers(recorded)),
        **{name: coded([getattr(each, name) for each in MOVEMENTS], template) for name in stored},
    }


def act_columns(people: Population, rows: list[Act]) -> dict[str, pa.Array]:
    """The subject `event` for behaviour caused by leads."""
    return {
        "event_id": id_column("X", _numbers(row.number for row in rows), 12),
        "customer_id": _customers(people, rows),
        "occurred_at": time_column(_numbers(row.second for row in rows)),
        "channel": coded(PLACES, _numbers(row.channel for row in rows)),
        "action": coded(ACTIONS, _numbers(row.action for row in rows)),
        "object": coded(OBJECTS, _numbers(row.about for row in rows)),
        "product_id": coded(IDS, _numbers(row.product for row in rows)),
    }


def receipt_columns(rows: list[Receipt]) -> dict[str, pa.Array]:
    """The subject `receipt`."""
    return {
        "receipt_id": id_column("Q", _numbers(row.number for row in rows), 12),
        "lead_id": pa.array([row.lead_id for row in rows], pa.string()),
        "outcome": coded(OUTCOMES, _numbers(row.outcome for row in rows)),
        "occurred_at": time_column(_numbers(row.second for row in rows)),
    }


def refusal_columns(people: Population, rows: list[Refusal]) -> dict[str, pa.Array]:
    """The subject `consent` for consents taken back."""
    named = [CHANNELS[row.channel] for row in rows]
    channels = (*CONSENT_CHANNELS, "all")
    return {
        "consent_id": id_column("W", _numbers(row.number for row in rows), 10),
        "customer_id": _customers(people, rows),
        "channel": pa.array([name if name in channels else "all" for name in named], pa.string()),
        "purpose": pa.array(["marketing"] * len(rows), pa.string()),
        "granted": pa.array([False] * len(rows), pa.bool_()),
        "recorded_at": time_column(_numbers(row.second for row in rows)),
    }


def recommendation_columns(people: Population, rows: list[Recommendation]) -> dict[str, pa.Array]:
    """The subject `referral` for prospects named after a contact."""
    return {
        "referral_id": id_column("X", _numbers(row.number for row in rows), 8),
        "customer_id": _customers(people, rows),
        "referred_id": people.ids.take(pa.array([row.referred for row in rows], pa.int64())),
        "referred_at": time_column(_numbers(row.second for row in rows)),
        "opened": pa.array([False] * len(rows), pa.bool_()),
    }
