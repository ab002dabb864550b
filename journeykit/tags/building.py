"""Build every tag as of a day into an immutable snapshot, and make it the current one."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from journeykit.dialects import SQL_TYPES, EmbeddedError, attach_new, attach_read_only, detach, open_embedded
from journeykit.display import Table
from journeykit.errors import DataError, InUseError, StoreError
from journeykit.files import hold_lock, publish
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.sources import open_sources
from journeykit.mart.store import MartStore
from journeykit.tags.carrying import METHOD, Settled, TagFacts, digest_of, find_carried
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.computing import Computation, Progress, explained, insert_from
from journeykit.tags.drift import previous_profile
from journeykit.tags.gate import Gate, Limits
from journeykit.tags.plan import BuildPlan, Models
from journeykit.tags.planning import plan_build
from journeykit.tags.profile import Profile, write_profile
from journeykit.tags.snapshot import CUSTOMER_ID
from journeykit.tags.tag import Score


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
        if not reused:
            facts = {"as_of": as_of.isoformat(), "build_id": build_id, "load_id": manifest.load_id}
            gate = Gate(limits, previous_profile(store, as_of)) if limits else None
            ids = model_ids_of(catalogue, models)
            work = _Work(store, plan, models, ids, gate, facts, memory_limit, threads, progress)
            publish(path, work.write)
        rows = read_build(path, build_id)
        store.publish_build(as_of, build_id)
    return Build(as_of, build_id, rows, time.perf_counter() - start, plan, reused)


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


@dataclass
class _Work:
    """Write one snapshot file."""

    store: MartStore
    plan: BuildPlan
    models: Models
    model_ids: dict[str, str]
    gate: Gate | None
    facts: dict[str, str]
    memory_limit: str
    threads: int
    progress: Progress | None

    def write(self, aside: Path) -> None:
        """Fill the file `aside`."""
        try:
            self._write(aside)
        finally:
            for rest in aside.parent.iterdir():
                if rest != aside:
                    shutil.rmtree(rest) if rest.is_dir() else rest.unlink()

    def _write(self, aside: Path) -> None:
        with open_sources(
            self.plan.manifest, self.store, memory_limit=self.memory_limit, threads=self.threads
        ) as connection:
            attach_new(connection, aside, "building")
            attach_new(connection, aside.with_name("passes.duckdb"), "passes")
            progress = self.progress or (lambda *_: None)
            work = Computation(connection, self.plan, self.models, progress)
            work.schema = "passes" if len(work.parts) > 1 else None
            with explained(work):
                work.run()
                snapshot = self._fill(connection, work)
                detach(connection, "passes")
                self._describe(connection, snapshot)
                profile = write_profile(connection, "building", self.plan.tags, self.plan.as_of)
                self._judge(profile, connection)
                detach(connection, "building")
            work.progress(work.steps, work.steps, "done")

    def _fill(self, connection: sa.Connection, work: Computation) -> sa.Table:
        columns = [sa.Column(tag.name, SQL_TYPES[tag.type]) for tag in self.plan.tags]
        snapshot = _create(connection, "snapshot", [sa.Column(CUSTOMER_ID, sa.String()), *columns])
        for part in work.parts:
            work.step("snapshot", self.plan.tags)
            insert_from(connection, snapshot, work.statement([tag.name for tag in self.plan.tags], part))
        return snapshot

    def _describe(self, connection: sa.Connection, snapshot: sa.Table) -> None:
        """Keep what the build is, what it could not have, and from what each tag was computed."""
        facts = {**self.facts, "columns": " ".join(column.name for column in snapshot.c)}
        _keep(connection, "build", ("key", "value"), facts.items())
        _keep(connection, "unavailable", ("name", "missing"), self.plan.unavailable.items())
        root, manifest = self.store.root, self.store.load(self.plan.as_of, self.facts["load_id"])
        settled = Settled(connection, manifest, root, snapshot)
        known = (settled.facts(tag, self.model_ids.get(tag.name, "")) for tag in self.plan.tags)
        _keep(connection, "tag", TagFacts.__dataclass_fields__, map(astuple, known))

    def _judge(self, profile: Profile, connection: sa.Connection) -> None:
        """Refuse a build that breaks a limit."""
        found = self.gate.judge(connection, "building", profile) if self.gate else ()
        if found:
            listed = "\n".join(f"- {breach}" for breach in found)
            raise DataError(
                f"The tags as of {self.plan.as_of} break {len(found)} of their limits and are not "
                f"published; the build that was current stays so.\n{listed}"
            )


def _keep(
    connection: sa.Connection, name: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]
) -> None:
    """A small table of text in the snapshot's file."""
    table = _create(connection, name, [sa.Column(column, sa.String()) for column in columns])
    values = [dict(zip([column.name for column in table.c], row, strict=True)) for row in rows]
    if values:
        connection.execute(sa.insert(table), values)


def _create(connection: sa.Connection, name: str, columns: list[sa.Column]) -> sa.Table:
    table = sa.Table(name, sa.MetaData(), *columns, schema="building")
    table.create(connection)
    return table
