"""Every tag of the library in plain pandas, written from the catalogue's descriptions alone.

`compute_tags` takes one frame per subject, with the contract's columns, and shares no code with the package,
so that two independent readings of every description can be compared. All numbers are whole: money is in
cents, rates in millionths; a missing value is ``pd.NA`` (``None`` in text, ``NaT`` in dates).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
Tags = dict[str, pd.Series]
Mask = Any  # one truth per row of a subject

MICRO = 1_000_000
ASSETS = ("deposit", "wealth")
TIERS = {"basic": None, "gold": 50_000, "platinum": 200_000, "diamond": 1_000_000, "private": 6_000_000}
ONLINE, OFFLINE = ("app", "web", "wechat"), ("counter", "atm", "pos")
REACHED = ("answered", "clicked", "accepted", "refused")
FEW_VALUES = {"direction", "kind", "channel", "counterparty", "category", "action", "object", "line"}
FEW_VALUES |= {"outcome", "role", "status", "measure"}
UNREAD = {"txn": ["txn_id", "holding_id", "recorded_at"], "event": ["event_id", "product_id"]}
CARRY = 45  # days a balance holds at most, its own included


# --- what every family needs: missing values, exact division, choices


def number(values: Any, factor: int = 1) -> np.ndarray:
    """Floats that are whole numbers (exact below 2**53), NaN where missing."""
    return np.rint(pd.Series(values).to_numpy(dtype="float64", na_value=np.nan) * factor)


def whole(values: Any) -> pd.Series:
    """Whole numbers of customers, missing where NaN."""
    values = np.asarray(values, dtype="float64")
    gaps = np.isnan(values)
    return pd.Series(pd.arrays.IntegerArray(np.where(gaps, 0, values).astype("int64"), gaps))


def over(dividend: pd.Series, divisor: pd.Series | int, scale: int = 1) -> pd.Series:
    """``scale * dividend / divisor`` rounded half away from zero; missing over nothing or 0."""
    below = divisor if isinstance(divisor, pd.Series) else dividend * 0 + divisor
    gaps = (dividend.isna() | below.isna() | (below == 0).fillna(False)).to_numpy(dtype=bool)
    up = dividend.fillna(0).to_numpy(dtype="int64") * scale
    down = np.where(gaps, 1, below.fillna(1).to_numpy(dtype="int64"))
    size = (2 * np.abs(up) + np.abs(down)) // (2 * np.abs(down))
    return pd.Series(pd.arrays.IntegerArray(np.where((up < 0) != (down < 0), -size, size), gaps))


rate = partial(over, scale=MICRO)


def yes(condition: pd.Series) -> pd.Series:
    """A condition with missing read as no."""
    return condition.fillna(False).astype(bool)


def first_of(choices: dict[str, pd.Series], otherwise: str | None = None, known: Any = None) -> pd.Series:
    """The name of the first condition that holds; missing where `known` does not."""
    chosen = np.select([yes(one).to_numpy() for one in choices.values()], list(choices), otherwise or "")
    text = pd.Series(chosen).astype(object)
    gaps = ~yes(known) if known is not None else pd.Series(False, index=text.index)
    return text.mask(gaps | (text == ""), None)


def band(value: pd.Series, steps: dict[str, float | None]) -> pd.Series:
    """The last of the named steps that a value reaches (the lowest has none); missing without a value."""
    choices = {name: value >= low for name, low in reversed(steps.items()) if low is not None}
    return first_of(choices, otherwise=next(iter(steps)), known=value.notna())


def group_of_five(value: pd.Series, better: int) -> pd.Series:
    """1 to 5 by how many of those who have a value stand strictly behind (`better` 1: less is behind)."""
    behind = (better * value).rank(method="min") - 1
    return behind.astype("Int64") * 5 // int(value.notna().sum() or 1) + 1


# --- the rows of a subject, as they are seen on as_of


class Rows:
    """Rows of a subject with `who`, the position of their customer; all results are one value a customer."""

    def __init__(self, frame: pd.DataFrame, owner: pd.Series, customers: pd.Index) -> None:
        who = customers.get_indexer(pd.Index(owner))
        self.frame = frame[who >= 0].assign(who=who[who >= 0])
        self.people = len(customers)
        self.all = np.ones(len(self.frame), dtype=bool)

    def __getitem__(self, column: str) -> pd.Series:
        return self.frame[column]

    def is_(self, **wanted: str | Sequence[str]) -> np.ndarray:
        """Rows with these values, or one of them."""
        mask = self.all
        for column, values in wanted.items():
            for_one = [self.frame[column] == one for one in ([values] if isinstance(values, str) else values)]
            mask = mask & np.logical_or.reduce([np.asarray(yes(one)) for one in for_one])
        return mask

    def last(self, days: int, column: str = "ago") -> np.ndarray:
        """Rows of the last `days` days."""
        return self.frame[column].between(0, days - 1).to_numpy()

    def _who(self, where: Mask) -> np.ndarray:
        return self.frame["who"].to_numpy()[np.asarray(where)]

    def count(self, where: Mask) -> pd.Series:
        return whole(np.bincount(self._who(where), minlength=self.people))

    def exists(self, where: Mask) -> pd.Series:
        return self.count(where) > 0

    def total(self, column: str, where: Mask) -> pd.Series:
        values = np.nan_to_num(self.frame[column].to_numpy(dtype="float64")[np.asarray(where)])
        return whole(np.bincount(self._who(where), values, minlength=self.people))

    def least(self, column: str, where: Mask, sign: int = 1) -> pd.Series:
        values = sign * self.frame[column].to_numpy(dtype="float64")[np.asarray(where)]
        known = ~np.isnan(values)
        least = np.full(self.people, np.inf)
        np.minimum.at(least, self._who(where)[known], values[known])
        return whole(np.where(np.isinf(least), np.nan, sign * least))

    def most(self, column: str, where: Mask) -> pd.Series:
        return self.least(column, where, sign=-1)

    def _spread(self, found: pd.DataFrame, column: str) -> pd.Series:
        """One value of each customer who has one."""
        spread = found.set_index("who")[column].astype(object).reindex(range(self.people))
        return spread.where(spread.notna(), None)

    def distinct(self, column: str, where: Mask) -> pd.Series:
        pairs = self.frame.loc[where, ["who", column]].dropna().drop_duplicates()
        return whole(np.bincount(pairs["who"], minlength=self.people))

    def commonest(self, column: str, where: Mask) -> pd.Series:
        """The most frequent value, of equally frequent ones the smallest."""
        values = self.frame.loc[where, ["who"]].assign(value=self.frame[column].astype(object)).dropna()
        counted = values.groupby(["who", "value"]).size().reset_index(name="times")
        counted = counted.sort_values(["times", "value"], ascending=[False, True])
        return self._spread(counted.drop_duplicates("who"), "value")

    def latest(self, column: str, where: Mask, tie: pd.Series) -> pd.Series:
        """The value of the latest row with one; of two at the same moment the one of the greater `tie`."""
        rows = self.frame.loc[where & self.frame[column].notna(), ["who", "at", column]]
        rows = rows[rows["at"] == rows.groupby("who")["at"].transform("max")]
        rows = rows.assign(tie=tie.loc[rows.index]).sort_values("tie")
        return self._spread(rows.drop_duplicates("who", keep="last"), column)


class Bank:
    """The subjects as they are seen on as_of."""

    def __init__(self, frames: Frames, as_of: date) -> None:
        self.frames = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
        self.as_of = pd.Timestamp(as_of)
        self.customers = self.seen("customer", "since").sort_values("customer_id").reset_index(drop=True)
        self.ids = pd.Index(self.customers["customer_id"])
        self.branches = self.seen("branch", "opened_on").set_index("branch_id")
        self.managers = self.seen("manager", "hired_on").set_index("manager_id")
        self.targets = self.seen("target", "valid_from", "valid_to")
        self.performance = self.seen("manager_performance", "performed_on")
        self.ties = self.seen("tie", "valid_from", "valid_to")
        self.referrals = self.seen("referral", "referred_at").assign(
            reward=lambda rows: number(rows["reward"], 100),
            chain_length=lambda rows: number(rows["chain_length"]),
        )
        self.lines = self.rows(self.seen("relationship", "opened_on", "closed_on"))
        self.outside = self.rows(self.seen("external", "obtained_on", "expires_on"))
        self.assessments = self.rows(self.seen("risk_assessment", "assessed_on"))
        self.contacts = self.rows(self.seen("contact", "contacted_on"))
        self.events = self.rows(self.seen("event", "occurred_at"))
        self.txns = self.rows(self._money("txn", "occurred_at", ["amount"]))
        self.balances = self.rows(self._balances())
        self.holdings = self.rows(self._holdings())

    def ago(self, column: pd.Series) -> pd.Series:
        """Days from a date or moment to as_of, negative after it, NaN where missing."""
        return (self.as_of - pd.to_datetime(column).dt.normalize()).dt.days

    def seen(self, subject: str, at: str, until: str | None = None) -> pd.DataFrame:
        """Rows not after as_of with `at`, days `ago`, and days since they `ended` (NaN when not yet)."""
        frame = self.frames[subject].drop(columns=UNREAD.get(subject, []))
        ago = self.ago(frame[at])
        few = FEW_VALUES & set(frame) if subject != "customer" else ()
        frame = frame.astype(dict.fromkeys(few, "category"))
        frame = frame.assign(at=pd.to_datetime(frame[at]), ago=ago)[~(ago < 0)]
        if until is None:
            return frame
        ended = self.ago(frame[until])
        return frame.assign(ended=ended.where(ended >= 0))

    def rows(self, frame: pd.DataFrame, owner: str = "customer_id") -> Rows:
        return Rows(frame, frame[owner], self.ids)

    def _money(self, subject: str, at: str, columns: list[str], until: str | None = None) -> pd.DataFrame:
        frame = self.seen(subject, at, until)
        return frame.assign(**{column: number(frame[column], 100) for column in columns})

    def _balances(self) -> pd.DataFrame:
        """Balances of assets with `held_to`, how many days before as_of each held last."""
        frame = self._money("balance", "balance_on", ["amount"])
        frame = frame[frame["line"].isin(ASSETS)].sort_values("ago")
        following = frame.groupby(["customer_id", "holding_id"])["ago"].shift(1)
        return frame.assign(following=following, held_to=np.fmax(frame["ago"] - CARRY + 1, following + 1))

    def _holdings(self) -> pd.DataFrame:
        money = ["amount", "credit_limit", "used", "next_due_amount"]
        frame = self._money("holding", "opened_on", money, "closed_on")
        products = self.seen("product", "offered_from")[["product_id", "kind", "risk_level"]]
        frame = frame.merge(products, on="product_id", how="left", validate="many_to_one")
        return frame.assign(
            rate=number(frame["rate"], MICRO),
            risk_level=number(frame["risk_level"]),
            matures_in=-self.ago(frame["matures_on"]),
            due_in=-self.ago(frame["next_due_on"]),
            owned=frame["role"] == "owner",
            open=frame["ended"].isna(),
            mine=(frame["role"] == "owner") & frame["ended"].isna(),
        )

    def full_years(self, born: pd.Series) -> pd.Series:
        born = pd.to_datetime(born)
        to_come = born.dt.month * 100 + born.dt.day > self.as_of.month * 100 + self.as_of.day
        return whole(self.as_of.year - born.dt.year - to_come.astype(int))

    def birthday(self, born: Any) -> pd.Timestamp:
        """The first one from as_of to 14 days after it, day by day; NaT without."""
        for day in pd.date_range(self.as_of, periods=15):
            days = {(day.month, day.day)}
            if days == {(3, 1)} and not day.is_leap_year:
                days.add((2, 29))
            if pd.notna(born) and (born.month, born.day) in days:
                return day
        return pd.NaT  # pyright: ignore[reportReturnType]

    def of_key(self, key: str, values: pd.Series) -> pd.Series:
        """What a customer's branch or manager has, missing without one."""
        return self.customers[key].map(values)


