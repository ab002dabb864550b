"""The life of a strategy's versions: who may do what in which state; nothing else is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from journeykit.errors import ApprovalError
from journeykit.ledger.approvals import Step, read_steps
from journeykit.ledger.ledger import Ledger
from journeykit.settings import RolesSection

InFlight = Literal["finish", "migrate", "exit"]
IN_FLIGHT: tuple[InFlight, ...] = ("finish", "migrate", "exit")

RUNNER = "journeykit"
"""Who makes an approved version live: the next run."""

_WHO: Mapping[str, tuple[str, ...]] = {
    "submitted": ("author",),
    "withdrawn": ("author",),
    "approved": ("approver",),
    "refused": ("approver",),
    "paused": ("operator", "approver"),
    "resumed": ("operator", "approver"),
    "ended": ("operator", "approver"),
}
_VERBS = {
    "submitted": "submit", "withdrawn": "withdraw", "approved": "approve", "refused": "refuse",
    "paused": "pause", "resumed": "resume", "ended": "end",
}  # fmt: skip


_APPROVED = ("approved", "live", "replaced", "ended")
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
        case "approved" if life.states.get(version) in _APPROVED:
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


def permit(life: Life, action: str, version: str, actor: str, roles: RolesSection) -> None:
    """Raise ApprovalError unless that person may take that step now; the message says who may, or what first.

    Parameters
    ----------
    life : Life
        Where the strategy stands.
    action : str
        As a :class:`journeykit.ledger.approvals.Step` calls it.
    version : str
        The version it is about.
    actor : str
        Who acts.
    roles : RolesSection
        Of the workspace's settings.
    """
    role_for(action, actor, roles)
    if action in ("approved", "refused") and actor in life.submitters(version):
        raise ApprovalError(
            f"'{actor}' submitted version {version} of '{life.strategy}', and nobody decides on what is "
            f"their own. It is for another approver: {_names(roles, ('approver',), but=actor)}."
        )
    problem = _out_of_turn(life, action, version, roles)
    if problem:
        raise ApprovalError(
            f"Cannot {_VERBS[action]} version {version or '(none)'} of '{life.strategy}': {problem}"
        )


def role_for(action: str, actor: str, roles: RolesSection) -> str:
    """The role in which that person may take such a step; ApprovalError, when there is none, says who may."""
    needed = _WHO[action]
    for role in needed:
        if actor in getattr(roles, role):
            return role
    raise ApprovalError(
        f"'{actor}' may not {_VERBS[action]} strategies. That is for {' or '.join(needed)}: "
        f"{_names(roles, needed)}. Roles are given in journeykit.toml, [roles]."
    )


def _names(roles: RolesSection, needed: tuple[str, ...], but: str = "") -> str:
    named = dict.fromkeys(name for role in needed for name in getattr(roles, role) if name != but)
    return ", ".join(named) or "nobody is one"


def _out_of_turn(life: Life, action: str, version: str, roles: RolesSection) -> str:
    """Why a step does not follow from where the strategy stands; empty when it does."""
    match action:
        case "approved" if _lost_its_approver(life, version, roles):
            return ""
        case "submitted" if life.submitted:
            return f"version {life.submitted} waits for approval already. Withdraw that one first."
        case "submitted" if version in (life.live, life.approved):
            return f"it is {life.state(version)} already."
        case "withdrawn" | "approved" | "refused" if version != life.submitted:
            waiting = f"version {life.submitted} waits" if life.submitted else "no version waits"
            return f"it is {_told(life.state(version))}, and {waiting} for approval."
        case "paused" | "ended" if not life.concerned:
            return "no version of it is live or approved, and nobody finishes on one."
        case "paused" if life.paused:
            return "it is paused already."
        case "resumed" if not life.paused:
            return "it is not paused."
    return ""


def _lost_its_approver(life: Life, version: str, roles: RolesSection) -> bool:
    """Whether a version was approved by somebody who is no approver any more."""
    approved = life.last("approved", version)
    known = life.states.get(version) in _APPROVED
    return known and approved is not None and approved.actor not in roles.approver


def _told(state: str) -> str:
    return "a draft" if state == "draft" else state
