"""The commands of operators and schedulers; each is a thin skin over a function of the package."""

import typer

from journeykit.cli import approving, listings, mart, models, segments, tags, workspace

app = typer.Typer(
    name="journeykit",
    help="Accompany a bank's customers through their journey: mart, tags, strategies, leads, reports.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (workspace.init, workspace.demo, workspace.run):
    app.command()(command)
for name, group in {
    "mart": mart.group,
    "tags": tags.group,
    "models": models.group,
    "segments": segments.group,
    "strategy": approving.group,
    "leads": listings.leads_group,
    "runs": listings.runs_group,
    "vault": listings.vault_group,
}.items():
    app.add_typer(group, name=name)

__all__ = ["app"]
