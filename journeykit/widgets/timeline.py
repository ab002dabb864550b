"""What happened to one customer and between the bank and him, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from journeykit.contract import subject
from journeykit.i18n import LABELS, in_language, label
from journeykit.ledger import Ledger, read_leads
from journeykit.ledger.receipts import read_outcomes
from journeykit.ledger.tables import enrolment, mark
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.strategies.labelling import node_titles
from journeykit.strategies.nodes import CONTROL, END
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.stored import approved_words
from journeykit.strategies.telling import Teller
from journeykit.tags.words import say_value
from journeykit.widgets.asking import Json
from journeykit.widgets.lead_words import say_status
from journeykit.widgets.saying import say_column, title_of

KINDS = ("txn", "event", "contact", "journey", "lead", "receipt")
"""What stands on a timeline."""
MOST = 500
"""So many entries are shown of one customer at most."""
_INCOME = ("payroll",)
"""What would tell a customer's income, which the tags withhold, is shown without its amount."""


@dataclass(frozen=True)
class Timeline:
    """One customer's, as of the mart's day: what the mart tells, and what the ledger decided by then."""

    mart: Mart
    ledger: Ledger
    playbook: Playbook
    customer: str
    language: str

    def newest(self, kinds: Collection[str], most: int) -> Json:
        """The newest entries of some kinds, and whether there are more of them."""
        found: list[Json] = []
        for kind, entries in self._sources().items():
            if kind in kinds:
                found += entries(most + 1)
        found.sort(key=lambda one: one["at"], reverse=True)
        return {"entries": found[:most], "more": len(found) > most, "most": MOST}

    def _sources(self) -> Mapping[str, Callable[[int], Iterable[Json]]]:
        return {
            "txn": self._txns,
            "event": self._events,
            "contact": self._contacts,
            "journey": self._journeys,
            "lead": self._leads,
            "receipt": self._receipts,
        }

    def _rows(self, name: str, most: int) -> list[dict[str, Any]]:
        """The newest rows of a subject that are about the customer."""
        rows, declared = subject_table(name), subject(name)
        statement = (
            sa.select(rows)
            .where(rows.c.customer_id == self.customer)
            .order_by(rows.c[declared.at or ""].desc(), *(rows.c[key] for key in declared.key))
            .limit(most)
        )
        return self.mart.run(statement).to_pylist()

    def _said(self, name: str, row: Mapping[str, Any], *columns: str) -> list[str]:
        declared = subject(name)
        return [
            say_column(declared.column(one), row[one], self.language)
            for one in columns
            if row[one] is not None
        ]

    def _txns(self, most: int) -> Iterable[Json]:
        for row in self._rows("txn", most):
            what, *details = self._said("txn", row, "kind", "channel", "counterparty", "category")
            sign = "+" if row["direction"] == "in" else "−"
            (amount,) = self._said("txn", row, "amount")
            told = "" if row["kind"] in _INCOME else sign + amount
            yield _entry("txn", row["occurred_at"], what, details, amount=told)

    def _events(self, most: int) -> Iterable[Json]:
        for row in self._rows("event", most):
            about = self._said("event", row, "action", "object")
            yield _entry("event", row["occurred_at"], " · ".join(about), self._said("event", row, "channel"))

    def _contacts(self, most: int) -> Iterable[Json]:
        for row in self._rows("contact", most):
            (channel,) = self._said("contact", row, "channel")
            strategy = [self._strategy(row["strategy"])] if row["strategy"] else []
            outcome = [say_status(row["outcome"], self.language)] if row["outcome"] else []
            yield _entry("contact", row["contacted_on"], channel, [*strategy, *outcome])

    def _journeys(self, most: int) -> Iterable[Json]:
        as_of = self.mart.as_of
        mine = sa.select(enrolment).where(
            enrolment.c.customer_id == self.customer, enrolment.c.entered_on <= as_of
        )
        rows = [row._mapping for row in self.ledger.read(mine)]
        books = approved_words(
            self.ledger, self.playbook, {(row["strategy"], row["version"]) for row in rows}
        )
        for row in rows:
            book = books.get((row["strategy"], row["version"]), self.playbook)
            title = self._strategy(row["strategy"], book)
            entered = in_language(self.language, "Entered “{}”", "进入“{}”").format(title)
            left = row["exited_on"] is not None and row["exited_on"] <= as_of
            details = [label(f"arm.{row['arm']}", self.language), *([] if left else [self._node(row, book)])]
            yield _entry("journey", row["entered_on"], entered, details)
            if left:
                gone = in_language(self.language, "Left “{}”", "退出“{}”").format(title)
                yield _entry("journey", row["exited_on"], gone, [self._exit(row["exit_reason"])])
        marks = sa.select(mark).where(mark.c.customer_id == self.customer, mark.c.marked_on <= as_of)
        for row in self.ledger.read(marks):
            marked = in_language(self.language, "Marked “{}”", "打上标记“{}”").format(row.name)
            yield _entry("journey", row.marked_on, marked, [self._strategy(row.strategy)])

    def _leads(self, most: int) -> Iterable[Json]:
        for row in self._decided():
            offer = self.playbook.offers.get(row["offer"])
            what = title_of(offer, self.language) if offer else row["offer"]
            details = [
                say_value(row["channel"], self.language),
                self._strategy(row["strategy"]),
                say_status(row["delivery"], self.language),
            ]
            yield _entry("lead", row["contact_date"], what, details)

    def _receipts(self, most: int) -> Iterable[Json]:
        leads = {row["lead_id"]: row for row in self._decided()}
        for row in read_outcomes(self.ledger, customer_id=self.customer).to_pylist():
            if lead := leads.get(row["lead_id"]):
                said = say_status(row["outcome"], self.language)
                details = [say_value(lead["channel"], self.language), self._strategy(lead["strategy"])]
                yield _entry("receipt", row["occurred_at"], said, details)

    def _decided(self) -> list[dict[str, Any]]:
        """The customer's leads that were decided by the mart's day."""
        rows = read_leads(self.ledger, customer_id=self.customer).to_pylist()
        return [row for row in rows if row["as_of"] <= self.mart.as_of]

    def _strategy(self, name: str, book: Playbook | None = None) -> str:
        found = (book or self.playbook).strategies.get(name)
        return title_of(found, self.language) if found is not None else name

    def _node(self, row: Mapping[str, Any], book: Playbook) -> str:
        """Where somebody stands; nothing to tell of those who are only measured."""
        strategy = book.strategies.get(row["strategy"])
        if strategy is None or row["node"] in (CONTROL, END):
            return ""
        teller = Teller.of(self.language, self.mart.tags, book.offers)
        return node_titles(strategy, teller).get(str(row["node"]), "")

    def _exit(self, reason: str) -> str:
        key = next((key for key in (f"exit.{reason}", f"reason.{reason}") if key in LABELS), "")
        return label(key, self.language) if key else reason.replace("_", " ")


def _entry(kind: str, at: date | datetime, title: str, details: Iterable[str], amount: str = "") -> Json:
    """One line of the timeline; a day without a time stands above the times of that day."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time.max)
    return {
        "kind": kind,
        "at": moment.isoformat(),
        "day": moment.date().isoformat(),
        "time": f"{at:%H:%M}" if isinstance(at, datetime) else "",
        "title": title,
        "details": [one for one in details if one],
        "amount": amount,
    }
