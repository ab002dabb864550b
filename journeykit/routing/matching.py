"""Matching: the most valuable candidates first, while customers, managers and channels have room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

LEAD: Final = 0
BETTER_OFFER: Final = 1
MANAGER_CAPACITY: Final = 2
CHANNEL_CAPACITY: Final = 3

Codes = npt.NDArray[np.intp]


def match(
    customers: Codes,
    managers: Codes,
    channels: Codes,
    manager_room: Sequence[int],
    channel_room: Sequence[int],
) -> npt.NDArray[np.int8]:
    """Decide candidates in the order given; a customer's next best gets its chance when one is stopped.

    Parameters
    ----------
    customers, managers, channels : array of int, shape (n,)
        Who each candidate is about, whose day it takes (-1 for nobody's), and what it goes through.
    manager_room, channel_room : sequence of int
        How many more each can take.

    Returns
    -------
    array of int8, shape (n,)
        ``LEAD``, or which limit stopped the candidate.

    Examples
    --------
    The first customer's manager is full, so the sms is sent instead.

    >>> match(np.array([0, 0, 1]), np.array([0, -1, -1]), np.array([0, 1, 1]), [0], [9, 1]).tolist()
    [2, 0, 3]
    """
    taken = bytearray(int(customers.max(initial=-1)) + 1)
    manager_left = [*manager_room, 1]  # position -1: nobody's day, never full
    channel_left = list(channel_room)
    outcome = bytearray(len(customers))
    # The one loop over candidates: each decision depends on all before it. Plain lists beat NumPy scalars.
    triples = zip(customers.tolist(), managers.tolist(), channels.tolist(), strict=True)
    for position, (customer, manager, channel) in enumerate(triples):
        if taken[customer]:
            outcome[position] = BETTER_OFFER
        elif manager_left[manager] <= 0:
            outcome[position] = MANAGER_CAPACITY
        elif channel_left[channel] <= 0:
            outcome[position] = CHANNEL_CAPACITY
        else:
            taken[customer] = 1
            channel_left[channel] -= 1
            if manager >= 0:
                manager_left[manager] -= 1
    return np.frombuffer(outcome, dtype=np.int8)
