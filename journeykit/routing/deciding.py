"""One day's decisions: advance everybody, route the candidates, and put it all on record at once.

Files first, then one ledger transaction. A kill before it changes nothing, and the next attempt decides
the same; after it the run is decided, and every later attempt gives back what is on record.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journeykit.errors import RunError
from journeykit.files import publish, publish_text, sha256_of
from journeykit.ledger.approvals import Step
from journeykit.ledger.enrolments import EnrolmentChanges
from journeykit.ledger.leads import record_decisions
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import Run, find_run, pin_build, read_runs
from journeykit.mart.manifest import Assumption
from journeykit.mart.mart import Mart
from journeykit.routing.eligibility import Facts
from journeykit.routing.facts import gather_facts
from journeykit.routing.holding import hold_unsound
from journeykit.routing.reasons import explain_leads
from journeykit.routing.result import DropCount, Held, StrategyCount, StrategyRun
from journeykit.routing.rounds import all_candidates, decide
from journeykit.strategies.engine import Advance, advance
from journeykit.strategies.people import People
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running
from journeykit.strategies.standing import read_people

if TYPE_CHECKING:
    from journeykit.vault import Vault

DECISIONS_FILE = "decisions.parquet"
RESULT_FILE = "strategy_run.json"


def run_strategies(
    mart: Mart, ledger: Ledger, vault: Vault, playbook: Playbook, running: Sequence[Running], *,
    run_id: str, folder: Path, earlier: Iterable[Mart] = (), meanwhile: Sequence[Running] | None = None,
    held: Sequence[Held] = (), steps: Sequence[Step] = (),
) -> StrategyRun:  # fmt: skip
    """Decide one day: who enters, moves and leaves, who becomes a lead, and why everybody else does not.

    Parameters
    ----------
    mart : Mart
        The day, with its tags built.
    ledger, vault
        The vault is only asked who left a contact detail; nothing in it is opened.
    playbook : Playbook
        Offers and channels.
    running : sequence of Running
        The versions that have people, or may get some. One that is not sound any more is held.
    run_id : str
        A started run of the ledger.
    folder : Path
        The run's folder, for ``decisions.parquet`` and the result.
    earlier : iterable of Mart
        The days since the last decided one that were missed, in order; people enter, move and leave on
        them, and nobody is contacted, is taken over by another version, or leaves because his has ended.
    meanwhile : sequence of Running
        The versions as they are on those days; without it as they are on this one.
    held : sequence of Held
        Versions that are held already, for the result.
    steps : sequence of Step
        What the run does in the life of strategies, on record with its decisions or not at all.

    Returns
    -------
    StrategyRun
        What was decided. Deciding a decided run again changes nothing and returns the same.

    Raises
    ------
    RunError
        The run is unknown, was begun with another tag build, or another run has decided this day or a
        later one. Nothing is changed.
    OvertakenError
        Somebody acted on a strategy of `steps` since it was read. Nothing is changed.
    """
    if _expect(ledger, run_id).decided:
        return read_result(ledger, run_id, folder)
    _expect_undecided(ledger, mart.as_of)
    _pin(mart, ledger, run_id)
    able, unsound = hold_unsound(mart, playbook, running)
    states = {name: read_people(ledger, name) for name in sorted({one.strategy.name for one in running})}
    staying = [replace(one, leaves_as="") for one in (running if meanwhile is None else meanwhile)]
    for missed in earlier:
        states = _after(states, _advance(missed, hold_unsound(missed, playbook, staying)[0], states))
    states = {name: people.take_over(_of(running, name)) for name, people in states.items()}
    advances = _advance(mart, able, states)
    facts = gather_facts(mart, ledger, vault, playbook, all_candidates(advances))
    decisions, advances = decide(advances, facts)
    after = _after(states, advances)
    changes = {name: people.changes for name, people in after.items()}

    path = publish(folder / DECISIONS_FILE, lambda aside: pq.write_table(decisions, aside))
    result = StrategyRun(
        run_id=run_id,
        as_of=mart.as_of,
        contact_date=mart.contact_date,
        build_id=str(mart.build_id),
        strategies=tuple(
            _count(_of(running, name), people, changes[name], decisions) for name, people in after.items()
        ),
        drops=_count_drops(decisions),
        held=tuple(sorted((*held, *unsound), key=lambda one: (one.strategy, one.version))),
        unread=tuple(sorted({one.strategy.name for one in able if one.moves} & {*playbook.unreadable})),
        assumptions=_assumed(mart, playbook, decisions, facts),
        decisions_sha256=sha256_of(path),
    )
    publish_text(folder / RESULT_FILE, result.model_dump_json(indent=1))
    leads = decisions.filter(pc.equal(decisions["decision"], "lead")).drop_columns(["reason"])
    record_decisions(
        ledger,
        run_id,
        changes=EnrolmentChanges.join(changes.values()),
        leads=explain_leads(mart, running, leads),
        drops=pa.Table.from_pylist([drop.model_dump() for drop in result.drops], schema=_DROPS),
        candidates=decisions.num_rows,
        decisions_sha256=result.decisions_sha256,
        steps=steps,
    )
    return read_result(ledger, run_id, folder)


def read_result(ledger: Ledger, run_id: str, folder: Path) -> StrategyRun:
    """What a decided run decided, from its folder; the ledger vouches for the files.

    Raises
    ------
    RunError
        The files are missing, or are not those the ledger knows.
    """
    known = _expect(ledger, run_id)
    try:
        result = StrategyRun.model_validate_json((folder / RESULT_FILE).read_text(encoding="utf-8"))
        found = {result.decisions_sha256, sha256_of(folder / DECISIONS_FILE)}
    except (OSError, ValueError) as error:
        raise RunError(
            f"Run {run_id} of {known.as_of} is decided, but its files in {folder} cannot be read. "
            "Restore the folder from a backup; its leads stand in the ledger: journeykit leads list"
        ) from error
    if found != {known.decisions_sha256}:
        raise RunError(
            f"The files in {folder} are not those that run {run_id} wrote. Restore them from a backup."
        )
    return result


def _expect(ledger: Ledger, run_id: str) -> Run:
    known = find_run(ledger, run_id)
    if known is None:
        raise RunError(f"Unknown run '{run_id}'. Start it with: journeykit run run_strategies --as-of DATE")
    return known


def _expect_undecided(ledger: Ledger, as_of: date) -> None:
    """Each day is decided once, and in their order: journeys only go forward."""
    since = [run for run in read_runs(ledger) if run.decided and run.as_of >= as_of]
    last = max(since, key=lambda run: run.as_of, default=None)
    if last and last.as_of == as_of:
        raise RunError(
            f"{as_of} is decided by run {last.run_id} (job {last.job}, parameters {last.parameters}), and a "
            "day is decided once. Give that job those parameters to see its result, and the next day "
            "to go on."
        )
    if last:
        raise RunError(
            f"{as_of} can no longer be decided: run {last.run_id} has decided {last.as_of}, and days are "
            "decided in their order. A missed day needs no run of its own: the next day's run catches it up."
        )


def _pin(mart: Mart, ledger: Ledger, run_id: str) -> None:
    if mart.build_id is None:
        mart.scope  # noqa: B018  (says that no tags are built, and how to build them)
    pinned = pin_build(ledger, run_id, str(mart.build_id))
    if (pinned.build_id, pinned.as_of) != (mart.build_id, mart.as_of):
        raise RunError(
            f"Run {run_id} began as of {pinned.as_of} with tag build {pinned.build_id}, and this is "
            f"{mart!r}. Open the build the run began with, so that it decides the same."
        )


def _advance(mart: Mart, running: Sequence[Running], states: Mapping[str, People]) -> tuple[Advance, ...]:
    return tuple(advance(mart, one, states[one.strategy.name]) for one in running)


def _after(states: Mapping[str, People], advances: Sequence[Advance]) -> dict[str, People]:
    return {
        name: people.after(one for one in advances if one.running.strategy.name == name)
        for name, people in states.items()
    }


def _of(running: Sequence[Running], strategy: str) -> list[Running]:
    return [one for one in running if one.strategy.name == strategy]


def _assumed(mart: Mart, playbook: Playbook, decisions: pa.Table, facts: Facts) -> tuple[Assumption, ...]:
    """What the mapping assumes; in place of consent only where a decision rested on it."""
    channels = decisions["channel"].unique().to_pylist()
    used = {facts.presumed[name] for name in channels if name in facts.presumed}
    idle = {channel.assumption for channel in playbook.channels.values()} - used
    return tuple(one for one in mart.manifest.assumptions if one.name not in idle)


def _count(
    versions: Sequence[Running], people: People, changes: EnrolmentChanges, decisions: pa.Table
) -> StrategyCount:
    latest = next((one for one in versions if one.enrols), versions[-1])
    strategy = latest.strategy
    ours = decisions.filter(pc.equal(decisions["strategy"], strategy.name))
    leads = pc.sum(pc.equal(ours["decision"], "lead"), min_count=0).as_py()
    active, exited = people.standing.num_rows, people.left.num_rows
    return StrategyCount(
        name=strategy.name, title=strategy.title, title_zh=strategy.title_zh, stage=strategy.stage,
        version=latest.version, enrolled=active + exited, active=active, exited=exited,
        entered=changes.entered.num_rows,
        candidates=ours.num_rows, leads=leads, drops=ours.num_rows - leads,
    )  # fmt: skip


def _count_drops(decisions: pa.Table) -> tuple[DropCount, ...]:
    drops = decisions.filter(pc.equal(decisions["decision"], "drop"))
    keys = zip(*(drops[name].to_pylist() for name in ("strategy", "node", "reason")), strict=True)
    return tuple(
        DropCount(strategy=strategy, node=node, reason=reason, count=count)
        for (strategy, node, reason), count in sorted(Counter(keys).items())
    )


_DROPS = pa.schema(
    [("strategy", pa.string()), ("node", pa.string()), ("reason", pa.string()), ("count", pa.int64())]
)
