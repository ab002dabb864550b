"""The builder of segments without a browser: by the messages that one sends, and from Python."""

from __future__ import annotations

import shutil
from html import unescape

import pytest
import traitlets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import journeykit as jk
from journeykit.errors import DefinitionError, JourneykitError, UnknownNameError
from journeykit.expressions import did, sequence, tag
from journeykit.segments import Segment
from journeykit.widgets.segment_builder import SegmentBuilder

RICH, CITY = tag("aum") >= 20_000, tag("region_kind") == "city"
VIEWED = did("view", object="wealth").within(days=90)
THEN = sequence(did("view"), did("apply").within(days=30))
UNRESET = [HealthCheck.function_scoped_fixture]
EVERYONE = {"combinator": "and", "not": False, "rules": []}


@pytest.fixture(scope="module")
def root(built_workspace, tmp_path_factory):
    return shutil.copytree(built_workspace, tmp_path_factory.mktemp("builder") / "workspace")


@pytest.fixture(autouse=True)
def workspace(root, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(root))
    return root


@pytest.fixture(scope="module")
def mart(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(root))
        opened = jk.connect()
    with opened:
        yield opened


@pytest.fixture
def builder(browser, mart):
    return SegmentBuilder(Segment("rich", RICH & CITY, title="Rich"), mart, language="en")


def rules_of(condition):
    return Segment("x", condition).to_rules()


def edit(browser, builder, tree, name="rich", title="Rich"):
    return browser.ask(builder, "edit", name=name, title=title, tree=tree)


def refused(browser, builder, **content):
    """Ask for an edit that is refused, and find the value as it was; gives the reason."""
    before = builder.value
    answer = browser.say(builder, {"id": 3, "ask": "edit", "with": content})
    assert builder.value == before
    return answer["error"]


# What a browser does.


def test_an_edit_changes_the_value_and_counts_exactly(browser, builder, mart):
    wanted = RICH | (VIEWED & ~CITY)
    answer = edit(browser, builder, rules_of(wanted), name="viewers", title="Viewers")
    assert builder.value == Segment("viewers", wanted, title="Viewers")
    assert answer["count"] == len(mart.ids(wanted))
    shown = browser.shown(builder)
    assert (shown["count"], shown["everyone"], shown["name"]) == (answer["count"], 400, "viewers")


def test_the_tree_stays_as_somebody_arranged_it(browser, builder):
    (rule,) = rules_of(RICH)["rules"]
    arranged = {**EVERYONE, "rules": [{**EVERYONE, "rules": [rule]}]}
    for tree in (arranged, rules_of(RICH), arranged):  # from the second on the value stays the same
        edit(browser, builder, tree)
        assert builder.value.where == RICH.node
        assert browser.shown(builder)["tree"] == tree
    builder.value = Segment("rich", CITY)
    assert browser.shown(builder)["tree"] == rules_of(CITY)


conditions = st.recursive(
    st.sampled_from([
        RICH, CITY, VIEWED, THEN, ~THEN.within(days=60), tag("holds_wealth"), tag("age").between(20, 40),
        tag("district").isin(["A", "B"]), tag("age").is_missing(), tag("aum") > tag("wealth_balance"),
        tag("aum") + 1 > 5, tag("district").contains("河"), tag("aum") < 0.25,
        did("login").at_most(2).in_each(days=7).within(days=28), did("txn").within(days=30).sum("amount") > 5,
    ]),
    lambda below: st.one_of(
        st.builds(lambda one: ~one, below),
        st.builds(lambda one, other: one & other, below, below),
        st.builds(lambda one, other: one | other, below, below),
    ),
    max_leaves=6,
)  # fmt: skip


@given(conditions)
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_shown_and_sent_back_is_the_same_segment(browser, mart, condition):
    segment = Segment("any", condition, title="Any", title_zh="任意")
    builder = SegmentBuilder(segment, mart, language="en")
    edit(browser, builder, browser.shown(builder)["tree"], name="any", title="Any")
    assert builder.value == segment


def test_a_title_is_given_in_the_reader_s_language(browser, mart):
    builder = SegmentBuilder(Segment("rich", RICH, title="Rich"), mart, language="zh")
    edit(browser, builder, rules_of(RICH), title="富裕")
    assert (builder.value.title, builder.value.title_zh) == ("Rich", "富裕")


