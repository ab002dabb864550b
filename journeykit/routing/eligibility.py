"""Who may be contacted at all, before anything is scored.

Each filter is a pure function of candidates and facts that marks the candidates it stops. The first
filter that stops a candidate gives the reason; a permanent reason moves the customer's journey on.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.routing.channel import Channel
from journeykit.strategies.offers import Offer


@dataclass(frozen=True)
class Facts:
    """What routing knows about a contact date; nothing else is consulted.

    Attributes
    ----------
    customers : DataFrame
        ``customer_id``, ``manager_id``, ``branch_id``, ``risk_level``, ``risk_expires_on``; one row for
        each candidate's customer.
    consent : DataFrame
        ``customer_id``, ``channel`` (or ``all``), ``purpose``, ``granted``: the latest word for each.
    reachable : mapping
        Contact detail to the ids of customers who left one.
    managers : DataFrame
        ``manager_id``, ``daily_capacity``, ``on_duty``, and ``used``: leads of that date already made.
    channel_used : mapping
        Leads of that date already made, by channel.
    contacted : collection of str
        Customers who are contacted on that date already.
    presumed : mapping
        Channels for which an assumption stands in for a record of consent, and its name.
    """

    contact_date: date
    offers: Mapping[str, Offer]
    channels: Mapping[str, Channel]
    customers: pd.DataFrame
    consent: pd.DataFrame
    reachable: Mapping[str, Collection[str]]
    managers: pd.DataFrame
    channel_used: Mapping[str, int]
    contacted: Collection[str]
    presumed: Mapping[str, str]


def find_obstacles(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    """The first reason why a candidate may not be contacted; missing where there is none.

    Parameters
    ----------
    candidates : DataFrame
        ``customer_id``, ``channel``, ``offer``, and the customer's columns of :class:`Facts`.
    """
    reasons = pd.Series(None, index=candidates.index, dtype="str")
    for reason, stops in _FILTERS.items():
        reasons = reasons.mask(reasons.isna() & stops(candidates, facts), reason)
    return reasons


def _no_consent(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    """A no to the channel or to all wins, whichever came later; a yes is needed where the channel asks."""
    asks = candidates["channel"].map({name: channel.consent for name, channel in facts.channels.items()})
    presumed = candidates["channel"].isin(list(facts.presumed))
    refused = _said(candidates, facts, "marketing", granted=False)
    granted = _said(candidates, facts, "marketing", granted=True)
    return refused | (asks.astype(bool) & ~(granted | presumed))


def _refused_automated(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    return _said(candidates, facts, "automated_marketing", granted=False)


def _said(candidates: pd.DataFrame, facts: Facts, purpose: str, *, granted: bool) -> pd.Series:
    words = facts.consent
    words = words[(words["purpose"] == purpose) & (words["granted"] == granted)]
    said = pd.Series(False, index=candidates.index)
    for channel, ids in words.groupby("channel")["customer_id"]:
        concerned = True if channel == "all" else candidates["channel"] == channel
        said |= concerned & _among(candidates["customer_id"], ids)
    return said


def _unsuitable(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    """An offer with a risk level needs an assessment of at least that level, valid on the contact date."""
    risk = candidates["offer"].map({name: offer.risk_level for name, offer in facts.offers.items()})
    risk = pd.to_numeric(risk).astype("float64")
    level = candidates["risk_level"].astype("float64")
    valid = pd.to_datetime(candidates["risk_expires_on"]) >= pd.Timestamp(facts.contact_date)
    return risk.notna() & ~((level >= risk) & valid)


def _offer_expired(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    current = [
        name
        for name, offer in facts.offers.items()
        if offer.valid_from <= facts.contact_date <= offer.valid_to
    ]
    return ~candidates["offer"].isin(current)


def _no_contact_data(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    missing = pd.Series(False, index=candidates.index)
    for name, channel in facts.channels.items():
        if channel.needs is not None:
            reached = _among(candidates["customer_id"], facts.reachable[channel.needs])
            missing |= (candidates["channel"] == name) & ~reached
    return missing


def _no_manager(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    return _addressed_to("manager", candidates, facts) & ~candidates["manager_id"].isin(
        facts.managers["manager_id"]
    )


def _no_branch(candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    return _addressed_to("branch", candidates, facts) & candidates["branch_id"].isna()


def _addressed_to(whom: str, candidates: pd.DataFrame, facts: Facts) -> pd.Series:
    return candidates["channel"].isin([n for n, c in facts.channels.items() if c.addressed_to == whom])


def _among(ids: pd.Series, some: Collection[str]) -> pd.Series:
    """Membership by Arrow: pandas would make a Python string of every id first."""
    members = pa.array(some if isinstance(some, pd.Series) else list(some), pa.string())
    found = pc.is_in(pa.array(ids, pa.string()), value_set=members)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=ids.index)


_FILTERS: Mapping[str, Callable[[pd.DataFrame, Facts], pd.Series]] = {
    "no_consent": _no_consent,
    "refused_automated": _refused_automated,
    "unsuitable": _unsuitable,
    "offer_expired": _offer_expired,
    "no_contact_data": _no_contact_data,
    "no_manager": _no_manager,
    "no_branch": _no_branch,
}
