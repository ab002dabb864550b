"""A Portuguese bank's telephone campaign: tags tell what its published facts tell."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from journeykit.expressions import column
from journeykit.tags import LIBRARY, Aggregate, Attribute, Tag

DAY = date(2010, 11, 17)


def _contacts(name: str, where, function: str = "count", type_: str = "integer", **rest) -> Tag:
    compute = Aggregate(subject="contact", function=function, where=where.node, **rest)
    return Tag(name=name, title=name, type=type_, compute=compute)


def _stated(name: str, of: str) -> Tag:
    compute = Aggregate(
        subject="external", function="last", of=column("value").node, where=(column("measure") == of).node
    )
    return Tag(name=name, title=name, type="text", compute=compute)


NOW = column("strategy") == "term_deposit"
OWN = (
    _contacts("said_yes", NOW & (column("outcome") == "accepted"), "exists", "boolean"),
    _contacts("said_no", NOW & (column("outcome") == "refused"), "exists", "boolean"),
    _contacts("earlier_yes", ~NOW & (column("outcome") == "accepted"), "exists", "boolean"),
    _contacts("calls", column("channel") == "outbound_call"),
    _contacts("calls_90d", NOW, within_days=90),
    _contacts("days_since_call", NOW, "days_since"),
    Tag(name="schooling", title="schooling", type="text",
        compute=Attribute(subject="customer", column="education")),
    _stated("stated_balance", "mean_yearly_balance"),
)  # fmt: skip


@pytest.fixture(scope="module")
def built(bank_marketing):
    names = {tag.name for tag in OWN}
    catalogue, build = bank_marketing.build([*OWN, *(tag for tag in LIBRARY if tag.name not in names)])
    with bank_marketing.open(catalogue, build) as mart:
        yield mart, build


@pytest.fixture(scope="module")
def tags(built):
    return built[0].sql("SELECT * FROM built.snapshot").set_index("customer_id")


def test_it_loads_without_a_finding(bank_marketing):
    assert bank_marketing.findings == []
    assert bank_marketing.manifest.rows("customer") == 45_211


def test_the_published_answers_are_counted_by_tags(tags):
    assert len(tags) == 45_211
    assert (tags["said_yes"].sum(), tags["said_no"].sum()) == (5_289, 45_211 - 5_289)


def test_tags_of_each_customer_are_those_of_the_file(bank_marketing, tags):
    for row in bank_marketing.rows:
        row["age_of_call"] = (DAY - date.fromisoformat(row["contact_on"])).days
    rows = bank_marketing.rows
    expected = {
        "said_yes": [row["y"] == "yes" for row in rows],
        "earlier_yes": [row["poutcome"] == "success" for row in rows],
        "calls": [1 + (row["pdays"] != "-1") for row in rows],
        "calls_90d": [int(row["age_of_call"] < 90) for row in rows],
        "stated_balance": [row["balance"] for row in rows],
        "holds_deposit": [row["y"] == "yes" for row in rows],
        "holds_loan": [row["housing"] == "yes" or row["loan"] == "yes" for row in rows],
        "days_since_call": [row["age_of_call"] for row in rows],
        "contacts_30d": [int(row["age_of_call"] < 30) + _earlier_within(row, 30) for row in rows],
    }
    for name, values in expected.items():
        assert tags[name].sort_index().to_list() == values, name
    schooling = Counter(row["education"] for row in rows)
    assert tags["schooling"].isna().sum() == schooling.pop("unknown")
    assert tags["schooling"].value_counts().to_dict() == schooling


def _earlier_within(row, days: int) -> int:
    return int(row["pdays"] != "-1" and row["age_of_call"] + int(row["pdays"]) < days)


def test_every_other_tag_names_what_the_file_lacks(bank_marketing, built):
    """And what is named is what the mapping declares absent, of a subject or of a column."""
    _, build = built
    made = {tag.name for tag in build.plan.tags}
    lacking = build.plan.unavailable
    assert made | set(lacking) == {tag.name for tag in (*OWN, *LIBRARY)}
    assert not made & set(lacking)
    for name, missing in lacking.items():
        if not missing.startswith("model "):
            subject, _, missed = missing.partition(".")
            assert bank_marketing.manifest.why_absent(subject, missed), (name, missing)
    assert lacking["age"] == "customer.birth_date"
    assert lacking["txn_count_30d"].startswith("txn.")
    assert lacking["logins_30d"].startswith("event.")
    assert lacking["approved_credit"] == "holding.credit_limit"
