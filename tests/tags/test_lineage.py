"""Lineage over hand-made catalogues, and which tags a changed definition changes."""

from __future__ import annotations

import pytest

from journeykit.errors import UnknownNameError
from journeykit.expressions import column, tag
from journeykit.tags import LIBRARY, Aggregate, Attribute, Catalogue, Formula, Tag
from journeykit.tags.lineage import changed_tags, lineage, trace
from journeykit.tags.tag import Ranking, Score


def make(name, type_, compute):
    return Tag(name=name, title=name, type=type_, compute=compute)


def formula(name, expression, type_="decimal"):
    return make(name, type_, Formula(expression=expression.node))


TAGS = Catalogue(
    [
        make("money_in", "decimal", Aggregate(
            subject="txn", function="sum", of=column("amount").node,
            where=(column("direction") == "in").node, within_days=30)),
        make("money_out", "decimal", Aggregate(
            subject="txn", function="sum", of=column("amount").node,
            where=(column("direction") == "out").node, within_days=30)),
        make("home", "text", Attribute(subject="branch", column="region_kind")),
        make("people", "integer", Attribute(column="employees")),
        formula("net", tag("money_in") - tag("money_out")),
        formula("net_of_people", tag("net") * tag("people")),
        make("place", "integer", Ranking(tag="net", function="rank", where=(tag("people") > 3).node)),
        make("leaving", "rate", Score(model="churn")),
    ]
)  # fmt: skip


def test_columns_are_found_through_the_tags_it_uses():
    found = lineage(TAGS, "net")
    assert found.reads["txn.amount"] == ("money_in", "money_out")
    assert set(found.reads) == {"txn.customer_id", "txn.occurred_at", "txn.amount", "txn.direction"}
    assert found.uses == found.uses_in_all == ("money_in", "money_out")
    assert found.used_by == ("net_of_people", "place")
    assert found.subjects == ("txn",)


def test_an_attribute_of_a_branch_reads_the_way_to_it():
    assert set(lineage(TAGS, "home").reads) == {"customer.branch_id", "branch.region_kind"}
    assert lineage(TAGS, "home").used_by == ()


def test_tags_are_reached_through_others():
    top = lineage(TAGS, "net_of_people")
    assert top.uses == ("net", "people")
    assert set(top.uses_in_all) == {"net", "people", "money_in", "money_out"}
    assert top.subjects == ("customer", "txn")
    bottom = lineage(TAGS, "money_in")
    assert bottom.used_by == ("net",)
    assert set(bottom.used_by_in_all) == {"net", "net_of_people", "place"}
    assert set(lineage(TAGS, "people").used_by) == {"net_of_people", "place"}


def test_a_score_reads_what_its_model_reads():
    assert lineage(TAGS, "leaving").uses == ()
    features = {"churn": ("place", "home")}
    assert lineage(TAGS, "leaving", features).uses == ("place", "home")
    assert "leaving" in lineage(TAGS, "money_out", features).used_by_in_all
    assert "branch.region_kind" in lineage(TAGS, "leaving", features).reads


def test_it_prints_as_a_table():
    text = repr(lineage(TAGS, "net"))
    assert "txn.amount" in text
    assert "through money_in, money_out" in text
    assert "used by" in text
    assert "<table" in lineage(TAGS, "net")._repr_html_()


def test_an_unknown_tag_is_named():
    with pytest.raises(UnknownNameError, match="Did you mean 'net'"):
        lineage(TAGS, "nett")


def test_the_whole_library_is_traced_both_ways_alike():
    found = trace(Catalogue(LIBRARY))
    assert len(found) == len(LIBRARY)
    for name, one in found.items():
        assert all(name in found[used].used_by for used in one.uses)
        assert all(name in found[used].used_by_in_all for used in one.uses_in_all)
        assert set(one.subjects) == {read.split(".")[0] for read in one.reads}


DIGESTS = dict.fromkeys(TAGS, "same")


def test_a_tag_whose_input_changed_has_changed_too():
    found = changed_tags(TAGS, {**DIGESTS, "money_in": "other", "people": "other"}, DIGESTS)
    assert found == {
        "money_in": ("money_in",), "people": ("people",), "net": ("money_in",),
        "net_of_people": ("people", "money_in"), "place": ("people", "money_in"),
    }  # fmt: skip


def test_nothing_changed_and_new_or_removed_tags_are_no_changes():
    assert changed_tags(TAGS, DIGESTS, DIGESTS) == {}
    without = {name: digest for name, digest in DIGESTS.items() if name != "home"}
    assert changed_tags(TAGS, DIGESTS, without) == {}
    assert changed_tags(TAGS, DIGESTS, {**DIGESTS, "gone": "x"}) == {}


def test_a_changed_feature_changes_the_score():
    now = {**DIGESTS, "home": "other"}
    assert changed_tags(TAGS, now, DIGESTS, {"churn": ("home",)})["leaving"] == ("home",)
