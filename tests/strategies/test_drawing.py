"""The flow of a strategy as a drawing: whole, apart, and nothing that a browser would run."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given, settings

from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.drawing import MOST_NODES
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.laying import lay_out
from journeykit.strategies.nodes import targets
from journeykit.strategies.offers import Offer
from journeykit.strategies.simulation.drawing import Link, draw_flow
from journeykit.strategies.ways import reached_from
from tests.strategies.any_plans import any_plan

SMS = path().send("sms", offer="D-1Y")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(html):
    """The drawing as a browser reads it."""
    svg = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    return ElementTree.fromstring(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


@settings(max_examples=50, deadline=None)
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


@settings(max_examples=50, deadline=None)
@given(any_plan())
def test_every_node_that_can_be_reached_is_drawn_in_both_languages(plan):
    following = {node.id: list(targets(node)) for node in plan.nodes}
    reached = reached_from(["start"], following) & set(following)
    for language in ("en", "zh"):
        boxes = [one for one in drawn(plan.html(language)).iter(f"{SVG}g") if one.get("class") != "way"]
        titles = [box.findtext(f"{SVG}title") for box in boxes]
        assert {title.split(":")[0] for title in titles} == reached


def test_what_somebody_wrote_is_text_and_never_markup():
    segment = Segment("x", tag("city") == "<script>alert(1)</script>", title='"><script>')
    plan = Strategy("x", stage="retain", title="<img src=x onerror=y>").start(segment)
    plan = plan.send("sms", offer="<b>").branch(
        tag("city") == "<i>", yes=path().send("sms", id="u", offer="<u>")
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


def test_the_drawing_says_what_the_ways_depend_on_what_is_reached_and_who_leaves():
    rich, young = tag("aum") >= 500_000, tag("age") < 30
    plan = (
        Strategy(
            "x", stage="retain", title="Keep", title_zh="留住",
            goal=Goal(tag("holds_wealth"), within_days=30), exit_when=tag("aum") < 10,
        )
        .start(Segment("all", tag("aum") > 5))
        .branch({"rich": (rich, path().send("sms", offer="D-1Y")), "young": (young & rich, path())})
        .wait(days=3)
    )  # fmt: skip
    offer = Offer(
        "D-1Y", title="One-year deposit", title_zh="一年定期", product_line="deposit", value=1,
        response_rate=0, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31),
    )  # fmt: skip
    for language, head, goal, leaves, way, named in (
        ("en", "Keep (Retain)", "Goal, within 30 days: “Holds a wealth product”: yes",
         "Leaves: “Assets under management” is below 10 yuan",
         "young: “Age” is below 30 years and “Assets under management” is at least 500,000 yuan",
         "text message · One-year"),
        ("zh", "留住（留客）", "目标（30 天内）：“持有理财”：是", "退出：“管理资产总额（AUM）”低于 10 元",
         "young: “年龄”低于 30 岁且“管理资产总额（AUM）”不低于 500,000 元", "短信 · 一年定期"),
    ):  # fmt: skip
        html = plan.html(language, offers={"D-1Y": offer})
        for words in (head, goal, leaves):
            assert words in html
        ways = [one for one in drawn(html).iter(f"{SVG}g") if one.get("class") == "way"]
        assert way in [one.findtext(f"{SVG}title") for one in ways]
        texts = [one.text for one in drawn(html).iter(f"{SVG}text")]
        assert named in texts
        assert {"start", "branch", "send_sms", "wait_3d"} <= set(texts)


def test_names_of_neighbouring_ways_do_not_run_into_each_other():
    """A way that passes a row beside others has a column of its own, like a box."""
    layout = lay_out("ask", {"ask": ["call", "end", "write"], "call": ["end"], "write": ["end"], "end": []})
    (bend,) = next(way.bends for way in layout.ways if way.bends)
    spots = sorted([layout.nodes["call"][0], layout.nodes["write"][0], bend[0]])
    assert all(right - left >= 1 for left, right in pairwise(spots))


def points_of(curve):
    """Points along the curves of a path, which begins with M and goes on with C alone."""
    start, *bends = curve.removeprefix("M").split("C")
    at = tuple(map(float, start.split()))
    for bend in bends:
        *controls, end = pairwise_of(map(float, bend.split()))
        for step in range(21):
            t = step / 20
            shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield tuple(
                sum(s * p[axis] for s, p in zip(shares, (at, *controls, end), strict=True)) for axis in (0, 1)
            )
        at = end


def pairwise_of(numbers):
    numbers = list(numbers)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def under_boxes(plan):
    """Where a way runs under a box."""
    picture = drawn(plan.html())
    sides = ("x", "y", "width", "height")
    boxes = [[float(box.get(side)) for side in sides] for box in picture.iter(f"{SVG}rect")]
    curves = [path.get("d") for path in picture.iter(f"{SVG}path") if "C" in path.get("d")]
    return [
        (curve, left, top)
        for curve in curves
        for x, y in points_of(curve)
        for left, top, wide, high in boxes
        if left + 1 < x < left + wide - 1 and top + 1 < y < top + high - 1
    ]


@settings(max_examples=50, deadline=None)
@given(any_plan())
def test_no_way_runs_under_a_box(plan):
    assert under_boxes(plan) == []


def test_a_short_way_beside_longer_ones_runs_under_no_box():
    halves = {"push": (0.5, SMS), "text": (0.5, path().wait(hour=9).send("sms", offer="D-1Y"))}
    ways = {
        "rich": (tag("aum") >= 50_000, path().assign("manager", offer="D-1Y")),
        "online": (tag("logins_30d") >= 1, path().split(halves)),
    }
    plan = Strategy("fair", stage="retain").start(Segment("idle", tag("aum") >= 5_000))
    assert under_boxes(plan.branch(ways, no=SMS).wait(working_days=3)) == []


def test_a_band_of_very_many_people_is_as_high_everywhere_and_stays_between_its_bars():
    links = [Link("a", "b", 900.0), Link("a", "c", 100.0), Link("c", "b", 90.0)]
    picture = ElementTree.fromstring(draw_flow("x", {"a": "a", "c": "c", "b": "b"}, links).svg)
    bars = [float(bar.get("x")) for bar in picture.iter("rect")]
    bands = [band.get("d") for band in picture.iter("path")]
    high = [float(bar.get("height")) for bar in picture.iter("rect")]
    for band, link in zip(bands, links, strict=True):
        over, under = band.removesuffix("Z").split("V")
        under = under.split("C")
        upper = list(points_of(over))
        begin = f"M{upper[-1][0]} {under[0]}"
        lower = list(points_of(f"{begin}C{under[1]}"))[::-1]
        for (x, y), (same_x, below) in zip(upper, lower, strict=True):
            assert abs(x - same_x) < 0.2
            assert abs(below - y - link.people / 1000 * high[0]) < 0.3
            assert min(bars) <= x <= max(bars)


def test_the_names_of_two_ways_to_one_place_stand_beside_each_other():
    plan = Strategy("x", stage="retain").start(Segment("rich", tag("aum") > 5))
    html = plan.wait(until=tag("aum") > 6, at_most=5).wait(days=1).html()
    names = {text.text: text for text in drawn(html).iter(f"{SVG}text") if text.get("font-size") == "11"}
    yes, late = names["yes"], names["not in 5 days"]
    assert (yes.get("text-anchor"), late.get("text-anchor")) == ("end", "start")
    assert float(yes.get("x")) < float(late.get("x"))
