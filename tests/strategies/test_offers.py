"""Offers are exact in money and coherent in time."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from journeykit.errors import DefinitionError
from journeykit.routing.channel import Channel
from journeykit.strategies.offers import Offer
from journeykit.yaml_files import from_yaml, to_yaml

GOOD = {
    "product_line": "wealth", "risk_level": 2, "valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1),
    "value": "120.10", "response_rate": 0.035,
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "rate", "expected"),
    [("100", "0.05", "5.00"), ("0.5", "0.01", "0.01"), ("33.33", 0.015, "0.50"), ("1", "0.004999", "0.00")],
)
def test_expected_value_is_exact_and_rounds_halves_up(value, rate, expected):
    assert str(Offer("A", **{**GOOD, "value": value, "response_rate": rate}).expected_value) == expected


def test_round_trip():
    offer = Offer("W-30D", **GOOD, licence="credit bureau, scoring only")
    assert from_yaml(to_yaml(offer), Offer) == offer
    assert offer.response_rate == Decimal("0.035")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"valid_to": date(2025, 12, 31)}, "before it begins"),
        ({"product_line": "welth"}, "Did you mean 'wealth'"),
        ({"risk_level": 6}, "risk_level"),
        ({"response_rate": "1.1"}, "response_rate"),
        ({"value": "1.005"}, "value"),
        ({"value": "-1"}, "value"),
    ],
)
def test_an_incoherent_offer_is_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        Offer("A", **{**GOOD, **change})


def test_a_channel_is_one_of_the_contract():
    with pytest.raises(DefinitionError, match=r"c\.yaml.*Did you mean 'sms'"):
        from_yaml("name: smss", Channel, "c.yaml")
