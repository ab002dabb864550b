"""What an analyst may write, or a bank may deliver, without stopping the night's build in obscure ways."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from journeykit.errors import DataError
from journeykit.expressions import column, tag
from journeykit.tags import Aggregate, Attribute, Catalogue, Formula, Tag, build_tags, read_tags
from journeykit.tags.gate import Limits

AS_OF = date(2026, 5, 29)
INCOME = Tag(name="income", title="Income", type="decimal", compute=Attribute(column="annual_income"))


def formula(name, type_, expression):
    return Tag(name=name, title=name, type=type_, compute=Formula(expression=expression))


def people(*incomes):
    return [
        {"customer_id": f"C{i}", "kind": "personal", "since": date(2020, 1, 1), "annual_income": Decimal(one)}
        for i, one in enumerate(incomes)
    ]


def txn(number, amount):
    return {
        "txn_id": f"T{number}", "customer_id": "C0", "occurred_at": datetime(2026, 5, 29), "direction": "in",
        "amount": Decimal(amount),
    }  # fmt: skip


def test_a_product_is_exact_and_missing_only_where_no_engine_could_keep_it(built, tmp_path):
    tags = [
        INCOME,
        formula("squared", "decimal", tag("income") * tag("income")),
        formula("relative", "rate", tag("income") * tag("income") / (tag("income") * 1000)),
        formula("fourth", "decimal", tag("income") * tag("income") * tag("income") * tag("income")),
        formula("precise", "rate", tag("income") * 0.000001),
    ]
    got = built(tmp_path, {"customer": people("15128266.18", "9999999999999999.99", "-0.03")}, tags)
    assert got["C0"]["squared"] == Decimal("228864437612931.79")  # 15128266.18 squared, to a cent
    assert got["C0"]["relative"] == Decimal("15128.266180")
    assert [got["C1"][name] for name in ("squared", "relative", "fourth")] == [None, None, None]
    assert (got["C2"]["squared"], got["C2"]["precise"]) == (Decimal("0.00"), Decimal("0.000000"))


def test_a_sum_that_no_money_has_fails_with_its_tag_and_without_its_value(land, tmp_path):
    store = land(
        tmp_path, {"customer": people("1"), "txn": [txn(n, "9999999999999999.99") for n in range(3)]}
    )
    total = Tag(
        name="total", title="Total", type="decimal",
        compute=Aggregate(subject="txn", function="sum", of=column("amount"), within_days=30),
    )  # fmt: skip
    for compute in (
        lambda: build_tags(store, Catalogue([total]), AS_OF, memory_limit="500MB", threads=1),
        lambda: read_tags(store, Catalogue([total]), store.load(AS_OF), ["total"]),
    ):
        with pytest.raises(DataError, match=r"at txn by customer_id: a value does not fit.*total") as told:
            compute()
        assert "9999" not in str(told.value)
        assert told.value.__cause__ is None


def test_no_tag_can_be_mistaken_for_a_column_of_ours(built, tmp_path):
    names = ("owner_id", "owner", "each_id", "value", "times", "score", "at", "c0", "spread__0", "spread__n")
    count = Aggregate(subject="txn", function="count", within_days=30)
    tags = [Tag(name=name, title=name, type="integer", compute=count) for name in names]
    spread = Aggregate(subject="txn", function="volatility", within_days=90, per_days=30)
    tags.append(Tag(name="spread", title="Spread", type="rate", compute=spread))
    got = built(tmp_path, {"customer": people("1"), "txn": [txn(n, "1.00") for n in range(3)]}, tags)
    assert {got["C0"][name] for name in names} == {3}
    assert got["C0"]["spread"] == Decimal("1.414214")


@pytest.mark.parametrize("damage", [b"", b"garbage", None], ids=["empty", "garbage", "gone"])
def test_a_damaged_snapshot_of_the_day_before_does_not_stop_todays_build(land, bank, tmp_path, damage):
    store = land(tmp_path, bank)
    tags = Catalogue([INCOME])
    first = build_tags(store, tags, AS_OF, memory_limit="500MB", threads=1)
    path = store.snapshot_path(AS_OF, first.build_id)
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    land(tmp_path, bank, as_of=date(2026, 6, 1))
    second = build_tags(
        store, tags, date(2026, 6, 1), limits=Limits.model_validate({"customers": {"max_change": "0.5"}}),
        memory_limit="500MB", threads=1,
    )  # fmt: skip
    assert second.rows == len(bank["customer"]) and not second.plan.carried
