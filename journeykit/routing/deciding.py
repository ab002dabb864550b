"""One day's decisions: advance everybody, route the candidates, and put it all on record at once.

Files first, then one ledger transaction. A kill before it changes nothing, and the next attempt decides
the same; after it the run is decided, and every later attempt gives back what is on record.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journeykit.errors import RunError
from journeykit.files import publish, publish_text, sha256_of
from journeykit.ledger.leads import record_decisions
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import Run, find_run, pin_build, read_runs
from journeykit.mart.mart import Mart
from journeykit.routing.eligibility import Facts
from journeykit.routing.facts import gather_facts
from journeykit.routing.reasons import explain_leads
from journeykit.routing.result import DropCount, StrategyCount, StrategyRun
from journeykit.routing.route import TEMPORARY, route
from journeykit.strategies.checking import check_strategy, require_sound
from journeykit.strategies.engine import CANDIDATES, Advance, advance, join_changes
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.versions import version_of

if TYPE_CHECKING:
    from journeykit.vault import Vault

DECISIONS_FILE = "decisions.parquet"
RESULT_FILE = "strategy_run.json"


def run_strategies(
    mart: Mart, ledger: Ledger, vault: Vault, playbook: Playbook, *, run_id: str, folder: Path
) -> StrategyRun:
    """Decide one day: who enters, moves and leaves, who becomes a lead, and why everybody else does not.

    Parameters
    ----------
    mart : Mart
        The day, with its tags built.
    ledger, vault
        The vault is only asked who left a contact detail; nothing in it is opened.
    playbook : Playbook
        Strategies, offers and channels.
    run_id : str
        A started run of the ledger.
    folder : Path
        The run's folder, for ``decisions.parquet`` and the result.

    Returns
    -------
    StrategyRun
        What was decided. Deciding a decided run again changes nothing and returns the same.

    Raises
    ------
    DefinitionError
        A strategy is not sound; the message lists every finding.
    RunError
        The run is unknown, was begun with another tag build, or a later day is decided already.
    """
    if _expect(ledger, run_id).decided:
        return read_result(ledger, run_id, folder)
    _expect_no_later_day(ledger, mart.as_of)
    versions = _check(mart, playbook)
    _pin(mart, ledger, run_id)
    advances = {
        name: advance(mart, ledger, strategy, versions[name])
        for name, strategy in playbook.strategies.items()
    }
    facts = gather_facts(mart, ledger, vault, playbook, _candidates(advances))
    decisions, advances = _decide(advances, facts)

    path = publish(folder / DECISIONS_FILE, lambda aside: pq.write_table(decisions, aside))
    used = {
        facts.presumed[name] for name in decisions["channel"].unique().to_pylist() if name in facts.presumed
    }
    idle = {channel.assumption for channel in playbook.channels.values()} - used
    result = StrategyRun(
        run_id=run_id,
        as_of=mart.as_of,
        contact_date=mart.contact_date,
        build_id=str(mart.build_id),
        strategies=tuple(_count(one, versions[name], decisions) for name, one in advances.items()),
        drops=_count_drops(decisions),
        assumptions=tuple(a for a in mart.manifest.assumptions if a.name not in idle),
        decisions_sha256=sha256_of(path),
    )
    publish_text(folder / RESULT_FILE, result.model_dump_json(indent=1))
    leads = _leads(decisions, versions)
    record_decisions(
        ledger,
        run_id,
        changes=join_changes(advances.values()),
        leads=explain_leads(mart, playbook.strategies.values(), leads),
        drops=pa.Table.from_pylist([drop.model_dump() for drop in result.drops], schema=_DROPS),
        candidates=decisions.num_rows,
        decisions_sha256=result.decisions_sha256,
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


def _expect_no_later_day(ledger: Ledger, as_of: date) -> None:
    """Days are decided in their order: journeys only go forward."""
    later = [run for run in read_runs(ledger) if run.decided and run.as_of > as_of]
    if later:
        last = max(later, key=lambda run: run.as_of)
        raise RunError(
            f"{as_of} can no longer be decided: run {last.run_id} has decided {last.as_of}, and days are "
            "decided in their order. A missed day needs no run of its own: the next day's run catches it up."
        )


def _check(mart: Mart, playbook: Playbook) -> dict[str, str]:
    """Every strategy's version, once all are sound."""
    offers, channels = playbook.offers, playbook.channels
    require_sound(
        tuple(
            finding
            for strategy in playbook.strategies.values()
            for finding in check_strategy(strategy, mart.tags, offers, channels)
        )
    )
    return {name: version_of(strategy, mart.tags, playbook) for name, strategy in playbook.strategies.items()}


