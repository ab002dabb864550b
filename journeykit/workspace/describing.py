"""What tags mean, who uses them, and whom a changed one touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from journeykit.display import Table
from journeykit.errors import DefinitionError
from journeykit.mart.warehouse.store import Warehouse
from journeykit.reports.catalogue_facts import read_catalogue
from journeykit.reports.catalogue_page import catalogue_page
from journeykit.segments import Segment
from journeykit.settings import Settings, load_settings
from journeykit.strategies.playbook import load_readable
from journeykit.strategies.usage import TouchedUsers, User, find_users, touched_users
from journeykit.tags import Catalogue
from journeykit.tags.building import model_ids_of
from journeykit.tags.carrying import digest_of, read_facts
from journeykit.tags.catalogue import name_of
from journeykit.tags.drift import current_snapshot, previous_snapshot
from journeykit.tags.lineage import Lineage, lineage
from journeykit.tags.lineage import changed_tags as find_changes
from journeykit.tags.stored import stored_digests
from journeykit.workspace.modelling import features, models_on
from journeykit.workspace.opening import as_day, catalogue, connect, mart_store


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


def tag_uses(tag: object) -> TagUses:
    """What is behind a tag (or its name), and the tags, strategies and segments that use it."""
    settings, name = load_settings(), name_of(tag)
    known = catalogue(settings)
    found = lineage(known, name, features(settings))
    return TagUses(found, _users(settings, known).get(name, ()))


def changed_tags(as_of: date | str) -> TouchedUsers:
    """The tags that live strategies and segments use and that mean something else than in the build before.

    The definitions as they are now are compared with those of the day's current build; where nothing has
    changed since, with those of the last build of an earlier day. So a changed definition is told before
    the build that takes it up, of whatever day the build before was. A model that was trained anew changes
    its score.
    """
    settings, day = load_settings(), as_day(as_of)
    known = catalogue(settings)
    models = model_ids_of(known, models_on(settings, day))
    now = {name: digest_of(known[name].tag, models.get(name, "")) for name in known}
    changed: Mapping[str, tuple[str, ...]] = {}
    for before in _digests(settings, day):
        changed = changed or find_changes(known, now, before, features(settings))
    return touched_users(changed, _users(settings, known))


def _digests(settings: Settings, day: date) -> Iterator[Mapping[str, str]]:
    """What each tag meant in a day's build, and in the one of the last day before it."""
    if warehouse := Warehouse.of(settings):
        days = [one for one in warehouse.builds() if one < day]
        yield from (stored_digests(warehouse, one) for one in (day, *days[-1:]))
        return
    store = mart_store(settings)
    for path in (current_snapshot(store, day), previous_snapshot(store, day)):
        yield {fact.name: fact.digest for fact in read_facts(path)} if path else {}


def tags_page(as_of: date | str | None = None, language: str = "") -> str:
    """The catalogue as one HTML page with the figures of a build, by default of the last one."""
    settings = load_settings()
    workspace, live = settings.workspace, load_readable(settings.scheduled).strategies.values()
    with connect(as_of=as_of) as mart:
        facts = read_catalogue(
            mart,
            Warehouse.of(settings) or mart_store(settings),
            live,
            load_segments(settings).values(),
            features(settings),
        )  # fmt: skip
    return catalogue_page(
        facts,
        language=language or workspace.language,
        bank=workspace.name,
        min_cell=settings.privacy.min_cell,
    )


def _users(settings: Settings, known: Catalogue) -> Mapping[str, tuple[User, ...]]:
    live = load_readable(settings.scheduled).strategies.values()
    return find_users(known, live, load_segments(settings).values())


def load_segments(settings: Settings) -> Mapping[str, Segment]:
    """The segments under ``scheduled/segments``, by name."""
    found = {}
    for path in sorted((settings.scheduled / "segments").glob("*.yaml")):
        one = Segment.load(path)
        if one.name != path.stem:
            raise DefinitionError(f"{path} defines '{one.name}'. Rename the file to {one.name}.yaml.")
        found[one.name] = one
    return found
