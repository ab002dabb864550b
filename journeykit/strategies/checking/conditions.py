"""Whether a strategy's expressions are right: known tags, fitting types, values that somebody can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from journeykit.contract import Type
from journeykit.errors import DefinitionError
from journeykit.expressions import And, Node, check_predicate, tag_names
from journeykit.expressions.base import walk
from journeykit.expressions.behaviour import Events, Sequence
from journeykit.expressions.types import infer
from journeykit.expressions.values import check_values
from journeykit.strategies.checking.findings import Finding, find, find_unknown
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Branch, Start, WaitDate

_SEE_TAGS = "List them with list(mart.tags).", "可用 list(mart.tags) 查看全部标签。"
_OF_A_TIME = "Add jk.days(0): that makes a day of a time.", "请加上 jk.days(0)，将时间变为日期。"
_OF_ELSE = "Write for example t.wealth_matures_on - jk.days(7).", "例如 t.wealth_matures_on - jk.days(7)。"


@dataclass(frozen=True)
class _Known:
    """What the catalogue says about every tag, read once."""

    strategy: str
    types: Mapping[str, Type]
    values: Mapping[str, tuple[str, ...]]


def check_conditions(strategy: Strategy, tags: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with the expressions of a strategy, node by node."""
    declared = {name: tags[name].tag for name in tags}
    known = _Known(
        strategy.name,
        {name: tag.type for name, tag in declared.items()},
        {name: tag.values for name, tag in declared.items()},
    )
    for node in strategy.nodes:
        for rule in node.rules:
            yield from _check_rule(node.id, rule, known, day=isinstance(node, WaitDate))
        if isinstance(node, Start) and any(_counts_since_entry(rule) for rule in node.rules):
            yield find(strategy.name, node.id, "since_entry")
        if isinstance(node, Branch):
            yield from _check_cases(strategy.name, node)
    if strategy.goal:
        yield from _check_rule("goal", strategy.goal.expression, known)
    if strategy.exit_when:
        yield from _check_rule("exit_when", strategy.exit_when, known)


def _check_rule(node: str, rule: Node, known: _Known, *, day: bool = False) -> Iterator[Finding]:
    unknown = [name for name in tag_names(rule) if name not in known.types]
    for name in unknown:
        yield find_unknown(known.strategy, node, name, known.types, what=("tag", "标签"), see=_SEE_TAGS)
    if unknown:
        return
    try:
        if day:
            yield from _check_day(node, rule, known)
        else:
            check_predicate(rule, known.types)
        check_values(rule, known.values)
    except DefinitionError as error:
        yield find(known.strategy, node, "expression", problem=str(error))


def _check_day(node: str, rule: Node, known: _Known) -> Iterator[Finding]:
    found = infer(rule, known.types)
    if found is not Type.DATE:
        remedy = _OF_A_TIME if found is Type.TIMESTAMP else _OF_ELSE
        yield find(known.strategy, node, "no_day", expression=repr(rule), type=found, remedy=remedy)


def _counts_since_entry(rule: Node) -> bool:
    return any(isinstance(part, Events | Sequence) and part.since_entry for part in walk(rule))


def _check_cases(strategy: str, branch: Branch) -> Iterator[Finding]:
    """A case that holds only where an earlier one does: it asks all that the earlier one asks, or more."""
    asked: list[tuple[str, frozenset[Node]]] = []
    for case in branch.cases:
        parts = frozenset(case.when.operands if isinstance(case.when, And) else (case.when,))
        earlier = next((name for name, fewer in asked if fewer <= parts), None)
        if earlier is not None:
            yield find(strategy, branch.id, "never_taken", name=case.name, earlier=earlier)
        asked.append((case.name, parts))
