"""The shipped library: every family of tags a bank starts with."""

from journeykit.tags.library import (
    assets,
    balances,
    behaviour,
    contacts,
    credit,
    flows,
    household,
    identity,
    lines,
    manager,
    maturities,
    outside,
    payroll,
    referrals,
    region,
    risk,
)
from journeykit.tags.tag import Tag

LIBRARY: tuple[Tag, ...] = (
    *identity.TAGS,
    *region.TAGS,
    *household.TAGS,
    *manager.TAGS,
    *lines.TAGS,
    *assets.TAGS,
    *balances.TAGS,
    *maturities.TAGS,
    *credit.TAGS,
    *flows.TAGS,
    *payroll.TAGS,
    *behaviour.TAGS,
    *risk.TAGS,
    *contacts.TAGS,
    *referrals.TAGS,
    *outside.TAGS,
)
