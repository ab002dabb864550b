"""Gather what routing needs to know about the candidates of a day, in a handful of statements."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.ledger.consent import latest_consent
from journeykit.ledger.contacts import contacts_on
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import lead
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.routing.channel import Channel
from journeykit.routing.eligibility import Facts
from journeykit.strategies.playbook import Playbook

if TYPE_CHECKING:
    from journeykit.vault import Vault


def gather_facts(mart: Mart, ledger: Ledger, vault: Vault, playbook: Playbook, candidates: pa.Table) -> Facts:
    """Facts about the customers of `candidates` for the mart's contact date."""
    customers = candidates["customer_id"].unique()
    used = _leads_made(ledger, mart)
    managers = _managers(mart).merge(used["manager_id"], on="manager_id", how="left")
    kinds = {channel.needs for channel in playbook.channels.values() if channel.needs}
    return Facts(
        contact_date=mart.contact_date,
        offers=playbook.offers,
        channels=playbook.channels,
        customers=_customers(mart, customers),
        consent=_consent(ledger, mart, customers),
        reachable={kind: vault.available(kind) for kind in kinds},
        managers=managers.assign(used=managers["used"].fillna(0).astype("int64")),
        channel_used=dict(used["channel"].itertuples(index=False, name=None)),
        contacted=contacts_on(ledger, mart.contact_date)["customer_id"].to_pylist(),
        presumed=presumed_channels(mart.manifest, playbook.channels),
    )


def presumed_channels(manifest: SourceManifest, channels: Mapping[str, Channel]) -> dict[str, str]:
    """Channels whose consent rests on an assumption of the mapping, and which.

    Only where the mapping declares that the bank keeps no record of consent at all.
    """
    if not manifest.is_absent("consent"):
        return {}
    named = {assumption.name for assumption in manifest.assumptions}
    return {name: channel.assumption for name, channel in channels.items() if channel.assumption in named}


def _customers(mart: Mart, customer_ids: pa.Array | pa.ChunkedArray) -> pd.DataFrame:
    """Manager, branch and latest risk assessment of each."""
    chosen = sa.table("chosen", sa.column("customer_id", sa.Text))
    customer, assessment = subject_table("customer"), subject_table("risk_assessment")
    age = sa.func.row_number().over(
        partition_by=assessment.c.customer_id, order_by=assessment.c.assessed_on.desc()
    )
    ranked = sa.select(assessment, age.label("age")).subquery()
    statement = (
        sa.select(
            chosen.c.customer_id,
            customer.c.manager_id,
            customer.c.branch_id,
            ranked.c.level.label("risk_level"),
            ranked.c.expires_on.label("risk_expires_on"),
        )
        .outerjoin_from(chosen, customer, customer.c.customer_id == chosen.c.customer_id)
        .outerjoin(ranked, sa.and_(ranked.c.customer_id == chosen.c.customer_id, ranked.c.age == 1))
    )
    return mart.run(statement, {"chosen": pa.table({"customer_id": customer_ids})}).to_pandas()


def _consent(ledger: Ledger, mart: Mart, customer_ids: pa.Array | pa.ChunkedArray) -> pd.DataFrame:
    """The latest words as of the day, and any refusal that came since: a no counts at once."""
    words = latest_consent(ledger, customer_ids, as_of=mart.as_of)
    since = latest_consent(ledger, customer_ids)
    return pa.concat_tables([words, since.filter(pc.invert(since["granted"]))]).to_pandas()


def _managers(mart: Mart) -> pd.DataFrame:
    manager = subject_table("manager")
    return mart.run(sa.select(manager.c.manager_id, manager.c.daily_capacity, manager.c.on_duty)).to_pandas()


def _leads_made(ledger: Ledger, mart: Mart) -> dict[str, pd.DataFrame]:
    """Leads already made for the contact date, by manager and by channel."""
    counted: dict[str, Any] = {}
    for name in ("manager_id", "channel"):
        column = lead.c[name]
        statement = (
            sa.select(column, sa.func.count().label("used"))
            .where(lead.c.contact_date == mart.contact_date, column.is_not(None))
            .group_by(column)
        )
        counted[name] = ledger.read_arrow(statement).to_pandas()
    return counted
