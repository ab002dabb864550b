"""The segments of the workspace: defined, saved by whom, and who is in them day by day."""

from __future__ import annotations

from typing import Annotated

import typer

from journeykit.cli.saying import AsJson, AsOf, answer, listing, say_json, show, told_plainly

group = typer.Typer(help="Segments, their versions and their members.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A segment of scheduled/segments.")]


@group.command("list")
def segments_list(as_json: AsJson = False) -> None:
    """List segments, who saved them last, and how many were in them when last recorded."""
    from journeykit.workspace import segment_rows

    with told_plainly():
        columns = ["name", "title", "title_zh", "version", "author", "recorded", "size"]
        listing("segments", segment_rows(), as_json, columns)


@group.command("show")
def segments_show(name: Name, as_json: AsJson = False) -> None:
    """Show whom a segment means: in plain words, and condition by condition."""
    from journeykit.display import Table
    from journeykit.errors import unknown_name
    from journeykit.settings import load_settings
    from journeykit.workspace.describing import load_segments
    from journeykit.workspace.opening import catalogue

    with told_plainly():
        settings = load_settings()
        segments = load_segments(settings)
        if name not in segments:
            raise unknown_name("segment", name, segments, "List them with: journeykit segments list")
        segment = segments[name]
        words = segment.explain(settings.workspace.language, catalogue(settings))
        rows = tuple((repr(part),) for part in segment.conditions)
        table = Table(f"{name}: {segment.title} {segment.title_zh}".rstrip(" :"), ("all of",), rows)
        if not as_json:
            typer.echo(f"{words}\n")
        answer(segment.model_dump(mode="json"), table, as_json)


@group.command("history")
def segments_history(name: Name, as_json: AsJson = False) -> None:
    """Show who changed a segment, when, why and how."""
    from journeykit.segments import segment_history

    with told_plainly():
        history = segment_history(name)
    answer({"versions": [one.model_dump(mode="json") for one in history]}, history.table(), as_json)


@group.command("members")
def segments_members(name: Name, as_json: AsJson = False) -> None:
    """Show day by day how many were in a segment, entered and left."""
    from journeykit.workspace import membership

    with told_plainly():
        found = membership(name)
        answer({"days": found.rows()}, found.table(), as_json)


@group.command("record")
def segments_record(as_of: AsOf, as_json: AsJson = False) -> None:
    """Keep who is in each segment as of a day, as the build job does; again, it changes nothing.

    A segment redefined since keeps what was recorded, as long as the tags of the day are not built anew:
    the change shows from the next recorded day on.
    """
    from journeykit.workspace import record_members

    with told_plainly(f"Members of {as_of.date()}"):
        done = record_members(as_of.date())
    if as_json:
        say_json({"as_of": done.as_of, "segments": list(done.rows), "refused": dict(done.refused)})
    else:
        show(done.table())
