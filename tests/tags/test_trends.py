"""Shares, modes, daily means, slopes and volatility against Python's own statistics, and edges by hand."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from journeykit.errors import DefinitionError
from journeykit.expressions import column, date_part
from journeykit.tags import Aggregate, Tag

AS_OF = date(2026, 5, 29)
PEOPLE = [f"C{i}" for i in range(12)]


def aggregate(name, function, type_, subject="txn", **rest):
    compute = Aggregate(subject=subject, function=function, **rest)
    return Tag(name=name, title=name, type=type_, compute=compute)


def half_up(value, places):
    value = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    return None if value is None else Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def slope(values):
    """The textbook's covariance over variance, without rounding."""
    times = [Fraction(2 * place - len(values) + 1, 2) for place in range(len(values))]
    mean = Fraction(sum(values)) / len(values)
    return sum(t * (Fraction(y) - mean) for t, y in zip(times, values, strict=True)) / sum(
        t * t for t in times
    )


def ago(moment):
    return (AS_OF - (moment.date() if isinstance(moment, datetime) else moment)).days


def customers():
    return [{"customer_id": one, "kind": "personal", "since": date(2020, 1, 1)} for one in [*PEOPLE, "none"]]


def money(draw, low=-500_000):
    return Decimal(draw.randint(low, 500_000)) / 100


