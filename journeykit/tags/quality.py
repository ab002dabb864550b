"""How a published build stands: the limits it was held against, and what has moved since the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from journeykit.errors import DataError
from journeykit.mart.store import MartStore
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.drift import Drift, current_snapshot, measure_drift, previous_profile
from journeykit.tags.gate import Breach, Limits, check_build
from journeykit.tags.profile import Profile, open_snapshot, read_profile

DROP = 0.01
"""A tag has lost coverage when so large a share of all customers lost their value."""


@dataclass(frozen=True)
class Quality:
    """A build, held against its limits and against the build of the day before.

    Attributes
    ----------
    catalogue : Catalogue
        The tags.
    limits : Limits
        What was declared.
    profile : Profile
        Of the build.
    previous, drift : Profile, Drift or None
        Of the snapshot before it, and from that to this one; None where there is none.
    """

    catalogue: Catalogue
    limits: Limits
    profile: Profile
    previous: Profile | None
    drift: Drift | None

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """The limits that it breaks; a view of an earlier day is published all the same."""
        return check_build(self.profile, self.previous, self.drift, self.limits)

    @property
    def losers(self) -> tuple[str, ...]:
        """Tags that fewer customers have than in the snapshot before, the largest loss first."""
        before = self.previous.tags if self.previous else {}
        losses = {name: one.coverage - self._coverage(name) for name, one in before.items()}
        lost = [name for name, loss in losses.items() if loss >= DROP and name in self.catalogue]
        return tuple(sorted(lost, key=lambda name: (-losses[name], name)))

    def _coverage(self, name: str) -> float:
        return self.profile[name].coverage if name in self.profile.tags else 0.0


def read_quality(store: MartStore, catalogue: Catalogue, as_of: date, limits: Limits) -> Quality:
    """Read how the current build of a day stands.

    Raises
    ------
    DataError
        The day has no build, or one of before profiles were kept.
    """
    path = current_snapshot(store, as_of)
    profile = read_profile(path) if path else None
    if path is None or profile is None:
        raise DataError(
            f"No tags are built as of {as_of}. Build them with: journeykit run build_tags --as-of {as_of}"
        )
    previous, drift = previous_profile(store, as_of), None
    if previous is not None:
        with open_snapshot(path) as connection:
            drift = measure_drift(connection, "built", profile, previous)
    return Quality(catalogue, limits, profile, previous, drift)
