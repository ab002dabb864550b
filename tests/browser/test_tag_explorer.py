"""A tag is found in Chinese, understood, and put into the cell that somebody writes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MADE = """
import journeykit as jk
mart = jk.connect(as_of="2026-05-29")
t = mart.tags
explorer = jk.TagExplorer(mart, language="zh")
explorer
"""
FOUND = "print(sum(t[row[0]].tag.family == 'assets' for row in t.search('AUM').rows))"
WRITING = "rich = 1, "


def test_a_tag_is_found_in_chinese_and_inserted(lab):
    lab.notebook([MADE, WRITING])
    lab.run_all()
    explorer = lab.widget("TagExplorer")
    editor = lab.page.locator(".jp-CodeCell .cm-content").nth(1)
    editor.click()
    lab.page.keyboard.press("End")
    explorer.get_by_role("searchbox").fill("存款余额")
    expect(explorer.get_by_role("listbox").get_by_role("option").first).to_contain_text("存款余额")
    explorer.get_by_role("listbox").get_by_role("option", name="存款余额 deposit_balance").click()
    expect(explorer.get_by_role("heading", level=3)).to_contain_text("deposit_balance")
    expect(explorer.get_by_role("table", name="存款余额")).to_be_visible()
    assert lab.kernel("print(explorer.to_code())") == "t.deposit_balance\n"
    explorer.get_by_role("button", name="插入代码").click()
    expect(editor).to_have_text(WRITING + "t.deposit_balance")
    lab.picture("tag-explorer", explorer)


def test_it_is_used_by_keyboard_and_follows_python(lab):
    lab.notebook([MADE])
    lab.run_all()
    explorer = lab.widget("TagExplorer")
    explorer.get_by_label("标签族").select_option("管理资产")
    explorer.get_by_role("searchbox").fill("AUM")
    found = int(lab.kernel(FOUND))
    expect(explorer.get_by_role("listbox").get_by_role("option")).to_have_count(found)
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Enter")
    expect(explorer.get_by_role("listbox").get_by_role("option", selected=True)).to_have_count(1)
    lab.kernel("explorer.value = t.net_flow_30d")
    expect(explorer.get_by_role("heading", level=3)).to_contain_text("net_flow_30d")
    expect(explorer.get_by_role("region", name="来源")).to_contain_text("近30天转入金额")
    expect(explorer.get_by_role("region", name="使用者")).to_contain_text("大额流入闲置")
    explorer.get_by_role("button", name="近30天转入金额").click()
    expect(explorer.get_by_role("heading", level=3)).to_contain_text("inflow_30d")
    lab.theme("dark")
    lab.narrow(explorer)
    lab.picture("tag-explorer-dark-narrow", explorer)


def test_a_tag_that_is_gone_is_refused_under_the_widget(lab):
    lab.notebook([MADE])
    lab.run_all()
    explorer = lab.widget("TagExplorer")
    option = explorer.get_by_role("listbox").get_by_role("option", name="性别 gender", exact=True)
    expect(option).to_be_visible()
    lab.kernel("del t._tags['gender']")  # what this page lists is no more
    option.click()
    expect(explorer.get_by_role("alert")).to_contain_text("Unknown tag 'gender'")
    assert lab.kernel("print(explorer.value)") == "None\n"
