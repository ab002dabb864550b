"""However large a strategy is, its checks look at each node a few times, and tell what can be read."""

from __future__ import annotations

from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.checking.structure import MAX_WAYS
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import Branch, Case, Send, Start
from tests.strategies.conftest import CHANNELS, OFFERS, TAGS

RICH = Segment("rich", tag("aum") >= 5)


class Counted(tuple):
    """Nodes that count how often somebody walks over all of them."""

    walks = 0

    def __iter__(self):
        Counted.walks += 1
        return super().__iter__()


def plan_of(*nodes):
    plan = Strategy("big", stage="retain", goal=Goal(tag("bought"), within_days=30))
    return plan.model_copy(update={"nodes": Counted((Start(segment=RICH, control=0.1, next="n0"), *nodes))})


def sends(count):
    return plan_of(
        *(Send(id=f"n{at}", channel="sms", offer="LOAN", next=f"n{at + 1}") for at in range(count - 1)),
        Send(id=f"n{count - 1}", channel="sms", offer="LOAN"),
    )


def walks_to_check(plan):
    Counted.walks = 0
    assert not [one for one in check_strategy(plan, TAGS, OFFERS, CHANNELS) if one.severity == "error"]
    return Counted.walks


def test_no_check_walks_over_all_nodes_for_each_of_them():
    assert walks_to_check(sends(100)) == walks_to_check(sends(5))


def branch(at, cases, when, target="end"):
    ways = tuple(Case(name=f"c{n}", when=when(at, n), next=target) for n in range(cases))
    return Branch(id=f"n{at}", cases=ways, next=f"n{at + 1}")


def test_more_ways_than_anybody_follows_are_one_finding():
    plan = plan_of(*(branch(at, 50, lambda *_: tag("aum") >= 5) for at in range(MAX_WAYS // 50)))
    (told,) = check_strategy(plan, TAGS, OFFERS, CHANNELS)
    assert told.severity == "error"
    assert f"more than {MAX_WAYS:,}" in told.message
    assert f"{MAX_WAYS:,}" in told.message_zh


def test_of_thousands_of_findings_some_hundred_are_told_and_that_there_are_more():
    plan = plan_of(*(branch(at, 1, lambda at, _: tag(f"no_{at}") >= 5) for at in range(2_000)))
    found = check_strategy(plan, TAGS, OFFERS, CHANNELS)
    assert len(found) == 301
    assert any("There may be more" in one.message for one in found)
