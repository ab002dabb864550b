"""A strategy as a value: nodes that point to the next one, a goal, and verbs that build it.

Code, YAML and canvas are views of the same value, and every verb returns a new one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from journeykit.errors import DefinitionError
from journeykit.expressions import AnyNode, Expression
from journeykit.segments import Segment
from journeykit.settings import find_root
from journeykit.strategies.offers import Exact, named
from journeykit.yaml_files import Name, from_yaml, read_definition, to_yaml, write_definition

END = "end"
"""Where a finished path leads: no more contacts, measured until the goal or the end of its window."""

CONTROL = "control"
"""Where the control group stands: measured like everybody, never contacted."""

Stage = Literal["acquire", "activate", "retain"]


def _node_of(value: object) -> object:
    return value.node if isinstance(value, Expression) else value


Rule = Annotated[AnyNode, BeforeValidator(_node_of)]


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Start(_Definition):
    """Where members of a segment enter, once in their life; a share of them only as control."""

    kind: Literal["start"] = "start"
    id: str = "start"
    segment: Segment
    control: Exact = Field(default=0, ge=0, le=1, validate_default=True)
    next: str = END


class Send(_Definition):
    """An offer through a channel."""

    kind: Literal["send"] = "send"
    id: str
    channel: str
    offer: str
    next: str = END


class Assign(_Definition):
    """A task for the customer's own manager, due some days after the contact date."""

    kind: Literal["assign"] = "assign"
    id: str
    to: Literal["manager"] = "manager"
    channel: str = "mobile_sales"
    offer: str
    due_days: int = Field(default=3, ge=1)
    script: str = ""
    script_zh: str = ""
    next: str = END


class Wait(_Definition):
    """A pause: over when `days` days have passed since the step before it.

    Behind an action that became a lead they count from the date of the contact, which may be days after the
    one it was decided as of: a visit decided on Friday is made on Monday. Behind an action that could not
    reach the customer, or another wait, they count from the day that one was over.
    """

    kind: Literal["wait"] = "wait"
    id: str
    days: int = Field(ge=1)
    next: str = END


class Exit(_Definition):
    """The customer leaves at once and is measured no longer."""

    kind: Literal["exit"] = "exit"
    id: str = "exit"


GraphNode = Annotated[Start | Send | Assign | Wait | Exit, Field(discriminator="kind")]


class Goal(_Definition):
    """What the strategy wants to become true, within days of entering."""

    expression: Rule
    within_days: int = Field(ge=1)

    def __init__(self, expression: object = None, **fields: Any) -> None:
        super().__init__(**named("expression", expression, fields))


class Strategy(_Definition):
    """A journey: who enters, what happens, and what it is for.

    Attributes
    ----------
    stage : str
        ``acquire``, ``activate`` or ``retain``.
    owner : str
        The team that answers for it.
    priority : int
        Between offers of equal expected value the smaller number goes first.
    goal : Goal
        Reached from anywhere, by treated and control customers alike.
    exit_when : expression
        A customer for whom it holds leaves, whatever the node.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> plan = (
    ...     Strategy("first_purchase", stage="activate", goal=Goal(tag("holds_wealth"), within_days=30))
    ...     .start(Segment("idle", tag("aum") >= 500_000), control=0.10)
    ...     .send("app_push", offer="W-30D")
    ...     .wait(days=3)
    ...     .assign("manager", offer="W-30D")
    ... )
    >>> [node.id for node in plan.nodes]
    ['start', 'send_app_push', 'wait_3d', 'assign_manager']
    >>> Strategy.from_yaml(plan.to_yaml()) == plan
    True
    """

    name: Name
    title: str = ""
    title_zh: str = ""
    stage: Stage
    owner: str = ""
    priority: int = Field(default=100, ge=1)
    goal: Goal | None = None
    exit_when: Rule | None = None
    nodes: tuple[GraphNode, ...] = ()

    def __init__(self, name: str | None = None, **fields: Any) -> None:
        super().__init__(**named("name", name, fields))

    def start(self, segment: Segment, *, control: float | str = 0) -> Self:
        """Let the members of a segment in, a `control` share of them only to be measured."""
        if self.nodes:
            raise DefinitionError(
                f"Strategy '{self.name}' has a start already. Begin with Strategy(...).start(...)."
            )
        return self._with(Start.model_validate({"segment": segment, "control": control}))

    def send(self, channel: str, *, offer: str) -> Self:
        """Send an offer through a channel."""
        return self._then(Send(id=self._free_id(f"send_{channel}"), channel=channel, offer=offer))

    def assign(
        self, to: Literal["manager"], *, offer: str, due_days: int = 3, script: str = "", script_zh: str = ""
    ) -> Self:
        """Give the customer's manager a task."""
        return self._then(
            Assign(
                id=self._free_id(f"assign_{to}"), to=to, offer=offer, due_days=due_days,
                script=script, script_zh=script_zh,
            )
        )  # fmt: skip

    def wait(self, *, days: int) -> Self:
        """Pause for some days."""
        return self._then(Wait(id=self._free_id(f"wait_{days}d"), days=days))

    def exit(self) -> Self:
        """Let customers leave here; without it they are measured until the goal window ends."""
        return self._then(Exit(id=self._free_id("exit")))

    def node(self, node_id: str) -> GraphNode:
        """The node with that id."""
        return next(node for node in self.nodes if node.id == node_id)

    @property
    def starts(self) -> tuple[Start, ...]:
        """The start nodes; one, in a strategy that can run."""
        return tuple(node for node in self.nodes if isinstance(node, Start))

    @property
    def actions(self) -> tuple[Send | Assign, ...]:
        """The nodes that contact a customer."""
        return tuple(node for node in self.nodes if isinstance(node, Send | Assign))

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """Every expression the strategy reads."""
        goal = (self.goal.expression,) if self.goal else ()
        leaving = (self.exit_when,) if self.exit_when else ()
        return tuple(start.segment.where for start in self.starts) + goal + leaving

    def to_yaml(self) -> str:
        """The strategy as YAML text; the same value always gives the same text."""
        return to_yaml(self)

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """The strategy in a YAML text."""
        return from_yaml(text, cls)

    def save(self, folder: Path | None = None) -> Path:
        """Write ``<name>.yaml`` in a folder, by default the workspace's ``scheduled/strategies``."""
        folder = folder or find_root() / "scheduled" / "strategies"
        return write_definition(folder / f"{self.name}.yaml", self)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a strategy's YAML file."""
        return read_definition(Path(path), cls)

    def _with(self, *nodes: GraphNode) -> Self:
        return self.model_copy(update={"nodes": nodes})

    def _then(self, node: GraphNode) -> Self:
        if not self.nodes:
            raise DefinitionError(
                f"Strategy '{self.name}' has no start yet. Begin with .start(segment, control=0.10)."
            )
        *before, last = self.nodes
        if isinstance(last, Exit):
            raise DefinitionError(
                f"Strategy '{self.name}': nothing can follow '{last.id}'. Put the step before it."
            )
        return self._with(*before, last.model_copy(update={"next": node.id}), node)

    def _free_id(self, wanted: str) -> str:
        taken = {node.id for node in self.nodes} | {END, CONTROL}
        if wanted not in taken:
            return wanted
        return next(name for n in range(2, len(taken) + 3) if (name := f"{wanted}_{n}") not in taken)
