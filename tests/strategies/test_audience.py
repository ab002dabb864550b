"""Who would come where today, and what that says about a strategy: against people followed one by one."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit.expressions import days, did, tag
from journeykit.segments import Segment
from journeykit.strategies import reaching
from journeykit.strategies.building import path
from journeykit.strategies.checking import audience, check_strategy
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import (
    END,
    Branch,
    Case,
    Exit,
    Join,
    Split,
    Start,
    Variant,
    Wait,
    WaitUntil,
)
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.reaching import reach

DAY = date(2026, 5, 29)
RULES = {
    "wanted": (tag("wanted") == True).node,  # noqa: E712 - an expression
    "rich": (tag("aum") >= 50).node,
    "gone": tag("gone").node,
}
TRUTHS = {
    RULES["wanted"]: lambda who: who["wanted"],
    RULES["rich"]: lambda who: who["aum"] >= 50,
    RULES["gone"]: lambda who: who["gone"],
}
CUSTOMERS = [
    {
        "customer_id": f"C{n:03}", "aum": Decimal(n % 100), "wanted": n % 7 != 0, "bought": n % 11 == 0,
        "gone": n % 5 == 0, "manager_id": f"M{n % 2}",
    }
    for n in range(300)
]  # fmt: skip
IDS = [f"n{at}" for at in range(6)]


@pytest.fixture(scope="module")
def town(banks):
    """Three hundred people, most of whom may be contacted."""
    made = banks()
    made.allow(*(one["customer_id"] for one in CUSTOMERS[:200]))
    made.reach(*(one["customer_id"] for one in CUSTOMERS[:250]))
    managers = [
        {"manager_id": "M0", "daily_capacity": 10, "on_duty": True},
        {"manager_id": "M1", "daily_capacity": 100, "on_duty": True},
    ]
    made.day = made.mart(CUSTOMERS, DAY, managers=managers)
    yield made
    made.day.close()
    made.ledger.close()
    made.vault.close()


@st.composite
def graphs(draw):
    """Forks, joins and waits whose ways lead anywhere, loops included."""
    where, rule = st.sampled_from([*IDS, END]), st.sampled_from(list(RULES.values()))
    nodes = []
    for name in IDS:
        match draw(st.integers(0, 4)):
            case 0:
                cases = tuple(Case(name=one, when=draw(rule), next=draw(where)) for one in ("a", "b"))
                nodes.append(Branch(id=name, cases=cases, next=draw(where)))
            case 1:
                shares = (("x", "0.2"), ("y", "0.3"), ("z", "0.5"))
                made = (Variant(name=one, weight=share, next=draw(where)) for one, share in shares)
                nodes.append(Split(id=name, variants=tuple(made)))
            case 2:
                fields = {
                    "condition": draw(rule),
                    "at_most_days": 3,
                    "late": draw(where),
                    "next": draw(where),
                }
                nodes.append(WaitUntil(id=name, **fields))
            case 3:
                nodes.append(Wait(id=name, days=1, next=draw(where)))
            case _:
                nodes.append(draw(st.sampled_from([Join(id=name, next=draw(where)), Exit(id=name)])))
    start = Start(
        segment=Segment("some", draw(rule)), control=draw(st.sampled_from(["0", "0.3"])), next=draw(where)
    )
    goal = draw(st.none() | st.just(Goal(tag("bought"), within_days=9)))
    leave = draw(st.none() | rule)
    return Strategy("plan", stage="retain", goal=goal, exit_when=leave, nodes=(start, *nodes))


def drawn(salt, customer, share):
    """Whether a customer's hash lies below a share of all hashes."""
    place = int(hashlib.md5(f"{salt}:{customer}".encode(), usedforsecurity=False).hexdigest()[:8], 16)
    return Decimal(place) < share * 16**8


def way_of(node, who):
    """The label of the way that somebody takes."""
    if isinstance(node, Branch):
        held = (case.name for case in node.cases if TRUTHS[case.when](who))
        return next(held, "otherwise")
    if isinstance(node, WaitUntil):
        return "" if TRUTHS[node.condition](who) else "late"
    if isinstance(node, Split):
        below = Decimal(0)
        for variant in node.variants:
            below += variant.weight
            if drawn(f"plan:{node.id}", who["customer_id"], below):
                return variant.name
    return ""


