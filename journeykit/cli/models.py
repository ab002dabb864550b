"""Trained models and their cards."""

from __future__ import annotations

from typing import Annotated

import typer

from journeykit.cli.saying import AsJson, listing, say_json, told_plainly

group = typer.Typer(help="Models that score customers.", no_args_is_help=True)


@group.command("list")
def models_list(as_json: AsJson = False) -> None:
    """List models, when they were trained, and what speaks against using them."""
    from journeykit.workspace import model_rows

    with told_plainly():
        columns = ["name", "title", "title_zh", "model_id", "learned_to", "auc", "stale"]
        listing("models", model_rows(), as_json, columns)


@group.command("card")
def models_card(
    name: Annotated[str, typer.Argument(help="A trained model.")], as_json: AsJson = False
) -> None:
    """Show what a model learned from, how good it is, and what it may not use."""
    from journeykit.workspace import model_card

    with told_plainly():
        card = model_card(name)
    if as_json:
        say_json(card.model_dump(mode="json"))
    else:
        typer.echo(repr(card))
