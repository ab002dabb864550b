"""The file of what a widget edits: written only over what this widget has opened or written itself."""

from __future__ import annotations

from pathlib import Path

from journeykit.errors import DefinitionError
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy


def open_text(one: Segment | Strategy, folder: Path) -> str:
    """The text of its file; empty when it has none."""
    path = folder / f"{one.name}.yaml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def seen_text(one: Segment | Strategy, folder: Path, known: str) -> str:
    """The text of the file where it is just what is shown now; else the text known so far."""
    there = open_text(one, folder)
    return there if there == one.to_yaml() else known


def refuse_another(one: Segment | Strategy, folder: Path, opened: str, widget: str) -> None:
    """Refuse to write over a definition that is not the one this widget knows.

    Parameters
    ----------
    one : Segment or Strategy
        What is to be saved.
    folder : Path
        Where its file lies.
    opened : str
        The text that this widget has read or written last; empty for none.
    widget : str
        What opens a saved one, for the message.

    Raises
    ------
    DefinitionError
        There is another of that name, or somebody has changed the file since.
    """
    there = open_text(one, folder)
    if there and there not in (opened, one.to_yaml()):
        kind = type(one).__name__.lower()
        raise DefinitionError(
            f"There is another {kind} in {one.name}.yaml, or it was changed since it was opened. Give this "
            f"one another name, or open that with {widget}('{one.name}', mart)."
        )
