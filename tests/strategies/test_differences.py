"""What changed, in words: each single change is told, in both languages, and nothing else is."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.errors import DefinitionError
from journeykit.expressions import days, tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.differences import closure_difference, diff
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import Wait, WaitWorkingDays
from tests.strategies.any_plans import any_plan

RICH, YOUNG = tag("aum") >= 500_000, tag("age") < 30
SMS = path().send("sms", offer="W-30D")
OLD = (
    Strategy(
        "plan", stage="retain", goal=Goal(tag("holds_wealth"), within_days=30), exit_when=tag("aum") < 10
    )
    .start(Segment("rich", RICH & YOUNG), control=0.1)
    .send("app_push", offer="W-30D")
    .wait(days=3)
    .branch({"young": (YOUNG, SMS), "rich": (RICH, path().assign("manager", offer="W-30D"))})
    .split({"a": (0.5, path().wait(until_date=tag("wealth_matures_on"))), "b": (0.5, path())})
    .exit()
)


WORKING = WaitWorkingDays(id="wait_3d", days=3, next="branch")
CASES = OLD.node("branch").cases


def shares(*weights):
    variants = zip(OLD.node("split").variants, weights, strict=True)
    return tuple(one.model_copy(update={"weight": Decimal(weight)}) for one, weight in variants)


def with_(**changes):
    return OLD.model_copy(update=changes)


def with_node(name, **changes):
    nodes = tuple(n.model_copy(update=changes) if n.id == name else n for n in OLD.nodes)
    return with_(nodes=nodes)


def entering(rule):
    return with_node("start", segment=Segment("rich", rule))


CHANGES = {
    "a goal": (
        with_(goal=Goal(YOUNG, within_days=30)),
        ["“Holds a wealth product”: yes became “Age” is below"],
    ),
    "a window": (
        with_(goal=Goal(tag("holds_wealth"), within_days=9)),
        ["Days to reach the goal: 30 became 9."],
    ),
    "no goal any more": (
        with_(goal=None),
        ["Goal: “Holds a wealth product”: yes, within 30 days became none."],
    ),
    "no exit rule any more": (with_(exit_when=None), ["Who leaves: “Assets", "became none."]),
    "a stage": (with_(stage="activate"), ["Stage: Retain became Activate."]),
    "an owner": (with_(owner="Retail"), ["Owner: none became “Retail”."]),
    "a title": (with_(title_zh="新"), ["Title in Chinese: none became “新”."]),
    "a further condition": (entering(RICH & YOUNG & tag("holds_wealth")), ["who enters: now also “Holds a"]),
    "a condition less": (entering(RICH), ["“start”, who enters: no longer “Age” is below 30 years."]),
    "another condition": (entering(RICH & tag("holds_wealth")), ["“start”, who enters: ", " became "]),
    "more control": (with_node("start", control=Decimal("0.2")), ["“start”, control group: 10% became 20%."]),
    "entering again": (
        with_node("start", reentry=30),
        ["“start”, entering again: never became after 30 days."],
    ),
    "a last day": (
        with_node("start", valid_to=date(2026, 9, 1)),
        ["last day of entry: none became 2026-09-01"],
    ),
    "an offer": (with_node("send_app_push", offer="R5"), ["“send_app_push”, offer: “W-30D” became “R5”."]),
    "who is blocked": (
        with_node("send_app_push", on_blocked="wait"),
        ["who cannot be reached: goes on became waits."],
    ),
    "a longer wait": (with_node("wait_3d", days=5), ["“wait_3d”, days: 3 became 5."]),
    "a day": (
        with_node("wait_date", date=(tag("wealth_matures_on") - days(1)).node),
        ["day: “Wealth product matures on” became the day before “Wealth product matures on”."],
    ),
    "a way": (with_node("wait_3d", next="exit"), ["“wait_3d” leads to “exit”, no longer to “branch”."]),
    "another kind": (
        with_(nodes=tuple(WORKING if isinstance(node, Wait) else node for node in OLD.nodes)),
        ["Step “wait_3d” was: Wait 3 days. It is now: Wait 3 working days."],
    ),
    "a case's condition": (
        with_node("branch", cases=(CASES[0], CASES[1].model_copy(update={"when": (tag("aum") >= 9).node}))),
        ["“branch, rich”, condition: ", "became “Assets under management” is at least 9 yuan."],
    ),
    "a case less": (
        with_node("branch", cases=CASES[:1]),
        [
            "“branch” has lost the case “rich”: “Assets",
            "“branch” (way “rich”), which led to “assign_manager”, is gone.",
        ],
    ),
    "another order": (
        with_node("branch", cases=CASES[::-1]),
        ["“branch” asks its cases in this order: rich, young."],
    ),
    "other shares": (
        with_node("split", variants=shares("0.2", "0.8")),
        ["“split”, variants: a 50%, b 50% became a 20%, b 80%."],
    ),
    "a node less": (with_(nodes=OLD.nodes[:-1]), ["Step “exit” is gone: The customer leaves."]),
    "a node more": (
        with_(nodes=(*OLD.nodes, Wait(id="later", days=9))),
        ["New step “later”: Wait 9 days.", "“later” leads to “end”."],
    ),
    "the writing only": (
        with_(nodes=(*OLD.nodes[:-2], OLD.nodes[-1], OLD.nodes[-2])),
        ["Its nodes are written in another order."],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_told_and_nothing_else(case):
    new, words = CHANGES[case]
    found = diff(OLD, new)
    told = str(found)
    for part in words:
        assert part in told
    assert len(found.changes) <= max(2, len(words))
    for line in found.lines("zh"):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in line)
    json.dumps(found.rows())


@settings(deadline=None)
@given(any_plan(), any_plan())
def test_a_difference_is_empty_when_both_are_equal_and_only_then(one, other):
    assert not diff(one, one.model_copy())
    assert str(diff(one, one)) == "No difference."
    assert bool(diff(one, other)) == (one != other)
    again = diff(Strategy.from_yaml(one.to_yaml()), one)
    assert not again


@settings(deadline=None)
@given(any_plan(), st.data())
def test_any_single_field_of_any_node_that_changes_is_told(plan, data):
    """Each field of the JSON form is emptied or put to another plan's value: whatever is accepted is told."""
    written = plan.model_dump(mode="json")
    node = data.draw(st.sampled_from(written["nodes"]))
    field = data.draw(st.sampled_from(list(node)))
    node.pop(field)
    try:
        changed = Strategy.model_validate(written)
    except DefinitionError:
        return
    assert bool(diff(plan, changed)) == (plan != changed)


