"""A real morning's reports in a real browser with no network and no script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

DAY = "2026-05-29"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reports(morning, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports of a morning by job, and the daily one in Chinese."""
    root = tmp_path_factory.mktemp("reports") / "workspace"
    shutil.copytree(morning.journey.root, root)
    found = {
        job: next((root / "var" / "runs" / job / DAY).glob("*/report.html"))
        for job in ("build_tags", "run_strategies", "daily_report")
    }
    english = shutil.copy(found["daily_report"], root / "english.html")
    command = "from journeykit.cli import app; app()"
    asked = ["run", "daily_report", "--as-of", DAY, "-p", "language=zh"]
    environment = os.environ | {"JOURNEYKIT_WORKSPACE": str(root)}
    subprocess.run([sys.executable, "-c", command, *asked], check=True, env=environment, cwd=root)
    return found | {"chinese": found["daily_report"], "daily_report": Path(english)}


def open_offline(browser: Browser, path: Path) -> tuple[Page, list[str]]:
    """The page as it shows with scripts off and the network gone, and every address it asked for."""
    page = browser.new_context(java_script_enabled=False, offline=True).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, asked


@pytest.mark.parametrize("name", ["build_tags", "run_strategies", "daily_report", "chinese"])
def test_a_report_asks_for_nothing_but_itself(browser, reports, name):
    page, asked = open_offline(browser, reports[name])
    assert asked == [reports[name].as_uri()]
    assert page.locator("h1").is_visible()
    assert page.locator("table").count() > 0
    assert page.locator("script").count() == 0


def test_charts_are_drawn_without_scripts(browser, reports):
    page, _ = open_offline(browser, reports["daily_report"])
    assert page.locator("svg").count() >= 3
    assert all((box := svg.bounding_box()) and box["width"] > 100 for svg in page.locator("svg").all())


def test_chinese_text_is_read_by_a_reader_of_chinese(browser, reports):
    page, _ = open_offline(browser, reports["chinese"])
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    text = page.locator("body").inner_text()
    assert "每日经营报告" in text and "未授权该渠道" in text
    assert "\ufffd" not in text and not re.search(r"\b(Leads|Drops|Strategy|Channel)\b", text)
