"""What a journey can be made of: kinds of nodes with the fields of their forms, and what each may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from journeykit.contract import Type
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.settings import Settings
from journeykit.strategies import nodes
from journeykit.strategies.graph import Goal, Stage, Strategy
from journeykit.strategies.nodes import Definition, Update
from journeykit.strategies.permission import who_may
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.telling import Teller
from journeykit.strategies.values import field_name, show
from journeykit.widgets.asking import Json
from journeykit.widgets.journey_canvas.counting import channel_title

_MADE: tuple[type[Definition], ...] = (
    nodes.Start, nodes.Send, nodes.Assign, nodes.Wait, nodes.WaitWorkingDays, nodes.WaitWeekday,
    nodes.WaitHour, nodes.WaitDate, nodes.WaitUntil, nodes.Branch, nodes.Split, nodes.Join, nodes.Update,
    nodes.Exit, Goal, Strategy,
)  # fmt: skip
_APART = ("kind", "id", "next", "late", "cases", "variants", "segment", "nodes", "goal", "exit_when", "to")
"""What a form shows in a way of its own, or not at all."""


def choices(mart: Mart, playbook: Playbook, settings: Settings, teller: Teller) -> Json:
    """All that a canvas can be made of; it is asked once."""
    demo = settings.workspace.demo
    return {
        "forms": {_kind(model): list(_fields(model, teller)) for model in _MADE},
        "channels": [
            {
                "name": one.name,
                "title": channel_title(one, one.name, teller),
                "to": one.addressed_to,
                "capacity": one.daily_capacity,
            }
            for one in playbook.channels.values()
        ],
        "offers": [
            {
                "name": one.name,
                "title": in_language(teller.language, one.title, one.title_zh) or one.name,
                "line": one.product_line,
                "until": one.valid_to.isoformat(),
                "over": one.valid_to < mart.as_of,
            }
            for one in playbook.offers.values()
        ],
        "marks": sorted({
            node.mark
            for plan in playbook.strategies.values()
            for node in plan.nodes
            if isinstance(node, Update)
        }),
        "days": [
            {"name": name, "title": in_language(teller.language, one.tag.title, one.tag.title_zh) or name}
            for name, one in mart.tags.items()
            if one.tag.type in (Type.DATE, Type.TIMESTAMP)
        ],
        "in_flight": {
            one: label(f"approval.in_flight.{one}", teller.language) for one in ("finish", "migrate", "exit")
        },
        "authors": list(who_may("submitted", settings.roles)) if demo else [],
        "today": mart.as_of.isoformat(),
    }  # fmt: skip


def _kind(model: type[Definition]) -> str:
    kind = model.model_fields.get("kind")
    return str(kind.default) if kind else model.__name__.lower()


def _fields(model: type[Definition], teller: Teller) -> Iterator[Json]:
    """The plain fields of a definition: what kind of value each takes, and its limits."""
    schema = model.model_json_schema()
    own = schema["properties"] if "properties" in schema else schema["$defs"][model.__name__]["properties"]
    for name, found in own.items():
        if name not in _APART and name in model.model_fields:
            yield {
                "name": name,
                "label": _label(name, teller),
                "needed": model.model_fields[name].is_required(),
                **_input(name, found, teller),
            }


def _label(name: str, teller: Teller) -> str:
    known = field_name(name, teller)
    return known[:1].upper() + known[1:]


def _input(name: str, schema: Json, teller: Teller) -> Json:
    """How a value is put in: as a choice, a number between limits, a day, a rule, or text."""
    options: list[Json] = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    options = [inner for one in options for inner in one.get("anyOf", [one])]
    listed = [value for one in options for value in one.get("enum", ())]
    if name == "stage":
        listed = list(get_args(Stage))
    limits = {key: one[key] for one in options for key in ("minimum", "maximum") if key in one}
    limits |= {new: one[old] for one in options for old, new in (("ge", "minimum"), ("le", "maximum"))
               if old in one}  # fmt: skip
    types = {str(one.get("type")) for one in options}
    made: dict[str, Any] = {"options": [{"name": one, "title": show(one, name, teller)} for one in listed]}
    if name in ("date", "condition", "expression"):
        made["input"] = "rule"
    elif any(one.get("format") == "date" for one in options):
        made["input"] = "date"
    elif listed and types == {"string"}:
        made["input"] = "choice"
    elif "integer" in types:
        made["input"] = "whole"
    elif "number" in types:
        made["input"] = "number"
    else:
        made["input"] = "text"
    return {**made, **limits}
