"""A strategy is a value: builder, YAML and value say the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from journeykit.errors import DefinitionError
from journeykit.expressions import did, tag
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy

IDLE = Segment("idle", (tag("aum") >= 500_000) & ~tag("holds_wealth"), title="Idle", title_zh="闲置")


def bare(name="plan"):
    return Strategy(
        name, title="A: plan", title_zh="策略", stage="activate", owner="Retail", priority=7,
        goal=Goal(tag("holds_wealth"), within_days=30), exit_when=did("view", object="wealth").within(days=3),
    )  # fmt: skip


STEPS = {
    "send": lambda plan, n: plan.send("app_push", offer=f"W-{n}D"),
    "assign": lambda plan, n: plan.assign(
        "manager", offer="W-30D", due_days=n, script="Say: #yes", script_zh="请说"
    ),
    "wait": lambda plan, n: plan.wait(days=n),
}


@st.composite
def plans(draw):
    plan = bare().start(IDLE, control=draw(st.sampled_from([0, 0.1, "0.25", Decimal("0.333"), 1])))
    for step, n in draw(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(1, 3)), max_size=8)):
        plan = STEPS[step](plan, n)
    return plan.exit() if draw(st.booleans()) else plan


@given(plans())
def test_yaml_round_trip_is_lossless_and_stable(plan):
    text = plan.to_yaml()
    read = Strategy.from_yaml(text)
    assert read == plan
    assert hash(read) == hash(plan)
    assert read.to_yaml() == text
    assert Strategy.model_validate_json(plan.model_dump_json()) == plan


@given(plans())
def test_every_node_has_its_own_id_and_points_to_the_next(plan):
    ids = [node.id for node in plan.nodes]
    assert len(set(ids)) == len(ids)
    for node, following in zip(plan.nodes, ids[1:], strict=False):
        assert node.next == following


def test_ids_are_readable_and_repeats_are_numbered():
    plan = bare().start(IDLE).send("sms", offer="A").wait(days=3).send("sms", offer="A").wait(days=3)
    plan = plan.wait(days=4).assign("manager", offer="A").exit()
    assert [node.id for node in plan.nodes] == [
        "start", "send_sms", "wait_3d", "send_sms_2", "wait_3d_2", "wait_4d", "assign_manager", "exit",
    ]  # fmt: skip


def test_a_verb_leaves_the_value_it_was_called_on_alone():
    first = bare().start(IDLE)
    second = first.send("sms", offer="A")
    assert len(first.nodes) == 1
    assert first.nodes[0].next == "end"
    assert second.nodes[0].next == "send_sms"
    assert first != second


def test_a_float_share_is_the_number_that_was_written():
    assert bare().start(IDLE, control=0.1).starts[0].control == Decimal("0.1")


def test_the_goal_takes_a_handle_or_a_node():
    handle = tag("holds_wealth")
    assert Goal(handle, within_days=30) == Goal(handle.node, within_days=30)


def test_saved_and_loaded(tmp_path):
    plan = bare().start(IDLE, control=0.1).send("sms", offer="A")
    path = plan.save(tmp_path)
    before = path.read_bytes()
    assert path.name == "plan.yaml"
    assert Strategy.load(path) == plan
    assert Strategy.load(plan.save(tmp_path)).save(tmp_path).read_bytes() == before


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: bare().send("sms", offer="A"), "no start yet"),
        (lambda: bare().start(IDLE).start(IDLE), "has a start already"),
        (lambda: bare().start(IDLE).exit().wait(days=1), "Nothing can follow 'exit'"),
    ],
)
def test_a_step_in_the_wrong_place_is_refused(build, message):
    with pytest.raises(DefinitionError, match=message):
        build()


@pytest.mark.parametrize("name", ["", "Big", "a b", "../x", "9"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises((ValidationError, DefinitionError)):
        bare(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("stage: activate", "stage: sleep"), "stage"),
        (("days: 3", "days: 0"), "days"),
        (("control: '0.10'", "control: '1.5'"), "control"),
        (("kind: wait", "kind: nap"), "nap"),
        (("priority: 7", "priority: 7\ncolour: red"), "colour: unknown key"),
        (("priority: 7", "priority: 100000000000000000000"), "priority: 1000000 or less is expected"),
        (("within_days: 30", "within_days: 1000000000"), "within_days: 3650 or less is expected"),
        (("name: plan\n", ""), "name: Field required"),
        (("name: plan\n", "name: plan\nname: plan\n"), "stands twice"),
    ],
)
def test_a_malformed_file_is_met_with_one_clear_error(tmp_path, change, message):
    text = bare().start(IDLE, control="0.10").wait(days=3).to_yaml()
    assert change[0] in text
    path = tmp_path / "plan.yaml"
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=message) as problem:
        Strategy.load(path)
    assert "plan.yaml" in str(problem.value)
