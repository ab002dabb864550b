"""A condition to its rule tree."""

from __future__ import annotations

from typing import Any

from journeykit.contract import Type
from journeykit.expressions import nodes
from journeykit.segments.rules.limits import check_limits
from journeykit.segments.rules.shape import COMPLEMENTS, EVENT, MODES, NAME, TEXT_OPERATORS

Json = dict[str, Any]
_PLAIN = (Type.BOOLEAN, Type.INTEGER, Type.TEXT)


def to_rules(node: nodes.Node) -> Json:
    """The rule tree of a condition, from which :func:`from_rules` makes an equal one.

    Parameters
    ----------
    node : Node
        Of a segment: ``segment.where``.

    Returns
    -------
    dict
        JSON: see :mod:`journeykit.segments.rules`.

    Raises
    ------
    DefinitionError
        It has more rules or values than a tree may hold.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> to_rules((tag("aum") >= 500_000).node)["rules"]
    [{'field': 'aum', 'operator': '>=', 'value': 500000, 'valueSource': 'value'}]
    """
    tree = _as_group(_rule(node, nodes.TagRef))
    check_limits(tree)
    return tree


def _rule(node: nodes.Node, named: Any) -> Json:
    """A rule or a group; `named` is what a field's name means."""
    match node:
        case nodes.And(operands=parts) if len(parts) != 1:
            return _group("and", [_rule(part, named) for part in parts])
        case nodes.Or(operands=parts) if len(parts) != 1:
            return _group("or", [_rule(part, named) for part in parts])
        case nodes.Not(operand=operand):
            return _complement(_rule(operand, named))
        case nodes.Compare(op=op, left=left, right=right):
            return _compared(left, "=" if op == "==" else op, [right], named)
        case nodes.TextMatch(op=op, operand=operand, text=text):
            return _compared(operand, TEXT_OPERATORS[op], [text], named)
        case nodes.IsIn(operand=operand, values=values):
            return _valued(operand, "in", [_operand(one) for one in values], "value", named)
        case nodes.Between(operand=operand, low=low, high=high):
            return _compared(operand, "between", [low, high], named)
        case nodes.IsMissing(operand=operand):
            return _bare(operand, "null", named)
        case nodes.Did():
            return _event(node)
    return _bare(node, "isTrue", named)


def _group(combinator: str, rules: list[Json], *, complement: bool = False) -> Json:
    return {"combinator": combinator, "not": complement, "rules": rules}


def _as_group(rule: Json) -> Json:
    return rule if "combinator" in rule else _group("and", [rule])


def _complement(rule: Json) -> Json:
    if rule.get("operator") in COMPLEMENTS:
        return {**rule, "operator": COMPLEMENTS[rule["operator"]]}
    if rule.get("not") is False:
        return {**rule, "not": True}
    return _group("and", [rule], complement=True)


def _compared(field: nodes.Node, operator: str, values: list[nodes.Node], named: Any) -> Json:
    """A rule with one value, or with two; fields when all are."""
    names = [_name(one, named) for one in values]
    listed = names if all(names) else [_operand(one) for one in values]
    source = "field" if all(names) else "value"
    return _valued(field, operator, listed if len(listed) > 1 else listed[0], source, named)


def _valued(field: nodes.Node, operator: str, value: Any, source: str, named: Any) -> Json:
    return {"field": _field(field, named), "operator": operator, "value": value, "valueSource": source}


def _bare(field: nodes.Node, operator: str, named: Any) -> Json:
    return {"field": _field(field, named), "operator": operator, "value": None}


def _event(node: nodes.Did) -> Json:
    events = node.events
    where = _group("and", [])
    if events.where is not None:
        where = _as_group(_rule(events.where, nodes.ColumnRef))
        if where == _group("and", []):  # by itself it means that there is no condition
            where = _group("and", [_bare(events.where, "isTrue", nodes.ColumnRef)])
    windows = {
        "within_days": events.within_days,
        "since_entry": events.since_entry or None,
        "every_days": node.every_days,
    }
    return {
        "field": EVENT + events.event,
        "operator": "=",
        "match": {"mode": MODES[node.op], "threshold": node.times},
        "value": where,
        **{name: value for name, value in windows.items() if value is not None},
    }


def _field(node: nodes.Node, named: Any) -> str | Json:
    return _name(node, named) or node.model_dump(mode="json")


def _name(node: Any, named: Any) -> str:
    """The name of a tag or a column of the event; empty for all else, and where no catalogue has it."""
    name = node.name if isinstance(node, named) and getattr(node, "of", None) is None else ""
    return name if NAME.fullmatch(name) else ""


def _operand(node: nodes.Node) -> bool | int | str | Json:
    if isinstance(node, nodes.Value) and node.type in _PLAIN:
        return node.value  # type: ignore[return-value]
    return node.model_dump(mode="json")
