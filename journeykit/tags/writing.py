"""Write one snapshot file: the tags, what the build is, what each tag was computed from, and the profile."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

import sqlalchemy as sa

from journeykit.dialects import SQL_TYPES, attach_new, detach
from journeykit.errors import DataError
from journeykit.mart.sources import open_sources
from journeykit.mart.store import MartStore
from journeykit.tags.carrying import Settled, TagFacts
from journeykit.tags.computing import Computation, Progress, explained, insert_from
from journeykit.tags.gate import Gate
from journeykit.tags.plan import BuildPlan, Models
from journeykit.tags.profile import Profile, write_profile
from journeykit.tags.snapshot import CUSTOMER_ID


@dataclass
class SnapshotWriter:
    """Runs a plan and writes what comes of it into one file."""

    store: MartStore
    plan: BuildPlan
    models: Models
    model_ids: dict[str, str]
    gate: Gate | None
    facts: dict[str, str]
    memory_limit: str
    threads: int
    progress: Progress | None
    rows: int = 0

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
                self.rows = profile.customers
                if self.gate:
                    require(self.gate, connection, "building", profile)
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


def require(gate: Gate, connection: sa.Connection, schema: str | None, profile: Profile) -> None:
    """Refuse a build that breaks a limit."""
    if found := gate.judge(connection, schema, profile):
        listed = "\n".join(f"- {breach}" for breach in found)
        raise DataError(
            f"The tags as of {profile.as_of} break {len(found)} of their limits and are not published; the "
            f"build that was current stays so.\n{listed}"
        )
