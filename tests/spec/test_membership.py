"""The past, lists, random shares and the first so many: who is meant by who they are (design D9)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from journeykit.expressions import Expression, InList, did, sample, tag, top

AS_OF = date(2024, 3, 1)
EVERYONE = "abcdef"
aum, paid, logins, city, vip = (tag(name) for name in ("aum", "paid", "logins", "city", "vip"))


def listed(name):
    return Expression(InList(name=name, digest="0" * 64))


@pytest.fixture(scope="module", autouse=True)
def _people(world, rows):
    person, happened = rows
    world.fill(
        [
            person("a", aum=Decimal("100"), logins=2, city="x"),
            person("b", aum=Decimal("-100"), logins=2, vip=True),
            person("c", aum=Decimal("0"), logins=2),
            person("d", paid=Decimal("7"), logins=1),
            person("e", aum=Decimal("100"), logins=5, vip=True),
            person("f"),
        ],
        past={
            30: [
                person("a", aum=Decimal("200"), paid=Decimal("0.30"), city="y", vip=True),
                person("b", aum=Decimal("-100"), vip=False),
                person("d"),
                person("gone", aum=Decimal("1")),
            ],
            1: [person("c", aum=Decimal("0"))],
        },
        lists={"some": {"a", "f", "unknown"}, "nobody": set()},
        event=[happened("event", "c", datetime(2024, 2, 1), action="view")],
    )


RULES = {
    "less than in the past": (aum < 0.8 * aum.ago(days=30), "ab"),
    "as in the past": (aum == aum.ago(days=30), "b"),
    "another value than in the past": (city != city.ago(days=30), "a"),
    "a past product is exact": (paid.ago(days=30) * paid.ago(days=30) == 0.09, "a"),
    "the past of another day": (aum.ago(days=1) == 0, "c"),
    "missing in the past, or not there": (aum.ago(days=30).is_missing(), "cdef"),
    "a past condition": (vip.ago(days=30), "a"),
    "whoever was not there is missing": (vip.ago(days=30).is_missing(), "cef"),
    "no longer": (vip.ago(days=30) & ~vip, "a"),
    "on a list": (listed("some"), "af"),
    "on an empty list": (listed("nobody"), ""),
    "on a list and more": (listed("some") & (aum > 0), "a"),
    "a share of none": (sample(0, salt="pilot"), ""),
    "a share of all": (sample(1, salt="pilot"), EVERYONE),
    # By md5sum, "pilot:a" to "pilot:f" begin with 69e0955a 09067768 9f8a2e46 62f075ff 3bcf9521 dae9cbe5.
    "a share of a quarter": (sample(0.25, salt="pilot"), "be"),
    "a share of a half": (sample(0.5, salt="pilot"), "abde"),
    "a share just below someone's number": (sample(0.0352, salt="pilot"), ""),
    "a share just above it": (sample(0.0353, salt="pilot"), "b"),
    "the highest": (top(1, by=aum), "a"),
    "the highest, of equals the lower id": (top(2, by=aum), "ae"),
    "the lowest": (top(1, by=aum, lowest=True), "b"),
    "the lowest, of equals the lower id": (top(3, by=logins, lowest=True), "abd"),
    "more than have a value": (top(100, by=aum), "abce"),
    "who has no value never is": (~top(100, by=aum), "df"),
    "the highest among some": (top(1, by=aum, among=vip), "e"),
    "the highest among none": (top(3, by=aum, among=aum > 1000), ""),
    "the highest of a calculation": (top(1, by=aum + logins), "e"),
    "the highest of a quotient": (top(2, by=aum / logins), "ae"),
    "the highest, filled": (top(5, by=aum.fill(50)), "acdef"),
    "the highest of a count": (top(1, by=did("view").count(), among=aum < 100), "c"),
    "the first of those on a list": (top(1, by=logins, among=listed("some")), "a"),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(expression, AS_OF) == expected


@pytest.mark.parametrize("rule", RULES)
def test_complement_has_everyone_else(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(~expression, AS_OF) == "".join(one for one in EVERYONE if one not in expected)
