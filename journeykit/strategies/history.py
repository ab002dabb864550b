"""What became of a strategy, version by version: a value that prints well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
    """

    life: Life
    versions: Mapping[str, Strategy]

    @property
    def name(self) -> str:
        """Of the strategy."""
        return self.life.strategy

    @property
    def state(self) -> str:
        """Of its newest version: ``draft`` before anybody submitted one."""
        steps = self.life.steps
        newest = self.life.submitted or self.life.runs or (steps[-1].version if steps else "")
        return self.life.state(newest)

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
                "at": step.at, "detail": dict(step.detail),
            }
            for step in self.life.steps
        ]  # fmt: skip

    def table(self, language: str = "en") -> Table:
        """One row for each step: when, who, what, and what was said."""
        heads = tuple(
            label(f"approval.{key}", language) for key in ("at", "version", "step", "actor", "said")
        )
        rows = tuple(
            (one.at, one.version, label(f"approval.{one.action}", language), one.actor, _said(one, language))
            for one in self.life.steps
        )
        state = label(f"approval.{self.state}", language)
        return Table(f"{self.name}: {state}", heads, rows)

    def proposal(self, version: str, language: str = "en") -> Table | None:
        """What was submitted with a version, for whoever decides on it; None when it never was.

        The answers of the author, the data it uses, what differs from the version that was live, and the
        figures of the simulation.
        """
        submitted = self.life.last("submitted", version)
        if submitted is None:
            return None
        heads = (label("approval.asked", language), label("approval.answer", language))
        rows = tuple(
            (label(f"approval.{key}", language), said) for key, said in _answers(submitted, language)
        )
        return Table(f"{self.name} {version}", heads, rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _said(step: Step, language: str) -> str:
    """The words that belong to a step."""
    told = [str(step.detail[key]) for key in ("purpose", "reason") if step.detail.get(key)]
    if choice := step.detail.get("in_flight"):
        told.append(label(f"approval.in_flight.{choice}", language))
    return " · ".join(told)


def _answers(submitted: Step, language: str) -> Iterator[tuple[str, str]]:
    """Each part of a submission, a line at a time."""
    detail = submitted.detail
    yield "actor", submitted.actor
    yield "purpose", detail["purpose"]
    yield "harm", detail["harm"]
    yield "in_flight", label(f"approval.in_flight.{detail['in_flight']}", language)
    for row in detail["data"]:
        name = in_language(language, subject(row["subject"]).title, subject(row["subject"]).title_zh)
        yield "data", f"{row['privacy']} {name}: {', '.join(row['columns'])}"
    for row in detail["difference"]:
        yield "difference", in_language(language, row["text"], row["text_zh"])
    for row in detail["warnings"]:
        yield "warning", in_language(language, row["text"], row["text_zh"])
    for figure in ("days", "entered", "contacts", "goals", "goals_control", "cost"):
        if figure in detail["simulation"]:
            yield figure, _band(detail["simulation"][figure])
    for one in detail["simulation"].get("assumptions", ()):
        yield "assumption", in_language(language, one["text"], one["text_zh"])


def _band(value: Any) -> str:
    """A figure; one that is not certain with the ends of its interval."""
    if not isinstance(value, Mapping):
        return show_value(value)
    low, high = show_value(value["low"]), show_value(value["high"])
    return f"{show_value(value['expected'])} ({low} – {high})"
