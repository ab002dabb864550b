"""What is known today of those whom a simulation would contact, and whom live strategies contacted."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import lead
from journeykit.mart.mart import Mart
from journeykit.routing.eligibility import Facts
from journeykit.routing.facts import gather_facts
from journeykit.strategies.candidates import CANDIDATES
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.simulation.twins import real_ids

if TYPE_CHECKING:
    from journeykit.vault import Vault


class Present:
    """Facts for routing as of today, for any contact date ahead; each customer is looked up once.

    Consent, contact details, suitability and managers are today's, so that a simulation drops whom tonight's
    run would drop. On days ahead nobody has been contacted yet, and all capacity is free.
    """

    def __init__(self, mart: Mart, ledger: Ledger, vault: Vault, playbook: Playbook) -> None:
        self.today = mart.as_of
        remembering = cast("Vault", _Remembering(vault))
        self._gather: Callable[[pa.Table], Facts] = lambda asked: gather_facts(
            mart, ledger, remembering, playbook, asked
        )
        self._facts = self._gather(pa.table({"customer_id": pa.array([], pa.string())}))
        self._facts = replace(self._facts, reachable=dict.fromkeys(self._facts.reachable, ()))
        self._known = pa.array([], pa.string())

    @property
    def managers(self) -> pd.DataFrame:
        """``manager_id`` and ``daily_capacity`` of each."""
        return self._facts.managers

    def facts(self, candidates: pa.Table, as_of: date, contact_date: date) -> Facts:
        """What routing may know of some candidates on a day."""
        asked = candidates["customer_id"].combine_chunks().unique()
        fresh = asked.filter(pc.invert(pc.is_in(asked, value_set=self._known)))
        if len(fresh):
            real = real_ids(fresh)
            found, known = self._gather(pa.table({"customer_id": real.unique()})), self._facts
            ids = pd.DataFrame({"as": fresh.to_pylist(), "customer_id": real.to_pylist()})
            self._known = pa.concat_arrays([self._known, fresh])
            self._facts = replace(
                known,
                customers=_both(known.customers, _under(ids, found.customers)),
                consent=_both(known.consent, _under(ids, found.consent)),
                reachable={kind: [*known.reachable[kind], *ids["as"][ids["customer_id"].isin(list(there))]]
                           for kind, there in found.reachable.items()},
            )  # fmt: skip
        if as_of == self.today:
            return self._facts
        return replace(
            self._facts,
            contact_date=contact_date,
            managers=self._facts.managers.assign(used=0),
            channel_used={},
            contacted=(),
        )


class _Remembering:
    """A vault that is asked once for each contact detail."""

    def __init__(self, vault: Vault) -> None:
        self.available = cache(vault.available)


def _under(ids: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """What is known of customers, under each of their ids in the simulation."""
    return (
        ids.merge(found, on="customer_id").drop(columns="customer_id").rename(columns={"as": "customer_id"})
    )


def _both(known: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([known, found], ignore_index=True) if len(known) else found


@dataclass(frozen=True)
class Rivals:
    """Leads that live strategies had on a past day, as candidates of the day that it tells of.

    They stand in for what those strategies will want, and take part in the matching as the engine's own
    people do: their outcome is in the decisions.
    """

    candidates: pa.Table

    def contact(self, _enrolment_ids: pa.Array | pa.ChunkedArray) -> Rivals:
        """Nothing moves: each day has its own."""
        return self

    def candidates_of(self, enrolment_ids: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Those of some enrolments."""
        return self.candidates.filter(pc.is_in(self.candidates["enrolment_id"], value_set=enrolment_ids))

    def block(self, enrolment_ids: pa.Array | pa.ChunkedArray) -> Rivals:
        """Whom routing may not contact today is no rival."""
        blocked = pc.is_in(self.candidates["enrolment_id"], value_set=enrolment_ids)
        return Rivals(self.candidates.filter(pc.invert(blocked)))


def rivals_on(ledger: Ledger, playbook: Playbook, priorities: dict[str, int], as_of: date) -> Rivals:
    """The leads decided as of a past day by the strategies that are live.

    Parameters
    ----------
    priorities : dict of str to int
        Each live strategy's.
    """
    known = [
        lead.c.strategy.in_(list(priorities)),
        lead.c.offer.in_(list(playbook.offers)),
        lead.c.channel.in_(list(playbook.channels)),
    ]
    names = ("strategy", "version", "enrolment_id", "node", "customer_id", "channel", "offer",
             "expected_value", "not_before_hour")  # fmt: skip
    statement = (
        sa.select(*(lead.c[name] for name in names))
        .where(lead.c.as_of == as_of, *known)
        .order_by(lead.c.lead_id)
    )
    rows = ledger.read_arrow(statement).to_pylist()
    for row in rows:
        row["priority"] = priorities[row["strategy"]]
        row["tie"] = _tie(row["strategy"], row["node"], row["customer_id"])
    return Rivals(pa.Table.from_pylist(rows, schema=CANDIDATES))


def _tie(strategy: str, node: str, customer: str) -> str:
    return hashlib.md5(f"{strategy}:{node}:{customer}".encode(), usedforsecurity=False).hexdigest()
