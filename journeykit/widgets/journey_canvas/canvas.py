"""The canvas: a strategy as a graph that is drawn by mouse and keyboard."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import traitlets

from journeykit.errors import DefinitionError, JourneykitError
from journeykit.mart.mart import Mart
from journeykit.settings import load_settings
from journeykit.strategies.checking import Finding
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook, load_readable
from journeykit.strategies.reaching import Reach, reach
from journeykit.strategies.saving import strategies_folder
from journeykit.strategies.telling import Teller
from journeykit.widgets.asking import Json, Nothing, answers
from journeykit.widgets.coding import strategy_code
from journeykit.widgets.drafts import open_text, refuse_another, seen_text
from journeykit.widgets.journey_canvas.counting import managers_room, numbers
from journeykit.widgets.journey_canvas.guarding import check_names, checked_places
from journeykit.widgets.journey_canvas.living import live_strategy, living
from journeykit.widgets.journey_canvas.naming import normal
from journeykit.widgets.journey_canvas.palette import choices
from journeykit.widgets.journey_canvas.questions import Days, Edit, Places, Submission
from journeykit.widgets.journey_canvas.replaying import replay
from journeykit.widgets.journey_canvas.static import static_form
from journeykit.widgets.journey_canvas.telling import findings_json, structure, table_json, told, told_rules
from journeykit.widgets.revising import Revised, require_revision
from journeykit.widgets.rules import RuleQuestions
from journeykit.widgets.view import STATIC, View
from journeykit.workspace.checking import look_at_audience
from journeykit.workspace.desk import Desk


class JourneyCanvas(RuleQuestions, View):
    """Draws a strategy: nodes are dragged from a palette, connected, and filled in by forms.

    Parameters
    ----------
    plan : Strategy or str
        A strategy, or the name of a saved one; ``jk.Strategy("name", stage="activate")`` to begin with
        nothing.
    mart : Mart
        With built tags; whose customers are counted.
    language : str, optional
        ``en`` or ``zh``; the workspace's by default.
    read_only : bool
        Only look; of a name then the version that runs, with its people of today.

    Attributes
    ----------
    value : Strategy
        As it is drawn now. Setting it changes what is shown; ``observe`` and ``traitlets.link`` tell of
        changes.

    Examples
    --------
    In a notebook::

        mart = jk.connect()
        canvas = jk.JourneyCanvas(jk.Strategy("first", stage="activate"), mart)
        canvas.value.name  # 'first'
    """

    _esm = STATIC / "journey-canvas.js"
    _css = STATIC / "journey-canvas.css"

    value = traitlets.Any()

    def __init__(
        self, plan: Strategy | str, mart: Mart, *, language: str = "", read_only: bool = False
    ) -> None:
        super().__init__(language)
        self.mart, self.read_only = mart, read_only
        self._settings = load_settings()
        self._playbook: Playbook = load_readable(self._settings.scheduled)
        self._teller = Teller.of(self.language, mart.tags, self._playbook.offers)
        self._room = managers_room(mart)
        self._places: dict[str, list[float]] = {}
        self._revision = 0
        self._file = ""
        self._in_edit = False
        self._own = ""
        self._live: tuple[str, Strategy | None] = ("", None)
        self._reached: tuple[Strategy, Reach] | None = None
        if isinstance(plan, str):
            plan = self._open(plan)
        self.value = plan
        self.refresh()

    def to_code(self) -> str:
        """The strategy as Python that makes it, with ``t = mart.tags``."""
        return strategy_code(self.value)

    @traitlets.validate("value")
    def _check_value(self, proposal: Any) -> Strategy:
        if not isinstance(proposal["value"], Strategy):
            raise DefinitionError(f"A strategy is expected, not {proposal['value']!r}. Give a jk.Strategy.")
        return proposal["value"]

    @traitlets.observe("value")
    def _show_value(self, _: Any) -> None:
        self._revision += 1
        if not self._in_edit:
            self._own = self.value.name
        self._file = seen_text(self.value, strategies_folder(), self._file)
        self.refresh()

    @answers("edit", Edit)
    def edit(self, asked: Edit) -> Json:
        """Take over what was drawn, and tell what became of it."""
        self._require_open(asked)
        drawn = Strategy.from_json(asked.definition)
        check_names(drawn, self.value, self.mart, self._playbook)
        made, renamed = normal(drawn, self.value, self._live_ids(drawn.name))
        places = checked_places(asked.places)
        self._keep({renamed.get(name, name): place for name, place in places.items()}, made)
        self._in_edit = True  # the browser asks for the numbers once it has shown what it drew
        try:
            if made == self.value:
                self.refresh()
            self.value = made
        finally:
            self._in_edit = False
        return self._drawn(renamed)

    @answers("place", Places)
    def place(self, asked: Places) -> Json:
        """Remember where nodes stand; where none is named, all are laid out."""
        require_revision(asked, self._revision, self.language)
        self._keep(checked_places(asked.places), self.value)
        self.refresh()
        return self._drawn({})

    @answers("choices", Nothing)
    def choices(self, _: Nothing) -> Json:
        """All that a canvas can be made of."""
        return choices(self.mart, self._playbook, self._settings, self._teller)

    @answers("numbers", Nothing)
    def numbers(self, _: Nothing) -> Json:
        """Today's people along the strategy as it is now; why there are none to tell."""
        if len(self.value.starts) != 1 or self.mart.build_id is None:
            return {"revision": self._revision, "problem": ""}  # the findings say so
        try:
            found = self._count()
        except JourneykitError as error:
            return {"revision": self._revision, "problem": str(error)}
        if self._static is not None:
            self._static.update(self._static_form())
        told_numbers = numbers(self.value, found, self._playbook, self._room, self._teller)
        return {"revision": self._revision, "problem": "", **told_numbers}

    @answers("audience", Nothing)
    def audience(self, _: Nothing) -> Json:
        """What is wrong with the strategy for today's customers, once it is sound by itself."""
        errors = [one for one in self._structure() if one["severity"] == "error"]
        found: tuple[Finding, ...] = ()
        if not errors and self.mart.build_id is not None:
            found = look_at_audience(self.value, self.mart, self._playbook, self._settings)
        return {"revision": self._revision, "findings": findings_json(found, self.language)}

    @answers("simulate", Days)
    def simulate(self, asked: Days) -> Json:
        """What to expect of the strategy in the days after its launch."""
        from journeykit.workspace.simulating import simulate  # charts and frames load when used

        return {
            "revision": self._revision,
            **replay(simulate(self.value, self.mart, asked.days), self.language),
        }

    @answers("live", Nothing)
    def live(self, _: Nothing) -> Json:
        """How it differs from the version that runs, and who is in the strategy today."""
        return {"revision": self._revision, **living(self.value, self.mart, self.language)}

    @answers("code", Nothing)
    def code(self, _: Nothing) -> Json:
        """The strategy as Python."""
        return {"code": self.to_code()}

    @answers("save", Revised)
    def save(self, asked: Revised) -> Json:
        """Write the strategy to its file, never over one that somebody else has written meanwhile."""
        self._require_open(asked)
        refuse_another(self.value, strategies_folder(), self._file, "jk.JourneyCanvas")
        self._file = self.value.save().read_text(encoding="utf-8")
        self.refresh()
        return {"file": f"{self.value.name}.yaml"}

    @answers("data", Nothing)
    def data_used(self, _: Nothing) -> Json:
        """What the strategy reads of its customers."""
        from journeykit.workspace.approving import data_used

        return {"table": table_json(data_used(self.value).table(self.language))}

    @answers("submit", Submission)
    def submit(self, asked: Submission) -> Json:
        """Propose the strategy to the approvers; it is simulated first."""
        from journeykit.workspace.approving import submit

        self._require_open(asked)
        if self.value.name != self._own:  # a name typed here may be that of a strategy that was never opened
            refuse_another(self.value, strategies_folder(), self._file, "jk.JourneyCanvas")
        history = submit(
            self.value, purpose=asked.purpose, harm=asked.harm, data_confirmed=asked.data_confirmed,
            in_flight=asked.in_flight, as_=asked.as_,
        )  # fmt: skip
        version = history.life.submitted
        return {"version": version, "table": table_json(history.findings(version, self.language))}

    def _open(self, name: str) -> Strategy:
        """A saved strategy; to look at, the version that runs."""
        running = self._live_strategy(name) if self.read_only else None
        if running is not None:
            return running
        found = Strategy.load(name)
        self._file = open_text(found, strategies_folder())
        return found

    def _live_ids(self, name: str) -> set[str]:
        """The ids of the nodes in which people may stand; looked up once for a name."""
        if self._live[0] != name:
            self._live = (name, self._live_strategy(name))
        return {node.id for node in self._live[1].nodes} if self._live[1] else set()

    def _live_strategy(self, name: str) -> Strategy | None:
        with Desk.open() as desk:
            return live_strategy(desk, name)

    def _drawn(self, renamed: dict[str, str]) -> Json:
        """What became of what was drawn: the state comes later, and what is drawn next begins here."""
        return {
            "revision": self._revision,
            "renamed": renamed,
            "definition": self.value.model_dump(mode="json"),
            "places": dict(self._places),
        }

    def _require_open(self, asked: Revised) -> None:
        if self.read_only:
            raise DefinitionError("This canvas is only for looking. Open one without read_only=True.")
        require_revision(asked, self._revision, self.language)

    def _keep(self, places: dict[str, list[float]], plan: Strategy) -> None:
        """Places of nodes that exist."""
        ids = {node.id for node in plan.nodes}
        self._places = {name: place for name, place in places.items() if name in ids}

    def _structure(self) -> list[Json]:
        return structure(self.value, self.mart, self._playbook, self.language)

    def _show(self) -> Json:
        plan: Strategy = self.value
        return {
            "revision": self._revision,
            "definition": plan.model_dump(mode="json"),
            "told": told(plan, self._teller),
            "rules": told_rules(plan, self._teller),
            "findings": self._structure(),
            "places": dict(self._places),
            "saved": self._file == plan.to_yaml(),
            "read_only": self.read_only,
            "demo": self._settings.workspace.demo,
        }

    def _count(self) -> Reach:
        """Today's people; counted once for a strategy."""
        if self._reached is None or self._reached[0] != self.value:
            self._reached = (self.value, reach(self.value, self.mart))
        return self._reached[1]

    def _static_html(self) -> str:
        reached = None
        if not self._in_edit and len(self.value.starts) == 1 and self.mart.build_id is not None:
            with suppress(JourneykitError):  # the findings say why
                reached = self._count()
        return static_form(self.value, self.mart, self._playbook, self.language, reached)
