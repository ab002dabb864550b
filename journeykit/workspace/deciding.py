"""Strategies are checked, decide a day, and are reported on."""

from __future__ import annotations

from datetime import date
from typing import Any

from journeykit.display import Table
from journeykit.ledger import find_run, read_runs
from journeykit.mart.mart import Mart
from journeykit.reports.daily import DailyReport
from journeykit.reports.daily import daily_report as write_daily_report
from journeykit.routing import deciding
from journeykit.routing.result import StrategyRun
from journeykit.settings import load_settings
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import load_playbook
from journeykit.strategies.versions import version_of
from journeykit.vault import Vault
from journeykit.workspace.opening import as_day, catalogue, connect, open_ledger


def run_strategies(as_of: date | str, *, run_id: str, build_id: str = "") -> StrategyRun:
    """Decide a day in a run that the runner started: who becomes a lead, and why everybody else does not."""
    settings, day = load_settings(), as_day(as_of)
    ledger = open_ledger(settings)
    vault = Vault.open(settings.var / "vault")
    try:
        known = find_run(ledger, run_id)
        job = known.job if known else "run_strategies"
        with connect(as_of=day, build_id=build_id or None) as mart:
            return deciding.run_strategies(
                mart, ledger, vault, load_playbook(settings.scheduled), run_id=run_id,
                folder=settings.var / "runs" / job / day.isoformat() / run_id,
            )  # fmt: skip
    finally:
        vault.close()
        ledger.close()


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
