"""Why one customer is in a segment: values and outcomes written down by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from journeykit.errors import DataError, DefinitionError
from journeykit.expressions import did, tag
from journeykit.segments import Segment
from journeykit.segments.why import why

PEOPLE = [
    {"customer_id": "C1", "aum": Decimal("600000.50"), "age": 40, "gender": "female", "holds_wealth": False},
    {"customer_id": "C2", "aum": None, "age": 70, "gender": None, "holds_wealth": True},
    {"customer_id": "C3' OR '1'='1", "aum": Decimal(1), "age": 1, "gender": "male", "holds_wealth": False},
]
EVENTS = [
    {"customer_id": "C1", "occurred_at": datetime(2026, 5, 20), "action": "view", "object": "wealth"},
    {"customer_id": "C1", "occurred_at": datetime(2026, 5, 21), "action": "view", "object": "wealth"},
]
IDLE = Segment(
    "idle",
    (tag("aum") >= 500_000)
    & ~tag("holds_wealth")
    & ((tag("gender") == "male") | (tag("age") < 60))
    & did("view", object="wealth").at_least(2).within(days=14),
    title="Idle",
    title_zh="闲置",
)


def told(found):
    return [(one.depth, one.holds, [value.value for value in one.values]) for one in found.reasons]


def test_every_condition_with_the_customers_values(bank):
    found = why("C1", IDLE, bank(PEOPLE, EVENTS))
    assert found.member
    assert told(found) == [
        (0, True, []),
        (1, True, [Decimal("600000.50")]),
        (1, True, [False]),
        (1, True, []),
        (2, False, ["female"]),
        (2, True, [40]),
        (1, True, [2]),
    ]
    assert found.reasons[1].values[0].text == "“Assets under management” = 600,000.50 yuan"
    assert found.reasons[4].values[0].text_zh == "“性别” = “女”"


def test_missing_values_fail_and_say_so(bank):
    found = why("C2", IDLE, bank(PEOPLE, EVENTS))
    assert not found.member
    assert told(found) == [
        (0, False, []),
        (1, False, [None]),
        (1, False, [True]),
        (1, False, []),
        (2, False, [None]),
        (2, False, [70]),
        (1, False, [0]),
    ]
    assert "missing" in repr(found)
    assert "无值" in repr(found.table("zh"))


def test_the_outcome_is_that_of_the_mart(bank, drawn):
    people, events = drawn(5, 40)
    mart = bank(people, events)
    for where in (IDLE, ~tag("age").between(30, 60), did("login").at_most(1), mart.everyone):
        expected = set(mart.ids(where))
        for person in people[:12]:
            one = person["customer_id"]
            assert why(one, where, mart).member == (one in expected)


def test_an_id_is_data_and_never_sql(bank):
    mart = bank(PEOPLE, EVENTS)
    assert told(why("C3' OR '1'='1", tag("age") < 60, mart)) == [(0, True, [1])]
    for hostile in ("C9' OR '1'='1", "'; DROP TABLE snapshot; --", "%", "", "C1\0"):
        with pytest.raises(DataError, match="no customer"):
            why(hostile, IDLE, mart)
    with pytest.raises(DefinitionError, match="is text"):
        why(1, IDLE, mart)  # type: ignore[arg-type]


def test_one_person_is_never_mailed(bank):
    with pytest.raises(DefinitionError, match="not mailed"):
        why("C1", IDLE, bank(PEOPLE)).for_mail(10)


def test_reads_in_both_languages(bank):
    found = why("C1", IDLE, bank(PEOPLE, EVENTS))
    assert "Customer C1 is in Idle" in repr(found)
    assert "客户 C1 属于闲置" in found.html("zh")
    assert found.to_frame()["holds"].tolist() == [True, True, True, True, False, True, True]
