"""Who leaves a replay because he answers a contact, and how that changes his day."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.strategies.engine import Advance
from journeykit.strategies.moving import REASONS
from journeykit.strategies.running import Running
from journeykit.strategies.simulation.reacting import Rate, answers_in
from journeykit.strategies.simulation.twins import real_ids


class Answers:
    """Who reaches the goal because of a contact, and on which day."""

    def __init__(self, running: Running, rates: Mapping[tuple[str, str], Rate]) -> None:
        self._strategy, self._rates = running.strategy, rates
        self._due: dict[str, date] = {}
        self._error: dict[str, float] = {}
        self.errors: dict[str, float] = {}

    def note(self, leads: pa.Table, contact_date: date) -> None:
        """Draw who answers the contacts of a day; the first answer counts."""
        for node in self._strategy.actions:
            rate = self._rates.get((node.offer, node.channel))
            here = leads.filter(pc.equal(leads["node"], node.id))
            if rate and rate.share and here.num_rows and self._strategy.goal:
                ids = real_ids(here["customer_id"]).to_pylist()
                after = answers_in(self._strategy.name, node.id, ids, rate.share).tolist()
                for enrolment, days in zip(here["enrolment_id"].to_pylist(), after, strict=True):
                    if days >= 0:
                        self._due.setdefault(enrolment, contact_date + timedelta(days=days))
                        self._error.setdefault(enrolment, rate.error)

    def leaving(self, one: Advance, as_of: date) -> Advance:
        """The same day with those leaving whose answer has made the goal true; they stay where they stood."""
        due = [enrolment for enrolment, day in self._due.items() if day <= as_of]
        for enrolment in due:
            del self._due[enrolment]
        ids = pa.array(due, pa.string())
        goal = REASONS.index("goal")
        rows = pc.is_in(one.people["enrolment_id"], value_set=ids).to_numpy() & (one.places.reason != goal)
        if not rows.any():
            return one
        gone = one.people["enrolment_id"].filter(pa.array(rows)).to_pylist()
        self.errors |= {enrolment: self._error[enrolment] for enrolment in gone}
        codes = pa.array(one.graph.ids, pa.string())
        stood = pc.index_in(one.people["node"], value_set=codes).fill_null(one.graph.end).to_numpy()
        since = one.people["node_since"].cast(pa.int32()).to_numpy()
        places = one.places
        places = replace(
            places,
            node=np.where(rows, stood, places.node).astype(np.int32),
            since=np.where(rows, since, places.since).astype(np.int32),
            reason=np.where(rows, goal, places.reason).astype(np.int8),
        )
        kept = tuple(
            replace(step, rows=step.rows[~rows[step.rows]], way=step.way[~rows[step.rows]])
            for step in one.passed
        )
        return replace(one, places=places, passed=kept)
