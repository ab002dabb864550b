"""Each aggregate function and each edge, on rows small enough to add up by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from journeykit.contract import Type
from journeykit.expressions import as_of, case, column, days_between, tag
from journeykit.tags import Aggregate, Attribute, Formula, Tag

AS_OF = date(2026, 5, 29)


def aggregate(name, function, type_="integer", subject="txn", **rest):
    return Tag(
        name=name, title=name, type=type_, compute=Aggregate(subject=subject, function=function, **rest)
    )


def formula(name, type_, expression, **rest):
    return Tag(name=name, title=name, type=type_, compute=Formula(expression=expression), **rest)


def txn(number, when, amount="1.00", customer="C1", direction="in", **rest):
    return {
        "txn_id": f"T{number}",
        "customer_id": customer,
        "occurred_at": datetime.fromisoformat(when),
        "direction": direction,
        "amount": Decimal(amount),
        **rest,
    }


def customers(*ids, **columns):
    return [{"customer_id": one, "kind": "personal", "since": date(2020, 1, 1), **columns} for one in ids]


@pytest.fixture
def of_c1(built, tmp_path):
    """Build tags over rows and return those of C1; C2 never has any."""

    def build(rows, *tags):
        return built(tmp_path, {"customer": customers("C1", "C2"), **rows}, tags)["C1"]

    return build


def test_a_window_of_seven_days_begins_at_midnight_six_days_before_and_ends_with_as_of(of_c1):
    rows = [
        txn(1, "2026-05-22 23:59:59.999999"),
        txn(2, "2026-05-23 00:00:00", "10"),
        txn(3, "2026-05-29 23:59:59.999999", "100"),
        txn(4, "2026-05-30 00:00:00", "1000"),
    ]
    got = of_c1(
        {"txn": rows},
        aggregate("week", "sum", "decimal", of=column("amount"), within_days=7),
        aggregate("day", "sum", "decimal", of=column("amount"), within_days=1),
        aggregate("ever", "sum", "decimal", of=column("amount")),
    )
    assert (got["week"], got["day"], got["ever"]) == (Decimal("110.00"), Decimal("100.00"), Decimal("111.00"))


def test_a_window_over_days_works_as_one_over_times(of_c1):
    rows = [
        {"contact_id": f"K{i}", "customer_id": "C1", "channel": "sms", "contacted_on": date(2026, 5, i)}
        for i in (22, 23, 29, 30)
    ]
    assert of_c1({"contact": rows}, aggregate("week", "count", subject="contact", within_days=7))["week"] == 2


def test_a_window_reaches_over_month_files_and_is_cut_alone_in_the_first(of_c1):
    rows = [txn(1, "2026-04-29 12:00"), txn(2, "2026-04-30 00:00"), txn(3, "2026-05-01 00:00")]
    assert of_c1({"txn": rows}, aggregate("month", "count", within_days=30))["month"] == 2


def test_every_function_over_no_rows(built, tmp_path):
    money = column("amount")
    rows = {"customer": customers("C1", "C2"), "txn": [txn(1, "2026-05-01 10:00")]}
    tags = [
        aggregate("count", "count"),
        aggregate("distinct", "distinct", of=column("kind")),
        aggregate("sum", "sum", "decimal", of=money),
        aggregate("exists", "exists", "boolean"),
        aggregate("days", "days_since"),
        *(aggregate(name, name, "decimal", of=money) for name in ("mean", "min", "max", "first", "last")),
    ]
    assert built(tmp_path, rows, tags)["C2"] == {
        "customer_id": "C2",
        "count": 0,
        "distinct": 0,
        "sum": Decimal("0.00"),
        "exists": False,
        "days": None,
        "mean": None,
        "min": None,
        "max": None,
        "first": None,
        "last": None,
    }


def test_a_filter_that_no_row_meets_is_the_same_as_no_rows(of_c1):
    money, never = column("amount"), column("direction") == "out"
    got = of_c1(
        {"txn": [txn(1, "2026-05-01 10:00")]},
        aggregate("all", "count"),
        aggregate("count", "count", where=never),
        aggregate("sum", "sum", "decimal", of=money, where=never),
        aggregate("exists", "exists", "boolean", where=never),
        aggregate("mean", "mean", "decimal", of=money, where=never),
    )
    assert got == {"customer_id": "C1", "all": 1, "count": 0, "sum": 0, "exists": False, "mean": None}


def test_first_and_last_go_by_time_then_key_and_pass_over_missing_values(of_c1):
    rows = [
        txn(3, "2026-05-02 10:00", channel="web"),
        txn(1, "2026-05-02 10:00", channel="app"),
        txn(2, "2026-05-03 09:00", channel="pos"),
        txn(5, "2026-05-03 09:00", channel="atm"),
        txn(9, "2026-05-04 09:00", channel=None),
    ]
    got = of_c1(
        {"txn": rows},
        aggregate("first", "first", "text", of=column("channel")),
        aggregate("last", "last", "text", of=column("channel")),
        aggregate("last_early", "last", "text", of=column("channel"), where=column("txn_id") < "T4"),
    )
    assert (got["first"], got["last"], got["last_early"]) == ("app", "atm", "pos")


def test_the_last_balance_of_each_account_is_added_up(of_c1):
    def balance(account, day, amount):
        return {
            "customer_id": "C1",
            "holding_id": account,
            "line": "deposit",
            "balance_on": date(2026, 5, day),
            "amount": Decimal(amount),
        }

    rows = [balance("A", 1, 5), balance("A", 28, 7), balance("B", 3, 100), balance("B", 2, 900)]
    last = aggregate("now", "last", "decimal", subject="balance", of=column("amount"), each="holding_id")
    assert of_c1({"balance": rows}, last)["now"] == Decimal("107.00")


@pytest.mark.parametrize(
    ("amounts", "mean"),
    [
        (["1.00", "1.01"], "1.01"),  # 1.005 is a half, though in double precision it is less
        (["0.01", "0.02"], "0.02"),
        (["1.00", "1.00", "1.01"], "1.00"),
        (["-1.00", "-1.01"], "-1.01"),
        (["9999999999999.99", "9999999999999.98"], "9999999999999.99"),
    ],
)
def test_a_mean_is_rounded_half_up_exactly(of_c1, amounts, mean):
    rows = [txn(i, "2026-05-01 10:00", amount) for i, amount in enumerate(amounts)]
    got = of_c1({"txn": rows}, aggregate("mean", "mean", "decimal", of=column("amount")))
    assert got["mean"] == Decimal(mean)


def test_a_mean_of_whole_numbers_is_a_rate(of_c1):
    rows = [
        {"customer_id": "C1", "assessed_on": date(2026, 5, day), "level": level}
        for day, level in ((1, 1), (2, 1), (3, 3))
    ]
    got = of_c1(
        {"risk_assessment": rows}, aggregate("mean", "mean", "rate", "risk_assessment", of=column("level"))
    )
    assert got["mean"] == Decimal("1.666667")


def test_days_since_counts_days_not_hours(of_c1):
    got = of_c1(
        {"txn": [txn(1, "2026-05-28 23:59"), txn(2, "2026-05-20 00:00")]},
        aggregate("since", "days_since"),
        aggregate("recorded", "days_since", of=column("recorded_at")),
    )
    assert (got["since"], got["recorded"]) == (1, None)


def holding(number, opened, closed=None, role="owner", amount="10.00", customer="C1"):  # noqa: PLR0917
    return {
        "holding_id": f"H{number}",
        "customer_id": customer,
        "role": role,
        "line": "deposit",
        "opened_on": opened,
        "closed_on": closed,
        "amount": Decimal(amount),
    }


def test_a_holding_counts_for_its_owner_while_it_is_open(built, tmp_path, library):
    day = timedelta(days=1)
    rows = [
        holding(1, AS_OF, amount="1"),  # opened on the day: counts
        holding(2, AS_OF + day, amount="2"),  # not opened yet
        holding(3, AS_OF - day, AS_OF, amount="4"),  # closed on the day: no longer
        holding(4, AS_OF - day, AS_OF + day, amount="8"),  # its end is not known yet
        holding(5, AS_OF - day, role="other", amount="16"),  # a joint holder's view of it
        holding(5, AS_OF - day, amount="16", customer="C2"),  # the owner's
    ]
    got = built(tmp_path, {"customer": customers("C1", "C2"), "holding": rows}, library("deposit_balance"))
    assert got["C1"]["deposit_balance"] == Decimal("9.00")
    assert got["C2"]["deposit_balance"] == Decimal("16.00")


def test_a_tie_still_holds_on_its_last_day(of_c1, library):
    def tie(other, ends):
        return {
            "customer_id": "C1",
            "other_id": other,
            "kind": "household",
            "valid_from": date(2020, 1, 1),
            "valid_to": ends,
        }

    day = timedelta(days=1)
    rows = [tie("C2", AS_OF), tie("C3", AS_OF - day), tie("C4", AS_OF + day), tie("C5", None)]
    assert of_c1({"tie": rows}, *library("household_size", "household_others"))["household_size"] == 4


def test_values_of_managers_and_branches_reach_their_customers(built, tmp_path):
    people = [
        *customers("C1", "C2", manager_id="M1", branch_id="B1"),
        *customers("C3", manager_id="M2"),
        *customers("C4"),
    ]
    targets = [
        {"manager_id": "M1", "measure": m, "valid_from": date(2026, 1, 1), "amount": Decimal(5)} for m in "ab"
    ]
    tags = [
        aggregate("load", "count", subject="customer", by="manager_id"),
        aggregate("targets", "sum", "decimal", subject="target", of=column("amount")),
        Tag(
            name="place",
            title="Place",
            type="text",
            compute=Attribute(subject="branch", column="region_kind"),
        ),
    ]
    got = built(
        tmp_path,
        {"customer": people, "target": targets, "branch": [{"branch_id": "B1", "region_kind": "village"}]},
        tags,
    )
    assert {one: (row["load"], row["targets"], row["place"]) for one, row in got.items()} == {
        "C1": (2, 10, "village"),
        "C2": (2, 10, "village"),
        "C3": (1, 0, None),
        "C4": (0, 0, None),
    }


def test_rows_of_nobody_and_of_strangers_change_nothing(of_c1):
    rows = [
        txn(1, "2026-05-01 10:00"),
        txn(2, "2026-05-01 10:00", customer="C9"),
        txn(3, "2026-05-01 10:00", customer=None),
    ]
    assert of_c1({"txn": rows}, aggregate("count", "count"))["count"] == 1


def test_years_are_full_on_the_birthday(built, tmp_path):
    born = {"C1": date(1990, 5, 29), "C2": date(1990, 5, 30), "C3": date(2000, 2, 29), "C4": None}
    people = [row for one, day in born.items() for row in customers(one, birth_date=day)]
    age = Tag(
        name="age",
        title="Age",
        type=Type.INTEGER,
        compute=Attribute(column="birth_date", function="years_since"),
    )
    got = built(tmp_path, {"customer": people}, [age])
    assert [row["age"] for row in got.values()] == [36, 35, 26, None]


def test_formulas_are_computed_in_stages_rounded_and_guarded(of_c1):
    two = aggregate("two", "count")
    got = of_c1(
        {"txn": [txn(1, "2026-05-01 10:00", "0.01"), txn(2, "2026-05-02 10:00", "0.02")]},
        formula("share", "rate", tag("sum") / tag("three")),
        formula("three", "integer", tag("two") + 1),
        two,
        aggregate("sum", "sum", "decimal", of=column("amount")),
        formula("by_zero", "rate", tag("sum") / (tag("two") - 2)),
        formula("half", "integer", tag("three") / 2),
        formula("huge", "rate", tag("three") * 10**17 / 1),
        formula("missing", "integer", case((tag("two") > 5, 1))),
        formula("known", "boolean", tag("missing") > 0),
        formula("days", "integer", days_between(as_of(), as_of())),
    )
    assert got["share"] == Decimal("0.010000")
    assert (got["three"], got["half"], got["by_zero"], got["huge"]) == (3, 2, None, None)
    assert (got["missing"], got["known"], got["days"]) == (None, False, 0)


@pytest.mark.parametrize(("days", "seen"), [(1, 1), (61, 2), (62, 3), (63, 4), (64, 4)])
def test_different_days_are_counted_alike_in_short_and_long_windows(of_c1, days, seen):
    moments = ("2026-05-29 00:00:00", "2026-05-29 23:59:59", "2026-05-01 12:00:00", "2026-03-29 00:00:00",
               "2026-03-28 23:59:59")  # fmt: skip
    rows = [txn(number, when) for number, when in enumerate(moments)]
    of_days = days_between(column("occurred_at"), as_of()).node
    got = of_c1({"txn": rows}, aggregate("days", "distinct", of=of_days, within_days=days))
    assert got["days"] == seen


def test_a_quotient_on_a_half_is_rounded_up_although_its_double_lies_below(of_c1):
    tags = [
        aggregate("total", "sum", "decimal", of=column("amount")),
        aggregate("times", "count"),
        formula("each", "decimal", tag("total") / tag("times")),
        formula("filled", "decimal", (tag("total") / tag("times")).fill(0)),
        formula("chosen", "decimal", case((tag("times") > 1, tag("total") / tag("times")), otherwise=0)),
        formula("more", "decimal", tag("total") / tag("times") * 1 + 0),
        formula("third", "rate", tag("times") / 3),
        formula("nothing", "rate", tag("times") / (tag("times") - 2)),
    ]
    got = of_c1({"txn": [txn(1, "2026-05-29", "2304.00"), txn(2, "2026-05-29", "0.49")]}, *tags)
    assert [got[name] for name in ("each", "filled", "chosen", "more")] == [Decimal("1152.25")] * 4
    assert (got["third"], got["nothing"]) == (Decimal("0.666667"), None)
