"""Build every tag as of a day into an immutable snapshot, and make it the current one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from journeykit.dialects import EmbeddedError, attach_read_only, open_embedded
from journeykit.display import Table
from journeykit.errors import DataError, InUseError, StoreError
from journeykit.files import hold_lock, publish
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.store import MartStore
from journeykit.tags.carrying import METHOD, digest_of, find_carried
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.computing import Progress
from journeykit.tags.drift import previous_profile
from journeykit.tags.gate import Gate, Limits
from journeykit.tags.plan import BuildPlan, Models
from journeykit.tags.planning import plan_build
from journeykit.tags.profile import open_snapshot, read_profile
from journeykit.tags.tag import Score
from journeykit.tags.writing import SnapshotWriter, require


@dataclass(frozen=True)
class Build:
    """A finished build; prints as a table.

    Attributes
    ----------
    as_of : date
        The day.
    build_id : str
        A hash of the load and of the definitions: the same ones always give the same id.
    rows : int
        How many customers it has.
    seconds : float
        How long it took.
    plan : BuildPlan
        What was done.
    reused : bool
        The snapshot was already there.
    """

    as_of: date
    build_id: str
    rows: int
    seconds: float
    plan: BuildPlan
    reused: bool

    def table(self) -> Table:
        """The steps, under a line that says what came out."""
        how = "was already built" if self.reused else f"built in {self.seconds:.1f} s"
        plan = self.plan.table()
        title = f"Build {self.build_id}: {self.rows:,} customers, {how}. {plan.title}"
        return Table(title, plan.columns, plan.rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def build_id_of(catalogue: Catalogue, manifest: SourceManifest, models: Models | None = None) -> str:
    """The id of a build: a hash of the load, of every definition and of every model."""
    digest = hashlib.sha256(f"{METHOD} {manifest.load_id}".encode())
    ids = model_ids_of(catalogue, models or {})
    for name in sorted(catalogue):
        digest.update(digest_of(catalogue[name].tag, ids.get(name, "")).encode())
    return digest.hexdigest()[:12]


def model_ids_of(catalogue: Catalogue, models: Models) -> dict[str, str]:
    """The trained models that score tags, by the name of the tag."""
    computes = {name: catalogue[name].tag.compute for name in catalogue}
    return {
        name: models[compute.model].model_id
        for name, compute in computes.items()
        if isinstance(compute, Score) and compute.model in models
    }


def build_tags(
    store: MartStore,
    catalogue: Catalogue,
    as_of: date,
    *,
    models: Models | None = None,
    limits: Limits | None = None,
    memory_limit: str = "4GB",
    threads: int = 2,
    progress: Progress | None = None,
) -> Build:
    """Build the tags of a day from its current load, and point the day to the result.

    The same load, definitions and models are built only once. A finished snapshot is never changed. What an
    earlier build computed from rows that are still the same is taken from there.

    Parameters
    ----------
    store : MartStore
        Where the load is, and the snapshot goes.
    catalogue : Catalogue
        The tags; those whose data the bank does not have are left out (see ``plan.unavailable``).
    as_of : date
        The day; nothing later is read.
    models : mapping of str to Scorer, optional
        The trained models.
    limits : Limits, optional
        What the build must keep to be published.
    memory_limit, threads
        What the engine may use; beyond its memory it spills to disk.
    progress : callable, optional
        Called before each step with steps done, steps in all, and the step's name.

    Raises
    ------
    DataError
        The day is not loaded, has no customers, or the build breaks a limit; the message has every finding.
    StoreError
        Another build of the day is running, a file is damaged, or the disk is full. In all these cases the
        build that was current stays so.
    """
    start = time.perf_counter()
    manifest = store.load(as_of)
    if not manifest.rows("customer"):
        raise DataError(
            f"No customers are loaded as of {as_of}. Correct the mapping, then load the day again."
        )
    models = models or {}
    build_id = build_id_of(catalogue, manifest, models)
    path = store.snapshot_path(as_of, build_id)
    with _only_one(path.parent, as_of):
        reused = path.exists()
        carried = {} if reused else find_carried(store, catalogue, manifest)
        plan = plan_build(catalogue, manifest, models=models, carried=carried)
        gate = Gate(limits, previous_profile(store, as_of)) if limits else None
        if reused:
            rows = read_build(path, build_id)
            _judge_again(path, gate)
        else:
            facts = {"as_of": as_of.isoformat(), "build_id": build_id, "load_id": manifest.load_id}
            ids = model_ids_of(catalogue, models)
            work = SnapshotWriter(store, plan, models, ids, gate, facts, memory_limit, threads, progress)
            publish(path, work.write)
            rows = work.rows
        store.publish_build(as_of, build_id)
    return Build(as_of, build_id, rows, time.perf_counter() - start, plan, reused)


def _judge_again(path: Path, gate: Gate | None) -> None:
    """Limits may have been declared since a finished snapshot was built."""
    profile = read_profile(path) if gate else None
    if gate and profile:
        with open_snapshot(path) as connection:
            require(gate, connection, "built", profile)


@contextmanager
def _only_one(folder: Path, as_of: date) -> Iterator[None]:
    """Of two builds of a day at once one goes on, and the other says so."""
    try:
        with hold_lock(folder / "lock"):
            yield
    except InUseError as error:
        raise StoreError(
            f"Another build of {as_of} is running, in process {error.holder}. Its result will be the current "
            "one; wait for it, and build again only if definitions or data have changed since."
        ) from error


def read_build(path: Path, build_id: str) -> int:
    """Read a finished snapshot through, and return its number of customers.

    Raises
    ------
    StoreError
        It is damaged, or is not the build its name says.
    """
    advice = "Delete that file, then build again."
    with open_embedded(memory_limit="1GB", threads=1) as connection:
        try:
            attach_read_only(connection, path, "built")
            build = sa.table("build", sa.column("key"), sa.column("value"), schema="built")
            facts = {row.key: row.value for row in connection.execute(sa.select(build.c.key, build.c.value))}
            names = facts["columns"].split()
            snapshot = sa.table("snapshot", *map(sa.column, names), schema="built")
            counts = connection.execute(sa.select(*map(sa.func.count, snapshot.c))).one()
        except (EmbeddedError, SQLAlchemyError, KeyError) as error:
            raise StoreError(f"The tag snapshot {path} is damaged. {advice}") from error
    if facts.get("build_id") != build_id:
        raise StoreError(f"The tag snapshot {path} holds the build {facts.get('build_id')}. {advice}")
    return int(counts[0])
