"""A rule tree to its condition; what is unknown in it is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from journeykit.errors import DefinitionError
from journeykit.expressions import check_predicate, nodes
from journeykit.expressions.handles import as_node, as_value
from journeykit.expressions.values import check_values
from journeykit.segments.rules import shape
from journeykit.segments.rules.limits import TREE, check_limits
from journeykit.yaml_files import definition_error

_ORIGINALS: dict[str, str] = {complement: operator for operator, complement in shape.COMPLEMENTS.items()}
_TEXT_MATCHES: dict[str, Any] = {operator: op for op, operator in shape.TEXT_OPERATORS.items()}
_COMPARISONS: dict[str, Any] = {"=": "=="}
_OPS: dict[str, Any] = {mode: op for op, mode in shape.MODES.items()}


def from_rules(tree: Mapping[str, Any], tags: Mapping[str, Any] | None = None) -> nodes.AnyNode:
    """The condition that a rule tree says.

    Parameters
    ----------
    tree : dict
        JSON: see :mod:`journeykit.segments.rules`.
    tags : mapping of str to handle, optional
        The catalogue, as ``mart.tags``: every field must be one of its tags, of a type that goes with the
        value. Without one only the shape is checked.

    Raises
    ------
    DefinitionError
        An unknown key, operator, tag or event, a value of the wrong type, or too much of anything; the
        message names it and where it stands.

    Examples
    --------
    >>> rule = {"field": "aum", "operator": "=", "value": "aum; DROP TABLE x", "valueSource": "value"}
    >>> from_rules({"combinator": "and", "not": True, "rules": [rule]})
    ~(tag("aum") == "aum; DROP TABLE x")
    >>> from_rules({"combinator": "and", "rules": [], "muted": True})
    Traceback (most recent call last):
    ...
    journeykit.errors.DefinitionError: rule tree: muted: unknown key.
    """
    check_limits(tree)
    with _at(""):
        group = shape.Group.model_validate(tree)
    condition = _read(group, nodes.TagRef, "")
    if tags is not None:
        _check_meaning(condition, tags)
    return condition


@contextmanager
def _at(path: str) -> Iterator[None]:
    """Tell where in the tree a mistake is."""
    place = f"{TREE}: {path}" if path else TREE
    try:
        yield
    except ValidationError as error:
        raise definition_error(place, error) from error
    except DefinitionError as error:
        raise DefinitionError(f"{place}: {error}") from error


def _check_meaning(condition: nodes.AnyNode, tags: Mapping[str, Any]) -> None:
    declared = {name: tags[name].tag for name in tags}
    check_predicate(condition, {name: one.type for name, one in declared.items()})
    check_values(condition, {name: one.values for name, one in declared.items()})


def _read(part: Any, named: Any, path: str) -> nodes.AnyNode:
    """A rule or a group as a node; `named` is what a field's name means."""
    if isinstance(part, shape.Group):
        return _read_group(part, named, path)
    if isinstance(part, shape.EventRule):
        return _read_event(part, path)
    operator: str = _ORIGINALS.get(part.operator) or part.operator
    with _at(path):
        node = _read_rule(part, operator, named)
        return node if operator == part.operator else nodes.Not(operand=node)


def _read_group(group: shape.Group, named: Any, path: str) -> nodes.AnyNode:
    below = f"{path}.rules" if path else "rules"
    parts = tuple(_read(rule, named, f"{below}.{place}") for place, rule in enumerate(group.rules))
    kind = nodes.And if group.combinator == "and" else nodes.Or
    with _at(path):
        node = parts[0] if len(parts) == 1 else kind(operands=parts)
        return nodes.Not(operand=node) if group.not_ else node


def _read_rule(rule: Any, operator: str, named: Any) -> nodes.AnyNode:
    field = named(name=rule.field) if isinstance(rule.field, str) else rule.field
    match rule:
        case shape.BareRule():
            return nodes.IsMissing(operand=field) if operator == "null" else field
        case shape.ListRule():
            return nodes.IsIn(operand=field, values=tuple(map(as_value, rule.value)))
        case shape.TextRule():
            return nodes.TextMatch(op=_TEXT_MATCHES[operator], operand=field, text=as_value(rule.value))
        case shape.RangeRule():
            low, high = (_operand(one, rule.valueSource, named) for one in rule.value)
            return nodes.Between(operand=field, low=low, high=high)
    right = _operand(rule.value, rule.valueSource, named)
    return nodes.Compare(op=_COMPARISONS.get(operator, operator), left=field, right=right)


def _read_event(rule: shape.EventRule, path: str) -> nodes.Did:
    where = None
    if rule.value != shape.NO_RULES:
        where = _read(rule.value, nodes.ColumnRef, f"{path}.value")
    with _at(path):
        events = nodes.Events(
            event=rule.field.removeprefix(shape.EVENT),
            where=where,
            within_days=rule.within_days,
            since_entry=rule.since_entry,
        )
        return nodes.Did(
            events=events, op=_OPS[rule.match.mode], times=rule.match.threshold, every_days=rule.every_days
        )


def _operand(value: Any, source: str, named: Any) -> nodes.AnyNode:
    is_name = source == "field" and isinstance(value, str)
    return named(name=value) if is_name else as_node(value)
