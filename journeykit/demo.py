"""A morning of a synthetic bank, end to end: what `make demo` shows a newcomer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from journeykit.errors import SettingsError
from journeykit.runs import RunRequest, RunResult, run_job
from journeykit.runs.jobs import load_jobs
from journeykit.settings import Settings, load_settings
from journeykit.strategies.versions import version_of
from journeykit.workspace import LoadedDay, connect, create_vault_key, load_day
from journeykit.workspace.desk import Desk

AS_OF = date(2026, 5, 29)
SEED = 20260529
BANK = Path("synthetic_data") / "bank"
ANALYST, APPROVER = "analyst [demo]", "approver [demo]"
SIMULATED = {"idle_inflow": 5}  # days ahead; one shows what the others would carry too


def run_demo(customers: int) -> None:
    """Generate a bank, load it, run every job of the morning, and print what was made and where.

    Raises
    ------
    SettingsError
        This is no demonstration workspace; made-up customers must not mix with real ones.
    """
    settings = load_settings()
    if not settings.workspace.demo:
        raise SettingsError(
            f"{settings.root} is not a demonstration workspace, so no made-up customers go into it. "
            "Make one elsewhere, with demo = true in its journeykit.toml."
        )
    console = Console()
    started = time.monotonic()
    loaded, results = _work(settings, customers, console)
    for made, what, where in _made(settings, loaded, results):
        console.print(f"[bold]{made:<22}[/bold] {what}")
        console.print(f"{'':<22} {where}", style="cyan", soft_wrap=True, highlight=False)
    console.print(
        f"\nDone in {time.monotonic() - started:.0f} s, as of {AS_OF}, for contact on "
        f"{results[-1].contact_date}. Open the last report in a browser; then: make lab"
    )


def _work(settings: Settings, customers: int, console: Console) -> tuple[LoadedDay, list[RunResult]]:
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:

        def step(text: str, work: Callable[[], Any]) -> Any:
            task = progress.add_task(text, total=1)
            made = work()
            progress.advance(task)
            progress.stop_task(task)
            return made

        step(f"Generate a bank of {customers:,} customers", lambda: _generate(settings, customers))
        if not (settings.var / "vault" / "key").exists():
            create_vault_key()
        loaded = step("Check and load its tables, seal contact details", lambda: load_day(AS_OF))
        results = []
        for name, job in load_jobs(settings.scheduled).jobs.items():
            if name == "run_strategies":
                step(f"Simulate and approve the strategies, by {APPROVER}", lambda: approve_strategies(AS_OF))
            results.append(
                step(f"Job {name}: {job.title}", lambda name=name: run_job(settings, RunRequest(name, AS_OF)))
            )
    return loaded, results


def approve_strategies(as_of: date) -> None:
    """Submit and approve every strategy whose file was not decided on yet, by made-up colleagues."""
    with connect(as_of=as_of) as mart, Desk.open() as desk:
        for name, plan in desk.playbook.strategies.items():
            version = version_of(plan, desk.tags, desk.playbook)
            state = desk.life(name).state(version)
            if state == "draft":
                desk.submit(
                    plan, mart, purpose=f"To show how it works: {plan.title or name}.",
                    harm="Nobody: the customers are made up.", data_confirmed=True, in_flight="finish",
                    days=SIMULATED.get(name, 0), as_=ANALYST,
                )  # fmt: skip
            if state in ("draft", "submitted"):
                desk.approve(name, version, APPROVER)


def _generate(settings: Settings, customers: int) -> None:
    """Make the bank, or keep the one an earlier demonstration made."""
    from synthetic_data.generating import generate

    folder = settings.root / BANK
    wanted = {"seed": SEED, "customers": customers, "as_of": AS_OF.isoformat()}
    if not (folder / "bank.json").exists():
        generate(customers, SEED, AS_OF, folder)
    elif json.loads((folder / "bank.json").read_text(encoding="utf-8")) != wanted:
        raise SettingsError(
            f"{folder} holds another bank than the demonstration's. "
            f"To begin again: rm -r {folder} {settings.var}"
        )


def _made(settings: Settings, loaded: LoadedDay, results: list[RunResult]) -> Iterator[tuple[str, str, str]]:
    """The closing table: what was made, how much, and where."""

    def where(path: Path) -> str:
        return str(path.relative_to(settings.root))

    yield "bank", "the made-up bank's own files", str(BANK)
    yield "mart", f"{loaded.rows:,} rows in {loaded.subjects} subjects", where(settings.var / "mart")
    yield "vault", f"{loaded.details:,} customers' contact details, encrypted", where(settings.var / "vault")
    for result in results:
        for made in result.exports:
            yield f"channel {made.channel}", f"{made.delivered:,} leads", where(made.folder)
    mails = len(list((settings.var / "mail").glob("*.eml")))
    yield "mails", f"{mails} with the reports, as files", where(settings.var / "mail")
    for result in results:
        yield f"report {result.job}", "for a browser", where(result.report)
