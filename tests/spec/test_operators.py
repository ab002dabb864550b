"""Every operator of the language, once, with the people it finds (design D3, D4, D5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from journeykit.expressions import And, Expression, Or, as_of, case, date_part, days_between, did, tag

AS_OF = date(2024, 3, 1)  # the day after a leap day

aum, paid, rate, logins, city, vip, since, seen = (
    tag(name) for name in ("aum", "paid", "rate", "logins", "city", "vip", "since", "seen")
)


@pytest.fixture(scope="module", autouse=True)
def _people(world, rows):
    person, event = rows
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
        ],
        [
            event("a", datetime(2024, 2, 29, 0, 0), object="wealth", channel="app", product_id="W1"),
            event("a", datetime(2024, 3, 1, 23, 59, 59, 999999), object="wealth", channel="web"),
            event("a", datetime(2024, 3, 2, 0, 0), object="wealth", channel="app"),
            event("b", datetime(2024, 2, 27, 23, 59, 59, 999999), object="wealth", channel="app"),
            event("b", datetime(2024, 2, 28, 0, 0), object="loan", channel="app"),
            event("c", datetime(2024, 3, 1, 0, 0), action="login", channel="app"),
            event(None, datetime(2024, 3, 1, 0, 0), object="wealth"),
            event("nobody", datetime(2024, 3, 1, 0, 0), object="wealth"),
        ],
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
    "did, in all history up to as_of": (did("view"), "ab"),
    "did something else": (did("login"), "c"),
    "did, filtered": (did("view", object="wealth", channel="web"), "a"),
    "did with a product": (did("view", product_id="W1"), "a"),
    "did not": (~did("view"), "cde"),
    "did twice, the day after as_of unseen": (did("view").at_least(2), "ab"),
    "did three times": (did("view").at_least(3), ""),
    "at least never": (did("view").at_least(0), "abcde"),
    "at most once": (did("view", object="wealth").at_most(1), "bcde"),
    "at most never": (did("view").at_most(0), "cde"),
    "exactly once": (did("view", object="loan").exactly(1), "b"),
    "exactly once is not twice": (did("view", object="wealth").exactly(1), "b"),
    "exactly never": (did("view", object="loan").exactly(0), "acde"),
    "within 1 day is as_of alone": (did("view").within(days=1), "a"),
    "within 2 days reaches over a month's end": (did("view").within(days=2).at_least(2), "a"),
    "within 3 days begins at midnight": (did("view").within(days=3), "ab"),
    "within 3 days ends before": (did("view", object="wealth").within(days=3), "a"),
    "within 4 days": (did("view", object="wealth").within(days=4), "ab"),
    "at most once within": (did("view").at_most(1).within(days=3), "bcde"),
    "within more days than there were": (did("view", object="loan").within(days=2_000_000), "b"),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(expression, AS_OF) == expected


@pytest.mark.parametrize("rule", RULES)
def test_complement_has_everyone_else(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(~expression, AS_OF) == "".join(one for one in "abcde" if one not in expected)


def test_nothing_after_as_of_is_seen(world):
    assert world.ids(did("view"), date(2024, 2, 27)) == "b"
    assert world.ids(did("view"), date(2024, 2, 26)) == ""


def test_a_quotient_is_the_double_python_divides(world):
    assert world.ids(aum / 3 == case((vip, 100), otherwise=1) / 3, AS_OF) == "a"