def _pin(mart: Mart, ledger: Ledger, run_id: str) -> None:
    if mart.build_id is None:
        mart.scope  # noqa: B018  (says that no tags are built, and how to build them)
    pinned = pin_build(ledger, run_id, str(mart.build_id))
    if (pinned.build_id, pinned.as_of) != (mart.build_id, mart.as_of):
        raise RunError(
            f"Run {run_id} began as of {pinned.as_of} with tag build {pinned.build_id}, and this is "
            f"{mart!r}. Open the build the run began with, so that it decides the same."
        )


def _decide(advances: dict[str, Advance], facts: Facts) -> tuple[pa.Table, dict[str, Advance]]:
    """Route everybody; an action that cannot reach a customer costs no day, the next one gets its turn.

    Whether an action can reach a customer does not depend on the others, so the last round's matching
    is made among all who are left.
    """
    before: list[pa.Table] = []
    while True:
        decisions = route(_candidates(advances), facts)
        barred = _barred(decisions)
        further = _move_on(advances, barred)
        if _candidates(further).num_rows == decisions.num_rows - barred.num_rows:
            everything = pa.concat_tables([*before, decisions])
            keys = [(name, "ascending") for name in ("strategy", "node", "customer_id")]
            leads = decisions.filter(pc.equal(decisions["decision"], "lead"))
            return everything.sort_by(keys), _move_on(further, leads, facts.contact_date)
        before.append(barred)
        advances = further


def _candidates(advances: dict[str, Advance]) -> pa.Table:
    return pa.concat_tables([CANDIDATES.empty_table(), *(one.candidates for one in advances.values())])


def _barred(decisions: pa.Table) -> pa.Table:
    """Drops for good: this action will never reach the customer."""
    drops = decisions.filter(pc.equal(decisions["decision"], "drop"))
    return drops.filter(pc.invert(pc.is_in(drops["reason"], value_set=pa.array(TEMPORARY))))


def _move_on(
    advances: dict[str, Advance], decisions: pa.Table, since: date | None = None
) -> dict[str, Advance]:
    """Everybody past the action of his decision, since the given day or today."""
    return {
        name: one.move_on(
            decisions.filter(pc.equal(decisions["strategy"], name))["customer_id"], since or one.as_of
        )
        for name, one in advances.items()
    }


def _count(one: Advance, version: str, decisions: pa.Table) -> StrategyCount:
    strategy = one.strategy
    ours = decisions.filter(pc.equal(decisions["strategy"], strategy.name))
    leads = pc.sum(pc.equal(ours["decision"], "lead"), min_count=0).as_py()
    exited = one.left_before + one.exited
    enrolled = one.left_before + one.before.num_rows
    return StrategyCount(
        name=strategy.name, title=strategy.title, title_zh=strategy.title_zh, stage=strategy.stage,
        version=version, enrolled=enrolled, active=enrolled - exited, exited=exited, entered=one.entered,
        candidates=ours.num_rows, leads=leads, drops=ours.num_rows - leads,
    )  # fmt: skip


def _count_drops(decisions: pa.Table) -> tuple[DropCount, ...]:
    drops = decisions.filter(pc.equal(decisions["decision"], "drop"))
    keys = zip(*(drops[name].to_pylist() for name in ("strategy", "node", "reason")), strict=True)
    return tuple(
        DropCount(strategy=strategy, node=node, reason=reason, count=count)
        for (strategy, node, reason), count in sorted(Counter(keys).items())
    )


def _leads(decisions: pa.Table, versions: dict[str, str]) -> pa.Table:
    leads = decisions.filter(pc.equal(decisions["decision"], "lead")).drop_columns(["reason"])
    version = pa.array([versions[name] for name in leads["strategy"].to_pylist()], pa.string())
    return leads.append_column("version", version)


_DROPS = pa.schema(
    [("strategy", pa.string()), ("node", pa.string()), ("reason", pa.string()), ("count", pa.int64())]
)
