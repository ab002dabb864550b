"""The file of the strategy on a canvas: opened, and written only over what was opened."""

from __future__ import annotations

from journeykit.errors import DefinitionError
from journeykit.strategies.graph import Strategy
from journeykit.strategies.saving import strategies_folder


def open_draft(name: str) -> tuple[Strategy, str]:
    """A saved strategy, and the text of its file."""
    found = Strategy.load(name)
    return found, (strategies_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def save_draft(plan: Strategy, opened: str) -> str:
    """Write a strategy to its file, whose text is `opened` if this canvas knows it; its text from now on.

    Raises
    ------
    DefinitionError
        There is another strategy of that name, or somebody has changed the file since.
    """
    path = strategies_folder() / f"{plan.name}.yaml"
    if path.exists() and path.read_text(encoding="utf-8") not in (opened, plan.to_yaml()):
        raise DefinitionError(
            f"There is another strategy in {path.name}, or it was changed since it was opened. Give this "
            f"one another name, or open that with jk.JourneyCanvas('{plan.name}', mart)."
        )
    return plan.save().read_text(encoding="utf-8")
