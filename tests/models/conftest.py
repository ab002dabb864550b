"""Made-up customers whose outcome depends on two of their tags and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from journeykit.expressions import tag
from journeykit.models import Model


def build_model(**changes: Any) -> Model:
    """A model over the columns of :func:`draw_customers`."""
    parts = {
        "name": "purchase",
        "title": "Purchase",
        "title_zh": "购买倾向",
        "features": ("amount", "times", "active", "channel", "noise"),
        "outcome": tag("bought") > 0,
        "horizon_days": 90,
        "barred": {"call_seconds": "Known only once the call is over."},
    }
    return Model(**{**parts, **changes})


def draw_customers(size: int = 1500, seed: int = 0) -> tuple[pa.Table, np.ndarray]:
    """Features and outcomes: more `times`, or the channel `app`, make the outcome likelier."""
    rng = np.random.default_rng(seed)
    times = rng.poisson(3, size)
    channel = rng.choice(["app", "atm", "counter"], size)
    chance = 1 / (1 + np.exp(3 - 0.8 * times - 1.5 * (channel == "app")))
    amount = [Decimal(int(cents)).scaleb(-2) if cents % 7 else None for cents in rng.integers(0, 10**7, size)]
    table = pa.table(
        {
            "customer_id": [f"C{number:08d}" for number in range(size)],
            "amount": pa.array(amount, pa.decimal128(18, 2)),
            "times": pa.array(times, pa.int64()),
            "active": pa.array(rng.random(size) < 0.5),
            "channel": pa.array([None if times % 11 == 10 else name for times, name in enumerate(channel)]),
            "noise": rng.normal(size=size),
        }
    )
    return table, rng.random(size) < chance


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """A model over the columns of `customers`, with changes."""
    return build_model


@pytest.fixture(scope="session")
def customers() -> Callable[..., tuple[pa.Table, np.ndarray]]:
    """Customers of a size and seed."""
    return draw_customers


@pytest.fixture(scope="session")
def learned() -> tuple[pa.Table, np.ndarray]:
    """One training set for all."""
    return draw_customers()
