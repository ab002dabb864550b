"""How often customers did something, and values over what they did: every operator once, with its people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from journeykit.expressions import as_of, column, date_part, days, days_between, did, tag

AS_OF = date(2024, 3, 1)  # the day after a leap day
EVERYONE = "abcde"


@pytest.fixture(scope="module", autouse=True)
def _people(world, rows):
    person, happened = rows

    def view(who, *at, **columns):
        return happened("event", who, datetime(*at), **{"action": "view", "channel": "app", **columns})

    def paid(who, amount, *at, kind="purchase"):
        return happened("txn", who, datetime(*at), amount=amount and Decimal(amount), kind=kind)

    world.fill(
        [person(one, aum=Decimal(n)) for n, one in enumerate(EVERYONE)],
        entry={"a": date(2024, 2, 29), "b": date(2024, 2, 27), "c": date(2024, 3, 1), "d": date(2023, 1, 1)},
        event=[
            view("a", 2024, 2, 29, object="wealth", product_id="W1"),
            view("a", 2024, 3, 1, 23, 59, 59, 999999, object="wealth", channel="web"),
            view("a", 2024, 3, 2, object="wealth"),
            view("b", 2024, 2, 27, 23, 59, 59, 999999, object="wealth"),
            view("b", 2024, 2, 28, object="loan"),
            view("c", 2024, 3, 1, action="login", object=None),
            view(None, 2024, 3, 1, object="wealth"),
            view("nobody", 2024, 3, 1, object="wealth"),
        ],
        txn=[
            paid("a", "0.10", 2024, 2, 28),
            paid("a", "0.20", 2024, 2, 29, 12),
            paid("a", None, 2024, 2, 29, 13),
            paid("b", "5000.00", 2024, 1, 31, 23, 59, 59),
            paid("b", "-1.00", 2024, 2, 1, kind="fee"),
            paid("c", None, 2024, 2, 29),
            paid("d", "99.99", 2024, 3, 2),
        ],
        contact=[
            happened("contact", "a", date(2024, 2, 29), channel="sms"),
            happened("contact", "a", date(2024, 3, 1), channel="sms"),
            happened("contact", "d", date(2023, 3, 1), channel="counter"),
        ],
        risk_assessment=[
            happened("risk_assessment", "b", date(2023, 12, 31), level=5),
            happened("risk_assessment", "b", date(2024, 2, 29), level=2),
            happened("risk_assessment", "c", date(2024, 2, 29), level=3),
        ],
    )


purchase = did("txn", kind="purchase")
RULES = {
    "did, in all history up to as_of": (did("view"), "ab"),
    "did something else": (did("login"), "c"),
    "did anything of a subject": (did("event"), "abc"),
    "did in another subject": (did("contact"), "ad"),
    "did, filtered": (did("view", object="wealth", channel="web"), "a"),
    "did one of several": (did("view", object=["loan", "card"]), "b"),
    "did, where a missing value is not equal": (did("event", column("object") != "wealth"), "b"),
    "did, where it is missing": (did("event", column("object").is_missing()), "c"),
    "did, where not": (did("event", ~(column("object") == "wealth")), "bc"),
    "did, where either": (did("event", (column("object") == "loan") | (column("product_id") == "W1")), "ab"),
    "did, filtered by a number": (did("txn", column("amount") >= 5000), "b"),
    "did, filtered by a sum with a part": (did("txn", column("amount") + 0.2 == 0.3), "a"),
    "did, filtered by a time": (did("view", date_part("hour", column("occurred_at")) == 23), "ab"),
    "did, filtered by days": (did("view", days_between(column("occurred_at"), as_of()) == 2), "b"),
    "did, filtered by text": (did("event", column("object").starts_with("lo")), "b"),
    "did not": (~did("view"), "cde"),
    "did twice, the day after as_of unseen": (did("view").at_least(2), "ab"),
    "did three times": (did("view").at_least(3), ""),
    "at least never": (did("view").at_least(0), EVERYONE),
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
    "within days of a subject with days": (did("contact").within(days=1), "a"),
    "within a leap year": (did("contact").within(days=366), "a"),
    "within a day more": (did("contact").within(days=367), "ad"),
    "in each of two days": (did("view").in_each(days=1).within(days=2), "a"),
    "in each of four days": (did("view").in_each(days=1).within(days=4), ""),
    "in each of two periods": (did("event").in_each(days=2).within(days=4), ""),
    "in one long period": (did("event").in_each(days=4).within(days=4), "abc"),
    "twice in each": (did("view").at_least(2).in_each(days=2).within(days=2), "a"),
    "at most once in each": (did("view").at_most(1).in_each(days=2).within(days=4), "cde"),
    "at most once in each day": (did("view").at_most(1).in_each(days=1).within(days=4), EVERYONE),
    "exactly once in each": (did("view").exactly(1).in_each(days=1).within(days=2), "a"),
    "never in each": (did("view").exactly(0).in_each(days=1).within(days=2), "bcde"),
    "since the day after entry": (did("view").since_entry(), "ab"),
    "since entry, often": (did("view").at_least(2).since_entry(), ""),
    "since entry, never; whoever never entered neither": (did("event").at_most(0).since_entry(), "cde"),
    "since entry in a subject with days": (did("contact").since_entry(), "ad"),
    "since entry, nothing from before it": (did("txn").since_entry(), ""),
    "since entry, exactly": (did("contact").exactly(1).since_entry(), "ad"),
    "count": (did("view").count() == 2, "ab"),
    "count of none is 0": (did("view").count() == 0, "cde"),
    "count in a window": (did("view").within(days=2).count() > did("contact").within(days=1).count(), "a"),
    "count is a whole number": (did("view").count() / 4 == 0.5, "ab"),
    "count since entry": (did("view").since_entry().count() == 1, "ab"),
    "sum is exact, missing values aside": (purchase.sum("amount") == 0.3, "a"),
    "sum of none is 0": (purchase.sum("amount") == 0, "cde"),
    "sum of negative parts": (did("txn").sum("amount") == 4999, "b"),
    "sum in a window that begins at midnight": (did("txn").within(days=30).sum("amount") == -1, "b"),
    "sum in a window of a day more": (did("txn").within(days=31).sum("amount") == 4999, "b"),
    "sum of whole numbers": (did("risk_assessment").sum("level") == 7, "b"),
    "mean": (did("txn").mean("amount") == 2499.5, "b"),
    "mean in double precision": (did("txn").mean("amount") == (tag("aum") + 0.3) / 2, "a"),
    "mean of whole numbers": (did("risk_assessment").mean("level") == 3.5, "b"),
    "mean of none is missing": (did("txn").mean("amount").is_missing(), "cde"),
    "mean of none, filled": (did("txn").mean("amount").fill(7) == 7, "cde"),
    "a product of sums is exact": (purchase.sum("amount") * purchase.max("amount") == 0.06, "a"),
    "a product with a mean is in double precision": (did("txn").mean("amount") * 2 == 4999, "b"),
    "least": (did("txn").min("amount") == -1, "b"),
    "least of none is missing": (did("txn").min("amount").is_missing(), "cde"),
    "most": (did("txn").max("amount") == 0.2, "a"),
    "most of whole numbers": (did("risk_assessment").max("level") == 5, "b"),
    "first time": (did("view").first_time() == datetime(2024, 2, 29), "a"),
    "first time in a window": (did("view").within(days=1).first_time() > datetime(2024, 3, 1), "a"),
    "last time, the day after as_of unseen": (did("view").last_time() < datetime(2024, 3, 1), "b"),
    "last time is missing": (did("view").last_time().is_missing(), "cde"),
    "last time of a subject with days": (did("contact").last_time() == as_of(), "a"),
    "first time of a subject with days": (did("contact").first_time() + days(366) == as_of(), "d"),
    "days since": (days_between(did("event").last_time(), as_of()) == 0, "ac"),
    "measures beside a tag": (did("event").count() > tag("aum"), "ab"),
    "two measures calculate": (did("txn").sum("amount") / did("txn").count() == 2499.5, "b"),
    "a measure twice, and then another": (
        did("txn").count() + did("txn").count() + did("event").count() == 8, "a"),
    "behaviours together": (did("view") & ~did("contact") | did("login"), "bc"),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(expression, AS_OF) == expected


@pytest.mark.parametrize("rule", RULES)
def test_complement_has_everyone_else(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(~expression, AS_OF) == "".join(one for one in EVERYONE if one not in expected)


def test_nothing_after_as_of_is_seen(world):
    assert world.ids(did("view"), date(2024, 2, 27)) == "b"
    assert world.ids(did("view"), date(2024, 2, 26)) == ""
    assert world.ids(did("view").since_entry(), date(2024, 2, 28)) == "b"