def test_the_waterfall_is_that_of_the_mart(browser, builder, mart):
    edit(browser, builder, rules_of(RICH & CITY & VIEWED))
    fall = browser.ask(builder, "waterfall")
    expected = mart.waterfall(builder.value)
    assert fall["everyone"] == 400
    assert [(one["text"], one["remain"]) for one in fall["steps"]] == [
        (one.text, one.remain) for one in expected.steps
    ]


def test_profile_and_overlap_are_told(browser, builder, mart, workspace):
    Segment("citizens", CITY, title="Citizens").save()
    assert ["citizens", "Citizens"] in browser.ask(builder, "saved")["segments"]
    profile, expected = browser.ask(builder, "profile"), mart.profile(builder.value).table("en")
    assert [one["tag"] for one in profile["rows"]] == [row[0] for row in expected.rows]
    assert [one["group"] for one in profile["rows"]] == [row[1] for row in expected.rows]
    assert all(abs(one["bar"]) <= 1 or one["quiet"] for one in profile["rows"])
    overlap = browser.ask(builder, "overlap", names=["citizens"])
    rich, citizens = (set(mart.ids(one)) for one in (RICH & CITY, CITY))
    assert overlap["segments"] == [["Rich", len(rich)], ["Citizens", len(citizens)]]
    assert {tuple(inside): count for inside, count in overlap["parts"]} == {
        (True, True): len(rich),
        (False, True): len(citizens - rich),
        (False, False): 400 - len(citizens),
    }


def test_saving_says_who_and_why(browser, builder, workspace):
    edit(browser, builder, rules_of(RICH), name="saved_rich")
    browser.ask(builder, "save", reason="")
    edit(browser, builder, rules_of(RICH & CITY), name="saved_rich")
    without = browser.say(builder, {"id": 1, "ask": "save", "with": {"reason": " "}})
    assert "reason" in without["error"]
    assert browser.ask(builder, "save", reason="Cities only") == {"name": "saved_rich"}
    assert Segment.load("saved_rich") == builder.value
    assert (workspace / "scheduled" / "segments" / "saved_rich.yaml").exists()
    assert [one.reason for one in builder.value.history().versions] == ["", "Cities only"]


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(browser, mart, workspace):
    first = SegmentBuilder(Segment("shared", RICH), mart)
    browser.ask(first, "save", reason="")
    theirs = Segment("shared", CITY)
    theirs.save(author="bob", reason="Cities")
    stranger = SegmentBuilder(Segment("shared", VIEWED), mart)
    for builder in (first, stranger):
        if builder is first:
            edit(browser, builder, rules_of(RICH & CITY), name="shared")
        refused = browser.say(builder, {"id": 1, "ask": "save", "with": {"reason": "mine"}})
        assert "another segment in shared.yaml" in refused["error"]
        assert Segment.load("shared") == theirs
    opened = SegmentBuilder(Segment.load("shared"), mart)
    edit(browser, opened, rules_of(RICH & CITY), name="shared")
    browser.ask(opened, "save", reason="both")
    assert Segment.load("shared") == opened.value


def test_what_was_made_of_another_revision_is_refused(browser, builder, workspace):
    """Python was quicker than the browser's edit and save."""
    seen = browser.shown(builder)["revision"]
    builder.value = quicker = Segment("quicker", CITY)
    content = {"name": "slow", "title": "", "tree": rules_of(RICH)}
    for ask, asked in [("edit", content), ("save", {"reason": ""})]:
        refused = browser.say(builder, {"id": 1, "ask": ask, "with": {**asked, "revision": seen}})
        assert "changed meanwhile" in refused["error"]
        assert builder.value == quicker
    assert not (workspace / "scheduled" / "segments" / "quicker.yaml").exists()
    answer = edit(browser, builder, rules_of(RICH), name="now")
    assert answer["revision"] == browser.shown(builder)["revision"]


def test_a_title_of_the_other_language_is_not_taken_over(browser, mart):
    builder = SegmentBuilder(Segment("rich", RICH, title="Rich"), mart, language="zh")
    shown = browser.shown(builder)
    edit(browser, builder, rules_of(CITY), title=shown["title"])
    assert builder.value == Segment("rich", CITY, title="Rich")


def test_code_makes_the_same_segment(browser, builder, mart):
    code = browser.ask(builder, "code")["code"]
    assert code == builder.to_code()
    assert eval(code, {"jk": jk, "t": mart.tags}) == builder.value


