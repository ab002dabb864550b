"""How far the values of each tag have moved from one snapshot to another.

The measure is the population stability index over the bins of the earlier snapshot, Σ (p − q) · ln(p / q)
with p the new shares and q the earlier ones. Below 0.10 little has changed, from 0.25 on the population is
another one: the thresholds of credit scoring, after N. Siddiqi, Credit Risk Scorecards, Wiley 2006.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from journeykit.display import Table
from journeykit.errors import DataError, StoreError
from journeykit.mart.store import MartStore
from journeykit.tags.profile import Profile, open_snapshot, read_profile, shares_in

if TYPE_CHECKING:
    import pandas as pd

WATCH = 0.10
CHANGED = 0.25
NAMES = 8
FLOOR = 0.0001
"""An empty bin counts as this share; without it one customer in a new bin would weigh infinitely."""


def stability_index(new: Sequence[float], previous: Sequence[float]) -> float:
    """The population stability index of two distributions over the same bins.

    Parameters
    ----------
    new, previous : sequences of float
        The share of each bin.

    Examples
    --------
    >>> round(stability_index([0.5, 0.5], [0.4, 0.6]), 6)
    0.040547
    """
    pairs = [(max(p, FLOOR), max(q, FLOOR)) for p, q in zip(new, previous, strict=True)]
    return sum((p - q) * math.log(p / q) for p, q in pairs)


def verdict(index: float) -> str:
    """``stable``, ``watch`` or ``changed``.

    Examples
    --------
    >>> verdict(0.09), verdict(0.10), verdict(0.25)
    ('stable', 'watch', 'changed')
    """
    return "changed" if index >= CHANGED else "watch" if index >= WATCH else "stable"


@dataclass(frozen=True)
class Drift:
    """How far tags have moved between two snapshots; prints as a table, worst first.

    Attributes
    ----------
    as_of, previous : date
        The days of the two snapshots.
    indices : mapping of str to float
        The stability index of each tag that both have in the same type.
    missing : mapping of str to (float, float)
        The share of customers without a value in the new and in the previous snapshot.
    added, removed : tuple of str
        Tags that are declared only now, or only then. A tag that changed its type is in both.
    regained, lost : tuple of str
        Tags that were declared then, too, but could not be built; and those that cannot be built now.
    """

    as_of: date
    previous: date
    indices: Mapping[str, float]
    missing: Mapping[str, tuple[float, float]]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    regained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def worst(self) -> tuple[str, ...]:
        """The tags, the one that moved most first."""
        return tuple(sorted(self.indices, key=lambda name: (-self.indices[name], name)))

    def of(self, at_least: float = WATCH) -> dict[str, float]:
        """The tags that moved at least that far, worst first."""
        return {name: self.indices[name] for name in self.worst if self.indices[name] >= at_least}

    def table(self, most: int | None = None) -> Table:
        """One row per tag, worst first; at most so many."""
        rows = tuple(
            (name, f"{self.indices[name]:.3f}", verdict(self.indices[name]),
             *(f"{share:.1%}" for share in reversed(self.missing[name])))
            for name in self.worst
        )  # fmt: skip
        verdicts = [row[2] for row in rows]
        title = (
            f"Drift of {len(rows)} tags from {self.previous} to {self.as_of}: "
            f"{verdicts.count('changed')} changed, {verdicts.count('watch')} to watch"
        )
        for what, names in (
            ("new", self.added),
            ("gone", self.removed),
            ("could not be built then", self.regained),
            ("cannot be built now", self.lost),
        ):
            title += f"; {what}: {_listed(names)}" if names else ""
        title += f"; the worst {most}" if most is not None and most < len(rows) else ""
        return Table(title, ("tag", "index", "verdict", "missing before", "missing now"), rows[:most])

    def to_frame(self) -> pd.DataFrame:
        """One row per tag with the index as a number, worst first."""
        import pandas as pd

        return pd.DataFrame(
            [
                (name, self.indices[name], verdict(self.indices[name]), *self.missing[name])
                for name in self.worst
            ],
            columns=pd.Index(["tag", "index", "verdict", "missing_now", "missing_before"]),
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def measure_drift(connection: sa.Connection, schema: str | None, new: Profile, previous: Profile) -> Drift:
    """Compare a snapshot with the profile of an earlier one.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        With the new snapshot's file attached under `schema`.
    new, previous : Profile
        What :func:`write_profile` and :func:`read_profile` gave for the two.
    """
    shares = shares_in(connection, schema, new, previous)
    return Drift(
        as_of=new.as_of,
        previous=previous.as_of,
        indices={name: stability_index(found, previous[name].shares) for name, found in shares.items()},
        missing={name: (1 - new[name].coverage, 1 - previous[name].coverage) for name in shares},
        added=tuple(name for name in new.tags if name not in shares and name not in previous.unavailable),
        removed=tuple(name for name in previous.tags if name not in shares and name not in new.unavailable),
        regained=tuple(name for name in new.tags if name in previous.unavailable),
        lost=tuple(name for name in previous.tags if name in new.unavailable),
    )


def _listed(names: Sequence[str]) -> str:
    """A few names, or how many there are."""
    return ", ".join(names) if len(names) <= NAMES else f"{len(names)} tags"


def drift_between(new: Path, previous: Path) -> Drift:
    """Compare two snapshot files.

    Raises
    ------
    DataError
        One of them has no profile, being of before profiles were kept.
    StoreError
        A file is missing or damaged.
    """
    profiles = []
    for path in (new, previous):
        profile = read_profile(path)
        if profile is None:
            raise DataError(f"The tag snapshot {path} has no profile. Build the tags of that day again.")
        profiles.append(profile)
    with open_snapshot(new) as connection:
        return measure_drift(connection, "built", *profiles)


def current_snapshot(store: MartStore, as_of: date) -> Path | None:
    """The current snapshot of a day, if it has one."""
    build_id = store.current_build(as_of)
    return store.snapshot_path(as_of, build_id) if build_id else None


def previous_snapshot(store: MartStore, as_of: date) -> Path | None:
    """The current snapshot of the latest day before `as_of` that has one."""
    days = [day for day in store.builds() if day < as_of]
    return store.snapshot_path(days[-1], store.builds()[days[-1]]) if days else None


def previous_profile(store: MartStore, as_of: date) -> Profile | None:
    """The profile that a build of `as_of` is compared with: of the last day before it that can be read.

    A file that was lost yesterday must not stop today's build.
    """
    earlier = [(day, build_id) for day, build_id in store.builds().items() if day < as_of]
    for day, build_id in reversed(earlier):
        with suppress(StoreError):
            if profile := read_profile(store.snapshot_path(day, build_id)):
                return profile
    return None
