"""How a node of any kind is drawn; what its fields may be is for those to say who draw whole plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from journeykit.strategies.nodes import Branch, Case, Exit, Split, Variant, WaitUntil


@dataclass(frozen=True)
class Choices:
    """What nodes are drawn from.

    Attributes
    ----------
    fields : mapping
        By kind of node, each of its own fields.
    cases : strategy
        The names and conditions of a branch.
    weights : strategy
        Of the variants of a split.
    """

    fields: Mapping[Any, Mapping[str, st.SearchStrategy[Any]]]
    cases: st.SearchStrategy[Sequence[tuple[str, Any]]]
    weights: st.SearchStrategy[Sequence[str]]


def draw_node(draw: st.DrawFn, kind: Any, name: str, onward: st.SearchStrategy[str], among: Choices) -> Any:
    """A node whose every way leads to where is drawn."""
    if kind is Exit:
        return Exit(id=name)
    if kind is Split:
        weights = enumerate(draw(among.weights))
        variants = [{"name": f"variant{n}", "weight": weight, "next": draw(onward)} for n, weight in weights]
        return Split(id=name, variants=tuple(map(Variant.model_validate, variants)))
    fields = {field: draw(values) for field, values in among.fields.get(kind, {}).items()}
    if kind is Branch:
        cases = draw(among.cases)
        fields["cases"] = tuple(Case(name=case, when=when, next=draw(onward)) for case, when in cases)
    elif kind is WaitUntil:
        fields["late"] = draw(onward)
    return kind.model_validate({"id": name, "next": draw(onward), **fields})
