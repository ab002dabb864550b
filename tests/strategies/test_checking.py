"""Each finding names the node and the remedy; sound strategies have none."""

from dataclasses import replace
from pathlib import Path

import pytest

from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.expressions import tag
from journeykit.models import Model
from journeykit.segments import Segment
from journeykit.strategies.checking import check_strategy, require_sound
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.playbook import load_readable
from journeykit.strategies.versions import version_of
from journeykit.tags import LIBRARY, Catalogue

ROOT = Path(__file__).resolve().parents[2]
TAGS = Catalogue(LIBRARY)
BOOK = load_readable(ROOT / "scheduled")
IDLE = Segment("idle", tag("aum") >= 500_000)


def plan(**changes):
    given = {"stage": "activate", "goal": Goal(tag("holds_wealth"), within_days=30), **changes}
    return Strategy("plan", **given)


def sound():
    return (
        plan()
        .start(IDLE, control=0.1)
        .send("sms", offer="W-30D")
        .wait(days=3)
        .assign("manager", offer="W-30D")
    )


def findings(strategy):
    found = check_strategy(strategy, TAGS, BOOK.offers, BOOK.channels)
    return [(finding.severity, finding.node, finding.message) for finding in found]


def with_node(strategy, node_id, **changes):
    nodes = tuple(n.model_copy(update=changes) if n.id == node_id else n for n in strategy.nodes)
    return strategy.model_copy(update={"nodes": nodes})


def test_a_sound_strategy_has_no_findings():
    assert findings(sound()) == []
    require_sound(check_strategy(sound(), TAGS, BOOK.offers, BOOK.channels))


CASES = {
    "unknown tag": (
        lambda: plan().start(Segment("s", tag("aumm") > 1), control=0.1).send("sms", offer="W-30D"),
        ("error", "start"),
        "Did you mean 'aum'",
    ),
    "wrong type": (
        lambda: plan().start(Segment("s", tag("aum") == "rich"), control=0.1).send("sms", offer="W-30D"),
        ("error", "start"),
        "text",
    ),
    "unknown tag in the goal": (
        lambda: with_goal(Goal(tag("holds_welth"), within_days=9)),
        ("error", "goal"),
        "holds_wealth",
    ),
    "unknown tag in the exit rule": (
        lambda: sound().model_copy(update={"exit_when": tag("nope").node}),
        ("error", "exit_when"),
        "nope",
    ),
    "no goal": (lambda: sound().model_copy(update={"goal": None}), ("error", "goal"), "Goal("),
    "no start": (plan, ("error", "start"), ".start("),
    "unknown offer": (lambda: sound().send("sms", offer="W-31D"), ("error", "send_sms_2"), "W-30D"),
    "unknown channel": (lambda: sound().send("smss", offer="W-30D"), ("error", "send_smss"), "'sms'"),
    "manager by send": (
        lambda: sound().send("mobile_sales", offer="W-30D"),
        ("error", "send_mobile_sales"),
        ".assign(",
    ),
    "missing next": (
        lambda: with_node(sound(), "wait_3d", next="nowhere"),
        ("error", "wait_3d"),
        "'nowhere' does not exist",
    ),
    "unreachable": (
        lambda: with_node(sound(), "send_sms", next="end"),
        ("error", "wait_3d"),
        "No path",
    ),
    "loop without a wait": (
        lambda: with_node(sound().send("app_push", offer="W-30D"), "send_app_push", next="assign_manager"),
        ("error", "assign_manager"),
        "assign_manager → send_app_push → assign_manager",
    ),
    "back to the start": (
        lambda: with_node(sound(), "assign_manager", next="start"),
        ("error", "assign_manager"),
        "only once",
    ),
    "same id twice": (
        lambda: with_node(sound(), "wait_3d", id="send_sms", next="end"),
        ("error", "send_sms"),
        "2 nodes",
    ),
    "reserved id": (lambda: with_node(sound(), "wait_3d", id="end"), ("error", "end"), "Rename"),
    "no control": (lambda: with_node(sound(), "start", control=0), ("warning", "start"), "control=0.10"),
    "only control": (lambda: with_node(sound(), "start", control=1), ("warning", "start"), "nobody"),
    "leads nowhere": (lambda: plan().start(IDLE, control=0.1), ("warning", "start"), ".send("),
    "nobody contacted": (lambda: entry().wait(days=3).exit(), ("warning", "nodes"), ".send("),
    "leaving early": (lambda: sound().exit(), ("warning", "exit"), "the control group is for all 30 days"),
    "leaving unreached": (
        lambda: with_node(sound(), "send_sms", on_blocked="exit"),
        ("warning", "send_sms"),
        "Write on_blocked='skip' or 'wait'",
    ),
    "longer than its window": (lambda: sound().wait(days=30), ("warning", "wait_30d"), "33 days"),
}


