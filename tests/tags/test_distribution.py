"""How a tag's values are listed or put in bins, counted against plain Python."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from journeykit.contract import Type
from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.mart.manifest import Absence
from journeykit.mart.mart import Mart
from journeykit.tags import Attribute, Catalogue, Tag, build_tags
from journeykit.tags.distribution import distribution

AS_OF = date(2026, 5, 29)
TAGS = Catalogue(
    [
        Tag(name="staff", title="Staff", type=Type.INTEGER, compute=Attribute(column="employees")),
        Tag(name="income", title="Income", type=Type.DECIMAL, sensitivity="C3",
            compute=Attribute(column="annual_income")),
        Tag(name="sex", title="Sex", type=Type.TEXT, compute=Attribute(column="gender")),
    ]
)  # fmt: skip


@pytest.fixture
def mart_of(land, tmp_path):
    """``mart_of(staff, income)`` is a bank of customers with these numbers, and without any gender."""
    opened = []

    def make(staff, income=()):
        people = [
            {
                "customer_id": f"C{number:04d}", "kind": "personal", "since": date(2020, 1, 1),
                "employees": staff[number], "annual_income": income[number] if income else None,
            }
            for number in range(len(staff))
        ]  # fmt: skip
        gone = (Absence(subject="customer", column="gender", reason="not asked"),)
        store = land(tmp_path / str(len(opened)), {"customer": people}, absent=gone)
        done = build_tags(store, TAGS, AS_OF, memory_limit="500MB", threads=1)
        opened.append(Mart(store, store.load(AS_OF), done.build_id, country="CN", tags=TAGS))
        return opened[-1]

    yield make
    for mart in opened:
        mart.close()


def test_whole_numbers_with_few_values_are_listed_one_by_one(mart_of):
    got = distribution(mart_of([number % 28 for number in range(280)]), "staff")
    assert got.counts == tuple((str(number), 10) for number in range(28))


def test_bins_of_whole_numbers_begin_at_whole_numbers_and_the_last_says_how_far_it_goes(mart_of):
    staff = [number * 3 for number in range(1, 400)]
    got = distribution(mart_of(staff), "staff")
    (below, first), *inner, (last, largest) = got.counts
    edges = [
        int(below.removeprefix("below ")),
        *(int(label.removeprefix("from ").replace(",", "")) for label, _ in inner),
    ]
    assert last.startswith("from 1,0") or last.startswith("from 1,1")
    assert last.endswith(" up to 1,197")
    edges.append(int(last.split()[1].replace(",", "")))
    # `below` tells where the second bin begins, so that edge is there twice.
    assert edges[0] == edges[1]
    edges = edges[1:]
    assert len({after - before for before, after in pairwise(edges)}) == 1
    assert first == sum(one < edges[0] for one in staff)
    assert [count for _, count in inner] == [
        sum(low <= one < high for one in staff) for low, high in pairwise(edges)
    ]
    assert largest == sum(one >= edges[-1] for one in staff)
    assert len(got.counts) <= 20


def test_a_frequent_zero_stands_alone_and_edges_are_what_is_compared(mart_of):
    income = [Decimal(0)] * 80 + [Decimal(number * 7919) / 100 for number in range(1, 121)]
    mart = mart_of([1] * 200, income)
    got = distribution(mart, "income")
    assert got.counts[0] == ("0", 80)
    assert sum(count for _, count in got.counts[1:]) == 120
    low = Decimal(got.counts[1][0].removeprefix("below ").replace(",", ""))
    assert got.counts[1][1] == sum(0 < one < low for one in income)
    assert "up to 9,502.8" in got.counts[-1][0] or "up to 9,503" in got.counts[-1][0]
    assert ">0</th>" in got._repr_html_()
    assert dict(distribution(mart, "staff").counts) == {"1": 200}


def test_a_rare_zero_is_in_its_bin(mart_of):
    got = distribution(mart_of([0, *range(1, 100)]), "staff")
    assert got.counts[0][0].startswith("below ")
    assert sum(count for _, count in got.counts) == 100


def test_one_bin_holds_all(mart_of):
    assert distribution(mart_of(list(range(1, 101))), "staff", bins=1).counts == (("all", 100),)


def test_a_tag_that_could_not_be_built_is_told_from_one_that_does_not_exist(mart_of):
    mart = mart_of([1])
    said = "Tag 'sex' is not built as of 2026-05-29: the bank has no customer.gender"
    for ask in (
        lambda: distribution(mart, "sex"),
        lambda: mart.frame(mart.everyone, columns=["sex"]),
        lambda: mart.count(TAGS.sex == "female"),
    ):
        with pytest.raises(DefinitionError, match=said):
            ask()
    with pytest.raises(UnknownNameError, match="Did you mean 'staff'"):
        distribution(mart, "staf")
