"""The flow of a strategy as a drawing: whole, apart, and nothing that a browser would run."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given, settings

from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.drawing import MOST_NODES
from journeykit.strategies.graph import Strategy
from journeykit.strategies.laying import lay_out
from journeykit.strategies.nodes import targets
from journeykit.strategies.ways import reached_from
from tests.strategies.any_plans import any_plan

SVG = "{http://www.w3.org/2000/svg}"


def drawn(html):
    """The drawing as a browser reads it."""
    svg = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    return ElementTree.fromstring(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


@settings(max_examples=50)
@given(any_plan())
def test_every_node_stands_in_its_row_and_none_on_another(plan):
    nodes = {node.id: [t for t in targets(node) if t in {n.id for n in plan.nodes}] for node in plan.nodes}
    layout = lay_out("start", nodes)
    assert set(layout.nodes) == reached_from(["start"], nodes)
    assert len(layout.ways) == sum(len(nodes[name]) for name in layout.nodes)
    for way in layout.ways:
        if not way.back:
            rows = [layout.nodes[way.source][1], *(row for _, row in way.bends), layout.nodes[way.target][1]]
            assert rows == list(range(rows[0], rows[0] + len(rows)))
    spots = sorted((row, column) for column, row in layout.nodes.values())
    for (row, column), (next_row, next_column) in pairwise(spots):
        assert row != next_row or next_column - column >= 1 - 1e-9


@settings(max_examples=50)
@given(any_plan())
def test_every_node_that_can_be_reached_is_drawn_in_both_languages(plan):
    following = {node.id: list(targets(node)) for node in plan.nodes}
    reached = reached_from(["start"], following) & set(following)
    for language in ("en", "zh"):
        titles = [one.text for one in drawn(plan.html(language)).iter(f"{SVG}title")]
        assert {title.split(":")[0] for title in titles} == reached


def test_what_somebody_wrote_is_text_and_never_markup():
    segment = Segment("x", tag("city") == "<script>alert(1)</script>", title='"><script>')
    plan = Strategy("x", stage="retain", title="<img src=x onerror=y>").start(segment)
    plan = plan.send("sms", offer="<b>").branch(
        tag("city") == "<i>", yes=path().send("<u>", id="u", offer="<u>")
    )
    html = plan.html()
    for part in ("<script", "<img", "<b>", "<i>", "<u>"):
        assert part not in html
    assert drawn(html) is not None


def test_of_more_nodes_than_can_be_read_the_explanation_is_shown():
    plan = Strategy("x", stage="retain").start(Segment("rich", tag("aum") > 5))
    assert "<svg" not in Strategy("x", stage="retain").html()
    for at in range(1, MOST_NODES):
        plan = plan.wait(days=at)
    assert "<svg" in plan.html()
    assert "<svg" not in plan.wait(days=3)._repr_html_()
