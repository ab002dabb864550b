"""Nodes at which ways part: by conditions, or by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

from pydantic import Field

from journeykit.expressions import AnyNode
from journeykit.strategies.nodes.base import END, OTHERWISE, Definition, Node, Rule
from journeykit.strategies.offers import Exact
from journeykit.yaml_files import Name


class Case(Definition):
    """One way of a branch: taken by those for whom it is the first that holds."""

    name: Name
    when: Rule
    next: Name = END


class Branch(Node):
    """Ways by conditions, the first that holds; everybody else goes to `next`."""

    kind: Literal["branch"] = "branch"
    id: Name
    cases: tuple[Case, ...] = Field(min_length=1, max_length=50)
    next: Name = END

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each case, then everybody else."""
        return (*((case.name, case.next) for case in self.cases), (OTHERWISE, self.next))

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """The condition of each case."""
        return tuple(case.when for case in self.cases)

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node with every case and the rest changed."""
        cases = tuple(case.model_copy(update={"next": change(case.next)}) for case in self.cases)
        return self.model_copy(update={"cases": cases, "next": change(self.next)})


class Variant(Definition):
    """One way of a split, and the share of customers who take it."""

    name: Name
    weight: Exact = Field(gt=0, le=1, decimal_places=6)
    next: Name = END


class Split(Definition):
    """Ways by chance: the variant of a customer is a hash of strategy, node and id, and never changes."""

    kind: Literal["split"] = "split"
    id: Name
    variants: tuple[Variant, ...] = Field(min_length=2, max_length=50)

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each variant."""
        return tuple((variant.name, variant.next) for variant in self.variants)

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """None: chance asks nothing."""
        return ()

    def redirect(self, change: Callable[[str], str]) -> Self:
        """The same node with every variant changed."""
        variants = tuple(one.model_copy(update={"next": change(one.next)}) for one in self.variants)
        return self.model_copy(update={"variants": variants})