def followed(strategy):
    """Everybody from the start on, one after the other: members, control, nodes and ways."""
    (start,) = strategy.starts
    nodes = {node.id: node for node in strategy.nodes}
    members = [who for who in CUSTOMERS if TRUTHS[start.segment.where](who)]
    entering = [
        who
        for who in members
        if not (strategy.goal and who["bought"])
        and not (strategy.exit_when and TRUTHS[strategy.exit_when](who))
    ]
    control = [who for who in entering if drawn("plan:start", who["customer_id"], start.control)]
    came = dict.fromkeys([*nodes, END], 0)
    ways = {(name, way): 0 for name, node in nodes.items() for way, _ in node.ways}
    for who in entering:
        here, seen = None if who in control else "start", set()
        while here is not None and here not in seen:
            seen.add(here)
            came[here] += 1
            onward = dict(nodes[here].ways) if here in nodes else {}
            way = way_of(nodes[here], who) if onward else None
            if way is not None:
                ways[here, way] += 1
            here = onward.get(way)
    return len(members), len(control), came, ways


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(strategy=graphs())
def test_reach_follows_everybody_where_the_ways_lead_today(town, strategy):
    found = reach(strategy, town.day)
    assert (found.members, found.control, found.nodes, found.ways) == followed(strategy)


@pytest.mark.parametrize("name", ["people", "customer_id", "entered_on", "known", "members", "goal"])
def test_a_node_may_be_called_like_what_is_counted(town, name):
    ways = {"yes": path().send("sms", offer="W-30D"), "no": path().send("sms", offer="LOAN")}
    for pause, fork in ((name, "fork"), ("pause", name)):
        strategy = plan().wait(days=1, id=pause).branch(RULES["rich"], **ways, id=fork)
        found = reach(strategy, town.day)
        assert (found.members, found.control, found.nodes, found.ways) == followed(strategy)
        assert "cannot be contacted" in findings(town, strategy)[0].message


def test_reach_prints_in_both_languages_and_gives_a_frame(town):
    strategy = plan().send("sms", offer="LOAN")
    found = reach(strategy, town.day)
    assert found.to_frame()["people"].tolist() == list(found.ways.values())
    assert "members" in repr(found)
    assert "客群" in repr(found.table("zh"))


def test_only_an_edit_that_leads_people_elsewhere_asks_the_mart_again(town, monkeypatch):
    asked, run = [], town.day.run
    monkeypatch.setattr(town.day, "run", lambda *given: asked.append(given) or run(*given))
    fork = plan().branch(tag("aum") >= 61, yes=path().send("sms", offer="LOAN"))
    first = reach(fork, town.day)
    before = len(asked)
    longer = reach(fork.wait(days=3).send("app_push", offer="W-30D"), town.day)
    assert before > 0 == len(asked) - before
    assert longer.nodes["send_app_push"] == first.nodes["branch"]
    moved = plan(control=0.2).branch(RULES["rich"], yes=path().send("sms", offer="LOAN"))
    assert reach(moved, town.day).nodes["send_sms"] == followed(moved)[2]["send_sms"]
    assert len(asked) > before


def plan(segment=RULES["wanted"], control=0.1, **changes):
    given_ = {"goal": Goal(tag("bought"), within_days=30), **changes}
    return Strategy("plan", stage="retain", **given_).start(Segment("some", segment), control=control)


def findings(town, strategy):
    """What is found about the people, of a strategy that is sound by itself."""
    playbook = Playbook({}, town.offers, town.channels)
    assert not [
        one
        for one in check_strategy(strategy, town.tags, town.offers, town.channels)
        if one.severity == "error"
    ]
    return audience.check_audience(strategy, town.day, town.ledger, town.vault, playbook)


def test_nothing_is_said_where_most_can_be_contacted(town):
    assert findings(town, plan().send("sms", offer="LOAN")) == ()


