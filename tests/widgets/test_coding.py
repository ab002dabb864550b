"""Code that is shown makes the same value again."""

import ast
from typing import Any

import pytest
from hypothesis import given, settings

import journeykit as jk
from journeykit.contract import Type
from journeykit.expressions import And, Expression, Not, Or, TagRef, Value, did, tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import END, Exit, Join, Send, Wait
from journeykit.widgets.coding import expression_code, segment_code, strategy_code
from journeykit.widgets.coding.steps import named, nodes_of, steps_of, wanted_id
from tests.spec.test_generated import conditions
from tests.strategies.any_plans import any_plan
from tests.strategies.random_plans import plans


class _Tags:
    """A catalogue of whatever is asked for."""

    def __getattr__(self, name: str) -> Expression:
        return tag(name)

    __getitem__ = __getattr__


def run(code: str) -> Any:
    """What the last expression of a cell is."""
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {"jk": jk, "t": _Tags()}
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def made_of(code: str) -> Any:
    found = run(code)
    return found.node if isinstance(found, Expression) else found


@given(conditions(3))
@settings(max_examples=80, deadline=None)
def test_an_expression_comes_back(expression):
    assert made_of(expression_code(expression.node)) == expression.node


RICH, OLD = tag("aum") >= 500_000, tag("age") >= 60


@pytest.mark.parametrize(
    "node",
    [
        And(operands=()),
        Or(operands=(RICH.node,)),
        And(operands=(And(operands=(RICH.node, OLD.node)), OLD.node)),
        Not(operand=Or(operands=(Or(operands=()), RICH.node))),
        did("view", object='say "no";\n\\ 理财').node,
        Value(type=Type.BOOLEAN, value=True),
        Not(operand=Value(type=Type.BOOLEAN, value=True)),
        TagRef(name="class"),
        TagRef(name="search"),
    ],
    ids=repr,
)
def test_what_an_editor_leaves_comes_back(node):
    assert made_of(expression_code(node)) == node


@given(any_plan())
@settings(max_examples=100, deadline=None)
def test_any_strategy_comes_back(plan):
    assert run(strategy_code(plan)) == plan


@given(plans())
@settings(max_examples=40, deadline=None)
def test_a_sound_strategy_comes_back(plan):
    assert run(strategy_code(plan)) == plan


def start(**fields: Any) -> Strategy:
    segment = Segment("rich", RICH, title="Rich", title_zh="富裕")
    goal = Goal(tag("holds_wealth"), within_days=30)
    return Strategy("plan", stage="retain", goal=goal, exit_when=OLD).start(segment, control=0.1, **fields)


def sms(text: str = "") -> Any:
    return path().send("sms", offer="W-30D", template=text)


DRAWN = {
    "a line": start().send("sms", offer="W-30D").wait(days=3).assign("manager", offer="W-30D"),
    "all waits": (
        start(reentry=90).wait(working_days=2).wait(weekday="monday").wait(hour=9)
        .send("sms", offer="W-30D", priority=5, expected_value=12.5, on_blocked="wait")
        .wait(until_date=tag("wealth_matures_on") - jk.days(7)).wait(until=OLD, at_most=5).mark("seen").exit()
    ),
    "a fork that meets": (
        start().branch(RICH, yes=sms().wait(days=3), no=sms()).wait(days=3).send("sms", offer="W-30D")
    ),
    "forks in forks": (
        start().split({
            "call": (0.25, path().branch({"rich": (RICH, sms()), "old": (OLD, path())}).wait(days=5)),
            "none": (0.75, path()),
        }).send("app_push", offer="W-30D")
    ),
    "who leaves": start().branch(RICH, yes=sms(), no=path().exit()).wait(days=2).exit(),
    "who stays": start().branch(RICH, yes=path().exit(), no=sms()).wait(days=2),
    "a loop": (
        start().send("sms", offer="W-30D").wait(days=7).branch(OLD, yes=path().exit()).go_to("send_sms")
    ),
    "late": start().wait(until=OLD, at_most=9, late=sms().exit()).send("sms", offer="W-30D"),
    "late and on": start().wait(until=OLD, at_most=9, late=sms()).send("sms", offer="W-30D"),
    "own names": start().send("sms", offer="W-30D", id="first").branch(OLD, yes=sms(), id="is_old"),
    "a long text": start().branch(OLD, yes=sms("富" * 120), no=sms("rich " * 30).exit()).wait(days=1),
}  # fmt: skip


@pytest.mark.parametrize("plan", DRAWN.values(), ids=DRAWN)
def test_what_verbs_made_is_told_as_verbs(plan):
    code = strategy_code(plan)
    assert run(code) == plan
    assert "from_yaml" not in code
    assert all(len(line) <= 100 or '"' in line for line in code.splitlines())


@pytest.mark.parametrize("name", [one for one in DRAWN if one != "own names"])
def test_ids_are_those_of_the_verbs(name):
    plan = DRAWN[name]
    names = [named(steps_of(plan, outside=outside)) for outside in (False, True)]
    assert {node.id: node.id for node in plan.nodes} in names


def test_no_id_is_given_that_the_verbs_give():
    assert all("id=" not in strategy_code(plan) for name, plan in DRAWN.items() if name != "own names")
    assert strategy_code(DRAWN["own names"]).count("id=") == 2


def test_short_code_reads_as_a_person_writes_it():
    assert (
        strategy_code(DRAWN["a loop"])
        == """(
    jk.Strategy(
        "plan",
        stage="retain",
        goal=jk.Goal(t.holds_wealth, within_days=30),
        exit_when=t.age >= 60,
    )
    .start(jk.Segment("rich", t.aum >= 500_000, title="Rich", title_zh="富裕"), control=0.1)
    .send("sms", offer="W-30D")
    .wait(days=7)
    .branch(t.age >= 60, yes=jk.path().exit())
    .go_to("send_sms")
)"""
    )


def test_a_graph_that_no_verb_makes_is_told_as_yaml():
    plan = start().send("sms", offer="W-30D")
    alone = Wait(id="alone", days=2, next="send_sms")
    joined = Join(id="meet", next="send_sms")
    for node in (alone, joined, Exit(id="exit"), Send(id="text", channel="sms", offer='"""\\', next=END)):
        odd = plan.model_copy(update={"nodes": (*plan.nodes, node)})
        assert run(strategy_code(odd)) == odd


def test_a_segment_comes_back():
    segment = Segment("rich_or_old", RICH | (OLD & ~jk.did("view").within(days=14)), title='"Rich"')
    code = segment_code(segment)
    assert run(code) == segment
    assert code == (
        'jk.Segment(\n    "rich_or_old",\n'
        '    (t.aum >= 500_000) | ((t.age >= 60) & (~jk.did("view").within(days=14))),\n'
        '    title="\\"Rich\\"",\n)'
    )


def test_steps_have_every_node_that_can_be_reached_once():
    for plan in DRAWN.values():
        ids = [node.id for node in nodes_of(steps_of(plan))]
        assert sorted(ids) == sorted(node.id for node in plan.nodes)
        assert all(wanted_id(node) for node in plan.nodes)
