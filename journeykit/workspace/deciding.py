"""Strategies are checked, decide a day, and are reported on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from journeykit.display import Table
from journeykit.ledger import Ledger, find_run, read_runs
from journeykit.mart.mart import Mart
from journeykit.reports.daily import DailyReport
from journeykit.reports.daily import daily_report as write_daily_report
from journeykit.routing import deciding
from journeykit.routing.result import StrategyRun
from journeykit.settings import Settings, load_settings
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook, load_playbook
from journeykit.strategies.running import Running
from journeykit.strategies.versions import version_of
from journeykit.vault import Vault
from journeykit.workdays import is_working_day
from journeykit.workspace.opening import as_day, built_days, catalogue, connect, open_ledger


def run_strategies(as_of: date | str, *, run_id: str, build_id: str = "") -> StrategyRun:
    """Decide a day in a run that the runner started: who becomes a lead, and why everybody else does not."""
    settings, day = load_settings(), as_day(as_of)
    playbook, ledger = load_playbook(settings.scheduled), open_ledger(settings)
    vault = Vault.open(settings.var / "vault")
    try:
        known = find_run(ledger, run_id)
        job = known.job if known else "run_strategies"
        with connect(as_of=day, build_id=build_id or None) as mart:
            return deciding.run_strategies(
                mart, ledger, vault, playbook, _running(playbook, mart.tags), run_id=run_id,
                folder=settings.var / "runs" / job / day.isoformat() / run_id,
                earlier=_missed_days(settings, ledger, day),
            )  # fmt: skip
    finally:
        vault.close()
        ledger.close()


def _running(playbook: Playbook, tags: Mapping[str, Any]) -> list[Running]:
    """The versions that run today."""
    return [Running(one, version_of(one, tags, playbook)) for one in playbook.strategies.values()]


def _missed_days(settings: Settings, ledger: Ledger, day: date) -> Iterator[Mart]:
    """The working days with tags since the last decided one, in order; each is open until the next."""
    decided = [run.as_of for run in read_runs(ledger) if run.decided and run.as_of < day]
    if not decided:
        return
    country = settings.workspace.country
    for missed in built_days(settings):
        if max(decided) < missed < day and is_working_day(missed, country):
            with connect(as_of=missed) as mart:
                yield mart


def daily_report(as_of: date | str, language: str = "") -> DailyReport:
    """The report on everything decided for a day, in the workspace's language or another one."""
    settings = load_settings()
    ledger = open_ledger(settings)
    try:
        with connect(as_of=as_of) as mart:
            return write_daily_report(
                mart, ledger, load_playbook(settings.scheduled),
                language=language or settings.workspace.language, min_cell=settings.privacy.min_cell,
            )  # fmt: skip
    finally:
        ledger.close()


def check(strategy: Strategy, mart: Mart) -> Table:
    """What is wrong with a strategy, node by node, with the remedy; an empty table when it is sound."""
    playbook = load_playbook(load_settings().scheduled)
    found = check_strategy(strategy, mart.tags, playbook.offers, playbook.channels)
    rows = tuple((one.severity, one.node, one.message) for one in found)
    return Table(f"{strategy.name}: {len(rows) or 'no'} findings", ("severity", "node", "remedy"), rows)


def strategy_rows() -> list[dict[str, Any]]:
    """The strategies of this workspace as plain rows, with their versions."""
    settings = load_settings()
    playbook, known = load_playbook(settings.scheduled), catalogue(settings)
    return [
        {
            "name": one.name, "title": one.title, "title_zh": one.title_zh, "stage": one.stage,
            "owner": one.owner, "priority": one.priority,
            "version": version_of(one, known, playbook),
        }
        for one in playbook.strategies.values()
    ]  # fmt: skip


def run_rows() -> list[dict[str, Any]]:
    """Runs as plain rows, the latest first."""
    ledger = open_ledger()
    try:
        return [vars(run) for run in read_runs(ledger)]
    finally:
        ledger.close()
