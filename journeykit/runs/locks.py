"""One run of a job at a time, over all processes of a machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from journeykit.errors import InUseError, RunError
from journeykit.files import hold_lock


@contextmanager
def job_lock(folder: Path, job: str) -> Iterator[None]:
    """Hold a job's lock.

    Raises
    ------
    RunError
        Another process runs the job; the message says which.
    """
    with ExitStack() as held:
        try:
            held.enter_context(hold_lock(folder / "lock"))
        except InUseError as error:
            raise RunError(
                f"Job '{job}' is already running, in process {error.holder}. "
                "Wait for it, or end that process."
            ) from error
        yield
