"""How far something long is: a bar on a terminal, one line in a notebook, nothing in a log or a report.

A job runs in a kernel that has neither. It tells the process that started it, which may have a terminal,
through a pipe that `JOURNEYKIT_PROGRESS` names; when that is empty nobody looks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

PIPE = "JOURNEYKIT_PROGRESS"

Progress = Callable[[int, int, str], None]
"""Called with the number of finished steps, of all steps, and what comes next."""


@contextmanager
def show_progress(doing: str) -> Iterator[Progress]:
    """Show how far `doing` is, wherever somebody looks; what was shown is gone afterwards.

    Examples
    --------
    >>> with show_progress("Counting") as progress:
    ...     progress(1, 2, "the rest")
    """
    pipe = os.environ.get(PIPE)
    if pipe is not None:
        yield lambda done, steps, what: _tell(pipe, _line(doing, done, steps, what))
    elif sys.stderr.isatty():
        with _bar(doing) as progress:
            yield progress
    elif _is_notebook():
        with _notebook_line(doing) as progress:
            yield progress
    else:
        yield lambda *_: None


@contextmanager
def hear_progress(update: Callable[[str], None]) -> Iterator[None]:
    """Call `update` with each line that processes started meanwhile tell of their progress.

    Examples
    --------
    >>> heard = []
    >>> with hear_progress(heard.append), show_progress("Counting") as progress:
    ...     progress(1, 2, "the rest")
    >>> heard
    ['Counting: the rest (2 of 2)']
    """
    before = os.environ.get(PIPE)
    with TemporaryDirectory(prefix="jk-") as folder:
        pipe = Path(folder) / "progress"
        os.mkfifo(pipe, 0o600)
        ends = os.open(pipe, os.O_RDWR)  # both: it neither waits for a writer nor ends with one
        reader = Thread(target=_hear, args=(ends, update), daemon=True)
        reader.start()
        os.environ[PIPE] = str(pipe)
        try:
            yield
        finally:
            os.environ.pop(PIPE)
            if before is not None:
                os.environ[PIPE] = before
            os.write(ends, b"\n")
            reader.join()


def _hear(pipe: int, update: Callable[[str], None]) -> None:
    """Until an empty line, which no teller writes."""
    with open(pipe, encoding="utf-8") as lines:
        for line in lines:
            if line == "\n":
                return
            update(line.rstrip("\n"))


def _tell(pipe: str, line: str) -> None:
    """Write a line, unless nobody listens or the listener is behind: progress is never waited for."""
    try:
        end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        os.write(end, f"{line}\n".encode())
    except BlockingIOError:
        pass
    finally:
        os.close(end)


def _line(doing: str, done: int, steps: int, what: str) -> str:
    return f"{doing}: {what} ({min(done + 1, steps)} of {steps})"


@contextmanager
def _bar(doing: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(doing, total=None)
        yield lambda done, steps, what: bars.update(
            task, completed=done, total=steps, description=f"{doing}: {what}"
        )


def _is_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


@contextmanager
def _notebook_line(doing: str) -> Iterator[Progress]:
    """One line that is written over, and empty in the saved notebook."""
    from IPython.display import display

    line = display({"text/plain": f"{doing} …"}, raw=True, display_id=True)
    assert line is not None  # noqa: S101  (it has an id)
    try:
        yield lambda done, steps, what: line.update({"text/plain": _line(doing, done, steps, what)}, raw=True)
    finally:
        line.update({}, raw=True)
