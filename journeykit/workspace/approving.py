"""Strategies are submitted, approved, refused, paused and ended: by somebody who may, on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from journeykit.errors import ApprovalError, DefinitionError, unknown_name
from journeykit.identity import acting
from journeykit.ledger import Ledger
from journeykit.ledger.approvals import append_step
from journeykit.mart.mart import Mart
from journeykit.settings import Settings, load_settings
from journeykit.strategies.approval import Life, permit, read_lives
from journeykit.strategies.checking import check_strategy, require_sound
from journeykit.strategies.data_used import DataUsed
from journeykit.strategies.data_used import data_used as find_data
from journeykit.strategies.graph import Strategy
from journeykit.strategies.history import StrategyHistory
from journeykit.strategies.live import Gate
from journeykit.strategies.playbook import Playbook, load_playbook
from journeykit.strategies.submission import check_confirmed, check_in_flight, checked_text
from journeykit.strategies.versions import closure, closure_text, version_of_text
from journeykit.tags import Catalogue
from journeykit.workspace.opening import catalogue, open_ledger


@dataclass(frozen=True)
class _Desk:
    """Everything a step needs to know of the workspace, and who takes it."""

    settings: Settings
    ledger: Ledger
    playbook: Playbook
    tags: Catalogue
    actor: str

    @property
    def gate(self) -> Gate:
        return Gate(self.ledger, self.tags, self.playbook, demo=self.settings.workspace.demo)

    def life(self, name: str) -> Life:
        """Where a strategy stands; one that is only a draft has no steps."""
        lives = read_lives(self.ledger)
        if name not in lives and name not in self.playbook.strategies:
            known = {*lives, *self.playbook.strategies}
            raise unknown_name("strategy", name, known, "List them with: journeykit strategy list")
        return lives.get(name, Life(name))

    def step(self, life: Life, action: str, version: str, detail: dict[str, Any], closure: str = "") -> None:
        append_step(
            self.ledger, life.steps, strategy=life.strategy, version=version, action=action,
            actor=self.actor, detail=detail, closure=closure or None,
        )  # fmt: skip

    def permit(self, life: Life, action: str, version: str) -> None:
        permit(life, action, version, self.actor, self.settings.roles)


@contextmanager
def _desk(as_: str = "") -> Iterator[_Desk]:
    settings = load_settings()
    actor = acting(settings, as_)
    ledger = open_ledger(settings)
    try:
        yield _Desk(settings, ledger, load_playbook(settings.scheduled), catalogue(settings), actor)
    finally:
        ledger.close()


def data_used(plan: Strategy) -> DataUsed:
    """What a strategy reads of its customers, by privacy class; to be confirmed when it is submitted."""
    settings = load_settings()
    return find_data(plan, catalogue(settings), load_playbook(settings.scheduled))


def submit(
    plan: Strategy | str, mart: Mart, *, purpose: str, harm: str, data_confirmed: bool = False,
    in_flight: str = "finish", days: int = 30, as_: str = "",
) -> StrategyHistory:  # fmt: skip
    """Propose a strategy to the approvers, with everything they need for their decision.

    It is checked and simulated first; the figures, the difference to the live version and the answers below
    are kept with the submission. What is on record is what will run: a file changed later is another draft.

    Parameters
    ----------
    plan : Strategy or str
        The strategy, or the name of a file in ``scheduled/strategies``.
    mart : Mart
        The day as of which it is checked and simulated.
    purpose : str
        What it is good for, of the customer and of the bank.
    harm : str
        Who could be harmed by it, and what is done about that.
    data_confirmed : bool
        That the author has read what data it uses; without it an error shows them.
    in_flight : str
        Of the people in the version it replaces: ``finish`` on that one, ``migrate`` where their node still
        exists, or ``exit``.
    days : int
        How many days are simulated.
    as_ : str
        A made-up colleague, in a demonstration workspace only.

    Raises
    ------
    ApprovalError
        Whoever asks is no author, an answer is missing, or another version waits already.
    DefinitionError
        The strategy has findings that block running.
    """
    from journeykit.strategies.differences import closure_difference

    with _desk(as_) as desk:
        plan = _named(desk, plan) if isinstance(plan, str) else Strategy.from_yaml(plan.to_yaml())
        content = closure(plan, desk.tags, desk.playbook)
        text = closure_text(content)
        version = version_of_text(text)
        life = read_lives(desk.ledger).get(plan.name, Life(plan.name))
        desk.permit(life, "submitted", version)
        used = find_data(plan, desk.tags, desk.playbook)
        detail: dict[str, Any] = {
            "purpose": checked_text("purpose", purpose, "Keep maturing money in the bank"),
            "harm": checked_text("answer who could be harmed", harm, "Elderly people, who get calls only"),
            "in_flight": check_in_flight(in_flight),
        }
        check_confirmed(used, data_confirmed)
        findings = check_strategy(plan, mart.tags, desk.playbook.offers, desk.playbook.channels)
        require_sound(findings)
        live = desk.gate.stored(plan.name, life.live).closure if life.live else None
        detail |= {
            "data": used.rows(),
            "warnings": [
                {"text": f"{one.node}: {one.message}", "text_zh": f"{one.node}：{one.message_zh}"}
                for one in findings
            ],
            "difference": closure_difference(live, content, desk.tags).rows(),
            "simulation": _simulated(plan, mart, days),
        }
        desk.step(life, "submitted", version, detail, text)
        return _history(desk, plan.name)


def _simulated(plan: Strategy, mart: Mart, days: int) -> dict[str, Any]:
    """The figures of a simulation made here, so that nobody attaches those of another strategy."""
    try:
        from journeykit.workspace.simulating import simulate  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        return {}

    return simulate(plan, mart, days=days).summary()


def withdraw(name: str, version: str, *, as_: str = "") -> StrategyHistory:
    """Take a submission back before it is decided on."""
    return _act(name, "withdrawn", version, {}, as_)


def approve(name: str, version: str, *, as_: str = "") -> StrategyHistory:
    """Let the submitted version become live with the next run.

    Raises
    ------
    ApprovalError
        Whoever asks is no approver, or submitted that version; it does not wait for approval; or a tag,
        offer, channel or model behind it has changed since it was submitted.
    """
    with _desk(as_) as desk:
        life = desk.life(name)
        desk.permit(life, "approved", version)
        changed = desk.gate.change(name, version)
        if changed:
            raise ApprovalError(f"Cannot approve '{name}': {changed}")
        desk.step(life, "approved", version, {})
        return _history(desk, name)


def refuse(name: str, version: str, reason: str, *, as_: str = "") -> StrategyHistory:
    """Send the submitted version back; the reason stays on record."""
    told = checked_text("reason", reason, "The text promises too much")
    return _act(name, "refused", version, {"reason": told}, as_)


def pause(name: str, reason: str = "", *, as_: str = "") -> StrategyHistory:
    """Stop every new contact of a strategy at once, leads that have not left included.

    Nobody enters or moves on until it is resumed; who reaches the goal still leaves.
    """
    return _act(name, "paused", None, {"reason": reason.strip()}, as_)


def resume(name: str, reason: str = "", *, as_: str = "") -> StrategyHistory:
    """Let a paused strategy go on."""
    return _act(name, "resumed", None, {"reason": reason.strip()}, as_)


def end(name: str, reason: str = "", *, in_flight: str = "finish", as_: str = "") -> StrategyHistory:
    """Let nobody enter any more; people in flight ``finish``, or ``exit`` with the next run."""
    choice = check_in_flight(in_flight, ("finish", "exit"))
    return _act(name, "ended", None, {"reason": reason.strip(), "in_flight": choice}, as_)


def strategy_history(name: str) -> StrategyHistory:
    """Every step of a strategy: who submitted, approved, refused, paused and ended which version, and why."""
    with _desk() as desk:
        desk.life(name)
        return _history(desk, name)


def _act(name: str, action: str, version: str | None, detail: dict[str, Any], as_: str) -> StrategyHistory:
    """Take a step; without a version it is about the one that runs."""
    with _desk(as_) as desk:
        life = desk.life(name)
        about = life.runs if version is None else version
        desk.permit(life, action, about)
        desk.step(life, action, about, detail)
        return _history(desk, name)


def _named(desk: _Desk, name: str) -> Strategy:
    if name not in desk.playbook.strategies:
        raise unknown_name(
            "strategy", name, desk.playbook.strategies, "Strategies lie in scheduled/strategies."
        )
    return desk.playbook.strategies[name]


def _history(desk: _Desk, name: str) -> StrategyHistory:
    life, gate = desk.life(name), desk.gate
    versions: dict[str, Strategy] = {}
    for version in dict.fromkeys(step.version for step in life.steps):
        try:
            versions[version] = gate.stored(name, version).strategy
        except DefinitionError:
            continue  # its steps are told all the same
    return StrategyHistory(life, versions)
