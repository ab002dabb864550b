"""Which decided leads may not leave any more, because consent or the day has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from journeykit.ledger import Ledger, latest_consent
from journeykit.ledger.tables import run
from journeykit.routing.channel import Channel


def find_stopped(ledger: Ledger, channel: Channel, leads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By lead id the reason why a lead that is still pending must not be exported now.

    A refusal on record today counts as it does in routing, for the channel or for all. A lead is too late
    once a later contact date has been decided: that day's contacts were chosen without it.
    """
    pending = [lead for lead in leads if lead["delivery"] == "pending"]
    if not pending:
        return {}
    refused = _refusals(ledger, channel.name, {lead["customer_id"] for lead in pending})
    latest = _latest_contact_date(ledger)
    stopped = {}
    for lead in pending:
        if lead["customer_id"] in refused:
            stopped[lead["lead_id"]] = refused[lead["customer_id"]]
        elif latest is not None and lead["contact_date"] < latest:
            stopped[lead["lead_id"]] = "too_late"
    return stopped


def _refusals(ledger: Ledger, channel: str, customers: Iterable[str]) -> dict[str, str]:
    """By customer the first reason, in routing's order, why their latest words forbid the channel."""
    reasons = {"marketing": "no_consent", "automated_marketing": "refused_automated"}
    found: dict[str, str] = {}
    for word in latest_consent(ledger, customers).to_pylist():
        refuses = not word["granted"] and word["channel"] in (channel, "all")
        if refuses and found.get(word["customer_id"]) != "no_consent":
            found[word["customer_id"]] = reasons[word["purpose"]]
    return found


def _latest_contact_date(ledger: Ledger) -> date | None:
    decided = sa.select(sa.func.max(run.c.contact_date)).where(run.c.decisions_sha256.is_not(None))
    return ledger.read(decided)[0][0]
