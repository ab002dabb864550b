"""The canvas in a real JupyterLab: drawn by mouse, and found again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

OPEN = "import journeykit as jk\nmart = jk.connect()\nt = mart.tags"
EMPTY = f'{OPEN}\ncanvas = jk.JourneyCanvas(jk.Strategy("drawn", stage="activate"), mart)\ncanvas'
BY_VERBS = """
from journeykit.expressions import And, Expression
everybody = Expression(And(operands=()))
plan = (
    jk.Strategy("drawn", stage="activate")
    .start(jk.Segment("drawn_audience", everybody), control=0.1)
    .send(canvas.value.nodes[1].channel, offer=canvas.value.nodes[1].offer)
    .wait(days=3)
    .branch(everybody, yes=jk.path().assign("manager", offer=canvas.value.nodes[1].offer))
)
print(plan.to_yaml())
"""


class Drawing:
    """What a person does on a canvas with a mouse."""

    def __init__(self, canvas: Locator) -> None:
        self.canvas = canvas
        self.pane = canvas.locator(".react-flow__pane")
        self.boxes = canvas.locator(".react-flow__node-box")
        self.dots = canvas.locator(".react-flow__node-dot")

    def begin(self) -> None:
        """Wait until it is known what can be chosen; nothing has to be scrolled to while it is dragged to."""
        self.canvas.evaluate("element => element.scrollIntoView({ block: 'end' })")
        expect(self.button("Add: Who enters")).to_be_enabled()

    def button(self, name: str) -> Locator:
        return self.canvas.get_by_role("button", name=name, exact=True)

    def drag(self, step: str, onto: Locator) -> None:
        """Drag a step from the palette onto something, and see one box more."""
        count = self.boxes.count()
        self.button(f"Add: {step}").drag_to(onto, force=True)  # a way lies over its dot
        expect(self.boxes).to_have_count(count + 1)


def test_a_strategy_is_drawn_saved_undone_and_found_again(lab):
    lab.notebook([EMPTY])
    lab.run_all()
    canvas = lab.widget("JourneyCanvas")
    drawing = Drawing(canvas)
    drawing.begin()
    drawing.drag("Who enters", drawing.pane)
    for step in ("Send an offer", "Wait days", "Branch"):
        drawing.drag(step, drawing.dots)
    drawing.drag("Manager's task", drawing.dots.first)

    drawing.button("Save").click()
    expect(canvas.get_by_role("status")).to_have_text("Saved")
    saved = (lab.server.workspace / "scheduled" / "strategies" / "drawn.yaml").read_text(encoding="utf-8")
    assert saved.strip() == lab.kernel(BY_VERBS).strip()
    lab.picture("canvas-drawn", canvas)

    for left in (4, 3, 2, 1, 0):
        drawing.button("Undo").click()
        expect(drawing.boxes).to_have_count(left)
    for _ in range(5):
        drawing.button("Redo").click()
    expect(drawing.boxes).to_have_count(5)
    expect(canvas.get_by_role("status")).to_have_text("Saved")

    lab.command("docmanager:save")
    lab.page.reload()
    expect(drawing.boxes).to_have_count(5)
    lab.restart_and_run_all()
    expect(drawing.button("Add: Who enters")).to_be_enabled()
    expect(drawing.boxes).to_have_count(0)


def test_keys_are_enough(lab):
    lab.notebook([EMPTY])
    lab.run_all()
    canvas = lab.widget("JourneyCanvas")
    drawing = Drawing(canvas)
    drawing.begin()
    for count, step in enumerate(("Who enters", "Wait days", "Mark"), 1):
        drawing.button(f"Add: {step}").press("Enter")
        expect(drawing.boxes).to_have_count(count)
    drawing.boxes.nth(1).focus()
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Delete")
    expect(drawing.boxes).to_have_count(2)
    lab.page.keyboard.press("Control+z")
    expect(drawing.boxes).to_have_count(3)
    canvas.get_by_role("tab", name="List").press("Enter")
    canvas.get_by_role("button", name=re.compile("Wait · 3 days")).press("Enter")
    days = canvas.get_by_label("Days", exact=True)
    days.fill("5")
    days.press("Enter")
    expect(drawing.boxes.nth(1)).to_contain_text("5 days")
    assert (
        lab.kernel("print([node.id for node in canvas.value.nodes])") == "['start', 'wait_5d', 'mark_seen']\n"
    )


def test_what_the_kernel_refuses_is_told_and_taken_back(lab):
    lab.notebook([f'{OPEN}\ncanvas = jk.JourneyCanvas("wealth_maturing", mart)\ncanvas'])
    lab.run_all()
    canvas = lab.widget("JourneyCanvas")
    expect(canvas.get_by_text("In the segment")).to_be_visible()
    canvas.get_by_role("tab", name="Strategy").click()
    priority = canvas.get_by_label("Priority")
    before = priority.input_value()
    priority.fill("0")
    priority.press("Enter")
    expect(canvas.get_by_role("alert")).to_contain_text("1 or more is expected")
    expect(priority).to_have_value(before)
