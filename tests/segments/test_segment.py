"""Segments are values: combined, compared, written and read without loss."""

from __future__ import annotations

from decimal import Decimal

import pytest

from journeykit.errors import DefinitionError
from journeykit.expressions import And, Expression, Not, Or, did, tag
from journeykit.expressions.nodes import InList, Sample, Top
from journeykit.segments import Segment

rich = Segment("rich", tag("aum") >= 500_000.5, title="Rich", title_zh="富裕")
young = Segment("young", tag("age") < 30, title="Young", title_zh="青年")
idle = Segment("idle", ~tag("holds") & did("view", object="wealth").at_least(2).within(days=14))


def in_list_of(name):
    return Expression(InList(name=name, digest="0" * 64))


def test_set_operations_make_new_segments():
    assert (rich & young).where == And(operands=(rich.where, young.where))
    assert (rich | young).where == Or(operands=(rich.where, young.where))
    assert (~rich).where == Not(operand=rich.where)
    assert (rich - young).where == And(operands=(rich.where, Not(operand=young.where)))
    assert (rich & idle).where == And(operands=(rich.where, *idle.where.operands))
    names = [(rich & young).name, (rich | young).name, (~rich).name, (rich - young).name]
    assert names == ["rich_and_young", "rich_or_young", "not_rich", "rich_without_young"]
    assert (rich - young).title == "(Rich) without (Young)"
    assert (rich - young).title_zh == "(富裕) 除去 (青年)"
    assert (rich & idle).title == ""


def test_composed_names_stay_short_and_distinct():
    one = other = rich
    for _ in range(12):
        one, other = one & young, other & idle
    assert max(len(one.name), len(other.name)) <= 100
    assert one.name != other.name
    assert Segment.from_yaml(one.to_yaml()) == one


def test_bare_conditions_combine_and_are_named_after_what_they_read():
    made = rich & (tag("age") < 30)
    assert (made.name, made.where) == ("rich_and_age", (rich & young).where)
    assert (rich | did("view")).name == "rich_or_view"
    assert (rich - (tag("age") < 30)).where == (rich - young).where
    assert (rich - in_list_of("do_not_call")).name == "rich_without_do_not_call"
    assert Segment("x", rich & young).where == (rich & young).where
    assert Segment("x", rich).where == rich.where


def test_samples_and_tops_are_segments_of_their_own():
    drawn = rich.sample(0.1, salt="Pilot 2")
    assert (drawn.name, drawn.title) == ("rich_sample_pilot_2", "10% of (Rich)")
    assert drawn.where == And(operands=(rich.where, Sample(share=Decimal("0.1"), salt="Pilot 2")))
    best = (rich - young).top(1000, by=tag("aum"))
    assert best.where == Top(count=1000, by=tag("aum").node, among=(rich - young).where)
    assert best.title_zh == "（(富裕) 除去 (青年)）中最高的1,000名"
    assert rich.top(5, by=tag("aum"), lowest=True).name == "rich_lowest_5"
    for segment in (drawn, best, ~best & drawn):
        assert Segment.from_yaml(segment.to_yaml()) == segment


def test_round_trip_and_equality(tmp_path):
    for segment in (rich, idle, rich & ~young | idle):
        assert Segment.from_yaml(segment.to_yaml()) == segment
        path = segment.save(tmp_path)
        assert path.name == f"{segment.name}.yaml"
        assert Segment.load(path) == segment
        assert hash(Segment.load(path)) == hash(segment)


def test_reads_well():
    assert repr(rich) == "Segment(\"rich\", tag(\"aum\") >= 500000.5, title='Rich', title_zh='富裕')"
    assert (rich & idle).tags() == ("aum", "holds")
    html = Segment("x", tag("city") == "<script>", title="<b>")._repr_html_()
    assert "<script>" not in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda: Segment("Rich ones", tag("a")), "name"),
        (lambda: Segment("../x", tag("a")), "name"),
        (lambda: Segment("x", tag("a"), titel="x"), "titel: unknown key"),
        (lambda: Segment("x"), "where: Field required"),
        (lambda: Segment("x", "aum > 5"), "where"),
        (lambda: Segment("x", tag("a"), "t"), "made as"),
        (lambda: rich & 5, "another segment or a condition"),
        (lambda: rich & tag("a") < 5, "in parentheses"),
        (lambda: rich.sample(1.5, salt="x"), "share: 1 or less"),
        (lambda: rich.sample(0.1, salt=""), "salt"),
        (lambda: rich.top(0, by=tag("a")), "count: 1 or more"),
        (lambda: rich.top(10, by="a"), "tag('a')"),
        (lambda: rich - "young", "another segment"),
        (lambda: rich and young, "& | ~"),
        (lambda: "C1" in rich, "mart.ids"),
        (lambda: Segment.from_yaml("name: x\nwhere: {node: and, operands: [{node: tag}]}"),
         "operands.0.tag.name: Field required"),
    ],
)  # fmt: skip
def test_mistakes_are_named(use, says):
    with pytest.raises(DefinitionError) as caught:
        use()
    assert says in str(caught.value)


def test_a_bad_file_is_named(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("name: x\nwhere: {node: sql}", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"bad\.yaml.*where"):
        Segment.load(path)