def closure(**changes):
    return {
        "strategy": OLD.model_dump(mode="json"),
        "tags": {
            "aum": {
                "name": "aum",
                "title": "Assets",
                "compute": {"kind": "formula", "expression": tag("x").node.model_dump(mode="json")},
            }
        },
        "models": {"churn": {"name": "churn", "horizon_days": 90, "features": ["a", "b"]}},
        "offers": {
            "W-30D": {"name": "W-30D", "value": "120.00", "response_rate": "0.035", "risk_level": None}
        },
        "channels": {"sms": {"name": "sms", "daily_capacity": 100, "consent": True}},
        **changes,
    }


def changed(part, name, **fields):
    made = closure()
    return {**made, part: {name: {**made[part][name], **fields}}}


CLOSURES = {
    "an offer's value": (
        changed("offers", "W-30D", value="150.00"),
        "Offer “W-30D”, value in yuan: “120.00” became",
    ),
    "a rate": (changed("offers", "W-30D", response_rate="0.05"), "response rate: 3.5% became 5%."),
    "a risk": (changed("offers", "W-30D", risk_level=3), "Offer “W-30D”, risk level: none became 3."),
    "a capacity": (
        changed("channels", "sms", daily_capacity=None),
        "Channel “sms”, leads a day: 100 became none.",
    ),
    "consent": (changed("channels", "sms", consent=False), "Channel “sms”, asks for consent: yes became no."),
    "a model": (changed("models", "churn", horizon_days=60), "Model “churn”, horizon_days: 90 became 60."),
    "features": (changed("models", "churn", features=["a"]), "Model “churn”, features: “a”, “b” became “a”."),
    "a tag's formula": (
        changed(
            "tags",
            "aum",
            compute={"kind": "formula", "expression": (tag("x") + 1).node.model_dump(mode="json")},
        ),
        'Tag “aum”, compute.expression: “tag("x")” became “tag("x") + 1”.',
    ),
    "a tag less": (closure(tags={}), "Tag “aum”, no longer used."),
    "an offer more": (closure(offers={**closure()["offers"], "R5": {}}), "Offer “R5”, newly used."),
    "the strategy": (
        {**closure(), "strategy": with_(priority=3).model_dump(mode="json")},
        "Priority: 100 became 3.",
    ),
}


@pytest.mark.parametrize("case", CLOSURES)
def test_whatever_a_version_decides_with_is_compared(case):
    new, words = CLOSURES[case]
    found = closure_difference(closure(), new)
    (line,) = found.lines()
    assert words in line
    assert found.lines("zh") != found.lines()


def test_equal_closures_do_not_differ_and_the_first_has_nothing_before_it():
    assert not closure_difference(closure(), closure())
    assert str(closure_difference(None, closure())) == "No version of it was live before."
