"""A workspace is made, tried out, and runs its jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from journeykit.cli.saying import AsOf, told_plainly


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    example: Annotated[str, typer.Option(help="Start from an example, such as berka.")] = "",
) -> None:
    """Make a workspace."""
    from journeykit.workspace import init_workspace

    with told_plainly():
        typer.echo(f"Made a workspace in {init_workspace(folder, example or None)}")
        typer.echo(
            "Next, in that folder: put the bank's files where scheduled/mapping.yaml says (`root`), then\n"
            "  journeykit vault create-key          # when the bank delivers contact details\n"
            "  journeykit mart check --as-of DATE\n"
            "  journeykit mart load --as-of DATE"
        )


def demo(
    customers: Annotated[int, typer.Option(min=200, help="Size of the synthetic bank.")] = 20_000,
) -> None:
    """Run a morning of a synthetic bank: tags, strategies, leads, channel files, reports, mails."""
    from journeykit.demo import run_demo

    with told_plainly():
        run_demo(customers)


def run(
    job: Annotated[str, typer.Argument(help="A job of scheduled/jobs.yaml.")],
    as_of: AsOf,
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", help="name=value")] = None,
) -> None:
    """Run a job's notebook, render its report and mail it."""
    from journeykit.runs import run_job_from_text

    with told_plainly(f"Running {job} as of {as_of.date()}"):
        typer.echo(repr(run_job_from_text(job, as_of.date(), parameter or [])))
