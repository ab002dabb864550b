"""A segment built by hand in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab

pytestmark = pytest.mark.browser

BEGIN = """
import journeykit as jk
mart = jk.connect()
t = mart.tags
builder = jk.SegmentBuilder({start}, mart, language="{language}")
builder
"""


@pytest.fixture
def built(lab: Lab):
    """Shows a builder that starts with a condition."""

    def begin(start: str = "mart.everyone", language: str = "en") -> Locator:
        lab.notebook([BEGIN.format(start=start, language=language).strip()])
        lab.run_all()
        builder = lab.widget("SegmentBuilder")
        expect(builder.locator(".jk-fall li").first).to_be_visible()
        return builder

    return begin


def choose(rule: Locator, field: str) -> None:
    """Choose by mouse what a rule is about."""
    rule.get_by_role("button", name="What the rule is about").click()
    page = rule.page
    page.get_by_role("option").filter(has=page.get_by_text(field, exact=True)).first.click()


def says(lab: Lab, builder: Locator, condition: str) -> bool:
    """Whether, once all is counted, the value is the segment of a condition, written in Python."""
    expect(builder.get_by_role("status")).to_have_attribute("aria-busy", "false")
    return lab.kernel(f"print(builder.value.where == ({condition}).node)") == "True\n"


def drag_over(chart: Locator, start: float, end: float) -> None:
    """Drag over a share of a chart's width."""
    box = chart.bounding_box()
    assert box is not None
    mouse, middle = chart.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * start, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] * (start + end) / 2, middle)
    mouse.move(box["x"] + box["width"] * end, middle)
    mouse.up()


def test_three_nested_rules_by_mouse_only(lab, built):
    builder = built()
    rules = builder.locator(".jk-rules")
    page = lab.page

    builder.get_by_role("button", name="Add a rule").click()
    first = rules.locator(".rule").nth(0)
    choose(first, "City, town or village")
    first.get_by_role("button", name="Value").click()
    page.get_by_role("checkbox", name="city").check()
    page.get_by_role("checkbox", name="town").check()
    page.keyboard.press("Escape")

    builder.get_by_role("button", name="Add a group of rules").first.click()
    inner = rules.locator(".ruleGroup .ruleGroup")
    inner.get_by_label("How the rules are joined").select_option("or")
    second = inner.locator(".rule").nth(0)
    choose(second, "Holds a wealth product")

    inner.get_by_role("button", name="Add a rule").click()
    third = inner.locator(".rule").nth(1)
    choose(third, "Age")
    third.get_by_label("Comparison").select_option("between")
    third.get_by_role("button", name="How customers are spread").click()
    drag_over(page.locator(".jk-histogram svg"), 0.3, 0.55)
    page.keyboard.press("Escape")

    low, high = (third.get_by_label(end, exact=True).input_value() for end in ("From", "To"))
    assert int(low) < int(high)
    same = f't.region_kind.isin(["city", "town"]) & (t.holds_wealth | t.age.between({low}, {high}))'
    count = lab.kernel(f"print(mart.count({same}))").strip()
    assert 0 < int(count) < 400
    expect(builder.get_by_role("status").locator("strong")).to_have_text(count)
    assert says(lab, builder, same)
    expect(builder.locator(".jk-fall li")).to_have_count(3)
    lab.picture("segment-builder", builder)

    builder.get_by_role("button", name="Undo").click()
    expect(builder.get_by_role("status").locator("strong")).not_to_have_text(count)
    builder.get_by_role("button", name="Redo").click()
    expect(builder.get_by_role("status").locator("strong")).to_have_text(count)


def test_rules_are_moved_by_dragging_and_by_keys(lab, built):
    builder = built("(t.aum >= 1000) & t.holds_wealth & (t.age.is_missing() | (t.age > 30))")
    handle = builder.locator(".queryBuilder-dragHandle").first
    handle.drag_to(builder.locator(".rule", has_text="Age").last)
    moved = "t.holds_wealth & (t.age.is_missing() | (t.age > 30) | (t.aum >= 1000))"
    assert says(lab, builder, moved)
    builder.get_by_role("button", name="Move down").first.focus()
    lab.page.keyboard.press("Enter")
    assert says(lab, builder, "t.holds_wealth | t.age.is_missing() | (t.age > 30) | (t.aum >= 1000)")


def test_behaviour_and_sequences_have_forms(lab, built):
    builder = built(language="zh")
    builder.get_by_role("button", name="添加条件", exact=True).click()
    builder.get_by_role("button", name="字段").click()
    lab.page.get_by_role("option", name="浏览", exact=True).click()
    builder.get_by_label("次数").fill("2")
    builder.get_by_role("button", name="限定").click()
    condition = builder.locator(".jk-where .rule")
    condition.get_by_role("button", name="字段").click()
    lab.page.get_by_role("combobox", name="中英文搜索").fill("Product line")
    lab.page.keyboard.press("Enter")
    condition.get_by_label("取值").fill("wealth")
    viewed = 'jk.did("view", object="wealth").at_least(2).within(days=30)'
    assert says(lab, builder, viewed)

    builder.get_by_role("button", name="添加条件", exact=True).first.click()
    builder.get_by_role("button", name="字段: 选择字段…").click()
    lab.page.get_by_role("option", name="行为序列").click()
    then = 'jk.sequence(jk.did("view"), jk.did("apply")).within(days=30)'
    assert says(lab, builder, f"{viewed} & {then}")
    lab.picture("segment-builder-zh", builder)


def test_what_the_kernel_refuses_is_told_under_the_widget(lab, built):
    builder = built("t.aum >= 1000")
    builder.locator(".rule").get_by_label("Value", exact=True).fill("1")
    assert says(lab, builder, "t.aum >= 1")
    builder.get_by_label("Name", exact=True).fill("No Name!")
    expect(builder.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    lab.kernel("del mart.tags._tags['aum']")  # as if another session had taken the tag away
    builder.get_by_label("Name", exact=True).fill("named")
    builder.locator(".rule").get_by_label("Value", exact=True).fill("2")
    expect(builder.get_by_role("alert")).to_contain_text("Unknown tag 'aum'")
    assert lab.kernel("print(builder.value.where)") == 'tag("aum") >= 1\n'


def test_keys_pressed_in_a_widget_are_no_commands_to_the_notebook(lab, built):
    builder = built("t.aum > 1000")
    keyboard, cells = lab.page.keyboard, lab.page.locator(".jp-Notebook:visible .jp-Cell")
    before = cells.count()

    builder.get_by_role("button", name="Not").first.click()
    for key in "abx":
        keyboard.press(key)
    builder.get_by_label("How the rules are joined").first.focus()
    for key in "bdd":
        keyboard.press(key)
    builder.get_by_role("tab").first.click()
    keyboard.press("a")
    expect(cells).to_have_count(before)

    lab.page.locator(".jp-Notebook:visible .jp-InputArea-editor").first.click()
    keyboard.press("Escape")
    keyboard.press("b")  # here it is one
    expect(cells).to_have_count(before + 1)
