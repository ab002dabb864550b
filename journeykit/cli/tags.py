"""The tag catalogue: read, planned, built for past days, compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journeykit.cli.saying import AsJson, AsOf, OptionalAsOf, answer, day_of, listing, show, told_plainly

if TYPE_CHECKING:
    from journeykit.tags.catalogue import Catalogue, TagHandle

group = typer.Typer(help="The tag catalogue.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A tag of the catalogue.")]
First = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")]
Last = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")]


COLUMNS = ["name", "title", "title_zh", "family", "type"]


@group.command("list")
def tags_list(
    family: Annotated[str, typer.Option(help="Only the tags of this family.")] = "",
    as_json: AsJson = False,
) -> None:
    """List every tag, or those of one family."""
    from journeykit.errors import unknown_name
    from journeykit.workspace import catalogue

    with told_plainly():
        rows = catalogue().rows()
        families = {row["family"] for row in rows}
        if family and family not in families:
            raise unknown_name("family", family, families, "List all tags with: journeykit tags list")
        listing("tags", [row for row in rows if family in ("", row["family"])], as_json, COLUMNS)


@group.command("search")
def tags_search(
    text: Annotated[str, typer.Argument(help="Words of a name, title or description, in either language.")],
    as_json: AsJson = False,
) -> None:
    """Find tags by what they are called and what is told of them, the closest first."""
    from journeykit.workspace import catalogue

    with told_plainly():
        tags = catalogue()
        rows = {row["name"]: row for row in tags.rows()}
        listing("tags", [rows[found[0]] for found in tags.search(text).rows], as_json, COLUMNS)


@group.command("show")
def tags_show(name: Name, as_json: AsJson = False) -> None:
    """Show what a tag means and how it is computed."""
    from journeykit.display import Table
    from journeykit.workspace import catalogue

    with told_plainly():
        tag = _named(catalogue(), name).tag
        content = tag.model_dump(mode="json")
        facts = {key: value for key, value in content.items() if value not in ("", [])} | {
            "values": ", ".join(tag.values),
            "compute": repr(tag.compute),
        }
        rows = tuple((key, value) for key, value in facts.items() if value)
        answer(content, Table(f"{tag.title} {tag.title_zh}", ("fact", "value"), rows), as_json)


@group.command("plan")
def tags_plan(as_of: AsOf, as_json: AsJson = False) -> None:
    """Show what a build of a loaded day would do, and whose tags have changed since the one before."""
    from journeykit.workspace import changed_tags, plan_tags

    with told_plainly(f"Planning {as_of.date()}"):
        plan, touched = plan_tags(as_of.date()), changed_tags(as_of.date())
    table = plan.table()
    steps = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    users = {name: [user.name for user in found] for name, found in touched.users.items()}
    answer({"steps": steps, "unavailable": plan.unavailable, "changed": users}, table, as_json)
    if touched and not as_json:
        show(touched.table())


@group.command("backfill")
def tags_backfill(first: First, last: Last, as_json: AsJson = False) -> None:
    """Build the tags of every working day of a range."""
    from journeykit.workspace import backfill_tags

    with told_plainly(f"Tags from {first.date()} to {last.date()}"):
        done = backfill_tags(first.date(), last.date())
    answer({"days": done.rows()}, done.table(), as_json)


@group.command("drift")
def tags_drift(
    as_of: AsOf,
    everything: Annotated[bool, typer.Option("--all", help="Every tag, not only the worst 20.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how far tags have moved since the snapshot before a day's, the worst 20 first."""
    from journeykit.workspace import tag_drift

    with told_plainly(f"Comparing {as_of.date()}"):
        drift = tag_drift(as_of.date())
    content = {
        "as_of": drift.as_of,
        "previous": drift.previous,
        "indices": {name: drift.indices[name] for name in drift.worst},
        "added": drift.added,
        "removed": drift.removed,
        "regained": drift.regained,
        "lost": drift.lost,
    }
    answer(content, drift.table(None if everything else 20), as_json)


@group.command("uses")
def tags_uses(name: Name, as_json: AsJson = False) -> None:
    """Show what a tag is computed from, and which tags, strategies and segments use it."""
    from journeykit.workspace import catalogue, tag_uses

    with told_plainly():
        _named(catalogue(), name)
        uses = tag_uses(name)
    answer(uses.row(), uses.table(), as_json)


@group.command("page")
def tags_page(
    out: Annotated[
        Path | None, typer.Argument(help="The HTML file; var/tags.html of the workspace when left out.")
    ] = None,
    as_of: OptionalAsOf = None,
    language: Annotated[str, typer.Option(help="en or zh; the workspace's when left out.")] = "",
) -> None:
    """Write a page that describes every tag: meaning, lineage, users, distribution, drift."""
    from journeykit.files import publish_text
    from journeykit.settings import load_settings
    from journeykit.workspace import tags_page

    with told_plainly("Reading the catalogue"):
        path = out or load_settings().var / "tags.html"
        typer.echo(f"Wrote {publish_text(path, tags_page(day_of(as_of), language))}")


def _named(tags: Catalogue, name: str) -> TagHandle:
    """A tag; of an unknown one the error speaks of commands, not of Python."""
    from journeykit.errors import unknown_name

    if name not in tags:
        raise unknown_name("tag", name, tags, "Search for one with: journeykit tags search WORD")
    return tags[name]
