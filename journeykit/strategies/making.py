"""A node of what a verb was given, or one clear error that shows how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from journeykit.errors import DefinitionError
from journeykit.strategies.nodes import (
    Assign,
    Branch,
    Case,
    Definition,
    Exit,
    Send,
    Split,
    Start,
    Update,
    Variant,
    WaitDate,
    WaitUntil,
)
from journeykit.yaml_files import definition_error

Made = TypeVar("Made", bound=Definition)

_BRANCH = ".branch({'rich': (condition, jk.path())}, no=jk.path())"
_SPLIT = ".split({'a': (0.5, jk.path()), 'b': (0.5, jk.path())})"
_EXAMPLES: Mapping[type[Definition], str] = {
    Start: ".start(jk.Segment.load('idle'), control=0.10, reentry=90)",
    Send: ".send('sms', offer='W-30D')",
    Assign: ".assign('manager', offer='W-30D')",
    WaitDate: ".wait(until_date=t.wealth_matures_on - jk.days(7))",
    WaitUntil: ".wait(until=condition, at_most=5, late=jk.path())",
    Branch: _BRANCH,
    Case: _BRANCH,
    Split: _SPLIT,
    Variant: _SPLIT,
    Update: ".mark('called')",
    Exit: ".exit()",
}
_EXAMPLE = ".wait(days=3) or .wait(weekday='monday')"


def make(kind: type[Made], **fields: Any) -> Made:
    """A node of what a verb was given."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        what = kind.model_fields["kind"].default if "kind" in kind.model_fields else kind.__name__.lower()
        named = f"{what} '{fields.get('id', fields.get('name'))}'"
        raise misgiven(named, error, _EXAMPLES.get(kind, _EXAMPLE)) from error


def misgiven(what: str, error: ValidationError, example: str) -> DefinitionError:
    """What pydantic finds in something that was given in code, and how it is written."""
    return DefinitionError(f"{definition_error(what, error)} Write for example {example}.")
