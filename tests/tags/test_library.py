"""Every tag of the library against plain Python written from its description."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from journeykit.contract import Type
from journeykit.tags import LIBRARY, Score

AS_OF = date(2026, 5, 29)
D0 = Decimal("0.00")


def day_of(value):
    return value.date() if isinstance(value, datetime) else value


def ago(value):
    return (AS_OF - day_of(value)).days


def half_up(value, places):
    return None if value is None else Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def ratio(above, below):
    return half_up(Decimal(above) / Decimal(below), 6) if above is not None and below else None


class Facts:
    """What is known about one customer by the end of AS_OF."""

    def __init__(self, bank: dict, customer: dict) -> None:
        self.bank, self.customer, self.id = bank, customer, customer["customer_id"]

    def rows(self, subject, at, days=None, by="customer_id", value=None, **equal):
        """Rows of this customer seen by AS_OF, in the window, with these values."""
        value = self.id if value is None else value
        return [
            row
            for row in self.bank[subject]
            if row[by] == value
            and ago(row[at]) >= 0
            and (days is None or ago(row[at]) < days)
            and all(row.get(name) == wanted for name, wanted in equal.items())
        ]

    def ended(self, row, until):
        """The end of a period when it is known by AS_OF."""
        return row[until] if row[until] and row[until] <= AS_OF else None

    def owned(self, line=None):
        return [
            row
            for row in self.rows("holding", "opened_on", role="owner")
            if self.ended(row, "closed_on") is None and line in (None, row["line"])
        ]

    def valid(self, subject, at, until, **equal):
        """Periods whose last day is inclusive."""
        return [r for r in self.rows(subject, at, **equal) if self.ended(r, until) in (None, AS_OF)]

    def of_manager(self, subject, at, days=None):
        manager = self.customer.get("manager_id")
        return self.rows(subject, at, days, by="manager_id", value=manager) if manager else []

    def one(self, subject, key):
        wanted = self.customer.get(key)
        return next((row for row in self.bank[subject] if row[key] == wanted), {})

    def product(self, row):
        return next((p for p in self.bank["product"] if p["product_id"] == row["product_id"]), {})


def total(rows, column="amount"):
    return sum((row[column] for row in rows if row[column] is not None), D0)


def least(values):
    return min((value for value in values if value is not None), default=None)


def most(values):
    return max((value for value in values if value is not None), default=None)


def latest(rows, column, at, key=None):
    known = [row for row in rows if row.get(column) is not None]
    return max(known, key=lambda row: (row[at], row[key] if key else ""))[column] if known else None


def balance_ago(f, days):
    by_account = {}
    for row in f.rows("balance", "balance_on"):
        if row["line"] in ("deposit", "wealth") and days <= ago(row["balance_on"]) < days + 45:
            by_account.setdefault(row["holding_id"], []).append(row)
    return (
        sum((latest(rows, "amount", "balance_on") for rows in by_account.values()), D0)
        if by_account
        else None
    )


def full_years(born):
    if born is None:
        return None
    return AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))


def band(value, bounds, names):
    if value is None:
        return None
    return next((name for bound, name in zip(bounds, names, strict=False) if value < bound), names[-1])


def expected(f: Facts) -> dict:
    """Every tag of one customer, from the descriptions in the catalogue."""
    c = f.customer
    out = {
        name: c.get(name)
        for name in (
            "kind",
            "gender",
            "education",
            "marital_status",
            "occupation",
            "annual_income",
            "industry",
            "employees",
            "acquired_by",
            "region_kind",
            "district",
            "village",
            "branch_id",
            "manager_id",
        )
    }
    out |= {name: bool(c.get(name)) for name in ("is_farmer", "is_new_citizen")}
    age = out["age"] = full_years(c.get("birth_date"))
    out["age_band"] = band(age, (18, 35, 50, 60), ("under_18", "18_34", "35_49", "50_59", "60_plus"))
    out["tenure_days"] = ago(c["since"])

    branch, manager = f.one("branch", "branch_id"), f.one("manager", "manager_id")
    out["branch_region_kind"] = branch.get("region_kind")
    out["branch_age_days"] = ago(branch["opened_on"]) if branch.get("opened_on") else None
    same = [r for r in f.bank["customer"] if c["branch_id"] and r["branch_id"] == c["branch_id"]]
    out["branch_customers"] = len(same)
    out["has_manager"] = c["manager_id"] is not None
    out["manager_on_duty"] = bool(manager.get("on_duty"))
    out["manager_daily_capacity"] = manager.get("daily_capacity")
    same = [r for r in f.bank["customer"] if c["manager_id"] and r["manager_id"] == c["manager_id"]]
    out["manager_load"] = len(same)
    out["manager_targets"] = sum(
        f.ended(r, "valid_to") in (None, AS_OF) for r in f.of_manager("target", "valid_from")
    )
    done = f.of_manager("manager_performance", "performed_on", 30)
    out["manager_performance_days_30d"] = len({r["performed_on"] for r in done if r["amount"] > 0})

    ties = f.valid("tie", "valid_from", "valid_to")
    out["household_others"] = len({r["other_id"] for r in ties if r["kind"] == "household"})
    out["household_size"] = out["household_others"] + 1
    for kind in ("guarantor", "employer", "legal_representative"):
        out[f"has_{kind}"] = any(r["kind"] == kind for r in ties)

    used = f.rows("relationship", "opened_on")
    in_use = {r["line"] for r in used if f.ended(r, "closed_on") is None}
    out["lines_used"] = len(in_use)
    out |= {f"uses_{line}": line in in_use for line in ("e_banking", "payment")}
    out["days_since_new_line"] = least(ago(r["opened_on"]) for r in used)

    for line in ("deposit", "wealth"):
        out[f"{line}_balance"] = total(f.owned(line))
        ahead = [-ago(r["matures_on"]) for r in f.owned(line) if r["matures_on"]]
        out[f"{line}_matures_in_days"] = least(days for days in ahead if days >= 0)
        for days in (30, 90):
            soon = [r for r in f.owned(line) if r["matures_on"] and 0 <= -ago(r["matures_on"]) <= days]
            out[f"{line}_maturing_{days}d"] = total(soon)
    aum = out["aum"] = out["deposit_balance"] + out["wealth_balance"]
    names = ("none", "under_10k", "10k_50k", "50k_200k", "200k_500k", "500k_1m", "1m_plus")
    out["aum_band"] = band(aum, (Decimal("0.01"), 10000, 50000, 200000, 500000, 1000000), names)
    out["wealth_share"] = ratio(out["wealth_balance"], aum)
    out |= {f"holds_{line}": bool(f.owned(line)) for line in ("deposit", "wealth", "card", "loan")}
    out["had_wealth"] = bool(f.rows("holding", "opened_on", role="owner", line="wealth"))
    out["holdings_open"] = len(f.owned())
    out["products_held"] = len({r["product_id"] for r in f.owned() if r["product_id"]})
    shared = f.rows("holding", "opened_on", role="other")
    out["shared_holdings"] = sum(f.ended(r, "closed_on") is None for r in shared)
    out["product_risk_held"] = most(f.product(r).get("risk_level") for r in f.owned())

    loans = f.owned("loan")
    out["loan_count"], out["loan_balance"] = len(loans), total(loans)
    out["approved_credit"], out["used_credit"] = total(loans, "credit_limit"), total(loans, "used")
    out["unused_credit"] = out["approved_credit"] - out["used_credit"]
    out["credit_use"] = ratio(out["used_credit"], out["approved_credit"])
    out["loan_rate_max"] = most(r["rate"] for r in loans)
    out["is_overdue"] = any(r["status"] == "overdue" for r in loans)
    due = [(-ago(r["next_due_on"]), r) for r in loans if r["next_due_on"]]
    out["loan_due_in_days"] = least(days for days, _ in due if days >= 0)
    out["loan_due_30d"] = total([r for days, r in due if 0 <= days <= 30], "next_due_amount")

    out["balance_last"] = balance_ago(f, 0)
    for days in (30, 90):
        then = out[f"balance_{days}d_ago"] = balance_ago(f, days)
        both = then is not None and out["balance_last"] is not None
        change = out[f"balance_change_{days}d"] = out["balance_last"] - then if both else None
        out[f"balance_growth_{days}d"] = ratio(change, then)
    single = [r["amount"] for r in f.rows("balance", "balance_on", 90, line="deposit")]
    out["balance_min_90d"], out["balance_max_90d"] = least(single), most(single)

    def txns(days, **equal):
        return f.rows("txn", "occurred_at", days, **equal)

    for days in (7, 30, 90):
        out[f"inflow_{days}d"], out[f"outflow_{days}d"] = (
            total(txns(days, direction=way)) for way in ("in", "out")
        )
        out[f"net_flow_{days}d"] = out[f"inflow_{days}d"] - out[f"outflow_{days}d"]
    out["txn_count_30d"], out["txn_count_90d"] = len(txns(30)), len(txns(90))
    out["own_transfer_in_30d"] = total(txns(30, direction="in", counterparty="own_other_bank"))
    out["own_transfer_out_30d"] = total(txns(30, direction="out", counterparty="own_other_bank"))
    out["cash_out_30d"] = total(txns(30, direction="out", kind="cash"))
    out["collection_30d"] = total(txns(30, direction="in", kind="collection"))
    out["inflow_max_30d"] = most(r["amount"] for r in txns(30, direction="in"))
    spent = txns(90, direction="out", kind="purchase")
    out["purchase_mean_90d"] = half_up(total(spent) / len(spent), 2) if spent else None
    out["txn_active_days_30d"] = len({day_of(r["occurred_at"]) for r in txns(30)})
    out["days_since_txn"] = least(ago(r["occurred_at"]) for r in txns(365))
    out["last_txn_channel"] = latest(txns(90), "channel", "occurred_at", "txn_id")
    out |= {f"{way}_txn_count_90d": len(txns(90, channel=way)) for way in ("app", "counter")}

    def wages(days):
        return txns(days, direction="in", kind="payroll")

    out["payroll_in_30d"], out["payroll_in_90d"] = total(wages(30)), total(wages(90))
    out["is_payroll"] = bool(wages(45))
    since = out["payroll_since_days"] = most(ago(r["occurred_at"]) for r in wages(365))
    out["is_new_payroll"] = since is not None and since <= 59

    def events(days, **equal):
        return f.rows("event", "occurred_at", days, **equal)

    out |= {f"logins_{days}d": len(events(days, action="login")) for days in (7, 30, 90)}
    out["days_since_login"] = least(ago(r["occurred_at"]) for r in events(365, action="login"))
    for thing, days in (("wealth", 14), ("wealth", 30), ("loan", 30), ("deposit", 30), ("card", 30)):
        out[f"{thing}_views_{days}d"] = len(events(days, action="view", object=thing))
    out |= {
        f"{thing}_clicks_30d": len(events(30, action="click", object=thing)) for thing in ("wealth", "loan")
    }
    out["applications_90d"] = len(events(90, action="apply")) + len(events(90, action="submit"))
    out["counter_visits_90d"] = len(events(90, action="visit", channel="counter"))
    out["official_account_events_30d"] = len(events(30, channel="official_account"))
    out["app_active_days_30d"] = len({day_of(r["occurred_at"]) for r in events(30, channel="app")})
    out["last_event_channel"] = latest(events(90), "channel", "occurred_at", "event_id")

    assessed = f.rows("risk_assessment", "assessed_on")
    out["risk_level"] = latest(assessed, "level", "assessed_on")
    expires = out["risk_expires_on"] = latest(assessed, "expires_on", "assessed_on")
    out["risk_expires_in_days"] = -ago(expires) if expires else None
    out["days_since_assessment"] = least(ago(r["assessed_on"]) for r in assessed)
    held, level = out["product_risk_held"], out["risk_level"]
    out["holds_above_risk_level"] = held is not None and level is not None and held > level

    def contacts(days, **equal):
        return f.rows("contact", "contacted_on", days, **equal)

    out |= {f"contacts_{days}d": len(contacts(days)) for days in (7, 30, 90)}
    out |= {f"contacts_{what}_90d": len(contacts(90, outcome=what)) for what in ("accepted", "refused")}
    out["contact_acceptance_90d"] = ratio(out["contacts_accepted_90d"], out["contacts_90d"])
    out["days_since_contact"] = least(ago(r["contacted_on"]) for r in contacts(365))
    for what in ("channel", "outcome"):
        out[f"last_contact_{what}"] = latest(contacts(365), what, "contacted_on", "contact_id")

    out["referrals_90d"] = len(f.rows("referral", "referred_at", 90))
    out["referrals_365d"] = len(f.rows("referral", "referred_at", 365))
    out["referrals_opened_365d"] = len(f.rows("referral", "referred_at", 365, opened=True))
    out["referral_reward_365d"] = total(f.rows("referral", "referred_at", 365), "reward")
    out["was_referred"] = bool(f.rows("referral", "referred_at", by="referred_id"))

    outside = f.valid("external", "obtained_on", "expires_on")
    out["has_external_data"] = bool(outside)
    out["external_measures"] = len({r["measure"] for r in outside})
    out["external_age_days"] = least(ago(r["obtained_on"]) for r in outside)
    return out


@pytest.fixture(scope="module")
def both(bank, built, tmp_path_factory):
    got = built(tmp_path_factory.mktemp("library"), bank, LIBRARY)
    return got, {c["customer_id"]: expected(Facts(bank, c)) for c in bank["customer"]}


def test_the_oracle_knows_only_tags(both):
    _, wanted = both
    assert set(wanted["C000"]) <= {tag.name for tag in LIBRARY}


def test_tags_equal_an_independent_computation(both):
    got, wanted = both
    wrong = [
        name
        for name in wanted["C000"]
        if {one: row[name] for one, row in got.items()} != {one: row[name] for one, row in wanted.items()}
    ]
    assert not wrong


def test_boolean_tags_are_never_missing_and_allowed_values_hold(both):
    got, _ = both
    for tag in LIBRARY:
        if isinstance(tag.compute, Score) or any(name.endswith("_propensity") for name in tag.uses):
            continue  # there is no model yet
        seen = {row[tag.name] for row in got.values()}
        if tag.type is Type.BOOLEAN:
            assert seen <= {True, False}
        if tag.values:
            assert seen <= {*tag.values, None}


def test_most_tags_vary_in_the_test_bank(both):
    """Otherwise equality above would prove little."""
    _, wanted = both
    same = [name for name in wanted["C000"] if len({str(row[name]) for row in wanted.values()}) == 1]
    assert set(same) <= {"education", "marital_status", "occupation", "industry", "is_new_citizen"}


def test_every_tag_is_told_in_both_languages():
    for tag in LIBRARY:
        assert tag.title and tag.title_zh and tag.description and tag.description_zh and tag.owner, tag.name
        assert tag.title_zh != tag.title
        assert tag.unit or tag.type in (Type.TEXT, Type.BOOLEAN, Type.RATE, Type.DATE), tag.name
    assert len({tag.title for tag in LIBRARY}) == len({tag.title_zh for tag in LIBRARY}) == len(LIBRARY)


def test_every_subject_that_may_is_used():
    used = {tag.subject for tag in LIBRARY} | {"product"}
    assert used >= {
        "customer",
        "branch",
        "manager",
        "tie",
        "relationship",
        "holding",
        "balance",
        "txn",
        "event",
        "referral",
        "risk_assessment",
        "target",
        "manager_performance",
        "external",
        "contact",
    }


def test_nothing_after_as_of_changes_a_tag(bank, both, built, tmp_path):
    """Rows of the next days, of every kind, and only those, are added."""
    got, _ = both
    later = {name: list(rows) for name, rows in bank.items()}
    tomorrow = AS_OF + timedelta(days=1)
    midnight = datetime.combine(tomorrow, datetime.min.time())
    for i, one in enumerate(got):
        later["txn"].append(
            {
                "txn_id": f"Z{i}",
                "customer_id": one,
                "occurred_at": midnight,
                "direction": "in",
                "amount": Decimal(1),
                "kind": "payroll",
                "channel": "app",
            }
        )
        later["event"].append(
            {
                "event_id": f"Z{i}",
                "customer_id": one,
                "occurred_at": midnight,
                "channel": "app",
                "action": "login",
            }
        )
        later["balance"].append(
            {
                "customer_id": one,
                "holding_id": f"A{i}",
                "line": "deposit",
                "balance_on": tomorrow,
                "amount": Decimal(7),
            }
        )
        later["holding"].append(
            {
                "holding_id": f"Z{i}",
                "customer_id": one,
                "role": "owner",
                "line": "wealth",
                "opened_on": tomorrow,
                "amount": Decimal(9),
            }
        )
        later["contact"].append(
            {
                "contact_id": f"Z{i}",
                "customer_id": one,
                "channel": "sms",
                "contacted_on": tomorrow,
                "outcome": "accepted",
            }
        )
        later["referral"].append(
            {
                "referral_id": f"Z{i}",
                "customer_id": one,
                "referred_id": "C000",
                "referred_at": midnight,
                "reward": Decimal(1),
            }
        )
        later["risk_assessment"].append({"customer_id": one, "assessed_on": tomorrow, "level": 5})
        later["tie"].append(
            {"customer_id": one, "other_id": "C001", "kind": "household", "valid_from": tomorrow}
        )
        later["relationship"].append({"customer_id": one, "line": "payment", "opened_on": tomorrow})
        later["external"].append(
            {"customer_id": one, "source": "s", "licence": "l", "measure": "new", "obtained_on": tomorrow}
        )
    for manager in bank["manager"]:
        later["target"].append(
            {
                "manager_id": manager["manager_id"],
                "measure": "new",
                "valid_from": tomorrow,
                "amount": Decimal(1),
            }
        )
        later["manager_performance"].append(
            {
                "manager_id": manager["manager_id"],
                "measure": "new",
                "performed_on": tomorrow,
                "amount": Decimal(1),
            }
        )
    later["customer"].append(
        {"customer_id": "C999", "kind": "personal", "since": tomorrow, "branch_id": "B0", "manager_id": "M0"}
    )
    assert built(tmp_path, later, LIBRARY) == got


def test_ages_around_birthdays():
    assert full_years(date(1990, 5, 29)) == 36  # the oracle itself: 2026-05-29 is the birthday
    assert full_years(date(1990, 5, 30)) == 35
