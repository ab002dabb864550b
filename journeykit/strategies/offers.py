"""Offers: what a customer is offered, for how long, and what it is worth to the bank."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from journeykit.contract import LINES
from journeykit.errors import unknown_name


def exact(value: object) -> object:
    """A float as the decimal number it was written as."""
    return Decimal(str(value)) if isinstance(value, float) else no_truth(value)


def no_truth(value: object) -> object:
    """A value that is not true or false, which count as 1 and 0 where nobody looks."""
    if isinstance(value, bool):
        raise ValueError(f"a number is expected, not {str(value).lower()}")
    return value


def named(key: str, value: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with one that was given by position; left out, pydantic says that it is required."""
    return fields if value is None else {key: value, **fields}


Exact = Annotated[Decimal, BeforeValidator(exact)]
Whole = Annotated[int, BeforeValidator(no_truth)]


class Offer(BaseModel):
    """One offer, valid from and to inclusive.

    Attributes
    ----------
    product_line : str
        Business line of the contract.
    risk_level : int or None
        R1 to R5 as 1 to 5; a customer needs a valid assessment of at least that level. None carries no
        investment risk, a loan or a card.
    template, template_zh : str
        The words a customer or manager sees.
    value : Decimal
        What one acceptance is worth to the bank, yuan.
    response_rate : Decimal
        Expected share of customers who accept, from 0 to 1.
    licence : str or None
        What the external data behind the offer may be used for.

    Examples
    --------
    >>> offer = Offer("W-30D", product_line="wealth", risk_level=2, valid_from=date(2026, 1, 1),
    ...               valid_to=date(2026, 12, 31), value=Decimal(120), response_rate=Decimal("0.035"))
    >>> offer.expected_value
    Decimal('4.20')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    title: str = ""
    title_zh: str = ""
    product_line: str
    risk_level: Whole | None = Field(default=None, ge=1, le=5)
    valid_from: date
    valid_to: date
    template: str = ""
    template_zh: str = ""
    value: Exact = Field(ge=0, max_digits=16, decimal_places=2)
    response_rate: Exact = Field(ge=0, le=1, max_digits=7, decimal_places=6)
    licence: str | None = None

    def __init__(self, name: str | None = None, **fields: Any) -> None:
        super().__init__(**named("name", name, fields))

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.product_line not in LINES:
            raise ValueError(
                unknown_name("business line", self.product_line, LINES, f"Correct offer '{self.name}'.")
            )
        if self.valid_to < self.valid_from:
            raise ValueError(
                f"offer '{self.name}' ends on {self.valid_to}, before it begins on {self.valid_from}"
            )
        return self

    @property
    def expected_value(self) -> Decimal:
        """Value times response rate, yuan with two places, halves up."""
        return (self.value * self.response_rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