def entry():
    return plan().start(IDLE, control=0.1)


def with_goal(goal):
    return sound().model_copy(update={"goal": goal})


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_found_with_node_and_remedy(case):
    build, place, words = CASES[case]
    assert any((severity, node) == place and words in told for severity, node, told in findings(build()))


def test_a_loop_with_a_wait_is_allowed():
    loop = with_node(sound().wait(days=5), "wait_5d", next="send_sms")
    assert findings(loop) == []


def test_who_leaves_early_is_measured_like_everybody_where_nobody_is_control():
    alone = with_node(with_node(sound().exit(), "start", control=0), "send_sms", on_blocked="exit")
    assert [place for _, place, _ in findings(alone)] == ["start"]


def test_errors_block_and_are_listed_together_while_warnings_do_not():
    broken = with_node(with_goal(None), "send_sms", offer="nothing")
    found = check_strategy(broken, TAGS, BOOK.offers, BOOK.channels)
    with pytest.raises(DefinitionError) as problem:
        require_sound(found)
    assert "plan, goal" in str(problem.value)
    assert "plan, send_sms" in str(problem.value)
    assert "nothing" in str(problem.value)
    require_sound(check_strategy(plan().start(IDLE), TAGS, BOOK.offers, BOOK.channels))


@pytest.mark.parametrize("folder", ["scheduled", "journeykit/examples/berka/scheduled"])
def test_the_shipped_strategies_are_sound_and_bilingual(folder):
    book = load_readable(ROOT / folder)
    assert book.strategies
    for strategy in book.strategies.values():
        assert check_strategy(strategy, TAGS, book.offers, book.channels) == ()
        assert strategy.starts[0].control > 0
        for words in (strategy, strategy.starts[0].segment):
            assert words.title
            assert words.title_zh
    for offer in book.offers.values():
        assert offer.title_zh
        assert offer.template
        assert offer.template_zh


def test_the_demo_covers_every_stage_and_channel():
    assert len(BOOK.strategies) >= 6
    assert {strategy.stage for strategy in BOOK.strategies.values()} == {"acquire", "activate", "retain"}
    used = {action.channel for strategy in BOOK.strategies.values() for action in strategy.actions}
    assert used == {"sms", "outbound_call", "app_push", "mobile_sales"}


def test_the_version_covers_what_the_strategy_decides_with_and_nothing_else():
    def version(strategy=None, tags=TAGS, **changes):
        return version_of(strategy or sound(), tags, replace(BOOK, **changes))

    def changed(book, name, **changes):
        return {**book, name: book[name].model_copy(update=changes)}

    def changed_tag(name):
        return Catalogue([t.model_copy(update={"title": "New"}) if t.name == name else t for t in LIBRARY])

    same = version()
    assert same == version()
    assert version(sound().wait(days=1)) != same
    assert version(offers=changed(BOOK.offers, "W-30D", template="New")) != same
    assert version(channels=changed(BOOK.channels, "sms", daily_capacity=1)) != same
    assert version(tags=changed_tag("aum")) != same
    assert version(tags=changed_tag("deposit_balance")) != same  # aum is made from it
    assert version(offers=changed(BOOK.offers, "REFER", template="New")) == same
    assert version(tags=changed_tag("age")) == same


def test_the_version_covers_the_model_behind_a_score_and_what_it_learns_from():
    scored = Strategy("kept", stage="retain").start(Segment("likely", tag("churn_propensity") > 0.2))
    model = Model(
        name="churn",
        title="Churn",
        features=("inflow_30d",),
        outcome=tag("txn_count_90d") == 0,
        horizon_days=90,
    )

    def version(model, changed=""):
        tags = [t.model_copy(update={"title": "New"}) if t.name == changed else t for t in LIBRARY]
        return version_of(scored, Catalogue(tags), replace(BOOK, models={"churn": model}))

    same = version(model)
    assert version(model.model_copy(update={"horizon_days": 60})) != same
    assert version(model, "inflow_30d") != same
    assert version(model, "outflow_30d") == same
    assert version_of(scored, TAGS, replace(BOOK, models={})) != same


@pytest.mark.parametrize("field", ["offer", "channel"])
def test_the_version_of_a_strategy_with_an_unknown_name_says_which(field):
    broken = with_node(sound(), "send_sms", **{field: "W-30"})
    with pytest.raises(UnknownNameError, match=f"Unknown {field} 'W-30'.*'plan' uses it at 'send_sms'"):
        version_of(broken, TAGS, BOOK)


def test_a_file_must_be_called_like_its_definition(tmp_path):
    (tmp_path / "strategies").mkdir()
    sound().save(tmp_path / "strategies").rename(tmp_path / "strategies" / "other.yaml")
    assert "Rename the file to plan.yaml" in load_readable(tmp_path).unreadable["other"]
