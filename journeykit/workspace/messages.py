"""The leads of a manager or a branch on one day, and what colleagues report came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from journeykit.channels.lines import Task, Wording
from journeykit.errors import ApprovalError, LedgerError, unknown_name
from journeykit.identity import acting
from journeykit.ledger import Ledger, read_leads
from journeykit.ledger.receipts import read_outcomes, report_outcome
from journeykit.ledger.tables import lead as leads
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.settings import Settings
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.stored import approved_words

REPORTER = "operator"
"""The role in which outcomes are reported: that of whoever may bring receipts into the ledger."""


@dataclass(frozen=True)
class Recipient:
    """A manager, or a branch with its managers; and the customers in their charge."""

    id: str
    customers: frozenset[str]
    managers: frozenset[str] = frozenset()

    def has(self, lead: Mapping[str, Any]) -> bool:
        """Whether a lead is theirs: addressed to them, or to a customer in their charge."""
        return (
            self.id in (lead["manager_id"], lead["branch_id"])
            or lead["manager_id"] in self.managers
            or lead["customer_id"] in self.customers
        )


@dataclass(frozen=True)
class Message:
    """A lead in the words of whoever works it, and what was reported of it, the latest last."""

    lead: Mapping[str, Any]
    task: Task
    outcomes: tuple[tuple[str, datetime], ...]

    @property
    def status(self) -> str:
        """The latest outcome; before there is one, the state of its delivery."""
        return self.outcomes[-1][0] if self.outcomes else self.lead["delivery"]


def find_recipient(mart: Mart, of: str) -> Recipient:
    """The manager or branch of that number.

    Raises
    ------
    UnknownNameError
        There is neither.
    """
    customer, manager, branch = (subject_table(name).c for name in ("customer", "manager", "branch"))
    managers, branches = _ids(mart, manager.manager_id), _ids(mart, branch.branch_id)
    if of in managers:
        return Recipient(of, _ids(mart, customer.customer_id, customer.manager_id == of))
    if of in branches:
        customers = _ids(mart, customer.customer_id, customer.branch_id == of)
        return Recipient(of, customers, _ids(mart, manager.manager_id, manager.branch_id == of))
    hint = "List them with mart.frame('manager') and mart.frame('branch')."
    raise unknown_name("manager or branch", of, managers | branches, hint)


def _ids(mart: Mart, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> frozenset[str]:
    return frozenset(mart.run(sa.select(column).where(*where))[0].to_pylist())


def contact_days(ledger: Ledger) -> list[date]:
    """The days for which there are leads, the newest first."""
    return [
        row[0]
        for row in ledger.read(
            sa.select(leads.c.contact_date).distinct().order_by(leads.c.contact_date.desc())
        )
    ]


def latest_day(ledger: Ledger, recipient: Recipient) -> date | None:
    """The newest day with a lead of theirs; None when there is none."""
    days = contact_days(ledger)
    return next((day for day in days if _leads_of(ledger, recipient, day)), None)


def read_messages(
    ledger: Ledger, playbook: Playbook, recipient: Recipient, day: date, language: str
) -> list[Message]:
    """Their leads of a contact date, the most valuable first.

    Parameters
    ----------
    ledger : Ledger
        Has the leads, and what was reported of them.
    playbook : Playbook
        Has the words of what was never approved; of the rest, those that were approved are taken.
    recipient : Recipient
        Whose.
    day : date
        The contact date.
    language : str
        ``en`` or ``zh``.
    """
    found = _leads_of(ledger, recipient, day)
    versions = approved_words(ledger, playbook, {(one["strategy"], one["version"]) for one in found})
    wording = Wording(playbook, language, versions)
    said: dict[str, list[tuple[str, datetime]]] = {}
    for row in read_outcomes(ledger, contact_date=day).to_pylist():
        said.setdefault(row["lead_id"], []).append((row["outcome"], row["occurred_at"]))
    found.sort(key=lambda one: (-one["expected_value"], one["lead_id"]))
    return [
        Message(
            one,
            wording.task(one),
            tuple(said.get(one["lead_id"], ())),
        )
        for one in found
    ]


def _leads_of(ledger: Ledger, recipient: Recipient, day: date) -> list[dict[str, Any]]:
    return [one for one in read_leads(ledger, contact_date=day).to_pylist() if recipient.has(one)]


def may_report(settings: Settings, as_: str = "") -> str:
    """Who reports outcomes.

    Parameters
    ----------
    settings : Settings
        Of the workspace; its roles say who may.
    as_ : str
        A made-up colleague, in a demonstration workspace only.

    Raises
    ------
    IdentityError
        Nobody may act under that name here.
    ApprovalError
        Whoever asks has not the role for it.
    """
    actor = acting(settings, as_)
    named = getattr(settings.roles, REPORTER)
    if actor not in named:
        raise ApprovalError(
            f"'{actor}' may not report what came of leads. That is for {REPORTER}: "
            f"{', '.join(named) or 'nobody is one'}. Roles are given in journeykit.toml, [roles]."
        )
    return actor


def report(
    settings: Settings,
    ledger: Ledger,
    recipient: Recipient,
    *,
    day: date,
    lead_id: str,
    outcome: str,
    as_: str = "",
) -> None:
    """Record what came of one of their leads of that day, see :func:`report_outcome`.

    Raises
    ------
    ApprovalError, IdentityError
        As :func:`may_report`.
    LedgerError
        The lead is not one of theirs on that day, was not delivered, or that was said of it last.
    """
    actor = may_report(settings, as_)
    if all(one["lead_id"] != lead_id for one in _leads_of(ledger, recipient, day)):
        raise LedgerError(
            f"'{lead_id}' is no lead of {recipient.id} on {day}. Nothing was recorded; show the day anew."
        )
    report_outcome(ledger, lead_id, outcome, actor=actor, at=datetime.now())
