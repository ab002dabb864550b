"""Widgets in a real JupyterLab and a real browser.

To look at what they look like: ``PICTURES=folder pytest tests/browser``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.lab import Lab, Server

PATIENCE = 15_000
"""Milliseconds to wait for what is sure to come, on a machine that does other things too."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def lab_server(
    chromium: str, built_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One JupyterLab on a copy of the small synthetic bank, for all browser tests."""
    folder = tmp_path_factory.mktemp("jupyterlab")
    server = Server(folder, Path(shutil.copytree(built_workspace, folder / "workspace")))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for a module, so that JupyterLab is fetched once."""
    found = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    found.set_default_timeout(PATIENCE)
    yield found
    found.close()


@pytest.fixture
def lab(lab_server: Server, context: BrowserContext, tmp_path: Path) -> Iterator[Lab]:
    """A page on JupyterLab; errors on its console fail the test."""
    lab_server.forget_settings()
    found = Lab(lab_server, context.new_page(), Path(os.environ.get("PICTURES", tmp_path)))
    yield found
    problems = list(found.problems)  # what JupyterLab says while its kernel is taken away is not ours
    found.close()
    assert problems == []
