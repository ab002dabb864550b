"""Which versions run today: approved ones that still mean what was approved, and earlier ones with people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from journeykit.errors import DefinitionError
from journeykit.ledger.approvals import Step, people_in_flight
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import read_runs
from journeykit.routing.result import Held
from journeykit.settings import RolesSection
from journeykit.strategies.approval import RUNNER, Life, life_of, read_lives
from journeykit.strategies.gate import Gate, Objection
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running


@dataclass(frozen=True)
class Today:
    """What runs on a day.

    Attributes
    ----------
    running : tuple of Running
        The versions.
    held : tuple of Held
        Those that are held, with the reason.
    meanwhile : tuple of Running
        The versions as they are on the days missed since the last decided one: nobody has become live yet,
        and a strategy that was paused at any time since lets nobody in or on.
    steps : tuple of Step
        The versions that become live with the run, to be recorded with its decisions.
    """

    running: tuple[Running, ...]
    held: tuple[Held, ...]
    meanwhile: tuple[Running, ...] = ()
    steps: tuple[Step, ...] = ()


def running_strategies(
    ledger: Ledger, playbook: Playbook, tags: Mapping[str, Any], *, roles: RolesSection, demo: bool,
    as_of: date | None = None,
) -> Today:  # fmt: skip
    """Which versions run, and which are held. Nothing is written.

    Parameters
    ----------
    ledger : Ledger
        Steps, closures, enrolments and runs.
    playbook : Playbook
        Offers, channels and models as they are today; its strategies are drafts, and do not run.
    tags : Catalogue
        As they are today.
    roles : RolesSection
        Of the workspace.
    demo : bool
        Whether this is a demonstration workspace.
    as_of : date
        The day of the run: versions approved since the last one become live with it. Without it none does.
    """
    gate = Gate(ledger, tags, playbook, roles=roles, demo=demo)
    lives, people = read_lives(ledger), people_in_flight(ledger)
    decided = max((run.as_of for run in read_runs(ledger) if run.decided), default=None)
    running, meanwhile, held, steps = [], [], [], []
    for name in sorted({*lives, *people, *playbook.strategies}):
        before, standing = lives.get(name, Life(name)), frozenset(people.get(name, ()))
        step = _goes_live(before, gate, as_of) if as_of else None
        life = life_of(name, (*before.steps, step)) if step else before
        if step:
            steps.append(step)
            standing |= {before.live} - {""}  # whose people on missed days are still to come
        held += _waiting(life, standing, gate, playbook.strategies.get(name))
        found = [*_versions(life, standing, gate, step)]
        held += [one for one in found if isinstance(one, Held)]
        running += [one for one in found if isinstance(one, Running)]
        earlier = [*_versions(before, standing, gate)] if step else found
        acts = not was_paused(before, decided)
        meanwhile += [
            replace(one, enrols=one.enrols and acts, moves=one.moves and acts)
            for one in earlier
            if isinstance(one, Running)
        ]
    idle = sorted(name for name in playbook.unreadable if not lives.get(name, Life(name)).concerned)
    held += [Held(strategy=name, version="", reason=UNREAD.text, reason_zh=UNREAD.text_zh) for name in idle]
    return Today(tuple(running), tuple(held), tuple(meanwhile), tuple(steps))


def was_paused(life: Life, decided: date | None) -> bool:
    """Whether a strategy is paused, or was at any time since the last decided day."""
    day = decided and decided.isoformat()
    since = [step for step in life.steps if step.detail.get("decided") == day]
    before = life_of(life.strategy, life.steps[: len(life.steps) - len(since)])
    return before.paused or any(step.action == "paused" for step in since)


def _goes_live(life: Life, gate: Gate, as_of: date) -> Step | None:
    """The step of an approved version, unless its strategy is paused or it means something else by now."""
    if not life.approved or life.paused or gate.objection(life, life.approved):
        return None
    submitted = life.last("submitted", life.approved)
    detail = {
        "as_of": as_of.isoformat(),
        "in_flight": submitted.detail["in_flight"] if submitted else "finish",
        "replaces": life.live,
    }
    number = len(life.steps) + 1
    return Step(life.strategy, number, life.approved, "live", RUNNER, detail, datetime.now())


def _waiting(life: Life, people: frozenset[str], gate: Gate, draft: Strategy | None) -> Iterator[Held]:
    """Why a strategy has no live version yet, or not the one that was approved last."""
    if life.paused and (life.runs or people):
        yield _held(life, gate, life.concerned, _paused(life))
    elif life.approved and (objection := gate.objection(life, life.approved)):
        yield _held(life, gate, life.approved, objection)
    elif draft and not life.steps:
        yield _held_as(draft, "", DRAFT)
    elif life.submitted and not life.runs:
        yield _held(life, gate, life.submitted, SUBMITTED)


def _paused(life: Life) -> Objection:
    """Who paused a strategy, and why."""
    step = next(one for one in reversed(life.steps) if one.action == "paused")
    if reason := step.detail.get("reason"):  # earlier releases asked for none
        return Objection(f"Paused by {step.actor}: {reason}", f"由 {step.actor} 暂停：{reason}")
    return Objection(f"Paused by {step.actor}.", f"由 {step.actor} 暂停。")


def _versions(
    life: Life, people: frozenset[str], gate: Gate, fresh: Step | None = None
) -> Iterator[Running | Held]:
    """Each version of a strategy that is live or has people, and why it is held if it is.

    `fresh` is the step with which the live version becomes so, where it does in this run.
    """
    others = sorted(people - {life.live})
    never_live = tuple(one for one in others if life.last("live", one) is None)
    latest = life.live or life.finishing
    objection = gate.objection(life, latest) if latest else None
    beside = gate.stored(life.strategy, latest).closure if latest and not objection else None
    if life.live:
        migrates = fresh is not None and fresh.detail["in_flight"] == "migrate"
        yield from _version(life, gate, life.live, objection, tuple(others) if migrates else never_live)
    for version in others:
        if version in never_live:
            yield from _never_live(life, gate, version, objection)
        else:
            yield from _version(life, gate, version, gate.objection(life, version, beside))


def _never_live(
    life: Life, gate: Gate, version: str, objection: Objection | None
) -> Iterator[Running | Held]:
    """A version that nobody ever approved, with people from before strategies had to be.

    Its people are the live version's where their node still exists. The others leave as soon as that
    version acts; its goal is judged first, and while it is held or paused too.
    """
    latest = life.live or life.finishing
    try:
        strategy = gate.stored(life.strategy, latest).strategy
    except DefinitionError:  # there is none, or it cannot be read
        yield _held(life, gate, version, NEVER_LIVE)
        return
    acts = not (objection or life.paused)
    leaves_as = ("replaced" if life.live else "ended") if acts else ""
    yield Running(strategy=strategy, version=version, enrols=False, moves=False, leaves_as=leaves_as)


def _version(
    life: Life, gate: Gate, version: str, objection: Objection | None, takes_over: tuple[str, ...] = ()
) -> Iterator[Running | Held]:
    if objection:
        yield _held(life, gate, version, objection)
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
    )


def _held(life: Life, gate: Gate, version: str, why: Objection) -> Held:
    """A version on record that is held; it has its name alone where it cannot be read."""
    try:
        return _held_as(gate.stored(life.strategy, version).strategy, version, why)
    except DefinitionError:
        return Held(strategy=life.strategy, version=version, reason=why.text, reason_zh=why.text_zh)


def _held_as(strategy: Strategy, version: str, why: Objection) -> Held:
    return Held(
        strategy=strategy.name, version=version, reason=why.text, reason_zh=why.text_zh,
        title=strategy.title, title_zh=strategy.title_zh,
    )  # fmt: skip


DRAFT = Objection(
    "It is a draft, and runs once it is submitted and approved.", "尚为草稿，提交并获批准后方可运行。"
)
SUBMITTED = Objection("It waits for approval.", "等待审批。")
UNREAD = Objection("Its file is a draft that cannot be read.", "草稿文件无法读取。")
NEVER_LIVE = Objection("People are in a version that was never live.", "有客户处于从未获准运行的版本中。")
