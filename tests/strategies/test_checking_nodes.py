"""Each kind of node, and each thing that can be wrong with it; and graphs of any size."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.expressions import days, did, tag
from journeykit.routing.channel import Channel
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.graph import MAX_NODES, Goal, Strategy
from journeykit.strategies.nodes import Branch, Case, Join, Send, Start, Wait, WaitHour
from journeykit.strategies.offers import Offer
from journeykit.tags import LIBRARY, Catalogue

TAGS = Catalogue(LIBRARY)
VALID = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
OFFERS = {"W-30D": Offer("W-30D", product_line="wealth", value=100, response_rate=0.1, **VALID)}
CHANNELS = {
    "sms": Channel(name="sms"),
    "mobile_sales": Channel(name="mobile_sales", addressed_to="manager"),
}
IDLE = Segment("idle", tag("aum") >= 500_000)
RICH = tag("aum") >= 1_000_000
PAID = did("txn").since_entry()
SMS = path().send("sms", offer="W-30D")


def plan():
    return Strategy("plan", stage="activate", goal=Goal(tag("holds_wealth"), within_days=30))


def entry():
    return plan().start(IDLE, control=0.1)


def sound():
    return entry().send("sms", offer="W-30D").wait(days=3).assign("manager", offer="W-30D")


def with_node(strategy, node_id, **changes):
    nodes = tuple(n.model_copy(update=changes) if n.id == node_id else n for n in strategy.nodes)
    return strategy.model_copy(update={"nodes": nodes})


def with_nodes(*nodes):
    """A strategy that no verb would build."""
    start = Start(segment=IDLE, control="0.1", next=nodes[0].id)
    return plan().model_copy(update={"nodes": (start, *nodes)})


def check(strategy):
    return check_strategy(strategy, TAGS, OFFERS, CHANNELS)


WRONG = {
    "too late when nothing happens": (
        lambda: entry().wait(until=PAID, at_most=30, late=path().send("sms", offer="W-30D")),
        ("warning", "wait_until"),
        "after 30 days",
    ),
    "working days count as days at least": (
        lambda: entry().wait(working_days=40).send("sms", offer="W-30D"),
        ("warning", "wait_40wd"),
        "after 40 days",
    ),
    "ends before it begins": (
        lambda: plan().start(IDLE, valid_from=date(2026, 3, 1), valid_to=date(2026, 2, 1)),
        ("error", "start"),
        "2026-02-01, before",
    ),
    "an offer of the past": (
        lambda: plan().start(IDLE, valid_from=date(2099, 1, 1)).send("sms", offer="W-30D"),
        ("error", "send_sms"),
        "ends on",
    ),
    "counting from an entry nobody made": (
        lambda: plan().start(Segment("s", did("view").since_entry())).send("sms", offer="W-30D"),
        ("error", "start"),
        ".within(",
    ),
    "unknown tag in a case": (
        lambda: entry().branch(tag("aumm") > 1, yes=SMS),
        ("error", "branch"),
        "Did you mean 'aum'",
    ),
    "a case that is no condition": (
        lambda: entry().branch(tag("aum"), yes=SMS),
        ("error", "branch"),
        "A condition is expected",
    ),
    "a value nobody can have": (
        lambda: entry().branch(tag("gender") == "F", yes=SMS),
        ("error", "branch"),
        "female",
    ),
    "an awaited number": (
        lambda: entry().wait(until=tag("aum"), at_most=3).send("sms", offer="W-30D"),
        ("error", "wait_until"),
        "A condition is expected",
    ),
    "an amount as a day": (
        lambda: entry().wait(until_date=tag("aum")).send("sms", offer="W-30D"),
        ("error", "wait_date"),
        "decimal",
    ),
    "unknown tag of a day": (
        lambda: entry().wait(until_date=tag("matures") - days(7)).send("sms", offer="W-30D"),
        ("error", "wait_date"),
        "matures",
    ),
    "a time as a day": (
        lambda: entry().wait(until_date=did("view").last_time()).send("sms", offer="W-30D"),
        ("error", "wait_date"),
        "jk.days(0)",
    ),
    "the same case twice": (
        lambda: entry().branch({"a": (RICH, SMS), "b": (RICH, path().exit())}),
        ("error", "branch"),
        "'b' is never taken: 'a'",
    ),
    "a narrower case behind a wider one": (
        lambda: entry().branch({"a": (RICH, SMS), "b": (RICH & (tag("age") < 30), path().exit())}),
        ("error", "branch"),
        "'b' is never taken",
    ),
    "two cases of one name": (
        lambda: with_node(
            entry().branch({"a": (RICH, SMS)}),
            "branch",
            cases=(
                Case(name="a", when=RICH, next="send_sms"),
                Case(name="a", when=tag("age") < 30),
            ),
        ),
        ("error", "branch"),
        "2 of its ways are called 'a'",
    ),
    "a case called otherwise": (
        lambda: with_node(
            entry().branch(RICH, yes=SMS),
            "branch",
            cases=(Case(name="otherwise", when=RICH, next="send_sms"),),
        ),
        ("error", "branch"),
        "everybody else",
    ),
    "weights below one": (
        lambda: entry().split({"a": (0.5, SMS), "b": (0.3, path().exit())}),
        ("error", "split"),
        "add up to 0.8, not to 1. Give 'b' 0.5",
    ),
    "weights above one": (
        lambda: entry().split({"a": (1, SMS), "b": (0.3, path().exit())}),
        ("error", "split"),
        "add up to 1.3, not to 1. Lower some",
    ),
    "a fork that decides nothing": (
        lambda: entry().branch(RICH).send("sms", offer="W-30D"),
        ("warning", "branch"),
        "decides nothing",
    ),
    "a way of a branch to nowhere": (
        lambda: with_node(
            entry().branch(RICH, yes=SMS), "branch", cases=(Case(name="yes", when=RICH, next="gone"),)
        ),
        ("error", "branch"),
        "its way 'yes'",
    ),
    "a late way to nowhere": (
        lambda: with_node(
            entry().wait(until=PAID, at_most=3).send("sms", offer="W-30D"), "wait_until", late="x"
        ),
        ("error", "wait_until"),
        "its way 'late'",
    ),
    "an hour before a wait": (
        lambda: entry().wait(hour=18).wait(days=1).send("sms", offer="W-30D"),
        ("error", "wait_18h"),
        "right before a contact",
    ),
    "an hour before the end": (lambda: sound().wait(hour=18), ("error", "wait_18h"), "'end' is none"),
    "an hour before an hour": (
        lambda: entry().wait(hour=18).wait(hour=19).send("sms", offer="W-30D"),
        ("error", "wait_18h"),
        "'wait_19h' is none",
    ),
    "two hours before one contact": (
        lambda: with_nodes(
            Branch(id="b", cases=(Case(name="yes", when=RICH, next="early"),), next="late"),
            WaitHour(id="early", hour=9, next="text"),
            WaitHour(id="late", hour=18, next="text"),
            Send(id="text", channel="sms", offer="W-30D"),
        ),
        ("error", "text"),
        "9:00, 18:00",
    ),
    "an hour on some ways only": (
        lambda: with_node(sound().wait(hour=18).go_to("send_sms"), "wait_3d", next="wait_18h"),
        ("warning", "send_sms"),
        "18:00 stands on some",
    ),
}

FINE = {
    "too late on the only way left": lambda: entry().wait(until=PAID, at_most=30).send("sms", offer="W-30D"),
    "a time made a day": lambda: (
        entry().wait(until_date=did("view").last_time() + days(0)).send("sms", offer="W-30D")
    ),
    "a wider case behind a narrower one": lambda: entry().branch(
        {"a": (RICH & (tag("age") < 30), SMS), "b": (RICH, path())}
    ),
    "thirds": lambda: entry().split({"a": (0.333333, SMS), "b": (0.333333, SMS), "c": (0.333334, path())}),
    "an hour before its contact": lambda: entry().wait(hour=18).send("sms", offer="W-30D"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found_with_node_and_remedy_in_both_languages(case):
    build, place, words = WRONG[case]
    found = [one for one in check(build()) if (one.severity, one.node) == place and words in one.message]
    assert found
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found[0].message_zh)


@pytest.mark.parametrize("case", FINE)
def test_what_is_right_is_left_alone(case):
    assert check(FINE[case]()) == ()


NAMES = [f"n{place}" for place in range(7)]


@st.composite
def graphs(draw):
    """Joins, waits and two-way forks whose ways lead anywhere, the start included in none."""
    nodes = []
    for name in NAMES:
        ways = draw(st.tuples(st.sampled_from([*NAMES, "end"]), st.sampled_from([*NAMES, "end"])))
        kind = draw(st.sampled_from(["join", "wait", "fork"]))
        if kind == "join":
            nodes.append(Join(id=name, next=ways[0]))
        elif kind == "wait":
            nodes.append(Wait(id=name, days=1, next=ways[0]))
        else:
            nodes.append(Branch(id=name, cases=(Case(name="yes", when=RICH, next=ways[0]),), next=ways[1]))
    return with_nodes(*nodes)


def closure(strategy, keep):
    """Which kept node reaches which, by trying every stop in between (Warshall)."""
    names = [node.id for node in strategy.nodes]
    reaches = {
        (node.id, target)
        for node in strategy.nodes
        if keep(node)
        for _, target in node.ways
        if target in names
    }
    reaches = {(a, b) for a, b in reaches if keep(strategy.node(b))}
    for stop in names:
        reaches |= {(a, b) for a in names for b in names if {(a, stop), (stop, b)} <= reaches}
    return reaches


@given(graphs())
def test_unreachable_nodes_and_loops_without_a_pause_are_found_where_there_are_any(strategy):
    found = check(strategy)
    reaches = closure(strategy, lambda node: True)
    lost = {name for name in NAMES if ("start", name) not in reaches}
    told = {one.node for one in found if "No path" in one.message}
    assert told <= lost
    assert lost == told | {b for a, b in reaches if a in told and b in lost}

    restless = closure(strategy, lambda node: not isinstance(node, Wait))
    loops = {name for name in NAMES if (name, name) in restless}
    named = {one.node for one in found if "A loop" in one.message}
    assert named <= loops
    assert all(any({(name, other), (other, name)} <= restless for other in named) for name in loops)


def test_a_loop_of_contacts_is_told_as_such():
    first, second = (
        Send(id=name, channel="sms", offer="W-30D", next=to) for name, to in (("a", "b"), ("b", "a"))
    )
    assert [one.message[:27] for one in check(with_nodes(first, second))] == ["A loop of nothing but conta"]


def test_a_long_loop_is_shown_by_its_ends():
    ring = [Join(id=f"j{at}", next=f"j{(at + 1) % 100}") for at in range(100)]
    (loop,) = [one for one in check(with_nodes(*ring)) if "loop" in one.message]
    assert "j0 → j1 → j2 → j3 → … → j97 → j98 → j99 → j0" in loop.message


@pytest.mark.parametrize("shape", ["chain", "ring", "lost", "web"])
def test_ten_thousand_nodes_exhaust_nothing(shape):
    """Deep, round, cut off, and everything before everything: each is judged, and the size is told."""
    count = 10_000
    follows = {
        "chain": lambda at: f"n{at + 1}" if at + 1 < count else "end",
        "ring": lambda at: f"n{(at + 1) % count}",
        "lost": lambda at: "end",
        "web": lambda at: f"n{at * 7919 % count}",
    }[shape]
    found = check(with_nodes(*(Join(id=f"n{at}", next=follows(at)) for at in range(count))))
    messages = [one.message for one in found if one.severity == "error"]
    assert f"10,001 nodes are more than {MAX_NODES:,}. Make several strategies of it." in messages
    assert any("loop" in message for message in messages) == (shape in {"ring", "web"})
    assert any("No path" in message for message in messages) == (shape in {"lost", "web"})
