"""Strategies are checked, decide a day, and are reported on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from journeykit.errors import OvertakenError
from journeykit.ledger import Ledger, find_run, read_runs
from journeykit.mart.mart import Mart
from journeykit.reports.daily import DailyReport
from journeykit.reports.daily import daily_report as write_daily_report
from journeykit.routing import deciding
from journeykit.routing.result import StrategyRun
from journeykit.settings import Settings, load_settings
from journeykit.strategies.live import running_strategies
from journeykit.strategies.playbook import load_readable
from journeykit.vault import Vault
from journeykit.workdays import is_working_day
from journeykit.workspace.opening import as_day, built_days, connect, open_ledger


def run_strategies(as_of: date | str, *, run_id: str, build_id: str = "") -> StrategyRun:
    """Decide a day in a run that the runner started: who becomes a lead, and why everybody else does not."""
    settings, day = load_settings(), as_day(as_of)
    playbook, ledger = load_readable(settings.scheduled), open_ledger(settings)
    vault = Vault.open(settings.var / "vault")
    try:
        known = find_run(ledger, run_id)
        job = known.job if known else "run_strategies"
        with connect(as_of=day, build_id=build_id or None) as mart:
            while True:
                today = running_strategies(
                    ledger, playbook, mart.tags, roles=settings.roles, demo=settings.workspace.demo, as_of=day
                )
                try:
                    return deciding.run_strategies(
                        mart, ledger, vault, playbook, today.running, run_id=run_id,
                        folder=_folder(settings, job, day, run_id),
                        earlier=_missed_days(settings, ledger, day), meanwhile=today.meanwhile,
                        held=today.held, steps=today.steps,
                    )  # fmt: skip
                except OvertakenError:
                    continue  # with what somebody has done to a strategy meanwhile
    finally:
        vault.close()
        ledger.close()


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
                mart, ledger, load_readable(settings.scheduled),
                language=language or settings.workspace.language, min_cell=settings.privacy.min_cell,
                timezone=settings.workspace.timezone, results=_results_on(settings, ledger, mart.as_of),
            )  # fmt: skip
    finally:
        ledger.close()


def _results_on(settings: Settings, ledger: Ledger, day: date) -> list[StrategyRun]:
    """What a day's runs say of themselves, from their files as long as they are kept."""
    runs = [run for run in read_runs(ledger) if run.decided and run.as_of == day]
    folders = {run.run_id: _folder(settings, run.job, day, run.run_id) for run in runs}
    return [
        deciding.read_result(ledger, run_id, folder)
        for run_id, folder in folders.items()
        if (folder / deciding.RESULT_FILE).is_file()
    ]


def _folder(settings: Settings, job: str, day: date, run_id: str) -> Path:
    return settings.var / "runs" / job / day.isoformat() / run_id


def run_rows() -> list[dict[str, Any]]:
    """Runs as plain rows, the latest first."""
    ledger = open_ledger()
    try:
        return [vars(run) for run in read_runs(ledger)]
    finally:
        ledger.close()
