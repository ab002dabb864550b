"""A real JupyterLab, and what a person does in it, as tests say it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections import deque
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import ConsoleMessage, Locator, Page, Request

TOKEN = "only-for-tests"
OPTIONS = (
    "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}",
    "--expose-app-in-browser", "--LabApp.news_url=", "--LabApp.extension_manager=readonly",
)  # fmt: skip
DISABLED = (
    "@jupyterlab/apputils-extension:announcements", "@jupyterlab/debugger-extension",
    "@jupyterlab/extensionmanager-extension",
)  # fmt: skip
NOTEBOOK = "[...jupyterapp.shell.widgets('main')].find((widget) => widget.sessionContext)"
EXECUTE = f"""async (code) => {{
  let said = "";
  const asked = {NOTEBOOK}.sessionContext.session.kernel.requestExecute({{ code, store_history: false }});
  asked.onIOPub = ({{ header, content }}) => {{
    if (header.msg_type === "stream") said += content.text;
    if (header.msg_type === "error") said = content.traceback.join("\\n");
  }};
  const reply = await asked.done;
  return [reply.content.status, said];
}}"""
FAILED_CELLS = f"""() => {NOTEBOOK}.model.sharedModel.cells.flatMap((cell) => cell.getOutputs?.() ?? [])
  .filter((output) => output.output_type === "error").map((output) => output.traceback.join("\\n"))"""
SECONDS = 60
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Server:
    """A running ``jupyter lab`` that knows nothing of this machine's settings."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.workspace, self.config = workspace, folder / "config"
        (self.config / "labconfig").mkdir(parents=True)
        page = {"disabledExtensions": dict.fromkeys(DISABLED, True)}
        (self.config / "labconfig" / "page_config.json").write_text(json.dumps(page), encoding="utf-8")
        own = {
            "HOME": folder, "IPYTHONDIR": folder / "ipython", "JUPYTER_CONFIG_DIR": self.config,
            "JUPYTER_DATA_DIR": folder / "data", "JUPYTER_RUNTIME_DIR": folder / "runtime",
            "JOURNEYKIT_WORKSPACE": workspace,
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *OPTIONS], cwd=workspace, text=True, encoding="utf-8",
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=os.environ | {name: str(value) for name, value in own.items()},
        )  # fmt: skip
        self._log: deque[str] = deque(maxlen=50)
        self.address = self._address()
        # A pipe that nobody reads would fill up and stop the server.
        threading.Thread(target=self._log.extend, args=(self._process.stderr,), daemon=True).start()

    def _address(self) -> str:
        for line in self._process.stderr or ():
            self._log.append(line)
            if "http://127.0.0.1:" in line and "/lab" in line:
                return "http://127.0.0.1:" + line.split("http://127.0.0.1:")[1].split("/")[0]
        raise RuntimeError("JupyterLab did not start:\n" + "".join(self._log))

    def forget_settings(self) -> None:
        """Undo what a test set by the page, such as the theme."""
        for path in (self.config / "lab" / "user-settings").rglob("*.jupyterlab-settings"):
            path.unlink()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)


class Lab:
    """One page on the server, from an empty notebook on.

    Attributes
    ----------
    page : Page
        Playwright's page, for everything that is not said here.
    problems : list of str
        Errors on the console, uncaught errors, and requests to anywhere but the server. The fixture fails
        a test that leaves one; a test that expects one takes it out.
    path : Path
        The notebook that is open.
    """

    _numbers = count(1)

    def __init__(self, server: Server, page: Page, pictures: Path) -> None:
        self.server, self.page, self._pictures = server, page, pictures
        self.problems: list[str] = []
        self.path = server.workspace
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error.stack or error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        found = urlsplit(request.url)
        if found.scheme in ("http", "https", "ws", "wss") and found.hostname != "127.0.0.1":
            self.problems.append(f"request to {request.url}")

    def notebook(self, cells: list[str]) -> None:
        """Open a new notebook of these cells, with a kernel of its own."""
        number = next(self._numbers)
        path = self.path = self.server.workspace / f"test_{number}.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        made = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells], metadata={"kernelspec": kernel}
        )
        nbformat.write(made, path)
        self.page.goto(f"{self.server.address}/lab/workspaces/test-{number}/tree/{path.name}?token={TOKEN}")
        self.page.wait_for_function(
            f"() => window.jupyterapp && {NOTEBOOK}?.sessionContext.session?.kernel?.status === 'idle'",
            timeout=SECONDS * 1000,
        )
        self.evaluate("() => jupyterapp.shell.collapseLeft()")

    def run_all(self) -> None:
        """Run all cells; an error in one fails the test."""
        self.command("notebook:run-all-cells")
        self._no_cell_failed()

    def run_cell(self, number: int) -> None:
        """Run one cell, counted from 0; an error in it fails the test."""
        self.evaluate(f"(number) => {{ {NOTEBOOK}.content.activeCellIndex = number }}", number)
        self.command("notebook:run-cell")
        self._no_cell_failed()

    def restart_and_run_all(self) -> None:
        """Restart the kernel and run all cells, as the menu does."""
        self.page.evaluate(
            "() => { window.jkRestarted = jupyterapp.commands.execute('notebook:restart-run-all') }"
        )
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.evaluate("() => window.jkRestarted")
        self._no_cell_failed()

    def kernel(self, code: str) -> str:
        """What code prints in the notebook's kernel; no cell is added."""
        status, said = self.evaluate(EXECUTE, code)
        assert status == "ok", _COLOUR.sub("", said)
        return said

    def theme(self, name: str) -> None:
        """Change the theme: ``light`` or ``dark``."""
        self.command("apputils:change-theme", {"theme": f"JupyterLab {name.title()}"})
        light = str(name == "light").lower()
        self.page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")

    def widget(self, name: str) -> Locator:
        """The living widget of a Python class, such as ``JourneyCanvas``."""
        return self.page.locator(f'.jk[data-widget="{name}"]')

    def narrow(self, widget: Locator, pixels: int = 360) -> None:
        """Give a widget as little room as a side panel does."""
        widget.evaluate("(element, pixels) => { element.style.width = `${pixels}px` }", pixels)

    def picture(self, name: str, of: Locator | None = None) -> Path:
        """Save how the page or a part of it looks now; see PICTURES in the fixture."""
        path = self._pictures / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> Any:
        """Run one of JupyterLab's commands to its end."""
        return self.evaluate(
            "([name, given]) => jupyterapp.commands.execute(name, given).then(() => true)",
            [name, arguments or {}],
        )

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a function in the page and wait for its promise, but not for ever."""
        limit = f"""new Promise((_, reject) =>
          setTimeout(() => reject(new Error("no answer in {SECONDS} s")), {SECONDS * 1000}))"""
        return self.page.evaluate(f"(given) => Promise.race([({function})(given), {limit}])", argument)

    def close(self) -> None:
        """End the notebook's kernel and the page."""
        if self.page.evaluate("() => Boolean(window.jupyterapp)"):
            self.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")
        self.page.close()

    def _no_cell_failed(self) -> None:
        failed = self.evaluate(FAILED_CELLS)
        assert not failed, _COLOUR.sub("", "\n".join(failed))
