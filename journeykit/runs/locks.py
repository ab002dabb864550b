"""One run of a job at a time, over all processes of a machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journeykit.errors import RunError, StoreError


@contextmanager
def job_lock(folder: Path, job: str) -> Iterator[None]:
    """Hold a job's lock; the system lets go of it however the process ends.

    Raises
    ------
    RunError
        Another process runs the job; the message says which.
    """
    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = open(path, "a+", encoding="ascii")  # noqa: SIM115 - closed below, with the lock
    except OSError as error:
        raise StoreError(f"Cannot write {path}: {error.strerror}. Fix the folder's permissions.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise RunError(
                f"Job '{job}' is already running, in process {holder}. Wait for it, or end that process."
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
