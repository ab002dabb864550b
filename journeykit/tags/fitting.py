"""Whether tags fit each other: types, units, values that can occur, and privacy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeykit.contract import Type, subject
from journeykit.errors import DefinitionError
from journeykit.expressions import Arithmetic, Compare, DaysBetween, Fill, Node, TagRef
from journeykit.expressions.base import walk
from journeykit.expressions.values import Values
from journeykit.tags.checking import DAYS, NUMBERS, infer_for

if TYPE_CHECKING:
    from journeykit.tags.tag import Ranking, Tag


@dataclass(frozen=True)
class Known:
    """Of every tag by name: its type, its unit and the values it may have."""

    types: Mapping[str, Type]
    units: Mapping[str, str]
    values: Values


def check_formula_types(name: str, type_: Type, expression: Node, known: Known) -> None:
    """Refuse a formula whose parts do not fit each other, or whose value is not of the tag's type."""
    found = infer_for(name, expression, known.types, values=known.values)
    if found is not type_ and not (found in NUMBERS and type_ in NUMBERS):
        raise DefinitionError(f"Tag '{name}': its formula gives {found}, the tag says {type_}.")
    check_units(name, expression, known.units)


def check_ranking_types(name: str, compute: Ranking, known: Known) -> None:
    """Refuse a ranking by a tag that has no order, or among customers that no condition tells."""
    ranked = infer_for(name, TagRef(name=compute.tag), known.types)
    if ranked not in (*NUMBERS, *DAYS):
        raise DefinitionError(
            f"Tag '{name}': ranks by {compute.tag}, which is {ranked}. Use a number or date."
        )
    if compute.where is not None:
        if infer_for(name, compute.where, known.types, values=known.values) is not Type.BOOLEAN:
            raise DefinitionError(f"Tag '{name}': `where` must be a condition, true or false.")
        check_units(name, compute.where, known.units)


def with_sensitivity(tag: Tag, known: Mapping[str, Tag]) -> Tag:
    """The tag with its privacy class: when it states none, C2 or that of what it is computed from.

    Conditions and texts of a few declared values, such as bands, tell so much less that they may state less.

    Raises
    ------
    DefinitionError
        Another tag states a lower class than what it is computed from has.
    """
    highest, source = max(_sources(tag, known), default=("C1", ""))
    if tag.sensitivity is None:
        return tag.model_copy(update={"sensitivity": max("C2", highest)})
    if highest > tag.sensitivity and tag.type is not Type.BOOLEAN and not tag.values:
        raise DefinitionError(
            f"Tag '{tag.name}' is {tag.sensitivity} and is computed from {source}, which is {highest}. Leave "
            "sensitivity out; only a condition or a text with declared values may be less."
        )
    return tag


def _sources(tag: Tag, known: Mapping[str, Tag]) -> Iterator[tuple[str, str]]:
    """The columns or tags that a tag is computed from, each after its privacy class."""
    for of, name in tag.columns:
        yield subject(of).column(name).privacy, f"{of}.{name}"
    for name in tag.uses:
        yield known[name].sensitivity or "C2", name


def check_units(name: str, expression: Node, units: Mapping[str, str]) -> None:
    """Refuse to add, subtract or compare what is measured in different units."""
    for part in walk(expression):
        if (isinstance(part, Arithmetic) and part.op in "+-") or isinstance(part, Compare):
            left, right = _unit(part.left, units), _unit(part.right, units)
            if left and right and left != right:
                verb = "compares" if isinstance(part, Compare) else "adds or subtracts"
                raise DefinitionError(
                    f"Tag '{name}' {verb} {left} and {right}. Bring both to one unit first."
                )


def _unit(node: Node, units: Mapping[str, str]) -> str:
    if isinstance(node, TagRef):
        return units.get(node.name, "")
    if isinstance(node, DaysBetween):
        return "days"
    if isinstance(node, Fill):
        return _unit(node.operand, units)
    if isinstance(node, Arithmetic) and node.op in "+-":
        return _unit(node.left, units) or _unit(node.right, units)
    return ""
