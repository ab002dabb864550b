"""The canvas as a browser meets it: questions, answers and refusals."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import traitlets

import journeykit as jk
from journeykit.errors import DefinitionError
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.reaching import reach
from journeykit.widgets.journey_canvas import JourneyCanvas


@pytest.fixture(scope="module")
def root(built_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bank of its own."""
    return Path(shutil.copytree(built_workspace, tmp_path_factory.mktemp("canvas") / "workspace"))


@pytest.fixture(autouse=True)
def workspace(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(root))
    return root


@pytest.fixture(scope="module")
def mart(root: Path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(root))
        opened = jk.connect()
    with opened:
        yield opened


def everybody(mart: Any) -> jk.Segment:
    return jk.Segment("grown_up", mart.tags.age >= 18, title="Grown up")


@pytest.fixture
def plan(mart) -> Strategy:
    goal = Goal(mart.tags.holds_wealth, within_days=30)
    return (
        Strategy("grown", stage="activate", title="Grown", title_zh="成年客户", goal=goal)
        .start(everybody(mart), control=0.1)
        .branch(mart.tags.aum >= 50_000, yes=jk.path().assign("manager", offer="W-30D"))
        .wait(days=3)
        .send("sms", offer="W-30D")
    )


@pytest.fixture
def canvas(browser, mart, plan) -> JourneyCanvas:
    return JourneyCanvas(plan, mart)


def node(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": "new_1", "next": "end", **fields}


def test_it_shows_what_the_strategy_is(canvas, browser, plan):
    shown = browser.shown(canvas)
    assert Strategy.from_json(shown["definition"]) == plan
    assert shown["told"]["send_sms"]["detail"] == "text message · Harvest 30 days"
    assert [way["name"] for way in shown["told"]["branch"]["ways"]] == ["yes", "no"]
    assert canvas.data()["rules"]["title"] == "Grown"


def test_it_speaks_chinese(browser, mart, plan):
    shown = browser.shown(JourneyCanvas(plan, mart, language="zh"))
    assert shown["rules"]["title"] == "成年客户"
    assert "短信" in shown["told"]["send_sms"]["sentence"]


def test_numbers_are_those_of_reach(canvas, browser, mart, plan):
    found = reach(plan, mart)
    numbers = browser.ask(canvas, "numbers")
    assert numbers["nodes"] == dict(found.nodes)
    assert numbers["ways"]["branch"] == [found.ways["branch", "yes"], found.ways["branch", "otherwise"]]
    (sms,) = [one for one in numbers["loads"] if one["name"] == "sms"]
    assert sms["people"] == found.nodes["send_sms"]
    assert sms["capacity"] == 2000
    tasks = numbers["loads"][-1]
    assert tasks["people"] == found.nodes["assign_manager"]
    assert tasks["capacity"] > 0


def test_a_drawn_step_is_named_as_the_verb_names_it(canvas, browser, plan):
    definition = browser.shown(canvas)["definition"]
    definition["nodes"][-1]["next"] = "new_1"
    definition["nodes"].append(node("wait", days=3))
    answer = browser.ask(canvas, "edit", definition=definition, places={"new_1": [10.4, -3]})
    assert answer["renamed"] == {"new_1": "wait_3d_2"}
    assert canvas.value == plan.wait(days=3)
    assert browser.shown(canvas)["places"] == {"wait_3d_2": [10, -3]}


def test_an_id_follows_its_fields_until_somebody_chooses_one(canvas, browser):
    definition = browser.shown(canvas)["definition"]
    definition["nodes"][-1]["channel"] = "app_push"
    browser.ask(canvas, "edit", definition=definition)
    assert canvas.value.nodes[-1].id == "send_app_push"
    definition = browser.shown(canvas)["definition"]
    definition["nodes"][-1]["id"] = "last_word"
    definition["nodes"][-2]["next"] = "last_word"
    browser.ask(canvas, "edit", definition=definition)
    definition = browser.shown(canvas)["definition"]
    definition["nodes"][-1]["channel"] = "sms"
    browser.ask(canvas, "edit", definition=definition)
    assert canvas.value.nodes[-1].id == "last_word"


def test_nodes_stand_in_the_order_of_the_verbs(canvas, browser, plan):
    definition = browser.shown(canvas)["definition"]
    definition["nodes"].reverse()
    browser.ask(canvas, "edit", definition=definition)
    assert canvas.value == plan


def test_an_edit_that_changes_nothing_leaves_the_value(canvas, browser, plan):
    revision = browser.shown(canvas)["revision"]
    assert browser.ask(canvas, "edit", definition=browser.shown(canvas)["definition"])["revision"] == revision


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["nodes"][-1].update(offer="NONE"), "Unknown offer 'NONE'"),
        (lambda d: d["nodes"][-1].update(channel="'; DROP TABLE lead; --"), "lower-case"),
        (lambda d: d["nodes"][-1].update(channel="pigeon"), "Unknown channel"),
        (lambda d: d["nodes"][2].update(id="send_sms"), "same id"),
        (lambda d: d["nodes"][4].update(days="__import__('os')"), "whole number"),
        (lambda d: d["nodes"][4].update(days=0), "1 or more"),
        (lambda d: d["nodes"][1]["cases"][0].update(when={"node": "tag", "name": "phone"}), "Unknown tag"),
        (lambda d: d["nodes"].append({"kind": "script", "id": "new_1"}), "script"),
        (lambda d: d.update(owner="a\u202eb"), "U+202E"),
        (lambda d: d.update(nodes="all"), "list"),
        (lambda d: d.update(hidden=True), "unknown key"),
        (lambda d: d.update(name="../../etc/passwd"), "lower-case"),
    ],
)
def test_what_is_malformed_or_unknown_is_refused(canvas, browser, plan, change, reason):
    definition = browser.shown(canvas)["definition"]
    change(definition)
    answer = browser.say(canvas, {"id": 5, "ask": "edit", "with": {"definition": definition}})
    assert reason in answer["error"]
    assert canvas.value == plan


