"""Build every tag as of a day into an immutable snapshot, and make it the current one."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from journeykit.dialects import SQL_TYPES, EmbeddedError, attach_new, attach_read_only, detach, open_embedded
from journeykit.display import Table
from journeykit.errors import DataError, StoreError
from journeykit.files import publish
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.sources import open_sources
from journeykit.mart.store import MartStore
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.passes import OWNER, pass_statement
from journeykit.tags.planning import BuildPlan, Pass, plan_build
from journeykit.tags.snapshot import CUSTOMER_ID, snapshot_statement

# Goes into every build_id: raise it when the same definitions begin to mean something else.
METHOD = 1

Progress = Callable[[int, int, str], None]
"""Called with the number of finished steps, of all steps, and what comes next."""


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


def build_id_of(catalogue: Catalogue, manifest: SourceManifest) -> str:
    """The id of a build: a hash of the load and of every definition."""
    digest = hashlib.sha256(f"{METHOD} {manifest.load_id}".encode())
    for name in sorted(catalogue):
        digest.update(catalogue[name].tag.model_dump_json().encode())
    return digest.hexdigest()[:12]


def build_tags(
    store: MartStore,
    catalogue: Catalogue,
    as_of: date,
    *,
    memory_limit: str = "4GB",
    threads: int = 2,
    progress: Progress | None = None,
) -> Build:
    """Build the tags of a day from its current load, and point the day to the result.

    The same load and definitions are built only once. A finished snapshot is never changed.

    Parameters
    ----------
    store : MartStore
        Where the load is, and the snapshot goes.
    catalogue : Catalogue
        The tags; those whose data the bank does not have are left out (see ``plan.unavailable``).
    as_of : date
        The day; nothing later is read.
    memory_limit, threads
        What the engine may use; beyond its memory it spills to disk.
    progress : callable, optional
        Called before each step with steps done, steps in all, and the step's name.

    Raises
    ------
    DataError
        The day is not loaded, or has no customers.
    StoreError
        A file is damaged, or the disk is full; the build that was current stays so.
    """
    start = time.perf_counter()
    manifest = store.load(as_of)
    plan = plan_build(catalogue, manifest)
    if not manifest.rows("customer"):
        raise DataError(
            f"No customers are loaded as of {as_of}. Correct the mapping, then load the day again."
        )
    build_id = build_id_of(catalogue, manifest)
    path = store.snapshot_path(as_of, build_id)
    reused = path.exists()
    if not reused:
        facts = {"as_of": as_of.isoformat(), "build_id": build_id, "load_id": manifest.load_id}
        work = _Work(store, plan, facts, memory_limit, threads, progress or (lambda *_: None))
        publish(path, work.write)
    rows = read_build(path, build_id)
    store.publish_build(as_of, build_id)
    return Build(as_of, build_id, rows, time.perf_counter() - start, plan, reused)


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
    facts: dict[str, str]
    memory_limit: str
    threads: int
    progress: Progress

    def write(self, aside: Path) -> None:
        """Build into the file `aside`."""
        try:
            self._write(aside)
        except (EmbeddedError, DBAPIError) as error:
            raise StoreError(
                f"Cannot build the tags as of {self.plan.as_of}: {_reason(error)} The build that was current "
                "stays so. Free space or memory, or load the day again, then run the same command again."
            ) from error
        finally:
            for rest in aside.parent.iterdir():
                if rest != aside:
                    shutil.rmtree(rest) if rest.is_dir() else rest.unlink()

    def _write(self, aside: Path) -> None:
        steps = len(self.plan.passes) + 1
        with open_sources(
            self.plan.manifest, self.store, memory_limit=self.memory_limit, threads=self.threads
        ) as connection:
            summed: dict[Pass, sa.Table] = {}
            for number, one in enumerate(self.plan.passes):
                self.progress(number, steps, f"{one.subject} by {one.by}")
                summed[one] = _fill_pass(connection, one, number, self.plan.as_of)
            self.progress(steps - 1, steps, "snapshot")
            attach_new(connection, aside, "building")
            self._fill_snapshot(connection, summed)
            detach(connection, "building")
        self.progress(steps, steps, "done")

    def _fill_snapshot(self, connection: sa.Connection, summed: dict[Pass, sa.Table]) -> None:
        tags = self.plan.tags
        columns = [sa.Column(tag.name, SQL_TYPES[tag.type]) for tag in tags]
        snapshot = _create(connection, "snapshot", [sa.Column(CUSTOMER_ID, sa.String()), *columns])
        _insert(connection, snapshot, snapshot_statement(self.plan, summed))
        names = [column.name for column in snapshot.c]
        build = _create(connection, "build", [sa.Column("key", sa.String()), sa.Column("value", sa.String())])
        facts = {**self.facts, "columns": " ".join(names)}
        connection.execute(sa.insert(build), [{"key": key, "value": text} for key, text in facts.items()])
        missing = _create(
            connection, "unavailable", [sa.Column("name", sa.String()), sa.Column("missing", sa.String())]
        )
        for name, column in self.plan.unavailable.items():
            connection.execute(sa.insert(missing), {"name": name, "missing": column})
        tag_table = _create(
            connection, "tag", [sa.Column("name", sa.String()), sa.Column("type", sa.String())]
        )
        connection.execute(sa.insert(tag_table), [{"name": tag.name, "type": tag.type.value} for tag in tags])


def _fill_pass(connection: sa.Connection, one: Pass, number: int, as_of: date) -> sa.Table:
    columns = (sa.Column(tag.name, SQL_TYPES[tag.type]) for tag in one.tags)
    table = sa.Table(f"pass_{number}", sa.MetaData(), sa.Column(OWNER, sa.String()), *columns)
    table.create(connection)
    _insert(connection, table, pass_statement(one, as_of))
    return table


def _create(connection: sa.Connection, name: str, columns: list[sa.Column]) -> sa.Table:
    table = sa.Table(name, sa.MetaData(), *columns, schema="building")
    table.create(connection)
    return table


def _insert(connection: sa.Connection, table: sa.Table, statement: sa.Select) -> None:
    connection.execute(sa.insert(table).from_select([column.name for column in table.c], statement))


def _reason(error: Exception) -> str:
    """The first line of what the engine says, without any statement or value."""
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return text if text.endswith(".") else text + "."
