"""What the workspace holds: leads, runs; and its vault's key."""

from __future__ import annotations

import typer

from journeykit.cli.saying import AsJson, OptionalAsOf, day_of, listing, told_plainly

leads_group = typer.Typer(help="Leads the strategies made.", no_args_is_help=True)
runs_group = typer.Typer(help="Runs of scheduled jobs.", no_args_is_help=True)
vault_group = typer.Typer(help="The vault of contact details.", no_args_is_help=True)


@leads_group.command("list")
def leads_list(as_of: OptionalAsOf = None, as_json: AsJson = False) -> None:
    """List leads, all or of one day."""
    from journeykit.workspace import lead_rows

    with told_plainly():
        columns = ["lead_id", "customer_id", "strategy", "channel", "manager_id", "as_of", "contact_date"]
        listing("leads", lead_rows(day_of(as_of)), as_json, columns)


@runs_group.command("list")
def runs_list(as_json: AsJson = False) -> None:
    """List runs of jobs."""
    from journeykit.workspace import run_rows

    with told_plainly():
        listing("runs", run_rows(), as_json, ["run_id", "job", "as_of", "state", "attempt", "leads"])


@vault_group.command("create-key")
def vault_create_key() -> None:
    """Make this workspace's vault key, readable by its owner only."""
    from journeykit.workspace import create_vault_key

    with told_plainly():
        typer.echo(f"Made the key {create_vault_key()}. Keep a copy elsewhere: without it nothing opens.")
