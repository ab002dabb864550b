"""What a morning left behind, as plain values that two mornings can be compared by."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow.parquet as pq

from journeykit.ledger import Ledger
from journeykit.ledger.ledger import content

ASIDE = (".aside-", ".scratch-")
# Written by whoever runs, in full, but saying when or at which attempt; or a database of its own.
_DATED = (".ipynb", ".html", ".eml", ".duckdb", ".sqlite", ".sqlite-wal", ".sqlite-shm")


class Outcome(NamedTuple):
    """Everything two mornings of the same day must agree on."""

    lead_ids: tuple[str, ...]
    ledger: dict[str, list[tuple[Any, ...]]]
    openings: frozenset[tuple[Any, ...]]
    files: dict[str, str]
    tags: list[tuple[Any, ...]]


def outcome(root: Path) -> Outcome:
    """Read a workspace: its ledger, its files' contents, the rows of its current tags."""
    ledger = Ledger.open(f"sqlite:///{root / 'var' / 'ledger.sqlite'}")
    try:
        rows = content(ledger)
    finally:
        ledger.close()
    openings = frozenset(rows.pop("audit"))  # opening the vault again is one more row of the audit
    day = next((root / "var" / "mart" / "tags").iterdir())
    build = (day / "current").read_text().strip()
    with duckdb.connect(str(day / f"{build}.duckdb"), read_only=True) as snapshot:
        tags = snapshot.execute("SELECT * FROM snapshot ORDER BY customer_id").fetchall()
    return Outcome(tuple(sorted(row[0] for row in rows["lead"])), rows, openings, file_contents(root), tags)


def file_contents(root: Path) -> dict[str, str]:
    """SHA-256 by path of every visible file; of those that say when they were made, only that they exist."""
    found = {}
    for path in visible_files(root):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".ipynb":
            name = f"{path.parent.relative_to(root).as_posix()}/attempt"
        dated = path.suffix in _DATED or path.name in ("key", "lock")
        found[name] = "" if dated else hashlib.sha256(path.read_bytes()).hexdigest()
    return {name: sha for name, sha in found.items() if not name.endswith(("-wal", "-shm"))}


def visible_files(root: Path) -> list[Path]:
    """Every file under var that a reader would take for a finished one."""
    inside = [path for path in (root / "var").rglob("*") if path.is_file()]
    return [path for path in inside if not any(part.startswith(ASIDE) for part in path.parts)]


def leftovers(root: Path) -> list[str]:
    """What is left of writing aside."""
    return [path.name for path in (root / "var").rglob(".*")]


def check_whole(root: Path, finished: dict[str, str]) -> None:
    """Every visible file is whole, and every pointer points to something, at any moment.

    A file's content does not depend on when the process died: where it is there, it is the finished one.
    """
    seen = file_contents(root)
    assert {name: sha for name, sha in seen.items() if finished.get(name) != sha} == {}
    for path in visible_files(root):
        match path.suffix:
            case ".ipynb" | ".json":
                json.loads(path.read_text(encoding="utf-8"))
            case ".html":
                assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
            case ".parquet":
                pq.read_table(path)
            case ".duckdb":
                with duckdb.connect(str(path), read_only=True) as snapshot:
                    snapshot.execute("SELECT count(*) FROM snapshot").fetchall()
            case ".eml":
                assert path.read_text().rstrip().endswith("--"), path
        if path.name == "current":
            target = path.parent / path.read_text().strip()
            assert target.with_suffix(".json").is_file() or target.with_suffix(".duckdb").is_file(), path
        if path.name == "manifest.json":
            for file in json.loads(path.read_text(encoding="utf-8"))["files"]:
                written = (path.parent / file["file"]).read_bytes()
                assert hashlib.sha256(written).hexdigest() == file["sha256"], path
