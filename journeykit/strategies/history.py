"""What became of a strategy, version by version: a value that prints well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from journeykit.clock import on_the_wall
from journeykit.contract import subject
from journeykit.display import Table, show_value
from journeykit.errors import unknown_name
from journeykit.i18n import in_language, label
from journeykit.ledger.approvals import Step
from journeykit.strategies.approval import Life
from journeykit.strategies.graph import Strategy


@dataclass(frozen=True)
class StrategyHistory:
    """The steps of a strategy, the first one first; ``history["<version>"]`` is the strategy of one.

    Attributes
    ----------
    life : Life
        The steps, and where the strategy stands after them.
    versions : mapping of str to Strategy
        What was submitted, by version.
    people : mapping of str to int
        How many people are in a version, by those that have any.
    timezone : str
        In which times are told.
    """

    life: Life
    versions: Mapping[str, Strategy]
    people: Mapping[str, int] = field(default_factory=dict)
    timezone: str = "UTC"

    @property
    def name(self) -> str:
        """Of the strategy."""
        return self.life.strategy

    @property
    def state(self) -> str:
        """Of its newest version: ``draft`` before anybody submitted one."""
        steps = self.life.steps
        newest = self.life.submitted or self.life.runs or (steps[-1].version if steps else "")
        return told_state(self.life, newest, self.people)

    def __getitem__(self, version: str) -> Strategy:
        if version not in self.versions:
            raise unknown_name(
                f"version of strategy '{self.name}'", version, self.versions,
                f'List them with jk.strategy_history("{self.name}").',
            )  # fmt: skip
        return self.versions[version]

    def rows(self) -> list[dict[str, Any]]:
        """The steps as plain values, with everything that belongs to each."""
        return [
            {
                "step": step.step, "version": step.version, "action": step.action, "actor": step.actor,
                "at": on_the_wall(step.at, self.timezone), "detail": dict(step.detail),
            }
            for step in self.life.steps
        ]  # fmt: skip

    def table(self, language: str = "en") -> Table:
        """One row for each step: when, who, what, and what was said."""
        heads = tuple(
            label(f"approval.{key}", language).format(self.timezone)
            for key in ("at", "version", "step", "actor", "said")
        )
        rows = tuple(
            (
                on_the_wall(one.at, self.timezone).replace(tzinfo=None), one.version,
                label(f"approval.{one.action}", language), one.actor, self._said(one, language),
            )
            for one in self.life.steps
        )  # fmt: skip
        state = label(f"approval.{self.state}", language)
        return Table(f"{self.name}: {state}", heads, rows)

    def people_table(self, language: str = "en") -> Table:
        """One row for each version that has people, with its state and how many."""
        heads = tuple(label(f"approval.{key}", language) for key in ("version", "state", "in_it"))
        rows = tuple(
            (version, label(f"approval.{told_state(self.life, version, self.people)}", language), count)
            for version, count in self.people.items()
        )
        return Table("", heads, rows)

    def tables(self, language: str = "en") -> list[Table]:
        """The steps, and the people of each version where more than one has any."""
        people = [self.people_table(language)] if len(self.people) > 1 else []
        return [self.table(language), *people]

    def proposal(self, version: str, language: str = "en") -> Table | None:
        """What was submitted with a version, for whoever decides on it; None when it never was.

        The answers of the author, the data it uses, what differs from the version that was live, and the
        figures of the simulation.
        """
        submitted = self.life.last("submitted", version)
        if submitted is None:
            return None
        answers = [
            *self._answers(submitted, language),
            *_content(submitted, language),
            *_found(submitted, language),
            *_assumed(submitted, language),
        ]
        return _answer_table(f"{self.name} {version}", answers, language)

    def findings(self, version: str, language: str = "en") -> Table:
        """What the check and the simulation of a submission found, and what becomes of people in flight."""
        submitted = self.life.last("submitted", version)
        state = label(f"approval.{told_state(self.life, version, self.people)}", language)
        found = [*self._choice(submitted, language), *_found(submitted, language)] if submitted else ()
        return _answer_table(f"{self.name} {version}: {state}", found, language)

    def coming(self, language: str = "en") -> str:
        """When a version that is approved becomes live; empty when none is."""
        approved = self.life.approved
        if not approved:
            return ""
        key = "approval.comes_resumed" if self.life.paused else "approval.comes"
        return label(key, language).format(approved, self.name)

    def __repr__(self) -> str:
        return "\n\n".join([*map(repr, self.tables()), *filter(None, [self.coming()])])

    def _repr_html_(self) -> str:
        coming = f"<p>{escape(self.coming())}</p>" if self.life.approved else ""
        return "".join(table._repr_html_() for table in self.tables()) + coming

    def _said(self, step: Step, language: str) -> str:
        """The words that belong to a step."""
        told = [str(step.detail[key]) for key in ("purpose", "reason") if step.detail.get(key)]
        if choice := self._in_flight(step):
            told.append(label(f"approval.in_flight.{choice}", language))
        return " · ".join(told)

    def _in_flight(self, step: Step) -> str:
        """What a step says of people in flight; nothing where there was no version that could have any."""
        ran = any(one.action == "live" for one in self.life.steps[: step.step - 1])
        return step.detail.get("in_flight", "") if ran else ""

    def _answers(self, submitted: Step, language: str) -> Iterator[tuple[str, str]]:
        """What the author of a submission says, a line at a time."""
        yield "actor", submitted.actor
        yield "purpose", submitted.detail["purpose"]
        yield "harm", submitted.detail["harm"]
        yield from self._choice(submitted, language)

    def _choice(self, submitted: Step, language: str) -> Iterator[tuple[str, str]]:
        """What becomes of people in flight."""
        if choice := self._in_flight(submitted):
            yield "in_flight", label(f"approval.in_flight.{choice}", language)


def told_state(life: Life, version: str, people: Mapping[str, int]) -> str:
    """The state of a version as it is told: one that was refused anew may still have people who finish."""
    known = life.state(version)
    if known not in ("refused", "withdrawn") or version not in people or life.leaves_as(version):
        return known
    return "finishing" if life.last("live", version) else known


def _answer_table(title: str, answers: Iterable[tuple[str, str]], language: str) -> Table:
    heads = (label("approval.asked", language), label("approval.answer", language))
    return Table(title, heads, tuple((label(f"approval.{key}", language), said) for key, said in answers))


def _content(submitted: Step, language: str) -> Iterator[tuple[str, str]]:
    """The data that what was submitted uses, and what it changes, a line at a time."""
    detail = submitted.detail
    for row in detail["data"]:
        name = in_language(language, subject(row["subject"]).title, subject(row["subject"]).title_zh)
        yield "data", f"{row['privacy']} {name}: {', '.join(row['columns'])}"
    for row in detail["difference"]:
        yield "difference", in_language(language, row["text"], row["text_zh"])


def _found(submitted: Step, language: str) -> Iterator[tuple[str, str]]:
    """What check and simulation found, a line at a time."""
    detail = submitted.detail
    for row in detail["warnings"]:
        yield "warning", in_language(language, row["text"], row["text_zh"])
    for figure in ("days", "entered", "contacts", "goals", "goals_control", "cost"):
        if figure in detail["simulation"]:
            yield figure, _band(detail["simulation"][figure])


def _assumed(submitted: Step, language: str) -> Iterator[tuple[str, str]]:
    for one in submitted.detail["simulation"].get("assumptions", ()):
        yield "assumption", in_language(language, one["text"], one["text_zh"])


def _band(value: Any) -> str:
    """A figure; one that is not certain with the ends of its interval."""
    if not isinstance(value, Mapping):
        return show_value(value)
    low, high = show_value(value["low"]), show_value(value["high"])
    return f"{show_value(value['expected'])} ({low} – {high})"
