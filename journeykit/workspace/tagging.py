"""Tags of loaded days: planned, built, filled in for the past, compared and described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from journeykit import tags
from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError
from journeykit.progress import show_progress
from journeykit.segments import Segment
from journeykit.settings import Settings, load_settings
from journeykit.strategies.playbook import load_playbook
from journeykit.strategies.usage import User, find_users
from journeykit.tags.backfilling import Backfill
from journeykit.tags.backfilling import backfill as backfill_
from journeykit.tags.drift import Drift, drift_between, previous_snapshot
from journeykit.tags.gate import read_limits
from journeykit.tags.lineage import Lineage, lineage
from journeykit.workspace.modelling import features, models_on
from journeykit.workspace.opening import as_day, catalogue, mart_store


def build_tags(as_of: date | str) -> tags.Build:
    """Build every tag of a loaded day into a new snapshot, and make it current.

    Raises
    ------
    DataError
        The build breaks a limit of ``scheduled/quality.yaml``; the snapshot that was current stays so.
    """
    settings, day = load_settings(), as_day(as_of)
    known = catalogue(settings)
    with show_progress(f"Tags of {day}") as progress:
        return tags.build_tags(
            mart_store(settings), known, day,
            models=models_on(settings, day),
            limits=read_limits(settings.scheduled / "quality.yaml", known),
            memory_limit=settings.mart.memory_limit, threads=settings.mart.threads, progress=progress,
        )  # fmt: skip


def plan_tags(as_of: date | str) -> tags.BuildPlan:
    """What a build of a loaded day would do, before it does it."""
    settings, day = load_settings(), as_day(as_of)
    manifest = mart_store(settings).load(day)
    return tags.plan_build(catalogue(settings), manifest, models=models_on(settings, day))


def backfill_tags(first: date | str, last: date | str) -> Backfill:
    """Build the tags of every working day of a range; see :func:`journeykit.tags.backfilling.backfill`."""
    settings, known = load_settings(), catalogue()
    with show_progress("Tags") as progress:
        return backfill_(
            mart_store(settings), known, as_day(first), as_day(last), settings.workspace.country,
            models=lambda day: models_on(settings, day),
            limits=read_limits(settings.scheduled / "quality.yaml", known),
            memory_limit=settings.mart.memory_limit, threads=settings.mart.threads, progress=progress,
        )  # fmt: skip


def tag_drift(as_of: date | str) -> Drift:
    """How far each tag has moved since the snapshot before a day's.

    Raises
    ------
    DataError
        The day has no build, or no earlier day has one.
    """
    store, day = mart_store(load_settings()), as_day(as_of)
    build_id, previous = store.current_build(day), previous_snapshot(store, day)
    if build_id is None:
        raise DataError(
            f"No tags are built as of {day}. Build them with: journeykit run build_tags --as-of {day}"
        )
    if previous is None:
        raise DataError(
            f"No day before {day} has tags to compare with. Build them with: journeykit tags backfill"
        )
    return drift_between(store.snapshot_path(day, build_id), previous)


@dataclass(frozen=True)
class TagUses:
    """Where a tag comes from and who uses it; prints as a table."""

    lineage: Lineage
    users: tuple[User, ...]

    def row(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "tag": self.lineage.tag,
            "subjects": list(self.lineage.subjects),
            "reads": {column: list(through) for column, through in self.lineage.reads.items()},
            "uses": list(self.lineage.uses_in_all),
            "used_by": list(self.lineage.used_by_in_all),
            "strategies": self._named("strategy"),
            "segments": self._named("segment"),
        }

    def _named(self, kind: str) -> list[str]:
        return [user.name for user in self.users if user.kind == kind]

    def table(self) -> Table:
        """The lineage, and the strategies and segments below it."""
        traced = self.lineage.table()
        rows = [
            (user.kind, f"{user.name} {user.title}".strip(), "" if user.directly else "through others")
            for user in self.users
        ]
        return Table(f"{traced.title}; {len(rows)} strategies and segments use it", traced.columns,
                     (*traced.rows, *rows))  # fmt: skip

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def tag_uses(name: str) -> TagUses:
    """The subjects, columns and tags behind a tag, and the tags, strategies and segments that use it."""
    settings = load_settings()
    known = catalogue(settings)
    found = lineage(known, name, features(settings))
    live = load_playbook(settings.scheduled).strategies.values()
    return TagUses(found, find_users(known, live, load_segments(settings).values()).get(name, ()))


def load_segments(settings: Settings) -> Mapping[str, Segment]:
    """The segments under ``scheduled/segments``, by name."""
    found = {}
    for path in sorted((settings.scheduled / "segments").glob("*.yaml")):
        one = Segment.load(path)
        if one.name != path.stem:
            raise DefinitionError(f"{path} defines '{one.name}'. Rename the file to {one.name}.yaml.")
        found[one.name] = one
    return found
