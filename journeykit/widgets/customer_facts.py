"""What the bank knows of one customer under a pseudonym: attributes, holdings, tags and current leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from journeykit.channels.lines import Wording
from journeykit.contract import Column, subject
from journeykit.errors import DataError
from journeykit.i18n import in_language
from journeykit.ledger import Ledger, read_leads
from journeykit.ledger.receipts import read_outcomes
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.reports.catalogue_words import say
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.stored import approved_words
from journeykit.widgets.asking import Json
from journeykit.widgets.lead_words import WITHHELD, lead_json
from journeykit.widgets.saying import heading_of, say_column, say_tag, title_of
from journeykit.workspace.messages import Message

_HOLDING = (
    "line", "role", "opened_on", "matures_on", "closed_on", "amount", "credit_limit", "used", "rate",
)  # fmt: skip
"""Not the status: it says who is overdue, which the tags withhold."""


@dataclass(frozen=True)
class CustomerFacts:
    """One customer as of the mart's day, in the reader's language."""

    mart: Mart
    playbook: Playbook
    customer: str
    language: str

    def expect(self) -> None:
        """Refuse an id that nobody has; :class:`DataError`."""
        customers = subject_table("customer")
        found = self.mart.run(
            sa.select(sa.func.count().label("n")).where(customers.c.customer_id == self.customer)
        )
        if not found["n"][0].as_py():
            raise DataError(
                f"There is no customer '{self.customer}' as of {self.mart.as_of}. See which ids there are "
                "with: mart.frame('customer', limit=10)"
            )

    def profile(self) -> list[Json]:
        """What is known of him that neither identifies him nor could harm him."""
        customers = subject_table("customer")
        columns = [one for one in _shown("customer") if one.name != "customer_id"]
        chosen = sa.select(*(customers.c[one.name] for one in columns))
        row = self.mart.run(chosen.where(customers.c.customer_id == self.customer)).to_pylist()[0]
        return [
            {"name": one.name, "title": heading_of(one, self.language),
             "value": say_column(one, row[one.name], self.language)}
            for one in columns
            if row[one.name] is not None
        ]  # fmt: skip

    def holdings(self) -> Json:
        """Accounts and contracts, open ones first; columns that none of them has are left out."""
        holding, product = subject_table("holding"), subject_table("product")
        columns = [one for one in _shown("holding") if one.name in _HOLDING]
        statement = (
            sa.select(
                holding.c.product_id, product.c.name, product.c.name_zh,
                *(holding.c[one.name] for one in columns),
            )
            .select_from(holding.outerjoin(product, product.c.product_id == holding.c.product_id))
            .where(holding.c.customer_id == self.customer)
            .order_by(holding.c.closed_on.is_not(None), holding.c.opened_on.desc(), holding.c.holding_id)
        )  # fmt: skip
        rows = self.mart.run(statement).to_pylist()
        filled = [one for one in columns if any(row[one.name] is not None for row in rows)]
        return {
            "columns": [in_language(self.language, "Product", "产品"),
                        *(heading_of(one, self.language) for one in filled)],
            "numbers": [one.type.value in ("decimal", "rate") for one in filled],
            "rows": [
                {"closed": row["closed_on"] is not None,
                 "cells": [self._product(row), *(say_column(one, row[one.name], self.language)
                                                 for one in filled)]}
                for row in rows
            ],
        }  # fmt: skip

    def _product(self, row: dict[str, Any]) -> str:
        return in_language(self.language, row["name"] or "", row["name_zh"] or "") or row["product_id"] or "–"

    def tags(self) -> Json:
        """Every built tag that may be shown, by family; those without a value too."""
        if self.mart.build_id is None:
            return {"tags": [], "withheld": 0}
        scope = self.mart.scope
        known = [self.mart.tags[name].tag for name in scope.tags if name in self.mart.tags]
        shown = [tag for tag in known if tag.sensitivity != WITHHELD]
        chosen = sa.select(*(scope.tags[tag.name] for tag in shown))
        rows = self.mart.run(chosen.where(scope.relation.c.customer_id == self.customer)).to_pylist()
        values = rows[0] if rows else {}
        return {
            "tags": [
                {
                    "name": tag.name,
                    "title": title_of(tag, self.language),
                    "meaning": in_language(self.language, tag.description, tag.description_zh),
                    "family": say(f"family.{tag.family}", self.language),
                    "value": say_tag(tag, values.get(tag.name), self.language),
                    "known": values.get(tag.name) is not None,
                }
                for tag in shown
            ],
            "withheld": len(known) - len(shown),
        }

    def leads(self, ledger: Ledger) -> list[Json]:
        """What was decided about him as of the mart's day, why, and what was reported of it since."""
        rows = [
            row
            for row in read_leads(ledger, customer_id=self.customer).to_pylist()
            if row["as_of"] == self.mart.as_of
        ]
        books = approved_words(ledger, self.playbook, {(one["strategy"], one["version"]) for one in rows})
        reported = read_outcomes(ledger, customer_id=self.customer).to_pylist()
        found = []
        for row in rows:
            book = books.get((row["strategy"], row["version"]), self.playbook)
            task = Wording(book, self.language).task(row)
            said = tuple((one["outcome"], one["occurred_at"]) for one in reported
                         if one["lead_id"] == row["lead_id"])  # fmt: skip
            found.append(lead_json(Message(row, task, said), book, self.mart.tags, self.language))
        return found


def _shown(name: str) -> list[Column]:
    """The columns of a subject that may be shown."""
    return [column for column in subject(name).columns if column.privacy != WITHHELD]
