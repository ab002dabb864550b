"""A customer is opened, the timeline filtered, and a segment's portrait looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MADE = """
import journeykit as jk
mart = jk.connect(as_of="2026-05-29")
txns = mart.frame("txn")["customer_id"].value_counts()
busy = txns.index[0]
view = jk.CustomerView(busy, mart, language="{}")
view
"""


def test_a_customer_is_opened_and_the_timeline_filtered(lab):
    lab.notebook([MADE.format("zh")])
    lab.run_all()
    busy = lab.kernel("print(busy)").strip()
    view = lab.widget("CustomerView")
    expect(view.get_by_role("heading", level=3)).to_have_text(f"客户 {busy}")
    everything = view.locator("li[data-kind]")
    expect(everything.first).to_be_visible()
    view.get_by_role("checkbox", name="交易").uncheck()
    expect(view.locator('li[data-kind="txn"]')).to_have_count(0)
    events = int(lab.kernel("print((mart.frame('event')['customer_id'] == busy).sum())"))
    for kind in ("触达", "旅程", "线索", "结果"):
        view.get_by_role("checkbox", name=kind).uncheck()
    expect(view.locator('li[data-kind="event"]')).to_have_count(min(events, 40))
    view.get_by_role("checkbox", name="行为").uncheck()
    view.get_by_role("checkbox", name="交易").check()
    expect(everything).to_have_count(40)
    view.get_by_role("button", name="显示更多").click()
    expect(everything).to_have_count(80)
    lab.picture("customer-view", view)


def test_tags_and_holdings_are_behind_tabs(lab):
    lab.notebook([MADE.format("en")])
    lab.run_all()
    view = lab.widget("CustomerView")
    view.get_by_role("tab", name="Timeline").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(view.get_by_role("tabpanel", name="Holdings").get_by_role("table")).to_be_visible()
    lab.page.keyboard.press("ArrowRight")
    tags = view.get_by_role("tabpanel", name="Tags")
    expect(tags.get_by_text("privacy class C3")).to_be_visible()
    tags.get_by_role("searchbox").fill("assets under management")
    value = lab.kernel("print(f\"{mart.frame(mart.everyone).set_index('customer_id').loc[busy]['aum']:,}\")")
    expect(tags.get_by_role("row", name="Assets under management")).to_contain_text(f"{value.strip()} yuan")
    lab.theme("dark")
    lab.narrow(view)
    lab.picture("customer-view-dark-narrow", view)


def test_python_may_show_a_segment(lab):
    lab.notebook([MADE.format("en")])
    lab.run_all()
    view = lab.widget("CustomerView")
    lab.kernel("view.value = jk.Segment('rich', mart.tags.aum >= 50_000, title='Affluent')")
    expect(view.get_by_role("heading", name="Affluent")).to_be_visible()
    size = lab.kernel("print(mart.count(view.value))").strip()
    expect(view.get_by_text(f"{size} customers")).to_be_visible()
    expect(view.get_by_role("region", name="What sets it apart").get_by_role("row")).to_have_count(21)
    lab.picture("customer-view-segment", view)
