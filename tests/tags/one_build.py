"""A build of tags in a process of its own, which may be held or killed on the way.

Reads one request (JSON: root, as_of, tags, and optionally hold_at, kill_at, kill_before_rename) from its
first line of input, prints ``building`` when it is held, and goes on when its input ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

from journeykit.errors import JourneykitError
from journeykit.mart.store import MartStore
from journeykit.tags import Catalogue, Tag, build_tags


def main() -> None:
    """Build as asked and print the id, or the error."""
    asked = json.loads(sys.stdin.readline())
    if asked.get("kill_before_rename"):
        _die_before_rename(asked["kill_before_rename"])

    def progress(done: int, _steps: int, _what: str) -> None:
        if done == asked.get("hold_at"):
            print("building", flush=True)
            sys.stdin.read()
        if done == asked.get("kill_at"):
            os.kill(os.getpid(), signal.SIGKILL)

    tags = Catalogue([Tag.model_validate(tag) for tag in asked["tags"]])
    try:
        build = build_tags(
            MartStore(Path(asked["root"])), tags, date.fromisoformat(asked["as_of"]),
            memory_limit="500MB", threads=1, progress=progress,
        )  # fmt: skip
    except JourneykitError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    print(build.build_id)


def _die_before_rename(number: int) -> None:
    """End this process right before a finished file would get its name, leaving it aside."""
    rename, seen = os.replace, 0

    def count(source: Any, target: Any) -> None:
        nonlocal seen
        seen += Path(source).parent.name.startswith(".aside-")
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target)

    os.replace = count


if __name__ == "__main__":
    main()
