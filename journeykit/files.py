"""Files that appear whole or not at all, and the fault hook that proves it.

Every rename and every ledger commit passes through :func:`fault_point`. In production it does
nothing; a crash test sets ``JOURNEYKIT_FAULTS`` to a log file to enumerate the points, and
``JOURNEYKIT_FAULT_AT`` to a number to kill the process right after that one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from journeykit.errors import InUseError, StoreError

ASIDE = ".aside-"
"""Files are written in folders of this prefix, beside where they will appear."""


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


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `parent` that is gone afterwards; those that killed processes left are removed.

    A lock says that a folder is in use, and the system lets go of it however the process ends.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> with scratch_folder(Path(mkdtemp()), ".aside-") as folder:
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{prefix}*"):
        _remove_unused(left)
    folder, lock = _make_locked(parent, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make_locked(parent: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # another process took it for one that was left
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _remove_unused(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # gone, or another user's: not ours to remove
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # in use
    finally:
        os.close(lock)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Be the only process that holds the lock `path`; the system lets go of it however the process ends.

    Raises
    ------
    InUseError
        Another process holds it; its caller says what is being done there.
    StoreError
        The lock's folder cannot be written.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "lock"
    >>> with hold_lock(path):
    ...     path.read_text() == str(os.getpid())
    True
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = open(path, "a+", encoding="ascii")  # noqa: SIM115 - closed below, with the lock
    except OSError as error:
        raise StoreError(f"Cannot write {path}: {error.strerror}. Fix the folder's permissions.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise InUseError(f"{path} is in use by process {holder}. Wait for it.", holder) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def publish(path: Path, write: Callable[[Path], None], *, private: Path | None = None) -> Path:
    """Write a file aside with `write`, flush it to disk, and rename it to `path` in one step.

    Parameters
    ----------
    path : Path
        Where the finished file appears. An existing file is replaced atomically.
    write : callable
        Gets the path of a file to create beside `path`.
    private : Path, optional
        A folder above `path`: it, every folder from it down to `path`, and the file are then open to our
        own user only.

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
    try:
        if private is not None:
            _close_folders(private, path.parent)
        with scratch_folder(path.parent, ASIDE) as folder:
            aside = folder / path.name
            write(aside)
            if private is not None:
                aside.chmod(0o600)
            with open(aside, "rb+") as handle:
                os.fsync(handle.fileno())
            os.replace(aside, path)
    except OSError as error:
        raise StoreError(
            f"Cannot write {path}: {error.strerror or error}. Nothing was published; free space or "
            "fix the folder's permissions, then run the same command again."
        ) from error
    fault_point(f"rename {path.name}")
    return path


def _close_folders(top: Path, bottom: Path) -> None:
    """Make the folders from `top` down to `bottom` where they lack, and close them to other users."""
    steps = bottom.relative_to(top).parts
    for count in range(len(steps) + 1):
        folder = top.joinpath(*steps[:count])
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)


def publish_text(path: Path, text: str, *, private: Path | None = None) -> Path:
    """Publish `text` as UTF-8; see :func:`publish`."""

    def write(aside: Path) -> None:
        aside.write_text(text, encoding="utf-8")

    return publish(path, write, private=private)


def publish_bytes(path: Path, content: bytes, *, private: Path | None = None) -> Path:
    """Publish `content`; see :func:`publish`."""

    def write(aside: Path) -> None:
        aside.write_bytes(content)

    return publish(path, write, private=private)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's content, read in pieces."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
