"""Definitions as YAML files: what is written reads back equal, and bad input is met with one clear error.

JSON, in which a browser sends a definition, is read into the same values, within the same limits.
"""

from journeykit.yaml_files.definitions import (
    from_json,
    from_yaml,
    read_definition,
    to_yaml,
    write_definition,
)
from journeykit.yaml_files.limits import MAX_CHARACTERS
from journeykit.yaml_files.names import NAME, Name, Text
from journeykit.yaml_files.parsing import read_yaml
from journeykit.yaml_files.telling import definition_error

__all__ = [
    "MAX_CHARACTERS",
    "NAME",
    "Name",
    "Text",
    "definition_error",
    "from_json",
    "from_yaml",
    "read_definition",
    "read_yaml",
    "to_yaml",
    "write_definition",
]
