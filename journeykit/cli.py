"""The commands of operators and schedulers; each is a thin skin over a function of the package."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journeykit.errors import JourneykitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeykit.display import Table

app = typer.Typer(
    name="journeykit",
    help="Accompany a bank's customers through their journey: mart, tags, strategies, leads, reports.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
mart_app = typer.Typer(help="Load and check the bank's tables.", no_args_is_help=True)
tags_app = typer.Typer(help="The tag catalogue.", no_args_is_help=True)
strategy_app = typer.Typer(help="The strategies of this workspace.", no_args_is_help=True)
leads_app = typer.Typer(help="Leads the strategies made.", no_args_is_help=True)
runs_app = typer.Typer(help="Runs of scheduled jobs.", no_args_is_help=True)
vault_app = typer.Typer(help="The vault of contact details.", no_args_is_help=True)
for name, group in {
    "mart": mart_app,
    "tags": tags_app,
    "strategy": strategy_app,
    "leads": leads_app,
    "runs": runs_app,
    "vault": vault_app,
}.items():
    app.add_typer(group, name=name)

AsOf = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The last closed business day.")
]
OptionalAsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Only this closed business day.")
]
_OF_SUBJECTS = ("subject", "title", "rows", "absent because")
_OF_COLUMNS = ("column", "type", "filled", "meaning", "values", "absent because")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@contextmanager
def _told_plainly(doing: str = "") -> Iterator[None]:
    """An expected error is one clear message and exit code 1, not a traceback.

    While it takes its time a terminal says what is going on; a log does not.
    """
    try:
        with _status(doing) if doing and sys.stderr.isatty() else nullcontext():
            yield
    except JourneykitError as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        raise typer.Exit(1) from error


def _status(doing: str) -> AbstractContextManager[Any]:
    from rich.console import Console

    return Console(stderr=True).status(f"{doing} …")


def _show(table: Table) -> None:
    """Print a table no wider than the screen; 120 columns where there is none."""
    typer.echo(table.fit(shutil.get_terminal_size((120, 24)).columns))


def _listing(name: str, rows: Iterable[Mapping[str, Any]], as_json: bool, columns: list[str]) -> None:
    """Print rows as JSON under `name`, or as a table of the chosen columns."""
    rows = [dict(row) for row in rows]
    if as_json:
        json.dump({name: rows}, sys.stdout, ensure_ascii=False, indent=1, default=str)
        sys.stdout.write("\n")
        return
    from journeykit.display import Table

    _show(Table(f"{len(rows):,} {name}", tuple(columns), tuple(tuple(r[c] for c in columns) for r in rows)))


def _briefly(described: Table, chosen: tuple[str, ...]) -> Table:
    """What fits a screen; notebooks and `mart contract` show the rest."""
    from journeykit.display import Table

    kept = [i for i, name in enumerate(described.columns) if name in chosen]
    return Table(
        described.title,
        tuple(described.columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in described.rows),
    )


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    example: Annotated[str, typer.Option(help="Start from an example, such as berka.")] = "",
) -> None:
    """Make a workspace."""
    from journeykit.workspace import init_workspace

    with _told_plainly():
        typer.echo(f"Made a workspace in {init_workspace(folder, example or None)}")
        typer.echo(
            "Next, in that folder: put the bank's files where scheduled/mapping.yaml says (`root`), then\n"
            "  journeykit vault create-key          # when the bank delivers contact details\n"
            "  journeykit mart check --as-of DATE\n"
            "  journeykit mart load --as-of DATE"
        )


@app.command()
def demo(
    customers: Annotated[int, typer.Option(min=200, help="Size of the synthetic bank.")] = 20_000,
) -> None:
    """Run a morning of a synthetic bank: tags, strategies, leads, channel files, reports, mails."""
    from journeykit.demo import run_demo

    with _told_plainly():
        run_demo(customers)


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="A job of scheduled/jobs.yaml.")],
    as_of: AsOf,
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", help="name=value")] = None,
) -> None:
    """Run a job's notebook, render its report and mail it."""
    from journeykit.runs import run_job_from_text

    with _told_plainly(f"Running {job} as of {as_of.date()}"):
        typer.echo(repr(run_job_from_text(job, as_of.date(), parameter or [])))


@mart_app.command("load")
def mart_load(as_of: AsOf) -> None:
    """Map the bank's tables of a day onto the contract, check and publish them."""
    from journeykit.workspace import load_day

    with _told_plainly(f"Loading {as_of.date()}"):
        _show(load_day(as_of.date()).table())


@mart_app.command("check")
def mart_check(as_of: AsOf) -> None:
    """Check the bank's tables of a day; exits 1 when a fatal rule fails."""
    from journeykit.workspace import check_day

    with _told_plainly(f"Checking {as_of.date()}"):
        report = check_day(as_of.date())
    if report.findings:
        _show(report.table())
    else:
        typer.echo(repr(report))
    if report.fatal:
        raise typer.Exit(1)


@mart_app.command("describe")
def mart_describe(
    subject: Annotated[str, typer.Argument(help="One subject; all when left out.")] = "",
    as_of: OptionalAsOf = None,
) -> None:
    """Show the subjects of the mart, or the columns of one."""
    from journeykit.workspace import connect

    with _told_plainly(), connect(_day(as_of)) as mart:
        _show(_briefly(mart.describe(subject or None), _OF_COLUMNS if subject else _OF_SUBJECTS))


@mart_app.command("contract")
def mart_contract(
    out: Annotated[Path, typer.Argument(help="The HTML file to write.")] = Path("var/contract.html"),
) -> None:
    """Write a page that describes every subject and column of the contract."""
    from journeykit.files import publish_text
    from journeykit.mart.contract_page import contract_page

    with _told_plainly():
        typer.echo(f"Wrote {publish_text(out, contract_page())}")


@tags_app.command("list")
def tags_list(as_json: AsJson = False) -> None:
    """List every tag."""
    from journeykit.workspace import catalogue

    with _told_plainly():
        _listing("tags", catalogue().rows(), as_json, ["name", "title", "title_zh", "family", "type"])


@strategy_app.command("list")
def strategy_list(as_json: AsJson = False) -> None:
    """List the strategies under scheduled/strategies."""
    from journeykit.workspace import strategy_rows

    with _told_plainly():
        _listing("strategies", strategy_rows(), as_json, ["name", "title", "title_zh", "stage", "version"])


@leads_app.command("list")
def leads_list(as_of: OptionalAsOf = None, as_json: AsJson = False) -> None:
    """List leads, all or of one day."""
    from journeykit.workspace import lead_rows

    with _told_plainly():
        columns = ["lead_id", "customer_id", "strategy", "channel", "manager_id", "as_of", "contact_date"]
        _listing("leads", lead_rows(_day(as_of)), as_json, columns)


@runs_app.command("list")
def runs_list(as_json: AsJson = False) -> None:
    """List runs of jobs."""
    from journeykit.workspace import run_rows

    with _told_plainly():
        _listing("runs", run_rows(), as_json, ["run_id", "job", "as_of", "state", "attempt", "leads"])


@vault_app.command("create-key")
def vault_create_key() -> None:
    """Make this workspace's vault key, readable by its owner only."""
    from journeykit.workspace import create_vault_key

    with _told_plainly():
        typer.echo(f"Made the key {create_vault_key()}. Keep a copy elsewhere: without it nothing opens.")
