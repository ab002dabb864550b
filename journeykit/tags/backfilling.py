"""Tags of past days: each day from its own load, or from the next later one as far as that can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError
from journeykit.mart.earlier import see_earlier
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.store import MartStore
from journeykit.tags.building import Build, build_tags
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.computing import Progress
from journeykit.tags.gate import Limits
from journeykit.tags.plan import Models
from journeykit.workdays import working_days


@dataclass(frozen=True)
class BackfilledDay:
    """One day of a backfill: its build, and the load it was built from."""

    build: Build
    manifest: SourceManifest

    def row(self) -> dict[str, object]:
        """The figures as plain values."""
        shown = self.manifest.shown_on
        return {
            "as_of": self.build.as_of,
            "build_id": self.build.build_id,
            "customers": self.build.rows,
            "tags": len(self.build.plan.tags),
            "unavailable": len(self.build.plan.unavailable),
            "why": "; ".join(f"{count:,} {why}" for why, count in self._reasons().most_common()),
            "from_load": f"of {shown}" if shown else "its own",
            "kept": self.build.reused,
        }

    def _reasons(self) -> Counter[str]:
        """How many tags each reason makes unavailable; without a reason, what they miss."""
        missing = self.build.plan.unavailable.values()
        return Counter(self.manifest.why_absent(*one.partition(".")[::2]) or f"no {one}" for one in missing)


@dataclass(frozen=True)
class Backfill:
    """The days of a backfill, the earliest first; prints as a table."""

    days: tuple[BackfilledDay, ...]

    def rows(self) -> list[dict[str, object]]:
        """One row of plain values for each day."""
        return [day.row() for day in self.days]

    def table(self) -> Table:
        """The days under a line that says how many were built."""
        rows = self.rows()
        kept = sum(day.build.reused for day in self.days)
        title = f"Tags of {len(rows)} working days: {len(rows) - kept} built, {kept} kept"
        return Table(title, tuple(rows[0]), tuple(tuple(row.values()) for row in rows))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def backfill(
    store: MartStore,
    catalogue: Catalogue,
    first: date,
    last: date,
    country: str,
    *,
    models: Callable[[date], Models] | None = None,
    limits: Limits | None = None,
    memory_limit: str = "4GB",
    threads: int = 2,
    progress: Progress | None = None,
) -> Backfill:
    """Build the tags of every working day from `first` to `last`.

    A day that was never loaded is seen from the next later load: that view is published as the day's
    load, so that the mart can open it, and gives way to a load of the day itself. What is built already
    from the same load and definitions is kept.

    Parameters
    ----------
    store : MartStore
        Where loads and builds are.
    catalogue : Catalogue
        The tags.
    first, last : date
        The range, both included.
    country : str
        Whose working days count.
    models : callable, optional
        Gives the trained models that may score a day: those that learned from nothing later.
    limits : Limits, optional
        What the build of a day with its own load must keep. A view cannot: it lacks what is known only
        today.
    memory_limit, threads
        What the engine may use.
    progress : callable, optional
        Called before each day with days done, days in all, and the day.

    Raises
    ------
    DefinitionError
        There is no working day in the range.
    DataError
        Some days are not loaded, nor is any later one, and nothing was built; or a build breaks a limit.
    """
    days = days_to_build(first, last, country)
    manifests = _manifests(store, days)
    report = progress or (lambda *_: None)
    done = []
    for number, (day, manifest) in enumerate(manifests.items()):
        report(number, len(days), day.isoformat())
        if store.current_load(day) != manifest.load_id:
            store.publish_load(manifest)
        build = build_tags(
            store, catalogue, day,
            models=models(day) if models else None,
            limits=None if manifest.shown_on else limits,
            memory_limit=memory_limit, threads=threads,
        )  # fmt: skip
        done.append(BackfilledDay(build, manifest))
    report(len(days), len(days), "done")
    return Backfill(tuple(done))


def days_to_build(first: date, last: date, country: str) -> list[date]:
    """The working days of a range; DefinitionError when it has none."""
    days = working_days(first, last, country)
    if not days:
        raise DefinitionError(
            f"There is no working day from {first} to {last}. Name the earlier day first, and a longer range."
        )
    return days


def _manifests(store: MartStore, days: list[date]) -> dict[date, SourceManifest]:
    """What each day is built from: its own load, or the next later one that is not itself a view."""
    loads = {day: store.load(day) for day in store.loads() if day >= days[0]}
    own = {day: load for day, load in loads.items() if load.shown_on is None}
    found = {day: next((own[later] for later in own if later >= day), None) for day in days}
    lacking = [day for day, load in found.items() if load is None]
    if lacking:
        raise DataError(
            f"Not loaded, and no later day is either: {', '.join(map(str, lacking))}. Load the last of them, "
            f"which may show the others: journeykit mart load --as-of {lacking[-1]}"
        )
    return {day: see_earlier(load, day) for day, load in found.items() if load is not None}
