"""How every command answers: errors in a line, tables no wider than the screen, JSON when asked for."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journeykit.errors import JourneykitError

if TYPE_CHECKING:
    from journeykit.display import Table

AsOf = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The last closed business day.")
]
OptionalAsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Only this closed business day.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@contextmanager
def told_plainly(doing: str = "") -> Iterator[None]:
    """An expected error is one clear message and exit code 1, not a traceback.

    While it takes its time a terminal says what is going on and how far; a log does not.
    """
    try:
        with _status(doing) if doing and sys.stderr.isatty() else nullcontext():
            yield
    except JourneykitError as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        raise typer.Exit(1) from error


@contextmanager
def _status(doing: str) -> Iterator[None]:
    from rich.console import Console

    from journeykit.progress import hear_progress

    with (
        Console(stderr=True).status(f"{doing} …") as status,
        hear_progress(lambda line: status.update(f"{line} …")),
    ):
        yield


def show(table: Table) -> None:
    """Print a table no wider than the screen; 120 columns where there is none."""
    typer.echo(table.fit(shutil.get_terminal_size((120, 24)).columns))


def listing(name: str, rows: Iterable[Mapping[str, Any]], as_json: bool, columns: list[str]) -> None:
    """Print rows as JSON under `name`, or as a table of the chosen columns."""
    rows = [dict(row) for row in rows]
    if as_json:
        say_json({name: rows})
        return
    from journeykit.display import Table

    show(Table(f"{len(rows):,} {name}", tuple(columns), tuple(tuple(r[c] for c in columns) for r in rows)))


def answer(content: Mapping[str, Any], table: Table, as_json: bool) -> None:
    """Print plain values as JSON, or the table that shows them."""
    if as_json:
        say_json(content)
    else:
        show(table)


def say_json(content: Mapping[str, Any]) -> None:
    """Print plain values as JSON."""
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def day_of(value: datetime | None) -> date | None:
    """The day that an option says, if it says one."""
    return value.date() if value else None
