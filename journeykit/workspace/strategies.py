"""The strategies of a workspace: drafts in files, versions on record, and how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeykit.errors import DefinitionError, unknown_name
from journeykit.i18n import label
from journeykit.ledger.approvals import people_in_flight
from journeykit.preset import presets
from journeykit.strategies.approval import Life, read_lives
from journeykit.strategies.differences import Difference, closure_difference
from journeykit.strategies.gate import Gate
from journeykit.strategies.graph import Strategy
from journeykit.strategies.history import StrategyHistory, told_state
from journeykit.strategies.offers import Offer
from journeykit.strategies.versions import Closure, closure, version_of
from journeykit.workspace.desk import Desk


def strategy_rows() -> list[dict[str, Any]]:
    """The strategies of this workspace as plain rows: the file's version, its state, and the live one.

    A draft that cannot be read, or names what is not defined, is a row too: ``problem`` says what is wrong.
    """
    with Desk.open() as desk:
        drafts, lives, people = desk.playbook, read_lives(desk.ledger), people_in_flight(desk.ledger)
        gate = desk.gate
        return [
            _row(desk, gate, lives.get(name, Life(name)), people.get(name, {}))
            for name in sorted({*drafts.strategies, *drafts.unreadable, *lives})
        ]


def _row(desk: Desk, gate: Gate, life: Life, people: Mapping[str, int]) -> dict[str, Any]:
    name, draft = life.strategy, desk.playbook.strategies.get(life.strategy)
    problem = desk.playbook.unreadable.get(name, "")
    state, version = "unreadable", ""
    if draft or not problem:
        version, problem = _version(desk, draft) if draft else (life.steps[-1].version, "")
        state = told_state(life, version, people)
    shown = draft or _stored(gate, name, life.concerned or version)
    told = {key: getattr(shown, key, None) for key in ("title", "title_zh", "stage", "owner", "priority")}
    held = str(gate.objection(life, life.runs) or "") if life.runs else ""
    return {
        "name": name, **told, "version": version, "state": state, "live": life.live, "held": held,
        "problem": problem,
    }  # fmt: skip


def _stored(gate: Gate, name: str, version: str) -> Strategy | None:
    """A version on record, unless it cannot be read."""
    try:
        return gate.stored(name, version).strategy
    except DefinitionError:
        return None


def _version(desk: Desk, draft: Strategy) -> tuple[str, str]:
    """The version of a draft; or none, and what it names that is not defined."""
    try:
        return version_of(draft, desk.tags, desk.playbook), ""
    except DefinitionError as error:
        return "", str(error)


@dataclass(frozen=True)
class Shown:
    """A version of a strategy, or its draft, among the others.

    Attributes
    ----------
    version : str
        Empty for a draft that names what is not defined.
    offers : mapping of str to Offer
        The workspace's, by whose titles it speaks of them.
    problem : str
        Why the draft cannot be read, in whose place a version is shown.
    """

    strategy: Strategy
    version: str
    history: StrategyHistory
    offers: Mapping[str, Offer]
    problem: str = ""

    def which(self, language: str) -> str:
        """Which version it is, and which one runs if that is another."""
        told, runs = [self._itself(language)], self.history.life.runs
        if self.problem:
            told.insert(0, label("approval.which.unreadable", language).format(self.problem))
        if runs and runs != self.version:
            state = self._state(runs, language)
            told.append(label("approval.which.other", language).format(runs, state, self.strategy.name))
        return " ".join(told)

    def _itself(self, language: str) -> str:
        if not self.version:
            return label("approval.which.unsound", language).format(self.strategy.name)
        if self.history.life.state(self.version) == "draft":
            return label("approval.which.draft", language).format(self.version)
        return label("approval.which.version", language).format(
            self.version, self._state(self.version, language)
        )

    def _state(self, version: str, language: str) -> str:
        return label(f"approval.{told_state(self.history.life, version, self.history.people)}", language)


def look_up(name: str, version: str = "") -> Shown:
    """A version of a strategy; by default the draft in its file, or without one what was submitted last.

    In place of a draft that cannot be read, the version that runs is shown.
    """
    with Desk.open() as desk:
        history = desk.history(name)
        life, problem = history.life, "" if version else desk.playbook.unreadable.get(name, "")
        if not version and (name in desk.playbook.strategies or (problem and not life.steps)):
            draft = desk.draft(name)
            return Shown(draft, _version(desk, draft)[0], history, desk.playbook.offers)
        version = life.called(version) or life.concerned or life.steps[-1].version
        return Shown(history[version], version, history, desk.playbook.offers, problem)


def to_try(name: str) -> Strategy:
    """What is checked and simulated: the draft in a file, or without one what was submitted last."""
    found = look_up(name)
    if found.problem:
        raise DefinitionError(
            f"{found.problem} Version {found.version} is on record; "
            f"see it with: journeykit strategy show {name} {found.version}"
        )
    return found.strategy


def _drafted(desk: Desk, name: str) -> bool:
    """Whether a file is there, be it readable or not."""
    return name in desk.playbook.strategies or name in desk.playbook.unreadable


def copy_strategy(name: str, new: str) -> list[Path]:
    """Save a strategy of this workspace, or a preset, as a draft of its own; never over a file.

    Returns
    -------
    list of Path
        The strategy's file, and those of the preset's offers that the workspace had not.
    """
    with Desk.open() as desk:
        preset = presets[name] if name in presets and not _drafted(desk, name) else None
        copied = preset.adapt(new) if preset else desk.draft(name).renamed(new)
        scheduled = desk.settings.scheduled
    folder = scheduled / "strategies"
    if (folder / f"{new}.yaml").exists():
        raise DefinitionError(
            f"There is a strategy '{new}' already, in {folder}. Give the copy another name."
        )
    return [copied.save(folder), *(preset.save_offers(scheduled / "offers") if preset else ())]


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
    versions, other = {step.version for step in life.steps}, life.called(other)
    if other and other not in versions:
        raise unknown_name(
            f"version of '{name}', or strategy", other, {*versions, *desk.playbook.strategies},
            f"List its versions with: journeykit strategy show {name}",
        )  # fmt: skip
    version = other or life.live
    return desk.gate.stored(name, version).closure if version else None
