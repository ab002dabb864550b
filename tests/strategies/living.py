"""A town's days on the real mart and ledger, and beside it the interpreter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sqlalchemy as sa

from journeykit.ledger import import_consent, import_contacts, read_enrolments, read_leads, read_marks
from journeykit.ledger.tables import mark
from journeykit.routing.deciding import run_strategies
from journeykit.routing.result import StrategyRun
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running
from journeykit.workdays import is_working_day
from tests.strategies.interpreter import COUNTRY, Answer, Contact, Day, People, working_days_after
from tests.strategies.random_plans import Today
from tests.strategies.random_towns import Town

Decided = Mapping[tuple[str, str, str], str]
"""By strategy, node and customer what a run decided: lead or drop."""

MANAGERS = [{"manager_id": "M1", "daily_capacity": 10_000, "on_duty": True}]


class Living:
    """The same days lived twice: by the engine on a bank's mart and ledger, and by the interpreter.

    Parameters
    ----------
    bank : Bank
        An empty one, see ``conftest.py``.
    town : Town
        Its people.
    """

    def __init__(self, bank: Any, town: Town) -> None:
        self.bank, self.town, self.people = bank, town, People()
        self.missed: list[Today] = []
        self._told: frozenset[str] = frozenset()
        self._spoken: set[tuple[str, date]] = set()
        self._decided: Decided = {}
        self._busy: set[str] = set()
        rows = [
            {"customer_id": who, "phone": "13900000000" if who in town.phones else None,
             "app_token": f"token-{who}" if who in town.tokens else None}
            for who in town.customers
        ]  # fmt: skip
        bank.vault.load(bank.table("contact_details", rows), town.days[0].as_of)

    def live(
        self, today: Today, running: Sequence[Running], rested: Collection[str] = ()
    ) -> StrategyRun | None:
        """Live one day; what was decided, where it is run. `rested` are strategies that were paused since."""
        today = replace(today, marks=frozenset(one[:3] for one in self.people.marks if one[2] < today.as_of))
        if today.kind == "missed" and is_working_day(today.as_of, COUNTRY):
            self.missed.append(today)
        if today.kind != "run":
            return None
        self._tell(today)
        result = self.decide(today, running, rested)
        self._decided = self._read(today)
        contact_date = working_days_after(today.as_of, 1)
        self._busy = {one.customer for one in self.people.leads if one.contact_date == contact_date}
        self._busy |= {who for who, on in self._spoken if on == contact_date}
        self.people.run(self._day(today), running, [self._day(one) for one in self.missed], rested)
        self.missed.clear()
        return result

    def decide(self, today: Today, running: Sequence[Running], rested: Collection[str] = ()) -> StrategyRun:
        """Run a day's strategies on a mart made of its facts."""
        bank, marts = self.bank, [self._mart(one) for one in (*self.missed, today)]
        playbook = Playbook({one.strategy.name: one.strategy for one in running}, bank.offers, bank.channels)
        meanwhile = [
            replace(one, enrols=False, moves=False) if one.strategy.name in rested else one for one in running
        ]
        try:
            return run_strategies(
                marts[-1], bank.ledger, bank.vault, playbook, running, run_id=bank.start(marts[-1]),
                folder=self._folder(today), earlier=marts[:-1], meanwhile=meanwhile,
            )  # fmt: skip
        finally:
            for mart in marts:
                mart.close()

    def agree(self, today: Today) -> None:
        """Engine and interpreter have the same people at the same places, and decided alike."""
        expected = {(one.strategy, one.customer, one.entered_on, one.version, one.arm, one.node, one.since,
                     one.reason, one.exited_on) for one in self.people.enrolments}  # fmt: skip
        for found, wanted in (
            (self.states(), expected),
            (self.leads(), self.people.leads),
            (self.marks(), self.people.marks),
            ({(today.as_of, *key) for key in self._decided},
             {one for one in self.people.candidates if one[0] == today.as_of}),
        ):  # fmt: skip
            assert (found - wanted, wanted - found) == (set(), set())

    def agree_on_contacts(self, today: Today, running: Sequence[Running]) -> None:
        """Of the candidates who can be reached each customer gets one contact, whatever competes for him."""
        actions = {(one.strategy.name, node.id): node for one in running for node in one.strategy.actions}
        open_ones = {
            who
            for strategy, node, who in self._decided
            if who not in self._busy and self._reaches(today, who, actions[strategy, node])
        }
        won = [who for (_, _, who), decision in self._decided.items() if decision == "lead"]
        assert sorted(won) == sorted(open_ones)

    def states(self) -> set[tuple[Any, ...]]:
        """Every enrolment of the ledger, and how it stands."""
        names = (
            "strategy", "customer_id", "entered_on", "version", "arm", "node", "node_since", "exit_reason",
            "exited_on",
        )  # fmt: skip
        rows = read_enrolments(self.bank.ledger).to_pylist()
        assert len({row["enrolment_id"] for row in rows}) == len(rows)
        assert all((row["state"] == "exited") == (row["exited_on"] is not None) for row in rows)
        return {tuple(row[name] for name in names) for row in rows}

    def leads(self) -> set[Contact]:
        """Every lead of the ledger, with the day its own enrolment began."""
        entered = {one["enrolment_id"]: one for one in read_enrolments(self.bank.ledger).to_pylist()}
        found = set()
        for row in read_leads(self.bank.ledger).to_pylist():
            one = entered[row["enrolment_id"]]
            assert (one["strategy"], one["customer_id"]) == (row["strategy"], row["customer_id"])
            found.add(Contact(
                row["customer_id"], row["strategy"], row["node"], row["contact_date"],
                row["not_before_hour"], one["entered_on"],
            ))  # fmt: skip
        return found

    def marks(self) -> set[tuple[Any, ...]]:
        """Every mark of the ledger: whose, which, when and by which strategy."""
        columns = (mark.c.customer_id, mark.c.name, mark.c.marked_on, mark.c.strategy)
        rows = [tuple(row) for row in self.bank.ledger.read(sa.select(*columns))]
        assert len(set(rows)) == len(rows)
        return set(rows)

    def _read(self, today: Today) -> Decided:
        """What a day's run decided, of everybody who was a candidate."""
        names = ["strategy", "node", "customer_id", "decision"]
        rows = pq.read_table(self._folder(today) / "decisions.parquet", columns=names).to_pylist()
        decided = {(row["strategy"], row["node"], row["customer_id"]): row["decision"] for row in rows}
        assert len(decided) == len(rows)
        return decided

    def _folder(self, today: Today) -> Path:
        return self.bank.folder / "runs" / today.as_of.isoformat()

    def _mart(self, today: Today) -> Any:
        customers = [{"customer_id": who, "manager_id": "M1", **facts} for who, facts in today.tags.items()]
        events = [
            {"event_id": f"E{n}", "customer_id": who, "action": "view", "occurred_at": at_nine(on)}
            for n, (who, on) in enumerate(today.views)
        ]
        known = read_marks(self.bank.ledger, today.as_of).to_pylist()
        return self.bank.mart(customers, today.as_of, managers=MANAGERS, events=events, marks=known)

    def _tell(self, today: Today) -> None:
        """Let the ledger know who allows and refuses since, and whom the bank contacts itself."""
        ledger, said = self.bank.ledger, {"channel": "all", "purpose": "marketing"}
        words = [
            {"consent_id": f"{who}-{today.as_of}", "customer_id": who, **said,
             "granted": who in today.allowed, "recorded_at": at_nine(today.as_of)}
            for who in sorted(self._told ^ frozenset(today.allowed))
        ]  # fmt: skip
        import_consent(ledger, self.bank.table("consent", words))
        self._told = frozenset(today.allowed)
        day = working_days_after(today.as_of, 1)
        rows = [
            {
                "contact_id": f"{who}-{today.as_of}",
                "customer_id": who,
                "channel": "counter",
                "contacted_on": day,
            }
            for who in sorted(today.spoken)
        ]
        self._spoken |= {(who, day) for who in today.spoken}
        import_contacts(ledger, self.bank.table("contact", rows))

    def _day(self, today: Today) -> Day:
        def answer(customer: str, strategy: str, action: Any) -> Answer:
            if not self._reaches(today, customer, action):
                return "blocked"
            won = self._decided.get((strategy, action.id, customer)) == "lead"
            return "lead" if won and customer not in self._busy else "later"

        return Day(today.as_of, today.tags, today.value, answer)

    def _reaches(self, today: Today, customer: str, action: Any) -> bool:
        """Whether an action can reach a customer on a day, from the plain facts."""
        reached = {"sms": self.town.phones, "app_push": self.town.tokens, "mobile_sales": today.tags}
        return customer in today.allowed and customer in reached[action.channel]


def at_nine(day: date) -> datetime:
    """Nine in the morning of a day."""
    return datetime.combine(day, time(9))
