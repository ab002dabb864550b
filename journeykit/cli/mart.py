"""Load, check and describe the bank's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journeykit.cli.saying import AsOf, OptionalAsOf, day_of, show, told_plainly

if TYPE_CHECKING:
    from journeykit.display import Table

group = typer.Typer(help="Load and check the bank's tables.", no_args_is_help=True)

_OF_SUBJECTS = ("subject", "title", "rows", "absent because")
_OF_COLUMNS = ("column", "type", "filled", "meaning", "values", "absent because")


@group.command("load")
def mart_load(as_of: AsOf) -> None:
    """Map the bank's tables of a day onto the contract, check and publish them."""
    from journeykit.workspace import load_day

    with told_plainly(f"Loading {as_of.date()}"):
        show(load_day(as_of.date()).table())


@group.command("check")
def mart_check(as_of: AsOf) -> None:
    """Check the bank's tables of a day; exits 1 when a fatal rule fails."""
    from journeykit.workspace import check_day

    with told_plainly(f"Checking {as_of.date()}"):
        report = check_day(as_of.date())
    if report.findings:
        show(report.table())
    else:
        typer.echo(repr(report))
    if report.fatal:
        raise typer.Exit(1)


@group.command("describe")
def mart_describe(
    subject: Annotated[str, typer.Argument(help="One subject; all when left out.")] = "",
    as_of: OptionalAsOf = None,
) -> None:
    """Show the subjects of the mart, or the columns of one."""
    from journeykit.workspace import connect

    with told_plainly(), connect(as_of=day_of(as_of)) as mart:
        show(_briefly(mart.describe(subject or None), _OF_COLUMNS if subject else _OF_SUBJECTS))


@group.command("contract")
def mart_contract(
    out: Annotated[Path, typer.Argument(help="The HTML file to write.")] = Path("var/contract.html"),
) -> None:
    """Write a page that describes every subject and column of the contract."""
    from journeykit.files import publish_text
    from journeykit.mart.contract_page import contract_page

    with told_plainly():
        typer.echo(f"Wrote {publish_text(out, contract_page())}")


def _briefly(described: Table, chosen: tuple[str, ...]) -> Table:
    """What fits a screen; notebooks and `mart contract` show the rest."""
    from journeykit.display import Table

    kept = [i for i, name in enumerate(described.columns) if name in chosen]
    return Table(
        described.title,
        tuple(described.columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in described.rows),
    )
