"""What the catalogue page tells, read once: definitions, the latest build, and who uses what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from journeykit.contract import SUBJECTS, Time
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.mart.store import MartStore
from journeykit.mart.warehouse.store import Warehouse
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy
from journeykit.strategies.usage import User, find_users
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.drift import Drift, measure_drift, previous_profile
from journeykit.tags.lineage import Features, Lineage, trace
from journeykit.tags.planning import find_unavailable
from journeykit.tags.profile import Profile, open_snapshot, read_profile
from journeykit.tags.stored import compare_stored


@dataclass(frozen=True)
class CatalogueFacts:
    """Everything on the catalogue page.

    Attributes
    ----------
    catalogue : Catalogue
        The tags as they are defined now.
    as_of : date
        The day of the load, and of the build when there is one.
    build_id : str
        Empty when no tags are built.
    lineage : mapping of str to Lineage
        Of every tag.
    users : mapping of str to tuple of User
        Live strategies and segments by tag.
    unavailable : mapping of str to str
        Tags that the build could not have, and the ``subject.column`` or model that is missing; before
        the first build, those that the load cannot give.
    newest : mapping of str to date
        The newest day that each loaded subject with a history tells of.
    profile, drift : Profile, Drift or None
        Of the build, and against the snapshot before it.
    """

    catalogue: Catalogue
    as_of: date
    build_id: str = ""
    lineage: Mapping[str, Lineage] = field(default_factory=dict)
    users: Mapping[str, tuple[User, ...]] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)
    newest: Mapping[str, date] = field(default_factory=dict)
    profile: Profile | None = None
    drift: Drift | None = None


def read_catalogue(
    mart: Mart,
    store: MartStore | Warehouse,
    strategies: Iterable[Strategy],
    segments: Iterable[Segment] = (),
    features: Features | None = None,
) -> CatalogueFacts:
    """Read what the catalogue page tells of a mart's day.

    Parameters
    ----------
    mart : Mart
        Open; its tags are the catalogue.
    store : MartStore or Warehouse
        Where its snapshot and the one before it are.
    strategies, segments : iterables
        Those that are live.
    features : mapping of str to sequence of str, optional
        The tags that each trained model reads.
    """
    catalogue: Catalogue = mart.tags
    profile, drift = _measure(mart, store)
    return CatalogueFacts(
        catalogue=catalogue,
        as_of=mart.as_of,
        build_id=mart.build_id or "",
        lineage=trace(catalogue, features),
        users=find_users(catalogue, strategies, segments),
        unavailable=mart.scope.unavailable if mart.build_id else find_unavailable(catalogue, mart.manifest),
        newest=_newest(mart),
        profile=profile,
        drift=drift,
    )


def _measure(mart: Mart, store: MartStore | Warehouse) -> tuple[Profile | None, Drift | None]:
    if mart.build_id is None:
        return None, None
    if isinstance(store, Warehouse):
        return compare_stored(store, mart.as_of, mart.build_id)
    path = store.snapshot_path(mart.as_of, mart.build_id)
    profile, previous = read_profile(path), previous_profile(store, mart.as_of)
    if profile is None or previous is None:
        return profile, None
    with open_snapshot(path) as connection:
        return profile, measure_drift(connection, "built", profile, previous)


def _newest(mart: Mart) -> dict[str, date]:
    """The newest day of each loaded subject that has a history; the others are as of the load."""
    found = {}
    for name in dict.fromkeys(file.subject for file in mart.manifest.files):
        at = SUBJECTS[name].at
        if at and SUBJECTS[name].time is not Time.CURRENT:
            latest = sa.cast(sa.func.max(subject_table(name).c[at]), sa.Date()).label("day")
            day = mart.run(sa.select(latest))["day"][0].as_py()
            if day is not None:
                found[name] = day
    return found
