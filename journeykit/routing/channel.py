"""Channels: the ways to reach a customer, as definitions."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from journeykit.contract import CHANNELS
from journeykit.errors import unknown_name


class Channel(BaseModel):
    """A way to reach a customer, what it needs and how much it can carry.

    Attributes
    ----------
    name : str
        One of the contract's channels; consent is given for it.
    needs : str or None
        The contact detail without which it cannot deliver.
    daily_capacity : int or None
        Leads a day; None when there is no limit.
    addressed_to : str
        Who gets the lead: the customer, the customer's manager, or the customer's branch.
    format : str
        The kind of file the channel takes.
    consent : bool
        Whether the customer must have allowed marketing through it.
    assumption : str or None
        The mapping's assumption that stands in for consent where a bank has no record of consent at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = ""
    title_zh: str = ""
    needs: Literal["phone", "app_token", "official_account_id"] | None = None
    daily_capacity: int | None = Field(default=None, ge=0)
    addressed_to: Literal["customer", "manager", "branch"] = "customer"
    format: Literal["csv", "xlsx"] = "csv"
    consent: bool = True
    assumption: str | None = None

    @field_validator("name")
    @classmethod
    def _declared(cls, name: str) -> str:
        if name not in CHANNELS:
            raise ValueError(unknown_name("channel", name, CHANNELS, "Consent is given for one of these."))
        return name
