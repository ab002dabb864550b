"""The tag explorer: what it finds, what it tells of a tag, and what it refuses."""

from __future__ import annotations

import json

import pytest
import traitlets

import journeykit as jk
from journeykit.errors import DefinitionError, UnknownNameError


@pytest.fixture(scope="module")
def mart(built_workspace):
    """The mart of the small synthetic bank."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(built_workspace))
        with jk.connect() as opened:
            yield opened


@pytest.fixture(autouse=True)
def _workspace(built_workspace, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(built_workspace))


def chosen(browser, widget):
    return browser.shown(widget)["chosen"]


def test_it_lists_every_tag_and_finds_them_in_both_languages(browser, mart):
    widget = jk.TagExplorer(mart, language="zh")
    listed = browser.ask(widget, "catalogue")
    assert [tag["name"] for tag in listed["tags"]] == list(mart.tags)
    assert {family for family, _ in listed["families"]} == {mart.tags[name].tag.family for name in mart.tags}
    for words in ("存款", "deposit balance"):
        found = browser.ask(widget, "search", text=words)["names"]
        assert found == [row[0] for row in mart.tags.search(words).rows]
        assert "deposit_balance" in found


def test_a_chosen_tag_is_the_value_and_code(browser, mart):
    widget = jk.TagExplorer(mart)
    assert (widget.value, widget.handle, widget.to_code()) == (None, None, "")
    browser.ask(widget, "choose", name="aum")
    assert widget.value == mart.tags["aum"].tag
    assert str(widget.handle >= 5) == str(mart.tags.aum >= 5)
    assert widget.to_code() == "t.aum"
    browser.ask(widget, "choose", name=None)
    assert chosen(browser, widget) is None


@pytest.mark.parametrize("given", ["age", "handle", "tag"])
def test_python_may_choose_by_name_handle_or_tag(browser, mart, given):
    widget = jk.TagExplorer(mart)
    widget.value = {"handle": mart.tags.age, "tag": mart.tags.age.tag}.get(given, given)
    assert chosen(browser, widget)["name"] == "age"


def test_its_bars_count_every_customer(browser, mart):
    widget = jk.TagExplorer(mart)
    for name in ("aum", "gender", "risk_level", "is_farmer"):
        widget.value = name
        found = chosen(browser, widget)["distribution"]
        known = mart.frame(mart.everyone, [name])[name].notna().sum()
        assert sum(bar["count"] for bar in found["bars"]) == found["customers"] == 400
        assert sum(bar["count"] for bar in found["bars"] if not bar["missing"]) == known


def test_its_words_are_the_readers(browser, mart):
    widget = jk.TagExplorer(mart, language="zh")
    widget.value = "gender"
    found = chosen(browser, widget)
    assert {bar["label"] for bar in found["distribution"]["bars"]} <= {"女", "男", "无值"}
    assert (found["title"], found["family"]) == ("性别", "客户身份")


def test_lineage_and_users_are_those_of_the_workspace(browser, mart):
    widget = jk.TagExplorer(mart)
    for name in ("aum", "net_flow_30d"):
        widget.value = name
        found, expected = chosen(browser, widget), jk.tag_uses(name).row()
        lineage, users = found["lineage"], found["users"]
        assert {column["name"] for column in lineage["columns"]} == set(expected["reads"])
        assert [tag["name"] for tag in lineage["uses"]] == expected["uses"]
        assert set(expected["used_by"]) <= {tag["name"] for tag in lineage["used_by"]}
        assert {user["name"] for user in users["strategy"]} >= set(expected["strategies"])
        assert {user["name"] for user in users["segment"]} >= set(expected["segments"])
    assert {user["name"] for user in users["strategy"]} >= {"idle_inflow"}


def test_a_tag_that_could_not_be_built_says_what_is_missing(browser, mart):
    widget = jk.TagExplorer(mart)
    widget.value = "churn_propensity"
    found = chosen(browser, widget)
    assert found["distribution"] is None
    assert found["missing"] == "model churn"
    (line,) = [tag for tag in browser.ask(widget, "catalogue")["tags"] if tag["name"] == "churn_propensity"]
    assert not line["built"]


def test_two_that_are_linked_stay_in_step(browser, mart):
    one, other = jk.TagExplorer(mart), jk.TagExplorer(mart)
    traitlets.link((one, "value"), (other, "value"))
    browser.ask(one, "choose", name="aum")
    assert chosen(browser, other)["name"] == "aum"
    other.value = None
    assert chosen(browser, one) is None


def test_what_it_shows_is_plain_data_and_a_table_without_scripts(browser, mart):
    widget = jk.TagExplorer(mart)
    assert "deposit_balance" in widget._static_html()
    widget.value = "aum"
    data = json.loads(json.dumps(widget.data()))
    assert data["chosen"]["title"] == "Assets under management"
    assert data["as_of"] == mart.as_of.isoformat()
    shown = widget._static_html()
    assert "Assets under management" in shown
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("ask", "content"),
    [
        ("choose", {"name": "aumm"}),
        ("choose", {"name": "__class__"}),
        ("choose", {"name": 3}),
        ("choose", {}),
        ("search", {"text": ["x"]}),
        ("search", {"text": "x", "sql": "SELECT 1"}),
        ("run", {"code": "1"}),
    ],
)
def test_what_is_unknown_or_malformed_is_refused(browser, mart, ask, content):
    widget = jk.TagExplorer(mart)
    widget.value = "age"
    assert browser.say(widget, {"id": 1, "ask": ask, "with": content})["error"]
    assert chosen(browser, widget)["name"] == "age"


def test_python_is_told_what_is_no_tag(browser, mart):
    widget = jk.TagExplorer(mart)
    with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
        widget.value = "aumm"
    with pytest.raises(DefinitionError, match="is no tag"):
        widget.value = 5
