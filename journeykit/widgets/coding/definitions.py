"""Values as the Python that makes them, as an analyst would type it.

The code counts on ``import journeykit as jk`` and ``t = mart.tags``, with which every notebook begins; what
else it needs, it imports itself. It is text to read and to copy: nothing here runs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from journeykit.errors import DefinitionError
from journeykit.expressions import And, AnyNode, Value
from journeykit.expressions.base import Node, quote
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import Join
from journeykit.widgets.coding.steps import Steps, named, nodes_of, steps_of
from journeykit.widgets.coding.verbs import Call, Way, calls_of, made
from journeykit.widgets.coding.writing import Imports, digits, is_joined, read_back, write, write_part

WIDTH = 100
"""Of a line of code, where it can be broken."""


def expression_code(node: AnyNode) -> str:
    """An expression, as ``t.aum >= 500_000``.

    Examples
    --------
    >>> from journeykit.expressions import did, tag
    >>> print(expression_code(((tag("aum") >= 500_000) & ~did("view").within(days=14)).node))
    (t.aum >= 500_000) & (~jk.did("view").within(days=14))
    """
    writer = _Writer()
    return writer.imports.before(writer.value(node, 0))


def segment_code(segment: Segment) -> str:
    """A segment.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> print(segment_code(Segment("rich", tag("aum") >= 500_000, title="Rich")))
    jk.Segment("rich", t.aum >= 500_000, title="Rich")
    """
    writer = _Writer()
    return writer.imports.before(writer.value(segment, 0))


def strategy_code(strategy: Strategy) -> str:
    """A strategy, by its verbs; as YAML where no verbs make it.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> plan = Strategy("call_back", stage="retain", goal=Goal(tag("holds_wealth"), within_days=30))
    >>> plan = plan.start(Segment("rich", tag("aum") >= 500_000), control=0.10)
    >>> print(strategy_code(plan.send("sms", offer="W-30D").wait(days=3).assign("manager", offer="W-30D")))
    (
        jk.Strategy("call_back", stage="retain", goal=jk.Goal(t.holds_wealth, within_days=30))
        .start(jk.Segment("rich", t.aum >= 500_000), control=0.1)
        .send("sms", offer="W-30D")
        .wait(days=3)
        .assign("manager", offer="W-30D")
    )
    """
    writer, bare = _Writer(), strategy.model_copy(update={"nodes": ()})
    for outside in (False, True):
        steps = steps_of(strategy, outside=outside)
        given = _given_ids(strategy, steps)
        calls = None if given is None else calls_of(steps, given)
        if calls is not None and _makes(bare, calls, strategy):
            return writer.imports.before(writer.strategy(strategy, calls))
    text = strategy.to_yaml().replace("\\", "\\\\").replace('"""', '\\"""')
    return f'jk.Strategy.from_yaml("""\\\n{text}""")'


def _makes(bare: Strategy, calls: tuple[Call, ...], strategy: Strategy) -> bool:
    """Whether the calls make that strategy."""
    try:
        return made(bare, calls) == strategy
    except DefinitionError:
        return False


def _given_ids(strategy: Strategy, steps: Steps) -> set[str] | None:
    """The ids that have to be given to the verbs; None where that does not make these nodes either."""
    if [node.id for node in nodes_of(steps)] != [node.id for node in strategy.nodes]:
        return None
    given: set[str] = set()
    while others := {old for old, new in named(steps, given).items() if old != new}:
        if others & given:
            return None
        # One id given may make room for another, so the first only.
        given.add(next(old for old, new in named(steps, given).items() if old != new))
    joins = {node.id for node in strategy.nodes if isinstance(node, Join)}
    return None if joins & given else given


@dataclass
class _Writer:
    """Writes code at a depth, broken over lines where one would be too long."""

    imports: Imports = field(default_factory=Imports)

    def strategy(self, strategy: Strategy, calls: Iterable[Call]) -> str:
        """The whole chain of verbs, each on a line of its own."""
        head = self._call("jk.Strategy", self._head(strategy), 4)
        lines = [head, *(f".{self._verb(call, 4)}" for call in calls)]
        return "(\n" + "".join(f"    {line}\n" for line in lines) + ")" if len(lines) > 1 else head

    def _head(self, strategy: Strategy) -> list[tuple[str, Any]]:
        changed = {
            name: getattr(strategy, name)
            for name, known in Strategy.model_fields.items()
            if name not in ("name", "nodes") and getattr(strategy, name) != known.default
        }
        return [("", strategy.name), *changed.items()]

    def _verb(self, call: Call, depth: int) -> str:
        return self._call(call.verb, [*(("", one) for one in call.given), *call.named.items()], depth)

    def _call(self, name: str, arguments: list[tuple[str, Any]], depth: int) -> str:
        """A call with its arguments by name, or without one."""
        return self._inside(
            f"{name}(", [(f"{key}=" if key else "", value) for key, value in arguments], ")", depth
        )

    def _inside(self, opening: str, parts: list[tuple[str, Any]], closing: str, depth: int) -> str:
        """Parts between brackets: on one line where there is room for them."""
        line = f"{opening}{', '.join(key + self.value(value, depth) for key, value in parts)}{closing}"
        if "\n" not in line and depth + len(line) <= WIDTH:
            return line
        margin = " " * (depth + 4)
        lines = [f"{margin}{key}{self.value(value, depth + 4)},\n" for key, value in parts]
        return f"{opening}\n{''.join(lines)}{' ' * depth}{closing}"

    def value(self, value: Any, depth: int) -> str:
        """Any argument of a verb."""
        match value:
            case Segment():
                titles = [(key, text) for key in ("title", "title_zh") if (text := getattr(value, key))]
                return self._call("jk.Segment", [("", value.name), ("", value.where), *titles], depth)
            case Goal():
                given = [("", value.expression), ("within_days", value.within_days)]
                return self._call("jk.Goal", given, depth)
            case Node():
                return self._expression(value, depth)
            case Way():
                return self._way(value, depth)
            case dict():
                ways = [(f"{quote(name)}: ", one) for name, one in value.items()]
                return self._inside("{", ways, "}", depth)
            case tuple():
                return self._inside("(", [("", one) for one in value], ")", depth)
            case str():
                return quote(value)
            case Decimal():
                return self._decimal(value)
            case date():
                self.imports.need("datetime", "date")
                return repr(value).removeprefix("datetime.")
            case int():
                return digits(value)
        return repr(value)

    def _way(self, way: Way, depth: int) -> str:
        """A path: on one line where there is room, else a verb on each."""
        line = "jk.path()" + "".join(f".{self._verb(call, depth)}" for call in way.calls)
        if "\n" not in line and depth + len(line) <= WIDTH:
            return line
        return "jk.path()" + "".join(
            f"\n{' ' * (depth + 4)}.{self._verb(call, depth + 4)}" for call in way.calls
        )

    def _expression(self, node: Node, depth: int) -> str:
        """An expression; a long one with a part on each line."""
        if isinstance(node, Value):
            return read_back(node, self.imports)
        line = write(node, self.imports)
        if depth + len(line) <= WIDTH or not is_joined(node):
            return line
        margin = " " * (depth + 4)
        sign = "& " if isinstance(node, And) else "| "
        parts = [write_part(part, self.imports) for part in node.children()]
        return f"(\n{margin}" + f"\n{margin}{sign}".join(parts) + f"\n{' ' * depth})"

    def _decimal(self, value: Decimal) -> str:
        """A number of a strategy, which takes a float as the decimal number that it prints as."""
        if value == value.to_integral_value() and "E" not in str(value):
            whole = int(value)
            return digits(whole) if Decimal(whole) == value else repr(value)
        short = repr(float(value))
        return short if Decimal(short) == value else self.imports.need("decimal", "Decimal") + f"('{value}')"
