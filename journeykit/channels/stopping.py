"""Which decided leads may not leave any more: consent, the day or their strategy has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from journeykit.ledger import Ledger, latest_consent
from journeykit.ledger.tables import run
from journeykit.routing.channel import Channel
from journeykit.strategies.approval import Life, read_lives


def find_stopped(ledger: Ledger, channel: Channel, leads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By lead id the reason why a lead that is still pending must not be exported now.

    A refusal on record today counts as it does in routing, for the channel or for all. A lead is too late
    once a later contact date has been decided: that day's contacts were chosen without it. Nor does one leave
    whose strategy is paused, or whose people are to leave because it was ended or replaced.
    """
    pending = [lead for lead in leads if lead["delivery"] == "pending"]
    if not pending:
        return {}
    refused = _refusals(ledger, channel.name, {lead["customer_id"] for lead in pending})
    latest, lives = _latest_contact_date(ledger), read_lives(ledger)
    stopped = {}
    for lead in pending:
        if lead["customer_id"] in refused:
            stopped[lead["lead_id"]] = refused[lead["customer_id"]]
        elif latest is not None and lead["contact_date"] < latest:
            stopped[lead["lead_id"]] = "too_late"
        elif silenced := _silenced(lives.get(lead["strategy"]), lead["version"]):
            stopped[lead["lead_id"]] = silenced
    return stopped


def _silenced(life: Life | None, version: str) -> str:
    """Why a version contacts nobody any more; empty when it does."""
    if life is None:
        return ""
    return "paused" if life.paused else life.leaves_as(version)


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
