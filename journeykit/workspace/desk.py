"""Where strategies are decided on: the workspace's definitions and its ledger, opened once for many steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from journeykit.errors import ApprovalError, DefinitionError, unknown_name
from journeykit.identity import acting, is_demo
from journeykit.ledger import Ledger
from journeykit.ledger.approvals import append_step, people_in_flight, read_closures
from journeykit.mart.mart import Mart
from journeykit.settings import Settings, load_settings
from journeykit.strategies.approval import Life, read_lives
from journeykit.strategies.checking import Finding, check_strategy, require_sound
from journeykit.strategies.data_used import data_used
from journeykit.strategies.differences import closure_difference
from journeykit.strategies.expecting import expect_name
from journeykit.strategies.gate import Gate
from journeykit.strategies.graph import Strategy
from journeykit.strategies.history import StrategyHistory
from journeykit.strategies.permission import permit, role_for, who_may
from journeykit.strategies.playbook import Playbook, load_readable
from journeykit.strategies.stored import read_stored
from journeykit.strategies.submission import check_confirmed, check_days, check_in_flight, checked_text
from journeykit.strategies.versions import closure, closure_text, version_of_text
from journeykit.tags import Catalogue
from journeykit.workspace.checking import look_at_audience
from journeykit.workspace.opening import catalogue, open_ledger


@dataclass(frozen=True)
class Desk:
    """Takes the steps that :mod:`journeykit.workspace.approving` describes."""

    settings: Settings
    ledger: Ledger

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Desk]:
        """The desk of this workspace."""
        settings = load_settings()
        ledger = open_ledger(settings)
        try:
            yield cls(settings, ledger)
        finally:
            ledger.close()

    # Read when first asked for: to pause a strategy, no definition need be in order.

    @cached_property
    def playbook(self) -> Playbook:
        """Drafts, offers, channels and models, as files have them."""
        return load_readable(self.settings.scheduled)

    @cached_property
    def tags(self) -> Catalogue:
        """The tags of this workspace."""
        return catalogue(self.settings)

    @property
    def gate(self) -> Gate:
        """What a version means today, against what is on record."""
        return Gate(
            self.ledger, self.tags, self.playbook, roles=self.settings.roles,
            demo=self.settings.workspace.demo,
        )  # fmt: skip

    def life(self, name: str) -> Life:
        """Where a strategy stands; one that is only a draft has no steps."""
        expect_name(name)
        lives = read_lives(self.ledger)
        if name in lives:
            return lives[name]
        drafts = {*self.playbook.strategies, *self.playbook.unreadable}
        if name not in drafts:
            raise unknown_name(
                "strategy", name, {*lives, *drafts}, "List them with: journeykit strategy list"
            )
        return Life(name)

    def draft(self, name: str) -> Strategy:
        """The strategy in a file."""
        known = self.playbook.strategies
        if name in self.playbook.unreadable:
            raise DefinitionError(self.playbook.unreadable[name])
        if name not in known:
            raise unknown_name("strategy", name, known, "Strategies lie in scheduled/strategies.")
        return known[name]

    def history(self, name: str) -> StrategyHistory:
        """Every step of a strategy, and what its versions were."""
        life, closures = self.life(name), read_closures(self.ledger)
        versions: dict[str, Strategy] = {}
        for version in dict.fromkeys(step.version for step in life.steps):
            try:
                versions[version] = read_stored(name, version, closures[name, version]).strategy
            except DefinitionError:
                continue  # its steps are told all the same
        people = people_in_flight(self.ledger).get(name, {})
        return StrategyHistory(life, versions, people, self.settings.workspace.timezone)

    def submit(
        self, plan: Strategy, mart: Mart, *, purpose: str, harm: str, data_confirmed: bool, in_flight: str,
        days: int, as_: str,
    ) -> StrategyHistory:  # fmt: skip
        """Propose a strategy; see :func:`journeykit.workspace.approving.submit`."""
        actor = self._acting("submitted", as_)
        plan = Strategy.from_yaml(plan.to_yaml())  # what a file would hold is what goes on record
        findings = check_strategy(plan, mart.tags, self.playbook.offers, self.playbook.channels)
        require_sound(findings)
        content = closure(plan, self.tags, self.playbook)
        text = closure_text(content)
        version = version_of_text(text)
        life = read_lives(self.ledger).get(plan.name, Life(plan.name))
        permit(life, "submitted", version, actor, self.settings.roles)
        answers = {
            "purpose": checked_text("purpose", purpose, "Keep maturing money in the bank"),
            "harm": checked_text("answer who could be harmed", harm, "Elderly people, who get calls only"),
            "in_flight": check_in_flight(in_flight),
        }
        used = data_used(plan, self.tags, self.playbook)
        check_confirmed(used, data_confirmed)
        check_days(days, demo=self.settings.workspace.demo)
        live = self.gate.stored(plan.name, life.live).closure if life.live else None
        detail = {
            **answers,
            "data": used.rows(),
            "warnings": [
                {"text": f"{one.node}: {one.message}", "text_zh": f"{one.node}：{one.message_zh}"}
                for one in (*findings, *self._audience(plan, mart, days))
            ],
            "difference": closure_difference(live, content, self.tags).rows(),
            "simulation": self._simulation(plan, mart, days, in_flight),
        }
        self._append(life, "submitted", version, actor=actor, detail=detail, closure=text)
        return self.history(plan.name)

    def _audience(self, plan: Strategy, mart: Mart, days: int) -> tuple[Finding, ...]:
        """What today's customers make of it; looked at where it is simulated. Errors refuse it."""
        found = look_at_audience(plan, mart, self.playbook, self.settings) if days else ()
        require_sound(found)
        return found

    def _simulation(self, plan: Strategy, mart: Mart, days: int, in_flight: str) -> dict[str, Any]:
        """The figures of a simulation made here, so that nobody attaches those of another strategy."""
        from journeykit.workspace.simulating import simulate  # charts and frames load when used

        return simulate(plan, mart, days, in_flight).summary() if days else {}

    def approve(self, name: str, version: str, as_: str) -> StrategyHistory:
        """Let a version become live; see :func:`journeykit.workspace.approving.approve`."""
        life = self.life(name)
        version = life.called(version)
        actor = self._permitted(life, "approved", version, as_)
        changed = self.gate.change(name, version)
        if changed:
            raise ApprovalError(f"Cannot approve '{name}': {changed}")
        self._append(life, "approved", version, actor=actor, detail={})
        return self.history(name)

    def act(
        self, name: str, action: str, version: str | None, detail: dict[str, Any], as_: str
    ) -> StrategyHistory:
        """Take any other step; without a version it is about the one that runs, or that people finish on."""
        life = self.life(name)
        about = life.concerned if version is None else life.called(version)
        actor = self._permitted(life, action, about, as_)
        self._append(life, action, about, actor=actor, detail=detail)
        return self.history(name)

    def _permitted(self, life: Life, action: str, version: str, as_: str) -> str:
        """Who acts, if that person may."""
        actor = self._acting(action, as_)
        permit(life, action, version, actor, self.settings.roles)
        return actor

    def _acting(self, action: str, as_: str) -> str:
        """Who acts, if that person has the role; in a demonstration an error says who has it."""
        actor, roles = acting(self.settings, as_), self.settings.roles
        made_up = [name for name in who_may(action, roles) if is_demo(name)]
        try:
            role_for(action, actor, roles)
        except ApprovalError as error:
            if not (self.settings.workspace.demo and made_up):
                raise
            raise ApprovalError(f"{error} In this demonstration add --as '{made_up[0]}'.") from error
        return actor

    def _append(
        self, life: Life, action: str, version: str, *, actor: str, detail: dict[str, Any],
        closure: str | None = None,
    ) -> None:  # fmt: skip
        """Record a step, and the role in which it was taken."""
        known = {**detail, "role": role_for(action, actor, self.settings.roles)}
        append_step(
            self.ledger, life.steps, strategy=life.strategy, version=version, action=action, actor=actor,
            detail=known, closure=closure,
        )  # fmt: skip
