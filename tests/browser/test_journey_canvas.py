"""The canvas in a real JupyterLab: drawn by mouse, and found again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

OPEN = ["import journeykit as jk\nmart = jk.connect()\nt = mart.tags"]


def test_a_saved_strategy_is_shown_with_its_people(lab):
    lab.notebook([*OPEN, 'canvas = jk.JourneyCanvas("wealth_maturing", mart)\ncanvas'])
    lab.run_all()
    canvas = lab.widget("JourneyCanvas")
    expect(canvas.get_by_text("In the segment")).to_be_visible()
    lab.picture("canvas-light", canvas)
