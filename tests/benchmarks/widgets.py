"""What somebody waits for in JupyterLab at a million customers, from the mouse to what is shown.

The snapshot and the events are those of the segments' benchmark. Times are taken in the page: from the event
that a person makes to the moment the figures of the new state are in the document, with the kernel at rest
when it begins.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

from playwright.sync_api import sync_playwright

from tests.benchmarks import segments
from tests.browser.lab import NOTEBOOK, Lab, Server
from tests.conftest import CHROMIUM_FLAGS, ROOT

TIMES = 40
OPENINGS = 10
NODES = 60
LIMITS = {"a rule changed": 300, "a step dropped": 500, f"{NODES} steps opened": 1500}
"""Milliseconds, of 95 in 100."""

BUILDER = f"""
import journeykit as jk
mart = jk.connect(as_of="{segments.AS_OF}")
builder = jk.SegmentBuilder(mart.tags.aum >= 50_000, mart)
builder
"""
CANVAS = f"""
import journeykit as jk
mart = jk.connect(as_of="{segments.AS_OF}")
t = mart.tags
plan = (
    jk.Strategy("bench", stage="activate", goal=jk.Goal(t.holds_wealth, within_days=90))
    .start(jk.Segment("some", t.aum >= 50_000), control=0.1)
    .wait(days=2)
    .branch({{"viewed": (jk.did("view", object="wealth").within(days=30), jk.path().wait(days=1)),
              "young": (t.age < 30, jk.path())}}, no=jk.path().wait(days=3))
    .split({{"some": (0.3, jk.path().wait(days=5)), "rest": (0.7, jk.path())}})
    .exit()
)
canvas = jk.JourneyCanvas(plan, mart)
canvas
"""
LONG = f"""
long = jk.Strategy("long", stage="activate", goal=jk.Goal(t.holds_wealth, within_days=90)).start(
    jk.Segment("some", t.aum >= 50_000))
while len(long.nodes) < {NODES} - 10:
    size = len(long.nodes)
    ways = {{f"b{{n}}": (t.age < 20 * n, jk.path().wait(days=n).mark(f"m{{size}}")) for n in (1, 2, 3)}}
    long = long.branch(ways, no=jk.path().wait(days=9))
while len(long.nodes) < {NODES}:
    long = long.wait(days=len(long.nodes))
assert len(long.nodes) == {NODES}
"""
UNTIL = """(check) => new Promise((done) => {
  const look = () => check() ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""
CHANGE = f"""async (value) => {{
  const builder = document.querySelector('[data-widget="SegmentBuilder"]');
  const input = builder.querySelector(".rule input[aria-label='Value']");
  const total = builder.querySelector(".jk-total");
  const before = total.innerText, began = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
  input.dispatchEvent(new Event("input", {{ bubbles: true }}));
  return (await ({UNTIL})(() => total.innerText !== before && !total.matches(".jk-stale"))) - began;
}}"""
DROP = f"""async () => {{
  const canvas = document.querySelector('[data-widget="JourneyCanvas"]');
  const told = () => [...canvas.querySelectorAll(".jk-people")].filter((box) => box.innerText).length;
  const before = told(), began = performance.now();
  canvas.querySelector(".jk-palette [aria-label='Add: Wait days']").click();
  return (await ({UNTIL})(() => told() > before)) - began;
}}"""
OPEN = f"""async () => {{
  const nodes = () => document.querySelectorAll('[data-widget="JourneyCanvas"] .react-flow__node').length;
  const began = performance.now();
  jupyterapp.commands.execute("notebook:run-cell");
  return (await ({UNTIL})(() => nodes() >= {NODES})) - began;
}}"""
SELECT_LAST = f"() => {{ {NOTEBOOK}.content.activeCellIndex = 1 }}"
AT_REST = f"() => {NOTEBOOK}.sessionContext.session.kernel.status === 'idle'"


def prepare(workspace: Path, customers: int) -> None:
    """A workspace with the repository's definitions on the generated mart."""
    workspace.mkdir(parents=True, exist_ok=True)
    if not (workspace / "var" / "mart").is_dir():
        shutil.copy(ROOT / "journeykit.toml", workspace)
        shutil.copytree(ROOT / "scheduled", workspace / "scheduled", dirs_exist_ok=True)
        segments.generate(workspace / "var" / "mart", customers)


class Person:
    """Somebody at a page, whose waiting is measured."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def rest(self) -> None:
        """Wait until the kernel has nothing to do, and a moment longer: more is asked once it is quiet."""
        for _ in range(2):
            self.lab.kernel("")
            self.lab.page.wait_for_function(AT_REST)
            self.lab.page.wait_for_timeout(1_000)

    def change_rules(self) -> list[float]:
        self.lab.notebook([BUILDER])
        self.lab.run_all()
        self.lab.widget("SegmentBuilder").get_by_label("Value", exact=True).wait_for()
        return [self._measure(CHANGE, str(40_000 + 1_000 * number)) for number in range(TIMES)]

    def drop_steps(self) -> list[float]:
        self.lab.notebook([CANVAS])
        self.lab.run_all()
        canvas = self.lab.widget("JourneyCanvas")
        canvas.locator(".jk-people", has_text="1").first.wait_for()
        taken = []
        for _ in range(TIMES):
            canvas.locator(".react-flow__node", has_text="2").first.click()
            taken.append(self._measure(DROP))
            canvas.get_by_role("button", name="Undo").click()
        return taken

    def open_canvases(self) -> list[float]:
        taken = []
        for _ in range(OPENINGS):
            self.lab.notebook([f"{CANVAS.rsplit('canvas =', 1)[0]}{LONG}", "jk.JourneyCanvas(long, mart)"])
            self.lab.run_cell(0)
            self.lab.evaluate(SELECT_LAST)
            taken.append(self._measure(OPEN))
        return taken

    def _measure(self, function: str, argument: Any = None) -> float:
        self.rest()
        return self.lab.evaluate(function, argument)


def report(name: str, taken: list[float]) -> str:
    """One line: half and nearly all of the times, and the most there may be."""
    cuts = quantiles(taken, n=20, method="inclusive")
    return (
        f"{name:18} p50 {cuts[9]:>6.0f} ms   p95 {cuts[18]:>6.0f} ms   most {LIMITS[name]:>5} ms   "
        f"{'ok' if cuts[18] <= LIMITS[name] else 'MORE'}"
    )


def measure(folder: Path) -> Iterator[str]:
    """Start JupyterLab and a browser, let somebody work there, and tell of each kind of waiting."""
    server = Server(Path(tempfile.mkdtemp(dir=folder)), folder / "workspace")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800}).new_page()
        person = Person(Lab(server, page, folder))
        deeds = (person.change_rules, person.drop_steps, person.open_canvases)
        for name, deed in zip(LIMITS, deeds, strict=True):
            yield report(name, deed())
        browser.close()
    server.stop()


def main() -> None:
    """Prepare in a folder, by default a temporary one, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the files here, and use the snapshot that is there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (chosen.folder or Path(temporary)).resolve()
        prepare(folder / "workspace", chosen.customers)
        print(f"{chosen.customers:,} customers, from the mouse to what is shown")
        for line in measure(folder):
            print(line, flush=True)


if __name__ == "__main__":
    main()
