"""A random bank made to meet every edge a tag's description speaks of.

It starts from the small bank of the shared fixtures and puts in what that one lacks: every value a column may
have, days at both edges of every window, moments at 00:00:00 and 23:59:59.999999, sums at the lower bounds of
bands, customers who did nothing for a while, and references to rows that are not there or not there yet.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from journeykit.contract import SUBJECTS, Type

Rows = dict[str, list[dict[str, Any]]]

WINDOWS = (7, 14, 30, 45, 60, 90, 180, 365)
EDGES = sorted(
    {days + shift for days in (0, *WINDOWS) for shift in (-1, 0, 1)}
)  # days before as_of, -1 after it
CLOCKS = (
    time(0, 0),
    time(23, 59, 59, 999999),
    time(17, 59, 59, 999999),
    time(18, 0),
    time(9, 59, 59),
    time(10, 0),
)
BOUNDS = (0, 100, 10_000, 45_000, 50_000, 180_000, 200_000, 500_000, 900_000, 1_000_000, 5_400_000, 6_000_000)
QUIET = (
    (0, 29),
    (0, 89),
    (0, 179),
    (0, 180),
    (30, 179),
    (30, 180),
    (30, 400),
    (0, 400),
)  # days ago without any transaction


class Variety:
    """Draws values at the edges of what is allowed."""

    def __init__(self, seed: int, as_of: date) -> None:
        self.draw, self.as_of = random.Random(seed), as_of

    def maybe(self, value: Any, share: float = 0.8) -> Any:
        return value if self.draw.random() < share else None

    def one_of(self, subject: str, column: str) -> str:
        return self.draw.choice(SUBJECTS[subject].column(column).values)

    def day(self, ahead: bool = False) -> date:
        """A day at the edge of a window before as_of, or ahead of it."""
        days = self.draw.choice(EDGES)
        return self.as_of + timedelta(days=days if ahead else -days)

    def moment(self) -> datetime:
        return datetime.combine(self.day(), self.draw.choice(CLOCKS))

    def worth(self) -> Decimal:
        """An amount at or a cent to either side of a bound."""
        return Decimal(self.draw.choice(BOUNDS)) + Decimal(self.draw.choice((-1, 0, 0, 1))) / 100


def vary_people(rows: Rows, v: Variety) -> None:
    """Branches and managers to come or unknown, birthdays and anniversaries around as_of, all values."""
    later, today = v.as_of + timedelta(days=1), v.as_of
    rows["branch"] += [
        {"branch_id": "B3", "region_kind": "village", "opened_on": later},
        {"branch_id": "B4", "region_kind": None, "opened_on": today},
        {"branch_id": "B5", "region_kind": "town", "opened_on": None},
    ]
    rows["manager"] += [
        {"manager_id": "M5", "branch_id": "B1", "daily_capacity": 9, "on_duty": True, "hired_on": later},
        {"manager_id": "M6", "branch_id": "B4", "daily_capacity": 0, "on_duty": None, "hired_on": today},
        {"manager_id": "M7", "branch_id": None, "daily_capacity": 3, "on_duty": False, "hired_on": None},
    ]
    years = (0, 1, 2, 3, 17, 18, 34, 35, 49, 50, 59, 60, 61)
    for person in rows["customer"]:
        turned = date(v.as_of.year - v.draw.choice(years), v.as_of.month, v.as_of.day)
        near = turned + timedelta(days=v.draw.choice((-1, 0, 0, 1)))
        for column in SUBJECTS["customer"].columns:
            if column.values and not column.required:
                person[column.name] = v.maybe(v.draw.choice(column.values))
        person |= {
            "branch_id": v.maybe(v.draw.choice(("B0", "B1", "B2", "B3", "B4", "B5", "B9"))),
            "manager_id": v.maybe(v.draw.choice(("M0", "M1", "M2", "M3", "M5", "M6", "M7", "M9"))),
            "district": v.maybe(v.draw.choice("DE")),
            "village": v.maybe(v.draw.choice("VW")),
            "occupation": v.maybe(v.draw.choice(("teacher", "trader"))),
            "education": v.maybe(v.draw.choice(("school", "university"))),
            "is_farmer": v.draw.choice((True, False, None)),
            "is_new_citizen": v.draw.choice((True, False, None)),
        }
        if v.draw.random() < 0.2:
            branch, manager = v.draw.choice((("B1", "M1"), ("B2", "M2"), ("B4", "M6")))
            person |= {"branch_id": branch, "manager_id": manager}
        if person["kind"] == "micro_business":
            person |= {"industry": v.maybe("retail"), "employees": v.maybe(v.draw.randint(0, 9))}
        else:
            person |= {"industry": None, "employees": None}
        if v.draw.random() < 0.3 and person["birth_date"]:
            person["birth_date"] = min(near, v.as_of)
        if v.draw.random() < 0.2:
            person["birth_date"] = date(v.draw.randint(1992, 2007), 3, 1)
        person["since"] = v.draw.choice(
            (person["since"], near, v.day(), date(2024, 2, 29), date(2020, 2, 29))
        )


def vary_products(rows: Rows, v: Variety) -> None:
    """Products of every kind, some offered from as_of, later, or an unknown day."""
    kinds = SUBJECTS["product"].column("kind").values
    offered = [v.as_of, None, v.as_of - timedelta(days=400), v.as_of + timedelta(days=1)]
    for i, kind in enumerate([*kinds, *kinds, None]):
        rows["product"].append(
            {
                "product_id": f"Q{i}",
                "line": v.one_of("product", "line"),
                "kind": kind,
                "risk_level": v.maybe(v.draw.randint(1, 5)),
                "offered_from": offered[i % 4] if i >= len(kinds) else None,
            }
        )


def vary_holdings(rows: Rows, v: Variety) -> None:
    """Openings, ends, maturities and dues at window edges; worth at bounds, nothing, unknown, or below 0."""
    products = [row["product_id"] for row in rows["product"]]
    for row in rows["holding"]:
        row["product_id"] = v.maybe(
            v.draw.choice([*products, "Q2", "Q3", "Q5", "Q6", "Q7", "Q9", "Q10", "Q999"]), 0.95
        )
        row["credit_limit"] = v.maybe(v.draw.choice((Decimal(0), v.worth())), 0.7)
        row["used"] = v.maybe(v.draw.choice((Decimal(0), Decimal(0), v.worth())), 0.7)
        row["amount"] = v.draw.choice(
            (row["amount"], v.worth(), v.worth(), Decimal(0), Decimal("-50.25"), None)
        )
        if v.draw.random() < 0.5:
            row["opened_on"] = v.day()
        if v.draw.random() < 0.5:
            ended = v.draw.choice((v.day(), None, None))
            row["closed_on"] = ended if ended and ended > row["opened_on"] else None
        if v.draw.random() < 0.7:
            row["matures_on"] = v.day(ahead=v.draw.random() < 0.7)
        if v.draw.random() < 0.6:
            row["next_due_on"] = v.day(ahead=v.draw.random() < 0.8)
    owners = sorted({row["customer_id"] for row in rows["holding"]})
    lines = {row["product_id"]: row["line"] for row in rows["product"]}
    for i, owner in enumerate(owners * 2):  # open, owned, of a product of its line, ending or due soon
        product = f"Q{v.draw.randint(0, 13)}"
        rows["holding"].append(
            {
                "holding_id": f"N{i}",
                "customer_id": owner,
                "role": "owner",
                "product_id": product,
                "line": v.draw.choice((lines[product], "deposit", "wealth", "loan")),
                "opened_on": v.as_of - timedelta(days=v.draw.choice((0, 30, 89, 90, 700))),
                "matures_on": v.as_of + timedelta(days=v.draw.choice((-30, -29, -1, 0, 7, 7, 8, 30, 31))),
                "next_due_on": v.as_of + timedelta(days=v.draw.choice((-1, 0, 3, 30, 31))),
                "next_due_amount": v.maybe(Decimal(v.draw.randint(1, 900_00)) / 100),
                "amount": v.draw.choice((v.worth(), Decimal(v.draw.randint(1, 900_00)) / 100)),
                "credit_limit": v.worth(),
                "used": v.draw.choice((Decimal(0), v.worth())),
                "rate": Decimal(v.draw.randint(1, 90_000)) / 1_000_000,
                "status": v.draw.choice(("active", "overdue", None)),
            }
        )
    some = v.draw.sample(owners, len(owners) // 2)
    gone, poor, single = some[::3], some[1::3], some[2::3]
    kept = []
    for row in rows["holding"]:
        if row["customer_id"] in gone:
            row["closed_on"] = row.get("closed_on") or v.as_of
        if row["customer_id"] in poor and row["amount"]:
            row["amount"] = v.draw.choice((Decimal("99.99"), Decimal("-1.00"), Decimal("3.10")))
        if row["customer_id"] in single:  # one holding alone, worth a bound
            single.remove(row["customer_id"])
            row |= {"line": "deposit", "role": "owner", "closed_on": None, "amount": v.worth()}
            row["opened_on"] = v.as_of - timedelta(days=v.draw.choice((0, 89, 90)))
            kept.append(row)
            gone.append(row["customer_id"])
        else:
            kept.append(row)
    rows["holding"] = kept


def vary_moves(rows: Rows, v: Variety) -> None:
    """Transactions and events at edges of windows and days, ties, large sums, customers who fell silent."""
    busy = sorted({row["customer_id"] for row in rows["txn"]})
    for i, row in enumerate(rows["txn"][:200]):  # three who do much
        row["customer_id"] = busy[1 + 2 * (i % 3)]
    for i, row in enumerate(rows["txn"]):
        row["category"] = v.maybe(v.draw.choice(("utilities", "farm_supplies", "education", "food")))
        if v.draw.random() < 0.4:
            row["occurred_at"] = v.moment()
        if v.draw.random() < 0.4:
            row["kind"] = v.draw.choice(
                ("payroll", "collection", "purchase", "repayment", "wealth_redeem", "cash")
            )
        if v.draw.random() < 0.3:
            row["counterparty"] = "own_other_bank"
        if v.draw.random() < 0.05:
            row["amount"] = v.draw.choice((Decimal("50000.00"), Decimal("49999.99"), Decimal("3141592.65")))
        if i and v.draw.random() < 0.1:  # at the same moment as another of the same customer
            row["occurred_at"], row["customer_id"] = (
                rows["txn"][i - 1]["occurred_at"],
                rows["txn"][i - 1]["customer_id"],
            )
    for row in rows["event"]:
        row["occurred_at"] = v.draw.choice((row["occurred_at"], v.moment())).replace(
            minute=v.draw.randint(0, 59)
        )
        row["object"] = v.maybe(v.draw.choice(("wealth", "wealth", "loan", "deposit", "card", "home")), 0.9)
        if v.draw.random() < 0.3:
            row["occurred_at"] = v.moment()
            row["action"] = v.draw.choice(("login", "apply", "submit", "click"))
    silent: dict[str, tuple[tuple[int, int], str]] = {
        one: (v.draw.choice(QUIET), v.draw.choice(("all", "active", "payroll", "app"))) for one in busy[::2]
    }
    loud = busy[1::2]

    def kept(row: dict[str, Any]) -> bool:
        (low, high), what = silent.get(row["customer_id"], ((1, 0), ""))
        if not low <= (v.as_of - row["occurred_at"].date()).days <= high:
            return True
        of_bank = row.get("kind") in ("interest", "fee")
        only = {
            "active": not of_bank,
            "payroll": row.get("kind") == "payroll",
            "app": row.get("channel") == "app",
        }
        return not only.get(what, True)

    rows["txn"] = [row for row in rows["txn"] if kept(row)]
    rows["event"] = [row for row in rows["event"] if kept(row) or row["customer_id"] in loud]
    one_sided = {
        one: v.draw.choice((("app", "web", "wechat"), ("counter", "atm", "pos"))) for one in busy[::5]
    }
    for row in rows["txn"]:
        if row["customer_id"] in one_sided and row["channel"]:
            row["channel"] = v.draw.choice(one_sided[row["customer_id"]])


def vary_balances(rows: Rows, v: Variety) -> None:
    """Several accounts a customer, sparse ones with gaps about the 45 days one holds, and level ones."""
    owners = sorted({row["customer_id"] for row in rows["balance"]})
    for i, owner in enumerate(owners[: len(owners) * 3 // 4]):
        ago, amount = v.draw.choice((400, 200, 100, 60, 46)), v.worth()
        level = v.draw.random() < 0.3
        line = v.draw.choice(("deposit", "wealth", "wealth", "loan"))
        while ago > -10:
            rows["balance"].append(
                {
                    "customer_id": owner,
                    "holding_id": f"S{i}",
                    "balance_on": v.as_of - timedelta(days=ago),
                    "line": line,
                    "amount": amount,
                }
            )
            ago -= v.draw.choice((1, 15, 29, 30, 31, 44, 45, 46, 47, 120))
            amount = (
                amount
                if level
                else v.draw.choice((amount, v.worth(), Decimal(v.draw.randint(-500, 9_000_00)) / 100))
            )
    for row in rows["balance"]:  # some accounts changed hands on the way
        if row["holding_id"] in ("S1", "S2", "S3") and (v.as_of - row["balance_on"]).days < 40:
            row["customer_id"] = owners[-1]
    dropped = {row["holding_id"] for row in rows["balance"] if row["customer_id"] in owners[::4]}
    rows["balance"] = [
        row for row in rows["balance"] if row["holding_id"][0] == "S" or row["holding_id"] not in dropped
    ]


def vary_the_rest(rows: Rows, v: Variety) -> None:  # noqa: PLR0912
    """Days at window edges everywhere else, others who are no customers, and ties of every kind that hold."""
    periods = {"tie": "valid_to", "relationship": "closed_on", "external": "expires_on", "target": "valid_to"}
    for name, until in periods.items():
        at = SUBJECTS[name].at
        assert at
        for row in rows[name]:
            if v.draw.random() < 0.5:
                row[at] = v.day()
            if v.draw.random() < 0.5:
                row[until] = v.maybe(max(v.day(), row[at]))
    for name in ("contact", "risk_assessment", "manager_performance", "referral"):
        declared = SUBJECTS[name]
        assert declared.at
        moments = declared.column(declared.at).type is Type.TIMESTAMP
        for row in rows[name]:
            if v.draw.random() < 0.6:
                row[declared.at] = v.moment() if moments else v.day()
    for row in rows["tie"]:
        row["other_id"] = v.draw.choice((row["other_id"],) * 6 + ("C999", row["customer_id"]))
    for row in rows["external"]:
        row["source"] = v.draw.choice(("tax", "court", "land"))
    for row in rows["risk_assessment"]:
        row["expires_on"] = v.maybe(v.draw.choice((v.as_of, v.day(), v.day(ahead=True))))
    for row in rows["manager_performance"]:
        row["amount"] = v.draw.choice((Decimal("-1.00"), Decimal(0), Decimal("0.01"), row["amount"]))
    often = v.draw.sample(sorted({row["customer_id"] for row in rows["contact"]}), 6)
    for row in rows["contact"]:
        row["channel"] = v.draw.choice((row["channel"], "sms", "outbound_call", "app_push", "mobile_sales"))
        if v.draw.random() < 0.3:
            row["customer_id"], row["contacted_on"] = v.draw.choice(often), v.day()
            row["outcome"] = v.maybe(v.draw.choice(("refused", "failed", "delivered")))
    for row in rows["referral"][::4]:
        row["customer_id"] = v.draw.choice(often)
    for row in rows["referral"][::9]:
        row["referred_id"] = row["customer_id"]
    for place, row in enumerate(rows["referral"]):
        row["chain_length"] = (1, 2, None, 1, 3)[place % 5]
        row["same_device"] = (False, True, None)[place % 3]


def add_exact(rows: Rows, v: Variety) -> None:
    """People exactly at a bound, or a little below it, in what they have, how it grew, and what they do."""

    def person(who: str, worth: Decimal, line: str = "deposit", known: int = 2191) -> None:
        rows["customer"].append(
            {"customer_id": who, "kind": "personal", "since": v.as_of - timedelta(days=known)}
        )
        row = {"holding_id": who, "customer_id": who, "role": "owner", "line": line, "amount": worth}
        rows["holding"].append(row | {"opened_on": v.as_of - timedelta(days=known), "credit_limit": worth})

    def move(who: str, days: int, **values: Any) -> None:
        when = datetime.combine(v.as_of - timedelta(days=days), time(12))
        row = {"txn_id": f"{who}{len(rows['txn'])}", "customer_id": who, "occurred_at": when}
        rows["txn"].append(row | {"direction": "in", "amount": Decimal("0.01"), "kind": "transfer"} | values)

    for i, bound in enumerate(BOUNDS):
        person(f"X{i}", Decimal(bound))
        person(f"Y{i}", Decimal(bound) - Decimal("0.01"))
    for i, now in enumerate((1300, 1299, 1100, 1099, 901, 900, 701, 700)):
        person(f"G{i}", Decimal(now))
        move(f"G{i}", 10)
        move(f"G{i}", 100)
        for days, amount in ((90, 1000), (0, now)):
            row = {
                "customer_id": f"G{i}",
                "holding_id": f"G{i}",
                "line": "deposit",
                "amount": Decimal(amount),
            }
            rows["balance"].append(row | {"balance_on": v.as_of - timedelta(days=days)})
    for days in (0, 29, 30, 44, 45, 73, 74, 75, 89, 90, 91, 134, 135):  # one balance alone
        who = f"B{days}"
        person(who, Decimal("0.01"))
        row = {"customer_id": who, "holding_id": who, "line": "deposit", "amount": Decimal(days + 1)}
        rows["balance"].append(row | {"balance_on": v.as_of - timedelta(days=days)})
    for times in (4, 5, 9, 10, 19, 20):
        person(f"N{times}", Decimal(1))
        for i in range(times):
            move(f"N{times}", i, kind="collection")
    for days in (
        edge for edge in EDGES if edge >= 0
    ):  # known since then, and did one thing of each kind then
        who, then = f"E{days}", v.as_of - timedelta(days=days)
        person(who, Decimal(10_000), known=days)
        move(who, days, kind="wealth_buy", direction="out", channel="app")
        did = {
            "event_id": who,
            "customer_id": who,
            "occurred_at": datetime.combine(then, time(12)),
            "channel": "app",
        }
        rows["event"].append(did | {"action": "login"})
        rows["event"].append(did | {"event_id": f"{who}v", "action": "view", "object": "wealth"})
        rows["contact"].append(
            {
                "contact_id": who,
                "customer_id": who,
                "channel": "sms",
                "contacted_on": then,
                "outcome": "accepted",
            }
        )
        ended = {"customer_id": who, "opened_on": date(2018, 1, 1), "closed_on": then, "line": "loan"}
        rows["holding"].append(ended | {"holding_id": f"{who}c", "role": "owner"})
        rows["relationship"].append(ended)
        when = datetime.combine(then, time(12))
        rows["referral"].append(
            {"referral_id": who, "customer_id": who, "referred_id": "N4", "referred_at": when, "opened": True}
        )
    for known in (364, 365, 366):
        person(f"W{known}", Decimal(10_000), known=known)
        move(f"W{known}", 10)
    for line in ("wealth", "loan"):
        person(f"L{line}", Decimal("0.01"), line)


def vary(rows: Rows, seed: int, as_of: date) -> Rows:
    """The same bank with all that added; one row a key, as the checks of a load make sure."""
    v = Variety(seed, as_of)
    steps: tuple[Callable[[Rows, Variety], None], ...] = (
        vary_people, vary_products, vary_holdings, vary_moves, vary_balances, vary_the_rest, add_exact,
    )  # fmt: skip
    for step in steps:
        step(rows, v)
    for name, listed in rows.items():
        key = SUBJECTS[name].key
        rows[name] = list({tuple(row[one] for one in key): row for row in listed}.values())
        assert max(Counter(tuple(row[one] for one in key) for row in rows[name]).values(), default=1) == 1
    return rows
