"""A bank's morning in one process, forked from a parent that has imported everything and opened nothing.

Run as a script it reads one request a line (JSON: root, and optionally log, after, before), forks, and
answers with the child's exit code; negative when a signal ended it. A real run starts three kernels; here
the notebooks' cells run in the child itself, through the same runner, so that a morning takes seconds.
"""

from __future__ import annotations

import ast
import json
import os
import signal
import sys
import traceback
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2026, 5, 29)


def main() -> None:
    """Serve requests until standard input ends."""
    import_everything()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _be_a_morning(**request)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def import_everything() -> None:
    """What a morning needs; none of it opens a database or starts a thread when imported."""
    import altair  # noqa: F401
    import IPython.core.formatters  # noqa: F401
    import pandas  # noqa: F401

    import journeykit.demo
    import journeykit.reports
    import journeykit.runs
    import journeykit.strategies.simulation
    import journeykit.workspace  # noqa: F401


def _be_a_morning(root: str, log: str = "", after: int = 0, before: int = 0) -> None:
    """Run a morning in a workspace and end this process, at a fault point when one is named."""
    os.chdir(root)
    os.environ["JOURNEYKIT_WORKSPACE"] = root
    if log:
        os.environ["JOURNEYKIT_FAULTS"] = log
        os.environ["JOURNEYKIT_FAULT_AT"] = str(after)
    if before:
        _die_before_rename(before)
    said = os.open(Path(root) / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    code = 1
    try:
        run_morning(Path(root))
        code = 0
    except BaseException:  # noqa: BLE001 - this process ends here, and says why
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run_morning(root: Path) -> None:
    """What `journeykit demo` does once there is a bank."""
    from journeykit import demo, workspace
    from journeykit.runs import RunRequest, load_jobs, run_job, running
    from journeykit.settings import load_settings

    running.execute_notebook = execute_here
    settings = load_settings(root)
    if not (settings.var / "vault" / "key").exists():
        workspace.create_vault_key()
    workspace.load_day(DAY)
    for name in load_jobs(settings.scheduled).jobs:
        if name == "run_strategies":
            demo.approve_strategies(DAY)
        run_job(settings, RunRequest(name, DAY))


def execute_here(notebook: Path, parameters: dict[str, Any], _workspace: Path, keep: Path, _minutes: int):
    """Stand in for the kernel: every cell in order, outputs kept, the notebook published."""
    import nbformat

    from journeykit.files import publish_bytes

    book = nbformat.read(notebook, as_version=4)
    names: dict[str, Any] = {}
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = _run_cell(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(parameters)
    publish_bytes(keep, nbformat.writes(book).encode())
    return book


def _run_cell(source: str, names: dict[str, Any]) -> list[Any]:
    from IPython.core.formatters import DisplayFormatter
    from nbformat.v4 import new_output

    statements = ast.parse(source).body
    shown = statements.pop() if statements and isinstance(statements[-1], ast.Expr) else None
    exec(compile(ast.Module(statements, []), "cell", "exec", dont_inherit=True), names)
    if shown is None:
        return []
    value = eval(compile(ast.Expression(shown.value), "cell", "eval", dont_inherit=True), names)
    data, metadata = DisplayFormatter().format(value)
    return [new_output("execute_result", data, metadata=metadata, execution_count=1)]


def _die_before_rename(number: int) -> None:
    """End this process right before a finished file would get its name, leaving it aside."""
    rename, seen = os.replace, 0

    def count(source: Any, target: Any) -> None:
        nonlocal seen
        if Path(source).parent.name.startswith(".aside-"):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target)

    os.replace = count


if __name__ == "__main__":
    main()
