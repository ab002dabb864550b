"""Files that appear whole or not at all, and the fault hook that proves it.

Every rename and every ledger commit passes through :func:`fault_point`. In production it does
nothing; a crash test sets ``JOURNEYKIT_FAULTS`` to a log file to enumerate the points, and
``JOURNEYKIT_FAULT_AT`` to a number to kill the process right after that one.
"""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from journeykit.errors import StoreError


def fault_point(name: str) -> None:
    """Record that a durable step was taken; kill the process here when a crash test says so."""
    log = os.environ.get("JOURNEYKIT_FAULTS")
    if log is None:
        return
    with open(log, "a", encoding="utf-8") as handle:
        handle.write(name + "\n")
    with open(log, encoding="utf-8") as handle:
        count = sum(1 for _ in handle)
    if os.environ.get("JOURNEYKIT_FAULT_AT") == str(count):
        os.kill(os.getpid(), signal.SIGKILL)


def publish(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file aside with `write`, flush it to disk, and rename it to `path` in one step.

    Parameters
    ----------
    path : Path
        Where the finished file appears. An existing file is replaced atomically.
    write : callable
        Gets the path of a file to create beside `path`.

    Returns
    -------
    Path
        `path`, for chaining.

    Raises
    ------
    StoreError
        The folder cannot be written or the disk is full; nothing is left behind.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> made = publish(Path(mkdtemp()) / "a.txt", lambda aside: aside.write_text("x") and None)
    >>> made.read_text()
    'x'
    """
    aside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=".aside-", dir=path.parent)
        aside = Path(folder) / path.name
        write(aside)
        with open(aside, "rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(aside, path)
    except OSError as error:
        raise StoreError(
            f"Cannot write {path}: {error.strerror or error}. Nothing was published; free space or "
            "fix the folder's permissions, then run the same command again."
        ) from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)
            aside.parent.rmdir()
    fault_point(f"rename {path.name}")
    return path


def publish_text(path: Path, text: str) -> Path:
    """Publish `text` as UTF-8; see :func:`publish`."""

    def write(aside: Path) -> None:
        aside.write_text(text, encoding="utf-8")

    return publish(path, write)


def publish_bytes(path: Path, content: bytes) -> Path:
    """Publish `content`; see :func:`publish`."""

    def write(aside: Path) -> None:
        aside.write_bytes(content)

    return publish(path, write)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's content, read in pieces."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
