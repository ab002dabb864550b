"""Every operator over tags, once, with the people it finds (design D3, D4, D5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from journeykit.compiler import compile_rows
from journeykit.expressions import (
    And,
    Expression,
    Or,
    as_of,
    case,
    date_part,
    days,
    days_between,
    start_of,
    tag,
)

AS_OF = date(2024, 3, 1)  # the day after a leap day

aum, paid, rate, logins, city, vip, since, seen = (
    tag(name) for name in ("aum", "paid", "rate", "logins", "city", "vip", "since", "seen")
)


@pytest.fixture(scope="module", autouse=True)
def _people(world, rows):
    person, _ = rows
    world.fill(
        [
            person("a", aum=Decimal("100.00"), paid=Decimal("0.10"), rate=Decimal("0.333333"), logins=3,
                   city="Ji'an", vip=True, since=date(2024, 2, 29), seen=datetime(2024, 2, 29, 23, 59, 59)),
            person("b", aum=Decimal("-100.00"), paid=Decimal("0.20"), rate=Decimal("0.000001"), logins=0,
                   city="北京", since=date(2023, 3, 1), seen=datetime(2024, 3, 1, 0, 0)),
            person("c", aum=Decimal("0.00"), paid=Decimal("0.00"), rate=Decimal("0"), logins=2_000_000_000,
                   city="Zibo", vip=True, since=date(2024, 3, 1), seen=datetime(2024, 3, 1, 12, 30)),
            person("d", logins=1, city="zibo"),
            person("e", vip=None),
        ]
    )  # fmt: skip


RULES = {
    "equals": (aum == 100, "a"),
    "differs, and a missing value does not": (aum != 100, "bc"),
    "less": (aum < 0, "b"),
    "less or equal": (aum <= 0, "bc"),
    "more": (aum > 0, "a"),
    "more or equal": (aum >= 0, "ac"),
    "constant on the left": (0 < aum, "a"),  # noqa: SIM300
    "a float is the decimal it prints as": (paid == 0.1, "a"),
    "more places than the column has": (rate > Decimal("0.3333329999"), "a"),
    "tag with tag": (aum >= paid, "ac"),
    "whole with decimal number": (logins > aum, "bc"),
    "text is compared as it stands": (city == "zibo", "d"),
    "text with a quote": (city == "Ji'an", "a"),
    "text in order of its characters": (city > "Zibo", "bd"),
    "boolean tag": (vip, "ac"),
    "not a boolean tag; missing is false": (~vip, "bde"),
    "boolean equals": (vip == True, "ac"),  # noqa: E712
    "condition equals condition": ((aum > 0) == (paid > 0.15), "cde"),
    "date equals": (since == date(2024, 2, 29), "a"),
    "date before as_of": (since < as_of(), "ab"),
    "midnight begins a day": (seen >= datetime(2024, 3, 1), "bc"),
    "one of": (logins.isin([0, 1, 1]), "bd"),
    "one of other numbers": (aum.isin([100, 0.5]), "a"),
    "one of texts": (city.isin({"北京", "Zibo"}), "bc"),
    "one of none": (logins.isin([]), ""),
    "none of": (~logins.isin([0, 1]), "ace"),
    "between, ends included": (aum.between(-100, 0), "bc"),
    "between tags": (aum.between(paid, logins), "c"),
    "between upside down": (aum.between(1, -1), ""),
    "outside": (~aum.between(-100, 0), "ade"),
    "missing": (aum.is_missing(), "de"),
    "not missing": (~aum.is_missing(), "abc"),
    "filled": (aum.fill(7) == 7, "de"),
    "a whole number filled with a part": (logins.fill(0.5) + 1 == 1.5, "e"),
    "text filled": (city.fill("nowhere") == "nowhere", "e"),
    "and": ((aum >= 0) & vip, "ac"),
    "or": ((aum > 0) | (logins == 1), "ad"),
    "not": (~(aum > 0), "bcde"),
    "not of and": (~((aum >= 0) & (paid >= 0)), "bde"),
    "and of none": (Expression(And(operands=())), "abcde"),
    "or of none": (Expression(Or(operands=())), ""),
    "sum is exact": (paid + 0.2 == 0.3, "a"),
    "difference": (1 - paid == 0.8, "b"),
    "product is exact": (paid * 3 == 0.3, "a"),
    "whole numbers beyond 32 bits": (logins * 3 > 5_000_000_000, "c"),
    "sum with a missing part is missing": ((aum + logins).is_missing(), "de"),
    "whole numbers divide into parts": (logins / 2 == 1.5, "a"),
    "division by zero is missing": ((aum / logins).is_missing(), "bde"),
    "quotient in a sum": (logins / 2 + 0.5 == 2, "a"),
    "weekday from Monday, 1": (date_part("weekday", since) == 4, "a"),
    "month and day": ((date_part("month", since) == 2) & (date_part("day", since) == 29), "a"),
    "year": (date_part("year", since) < 2024, "b"),
    "hour of a time": (date_part("hour", seen) == 0, "b"),
    "part of a missing date is missing": (date_part("year", since).is_missing(), "de"),
    "days between": (days_between(since, as_of()) == 1, "a"),
    "days over a leap year": (days_between(since, as_of()) == 366, "b"),
    "days backwards": (days_between(as_of(), since) < 0, "ab"),
    "days ignore the time of day": (days_between(seen, as_of()) == 1, "a"),
    "days of a missing date are missing": (days_between(since, as_of()).is_missing(), "de"),
    "case takes the first that holds": (case((aum > 0, "x"), (aum >= 0, "y"), otherwise="z") == "y", "c"),
    "case, else": (case((aum > 0, "x"), otherwise="z") == "z", "bcde"),
    "case without else is missing": (case((aum > 0, 1)).is_missing(), "bcde"),
    "case of whole and part": (case((vip, 1), otherwise=2.5) * 2 == 5, "bde"),
    "case gives a condition": (case((aum > 0, vip), otherwise=True), "abcde"),
    "a day later": (since + days(1) == date(2024, 3, 1), "a"),
    "days later over a leap day": (since + days(366) == as_of(), "b"),
    "days earlier": (since - days(1) == date(2024, 2, 29), "c"),
    "days before as_of": (since <= as_of() - days(1), "ab"),
    "a month's end later": (as_of() + days(31) == date(2024, 4, 1), "abcde"),
    "days later than a time is a day": (seen + days(1) == date(2024, 3, 1), "a"),
    "days later than a missing date is missing": ((since + days(1)).is_missing(), "de"),
    "week begins on Monday": (start_of("week", since) == date(2024, 2, 26), "ac"),
    "a Monday begins its week": (start_of("week", date(2024, 2, 26)) == date(2024, 2, 26), "abcde"),
    "a Sunday ends its week": (start_of("week", date(2024, 3, 3)) == date(2024, 2, 26), "abcde"),
    "week over a year's end": (start_of("week", date(2025, 1, 1)) == date(2024, 12, 30), "abcde"),
    "month begins": (start_of("month", since) == date(2024, 2, 1), "a"),
    "the first begins its month": (start_of("month", since) == since, "bc"),
    "quarter begins": (start_of("quarter", since) == date(2024, 1, 1), "ac"),
    "the last quarter begins": (start_of("quarter", date(2023, 12, 31)) == date(2023, 10, 1), "abcde"),
    "year begins": (start_of("year", since) == date(2023, 1, 1), "b"),
    "start of the month of a time": (start_of("month", seen) == start_of("month", as_of()), "bc"),
    "start of a missing date is missing": (start_of("year", since).is_missing(), "de"),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(expression, AS_OF) == expected


@pytest.mark.parametrize("rule", RULES)
def test_complement_has_everyone_else(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(~expression, AS_OF) == "".join(one for one in "abcde" if one not in expected)


def test_a_quotient_is_the_double_python_divides(world):
    assert world.ids(aum / 3 == case((vip, 100), otherwise=1) / 3, AS_OF) == "a"


def test_a_condition_is_true_or_false_for_everyone_and_a_number_may_be_missing(world, scope):
    asked = {"rich": (aum > 0).node, "vip": vip.node, "more": (aum + 1).node}
    for connection in world.connections:
        rows = connection.execute(compile_rows(asked, scope(AS_OF))).all()
        assert {row.customer_id: (row.rich, row.vip, row.more) for row in rows} == {
            "a": (True, True, 101),
            "b": (False, False, -99),
            "c": (False, True, 1),
            "d": (False, False, None),
            "e": (False, False, None),
        }


def test_every_engine_is_asked(world, postgres_connection):
    assert [one.dialect.name for one in world.connections] == ["duckdb", "postgresql"]


LARGE = {
    "a product of whole numbers beyond 18 digits is missing": ((logins * logins).is_missing(), "acde"),
    "one of fewer is not": (logins * 2 > 0, "ab"),
    "a product of more digits than engines keep is missing": ((aum * aum * aum).is_missing(), "abde"),
    "one of fewer is exact": (aum * aum > Decimal("99999999999999999.99"), "abe"),
    "one just within the digits is there": ((aum * aum * Decimal("0.05")).is_missing(), "d"),
    "one just beyond them is not": ((aum * aum * Decimal("0.51")).is_missing(), "abde"),
    "whole numbers times money may have more than 18 digits": (logins * aum > 10**18 - 1, "ae"),
    "the largest whole number times the most money": ((logins * aum).is_missing(), "d"),
    "money and a rate in one sum": (aum + rate > 9_999_999_999_999_999, "a"),
    "a rate less money": (rate - aum > 0, "b"),
    "many places make a double": ((rate * rate) * (rate * rate) * rate > 0, "a"),
    "the least and the most that can be written": (aum / rate > Decimal(10) ** 17, "ab"),
    "a quotient of quotients stays finite": (1 / (rate / (aum / (rate / aum))) > 0, "ab"),
    "far days": (since + days(36_500) > since, "abc"),
    "days between far days": (days_between(since, date(9999, 12, 31)) > 0, "abc"),
}  # fmt: skip


@pytest.fixture
def large(world, rows):
    person, _ = rows
    most, least = Decimal("9999999999999999.99"), Decimal("0.000001")
    world.fill(
        [
            person("a", aum=most, rate=least, logins=2**31, since=date(1900, 1, 1)),
            person("b", aum=-most, rate=-least, logins=999_999_999, since=date(2024, 2, 29)),
            person("c", aum=Decimal(0), rate=Decimal(0), logins=-(2**62), since=date(1583, 1, 1)),
            person("d"),
            person("e", aum=most, logins=2**62),
        ]
    )
    return world


@pytest.mark.parametrize("rule", LARGE)
def test_large_numbers_fail_on_no_engine(large, scope, rule):
    expression, expected = LARGE[rule]
    for connection in large.connections:
        found = connection.scalars(expression.statement(scope(AS_OF)))
        assert "".join(sorted(found)) == expected, connection.dialect.name