@pytest.fixture(scope="module")
def txns():
    draw = random.Random(11)
    clocks = [time(0), time(8, 59, 59), time(9), time(23, 59, 59)]
    return [
        {
            "txn_id": f"T{i:04d}", "customer_id": draw.choice(PEOPLE[:-2]),
            "direction": draw.choice(["in", "out"]),
            "occurred_at": datetime.combine(AS_OF - timedelta(draw.randint(-3, 110)), draw.choice(clocks)),
            "amount": money(draw, 1), "channel": draw.choice(["app", "atm", "counter", None]),
        }
        for i in range(400)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def built_txns(built, tmp_path_factory, txns):
    inflow = {"of": column("amount"), "where": column("direction") == "in"}
    tags = [
        aggregate("mean", "mean", "decimal", of=column("amount"), within_days=30),
        aggregate("app_share", "share", "rate", of=column("channel") == "app", within_days=60),
        aggregate("channel", "mode", "text", of=column("channel"), within_days=90),
        aggregate("hour", "mode", "integer", of=date_part("hour", column("occurred_at"))),
        aggregate("trend", "slope", "decimal", **inflow, within_days=90, per_days=30),
        aggregate("count_trend", "slope", "rate", within_days=100, per_days=20),
        aggregate("spread", "volatility", "decimal", **inflow, within_days=90, per_days=30),
        aggregate("count_spread", "volatility", "rate", within_days=100, per_days=20),
    ]
    return built(tmp_path_factory.mktemp("txns"), {"customer": customers(), "txn": txns}, tags)


@pytest.mark.parametrize("one", [*PEOPLE, "none"])
def test_what_moves_over_time_agrees_with_the_statistics_module(built_txns, txns, one):
    rows = [row for row in txns if row["customer_id"] == one and ago(row["occurred_at"]) >= 0]

    def within(days, **equal):
        return [row for row in rows if ago(row["occurred_at"]) < days and equal.items() <= row.items()]

    def most_frequent(values):
        counts = Counter(value for value in values if value is not None)
        return min(counts, key=lambda value: (-counts[value], value)) if counts else None

    def per_period(days, length, **equal):
        """The sum, and the count, of each period, the oldest first; None without any row."""
        periods = [(Decimal(0), 0)] * (days // length)
        for row in within(days, **equal):
            place = len(periods) - 1 - ago(row["occurred_at"]) // length
            periods[place] = (periods[place][0] + row["amount"], periods[place][1] + 1)
        return periods if within(days, **equal) else None

    sums, counts = per_period(90, 30, direction="in"), per_period(100, 20)
    month, app = within(30), within(60)
    expected = {
        "mean": half_up(sum(row["amount"] for row in month) / len(month), 2) if month else None,
        "app_share": half_up(Decimal(sum(row["channel"] == "app" for row in app)) / len(app), 6)
        if app
        else None,
        "channel": most_frequent(row["channel"] for row in within(90)),
        "hour": most_frequent(row["occurred_at"].hour for row in rows),
        "trend": sums and half_up(slope([total for total, _ in sums]), 2),
        "spread": sums and half_up(statistics.pstdev([total for total, _ in sums]), 2),
        "count_trend": counts and half_up(slope([number for _, number in counts]), 6),
        "count_spread": counts and half_up(statistics.pstdev([number for _, number in counts]), 6),
    }
    assert {name: built_txns[one][name] for name in expected} == expected


def test_most_values_of_the_random_bank_say_something(built_txns):
    for name in ("app_share", "channel", "hour", "trend", "spread", "count_trend", "count_spread"):
        assert len({row[name] for row in built_txns.values()} - {None}) >= 2


@pytest.fixture(scope="module")
def balances():
    draw = random.Random(12)
    found = {}
    for one in PEOPLE[:-1]:
        for account in range(draw.randint(1, 3)):
            for _ in range(draw.randint(1, 9)):
                day = AS_OF - timedelta(days=draw.randint(-2, 170))
                holding = f"H{one}{account}"
                found[holding, day] = {
                    "holding_id": holding, "customer_id": one, "line": draw.choice(["deposit", "wealth"]),
                    "balance_on": day, "amount": money(draw),
                }  # fmt: skip
    return list(found.values())


def test_balances_carried_forward_agree_with_a_walk_over_the_days(built, tmp_path, balances):
    of = {"subject": "balance", "of": column("amount"), "each": "holding_id", "carry_days": 45}
    tags = [
        aggregate("week", "daily_mean", "decimal", within_days=7, **of),
        aggregate(
            "deposits", "daily_mean", "decimal", within_days=90, where=column("line") == "deposit", **of
        ),
        aggregate("trend", "slope", "decimal", within_days=120, per_days=30, **of),
        aggregate("spread", "volatility", "decimal", within_days=120, per_days=30, **of),
    ]
    got = built(tmp_path, {"customer": customers(), "balance": balances}, tags)

    def held(one, back, line=None):
        """What a customer's accounts hold on a day: of each the last balance of the 45 days up to it."""
        latest = {}
        for row in sorted(balances, key=lambda row: row["balance_on"]):
            if row["customer_id"] == one and back <= ago(row["balance_on"]) < back + 45:
                latest[row["holding_id"]] = row
        return [row["amount"] for row in latest.values() if line in (None, row["line"])]

    def mean(one, first, days, line=None):
        each = [held(one, back, line) for back in range(first, first + days)]
        return sum(map(sum, each)) / Decimal(days) if any(each) else None

    for one in [*PEOPLE, "none"]:
        months = [mean(one, first, 30) for first in (90, 60, 30, 0)]
        known = [value or Decimal(0) for value in months] if any(m is not None for m in months) else None
        expected = {
            "week": half_up(mean(one, 0, 7), 2),
            "deposits": half_up(mean(one, 0, 90, "deposit"), 2),
            "trend": known and half_up(slope(known), 2),
            "spread": known and half_up(statistics.pstdev(known), 2),
        }
        assert {name: got[one][name] for name in expected} == expected


def balance(day, amount, account="H1"):
    return {
        "holding_id": account, "customer_id": "C0", "line": "deposit", "balance_on": date.fromisoformat(day),
        "amount": Decimal(amount),
    }  # fmt: skip


def test_a_balance_holds_until_the_next_one_and_no_longer_than_it_is_carried(built, tmp_path):
    rows = [
        balance("2026-05-20", "100"),  # nine days of the ten, but for the days of the second
        balance("2026-05-25", "40"),  # five
        balance("2026-05-17", "1000", "H2"),  # carried for five days, so on the 20th and 21st
        balance("2026-05-14", "7777", "H3"),  # carried until the 18th, before the window
    ]
    of = {"subject": "balance", "of": column("amount"), "each": "holding_id", "carry_days": 5}
    tags = [aggregate(f"over_{days}", "daily_mean", "decimal", within_days=days, **of) for days in (10, 1)]
    got = built(tmp_path, {"customer": customers(), "balance": rows}, tags)["C0"]
    # (5 * 100 + 5 * 40 + 2 * 1000) / 10; on the last day there is only the 40.
    assert (got["over_10"], got["over_1"]) == (Decimal("270.00"), Decimal("40.00"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"function": "slope", "of": column("amount")}, "Give within_days and per_days"),
        ({"function": "slope", "within_days": 90, "per_days": 45}, "3 to 60 whole periods of 45"),
        ({"function": "volatility", "within_days": 61, "per_days": 1}, "3 to 60 whole periods"),
        ({"function": "volatility", "within_days": 100, "per_days": 30}, "whole periods of 30"),
        ({"function": "sum", "of": column("amount"), "per_days": 30, "within_days": 90}, "`per_days` is for"),
        ({"function": "share", "of": column("amount"), "within_days": 9}, "share of decimal. Give a"),
        ({"function": "daily_mean", "of": column("amount"), "within_days": 9}, "rows of txn are not of days"),
        ({"function": "sum", "of": column("amount"), "carry_days": 4}, "`carry_days` is for"),
        ({"function": "slope", "of": column("kind"), "within_days": 90, "per_days": 30}, "slope of text"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(wrong, said):
    with pytest.raises(DefinitionError, match=said):
        Tag(name="wrong", title="wrong", type="decimal", compute=Aggregate(subject="txn", **wrong))
