"""Rankings against counting in plain Python, and their edges by hand."""

from __future__ import annotations

import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.expressions import tag
from journeykit.tags import Attribute, Catalogue, Formula, Ranking, Tag

INCOME = Tag(
    name="annual_income",
    title="Income",
    type="decimal",
    unit="yuan",
    compute=Attribute(column="annual_income"),
)
STAFF = Tag(name="staff", title="Staff", type="integer", compute=Attribute(column="employees"))


def ranking(name, function, type_="integer", of="annual_income", **rest):
    return Tag(name=name, title=name, type=type_, compute=Ranking(tag=of, function=function, **rest))


def people(*incomes):
    return [
        {
            "customer_id": f"C{i:03d}", "kind": "personal", "since": date(2020, 1, 1),
            "annual_income": None if income is None else Decimal(income), "employees": i % 3,
        }
        for i, income in enumerate(incomes)
    ]  # fmt: skip


def test_equal_values_stand_together_and_who_has_none_stands_nowhere(built, tmp_path):
    tags = [
        INCOME, ranking("place", "rank"), ranking("from_below", "rank", lowest_first=True),
        ranking("share", "quantile", "rate"), ranking("half", "groups", groups=2),
    ]  # fmt: skip
    got = built(tmp_path, {"customer": people("300", "100", None, "300", "200")}, tags)
    standing = {
        one: [row[name] for name in ("place", "from_below", "share", "half")] for one, row in got.items()
    }
    assert standing == {
        "C000": [1, 3, Decimal("1.000000"), 2],
        "C001": [4, 1, Decimal("0.250000"), 1],
        "C002": [None, None, None, None],
        "C003": [1, 3, Decimal("1.000000"), 2],
        "C004": [3, 2, Decimal("0.500000"), 1],
    }


def test_rankings_agree_with_counting(built, tmp_path):
    draw = random.Random(3)
    rows = people(*(draw.choice([None, *range(40)]) for _ in range(150)))
    some = tag("staff") > 0
    tags = [
        INCOME, STAFF,
        ranking("place", "rank", where=some),
        ranking("share", "quantile", "rate", where=some),
        ranking("fifth", "groups", groups=5),
        ranking("fifth_up", "groups", groups=5, lowest_first=True),
    ]  # fmt: skip
    got = built(tmp_path, {"customer": rows}, tags)
    known = [row["annual_income"] for row in rows if row["annual_income"] is not None]
    among = [
        row["annual_income"] for row in rows if row["annual_income"] is not None and row["employees"] > 0
    ]
    for row in rows:
        mine, standing = row["annual_income"], got[row["customer_id"]]
        if mine is None:
            expected = [None, None]
        else:
            expected = [
                1 + sum(one < mine for one in known) * 5 // len(known),
                1 + sum(one > mine for one in known) * 5 // len(known),
            ]
        assert [standing["fifth"], standing["fifth_up"]] == expected
        if mine is None or row["employees"] == 0:
            expected = [None, None]
        else:
            behind = Decimal(sum(one <= mine for one in among)) / len(among)
            expected = [
                1 + sum(one > mine for one in among), behind.quantize(Decimal("0.000001"), ROUND_HALF_UP)
            ]  # fmt: skip
        assert [standing["place"], standing["share"]] == expected


def test_formulas_and_rankings_build_on_rankings(built, tmp_path):
    tags = [
        INCOME, ranking("place", "rank"),
        Tag(name="twice", title="Twice", type="integer", compute=Formula(expression=tag("place") * 2)),
        ranking("again", "rank", of="twice", lowest_first=True),
    ]  # fmt: skip
    got = built(tmp_path, {"customer": people("5", "7")}, tags)
    assert [(row["twice"], row["again"]) for row in got.values()] == [(4, 2), (2, 1)]


def test_a_ranking_by_what_has_no_order_is_refused():
    text = Tag(name="kind", title="Kind", type="text", compute=Attribute(column="kind"))
    with pytest.raises(DefinitionError, match="ranks by kind, which is text"):
        Catalogue([text, ranking("place", "rank", of="kind")])
    with pytest.raises(UnknownNameError, match="Did you mean 'annual_income'"):
        Catalogue([INCOME, ranking("place", "rank", of="anual_income")])
    with pytest.raises(DefinitionError, match="quantile gives rate"):
        ranking("place", "quantile")


def test_rankings_that_need_each_other_are_refused_with_the_cycle():
    with pytest.raises(DefinitionError, match=r"one → other → one|other → one → other"):
        Catalogue([ranking("one", "rank", of="other"), ranking("other", "rank", of="one")])
