"""Who may take which step in the life of a strategy, and when; nothing else is allowed."""

from __future__ import annotations

from collections.abc import Mapping

from journeykit.errors import ApprovalError
from journeykit.settings import RolesSection
from journeykit.strategies.approval import ONCE_APPROVED, Life

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
    if action in ("withdrawn", "approved", "refused") and version not in life.states:
        raise ApprovalError(_never_submitted(life, version))
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


def who_may(action: str, roles: RolesSection) -> tuple[str, ...]:
    """Everybody who has a role in which such a step is taken."""
    return _named(roles, _WHO[action])


def _named(roles: RolesSection, needed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for role in needed for name in getattr(roles, role)))


def _names(roles: RolesSection, needed: tuple[str, ...], but: str = "") -> str:
    return ", ".join(name for name in _named(roles, needed) if name != but) or "nobody is one"


def _never_submitted(life: Life, version: str) -> str:
    """That there is no such version to decide on, and which there are."""
    waiting = f"Version {life.submitted} waits for approval" if life.submitted else "No version waits"
    return (
        f"Unknown version '{version}' of '{life.strategy}': it was never submitted. {waiting}; "
        f"see what there is with: journeykit strategy show {life.strategy}"
    )


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
            return f"it is {life.state(version)}, and {waiting} for approval."
        case "paused" | "ended" if not life.concerned:
            return "no version of it is live or approved, and nobody finishes on one."
        case "paused" if life.paused:
            return (
                f"it is paused already. Let it go on with: journeykit strategy resume {life.strategy}, "
                f"or end it with: journeykit strategy end {life.strategy} --reason …"
            )
        case "resumed" if not life.paused:
            return f"it is not paused. See where it stands with: journeykit strategy show {life.strategy}"
    return ""


def _lost_its_approver(life: Life, version: str, roles: RolesSection) -> bool:
    """Whether a version was approved by somebody who is no approver any more."""
    approved = life.last("approved", version)
    known = life.states.get(version) in ONCE_APPROVED
    return known and approved is not None and approved.actor not in roles.approver