# --- trends over equal periods


def slope(periods: list[pd.Series], scale: int = 1, of_days: int = 1) -> pd.Series:
    """Least-squares change a period, oldest first: sum of (2k - n + 1) x over n (n² - 1) / 6."""
    n = len(periods)
    weighted = sum(((2 * k - n + 1) * x for k, x in enumerate(periods)), 0 * periods[0])
    return over(weighted, n * (n * n - 1) // 6 * of_days, scale)


def deviation(periods: list[pd.Series], of_days: int = 1) -> pd.Series:
    """Population standard deviation over the periods."""
    values = np.array([x.to_numpy(dtype="int64") for x in periods], dtype=np.longdouble)
    return whole(np.floor(values.std(axis=0) / of_days + np.longdouble(0.5)))


def only_where(known: pd.Series, value: pd.Series) -> pd.Series:
    return value.where(yes(known), pd.NA)


def periods_of(rows: Rows, where: Mask, days: int, column: str | None = None) -> list[pd.Series]:
    """Sum of `column`, or the number of rows, in each period of 30 days, oldest first."""
    cuts = [where & rows["ago"].between(low, low + 29) for low in range(days - 30, -1, -30)]
    return [rows.total(column, cut) if column else rows.count(cut) for cut in cuts]


# --- one function a family, in the order in which they need each other


def identity(b: Bank, t: Tags) -> None:
    c = b.customers
    for name in ("kind", "gender", "education", "marital_status", "occupation", "industry", "acquired_by"):
        t[name] = c[name].astype(object)
    t["age"] = b.full_years(c["birth_date"])
    t["age_band"] = band(t["age"], {"under_18": None, "18_34": 18, "35_49": 35, "50_59": 50, "60_plus": 60})
    t["annual_income"] = whole(number(c["annual_income"], 100))
    t["is_farmer"], t["is_new_citizen"] = (
        yes(c[one].astype("boolean")) for one in ("is_farmer", "is_new_citizen")
    )
    t["employees"] = whole(number(c["employees"]))
    t["tenure_days"] = whole(c["ago"])
    t["birthday_on"] = c["birth_date"].map(b.birthday).astype("datetime64[ns]")


def region(b: Bank, t: Tags) -> None:
    for name in ("region_kind", "district", "village", "branch_id"):
        t[name] = b.customers[name].astype(object)
    t["branch_region_kind"] = b.of_key("branch_id", b.branches["region_kind"].astype(object))
    t["branch_age_days"] = whole(b.of_key("branch_id", b.branches["ago"]))
    t["branch_customers"] = whole(b.of_key("branch_id", b.customers["branch_id"].value_counts()).fillna(0))
    t["lives_in_village"] = yes(t["region_kind"] == "village")
    t["branch_managers"] = whole(b.of_key("branch_id", b.managers["branch_id"].value_counts()).fillna(0))
    t["branch_customers_per_manager"] = rate(t["branch_customers"], t["branch_managers"])


def manager(b: Bank, t: Tags) -> None:
    t["manager_id"] = b.customers["manager_id"].astype(object)
    t["has_manager"] = t["manager_id"].notna()
    mine = partial(b.of_key, "manager_id")
    t["manager_on_duty"] = yes(mine(b.managers["on_duty"].astype("boolean")).astype("boolean"))
    t["manager_daily_capacity"] = whole(number(mine(b.managers["daily_capacity"])))
    t["manager_load"] = whole(mine(b.customers["manager_id"].value_counts()).fillna(0))
    valid = b.targets[b.targets["ended"].isna() | (b.targets["ended"] == 0)]
    t["manager_targets"] = whole(mine(valid["manager_id"].value_counts()).fillna(0))
    recent = b.performance[(b.performance["ago"] < 30) & (number(b.performance["amount"], 100) > 0)]
    t["manager_performance_days_30d"] = whole(mine(recent.groupby("manager_id")["ago"].nunique()).fillna(0))
    t["manager_hired_days"] = whole(mine(b.managers["ago"]))
    t["manager_branch_id"] = mine(b.managers["branch_id"].astype(object))
    t["manager_of_home_branch"] = yes(t["manager_branch_id"] == t["branch_id"])
    t["manager_load_per_lead"] = rate(
        only_where(t["has_manager"], t["manager_load"]), t["manager_daily_capacity"]
    )


def lines(b: Bank, t: Tags) -> None:
    r = b.lines
    still = r["ended"].isna()
    t["lines_used"] = r.distinct("line", still)
    t["uses_e_banking"] = r.exists(still & r.is_(line="e_banking"))
    t["uses_payment"] = r.exists(still & r.is_(line="payment"))
    t["days_since_new_line"] = r.least("ago", r.all)
    t["relationship_days"] = r.most("ago", still)
    t["lines_opened_90d"] = r.count(r.last(90))
    t["lines_closed_90d"] = r.count(r.last(90, "ended"))


def household(b: Bank, t: Tags) -> None:
    others = b.ties[b.ties["other_id"] != b.ties["customer_id"]]
    holds = others[others["ended"].isna() | (others["ended"] == 0)]
    of, by = b.rows(holds), b.rows(holds, "other_id")
    t["household_others"] = of.distinct("other_id", of.is_(kind="household"))
    t["household_size"] = t["household_others"] + 1
    for kind in ("guarantor", "employer", "legal_representative"):
        t[f"has_{kind}"] = of.exists(of.is_(kind=kind))
    t["guarantees_for"] = by.distinct("customer_id", by.is_(kind="guarantor"))
    t["represents_businesses"] = by.distinct("customer_id", by.is_(kind="legal_representative"))
    t["employs_customers"] = by.distinct("customer_id", by.is_(kind="employer"))


def external(b: Bank, t: Tags) -> None:
    r = b.outside
    usable = r["ended"].isna() | (r["ended"] == 0)
    t["has_external_data"] = r.exists(usable)
    t["external_measures"] = r.distinct("measure", usable)
    t["external_sources"] = r.distinct("source", usable)
    t["external_age_days"] = r.least("ago", usable)
    t["external_expired"] = r.count(r["ended"] > 0)


def referrals(b: Bank, t: Tags) -> None:
    by_others = b.referrals[b.referrals["customer_id"] != b.referrals["referred_id"]]
    made, got = b.rows(b.referrals), b.rows(by_others, "referred_id")
    t["referrals_90d"], t["referrals_365d"] = made.count(made.last(90)), made.count(made.last(365))
    opened = yes(made["opened"].astype("boolean"))
    t["referrals_opened_365d"] = made.count(made.last(365) & opened)
    t["referral_reward_365d"] = made.total("reward", made.last(365))
    same = yes(made["same_device"].astype("boolean")) | (made["customer_id"] == made["referred_id"])
    t["self_referrals_365d"] = made.count(made.last(365) & same)
    t["referral_chain_length"] = got.most("chain_length", got.all)
    t["referral_success_365d"] = rate(t["referrals_opened_365d"], t["referrals_365d"])
    t["days_since_referral"] = made.least("ago", made.last(365))
    t["was_referred"] = got.exists(got.all)
    t["days_since_referred"] = got.least("ago", got.all)


def contacts(b: Bank, t: Tags) -> None:
    r = b.contacts
    accepted, quarter, year = r.is_(outcome="accepted"), r.last(90), r.last(365)
    for days in (7, 30, 90):
        t[f"contacts_{days}d"] = r.count(r.last(days))
    t["contacts_accepted_90d"] = r.count(quarter & accepted)
    t["contacts_refused_90d"] = r.count(quarter & r.is_(outcome="refused"))
    t["contacts_reached_90d"] = r.count(quarter & r.is_(outcome=REACHED))
    t["contact_acceptance_90d"] = rate(t["contacts_accepted_90d"], t["contacts_90d"])
    t["days_since_contact"] = r.least("ago", year)
    t["days_since_accepted"] = r.least("ago", year & accepted)
    t["last_contact_channel"] = r.latest("channel", year, tie=b.frames["contact"]["contact_id"])
    t["last_contact_outcome"] = r.latest("outcome", year, tie=b.frames["contact"]["contact_id"])
    for channel in ("sms", "outbound_call", "app_push", "mobile_sales"):
        through = quarter & r.is_(channel=channel)
        t[f"{channel}_contacts_90d"] = r.count(through)
        t[f"{channel}_acceptance_90d"] = rate(r.count(through & accepted), r.count(through))
    t["is_over_contacted"] = (t["contacts_30d"] >= 3) & (t["contacts_accepted_90d"] == 0)


def assets(b: Bank, t: Tags) -> None:
    h = b.holdings
    for line in ASSETS:
        t[f"{line}_balance"] = h.total("amount", h["mine"] & h.is_(line=line))
    t["aum"] = t["deposit_balance"] + t["wealth_balance"]
    lows = {
        "10k_50k": 10_000,
        "50k_200k": 50_000,
        "200k_500k": 200_000,
        "500k_1m": 500_000,
        "1m_plus": 1_000_000,
    }
    steps = {"none": None, "under_10k": 1} | {name: low * 100 for name, low in lows.items()}
    t["aum_band"] = band(t["aum"], steps)
    t["wealth_share"] = rate(t["wealth_balance"], t["aum"])
    for line in ("deposit", "wealth", "card", "loan"):  # holds_loan is of the family credit
        t[f"holds_{line}"] = h.exists(h["mine"] & h.is_(line=line))
    t["had_wealth"] = h.exists(h["owned"] & h.is_(line="wealth"))
    t["holdings_open"] = h.count(h["mine"])
    t["products_held"] = h.distinct("product_id", h["mine"])
    t["shared_holdings"] = h.count(h["open"] & h.is_(role="other"))
    t["product_risk_held"] = h.most("risk_level", h["mine"])
    t["demand_balance"] = h.total("amount", h["mine"] & h.is_(kind="demand"))
    t["term_balance"] = h.total("amount", h["mine"] & h.is_(kind="term"))
    t["demand_share"] = rate(t["demand_balance"], t["deposit_balance"])
    t["deposit_largest"] = h.most("amount", h["mine"] & h.is_(line="deposit"))


def cards(b: Bank, t: Tags) -> None:
    h, x = b.holdings, b.txns
    credit, social = (h["mine"] & h.is_(kind=kind) for kind in ("credit_card", "social_security_card"))
    t["holds_credit_card"], t["holds_social_security_card"] = h.exists(credit), h.exists(social)
    t["card_limit"], t["card_used"] = h.total("credit_limit", credit), h.total("used", credit)
    t["card_use"] = rate(t["card_used"], t["card_limit"])
    t["is_idle_credit_card"] = t["holds_credit_card"] & (t["card_used"] <= 0)
    t["social_security_card_days"] = h.most("ago", social)
    spent = x.last(90) & x.is_(kind="purchase", direction="out")
    t["spent_90d"], t["purchases_90d"] = x.total("amount", spent), x.count(spent)
    for category in ("utilities", "farm_supplies", "education"):
        t[f"spent_on_{category}_90d"] = x.total("amount", spent & x.is_(category=category))


def credit(b: Bank, t: Tags) -> None:
    h = b.holdings
    loan = h["mine"] & h.is_(line="loan")
    overdue = loan & h.is_(status="overdue")
    t["loan_count"], t["loan_balance"] = h.count(loan), h.total("amount", loan)
    t["approved_credit"], t["used_credit"] = h.total("credit_limit", loan), h.total("used", loan)
    t["unused_credit"] = t["approved_credit"] - t["used_credit"]
    t["credit_use"] = rate(t["used_credit"], t["approved_credit"])
    t["loan_rate_max"] = h.most("rate", loan)
    t["is_overdue"], t["overdue_balance"] = h.exists(overdue), h.total("amount", overdue)
    t["has_undrawn_credit"] = (t["approved_credit"] > 0) & (t["used_credit"] <= 0)
    for kind in ("mortgage", "consumer_loan", "business_loan", "farm_loan"):
        t[f"holds_{kind}"] = h.exists(h["mine"] & h.is_(kind=kind))
    t["loans_opened_90d"] = h.count(h["owned"] & h.is_(line="loan") & h.last(90))
    t["loans_closed_365d"] = h.count(h["owned"] & h.is_(line="loan") & h.last(365, "ended"))


def maturities(b: Bank, t: Tags) -> None:
    h = b.holdings
    for line in (*ASSETS, "loan"):
        t[f"{line}_matures_in_days"] = h.least(
            "matures_in", h["mine"] & h.is_(line=line) & (h["matures_in"] >= 0)
        )
    for line in ASSETS:
        due_in = t[f"{line}_matures_in_days"].astype("Float64").to_numpy(na_value=np.nan)
        t[f"{line}_matures_on"] = b.as_of + pd.Series(pd.to_timedelta(due_in, unit="D"))
        for days in (7, 30, 60, 90):
            due = h["mine"] & h.is_(line=line) & h["matures_in"].between(0, days)
            t[f"{line}_maturing_{days}d"] = h.total("amount", due)
        t[f"{line}_maturing_share_30d"] = rate(t[f"{line}_maturing_30d"], t[f"{line}_balance"])
    both = h.is_(line=ASSETS)
    t["maturities_30d"] = h.count(h["mine"] & both & h["matures_in"].between(0, 30))
    t["matured_30d"] = h.count(h["owned"] & both & h["matures_in"].between(-29, 0))
    t["past_maturity_balance"] = h.total("amount", h["mine"] & both & (h["matures_in"] < 0))


def balances(b: Bank, t: Tags) -> None:
    r = b.balances
    for days, name in ((0, "balance_last"), (30, "balance_30d_ago"), (90, "balance_90d_ago")):
        holds = (r["ago"] >= days) & (r["ago"] < days + CARRY)
        last = holds & ~(r["following"] >= days)
        t[name] = only_where(r.exists(last), r.total("amount", last))
    for days in (30, 90):
        t[f"balance_change_{days}d"] = t["balance_last"] - t[f"balance_{days}d_ago"]
        t[f"balance_growth_{days}d"] = rate(t[f"balance_change_{days}d"], t[f"balance_{days}d_ago"])
    deposits = r.is_(line="deposit")
    t["balance_min_90d"] = r.least("amount", deposits & r.last(90))
    t["balance_max_90d"] = r.most("amount", deposits & r.last(90))

    def held(low: int, days: int, where: Mask) -> tuple[pd.Series, pd.Series]:
        """Cents times days held from `low` days ago back over `days` days, and how many days were held."""
        length = np.minimum(r["ago"], low + days - 1) - np.maximum(r["held_to"], low) + 1
        part = Rows.__new__(Rows)
        part.people, part.frame = r.people, r.frame.assign(days=length, sum=length * r["amount"])
        return part.total("sum", where & (length > 0)), part.total("days", where & (length > 0))

    for days in (30, 90, 365):
        total, known = held(0, days, r.all)
        t[f"aum_daily_mean_{days}d"] = only_where(known > 0, over(total, days))
    total, known = held(0, 90, deposits)
    t["deposit_daily_mean_90d"] = only_where(known > 0, over(total, 90))
    months = [held(low, 30, r.all) for low in range(150, -1, -30)]
    known = sum((days for _, days in months), 0 * t["aum"]) > 0
    t["aum_slope_180d"] = only_where(known, slope([total for total, _ in months], of_days=30))
    t["aum_volatility_180d"] = only_where(known, deviation([total for total, _ in months], of_days=30))
    growth = t["balance_growth_90d"]
    ways = {"growing": growth >= MICRO // 10, "declining": growth <= -MICRO // 10}
    t["balance_trend_90d"] = first_of(ways, "stable", known=growth.notna())
    t["balance_to_mean_90d"] = rate(t["balance_last"], t["aum_daily_mean_90d"])


def flows(b: Bank, t: Tags) -> None:
    x = b.txns
    way = {"inflow": x.is_(direction="in"), "outflow": x.is_(direction="out")}
    for name, rows in way.items():
        for days in (7, 30, 90, 180):
            t[f"{name}_{days}d"] = x.total("amount", rows & x.last(days))
        t[f"large_{name}s_90d"] = x.count(rows & x.last(90) & (x["amount"] >= 50_000_00))
        t[f"{name}_max_30d"] = x.most("amount", rows & x.last(30))
        own = rows & x.is_(counterparty="own_other_bank")
        for days in (30, 90):
            t[f"own_transfer_{name[: -len('flow')]}_{days}d"] = x.total("amount", own & x.last(days))
        t[f"cash_{name[: -len('flow')]}_30d"] = x.total("amount", rows & x.is_(kind="cash") & x.last(30))
    for days in (7, 30, 90):
        t[f"net_flow_{days}d"] = t[f"inflow_{days}d"] - t[f"outflow_{days}d"]
    t["txn_count_30d"], t["txn_count_90d"] = x.count(x.last(30)), x.count(x.last(90))
    t["own_transfer_net_90d"] = t["own_transfer_out_90d"] - t["own_transfer_in_90d"]
    t["net_flow_share_90d"] = rate(t["net_flow_90d"], t["inflow_90d"])
    months, known = periods_of(x, way["inflow"], 180, "amount"), x.exists(way["inflow"] & x.last(180))
    t["inflow_slope_180d"] = only_where(known, slope(months))
    t["inflow_volatility_180d"] = only_where(known, deviation(months))
    t["fees_90d"] = x.total("amount", way["outflow"] & x.is_(kind="fee") & x.last(90))
    bought = way["outflow"] & x.is_(kind="purchase") & x.last(90)
    t["purchase_mean_90d"] = over(x.total("amount", bought), x.count(bought))
    t["txn_active_days_30d"] = x.distinct("ago", x.last(30))
    t["days_since_txn"] = x.least("ago", x.last(365))
    t["last_txn_channel"] = x.latest("channel", x.last(90), tie=b.frames["txn"]["txn_id"])


def payroll(b: Bank, t: Tags) -> None:
    x = b.txns
    wages = x.is_(kind="payroll", direction="in")
    t["payroll_in_30d"] = x.total("amount", wages & x.last(30))
    t["payroll_in_90d"] = x.total("amount", wages & x.last(90))
    t["payroll_count_90d"] = x.count(wages & x.last(90))
    t["payroll_mean_90d"] = over(t["payroll_in_90d"], t["payroll_count_90d"])
    t["is_payroll"] = x.exists(wages & x.last(45))
    t["payroll_since_days"] = x.most("ago", wages & x.last(365))
    t["days_since_payroll"] = x.least("ago", wages & x.last(365))
    t["is_new_payroll"] = yes(t["payroll_since_days"] < 60)
    t["is_lost_payroll"] = x.exists(wages & x.last(365)) & ~t["is_payroll"]
    t["payroll_share_90d"] = rate(t["payroll_in_90d"], t["inflow_90d"])


def merchants(b: Bank, t: Tags) -> None:
    h, x = b.holdings, b.txns
    takings = x.is_(kind="collection", direction="in")
    t["uses_collection_code"] = h.exists(h["mine"] & h.is_(kind="payment"))
    t["collection_30d"] = x.total("amount", takings & x.last(30))
    t["collection_90d"] = x.total("amount", takings & x.last(90))
    t["collection_count_90d"] = x.count(takings & x.last(90))
    t["collection_days_30d"] = x.distinct("ago", takings & x.last(30))
    t["collection_mean_90d"] = over(t["collection_90d"], t["collection_count_90d"])
    t["collection_share_90d"] = rate(t["collection_90d"], t["inflow_90d"])
    trend = slope(periods_of(x, takings, 90, "amount"))
    t["collection_slope_90d"] = only_where(t["collection_count_90d"] > 0, trend)
    t["is_merchant"] = t["uses_collection_code"] | (t["collection_count_90d"] >= 10)


def repayment(b: Bank, t: Tags) -> None:
    h, x = b.holdings, b.txns
    loan = h["mine"] & h.is_(line="loan")
    t["loan_due_in_days"] = h.least("due_in", loan & (h["due_in"] >= 0))
    t["loan_due_30d"] = h.total("next_due_amount", loan & h["due_in"].between(0, 30))
    repaid = x.is_(kind="repayment", direction="out") & x.last(90)
    t["repaid_90d"], t["repayments_90d"] = x.total("amount", repaid), x.count(repaid)
    t["days_since_repayment"] = x.least("ago", repaid)
    t["loan_payout_90d"] = x.total("amount", x.is_(kind="loan_payout", direction="in") & x.last(90))
    t["repayment_to_inflow_90d"] = rate(t["repaid_90d"], t["inflow_90d"])
    states = {
        "no_debt": t["loan_balance"] <= 0,
        "overdue": t["is_overdue"],
        "on_time": t["repayments_90d"] > 0,
    }
    t["repayment_status"] = first_of(states, "not_yet")


def wealth(b: Bank, t: Tags) -> None:
    h, x = b.holdings, b.txns
    bought, redeemed = x.is_(kind="wealth_buy", direction="out"), x.is_(kind="wealth_redeem", direction="in")
    t["wealth_buys_90d"], t["wealth_bought_90d"] = (
        x.count(bought & x.last(90)),
        x.total("amount", bought & x.last(90)),
    )
    t["wealth_redemptions_90d"] = x.count(redeemed & x.last(90))
    t["wealth_redeemed_90d"] = x.total("amount", redeemed & x.last(90))
    t["wealth_net_bought_90d"] = t["wealth_bought_90d"] - t["wealth_redeemed_90d"]
    whole_sum = t["wealth_redeemed_90d"] + t["wealth_balance"]
    t["wealth_redeemed_share_90d"] = rate(t["wealth_redeemed_90d"], whole_sum)
    t["days_since_wealth_buy"] = x.least("ago", bought & x.last(180))
    t["days_since_wealth_redemption"] = x.least("ago", redeemed & x.last(180))
    t["days_since_first_wealth"] = h.most("ago", h["owned"] & h.is_(line="wealth"))
    t["is_first_time_wealth_buyer"] = yes(t["days_since_first_wealth"] < 90)
    t["fund_balance"] = h.total("amount", h["mine"] & h.is_(kind="fund"))
    t["holds_fund"] = h.exists(h["mine"] & h.is_(kind="fund"))
    held = h["mine"] & h.is_(line="wealth")
    t["wealth_risk_mean"] = rate(h.total("risk_level", held), h.count(held & h["risk_level"].notna()))
    t["risky_wealth_balance"] = h.total("amount", held & h["risk_level"].isin([4, 5]))
    t["risky_wealth_share"] = share = rate(t["risky_wealth_balance"], t["wealth_balance"])
    ways = {"none": t["wealth_balance"] <= 0, "aggressive": share >= MICRO // 2, "balanced": share > 0}
    t["risk_appetite"] = first_of(ways, "steady")


def risk(b: Bank, t: Tags) -> None:
    r = b.assessments
    level = r["level"].to_numpy(dtype="float64", na_value=np.nan)
    numbered = Rows.__new__(Rows)
    numbered.people, numbered.frame = r.people, r.frame.assign(level=level)
    newest = r["ago"] == r.frame.groupby("who")["ago"].transform("min")
    oldest = r["ago"] == r.frame.groupby("who")["ago"].transform("max")
    t["risk_level"], t["risk_level_first"] = numbered.most("level", newest), numbered.most("level", oldest)
    t["risk_level_change"] = t["risk_level"] - t["risk_level_first"]
    t["days_since_assessment"] = r.least("ago", r.all)
    t["risk_expires_on"] = pd.to_datetime(
        r.latest("expires_on", r.all, tie=b.frames["risk_assessment"]["assessed_on"])
    )
    t["risk_expires_in_days"] = whole(-b.ago(t["risk_expires_on"]))
    t["risk_assessment_valid"] = yes(t["risk_expires_in_days"] >= 0)
    t["risk_room"] = t["risk_level"] - t["product_risk_held"]
    t["holds_above_risk_level"] = yes(t["risk_room"] < 0)


def behaviour(b: Bank, t: Tags) -> None:
    e = b.events
    login, quarter, month = e.is_(action="login"), e.last(90), e.last(30)
    for days in (7, 30, 90):
        t[f"logins_{days}d"] = e.count(login & e.last(days))
    t["days_since_login"] = e.least("ago", login & e.last(365))
    t["login_slope_90d"] = only_where(t["logins_90d"] > 0, slope(periods_of(e, login, 90), MICRO))
    for thing in ("wealth", "loan", "deposit", "card"):
        viewed = e.is_(action="view", object=thing)
        t[f"{thing}_views_30d"] = e.count(viewed & month)
        t[f"{thing}_applications_90d"] = e.count(e.is_(action=("apply", "submit"), object=thing) & quarter)
        if thing in ("wealth", "loan"):
            t[f"{thing}_clicks_30d"] = e.count(e.is_(action="click", object=thing) & month)
            t[f"days_since_{thing}_view"] = e.least("ago", viewed & quarter)
    t["wealth_views_14d"] = e.count(e.is_(action="view", object="wealth") & e.last(14))
    t["wealth_click_rate_30d"] = rate(t["wealth_clicks_30d"], t["wealth_views_30d"])
    t["applications_begun_90d"] = e.count(e.is_(action="apply") & quarter)
    t["applications_sent_90d"] = e.count(e.is_(action="submit") & quarter)
    t["applications_90d"] = t["applications_begun_90d"] + t["applications_sent_90d"]
    t["unfinished_applications_90d"] = (t["applications_begun_90d"] - t["applications_sent_90d"]).clip(
        lower=0
    )
    t["counter_visits_90d"] = e.count(e.is_(action="visit", channel="counter") & quarter)
    t["official_account_events_30d"] = e.count(e.is_(channel="official_account") & month)
    t["app_active_days_30d"] = e.distinct("ago", e.is_(channel="app") & month)
    t["last_event_channel"] = e.latest("channel", quarter, tie=b.frames["event"]["event_id"])
    t["is_wealth_browser"] = (t["wealth_views_30d"] >= 2) & ~t["holds_wealth"]


def channels(b: Bank, t: Tags) -> None:
    e, x = b.events, b.txns
    quarter, known = x.last(90), x["channel"].notna() & x.last(90)
    for channel in (*ONLINE, *OFFLINE):
        t[f"{channel}_txn_count_90d"] = x.count(x.is_(channel=channel) & quarter)
    for name, listed in {"app": "app", "counter": "counter", "digital": ONLINE}.items():
        t[f"{name}_txn_share_90d"] = rate(x.count(x.is_(channel=listed) & quarter), x.count(known))
    for channel in ("app", "counter"):
        for way in ("in", "out"):
            moved = x.is_(channel=channel, direction=way) & x.last(30)
            t[f"{channel}_{way}flow_30d"] = x.total("amount", moved)
    used = [t[f"{channel}_txn_count_90d"] for channel in (*ONLINE, *OFFLINE)]
    t["channels_used_90d"] = sum(((one > 0).astype("Int64") for one in used), 0 * used[0])
    t["online_txn_count_90d"], t["offline_txn_count_90d"] = sum(used[1:3], used[0]), sum(used[4:], used[3])
    t["main_txn_channel_90d"] = x.commonest("channel", known & ~x.is_(channel="auto"))
    app = e.is_(channel="app") & e.last(90)
    clock = Rows.__new__(Rows)
    clock.people, clock.frame = e.people, e.frame.assign(hour=e["at"].dt.hour)
    t["best_app_hour_90d"] = whole(number(clock.commonest("hour", app)))
    t["app_evening_share_90d"] = rate(e.count(app & (e["at"].dt.hour >= 18)), e.count(app))
    t["app_weekend_share_90d"] = rate(e.count(app & (e["at"].dt.day_of_week >= 5)), e.count(app))
    on, off = t["online_txn_count_90d"] > 0, t["offline_txn_count_90d"] > 0
    t["channel_type"] = first_of({"both": on & off, "digital": on, "offline": off}, "none")


def life_stage(b: Bank, t: Tags) -> None:
    x = b.txns
    active = ~x.is_(kind=("interest", "fee"))
    for days in (30, 90, 180):
        t[f"active_txn_count_{days}d"] = x.count(active & x.last(days))
    t["days_since_active_txn"] = x.least("ago", active & x.last(365))
    t["years_with_bank"] = b.full_years(b.customers["since"])
    both = pd.concat([t["days_since_active_txn"], t["days_since_login"]], axis=1)
    t["days_since_activity"] = both.min(axis=1)
    prospect, tenure = t["kind"] == "prospect", t["tenure_days"]
    t["is_new_customer"] = ~prospect & (tenure < 90)
    idle = (t["aum"] < 100_00) & t["days_since_active_txn"].isna()
    t["is_lost"] = lost = ~prospect & ((t["holdings_open"] == 0) | idle)
    t["is_dormant"] = ~prospect & ~lost & (tenure >= 180) & (t["active_txn_count_180d"] == 0)
    back = (t["active_txn_count_30d"] > 0) & (t["active_txn_count_180d"] == t["active_txn_count_30d"])
    t["is_won_back"] = ~prospect & ~lost & (tenure >= 365) & back
    growth = t["balance_growth_90d"]
    stages = {"prospect": prospect, "lost": lost, "new": tenure < 90, "won_back": t["is_won_back"]}
    stages |= {
        "dormant": t["is_dormant"],
        "growing": growth >= 3 * MICRO // 10,
        "declining": growth <= -3 * MICRO // 10,
    }
    t["life_stage"] = first_of(stages, "mature")
    together = t["active_txn_count_30d"] + t["logins_30d"]
    t["activity_band"] = band(together, {"none": None, "low": 1, "medium": 5, "high": 20})


def groups(b: Bank, t: Tags) -> None:
    t["is_silver_haired"], t["is_young"] = yes(t["age"] >= 60), yes(t["age"].between(18, 34))
    t["is_long_tail"] = (t["kind"] == "personal") & (t["holdings_open"] > 0) & (t["aum"] < 10_000_00)
    t["is_affluent"] = t["aum"] >= 500_000_00
    t["is_micro_business"] = t["kind"] == "micro_business"
    t["is_village_farmer"] = t["is_farmer"] & t["lives_in_village"]
    one_of = {
        "micro_business": t["is_micro_business"],
        "farmer": t["is_farmer"],
        "new_citizen": t["is_new_citizen"],
    }
    one_of |= {
        "payroll": t["is_payroll"],
        "silver_haired": t["is_silver_haired"],
        "long_tail": t["is_long_tail"],
    }
    t["customer_group"] = first_of({"prospect": t["kind"] == "prospect"} | one_of, "other")
    t["group_count"] = sum((yes(one).astype("Int64") for one in one_of.values()), 0 * t["aum"])


def tiers(b: Bank, t: Tags) -> None:
    steps = {name: low and low * 100 for name, low in TIERS.items()}
    t["aum_tier"] = band(t["aum"], steps)
    t["aum_tier_mean_90d"] = band(t["aum_daily_mean_90d"], steps)
    place = {name: position for position, name in enumerate(TIERS)}
    last, before = (whole(band(t[name], steps).map(place)) for name in ("balance_last", "balance_90d_ago"))
    ways = {"up": last > before, "down": last < before, "same": last == before}
    t["tier_change_90d"] = first_of(ways)
    following = dict(zip(TIERS, [*list(steps.values())[1:], np.nan], strict=True))
    low = whole(t["aum_tier"].map(following))
    t["yuan_to_next_tier"] = low - t["aum"]
    t["is_near_next_tier"] = yes(10 * t["yuan_to_next_tier"] <= low)
    ranked = t["aum"].where(t["aum"] > 0, pd.NA)
    t["aum_rank"] = whole(
        ranked.rank(method="min", ascending=False).to_numpy(dtype="float64", na_value=np.nan)
    )
    behind = whole(ranked.rank(method="max").to_numpy(dtype="float64", na_value=np.nan))
    t["aum_quantile"] = rate(behind, int(ranked.notna().sum()))


def rfm(b: Bank, t: Tags) -> None:
    t["turnover_90d"] = t["inflow_90d"] + t["outflow_90d"]
    known = t["days_since_active_txn"].notna()
    wanted = {"recency": ("days_since_active_txn", -1), "frequency": ("active_txn_count_90d", 1)}
    wanted |= {"monetary": ("turnover_90d", 1)}
    for name, (of, better) in wanted.items():
        t[f"rfm_{name}"] = group_of_five(only_where(known, t[of]), better)
    r, f, m = (t[f"rfm_{name}"] for name in wanted)
    t["rfm_score"], t["rfm_total"] = 100 * r + 10 * f + m, r + f + m
    named = {"champions": (r >= 4) & (f >= 4) & (m >= 4), "loyal": (r >= 3) & (f >= 4)}
    named |= {"big_spenders": (r >= 3) & (m >= 4), "promising": r >= 4}
    named |= {"at_risk": (r <= 2) & ((f >= 3) | (m >= 3)), "hibernating": r <= 2}
    t["rfm_segment"] = first_of(named, "ordinary", known=known)


def propensities(b: Bank, t: Tags, scores: pd.DataFrame) -> None:
    """What a model says is given; bands and money at risk follow from it."""
    steps = {"churn": (20, 50), "wealth_purchase": (10, 30), "contact_response": (10, 30)}
    for model, (medium, high) in steps.items():
        name = f"{model}_propensity"
        t[name] = whole(number(scores[name].reindex(b.ids), MICRO))
        lows = {"low": None, "medium": medium * MICRO // 100, "high": high * MICRO // 100}
        t[f"{model}_band"] = band(t[name], lows)
    t["aum_at_risk"] = over(t["aum"] * t["churn_propensity"], MICRO)


FAMILIES = (
    identity, region, manager, lines, household, external, referrals, contacts, assets, cards, credit,
    maturities, balances, flows, payroll, merchants, repayment, wealth, risk, behaviour, channels, life_stage,
    groups, tiers, rfm,
)  # fmt: skip


def compute_tags(frames: Frames, as_of: date, scores: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every tag of every customer seen on `as_of`, by customer_id.

    `scores` has the propensities by customer_id; without it they and what follows from them are left out.
    """
    bank, tags = Bank(frames, as_of), {}
    for family in FAMILIES:
        family(bank, tags)
    if scores is not None:
        propensities(bank, tags, scores)
    return pd.DataFrame({name: tag.set_axis(bank.ids) for name, tag in tags.items()})
