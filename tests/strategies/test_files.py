"""Strategies as files: lossless, stable to the byte, and refused with line and reason when not right."""

from __future__ import annotations

import difflib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit import yaml_files
from journeykit.errors import DefinitionError
from journeykit.expressions import did, tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import MAX_NODES, Goal, Strategy
from tests.strategies.any_plans import any_plan

PLAN = (
    Strategy("plan", stage="retain", title_zh="计划", goal=Goal(tag("holds_wealth"), within_days=30))
    .start(Segment("rich", (tag("aum") >= 500_000) & (tag("age") < 60)), control=0.1)
    .send("sms", offer="W-30D", template="Hello: #1")
    .wait(days=3)
    .branch(did("view").within(days=3), yes=path().assign("manager", offer="W-30D"), no=path().exit())
)
TEXT = PLAN.to_yaml()
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"


def line_of(text, part):
    """The number of the line that a part of the text stands in."""
    return text[: text.index(part)].count("\n") + 1


@given(any_plan())
def test_yaml_value_and_json_are_the_same_thing(plan):
    text = plan.to_yaml()
    read = Strategy.from_yaml(text)
    assert read == plan
    assert read.to_yaml() == text
    again = Strategy.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert again.to_yaml() == text
    assert Strategy.model_validate(json.loads(json.dumps(plan.model_dump(mode="json")))) == plan


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn", "Cf", "Zl", "Zp"], exclude_characters=FILLERS)
    )
)
def test_whatever_a_title_says_it_reads_back_equal(title):
    plan = Strategy("plan", stage="retain", title=title)
    assert Strategy.from_yaml(plan.to_yaml()) == plan


@pytest.mark.parametrize(
    "text", ["\0", "a\x1bb", "\ud800", "\ufeff", "\u202egnp", "a\u200bb", "a\u2028b", "\u3164"]
)
def test_what_no_file_could_hold_is_refused_at_once(text):
    with pytest.raises(DefinitionError, match="is not allowed"):
        Strategy("plan", stage="retain", owner=text)
    with pytest.raises(DefinitionError, match="is not allowed"):
        PLAN.send("sms", offer="W-30D", template=text)


def test_saving_twice_gives_the_same_bytes_and_loading_by_name_the_same_value(tmp_path, monkeypatch):
    (tmp_path / "journeykit.toml").write_text("[workspace]\nname = 'x'\ncountry = 'CN'\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    first = PLAN.save().read_bytes()
    assert Strategy.load("plan") == PLAN
    assert Strategy.load("plan").save().read_bytes() == first
    assert Strategy.load(tmp_path / "scheduled" / "strategies" / "plan.yaml") == PLAN
    with pytest.raises(DefinitionError, match=r"none\.yaml"):
        Strategy.load("none")


def test_a_copy_has_another_name_and_nothing_else():
    copy = PLAN.renamed("other")
    assert copy.name == "other"
    assert copy.renamed("plan") == PLAN
    with pytest.raises(DefinitionError, match="lower-case letters"):
        PLAN.renamed("../other")


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({"priority": 7}, 1),
        (
            {
                "nodes": tuple(
                    n.model_copy(update={"days": 4}) if n.id == "wait_3d" else n for n in PLAN.nodes
                )
            },
            1,
        ),
        ({"owner": "Retail"}, 1),
    ],
)
def test_a_small_change_is_a_small_difference(change, lines):
    before, after = TEXT.splitlines(), PLAN.model_copy(update=change).to_yaml().splitlines()
    changed = [line for line in difflib.ndiff(before, after) if line[0] == "+"]
    assert len(changed) == lines


