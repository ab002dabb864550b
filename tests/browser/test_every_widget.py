"""What all widgets do alike in JupyterLab and in what is made of its notebooks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect

from journeykit.reports.rendering import Masthead, render_report
from journeykit.runs.kernels import execute_notebook

pytestmark = pytest.mark.browser

MADE = """
import journeykit as jk
mart = jk.connect(as_of="2026-05-29")
explorer = jk.TagExplorer(mart, language="zh")
explorer.value = "aum"
"""
FOLLOWING = """
import traitlets
follower = jk.TagExplorer(mart)
traitlets.dlink((explorer, "value"), (follower, "value"))
follower
"""


def test_two_displays_of_a_widget_and_one_that_follows_it_stay_in_step(lab):
    lab.notebook([MADE, "explorer", "explorer", FOLLOWING])
    lab.run_all()
    found = lab.widget("TagExplorer")
    expect(found).to_have_count(3)
    for one in found.all():
        expect(one.get_by_role("heading", level=3)).to_contain_text("aum")
    lab.kernel("explorer.value = 'age'")
    for one in found.all():
        expect(one.get_by_role("heading", level=3)).to_contain_text("age")
    lab.kernel("explorer.value = None")
    for one in found.all():
        expect(one.get_by_role("heading", level=3)).to_have_count(0)


def test_the_static_form_is_hidden_while_the_widget_lives_and_is_saved_as_it_is_then(lab):
    lab.notebook([MADE, "explorer"])
    lab.run_all()
    expect(lab.widget("TagExplorer")).to_be_visible()
    static = lab.page.locator("[data-jk-static]")
    expect(static).to_be_hidden()
    lab.kernel("explorer.value = 'age'")
    expect(static).to_contain_text("age")
    lab.command("docmanager:save")
    saved = nbformat.read(lab.path, 4)
    assert "age" in static_form(saved)
    assert "aum" not in static_form(saved)
    lab.theme("dark")
    lab.restart_and_run_all()
    expect(lab.widget("TagExplorer").get_by_role("heading", level=3)).to_contain_text("aum")
    expect(static).to_be_hidden()


def static_form(notebook: nbformat.NotebookNode) -> str:
    """The one static form that a notebook holds."""
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    (found,) = [
        "".join(output.data["text/html"])
        for output in outputs
        if "data-jk-static" in "".join(output.get("data", {}).get("text/html", ""))
    ]
    return found


@pytest.fixture(scope="module")
def executed(built_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook with a widget that papermill ran."""
    folder = tmp_path_factory.mktemp("papermill")
    workspace = Path(shutil.copytree(built_workspace, folder / "workspace"))
    cells = [nbformat.v4.new_code_cell(source) for source in (MADE, "explorer", "explorer.value = 'age'")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "made.ipynb")
    return execute_notebook(folder / "made.ipynb", {}, workspace, folder / "executed.ipynb", minutes=5)


@contextmanager
def opened(browser: Browser, html: str, folder: Path, **options) -> Iterator[tuple[Page, list[str]]]:
    """A page of a file, and every address that it asks for from a network that is not there."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "page.html").as_uri())
    yield page, [url for url in asked if not url.startswith("file:")]
    context.close()


def test_a_report_shows_the_static_form_and_loads_nothing(executed, browser, tmp_path):
    day = date(2026, 5, 29)
    masthead = Masthead("Bank", "Tags", day, day, "R-1", "zh", demo=True)
    with opened(browser, render_report(executed, masthead), tmp_path) as (page, asked):
        static = page.locator("[data-jk-static]")
        expect(static).to_be_visible()
        expect(static).to_contain_text("age")
        expect(page.get_by_text("TagExplorer(")).to_have_count(0)
        assert asked == []


def test_an_exported_notebook_shows_the_static_form_without_scripts(executed, browser, tmp_path):
    html, _ = HTMLExporter().from_notebook_node(executed)
    with opened(browser, html, tmp_path, java_script_enabled=False) as (page, asked):
        expect(page.locator("[data-jk-static]")).to_be_visible()
        expect(page.locator("[data-jk-static]")).to_contain_text("age")
        assert asked == []


def test_the_static_form_itself_asks_for_nothing(executed):
    assert not re.search(r"<script|<link|<img|src=|url\(|@import|https?:", static_form(executed))
