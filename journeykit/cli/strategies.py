"""The strategies of the workspace: looked at, checked, simulated, proposed, approved, paused and ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from journeykit.cli.saying import AsJson, day_of, listing, say_json, show, told_plainly
from journeykit.i18n import label

if TYPE_CHECKING:
    from journeykit.strategies.history import StrategyHistory

group = typer.Typer(help="The strategies of this workspace, and their approval.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A strategy.")]
Version = Annotated[str, typer.Argument(help="The version that was submitted, as `strategy list` shows it.")]
As = Annotated[str, typer.Option("--as", help=r"In a demonstration: who acts, such as 'analyst \[demo]'.")]
Reason = Annotated[str, typer.Option(help="Why; kept on record, and told in the daily report.")]
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
                    "people": history.people,
                    "steps": history.rows(),
                }
            )
            return
        typer.echo(f"{found.which(language)}\n\n{found.strategy.explain(language, catalogue())}")
        proposed = history.proposal(version or history.life.submitted, language)
        for table in (*([proposed] if proposed else []), *history.tables(language)):
            typer.echo()
            show(table)


@group.command("check")
def strategy_check(name: Name, as_of: Day = None, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a strategy; exits 1 when a finding blocks running."""
    from journeykit.settings import load_settings
    from journeykit.workspace import connect
    from journeykit.workspace.checking import find_all, findings_table
    from journeykit.workspace.strategies import look_up

    with told_plainly(f"Checking {name}"), connect(as_of=day_of(as_of)) as mart:
        strategy = look_up(name).strategy
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
    from journeykit.workspace.strategies import look_up

    with told_plainly(f"Simulating {name}"), connect(as_of=day_of(as_of)) as mart:
        result = simulate(look_up(name).strategy, mart, days=days)
        if as_json:
            say_json(result.summary())
        else:
            typer.echo(result.text(load_settings().workspace.language))


@group.command("copy")
def strategy_copy(
    name: Name, new: Annotated[str, typer.Argument(help="What the copy is called.")], as_json: AsJson = False
) -> None:
    """Copy a strategy's file, as the draft of another one."""
    from journeykit.workspace.strategies import copy_strategy

    with told_plainly():
        path = copy_strategy(name, new)
    if as_json:
        say_json({"strategy": new, "file": path})
    else:
        typer.echo(f"Wrote {path}")


@group.command("submit")
def strategy_submit(
    name: Name,
    *,
    purpose: Annotated[str, typer.Option(help="Needed: what it is good for.")] = "",
    harm: Annotated[str, typer.Option(help="Needed: who could be harmed, and what is done about that.")] = "",
    data_confirmed: Annotated[
        bool,
        typer.Option(
            "--data-confirmed", help="Needed: you have read which data it uses. Without it they are shown."
        ),
    ] = False,
    in_flight: Annotated[
        str, typer.Option(help="People in the version it replaces: finish, migrate or exit.")
    ] = "finish",
    days: Days = 30,
    as_: As = "",
    as_json: AsJson = False,
) -> None:
    """Propose the strategy in a file to the approvers, with its check, simulation and difference.

    It is looked at as of the newest day whose tags are built.
    """
    from journeykit.settings import load_settings
    from journeykit.workspace.approving import submit

    with told_plainly(f"Submitting {name}"):
        history = submit(
            name, purpose=purpose, harm=harm, data_confirmed=data_confirmed, in_flight=in_flight,
            days=days, as_=as_,
        )  # fmt: skip
        language = load_settings().workspace.language
    if as_json:
        _say_step(history)
        return
    version = history.life.submitted
    show(history.findings(version, language))
    command = f"journeykit strategy approve {name} {version}"
    typer.echo(f"\n{label('approval.next', language).format(command)}")


@group.command("withdraw")
def strategy_withdraw(name: Name, version: Version, as_: As = "", as_json: AsJson = False) -> None:
    """Take a submission back."""
    from journeykit.workspace.approving import withdraw

    with told_plainly():
        _tell(withdraw(name, version, as_=as_), as_json)


@group.command("approve")
def strategy_approve(name: Name, version: Version, as_: As = "", as_json: AsJson = False) -> None:
    """Let a submitted version become live with the next run; never one's own."""
    from journeykit.workspace.approving import approve

    with told_plainly():
        _tell(approve(name, version, as_=as_), as_json)


@group.command("refuse")
def strategy_refuse(
    name: Name, version: Version, reason: Reason, as_: As = "", as_json: AsJson = False
) -> None:
    """Send a submitted version back, with the reason."""
    from journeykit.workspace.approving import refuse

    with told_plainly():
        _tell(refuse(name, version, reason, as_=as_), as_json)


@group.command("pause")
def strategy_pause(name: Name, reason: Reason, as_: As = "", as_json: AsJson = False) -> None:
    """Stop every new contact of a strategy at once."""
    from journeykit.workspace.approving import pause

    with told_plainly():
        _tell(pause(name, reason, as_=as_), as_json)


@group.command("resume")
def strategy_resume(name: Name, reason: Reason = "", as_: As = "", as_json: AsJson = False) -> None:
    """Let a paused strategy go on."""
    from journeykit.workspace.approving import resume

    with told_plainly():
        _tell(resume(name, reason, as_=as_), as_json)


@group.command("end")
def strategy_end(
    name: Name,
    reason: Reason,
    in_flight: Annotated[str, typer.Option(help="People in it: finish or exit.")] = "finish",
    as_: As = "",
    as_json: AsJson = False,
) -> None:
    """Let nobody enter any more."""
    from journeykit.workspace.approving import end

    with told_plainly():
        _tell(end(name, reason, in_flight=in_flight, as_=as_), as_json)


def _tell(history: StrategyHistory, as_json: bool) -> None:
    """What a step led to."""
    from journeykit.settings import load_settings

    if as_json:
        _say_step(history)
    else:
        show(history.table(load_settings().workspace.language))


def _say_step(history: StrategyHistory) -> None:
    """The step that was just taken, and the state it led to, as JSON."""
    say_json({"strategy": history.name, "state": history.state, "step": history.rows()[-1]})
