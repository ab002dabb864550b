"""A journey in files and in messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from journeykit.errors import DefinitionError
from journeykit.settings import find_root
from journeykit.strategies.building import Journey
from journeykit.yaml_files import NAME, Name, from_json, from_yaml, read_definition, to_yaml, write_definition


class Saved(Journey):
    """A journey with a name, under which it is saved."""

    name: Name

    def to_yaml(self) -> str:
        """The strategy as YAML text; the same value always gives the same text."""
        return to_yaml(self)

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """The strategy in a YAML text."""
        return from_yaml(text, cls)

    @classmethod
    def from_json(cls, content: str | bytes | bytearray | Mapping[str, Any]) -> Self:
        """The strategy in a JSON text, or in what a browser's message was read into already.

        As strict as :meth:`from_yaml`, and within the same limits.

        Examples
        --------
        >>> from journeykit.strategies.graph import Strategy
        >>> Strategy.from_json({"name": "first", "stage": "retain"}).name
        'first'
        >>> Strategy.from_json('{"name": "first", "stage": "retain", "name": "second"}')
        Traceback (most recent call last):
        ...
        journeykit.errors.DefinitionError: JSON: the key 'name' stands twice. Give it once.
        """
        return from_json(content, cls)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:  # pyright: ignore[reportIncompatibleMethodOverride]
        """As :meth:`from_json`; pydantic alone would take the last of two keys that are the same."""
        return cls.from_json(json_data)

    def save(self, folder: Path | None = None) -> Path:
        """Write ``<name>.yaml`` in a folder, by default the workspace's ``scheduled/strategies``."""
        return write_definition((folder or strategies_folder()) / f"{self.name}.yaml", self)

    @classmethod
    def load(cls, source: str | Path) -> Self:
        """Read a saved strategy: by its name from the workspace's ``scheduled/strategies``, or a file.

        Raises
        ------
        DefinitionError
            Missing file, or one that is malformed; the message names the line.
        """
        return read_definition(source if isinstance(source, Path) else _file_of(source), cls)


def _file_of(name: object) -> Path:
    """The file of a strategy in this workspace, and of nothing outside its folder."""
    if not (isinstance(name, str) and re.fullmatch(NAME, name)):
        raise DefinitionError(
            f"{name!r} is no strategy's name. Write for example Strategy.load('first_purchase'), "
            "or Strategy.load(pathlib.Path('plan.yaml')) for a file."
        )
    return strategies_folder() / f"{name}.yaml"


def strategies_folder() -> Path:
    """Where the strategies of this workspace lie."""
    return find_root() / "scheduled" / "strategies"