# What a browser must not do.


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"field": "aumm", "operator": ">=", "value": 1}, "Did you mean 'aum'?"),
        ({"field": "aum", "operator": ">=", "value": "1 OR 1=1"}, "compares decimal"),
        ({"field": "aum; DROP TABLE snapshot", "operator": ">=", "value": 1}, "rules.0"),
        ({"field": "phone", "operator": "=", "value": "1"}, "Unknown tag 'phone'"),
        ({"field": "region_kind", "operator": "=", "value": "moon"}, "Unknown value"),
        ({"field": "aum", "operator": "LIKE", "value": "%"}, "Unknown operator"),
        ({"field": "aum", "operator": ">=", "value": 1, "sql": "1"}, "unknown key"),
        ({"field": "aum", "operator": ">=", "value": float("inf")}, "no number of JSON"),
        ({"field": "did.view", "operator": "=", "match": {"mode": "atLeast", "threshold": -1},
          "value": EVERYONE}, "threshold"),
        ({"field": "did.view", "operator": "=", "match": {"mode": "atLeast", "threshold": 1},
          "value": EVERYONE, "since_entry": True}, "entry"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(browser, builder, rule, reason):
    assert reason in refused(browser, builder, name="rich", title="", tree={**EVERYONE, "rules": [rule]})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"name": "../etc", "title": "", "tree": EVERYONE}, "name"),
        ({"name": "x; DROP", "title": "", "tree": EVERYONE}, "name"),
        ({"name": "rich", "title": "x" * 201, "tree": EVERYONE}, "title"),
        ({"name": "rich", "title": 5, "tree": EVERYONE}, "title"),
        ({"name": "rich", "title": "", "tree": []}, "tree"),
        ({"name": "rich", "title": ""}, "tree"),
        ({"name": "rich", "title": "", "tree": EVERYONE, "where": {}}, "where"),
        ({"name": "rich", "title": "", "tree": {**EVERYONE, "rules": [EVERYONE] * 1_001}}, "rules"),
    ],
)
def test_a_malformed_edit_is_refused(browser, builder, content, reason):
    assert reason in refused(browser, builder, **content)


def test_only_saved_segments_overlap(browser, builder):
    for names in (["../../journeykit"], ["nobody_saved_this"], [], ["rich"] * 8, "rich"):
        answer = browser.say(builder, {"id": 1, "ask": "overlap", "with": {"names": names}})
        assert "error" in answer


# What Python does.


def test_a_value_from_python_is_shown(browser, builder, mart):
    builder.value = Segment("cities", CITY)
    shown = browser.shown(builder)
    assert (shown["name"], shown["count"]) == ("cities", len(mart.ids(CITY)))
    assert builder.data() == {
        key: value for key, value in shown.items() if key not in ("language", "static_id")
    }


@pytest.mark.parametrize("wrong", [RICH, "rich", None, {"where": {}}])
def test_another_value_than_a_segment_is_refused(builder, wrong):
    with pytest.raises(DefinitionError, match=r"Give a jk\.Segment"):
        builder.value = wrong


def test_a_segment_that_cannot_be_counted_is_refused(builder):
    before = builder.value
    with pytest.raises(UnknownNameError, match="no_such_tag"):
        builder.value = Segment("odd", tag("no_such_tag") > 5)
    assert builder.value == before


def test_two_builders_are_linked(browser, builder, mart):
    other = SegmentBuilder(mart.everyone, mart)
    traitlets.link((builder, "value"), (other, "value"))
    edit(browser, builder, rules_of(VIEWED))
    assert other.value == builder.value
    assert browser.shown(other)["count"] == len(mart.ids(VIEWED))
    other.value = Segment("cities", CITY)
    assert browser.shown(builder)["name"] == "cities"


def test_it_begins_with_what_it_is_given(browser, mart, workspace):
    Segment("kept", RICH).save()
    assert SegmentBuilder("kept", mart).value == Segment("kept", RICH)
    assert SegmentBuilder(RICH & VIEWED, mart).value == Segment("aum_view", RICH & VIEWED)
    empty = SegmentBuilder(mart.everyone, mart)
    assert (empty.value.name, empty.data()["count"]) == ("segment", 400)
    with pytest.raises(JourneykitError, match="not_saved"):
        SegmentBuilder("not_saved", mart)


def test_the_static_form_tells_all_without_a_script(browser, builder, mart):
    html = builder._static_html()
    assert f"{len(mart.ids(RICH & CITY)):,}" in html
    assert "“Assets under management” is at least 20,000 yuan" in unescape(html)
    assert html.count("<tr") >= 3
    assert "<script" not in html
    builder.value = Segment("x", CITY, title="<script>alert(1)</script>")
    assert "<script" not in builder._static_html()
