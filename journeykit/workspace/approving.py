"""Strategies are submitted, approved, refused, paused and ended: by somebody who may, on record."""

from __future__ import annotations

from journeykit.strategies.data_used import DataUsed
from journeykit.strategies.data_used import data_used as find_data
from journeykit.strategies.expecting import expect_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.history import StrategyHistory
from journeykit.strategies.submission import check_in_flight, checked_text
from journeykit.workspace.desk import Desk
from journeykit.workspace.opening import connect


def data_used(plan: Strategy) -> DataUsed:
    """What a strategy reads of its customers, by privacy class; to be confirmed when it is submitted."""
    expect_strategy(plan, "jk.data_used(plan)")
    with Desk.open() as desk:
        return find_data(plan, desk.tags, desk.playbook)


def submit(
    plan: Strategy | str, *, purpose: str, harm: str, data_confirmed: bool = False,
    in_flight: str = "finish", days: int = 30, as_: str = "",
) -> StrategyHistory:  # fmt: skip
    """Propose a strategy to the approvers, with everything they need for their decision.

    It is checked and simulated first, as of the newest day whose tags are built. The figures, the difference
    to the live version and the answers below are kept with the submission. What is on record is what will
    run: a file changed later is another draft.

    Parameters
    ----------
    plan : Strategy or str
        The strategy, or the name of a file in ``scheduled/strategies``.
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
        How many days ahead are simulated.
    as_ : str
        A made-up colleague, in a demonstration workspace only.

    Raises
    ------
    ApprovalError
        Whoever asks is no author, an answer is missing, or another version waits already.
    DefinitionError
        The strategy has findings that block running.
    """
    if not isinstance(plan, str):
        expect_strategy(plan, "jk.submit(plan, purpose='…', harm='…')")
    with Desk.open() as desk, connect() as mart:
        chosen = desk.draft(plan) if isinstance(plan, str) else plan
        return desk.submit(
            chosen, mart, purpose=purpose, harm=harm, data_confirmed=data_confirmed, in_flight=in_flight,
            days=days, as_=as_,
        )  # fmt: skip


def withdraw(name: str, version: str, *, as_: str = "") -> StrategyHistory:
    """Take a submission back before it is decided on."""
    with Desk.open() as desk:
        return desk.act(name, "withdrawn", version, {}, as_)


def approve(name: str, version: str, *, as_: str = "") -> StrategyHistory:
    """Let the submitted version become live with the next run.

    Raises
    ------
    ApprovalError
        Whoever asks is no approver, or submitted that version; it does not wait for approval; or a tag,
        offer, channel or model behind it has changed since it was submitted.
    """
    with Desk.open() as desk:
        return desk.approve(name, version, as_)


def refuse(name: str, version: str, reason: str, *, as_: str = "") -> StrategyHistory:
    """Send the submitted version back; the reason stays on record."""
    told = checked_text("reason", reason, "The text promises too much")
    with Desk.open() as desk:
        return desk.act(name, "refused", version, {"reason": told}, as_)


def pause(name: str, reason: str, *, as_: str = "") -> StrategyHistory:
    """Stop every new contact of a strategy at once, leads that have not left included.

    Nobody enters or moves on until it is resumed; who reaches the goal still leaves. The daily report tells
    the reason.
    """
    told = checked_text("reason", reason, "Customers complain about the text")
    with Desk.open() as desk:
        return desk.act(name, "paused", None, {"reason": told}, as_)


def resume(name: str, reason: str = "", *, as_: str = "") -> StrategyHistory:
    """Let a paused strategy go on."""
    with Desk.open() as desk:
        return desk.act(name, "resumed", None, {"reason": reason.strip()}, as_)


def end(name: str, reason: str, *, in_flight: str = "finish", as_: str = "") -> StrategyHistory:
    """Let nobody enter any more; people in flight ``finish``, or ``exit`` with the next run.

    While they finish, the strategy can still be paused, resumed, and ended once more with ``exit``. One that
    is paused when it is ended stays paused. The daily report tells the reason.
    """
    told = checked_text("reason", reason, "The campaign is over")
    choice = check_in_flight(in_flight, ("finish", "exit"))
    with Desk.open() as desk:
        return desk.act(name, "ended", None, {"reason": told, "in_flight": choice}, as_)


def strategy_history(name: str) -> StrategyHistory:
    """Every step of a strategy: who submitted, approved, refused, paused and ended which version, and why."""
    with Desk.open() as desk:
        return desk.history(name)
