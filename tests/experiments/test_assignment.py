"""The assignment hash agrees with md5sum, in Python and in DuckDB, and shares are exact at both ends."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import DefinitionError
from journeykit.experiments.assignment import arm_column, assign_arm
from journeykit.hashing import assignment_hash, share_threshold

# Made with coreutils: printf '%s' "$salt:$id" | md5sum | cut -c1-8
VECTORS = [
    ("idle:start", "C00000001", "dc3cd8e1"),
    ("idle:start", "C00000002", "a660c45e"),
    ("maturing:start", "C00000003", "33d3c667"),
    ("maturing:start", "C00000004", "45b672e5"),
    ("loan_offer:start", "C00012345", "9623112e"),
    ("idle:start", "C99999999", "a6aa6846"),
    ("idle:start", "1", "37bdcbc0"),
    ("maturing:start", "42", "dcb8a1b8"),
    ("maturing:start", "4500", "2b945da6"),
    ("loan_offer:start", "张三", "02dcd286"),
    ("idle:start", "a:b", "b6821d12"),
    ("idle:start", "", "05d1484c"),
    ("maturing:start", "C00000010", "2ca8b63f"),
    ("maturing:start", "C00000011", "32996e84"),
    ("loan_offer:start", "C00000012", "46aa89a3"),
    ("idle:start", "C00000013", "7dccac7a"),
    ("idle:start", "C00000014", "2fde09e0"),
    ("maturing:start", "C00000015", "3906f06f"),
    ("maturing:start", "C00000016", "c9e8d966"),
    ("loan_offer:start", "C00000017", "580ff4dd"),
]


@pytest.fixture(scope="module")
def duck():
    with sa.create_engine("duckdb:///:memory:").connect() as connection:
        yield connection


@pytest.mark.parametrize(("salt", "customer_id", "digits"), VECTORS)
def test_hash_is_md5sum(salt, customer_id, digits):
    assert assignment_hash(salt, customer_id) == digits


@pytest.mark.parametrize("share", ["0", "0.1", "0.17187499", "0.5", "0.9", "1"])
def test_sql_agrees_with_python_and_with_the_vectors(duck, share):
    share = Decimal(share)
    for salt, customer_id, digits in VECTORS:
        expected = "control" if int(digits, 16) < share * 2**32 else "treatment"
        assert assign_arm(salt, customer_id, share) == expected
        assert duck.scalar(sa.select(arm_column(salt, sa.literal(customer_id), share))) == expected


def test_nobody_and_everybody():
    assert share_threshold(Decimal(0)) <= "00000000"
    assert share_threshold(Decimal(1)) > "ffffffff"


def test_the_threshold_itself_is_outside_the_share():
    assert share_threshold(Decimal("0.5")) == "80000000"
    assert share_threshold(Decimal(1) - Decimal(1) / 2**32) == "ffffffff"
    assert share_threshold(Decimal("0.9999999999999")) == "g"


@given(st.decimals(0, 1, places=12), st.integers(0, 2**32 - 1))
def test_text_compares_like_the_number(share, number):
    assert (f"{number:08x}" < share_threshold(share)) == (number < share * 2**32)


@pytest.mark.parametrize("share", ["-0.1", "1.01"])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(DefinitionError, match="from 0 to 1"):
        share_threshold(Decimal(share))
