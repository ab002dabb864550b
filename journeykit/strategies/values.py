"""Fields and values of definitions, as a reader of a difference sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from journeykit.display import show_value
from journeykit.errors import DefinitionError
from journeykit.expressions import Node, read_node
from journeykit.i18n import label
from journeykit.strategies.graph import Goal
from journeykit.strategies.telling import Teller, percent
from journeykit.strategies.wording import FIELDS, WORDS

_SHARES = ("control", "response_rate")


def field_name(field: str, teller: Teller) -> str:
    """What a field is called; one that has no name of its own by its path.

    Examples
    --------
    >>> field_name("due_days", Teller.of("en")), field_name("compute.column", Teller.of("en"))
    ('days until due', 'compute.column')
    """
    return teller.either(*FIELDS[field]) if field in FIELDS else field


def show(value: Any, field: str, teller: Teller) -> str:
    """A value in a sentence.

    Examples
    --------
    >>> show(Decimal("0.10"), "control", Teller.of("en")), show("", "owner", Teller.of("zh"))
    ('10%', '无')
    """
    match value:
        case None | "" | []:
            return teller("none")
        case Node():
            return teller.value(value) if field == "date" else teller.condition(value)
        case Goal():
            days = teller.days(value.within_days)
            return teller("goal_set", condition=teller.condition(value.expression), days=days)
        case bool():
            return teller.say("yes" if value else "no")
        case int() if field == "reentry":
            return teller("is.reentry.days", days=teller.days(value))
        case str() if field == "offer" and value in teller.offers:
            return teller("coded", title=teller.offer(value), name=value)
        case str() if field == "channel":
            return teller.named(value)
        case str() if field == "weekday":
            return teller(value)
        case str() if field == "stage":
            return label(f"stage.{value}", teller.language)
        case str() if field not in _SHARES:
            known = f"is.{field}.{value}"
            return teller(known) if known in WORDS else teller("quoted", text=value)
        case list():
            return teller.say.listed([show(one, field, teller) for one in value])
    return percent(Decimal(str(value))) if field in _SHARES else show_value(value)


def leaves(definition: Any, path: str = "") -> dict[str, Any]:
    """Each single value of a definition in JSON form, by its path; an expression is one value.

    Examples
    --------
    >>> leaves({"name": "aum", "compute": {"expression": {"node": "tag", "name": "x"}}})
    {'name': 'aum', 'compute.expression': 'tag("x")'}
    """
    if isinstance(definition, Mapping):
        if "node" in definition:
            return {path: _expression(definition)}
        found: dict[str, Any] = {}
        for key, value in definition.items():
            found |= leaves(value, f"{path}.{key}" if path else str(key))
        return found
    return {path: definition}


def _expression(definition: Mapping[str, Any]) -> str:
    try:
        return repr(read_node(dict(definition)))
    except DefinitionError:  # of an earlier release, whose nodes may be others
        return json.dumps(definition, ensure_ascii=False)
