"""The strategies of a workspace: drafts in files, versions on record, and how they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from journeykit.errors import DefinitionError, unknown_name
from journeykit.strategies.approval import read_lives
from journeykit.strategies.differences import Difference, closure_difference
from journeykit.strategies.graph import Strategy
from journeykit.strategies.versions import Closure, closure, version_of
from journeykit.workspace.desk import Desk


def strategy_rows() -> list[dict[str, Any]]:
    """The strategies of this workspace as plain rows: the file's version, its state, and the live one."""
    with Desk.open() as desk:
        for problem in desk.playbook.unreadable.values():
            raise DefinitionError(problem)
        names = {*desk.playbook.strategies, *read_lives(desk.ledger)}
        return [_row(desk, name) for name in sorted(names)]


def _row(desk: Desk, name: str) -> dict[str, Any]:
    life, draft = desk.life(name), desk.playbook.strategies.get(name)
    version = version_of(draft, desk.tags, desk.playbook) if draft else life.steps[-1].version
    shown = draft or desk.gate.stored(name, version).strategy
    return {
        "name": name, "title": shown.title, "title_zh": shown.title_zh, "stage": shown.stage,
        "owner": shown.owner, "priority": shown.priority, "version": version, "state": life.state(version),
        "live": life.live, "held": str(desk.gate.objection(life, life.runs) or "") if life.runs else "",
    }  # fmt: skip


def shown_strategy(name: str, version: str = "") -> Strategy:
    """A version of a strategy; by default the draft in its file, or without one what was submitted last."""
    with Desk.open() as desk:
        if name in desk.playbook.strategies and not version:
            return desk.draft(name)
        history = desk.history(name)
        return history[version or history.life.steps[-1].version]


def copy_strategy(name: str, new: str) -> Path:
    """Save a strategy under another name, as the draft of one of its own; never over a file."""
    with Desk.open() as desk:
        copied = desk.draft(name).renamed(new)
        folder = desk.settings.scheduled / "strategies"
    if (folder / f"{new}.yaml").exists():
        raise DefinitionError(
            f"There is a strategy '{new}' already, in {folder}. Give the copy another name."
        )
    return copied.save(folder)


def compare_strategies(name: str, other: str = "") -> Difference:
    """What the draft in a strategy's file changes.

    Parameters
    ----------
    name : str
        The strategy.
    other : str
        What it is compared with: one of its versions, or another strategy; by default its live version.
    """
    with Desk.open() as desk:
        new = closure(desk.draft(name), desk.tags, desk.playbook)
        return closure_difference(_earlier(desk, name, other), new, desk.tags)


def _earlier(desk: Desk, name: str, other: str) -> Closure | None:
    if other in desk.playbook.strategies:
        return closure(desk.draft(other), desk.tags, desk.playbook)
    life = desk.life(name)
    versions = {step.version for step in life.steps}
    if other and other not in versions:
        raise unknown_name(
            f"version of '{name}', or strategy", other, {*versions, *desk.playbook.strategies},
            f"List its versions with: journeykit strategy show {name}",
        )  # fmt: skip
    version = other or life.live
    return desk.gate.stored(name, version).closure if version else None
