"""Which versions run today: approved ones that still mean what was approved, and earlier ones with people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from journeykit.errors import DefinitionError
from journeykit.ledger.approvals import append_step, versions_in_flight
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import read_runs
from journeykit.routing.result import Held
from journeykit.strategies.approval import RUNNER, Life, read_lives
from journeykit.strategies.gate import Gate, Objection
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running
from journeykit.strategies.versions import Closure


@dataclass(frozen=True)
class Today:
    """The versions that run, and those that are held with the reason."""

    running: tuple[Running, ...]
    held: tuple[Held, ...]


def go_live(ledger: Ledger, gate: Gate, as_of: date) -> None:
    """Make approved versions live, unless their strategy is paused or they do not mean the same any more."""
    for name, life in read_lives(ledger).items():
        if life.approved and not life.paused and not gate.objection(life, life.approved):
            submitted = life.last("submitted", life.approved)
            detail = {
                "as_of": as_of.isoformat(),
                "in_flight": submitted.detail["in_flight"] if submitted else "finish",
                "replaces": life.live,
            }
            append_step(
                ledger, life.steps, strategy=name, version=life.approved, action="live", actor=RUNNER,
                detail=detail,
            )  # fmt: skip


def running_strategies(ledger: Ledger, playbook: Playbook, tags: Mapping[str, Any], *, demo: bool) -> Today:
    """Which versions run, and which are held.

    Parameters
    ----------
    ledger : Ledger
        Steps, closures, enrolments and runs; nothing is written.
    playbook : Playbook
        Offers, channels and models as they are today; its strategies are drafts, and do not run.
    tags : Catalogue
        As they are today.
    demo : bool
        Whether this is a demonstration workspace.
    """
    gate = Gate(ledger, tags, playbook, demo=demo)
    lives, people = read_lives(ledger), versions_in_flight(ledger)
    decided = max((run.as_of for run in read_runs(ledger) if run.decided), default=date.min)
    running: list[Running] = []
    held: list[Held] = []
    for name in sorted({*lives, *people, *playbook.strategies}):
        life = lives.get(name, Life(name))
        held += _waiting(life, gate, drafted=name in playbook.strategies)
        for one in _versions(life, people.get(name, frozenset()), gate, decided):
            if isinstance(one, Held):
                held.append(one)
            else:
                running.append(one)
    held += [_unreadable(name, problem) for name, problem in playbook.unreadable.items()]
    return Today(tuple(running), tuple(held))


def _unreadable(name: str, problem: str) -> Held:
    told = f"Its file is a draft that cannot be read: {problem}"
    return Held(strategy=name, version="", reason=told, reason_zh=f"草稿文件无法读取：{problem}")


def _waiting(life: Life, gate: Gate, *, drafted: bool) -> Iterator[Held]:
    """Why a strategy has no live version yet, or not the one that was approved last."""
    if life.paused:
        yield _held(life, life.concerned, PAUSED)
    elif life.approved and (objection := gate.objection(life, life.approved)):
        yield _held(life, life.approved, objection)
    elif drafted and not life.steps:
        yield _held(life, "", DRAFT)
    elif life.submitted and not life.runs:
        yield _held(life, life.submitted, SUBMITTED)


def _versions(life: Life, people: frozenset[str], gate: Gate, decided: date) -> Iterator[Running | Held]:
    """Each version of a strategy that is live or has people, and why it is held if it is."""
    others = sorted(people - {life.live})
    beside: Closure | None = None
    if life.live:
        objection = gate.objection(life, life.live)
        if objection is None:
            beside = gate.stored(life.strategy, life.live).closure
        yield from _version(life, gate, life.live, objection, _taken_over(life, others, decided))
    for version in others:
        if life.last("live", version) is None:
            yield _held(life, version, NEVER_LIVE)
        else:
            yield from _version(life, gate, version, gate.objection(life, version, beside))


def _version(
    life: Life, gate: Gate, version: str, objection: Objection | None, takes_over: tuple[str, ...] = ()
) -> Iterator[Running | Held]:
    if objection:
        yield _held(life, version, objection)
    try:
        strategy = gate.stored(life.strategy, version).strategy
    except DefinitionError:
        return  # nobody can tell where its people stand
    acts = not (objection or life.paused)
    yield Running(
        strategy=strategy,
        version=version,
        enrols=acts and version == life.live,
        moves=acts,
        takes_over=takes_over,
        leaves_as="" if version == life.live else life.leaves_as(version),
        live_since=_live_since(life, version),
    )


def _live_since(life: Life, version: str) -> date | None:
    live = life.last("live", version)
    return date.fromisoformat(live.detail["as_of"]) if live else None


def _taken_over(life: Life, others: list[str], decided: date) -> tuple[str, ...]:
    """The versions whose people migrate, once: in the first run that is decided with it live."""
    live, since = life.last("live", life.live), _live_since(life, life.live)
    fresh = since is not None and since > decided
    return tuple(others) if live and fresh and live.detail["in_flight"] == "migrate" else ()


def _held(life: Life, version: str, why: Objection) -> Held:
    return Held(strategy=life.strategy, version=version, reason=why.text, reason_zh=why.text_zh)


PAUSED = Objection("It is paused.", "已暂停。")
DRAFT = Objection(
    "It is a draft, and runs once it is submitted and approved.", "尚为草稿，提交并获批准后方可运行。"
)
SUBMITTED = Objection("It waits for approval.", "等待审批。")
NEVER_LIVE = Objection("People are in a version that was never live.", "有客户处于从未获准运行的版本中。")
