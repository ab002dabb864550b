"""The strategies of a workspace: drafts in files, versions on record, and how they differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from journeykit.errors import DefinitionError, unknown_name
from journeykit.settings import load_settings
from journeykit.strategies.approval import Life, read_lives
from journeykit.strategies.graph import Strategy
from journeykit.strategies.live import Gate
from journeykit.strategies.playbook import load_playbook
from journeykit.strategies.stored import Stored
from journeykit.strategies.versions import Closure, closure, version_of
from journeykit.workspace.approving import strategy_history
from journeykit.workspace.opening import catalogue, open_ledger

if TYPE_CHECKING:
    from journeykit.strategies.differences import Difference


def strategy_rows() -> list[dict[str, Any]]:
    """The strategies of this workspace as plain rows: the file's version, the live one, and their state."""
    settings = load_settings()
    playbook, tags = load_playbook(settings.scheduled), catalogue(settings)
    ledger = open_ledger(settings)
    try:
        lives = read_lives(ledger)
        gate = Gate(ledger, tags, playbook, demo=settings.workspace.demo)
        rows = []
        for name in sorted({*lives, *playbook.strategies}):
            life = lives.get(name, Life(name))
            draft = playbook.strategies.get(name)
            shown = draft or gate.stored(name, life.steps[-1].version).strategy
            version = version_of(draft, tags, playbook) if draft else ""
            rows.append(
                {
                    "name": name, "title": shown.title, "title_zh": shown.title_zh, "stage": shown.stage,
                    "owner": shown.owner, "priority": shown.priority, "version": version,
                    "state": life.state(version or life.steps[-1].version), "live": life.live,
                    "held": gate.objection(life, life.runs) if life.runs else "",
                }
            )  # fmt: skip
        return rows
    finally:
        ledger.close()


def load_strategy(name: str) -> Strategy:
    """A strategy of ``scheduled/strategies``; UnknownNameError lists them."""
    known = load_playbook(load_settings().scheduled).strategies
    if name not in known:
        raise unknown_name("strategy", name, known, "List them with: journeykit strategy list")
    return known[name]


def shown_strategy(name: str, version: str = "") -> Strategy:
    """A version of a strategy; by default the draft in its file, or without one what was submitted last."""
    drafts = load_playbook(load_settings().scheduled).strategies
    if name in drafts and not version:
        return drafts[name]
    history = strategy_history(name)
    return history[version or history.life.steps[-1].version]


def copy_strategy(name: str, new: str) -> Path:
    """Save a strategy under another name, as the draft of one of its own; never over a file."""
    copied = load_strategy(name).renamed(new)
    folder = load_settings().scheduled / "strategies"
    if (folder / f"{new}.yaml").exists():
        raise DefinitionError(
            f"There is a strategy '{new}' already, in {folder}. Give the copy another name."
        )
    return copied.save(folder)


def compare_strategies(name: str, other: str = "") -> Difference:
    """What changes from a strategy to the draft in its file.

    Parameters
    ----------
    name : str
        The strategy.
    other : str
        What it is compared with: one of its versions, or another strategy; by default its live version.
    """
    from journeykit.strategies.differences import closure_difference

    settings = load_settings()
    playbook, tags = load_playbook(settings.scheduled), catalogue(settings)
    new = closure(load_strategy(name), tags, playbook)
    if other in playbook.strategies:
        return closure_difference(closure(playbook.strategies[other], tags, playbook), new, tags)
    ledger = open_ledger(settings)
    try:
        life = read_lives(ledger).get(name, Life(name))
        gate = Gate(ledger, tags, playbook, demo=settings.workspace.demo)
        versions = {step.version for step in life.steps}
        if other and other not in versions:
            known = {*versions, *playbook.strategies}
            raise unknown_name(
                f"version of '{name}', or strategy", other, known, "List them with: journeykit strategy show"
            )
        old: Closure | None = None
        if other or life.live:
            stored: Stored = gate.stored(name, other or life.live)
            old = stored.closure
        return closure_difference(old, new, tags)
    finally:
        ledger.close()
