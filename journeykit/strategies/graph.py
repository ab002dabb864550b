"""A strategy as a value: nodes that point to the next one, a goal, and verbs that build it.

Code, YAML and canvas are views of the same value, and every verb returns a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, WrapValidator

from journeykit.errors import DefinitionError
from journeykit.expressions import AnyNode
from journeykit.segments import Segment
from journeykit.strategies.building import Money
from journeykit.strategies.making import make, misgiven
from journeykit.strategies.nodes import Action, Definition, GraphNode, Rule, Start, WaitHour, in_its_place
from journeykit.strategies.offers import Offer, Whole, named
from journeykit.strategies.saving import Saved
from journeykit.yaml_files import Text

if TYPE_CHECKING:
    from journeykit.segments.explaining import Explanation

Stage = Literal["acquire", "activate", "retain"]

MAX_NODES = 5_000
"""Of one strategy; whoever needs more has several journeys."""

_GOAL = "jk.Goal(t.holds_wealth, within_days=30)"
_STRATEGY = f'jk.Strategy("first_purchase", stage="activate", goal={_GOAL})'


class Goal(Definition):
    """What the strategy wants to become true, within days of entering."""

    expression: Rule
    within_days: Whole = Field(ge=1, le=3650)

    def __init__(self, expression: object = None, **fields: Any) -> None:
        try:
            super().__init__(**named("expression", expression, fields))
        except ValidationError as error:
            raise misgiven("goal", error, _GOAL) from error


class Strategy(Saved):
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

    title: Text = ""
    title_zh: Text = ""
    stage: Stage
    owner: Text = ""
    priority: Whole = Field(default=100, ge=1, le=1_000_000)
    goal: Annotated[Goal, WrapValidator(in_its_place)] | None = None
    exit_when: Rule | None = None
    nodes: tuple[GraphNode, ...] = Field(default=(), max_length=MAX_NODES)

    def __init__(self, name: str | None = None, **fields: Any) -> None:
        try:
            super().__init__(**named("name", name, fields))
        except ValidationError as error:
            raise misgiven(f"strategy {name or fields.get('name')!r}", error, _STRATEGY) from error

    def start(
        self, segment: Segment, *, control: Money = 0,
        reentry: Literal["never", "whenever"] | int = "never",
        valid_from: date | None = None, valid_to: date | None = None,
    ) -> Self:  # fmt: skip
        """Let the members of a segment in, a `control` share of them only to be measured.

        See :class:`journeykit.strategies.nodes.Start` for who may come in again.
        """
        if self.nodes:
            raise DefinitionError(
                f"Strategy '{self.name}' has a start already. Begin with Strategy(...).start(...)."
            )
        if not isinstance(segment, Segment):
            raise DefinitionError(
                f".start() takes a segment, not {segment!r}. Write for example .start(jk.Segment('rich', "
                "t.aum >= 500_000)), or .start(jk.Segment.load('rich')) for a saved one."
            )
        fields = {"segment": segment, "control": control, "reentry": reentry,
                  "valid_from": valid_from, "valid_to": valid_to}  # fmt: skip
        return self._with((make(Start, id="start", **fields),))

    @property
    def starts(self) -> tuple[Start, ...]:
        """The start nodes; one, in a strategy that can run."""
        return tuple(node for node in self.nodes if isinstance(node, Start))

    @property
    def actions(self) -> tuple[Action, ...]:
        """The nodes that contact a customer."""
        return tuple(node for node in self.nodes if isinstance(node, Action))

    @property
    def rules(self) -> tuple[AnyNode, ...]:
        """Every expression the strategy reads."""
        goal = (self.goal.expression,) if self.goal else ()
        leaving = (self.exit_when,) if self.exit_when else ()
        return tuple(rule for node in self.nodes for rule in node.rules) + goal + leaving

    @property
    def hours_before(self) -> dict[str, int]:
        """By the id of a node the hour before which its contacts are not made; only where there is one."""
        hours: dict[str, int] = {}
        for node in self.nodes:
            if isinstance(node, WaitHour):
                hours[node.next] = max(node.hour, hours.get(node.next, 0))
        return hours

    def hour_before(self, action: str) -> int | None:
        """The hour before which a node's contacts are not made; None where no hour stands right before it."""
        return self.hours_before.get(action)

    def explain(
        self, language: str = "en", tags: Mapping[str, Any] | None = None,
        offers: Mapping[str, Offer] | None = None,
    ) -> Explanation:  # fmt: skip
        """Say in plain words, ``en`` or ``zh``, what it does.

        Tags are called as a catalogue calls them, and offers by their titles where they are given.

        Examples
        --------
        >>> from journeykit.expressions import tag
        >>> (
        ...     Strategy("call_back", stage="retain", goal=Goal(tag("holds_wealth"), within_days=30))
        ...     .start(Segment("rich", tag("aum") >= 500_000), control=0.10)
        ...     .send("sms", offer="W-30D")
        ...     .explain()
        ... )
        call_back (Retain)
        - Who enters
          - rich: those for whom
            - “Assets under management” is at least 500,000 yuan
          - 10% of them, drawn by lot, are the control group: measured like everybody, never contacted.
          - Nobody enters a second time.
        - What happens
          - Send the offer “W-30D” by text message.
          - Nothing more.
        - What counts as success
          - “Holds a wealth product”: yes, within 30 days of entering. It counts wherever somebody \
stands, also as control.
        - Who leaves before
          - Whoever has been in it for 30 days without reaching the goal.
        """
        from journeykit.strategies.explaining import explain

        return explain(self, language, tags, offers)

    def html(
        self, language: str = "en", tags: Mapping[str, Any] | None = None,
        offers: Mapping[str, Offer] | None = None,
    ) -> str:  # fmt: skip
        """Its flow as a drawing; one that nobody could read, or that has no start, as an explanation."""
        from journeykit.strategies.drawing import MOST_NODES, draw

        if len(self.starts) == 1 and len(self.nodes) <= MOST_NODES:
            return draw(self, language, tags, offers)
        return self.explain(language, tags, offers)._repr_html_()

    def _repr_html_(self) -> str:
        return self.html()

    def renamed(self, name: str) -> Self:
        """The same journey under another name, to begin a copy with; whom it controls is drawn anew.

        Examples
        --------
        >>> Strategy("first", stage="retain").renamed("second").name
        'second'
        """
        return type(self)(**{**dict(self), "name": name})

    def _then(self, node: GraphNode) -> Self:
        if not self.nodes:
            raise DefinitionError(
                f"Strategy '{self.name}' has no start yet. Begin with .start(segment, control=0.10)."
            )
        return super()._then(node)
