"""Rounds of one day: who cannot be reached goes on at once, and the next action gets its turn.

Whether an action can reach a customer does not depend on the others, so that the capacities are given out
once, among all who are left at the end.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from journeykit.routing.eligibility import Facts
from journeykit.routing.route import DECISIONS, find_blocked, route
from journeykit.strategies.candidates import CANDIDATES
from journeykit.strategies.engine import Advance

_ORDER = [(name, "ascending") for name in ("strategy", "node", "customer_id")]


def decide(advances: Iterable[Advance], facts: Facts) -> tuple[pa.Table, tuple[Advance, ...]]:
    """Decide every candidate of a day, and let the people go on by it.

    Parameters
    ----------
    advances : iterable of Advance
        The strategies and their versions on one day.
    facts : Facts
        About the customers of all their candidates.

    Returns
    -------
    tuple
        :data:`journeykit.routing.route.DECISIONS`, and the advances after them.
    """
    advances = tuple(advances)
    blocked, reachable = [DECISIONS.empty_table()], [CANDIDATES.empty_table()]
    arrived = all_candidates(advances)
    while arrived.num_rows:
        stopped = find_blocked(arrived, facts)
        reachable.append(arrived.filter(pc.invert(_among(arrived, stopped))))
        blocked.append(stopped)
        advances = tuple(one.block(stopped["enrolment_id"]) for one in advances)
        arrived = _joined(one.candidates_of(stopped["enrolment_id"]) for one in advances)
    decisions = route(pa.concat_tables(reachable), facts)
    leads = decisions.filter(pc.equal(decisions["decision"], "lead"))
    after = tuple(one.contact(leads["enrolment_id"]) for one in advances)
    return pa.concat_tables([*blocked, decisions]).sort_by(_ORDER), after


def all_candidates(advances: Iterable[Advance]) -> pa.Table:
    """The candidates of several strategies."""
    return _joined(one.candidates for one in advances)


def _joined(candidates: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables([CANDIDATES.empty_table(), *candidates])


def _among(rows: pa.Table, others: pa.Table) -> pa.ChunkedArray:
    return pc.is_in(rows["enrolment_id"], value_set=others["enrolment_id"])