WRONG = {
    "a type": ("  days: 3", "  days: three", "days: three", "days: a whole number is expected"),
    "a number out of range": ("  days: 3", "  days: 0", "  days: 0", "days: 1 or more is expected"),
    "a number beyond all": ("  days: 3", "  days: " + "9" * 30, "  days: 99", "days: "),
    "a fraction": ("  days: 3", "  days: 3.5", "days: 3.5", "days: "),
    "a share that is none": ("control: '0.1'", "control: .nan", "control: .nan", "a number is expected"),
    "an endless share": ("control: '0.1'", "control: .inf", "control: .inf", "control: "),
    "a kind": ("kind: wait", "kind: nap", "- kind: nap", "Unknown kind 'nap'"),
    "a key": ("  days: 3", "  days: 3\n  colour: red", "colour: red", "colour: unknown key"),
    "a missing key": ("  offer: W-30D\n", "", "- kind: send", "offer: Field required"),
    "a key twice": ("  days: 3", "  days: 3\n  days: 4", "days: 4", "the key 'days' stands twice"),
    "an id that looks like another": ("id: wait_3d", "id: wаit_3d", "id: wаit", "lower-case letters"),
    "a path as an id": ("id: wait_3d", "id: ../../etc/passwd", "id: ../", "lower-case letters"),
    "an id of two lines": ("id: wait_3d", 'id: "wait\\n"', "id: \"wait", "lower-case letters"),
    "a hidden character": ("Hello", "Hel\0lo", "Hel", "U+0000 is not allowed"),
    "an escaped one": ("template: 'Hello: #1'", 'template: "\\0"', 'template: "', "U+0000 is not allowed"),
    "half a character": ("'Hello: #1'", '"\\ud800"', 'template: "', "U+D800 is not allowed"),
    "an anchor": ("nodes:", "nodes: &x", "nodes: &x", "anchors and aliases"),
    "code": ("title_zh: 计划", "title_zh: !!python/name:os.system", "title_zh: !!", "python/name:os.system"),
    "a way to nowhere": ("next: branch", "next: ''", "next: ''", "next: lower-case letters"),
    "a channel without a name": ("channel: sms", "channel: ''", "channel: ''", "channel: lower-case letters"),
    "an offer without a name": ("  offer: W-30D", "  offer: ''", "offer: ''", "offer: "),
    "an operator": ("op: '>='", "op: '=>'", "op: '=>'", "op"),
    "a tag's name that is a list": ("name: aum", "name: [aum]", "name: [aum]", "text is expected"),
    "a list that is a text": ("operands:", "operands: no\n      also:", "operands: no", "a list is expected"),
    "broken brackets": ("  days: 3", "  days: [3", "", ""),
    "a tabulator": ("  days: 3", "\tdays: 3", "\tdays", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused_with_its_line_and_the_reason(tmp_path, case):
    old, new, place, reason = WRONG[case]
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    file = tmp_path / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        Strategy.load(file)
    where = f"{file}, line {line_of(text, place)}" if place else f"{file}, line "
    assert str(caught.value).startswith(where)
    assert reason in str(caught.value)


def test_each_of_several_findings_has_its_line():
    text = TEXT.replace("  days: 3", "  days: 0", 1).replace("within_days: 30", "within_days: x")
    with pytest.raises(DefinitionError) as caught:
        Strategy.from_yaml(text)
    assert f"YAML, line {line_of(text, 'within_days: x')}: goal.within_days" in str(caught.value)
    assert f"; line {line_of(text, '  days: 0')}: nodes.2.wait.days" in str(caught.value)


BOMBS = {
    "a billion laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "brackets": "nodes: " + "[" * 100_000,
    "dashes": "- " * 100_000,
    "maps": "".join(f"{'  ' * level}a:\n" for level in range(400)),
    "an expression inside itself": "name: x\nstage: retain\nexit_when: "
    + "{node: not, operand: " * 100 + "{node: as_of}" + "}" * 100,
    "far too much": "name: x\nstage: retain\ntitle: " + "x" * (yaml_files.MAX_CHARACTERS + 1),
    "a number of a million digits": "name: x\nstage: retain\npriority: " + "9" * 1_000_000,
    "an exponent": "name: x\nstage: retain\npriority: 1e999999999",
}  # fmt: skip


@pytest.mark.parametrize("case", BOMBS)
def test_what_would_exhaust_the_machine_is_refused(tmp_path, case):
    file = tmp_path / "x.yaml"
    file.write_text(BOMBS[case], encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        Strategy.load(file)
    assert str(caught.value).startswith(f"{file}")
    assert len(str(caught.value)) < 1_500


def test_more_nodes_than_a_journey_may_have_are_refused_with_the_limit_and_the_line():
    nodes = "\n".join(f"- {{kind: exit, id: n{at}}}" for at in range(MAX_NODES + 1))
    text = f"name: x\nstage: retain\nnodes:\n{nodes}\n"
    with pytest.raises(DefinitionError, match="line 3: nodes: 5,000 at most are possible"):
        Strategy.from_yaml(text)
    fewer = text.replace(f"- {{kind: exit, id: n{MAX_NODES}}}\n", "")
    assert len(Strategy.from_yaml(fewer).nodes) == MAX_NODES


def test_a_file_that_a_windows_editor_marked_is_read(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert Strategy.load(file) == PLAN
