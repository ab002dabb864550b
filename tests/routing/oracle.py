"""Routing the slow, obvious way: one candidate after the other, from the words of the requirement."""

from datetime import date
from fractions import Fraction

CONTACT_DATE = date(2026, 6, 1)


def why_not(candidate, world):
    """The first reason against contacting this customer with this offer at all."""
    customer, channel = world["customers"][candidate["customer_id"]], world["channels"][candidate["channel"]]
    offer = world["offers"][candidate["offer"]]
    words = {
        (w["channel"], w["purpose"]): w["granted"]
        for w in world["consent"]
        if w["customer_id"] == candidate["customer_id"] and w["channel"] in (channel["name"], "all")
    }
    marketing = [granted for (_, purpose), granted in words.items() if purpose == "marketing"]
    if False in marketing:
        return "no_consent"
    if channel["consent"] and True not in marketing and channel["name"] not in world["presumed"]:
        return "no_consent"
    if False in [granted for (_, purpose), granted in words.items() if purpose == "automated_marketing"]:
        return "refused_automated"
    if offer["risk_level"] is not None:
        level, until = customer["risk_level"], customer["risk_expires_on"]
        if level is None or until is None or level < offer["risk_level"] or until < CONTACT_DATE:
            return "unsuitable"
    if not offer["valid_from"] <= CONTACT_DATE <= offer["valid_to"]:
        return "offer_expired"
    if channel["needs"] and candidate["customer_id"] not in world["reachable"][channel["needs"]]:
        return "no_contact_data"
    if channel["addressed_to"] == "manager" and customer["manager_id"] not in world["managers"]:
        return "no_manager"
    if channel["addressed_to"] == "branch" and customer["branch_id"] is None:
        return "no_branch"
    return None


def value(offer):
    """Yuan, to the fen, halves up, by whole-number arithmetic."""
    exact = Fraction(str(offer["value"])) * Fraction(str(offer["response_rate"])) * 100
    return int(exact + Fraction(1, 2))


def worth(candidate, world):
    """What the action says, or else the offer, in fen."""
    own = candidate.get("expected_value")
    return value(world["offers"][candidate["offer"]]) if own is None else int(Fraction(own) * 100)


def decide(candidates, world):
    """Decision by strategy, node and customer: None for a lead, or the reason for the drop."""
    decided, today = {}, set(world["contacted"])
    managers = {name: dict(row) for name, row in world["managers"].items()}
    used = dict(world["channel_used"])
    key = lambda c: (-worth(c, world), c["priority"], c["tie"])  # noqa: E731
    for candidate in sorted(candidates, key=key):
        name = (candidate["strategy"], candidate["node"], candidate["customer_id"])
        channel = world["channels"][candidate["channel"]]
        reason = why_not(candidate, world)
        manager = managers.get(world["customers"][candidate["customer_id"]]["manager_id"])
        if reason is None and candidate["customer_id"] in world["contacted"]:
            reason = "contacted_today"
        if reason is None and candidate["customer_id"] in today:
            reason = "better_offer"
        if reason is None and channel["addressed_to"] == "manager":
            limit = 0 if manager["on_duty"] is False else manager["daily_capacity"]
            if limit is not None and manager["used"] >= limit:
                reason = "manager_capacity"
        limit = channel["daily_capacity"]
        if reason is None and limit is not None and used.get(channel["name"], 0) >= limit:
            reason = "channel_capacity"
        if reason is None:
            today.add(candidate["customer_id"])
            used[channel["name"]] = used.get(channel["name"], 0) + 1
            if channel["addressed_to"] == "manager":
                manager["used"] += 1
        decided[name] = reason
    return decided
