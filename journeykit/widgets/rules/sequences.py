"""Sequences in rule trees as the editor in the browser has them: each step a rule of its own.

A rule tree holds a sequence as a node; the conditions of its steps are nodes too. In the browser it is::

    {"field": "sequence", "operator": "isTrue", "steps": [<rule about an event>, …],
     "without": <rule about an event> or null, "within_days": 30 or null, "since_entry": false}
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError

from journeykit.errors import DefinitionError
from journeykit.expressions import nodes
from journeykit.expressions.handles import as_node
from journeykit.expressions.happenings import DidExpression, sequence
from journeykit.segments.rules import from_rules, to_rules
from journeykit.widgets.asking import Json, Question
from journeykit.yaml_files import definition_error

SEQUENCE = "sequence"
"""The field of such a rule."""


class _SequenceRule(Question):
    field: Literal["sequence"]
    operator: Literal["isTrue", "isNotTrue"]
    steps: list[Json]
    without: Json | None = None
    within_days: int | None = None
    since_entry: bool = False


def spell_out(tree: Json) -> Json:
    """A rule tree as the kernel has it, as the editor does."""
    if "rules" in tree:
        return {**tree, "rules": [spell_out(rule) for rule in tree["rules"]]}
    field, operator = tree["field"], tree["operator"]
    if isinstance(field, dict) and field["node"] == SEQUENCE and operator in ("isTrue", "isNotTrue"):
        return _spelled(nodes.Sequence.model_validate(field), operator)
    return tree


def fold_in(tree: Any) -> Any:
    """A rule tree as the editor has it, as the kernel does; what is malformed is left as it is.

    Raises
    ------
    DefinitionError
        A sequence in it is none.
    """
    if isinstance(tree, dict) and isinstance(tree.get("rules"), list):
        return {**tree, "rules": [fold_in(rule) for rule in tree["rules"]]}
    if isinstance(tree, dict) and "steps" in tree:
        return _folded(tree)
    return tree


def _spelled(node: nodes.Sequence, operator: str) -> Json:
    return {
        "field": SEQUENCE,
        "operator": operator,
        "steps": [_as_rule(step, step.times) for step in node.steps],
        "without": None if node.without is None else _as_rule(node.without, 1),
        "within_days": node.within_days,
        "since_entry": node.since_entry,
    }


def _as_rule(selected: nodes.Step | nodes.Without, times: int) -> Json:
    """A step as the rule of an event that happened so often or more."""
    events = nodes.Events(event=selected.event, where=selected.where, within_days=selected.within_days)
    return to_rules(nodes.Did(events=events, times=times))["rules"][0]


def _folded(rule: Json) -> Json:
    try:
        read = _SequenceRule.model_validate(rule)
    except ValidationError as error:
        raise definition_error("rule tree: sequence", error) from error
    made = sequence(*(_event(step) for step in read.steps))
    if read.without is not None:
        last = _event(read.without).node
        bare = last.model_copy(update={"events": last.events.model_copy(update={"within_days": None})})
        made = made.without(DidExpression(bare), days=last.events.within_days)
    if read.within_days is not None:
        made = made.within(days=read.within_days)
    if read.since_entry:
        made = made.since_entry()
    return {"field": as_node(made).model_dump(mode="json"), "operator": read.operator, "value": None}


def _event(rule: Json) -> DidExpression:
    node = from_rules({"combinator": "and", "not": False, "rules": [rule]})
    if not isinstance(node, nodes.Did):
        raise DefinitionError("rule tree: sequence: a step is a rule about an event, such as did.view.")
    return DidExpression(node)
