"""The life of a strategy's versions: where it stands after its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from journeykit.ledger.approvals import Step, read_steps
from journeykit.ledger.ledger import Ledger

InFlight = Literal["finish", "migrate", "exit"]
IN_FLIGHT: tuple[InFlight, ...] = ("finish", "migrate", "exit")

RUNNER = "journeykit"
"""Who makes an approved version live: the next run."""

SHORTEST = 4
"""Letters by which a version can be told from the others."""

ONCE_APPROVED = ("approved", "live", "replaced", "ended")
"""The states of a version that somebody has approved."""


@dataclass(frozen=True)
class Life:
    """Where a strategy stands after all its steps.

    Attributes
    ----------
    submitted : str
        The version that waits for an approver; empty when none does.
    approved : str
        The version that becomes live with the next run.
    live : str
        The version that enrols.
    finishing : str
        The version that was live when the strategy was ended, where its people finish on it.
    paused : bool
        Whether the whole strategy is: an approved version does not become live before it is resumed.
    states : mapping of str to str
        By version ``submitted``, ``withdrawn``, ``refused``, ``approved``, ``live``, ``replaced``, ``ended``.
    """

    strategy: str
    steps: tuple[Step, ...] = ()
    submitted: str = ""
    approved: str = ""
    live: str = ""
    finishing: str = ""
    paused: bool = False
    states: Mapping[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> str:
        """The version that is live, or will be."""
        return self.live or self.approved

    @property
    def concerned(self) -> str:
        """The version that a pause or an end is about: one that runs, or on which people still finish."""
        return self.runs or self.finishing

    def called(self, version: str) -> str:
        """The version that begins like that, where only one does; else what was given."""
        begins = str(version)
        known = [one for one in self.states if len(begins) >= SHORTEST and one.startswith(begins)]
        return known[0] if len(known) == 1 else version

    def state(self, version: str) -> str:
        """The state of a version, as it is told: a live one of a paused strategy is ``paused``."""
        known = self.states.get(version, "draft")
        return "paused" if self.paused and version == self.concerned else known

    def last(self, action: str, version: str, *, before: int | None = None) -> Step | None:
        """The latest step of that kind of a version, of all or of those before a step."""
        steps = self.steps if before is None else self.steps[: before - 1]
        return next((one for one in reversed(steps) if (one.action, one.version) == (action, version)), None)

    def leaves_as(self, version: str) -> str:
        """The reason with which everybody on an earlier version leaves; empty where they finish on it."""
        live = self.last("live", version)
        later = self.steps[live.step :] if live else ()
        reasons = {"live": "replaced", "ended": "ended"}
        leaving = (one for one in later if one.action in reasons and one.detail["in_flight"] == "exit")
        return next((reasons[one.action] for one in leaving), "")

    def submitters(self, version: str, *, before: int | None = None) -> frozenset[str]:
        """Everybody who ever submitted a version, or did before a step."""
        steps = self.steps if before is None else self.steps[: before - 1]
        return frozenset(one.actor for one in steps if (one.action, one.version) == ("submitted", version))


@dataclass(frozen=True)
class Approved:
    """Who let a version run: the author who submitted it, and the approver."""

    strategy: str
    version: str
    author: str
    approver: str


def approved_on(life: Life, day: date) -> Approved | None:
    """Who let the version run that was live on a day; None when none was yet."""
    runs = [
        step for step in life.steps
        if step.action == "live" and date.fromisoformat(step.detail["as_of"]) <= day
    ]  # fmt: skip
    if not runs:
        return None
    live = runs[-1]
    known = {step.action: step.actor for step in life.steps[: live.step] if step.version == live.version}
    return Approved(life.strategy, live.version, known.get("submitted", ""), known.get("approved", ""))


def read_lives(ledger: Ledger) -> dict[str, Life]:
    """Where every strategy of the ledger stands."""
    return {name: life_of(name, steps) for name, steps in read_steps(ledger).items()}


def life_of(strategy: str, steps: Iterable[Step]) -> Life:
    """Where a strategy stands after its steps."""
    life = Life(strategy)
    for step in steps:
        life = _after(life, step)
    return life


def _after(life: Life, step: Step) -> Life:
    version, states = step.version, {**life.states}
    changed: dict[str, object] = {}
    match step.action:
        case "submitted":
            states[version] = "submitted"
            changed = {"submitted": version}
        case "withdrawn" | "refused":
            states[version] = step.action
            changed = {"submitted": ""}
        case "approved" if life.states.get(version) in ONCE_APPROVED:
            pass  # anew, as whoever did so before is no approver any more
        case "approved":
            if life.approved:
                states[life.approved] = "replaced"
            states[version] = "approved"
            changed = {"submitted": "", "approved": version}
        case "live":
            if life.live:
                states[life.live] = "replaced"
            states[version] = "live"
            changed = {"approved": "", "live": version, "finishing": ""}
        case "paused" | "resumed":
            changed = {"paused": step.action == "paused"}
        case "ended":
            states |= {one: "ended" for one in (life.live, life.approved) if one}
            finishing = (life.live or life.finishing) if step.detail["in_flight"] == "finish" else ""
            # Who finishes is not contacted before somebody resumes what was paused.
            paused = life.paused and bool(finishing)
            changed = {"live": "", "approved": "", "finishing": finishing, "paused": paused}
    return replace(life, steps=(*life.steps, step), states=states, **changed)  # pyright: ignore[reportArgumentType]


def stopped_by_hand(life: Life, day: date, before: date | None) -> list[Step]:
    """Who paused, resumed or ended a strategy since the decided day before, or paused it that it still is.

    It is told as the run of `day` found it, whatever was done since.
    """
    known = [step for step in life.steps if (step.detail.get("decided") or "") < day.isoformat()]
    acts = [step for step in known if step.action in ("paused", "resumed", "ended")]
    recent = [step for step in acts if step.detail.get("decided") == (before and before.isoformat())]
    pauses = [step for step in acts if step.action == "paused"]
    standing = pauses[-1:] if life_of(life.strategy, known).paused else []
    return [step for step in standing if step not in recent] + recent
