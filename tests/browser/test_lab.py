"""JupyterLab as the other browser tests find it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_notebook_runs_restarts_and_changes_its_theme(lab):
    lab.notebook(["import journeykit as jk\nprint('hello')"])
    lab.run_all()
    expect(lab.page.locator(".jp-OutputArea-output")).to_have_text("hello")
    assert lab.kernel("print(jk.__name__)") == "journeykit\n"
    lab.kernel("jk = None")
    lab.theme("dark")
    lab.restart_and_run_all()
    assert lab.kernel("print(jk.__name__)") == "journeykit\n"


def test_an_error_in_a_cell_or_on_the_console_is_noticed(lab):
    lab.notebook(["1 / 0"])
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all()
    lab.page.evaluate("() => console.error('found by the harness')")
    assert ["found by the harness" in problem for problem in lab.problems] == [True]
    lab.problems.clear()