@pytest.mark.parametrize(
    ("strategy", "severity", "node", "words"),
    [
        (plan(tag("aum") > 10**6).send("sms", offer="LOAN"), "warning", "start", "Nobody is in the segment"),
        (
            plan(goal=Goal(tag("aum") < 60, within_days=9)).send("sms", offer="LOAN"),
            "warning", "goal", "meet the goal already",
        ),
        (plan(exit_when=tag("aum") < 60).send("sms", offer="LOAN"), "warning", "exit_when", "do not enter"),
        (plan().send("sms", offer="W-30D"), "warning", "send_sms", "(100%) cannot be contacted: Offer above"),
        (
            plan().wait(until_date=did("view").last_time() + days(3)).send("sms", offer="LOAN"),
            "warning", "wait_date", "(100%) have no such day",
        ),
        (
            plan().assign("manager", offer="LOAN"),
            "warning", "assign_manager", "by 2 managers who take 110 a day together",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_customers_is_told_with_figures(town, strategy, severity, node, words):
    found = [one for one in findings(town, strategy) if one.node == node]
    assert [one.severity for one in found] == [severity]
    assert words in found[0].message
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found[0].message_zh)


def test_who_cannot_be_contacted_is_counted_where_he_would_stand(town, monkeypatch):
    """Of those with 50 and more, everybody without consent is told, and nobody else."""
    monkeypatch.setattr(audience, "MOST", 0.0)
    strategy = plan().branch(RULES["rich"], yes=path().send("sms", offer="LOAN"))
    (found,) = [one for one in findings(town, strategy) if one.node == "send_sms"]
    coming = [
        place
        for place, who in enumerate(CUSTOMERS)
        if who["wanted"] and not who["bought"] and who["aum"] >= 50
        and not drawn("plan:start", who["customer_id"], Decimal("0.1"))
    ]  # fmt: skip
    blocked = [place for place in coming if place >= 200]
    assert f"{len(blocked)} of {len(coming)} customers who come here" in found.message
    assert "No consent for this channel" in found.message


def test_more_people_than_a_channel_takes_are_told_with_the_days_needed(town):
    told = {"daily_capacity": 50, "title": "Texting", "title_zh": "短信通道"}
    channels = {**town.channels, "sms": town.channels["sms"].model_copy(update=told)}
    strategy = plan().send("sms", offer="LOAN")
    playbook = Playbook({}, town.offers, channels)
    (found,) = audience.check_audience(strategy, town.day, town.ledger, town.vault, playbook)
    count = sum(
        who["wanted"] and not who["bought"] and not drawn("plan:start", who["customer_id"], Decimal("0.1"))
        for who in CUSTOMERS[:200]
    )
    size = followed(strategy)[2]["send_sms"]
    days_needed = -(-count // 50)
    assert (
        f"Of {size} customers who come here {count} can be contacted, and “Texting” takes 50 a day: "
        f"{days_needed} working days" in found.message
    )
    assert f"{size} 名客户中有 {count} 名可以联系，而“短信通道”每日容量为 50，" in found.message_zh


def test_of_very_many_some_are_followed_and_told_as_of_all(town, monkeypatch):
    monkeypatch.setattr(reaching, "WHOLE", 250)
    monkeypatch.setattr(reaching, "LOOKED_AT", 100)
    half = {"a": (0.5, path().send("sms", offer="LOAN")), "b": (0.5, path().send("sms", offer="LOAN"))}
    strategy = plan().branch(RULES["rich"], yes=path().split(half))
    found = reach(strategy, town.day)
    members, _, nodes, _ = followed(strategy)
    assert found.members == members > 2 * found.looked_at > 150
    for name, count in nodes.items():  # within four standard errors
        share = count / members
        error = members * (share * (1 - share) / found.looked_at) ** 0.5
        assert abs(found.nodes[name] - count) <= 4 * error, name
    assert f"{found.looked_at} of the members" in repr(found)
    assert f"{found.looked_at} 人" in repr(found.table("zh"))


def test_of_very_many_some_are_asked_one_by_one_and_told_as_of_all(town, monkeypatch):
    monkeypatch.setattr(reaching, "WHOLE", 120)
    monkeypatch.setattr(reaching, "LOOKED_AT", 120)
    (found,) = findings(town, plan().send("sms", offer="W-30D"))
    size = reach(plan().send("sms", offer="W-30D"), town.day).nodes["send_sms"]
    assert f"{size} of {size} customers" in found.message


def test_what_the_bank_cannot_answer_is_an_error_and_not_a_crash(town):
    strategy = plan(tag("aum").ago(days=30) > 5).send("sms", offer="LOAN")
    (found,) = findings(town, strategy)
    assert (found.severity, found.node) == ("error", "nodes")
    assert "30 days" in found.message or "2026-04" in found.message


def test_a_goal_is_counted_and_combined_like_any_condition(town):
    expression = plan().goal.expression
    bought = {who["customer_id"] for who in CUSTOMERS if who["bought"]}
    rich = {who["customer_id"] for who in CUSTOMERS if who["aum"] >= 50}
    segment = Segment("rich", RULES["rich"])
    assert town.day.count(expression) == len(bought)
    assert set(town.day.ids(expression & segment)) == bought & rich
    assert set(town.day.ids(expression | segment)) == bought | rich


def test_an_entry_that_is_over_is_told(town):
    strategy = plan().send("sms", offer="LOAN")
    start = strategy.starts[0].model_copy(update={"valid_to": date(2026, 5, 1)})
    strategy = strategy.model_copy(update={"nodes": (start, *strategy.nodes[1:])})
    (found,) = findings(town, strategy)
    assert "Nobody enters any more: its last day was 2026-05-01" in found.message
