"""The notebook that designs by mouse, done as it says: two cells and clicks, to a submitted strategy."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "08_design_by_mouse.ipynb"


def test_a_strategy_is_designed_and_submitted(lab):
    who, what = (cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code")
    lab.notebook([who, what])
    page = lab.page
    lab.run_cell(0)

    builder = lab.widget("SegmentBuilder")
    count = builder.get_by_role("status").locator("strong")
    rich = int(count.inner_text())
    builder.get_by_role("button", name="Add a rule").click()
    rule = builder.locator(".rule").nth(1)
    rule.get_by_role("button", name="What the rule is about").click()
    page.get_by_role("combobox", name="Search").fill("wealth product")
    page.get_by_role("option", name="Holds a wealth product", exact=True).click()
    rule.get_by_label("Comparison").select_option("no")
    expect(count).not_to_have_text(str(rich))
    lab.picture("by-mouse-who")

    lab.run_cell(1)
    canvas = lab.widget("JourneyCanvas")
    enter, rules = canvas.locator(".react-flow__node", has_text="Enter"), canvas.locator(".jk-rules")
    enter.click()
    expect(rules.locator(".rule")).to_have_count(2)
    canvas.get_by_role("button", name="Add: Branch").click()
    expect(rules.get_by_text("No rules yet")).to_be_visible()
    canvas.get_by_role("button", name="Undo").click()
    enter.click()
    expect(rules.locator(".rule")).to_have_count(2)
    for step in ("Send an offer", "Wait days", "Manager's task"):
        canvas.get_by_role("button", name=f"Add: {step}").click()
        expect(canvas.locator(".react-flow__node .jk-selected")).to_contain_text(step.split()[0])
    lab.picture("by-mouse-what")
    canvas.get_by_role("button", name="Save", exact=True).click()
    expect(canvas.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    canvas.get_by_role("tab", name="Submit").click()
    canvas.get_by_label("What is it good for").fill("A first wealth product for idle money")
    canvas.get_by_label("Who could be harmed").fill("Who cannot bear a loss: the risk assessment stops it")
    canvas.get_by_label("I have read").check()
    canvas.get_by_role("button", name="Submit for approval").click()
    expect(canvas.get_by_text("waits for an approver")).to_be_visible(timeout=60_000)
    lab.picture("by-mouse-submitted")

    assert lab.kernel("print(jk.strategy_history('by_mouse').state)") == "submitted\n"
    kinds = lab.kernel("print(*[node.kind for node in jk.Strategy.load('by_mouse').nodes])")
    assert kinds == "start send wait assign\n"
    same = lab.kernel("print(mart.count((t.aum >= 50_000) & ~t.holds_wealth))")
    assert count.inner_text() == same.strip()
