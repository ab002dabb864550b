"""The strategies of the workspace: looked at, checked, compared, simulated and copied."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from journeykit.cli.saying import AsJson, day_of, listing, say_json, show, told_plainly

group = typer.Typer(help="The strategies of this workspace, and their approval.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A strategy.")]
Day = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="A closed business day; by default the newest."),
]
Days = Annotated[int, typer.Option(min=1, max=180, help="How many days are simulated.")]


@group.command("list")
def strategy_list(as_json: AsJson = False) -> None:
    """List strategies: those under scheduled/strategies and those that were ever submitted."""
    from journeykit.workspace import strategy_rows

    with told_plainly():
        columns = ["name", "title", "title_zh", "stage", "version", "state", "live"]
        rows = strategy_rows()
        listing("strategies", rows, as_json, columns)
    for row in rows if not as_json else ():
        if row["problem"]:
            typer.echo(f"\n{row['name']}: its draft cannot be used. {row['problem']}")


@group.command("show")
def strategy_show(
    name: Name,
    version: Annotated[str, typer.Argument(help="One of its versions; its draft when left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show a strategy in plain words, what was said for it, and who did what with it."""
    from journeykit.settings import load_settings
    from journeykit.workspace.opening import catalogue
    from journeykit.workspace.strategies import look_up

    with told_plainly():
        language = load_settings().workspace.language
        found = look_up(name, version)
        history = found.history
        if as_json:
            say_json(
                {
                    "strategy": found.strategy.model_dump(mode="json"),
                    "version": found.version,
                    "state": history.state,
                    "live": history.life.live,
                    "problem": found.problem,
                    "people": history.people,
                    "steps": history.rows(),
                }
            )
            return
        told = found.strategy.explain(language, catalogue(), found.offers)
        typer.echo(f"{found.which(language)}\n\n{told}")
        proposed = history.proposal(found.version if version else history.life.submitted, language)
        for table in (*([proposed] if proposed else []), *history.tables(language)):
            typer.echo()
            show(table)


@group.command("check")
def strategy_check(name: Name, as_of: Day = None, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a strategy; exits 1 when a finding blocks running."""
    from journeykit.settings import load_settings
    from journeykit.workspace import connect
    from journeykit.workspace.checking import find_all, findings_table
    from journeykit.workspace.strategies import to_try

    with told_plainly(f"Checking {name}"), connect(as_of=day_of(as_of)) as mart:
        strategy = to_try(name)
        found = find_all(strategy, mart)
        table = findings_table(strategy, found, load_settings().workspace.language)
    rows = [{"severity": one.severity, "node": one.node, "remedy": one.message} for one in found]
    if as_json:
        say_json({"strategy": name, "findings": rows})
    elif rows:
        show(table)
    else:
        typer.echo(table.title)
    if any(one.severity == "error" for one in found):
        raise typer.Exit(1)


@group.command("diff")
def strategy_diff(
    name: Name,
    other: Annotated[
        str, typer.Argument(help="One of its versions, or another strategy; its live version when left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say in words how the draft in a strategy's file differs from its live version."""
    from journeykit.settings import load_settings
    from journeykit.workspace.strategies import compare_strategies

    with told_plainly():
        found = compare_strategies(name, other)
        if as_json:
            say_json({"strategy": name, "differences": found.rows()})
        else:
            typer.echo("\n".join(found.lines(load_settings().workspace.language)) or str(found))


@group.command("simulate")
def strategy_simulate(name: Name, as_of: Day = None, days: Days = 30, as_json: AsJson = False) -> None:
    """Replay the last days through a strategy, and tell what to expect of the next ones."""
    from journeykit.settings import load_settings
    from journeykit.workspace import connect
    from journeykit.workspace.simulating import simulate
    from journeykit.workspace.strategies import to_try

    with told_plainly(f"Simulating {name}"), connect(as_of=day_of(as_of)) as mart:
        result = simulate(to_try(name), mart, days=days)
        if as_json:
            say_json(result.summary())
        else:
            typer.echo(result.text(load_settings().workspace.language))


@group.command("presets")
def strategy_presets(
    words: Annotated[str, typer.Argument(help="What they should be about; all when left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the presets, or those that say something of the words, to be copied as a draft."""
    from journeykit.preset import presets
    from journeykit.settings import load_settings

    with told_plainly():
        found = presets.search(words) if words else presets
        if as_json:
            keys = ("name", "title", "title_zh", "stage", "about", "about_zh")
            say_json({"presets": [{key: getattr(one, key) for key in keys} for one in found.values()]})
        else:
            show(found.table(load_settings().workspace.language))


@group.command("copy")
def strategy_copy(
    name: Annotated[str, typer.Argument(help="A strategy, or a preset.")],
    new: Annotated[str, typer.Argument(help="What the copy is called.")],
    as_json: AsJson = False,
) -> None:
    """Copy a strategy's file, or a preset, as the draft of another one."""
    from journeykit.workspace.strategies import copy_strategy

    with told_plainly():
        paths = copy_strategy(name, new)
    if as_json:
        say_json({"strategy": new, "file": paths[0], "offers": paths[1:]})
    else:
        typer.echo("\n".join(f"Wrote {path}" for path in paths))
