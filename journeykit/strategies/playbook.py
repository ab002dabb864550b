"""Everything a workspace decides with: strategies, offers, channels and models, read from `scheduled/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from journeykit.errors import DefinitionError
from journeykit.models import Model, load_models
from journeykit.routing.channel import Channel
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer
from journeykit.yaml_files import read_definition

Definition = TypeVar("Definition", Strategy, Offer, Channel)


@dataclass(frozen=True)
class Playbook:
    """Strategies, offers, channels and models by name.

    `unreadable` says by file name what is wrong with a strategy that cannot be read.
    """

    strategies: Mapping[str, Strategy]
    offers: Mapping[str, Offer]
    channels: Mapping[str, Channel]
    models: Mapping[str, Model] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)


def load_readable(scheduled: Path) -> Playbook:
    """Read strategies, offers, channels and models from the folders of a workspace's `scheduled`.

    Strategies that cannot be read are left aside: a draft never stops what was approved.
    """
    strategies: dict[str, Strategy] = {}
    unreadable: dict[str, str] = {}
    for path in sorted((scheduled / "strategies").glob("*.yaml")):
        try:
            strategies[path.stem] = _read_file(path, Strategy)
        except DefinitionError as error:
            unreadable[path.stem] = str(error)
    return Playbook(
        strategies=strategies,
        unreadable=unreadable,
        offers=_read_folder(scheduled / "offers", Offer),
        channels=_read_folder(scheduled / "channels", Channel),
        models=load_models(scheduled / "models"),
    )


def _read_folder(folder: Path, model: type[Definition]) -> dict[str, Definition]:
    """Definitions by name."""
    return {path.stem: _read_file(path, model) for path in sorted(folder.glob("*.yaml"))}


def _read_file(path: Path, model: type[Definition]) -> Definition:
    """A definition; its file is called like what it defines, so that a name stands once."""
    definition = read_definition(path, model)
    if definition.name != path.stem:
        raise DefinitionError(
            f"{path} defines '{definition.name}'. "
            f"Rename the file to {definition.name}.yaml, or the definition."
        )
    return definition
