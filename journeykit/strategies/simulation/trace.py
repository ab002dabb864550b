"""What became of everybody in a replay, as arrays: one row per person, one column per day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journeykit.strategies.moving import Graph
from journeykit.strategies.simulation.calendar import SimulatedDay

Integers = npt.NDArray[np.int64]
NOWHERE = -1
"""The code of a place before the start and after the exit."""


@dataclass(frozen=True)
class Trace:
    """A replay, day by day; people, days and nodes are numbers from 0.

    Attributes
    ----------
    customer_id : Array
        Each person's; who enters again is another person.
    treated : array of bool, shape (people,)
        Whether he is in the treatment arm.
    entered, left : array of int, shape (people,)
        The first day in the strategy, and the day of leaving; -1 for who was in it before, or has not left.
    before : array of int, shape (people,)
        Where he stood before the first day; -1 for who has entered since.
    stratum, alike : array of int
        As :class:`journeykit.strategies.simulation.twins.Twins` has them; the people of the first day come
        first.
    answered : array of float, shape (people,)
        For who reached the goal by a contact, how far the rate of answers may be off, relative to it; else 0.
    reason : array of int, shape (people,)
        Why he left, by its place in :data:`journeykit.strategies.moving.REASONS`.
    node : array of int, shape (people, days)
        Where he stands at the end of each day; -1 where he does not.
    since : array of int, shape (people, days)
        Since when he stands there, in days since 1970-01-01.
    steps : DataFrame
        ``day``, ``person``, ``origin``, ``way``, ``target``: each step from node to node. Origin is -1 on
        entering; the way is -1 past an action that could not reach the customer.
    decisions : DataFrame
        ``day``, ``person``, ``node``, ``channel``, ``offer``, ``manager_id``, ``decision``, ``reason``.
    rivals : DataFrame
        ``day``, ``customer_id``, ``strategy``, ``channel``, ``manager_id``, ``decision``, ``reason``: what
        became of what live strategies want on the same days, and people who finish on an earlier version.
    """

    graph: Graph
    days: tuple[SimulatedDay, ...]
    customer_id: pa.Array
    treated: npt.NDArray[np.bool_]
    entered: Integers
    left: Integers
    before: Integers
    stratum: Integers
    alike: Integers
    answered: npt.NDArray[np.float64]
    reason: Integers
    node: npt.NDArray[np.int16]
    since: npt.NDArray[np.int32]
    steps: pd.DataFrame
    decisions: pd.DataFrame
    rivals: pd.DataFrame

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.treated)