@pytest.mark.parametrize("place", [[1], [1, float("inf")], [1e12, 0], [1, 2, 3]])
def test_a_place_beyond_any_screen_is_refused(canvas, browser, place):
    assert "error" in browser.say(canvas, {"id": 1, "ask": "place", "with": {"places": {"start": place}}})


def test_places_are_kept_for_nodes_that_exist(canvas, browser):
    browser.ask(canvas, "place", places={"start": [5, 6], "nobody": [1, 1]})
    assert browser.shown(canvas)["places"] == {"start": [5, 6]}
    browser.ask(canvas, "place", places={})
    assert browser.shown(canvas)["places"] == {}


def test_the_value_can_be_set_watched_and_linked(canvas, browser, mart, plan):
    other = JourneyCanvas(plan, mart)
    traitlets.link((canvas, "value"), (other, "value"))
    longer = plan.wait(days=9)
    canvas.value = longer
    assert other.value == longer
    assert Strategy.from_json(browser.shown(other)["definition"]) == longer
    with pytest.raises(DefinitionError, match=r"jk\.Strategy"):
        canvas.value = "grown"
    assert canvas.value == longer


def test_what_was_made_of_another_revision_is_refused(canvas, browser, plan):
    """Python was quicker than what is drawn, placed, saved and submitted in the browser."""
    seen = browser.shown(canvas)["revision"]
    canvas.value = quicker = plan.wait(days=9)
    answers = {"purpose": "x", "harm": "x", "data_confirmed": True, "in_flight": "finish"}
    for ask, content in [
        ("edit", {"definition": plan.model_dump(mode="json")}),
        ("place", {"places": {"start": [1, 2]}}),
        ("save", {}),
        ("submit", answers),
    ]:
        refused = browser.say(canvas, {"id": 1, "ask": ask, "with": {**content, "revision": seen}})
        assert "changed meanwhile" in refused["error"]
        assert canvas.value == quicker
    shown = browser.shown(canvas)
    assert (shown["places"], shown["saved"]) == ({}, False)
    assert browser.ask(canvas, "edit", definition=plan.model_dump(mode="json"))["revision"] > seen + 1
    assert canvas.value == plan


