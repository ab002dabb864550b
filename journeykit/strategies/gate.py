"""The gate before every run: a version acts only while it means what was approved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journeykit.errors import DefinitionError
from journeykit.i18n import label
from journeykit.identity import is_demo
from journeykit.ledger.approvals import read_closures
from journeykit.ledger.ledger import Ledger
from journeykit.settings import RolesSection
from journeykit.strategies.approval import Life
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.stored import Stored, read_stored
from journeykit.strategies.versions import Closure, changed_parts, closure, closure_text


@dataclass(frozen=True)
class Objection:
    """Why a version does not act, in English and Chinese."""

    text: str
    text_zh: str

    def __str__(self) -> str:
        return self.text


class Gate:
    """Lets a version act only while it means what was approved.

    Parameters
    ----------
    ledger : Ledger
        Where what was approved is on record.
    tags : Catalogue
        As they are defined today.
    playbook : Playbook
        Offers, channels and models as they are defined today.
    roles : RolesSection
        Of the workspace that runs: whoever approved must be an approver there today.
    demo : bool
        Whether this is a demonstration workspace, whose made-up colleagues may approve.
    """

    def __init__(
        self, ledger: Ledger, tags: Mapping[str, Any], playbook: Playbook, *, roles: RolesSection, demo: bool
    ) -> None:
        self._closures = read_closures(ledger)
        self._tags, self._playbook, self._roles, self._demo = tags, playbook, roles, demo

    def stored(self, strategy: str, version: str) -> Stored:
        """The version as it is on record; DefinitionError when it is not what was submitted."""
        return read_stored(strategy, version, self._closures.get((strategy, version), ""))

    def objection(self, life: Life, version: str, beside: Closure | None = None) -> Objection | None:
        """Why a version must not act today: it was never approved, or changed since; None when it may.

        `beside` is as in :meth:`change`.
        """
        return self._unapproved(life, version) or self.change(life.strategy, version, beside)

    def change(self, strategy: str, version: str, beside: Closure | None = None) -> Objection | None:
        """What does not mean today what it meant when the version was submitted; None when all does.

        Parameters
        ----------
        strategy, version : str
            The version.
        beside : Closure
            Of the live version: what was approved with that may serve those who finish on an earlier one.
        """
        try:
            stored = self.stored(strategy, version)
            text = closure_text(closure(stored.strategy, self._tags, self._playbook))
        except DefinitionError as error:
            return Objection(str(error), f"所依据的定义缺失或无法读取：{error}")
        today = json.loads(text)
        changed = [
            (part, name)
            for part, name in changed_parts(stored.closure, today)
            if beside is None or beside[part].get(name) != today[part].get(name)
        ]
        if changed:
            return _changed(strategy, version, changed)
        if today["strategy"] != stored.closure["strategy"]:
            return Objection(
                f"This release reads version {version} otherwise than it was submitted. Submit it anew.",
                f"本版软件对版本 {version} 的解读与提交时不同，请重新提交。",
            )
        return None

    def _unapproved(self, life: Life, version: str) -> Objection | None:
        approved = life.last("approved", version)
        submitted = life.last("submitted", version, before=approved.step) if approved else None
        if approved is None or submitted is None:
            return Objection(f"Version {version} was never approved.", f"版本 {version} 从未获得批准。")
        if approved.actor in life.submitters(version, before=approved.step):
            return Objection(
                f"Version {version} was approved by '{approved.actor}', who submitted it.",
                f"版本 {version} 的批准人“{approved.actor}”即其提交人。",
            )
        made_up = [one.actor for one in (submitted, approved) if is_demo(one.actor)]
        if made_up and not self._demo:
            return Objection(
                f"Version {version} was submitted or approved by '{made_up[0]}' of a demonstration.",
                f"版本 {version} 由演示身份“{made_up[0]}”提交或批准。",
            )
        if approved.actor not in self._roles.approver:
            command = f"journeykit strategy approve {life.strategy} {version}"
            return Objection(
                f"Version {version} was approved by '{approved.actor}', who is no approver here "
                f"(journeykit.toml, [roles]). Let one who is approve it anew: {command}",
                f"版本 {version} 的批准人“{approved.actor}”现不在 journeykit.toml [roles] 的 approver 之列。"
                f"请由现任审批人重新批准：{command}",
            )
        return None


def _changed(strategy: str, version: str, changed: list[tuple[str, str]]) -> Objection:
    kinds = [(part.removesuffix("s"), name) for part, name in changed]
    named = ", ".join(f"{kind} '{name}'" for kind, name in kinds)
    named_zh = "、".join(f"{label(kind, 'zh')}“{name}”" for kind, name in kinds)
    return Objection(
        f"Since version {version} was submitted, {named} changed. Undo that, or submit the strategy anew: "
        f"journeykit strategy submit {strategy}",
        f"版本 {version} 提交后，{named_zh}已变更。请恢复原定义，或重新提交该策略："
        f"journeykit strategy submit {strategy}",
    )
