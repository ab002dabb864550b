"""Build every tag as of a day inside the bank's warehouse: the same plan and statements, nothing travels."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from journeykit.dialects import one_view_of_all, only_one, while_connected
from journeykit.errors import DataError, InUseError, StoreError
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.warehouse.builds import (
    StoredBuild,
    create_partition,
    current_builds,
    make_current,
    prepare,
    publish,
    read_build,
    show_snapshot,
)
from journeykit.mart.warehouse.store import Warehouse
from journeykit.mart.warehouse.subjects import check_rows, count_rows, show_day
from journeykit.progress import Progress
from journeykit.tags.building import Build, build_id_of, model_ids_of
from journeykit.tags.carrying import digest_of
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.computing import Computation, explained, insert_from
from journeykit.tags.gate import Gate, Limits
from journeykit.tags.plan import BuildPlan, Models
from journeykit.tags.planning import plan_build
from journeykit.tags.profile import Profile, from_json, measure_tags, to_json
from journeykit.tags.writing import require

_AGAIN = "The build that was current stays so. Run the same command again."


def build_in_warehouse(
    warehouse: Warehouse,
    catalogue: Catalogue,
    as_of: date,
    *,
    models: Models | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Build:
    """Build the tags of a day from the bank's tables as they are now, and point the day to the result.

    All is one transaction, which sees the tables as they were when it began and is made whole or not at all.
    The same rows, definitions and models are built only once. A finished build is never changed.

    Parameters
    ----------
    warehouse : Warehouse
        Where the bank's tables are, and the builds go.
    catalogue, as_of, models, limits, progress
        As in :func:`journeykit.tags.building.build_tags`. A model reads its features from the warehouse and
        scores them here; only these leave it.

    Raises
    ------
    MappingError
        The bank's tables are not as the mapping says.
    DataError
        There are no customers, values cannot be read, or the build breaks a limit.
    StoreError
        Another build of the day is running, or the warehouse fails. In all these cases the build that was
        current stays so.
    """
    start, models = time.perf_counter(), models or {}
    with (
        warehouse.connect() as connection,
        while_connected(connection, _AGAIN),
        _only_one(connection, as_of),
    ):
        prepare(connection)
        with one_view_of_all(connection):
            seen = show_day(connection, warehouse.mapping, as_of, warehouse.country)
            check_rows(connection, warehouse.mapping)
            manifest = count_rows(connection, seen)
            if not manifest.rows("customer"):
                raise DataError(f"The warehouse shows no customers as of {as_of}. Correct the mapping.")
            build_id = build_id_of(catalogue, manifest, models)
            plan = plan_build(catalogue, manifest, models=models)
            gate = Gate(limits, previous_build(connection, as_of)) if limits else None
            stored = read_build(connection, as_of, build_id)
            if stored is None:
                work = Computation(connection, plan, models, progress or (lambda *_: None), schema="pg_temp")
                with explained(work):
                    _write(work, manifest, build_id, model_ids_of(catalogue, models), gate)
            else:
                show_snapshot(connection, stored)
                if gate:
                    profile = from_json(as_of, stored.profile, stored.unavailable)
                    require(gate, connection, None, profile)
                make_current(connection, as_of, build_id)
    return Build(as_of, build_id, manifest.rows("customer"), time.perf_counter() - start, plan, bool(stored))


def _write(
    work: Computation,
    manifest: SourceManifest,
    build_id: str,
    model_ids: Mapping[str, str],
    gate: Gate | None,
) -> None:
    """Fill a table of the build's own, judge it, and publish it."""
    connection, plan, as_of = work.connection, work.plan, manifest.as_of
    table = create_partition(connection, as_of, build_id, [(tag.name, tag.type) for tag in plan.tags])
    work.run()
    work.step("snapshot", plan.tags)
    named = [sa.literal(as_of, sa.Date()).label("as_of"), sa.literal(build_id, sa.String()).label("build_id")]
    insert_from(connection, table, work.statement([tag.name for tag in plan.tags]).add_columns(*named))
    digests = {tag.name: digest_of(tag, model_ids.get(tag.name, "")) for tag in plan.tags}
    build = StoredBuild(as_of, build_id, digests, manifest, plan.unavailable, {})
    show_snapshot(connection, build)
    profile = _measure(connection, plan)
    if gate:
        require(gate, connection, None, profile)
    publish(connection, replace(build, profile=to_json(profile)), table)
    work.progress(work.steps, work.steps, "done")


def _measure(connection: sa.Connection, plan: BuildPlan) -> Profile:
    found = measure_tags(connection, None, plan.tags, plan.as_of)
    customers = next((one.customers for one in found.values()), 0)
    return Profile(plan.as_of, customers, found, plan.unavailable)


def previous_build(connection: sa.Connection, as_of: date) -> Profile | None:
    """The profile that a build is compared with: of the last day before it that has one."""
    days = {day: build_id for day, build_id in current_builds(connection).items() if day < as_of}
    last = max(days, default=None)
    stored = read_build(connection, last, days[last]) if last else None
    return from_json(stored.as_of, stored.profile, stored.unavailable) if stored else None


@contextmanager
def _only_one(connection: sa.Connection, as_of: date) -> Iterator[None]:
    """Of two builds of a day at once one goes on, and the other says so."""
    try:
        with only_one(connection, f"build of {as_of}"):
            yield
    except InUseError as error:
        raise StoreError(
            f"Another build of {as_of} is running in this warehouse. Its result will be the current one; "
            "wait for it, and build again only if definitions or data have changed since."
        ) from error
