"""Which tags need not be computed again, because nothing that they are computed from has changed.

A snapshot keeps two fingerprints of each tag that is summed up from rows. The `dated` one covers the
definition, the files of the partitions that its window reaches, the customers and the day: equal, and the
tag of another build of the same day is the same. The `lasting` one leaves out customers and day. It is kept
only where the day could not have mattered: the definition does not look at it, no row of the files begins or
ends after it, and all rows belong to customers who were there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from journeykit.contract import subject
from journeykit.dialects import EmbeddedError, attach_read_only, latest_in_files, open_embedded
from journeykit.expressions import AsOf, Node
from journeykit.expressions.base import walk
from journeykit.mart.manifest import WHOLE, SourceManifest
from journeykit.mart.sources import end_of, subject_table
from journeykit.mart.store import MartStore
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.columns import columns_in, owner_of
from journeykit.tags.planning import first_day
from journeykit.tags.tag import Aggregate, Tag

# Goes into every build_id and fingerprint: raise it when the same definitions begin to mean something else.
METHOD = 3


@dataclass(frozen=True)
class TagFacts:
    """What a snapshot says of one of its tags; see the module."""

    name: str
    type: str
    digest: str
    dated: str
    lasting: str


def digest_of(tag: Tag, model_id: str = "") -> str:
    """A hash of a definition, and of the model that scores it."""
    return hashlib.sha256(f"{tag.model_dump_json()} {model_id}".encode()).hexdigest()[:16]


def fingerprints(tag: Tag, manifest: SourceManifest) -> tuple[str, str]:
    """The dated and the lasting fingerprint of a tag; empty where there is none."""
    compute = tag.compute
    if not isinstance(compute, Aggregate) or owner_of(subject(compute.subject), compute.by)[1] != "customer":
        return "", ""
    rows = [f"{METHOD} {digest_of(tag)}", *_files(compute, manifest), *_absent(manifest, _subjects(compute))]
    dated = [
        *rows,
        manifest.as_of.isoformat(),
        *_whole(manifest, "customer"),
        *_absent(manifest, ["customer"]),
    ]
    return _hash(dated), "" if _sees_day(compute) else _hash(rows)


def find_carried(store: MartStore, catalogue: Catalogue, manifest: SourceManifest) -> dict[Path, list[str]]:
    """Finished snapshots, and the tags that a new build of a load can take from each.

    Looked at are the current builds of the same day and of the last day before it.
    """
    builds = store.builds()
    days = [day for day in builds if day <= manifest.as_of][-2:]
    wanted = {name: fingerprints(catalogue[name].tag, manifest) for name in catalogue}
    found: dict[Path, list[str]] = {}
    taken: set[str] = set()
    for day in reversed(days):
        path = store.snapshot_path(day, builds[day])
        names = [
            facts.name
            for facts in read_facts(path)
            if facts.name in wanted and facts.name not in taken and _same(facts, wanted[facts.name])
        ]
        taken.update(names)
        if names:
            found[path] = names
    return found


def _same(facts: TagFacts, wanted: tuple[str, str]) -> bool:
    dated, lasting = wanted
    return (bool(dated) and facts.dated == dated) or (bool(lasting) and facts.lasting == lasting)


def read_facts(path: Path) -> list[TagFacts]:
    """What a finished snapshot says of its tags; nothing when it is gone, damaged, or keeps no facts.

    Then nothing is taken from it, and all is computed again.
    """
    if not path.is_file():
        return []
    names = TagFacts.__dataclass_fields__
    table = sa.table("tag", *(sa.column(name, sa.String()) for name in names), schema="built")
    with open_embedded(memory_limit="500MB", threads=1) as connection:
        try:
            attach_read_only(connection, path, "built")
            return [TagFacts(*row) for row in connection.execute(sa.select(table))]
        except (EmbeddedError, SQLAlchemyError):
            return []


@dataclass
class Settled:
    """Tells of which tags the rows cannot look otherwise on a later day.

    `connection` sees the load `manifest`, whose files are in `root`, and the filled table `snapshot`.
    """

    connection: sa.Connection
    manifest: SourceManifest
    root: Path
    snapshot: sa.Table
    known: dict[str, bool] = field(default_factory=dict)

    def facts(self, tag: Tag, model_id: str = "") -> TagFacts:
        """What the snapshot must say of one of its tags."""
        dated, lasting = fingerprints(tag, self.manifest)
        if lasting and isinstance(tag.compute, Aggregate):
            owner, _ = owner_of(subject(tag.compute.subject), tag.compute.by)
            checks = [(f"{tag.subject}.{owner}", partial(self._all_known, tag.subject, owner))]
            checks += [(name, partial(self._is_over, name)) for name in _subjects(tag.compute)]
            for key, check in checks:
                self.known[key] = self.known[key] if key in self.known else check()
            lasting = lasting if all(self.known[key] for key, _ in checks) else ""
        return TagFacts(tag.name, tag.type.value, digest_of(tag, model_id), dated, lasting)

    def _is_over(self, name: str) -> bool:
        """Whether no row of a subject's files begins or ends after as_of."""
        declared = subject(name)
        files = [self.root / file.path for file in self.manifest.of(name)]
        for column in (declared.at, declared.until):
            latest = latest_in_files(self.connection, files, column) if column and files else None
            bound = end_of(self.manifest.as_of, declared.column(column)) if column else None
            if latest is not None and latest >= bound:
                return False
        return True

    def _all_known(self, name: str, owner: str) -> bool:
        """Whether every row of a subject belongs to a customer of the snapshot."""
        by = subject_table(name).c[owner]
        unknown = sa.select(by).where(by.is_not(None), by.not_in(sa.select(self.snapshot.c.customer_id)))
        return self.connection.execute(unknown.limit(1)).first() is None


def _sees_day(compute: Aggregate) -> bool:
    """Whether a definition looks at the day itself."""
    if compute.within_days is not None or compute.function == "days_since":
        return True
    nodes: list[Node] = [node for node in (compute.of, compute.where) if node is not None]
    return any(isinstance(part, AsOf) for node in nodes for part in walk(node))


def _subjects(compute: Aggregate) -> list[str]:
    """The subject, and those that its rows reference for the tag."""
    through = {ref.of for ref in columns_in(compute.of, compute.where) if ref.of is not None}
    return [compute.subject, *sorted(through)]


def _files(compute: Aggregate, manifest: SourceManifest) -> list[str]:
    """The content of the files that hold rows for the tag."""
    first = ""
    if compute.within_days is not None:
        days = compute.within_days + (compute.carry_days or 0)
        first = f"{first_day(days, manifest.as_of):%Y-%m}"
    own = [
        f"{file.partition} {file.sha256}"
        for file in manifest.of(compute.subject)
        if file.partition == WHOLE or file.partition >= first
    ]
    return [*own, *(line for name in _subjects(compute)[1:] for line in _whole(manifest, name))]


def _whole(manifest: SourceManifest, name: str) -> list[str]:
    return [f"{name} {file.sha256}" for file in manifest.of(name)]


def _absent(manifest: SourceManifest, names: Collection[str]) -> list[str]:
    """What reads as missing although a file may have it, and rows of which an earlier day did not know."""
    hidden = [
        f"{name} known on {manifest.as_of}" for name in names if manifest.shown_on and subject(name).known
    ]
    return (
        sorted(f"{item.subject}.{item.column}" for item in manifest.absent if item.subject in names) + hidden
    )


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
