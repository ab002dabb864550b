"""Leads as widgets show them: who, why, what to say, until when, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from journeykit.contract import Type
from journeykit.i18n import in_language
from journeykit.strategies.playbook import Playbook
from journeykit.tags.tag import Tag
from journeykit.tags.words import say_value
from journeykit.widgets.asking import Json
from journeykit.widgets.saying import say_tag, title_of
from journeykit.workspace.messages import Message

STATUSES: dict[str, tuple[str, str]] = {
    "pending": ("not delivered yet", "待交付"),
    "delivered": ("delivered", "已送达"),
    "answered": ("reached", "已联系上"),
    "clicked": ("clicked", "已点击"),
    "accepted": ("accepted", "已接受"),
    "refused": ("refused", "已拒绝"),
    "failed": ("could not be reached", "未能联系上"),
}
"""What a lead's status is called; a delivery that failed and a colleague who failed are told alike."""


WITHHELD = "C3"
"""The privacy class of what identifies a person or could harm them; no widget shows it of a customer."""


def say_status(status: str, language: str) -> str:
    """The word for what became of a lead."""
    return in_language(language, *STATUSES.get(status, (status, status)))


def lead_json(message: Message, book: Playbook, tags: Mapping[str, Any], language: str) -> Json:
    """A lead in the reader's words, with the values it was decided by."""
    lead, task = message.lead, message.task
    reason = json.loads(lead["reason"])
    return {
        "id": lead["lead_id"],
        "customer": lead["customer_id"],
        "strategy": task.strategy,
        "offer": task.offer,
        "channel": say_value(lead["channel"], language),
        "why": _segment(lead, book, reason, language),
        "facts": reason_facts(reason, tags, language),
        "say": task.say,
        "value": f"{lead['expected_value']:,.2f}",
        "not_before": task.not_before,
        "due": task.due,
        "manager": lead["manager_id"] or "",
        "delivery": lead["delivery"],
        "status": message.status,
        "status_word": say_status(message.status, language),
        "outcomes": [
            [at.isoformat(" ", "minutes"), say_status(outcome, language)] for outcome, at in message.outcomes
        ],
    }


def reason_facts(reason: Mapping[str, Any], tags: Mapping[str, Any], language: str) -> list[list[str]]:
    """Title and value of each tag that a lead was decided by, as they were then; of class C3 none."""
    found = []
    for name, value in reason.get("tags", {}).items():
        tag = tags[name].tag if name in tags else None
        if value is not None and tag is not None and tag.sensitivity != WITHHELD:
            found.append([title_of(tag, language), say_tag(tag, _read(tag, value), language)])
    return found


def _segment(lead: Mapping[str, Any], book: Playbook, reason: Mapping[str, Any], language: str) -> str:
    strategy = book.strategies.get(lead["strategy"])
    known = {start.segment.name: start.segment for start in strategy.starts} if strategy else {}
    name = reason.get("segment", "")
    return title_of(known[name], language) if name in known else name


def _read(tag: Tag, value: Any) -> Any:
    """A value as it was before it was written down as text."""
    if tag.type in (Type.DECIMAL, Type.RATE) and isinstance(value, str):
        return Decimal(value)
    if tag.type is Type.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    return value