def test_it_is_saved_and_opened_again(canvas, browser, mart, plan, workspace):
    assert not browser.shown(canvas)["saved"]
    assert browser.ask(canvas, "save") == {"file": "grown.yaml"}
    assert browser.shown(canvas)["saved"]
    path = workspace / "scheduled" / "strategies" / "grown.yaml"
    assert path.read_text(encoding="utf-8") == plan.to_yaml()
    assert JourneyCanvas("grown", mart).value == plan
    plan.wait(days=1).save()
    canvas.value = plan.wait(days=2)
    refused = browser.say(canvas, {"id": 1, "ask": "save", "with": {}})
    assert "another strategy in grown.yaml" in refused["error"]
    path.unlink()


def test_choices_have_forms_with_the_limits_of_the_definitions(canvas, browser):
    found = browser.ask(canvas, "choices")
    (days,) = found["forms"]["wait"]
    assert (days["input"], days["minimum"], days["maximum"]) == ("whole", 1, 3650)
    assert {one["name"] for one in found["offers"]} >= {"W-30D"}
    (weekday,) = found["forms"]["wait_weekday"]
    assert len(weekday["options"]) == 7
    assert found["authors"] == ["analyst [demo]"]


def test_findings_stand_at_their_node(canvas, browser, plan):
    definition = browser.shown(canvas)["definition"]
    definition["nodes"].append(node("send", channel="sms", offer="W-30D"))
    browser.ask(canvas, "edit", definition=definition)
    found = browser.shown(canvas)["findings"]
    assert [one["node"] for one in found if one["severity"] == "error"] == ["send_sms_2"]


def test_an_empty_canvas_asks_for_a_start(browser, mart):
    canvas = JourneyCanvas(Strategy("nothing", stage="retain"), mart)
    assert browser.ask(canvas, "numbers")["problem"] == ""
    assert any(one["node"] == "start" for one in browser.shown(canvas)["findings"])
    assert browser.ask(canvas, "live")["version"] == ""


def test_who_may_only_look_changes_nothing(browser, mart, plan):
    canvas = JourneyCanvas(plan, mart, read_only=True)
    for ask, content in [
        ("edit", {"definition": plan.model_dump(mode="json")}),
        ("save", {}),
        ("submit", {"purpose": "x", "harm": "x", "data_confirmed": True, "in_flight": "finish"}),
    ]:
        assert "only for looking" in browser.say(canvas, {"id": 1, "ask": ask, "with": content})["error"]


def test_a_submission_needs_the_answers(canvas, browser):
    answers = {"purpose": "", "harm": "nobody", "data_confirmed": True, "in_flight": "finish"}
    refused = browser.say(canvas, {"id": 1, "ask": "submit", "with": {**answers, "as_": "analyst [demo]"}})
    assert "purpose" in refused["error"]
    refused = browser.say(canvas, {"id": 1, "ask": "submit", "with": {**answers, "in_flight": "kill"}})
    assert "in_flight" in refused["error"]


def test_nothing_is_submitted_under_the_name_of_a_strategy_that_was_not_opened(canvas, browser, workspace):
    (taken, *_) = sorted(path.stem for path in (workspace / "scheduled" / "strategies").glob("*.yaml"))
    browser.ask(canvas, "edit", definition={**browser.shown(canvas)["definition"], "name": taken})
    answers = {"purpose": "x", "harm": "nobody", "data_confirmed": True, "in_flight": "exit"}
    refused = browser.say(canvas, {"id": 1, "ask": "submit", "with": {**answers, "as_": "analyst [demo]"}})
    assert f"another strategy in {taken}.yaml" in refused["error"]


def test_the_static_form_shows_drawing_people_and_findings(canvas, mart, plan):
    html = canvas._static_html()
    assert "<svg" in html
    assert "<script" not in html
    assert f"{reach(plan, mart).nodes['send_sms']:,}" in html
