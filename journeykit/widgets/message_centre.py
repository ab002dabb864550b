"""The message centre: what a manager or a branch is to do on a day, and what came of it."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from typing import Any

import traitlets

from journeykit.display import Table
from journeykit.errors import DefinitionError, JourneykitError
from journeykit.i18n import in_language
from journeykit.ledger import Ledger
from journeykit.ledger.receipts import OUTCOMES
from journeykit.settings import load_settings
from journeykit.strategies.playbook import load_readable
from journeykit.strategies.stored import approved_words
from journeykit.widgets.asking import Json, Question, answers
from journeykit.widgets.lead_words import lead_json, say_status
from journeykit.widgets.view import STATIC, View
from journeykit.workspace.messages import (
    contact_days,
    find_recipient,
    latest_day,
    may_report,
    read_messages,
    report,
)
from journeykit.workspace.opening import as_day, connect, open_ledger


class Day(Question):
    """The contact date to show."""

    day: str


class Outcome(Question):
    """What came of a lead."""

    lead: str
    outcome: str


class MessageCentre(View):
    """The leads of a manager or a branch on one contact date, and what is reported of them.

    What is reported goes to the ledger as a receipt, with who said so in the audit. That takes the role
    of an operator.

    Parameters
    ----------
    of : str
        The number of a manager or a branch.
    day : date or str, optional
        The contact date; by default the newest one with leads of theirs.
    language : str, optional
        ``en`` or ``zh``; the workspace's by default.
    as_ : str, optional
        A made-up colleague, in a demonstration workspace only.

    Attributes
    ----------
    value : date or None
        The contact date that is shown; None when there never was a lead.

    Examples
    --------
    In a notebook::

        jk.MessageCentre("M00003", as_="operator [demo]")
    """

    _esm = STATIC / "message-centre.js"
    _css = STATIC / "message-centre.css"
    value: Any = traitlets.Any(None, allow_none=True)

    def __init__(self, of: str, day: date | str | None = None, *, language: str = "", as_: str = "") -> None:
        super().__init__(language)
        self._settings, self._as = load_settings(), as_
        self._playbook = load_readable(self._settings.scheduled)
        with connect() as mart:
            self._tags, self._recipient = mart.tags, find_recipient(mart, of)
        with closing(open_ledger(self._settings)) as ledger:
            self.value = as_day(day) if day else latest_day(ledger, self._recipient)
        self.refresh()

    @traitlets.validate("value")
    def _check_value(self, proposal: Any) -> date | None:
        given = proposal["value"]
        if given is not None and (isinstance(given, datetime) or not isinstance(given, date | str)):
            raise DefinitionError(f"{given!r} is no day. Give a date, or text as YYYY-MM-DD.")
        return as_day(given) if given else None

    @traitlets.observe("value")
    def _changed(self, _: object) -> None:
        self.refresh()

    def _show(self) -> Json:
        with closing(open_ledger(self._settings)) as ledger:
            shown: list[date] = [self.value] if self.value else []
            days = sorted({*contact_days(ledger), *shown}, reverse=True)
            leads = self._leads(ledger, self.value) if self.value else []
        return {
            "of": self._recipient.id,
            "day": self.value.isoformat() if self.value else "",
            "days": [one.isoformat() for one in days],
            "leads": leads,
            "outcomes": [[one, say_status(one, self.language)] for one in OUTCOMES],
            "barred": self._barred(),
        }

    def _leads(self, ledger: Ledger, day: date) -> list[Json]:
        found = read_messages(ledger, self._playbook, self._recipient, day, self.language)
        keys = {(one.lead["strategy"], one.lead["version"]) for one in found}
        books = approved_words(ledger, self._playbook, keys)
        return [
            lead_json(
                one,
                books.get((one.lead["strategy"], one.lead["version"]), self._playbook),
                self._tags,
                self.language,
            )
            for one in found
        ]

    def _barred(self) -> str:
        """Why whoever looks may not report anything; empty when they may."""
        try:
            may_report(self._settings, self._as)
        except JourneykitError as error:
            chinese = "当前账号不能登记线索结果，须由 journeykit.toml 的 [roles] 中的 operator 登记。"
            return in_language(self.language, str(error), chinese)
        return ""

    @answers("show", Day)
    def _ask_day(self, asked: Day) -> Json:
        self.value = as_day(asked.day)
        return {}

    @answers("report", Outcome)
    def _report(self, asked: Outcome) -> Json:
        if self.value is None:
            raise DefinitionError("No day is shown. Choose one first.")
        with closing(open_ledger(self._settings)) as ledger:
            report(
                self._settings, ledger, self._recipient,
                day=self.value, lead_id=asked.lead, outcome=asked.outcome, as_=self._as,
            )  # fmt: skip
        self.refresh()
        return {}

    def _static_html(self) -> str:
        heads = in_language(
            self.language,
            "Customer|Strategy|Offer|Channel|Why|Value, yuan|Due|Status",
            "客户|策略|权益|渠道|原因|价值（元）|截止日期|状态",
        ).split("|")
        rows = tuple(
            (
                one["customer"], one["strategy"], one["offer"], one["channel"],
                "; ".join((one["why"], *(f"{title} {said}" for title, said in one["facts"]))),
                one["value"], one["due"], one["status_word"],
            )
            for one in self.state["leads"]
        )  # fmt: skip
        title = in_language(self.language, "{}, {}: {} leads", "{}，{}：线索 {} 条")
        said = title.format(self._recipient.id, self.state["day"] or "–", len(rows))
        return Table(said, tuple(heads), rows)._repr_html_()
