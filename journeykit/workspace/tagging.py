"""Tags of loaded days: planned, built, filled in for the past, and compared."""

from __future__ import annotations

from datetime import date

from journeykit import tags
from journeykit.errors import DataError
from journeykit.mart.warehouse.store import Warehouse
from journeykit.progress import show_progress
from journeykit.settings import load_settings
from journeykit.tags.backfilling import Backfill
from journeykit.tags.backfilling import backfill as backfill_
from journeykit.tags.drift import Drift, drift_between, previous_snapshot
from journeykit.tags.gate import read_limits
from journeykit.tags.quality import Quality, read_quality
from journeykit.tags.stored import backfill_in_warehouse, compare_stored, quality_in_warehouse
from journeykit.tags.warehouse import build_in_warehouse
from journeykit.workspace.modelling import models_on
from journeykit.workspace.opening import as_day, catalogue, mart_store


def build_tags(as_of: date | str, *, url: str | None = None) -> tags.Build:
    """Build every tag of a day into a new snapshot, and make it current.

    Parameters
    ----------
    as_of : date or str
        A loaded day; in a warehouse any that its tables show.
    url : str, optional
        A warehouse, as in :func:`connect`.

    Raises
    ------
    DataError
        The build breaks a limit of ``scheduled/quality.yaml``; the snapshot that was current stays so.
    """
    settings, day = load_settings(), as_day(as_of)
    known = catalogue(settings)
    models, limits = models_on(settings, day), read_limits(settings.scheduled / "quality.yaml", known)
    warehouse = Warehouse.of(settings, url or "")
    with show_progress(f"Tags of {day}") as progress:
        if warehouse is not None:
            return build_in_warehouse(warehouse, known, day, models=models, limits=limits, progress=progress)
        return tags.build_tags(
            mart_store(settings), known, day,
            models=models, limits=limits, progress=progress,
            memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
        )  # fmt: skip


def plan_tags(as_of: date | str) -> tags.BuildPlan:
    """What a build of a loaded day would do, before it does it."""
    settings, day = load_settings(), as_day(as_of)
    if warehouse := Warehouse.of(settings):
        with warehouse.open(day) as mart:
            manifest = mart.manifest
    else:
        manifest = mart_store(settings).load(day)
    return tags.plan_build(catalogue(settings), manifest, models=models_on(settings, day))


def backfill_tags(first: date | str, last: date | str) -> Backfill:
    """Build the tags of every working day of a range; see :func:`journeykit.tags.backfilling.backfill`."""
    settings, known = load_settings(), catalogue()
    warehouse = Warehouse.of(settings)
    with show_progress("Tags") as progress:
        if warehouse is not None:
            return backfill_in_warehouse(
                warehouse, known, as_day(first), as_day(last),
                models=lambda day: models_on(settings, day), progress=progress,
            )  # fmt: skip
        return backfill_(
            mart_store(settings), known, as_day(first), as_day(last), settings.workspace.country,
            models=lambda day: models_on(settings, day),
            limits=read_limits(settings.scheduled / "quality.yaml", known),
            memory_limit=settings.mart.memory_limit, threads=settings.mart.threads, progress=progress,
        )  # fmt: skip


def tag_quality(as_of: date | str) -> Quality:
    """How the current build of a day stands against its limits and against the build before it."""
    settings, day = load_settings(), as_day(as_of)
    known = catalogue(settings)
    limits = read_limits(settings.scheduled / "quality.yaml", known)
    if warehouse := Warehouse.of(settings):
        return quality_in_warehouse(warehouse, known, day, limits)
    return read_quality(mart_store(settings), known, day, limits)


def tag_drift(as_of: date | str) -> Drift:
    """How far each tag has moved since the snapshot before a day's.

    Raises
    ------
    DataError
        The day has no build, or no earlier day has one.
    """
    settings, day = load_settings(), as_day(as_of)
    if warehouse := Warehouse.of(settings):
        _, drift = compare_stored(warehouse, day)
        if drift is None:
            raise _nothing_before(day)
        return drift
    store = mart_store(settings)
    build_id, previous = store.current_build(day), previous_snapshot(store, day)
    if build_id is None:
        raise DataError(
            f"No tags are built as of {day}. Build them with: journeykit run build_tags --as-of {day}"
        )
    if previous is None:
        raise _nothing_before(day)
    return drift_between(store.snapshot_path(day, build_id), previous)


def _nothing_before(day: date) -> DataError:
    return DataError(
        f"No day before {day} has tags to compare with. Build those of earlier days with: "
        f"journeykit tags backfill --from DATE --to {day}"
    )
