"""What stands in a channel's file: for a system one line per message, for colleagues a work list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date, timedelta
from typing import Any

from journeykit.channels.sheets import Sheet
from journeykit.display import Table
from journeykit.errors import unknown_name
from journeykit.i18n import in_language, label
from journeykit.routing.channel import Channel
from journeykit.strategies.nodes import Action, Assign
from journeykit.strategies.playbook import Playbook

# Whoever speaks to a customer is told a masked name; a system that sends messages is not.
_SPOKEN = ("outbound_call", "mobile_sales", "counter")

People = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Task:
    """What whoever works a lead reads: in whose name, why, with which offer, what to say, and when."""

    strategy: str
    why: str
    offer: str
    say: str
    not_before: str
    due: str


@dataclass(frozen=True)
class Wording:
    """What leads ask to be done, in one language.

    `versions` has, by strategy and version, the playbook with the words that were approved.
    """

    playbook: Playbook
    language: str
    versions: Mapping[tuple[str, str], Playbook] = field(default_factory=dict)

    def task(self, lead: Mapping[str, Any]) -> Task:
        """What a lead asks to be done, in the words that were approved."""
        strategy = self._book(lead).strategies.get(lead["strategy"])
        offer = self._book(lead).offers.get(lead["offer"])
        action = self._action(lead)
        due = lead["contact_date"] + timedelta(days=action.due_days if isinstance(action, Assign) else 0)
        return Task(
            strategy=self._title(strategy, lead["strategy"]),
            why=self._why(lead),
            offer=self._title(offer, lead["offer"]),
            say=self._words(lead),
            not_before=_hour(lead["not_before_hour"]),
            due=_day(due),
        )

    def _book(self, lead: Mapping[str, Any]) -> Playbook:
        return self.versions.get((lead["strategy"], lead["version"]), self.playbook)

    def _title(self, definition: Any, name: str) -> str:
        return (
            in_language(self.language, definition.title, definition.title_zh) if definition else ""
        ) or name

    def _words(self, lead: Mapping[str, Any]) -> str:
        """What to say: the task's own script, else the action's words, else the offer's."""
        action, offer = self._action(lead), self._book(lead).offers.get(lead["offer"])
        said = [(action.script, action.script_zh)] if isinstance(action, Assign) else []
        said += [(one.template, one.template_zh) for one in (action, offer) if one]
        return next((words for pair in said if (words := in_language(self.language, *pair))), "")

    def _why(self, lead: Mapping[str, Any]) -> str:
        """The line of the lead's reason that is made to be read."""
        return str(json.loads(lead["reason"]).get("summary_zh" if self.language == "zh" else "summary", ""))

    def _action(self, lead: Mapping[str, Any]) -> Action | None:
        """The node that made the lead; None when the strategy has changed since."""
        strategy = self._book(lead).strategies.get(lead["strategy"])
        actions = strategy.actions if strategy else ()
        return next((node for node in actions if node.id == lead["node"]), None)


@dataclass(frozen=True)
class Layout(Wording):
    """How one channel's leads are written."""

    channel: Channel = field(kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        """The contact details that the file needs."""
        name = ("name",) if self.channel.name in _SPOKEN else ()
        return name + ((self.channel.needs,) if self.channel.needs else ())

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings: fixed names where a system reads the file, words where people do."""
        if self.channel.addressed_to == "customer":
            return ("lead_id", "contact_date", "not_before", *self.fields, "offer", "text")
        asked = ("strategy", "why", "offer", "say", "not_before", "due", "lead_number", "result", "remark")
        keys = ("customer", "customer_number", *self.fields[1:], *asked)
        return tuple(label(f"list.{key}", self.language) for key in keys)

    def sheet(self, leads: Iterable[Mapping[str, Any]], people: People) -> Sheet:
        """The leads, the most valuable first where people work through them.

        `people` has, by customer, the values of :attr:`fields`, names masked.
        """
        if self.channel.addressed_to == "customer":
            ordered = sorted(leads, key=lambda lead: lead["lead_id"])
            # a system reads these: an id, a number or a token must arrive as it is; words are quoted
            exact = tuple(column for column in self.columns if column not in ("name", "text"))
            return Sheet(self.columns, tuple(self._message(lead, people) for lead in ordered), exact)
        ordered = sorted(leads, key=lambda lead: (-lead["expected_value"], lead["lead_id"]))
        return Sheet(self.columns, tuple(self._task(lead, people) for lead in ordered))

    def _details(self, lead: Mapping[str, Any], people: People) -> list[str]:
        known = people.get(lead["customer_id"], {})
        return [known.get(field, "") for field in self.fields]

    def _message(self, lead: Mapping[str, Any], people: People) -> tuple[str, ...]:
        details = self._details(lead, people)
        when = (_day(lead["contact_date"]), _hour(lead["not_before_hour"]))
        return (lead["lead_id"], *when, *details, lead["offer"], self._words(lead))

    def _task(self, lead: Mapping[str, Any], people: People) -> tuple[str, ...]:
        name, *details = self._details(lead, people)
        told = astuple(self.task(lead))
        return (name, lead["customer_id"], *details, *told, lead["lead_id"], "", "")


def preview(
    leads: Iterable[Mapping[str, Any]], channel: str, playbook: Playbook, language: str,
    versions: Mapping[tuple[str, str], Playbook] | None = None,
) -> Table:  # fmt: skip
    """The file a channel would get, with pseudonyms for every contact detail; opens no vault.

    Parameters
    ----------
    leads : iterable of mappings
        Rows of the ledger's leads; those of other channels are left out.
    channel : str
        A channel of the playbook.
    versions : mapping
        As :class:`Layout` has them.
    """
    if channel not in playbook.channels:
        raise unknown_name(
            "channel", channel, playbook.channels, "Channels are declared in scheduled/channels."
        )
    layout = Layout(playbook, language, versions or {}, channel=playbook.channels[channel])
    chosen = [lead for lead in leads if lead["channel"] == channel]
    people = {
        lead["customer_id"]: {field: f"<{field} of {lead['customer_id']}>" for field in layout.fields}
        for lead in chosen
    }
    sheet = layout.sheet(chosen, people)
    return Table(f"{channel}: {len(sheet.rows):,}", sheet.columns, sheet.rows)


def _day(day: date) -> str:
    return day.isoformat()


def _hour(hour: float | None) -> str:
    """The time of day before which nobody is to be contacted; empty where any will do."""
    # a frame that has hours in some rows only holds them as 18.0
    return "" if hour is None else f"{int(hour):02d}:00"
