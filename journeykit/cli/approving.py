"""Strategies submitted, approved, refused, paused and ended, by whoever may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from journeykit.cli.saying import AsJson, say_json, show, told_plainly
from journeykit.cli.strategies import Days, Name, group
from journeykit.i18n import label

if TYPE_CHECKING:
    from journeykit.strategies.history import StrategyHistory

Version = Annotated[
    str, typer.Argument(help="The version that was submitted, as `strategy list` shows it, or how it begins.")
]
As = Annotated[str, typer.Option("--as", help=r"In a demonstration: who acts, such as 'analyst \[demo]'.")]
Reason = Annotated[str, typer.Option(help="Why; kept on record, and told in the daily report.")]


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
        language = load_settings().workspace.language
        show(history.table(language))
        if coming := history.coming(language):
            typer.echo(f"\n{coming}")


def _say_step(history: StrategyHistory) -> None:
    """The step that was just taken, and the state it led to, as JSON."""
    say_json({"strategy": history.name, "state": history.state, "step": history.rows()[-1]})
