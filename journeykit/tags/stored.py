"""How the builds of a warehouse stand, and many of them at once: what other modules do with files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from journeykit.errors import DataError
from journeykit.mart.warehouse.builds import current_builds, read_build, show_snapshot
from journeykit.mart.warehouse.store import Warehouse
from journeykit.tags.backfilling import Backfill, BackfilledDay, days_to_build
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.computing import Progress
from journeykit.tags.drift import Drift, measure_drift
from journeykit.tags.gate import Limits
from journeykit.tags.plan import Models
from journeykit.tags.profile import Profile, from_json
from journeykit.tags.quality import Quality
from journeykit.tags.warehouse import build_in_warehouse, previous_build


def compare_stored(warehouse: Warehouse, as_of: date, build_id: str = "") -> tuple[Profile, Drift | None]:
    """The profile of a day's build, by default of the current one, and how far it is from the one before.

    Raises
    ------
    DataError
        The day has no such build.
    """
    with warehouse.connect() as connection:
        profile, _, drift = _compare(connection, as_of, build_id)
        return profile, drift


def stored_digests(warehouse: Warehouse, as_of: date, build_id: str = "") -> dict[str, str]:
    """A hash of what each tag of a day's build meant, by default of the current one; none without a build."""
    with warehouse.connect() as connection:
        wanted = build_id or current_builds(connection).get(as_of)
        stored = read_build(connection, as_of, wanted) if wanted else None
        return stored.digests if stored else {}


def quality_in_warehouse(warehouse: Warehouse, catalogue: Catalogue, as_of: date, limits: Limits) -> Quality:
    """How the current build of a day stands; see :func:`journeykit.tags.quality.read_quality`."""
    with warehouse.connect() as connection:
        return Quality(catalogue, limits, *_compare(connection, as_of))


def _compare(
    connection: sa.Connection, as_of: date, build_id: str = ""
) -> tuple[Profile, Profile | None, Drift | None]:
    wanted = build_id or current_builds(connection).get(as_of)
    stored = read_build(connection, as_of, wanted) if wanted else None
    if stored is None:
        raise DataError(
            f"No tags are built as of {as_of}. Build them with: journeykit run build_tags --as-of {as_of}"
        )
    show_snapshot(connection, stored)
    profile = from_json(as_of, stored.profile, stored.unavailable)
    previous = previous_build(connection, as_of)
    drift = measure_drift(connection, None, profile, previous) if previous else None
    return profile, previous, drift


def backfill_in_warehouse(
    warehouse: Warehouse,
    catalogue: Catalogue,
    first: date,
    last: date,
    *,
    models: Callable[[date], Models] | None = None,
    progress: Progress | None = None,
) -> Backfill:
    """Build the tags of every working day from `first` to `last` as far as today's tables can tell.

    Raises
    ------
    DefinitionError
        There is no working day in the range.
    """
    days, done, report = days_to_build(first, last, warehouse.country), [], progress or (lambda *_: None)
    for number, day in enumerate(days):
        report(number, len(days), day.isoformat())
        build = build_in_warehouse(warehouse, catalogue, day, models=models(day) if models else None)
        done.append(BackfilledDay(build, build.plan.manifest))
    report(len(days), len(days), "done")
    return Backfill(tuple(done))
