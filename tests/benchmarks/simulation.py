"""Simulations against the days that really follow, on a synthetic bank whose customers react.

The bank lives through five weeks, each day loaded and its tags built. Then each strategy is simulated, and
goes live in a copy of the bank of its own, as a simulation knows of no strategy that begins after it: day
after day it is decided by the nightly run, its leads reach the bank's customers, and the bank goes on. What
came true is held against what was expected. How many answer a contact is what an earlier campaign, in another
bank of that kind, would have found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from journeykit import workspace
from journeykit.expressions import did, tag
from journeykit.ledger import Ledger, import_consent, start_run
from journeykit.ledger.enrolments import read_enrolments
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.routing.deciding import run_strategies
from journeykit.segments import Segment
from journeykit.settings import load_settings
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.offers import Offer
from journeykit.strategies.playbook import Playbook, load_readable
from journeykit.strategies.running import Running
from journeykit.strategies.simulation import Simulation, Situation, simulate
from journeykit.strategies.versions import tags_behind
from journeykit.tags import Catalogue, build_tags, load_catalogue
from journeykit.vault import Vault
from journeykit.workdays import working_days
from synthetic_data.advancing import advance
from synthetic_data.generating import draw_bank, generate
from synthetic_data.truth import CHANNELS, draw_truth, theme_of

REPOSITORY = Path(__file__).resolve().parents[2]
LAUNCH, DAYS, WEEKS = date(2026, 8, 7), 30, 5
PROCESSES = 2
SPOKEN = ("outbound_call", "mobile_sales", "counter")
OFFERED = {
    "W-SMS": ("wealth", "sms"), "W-PUSH": ("wealth", "app_push"), "W-RM": ("wealth", "mobile_sales"),
    "BACK-SMS": ("dormant", "sms"), "BACK-CALL": ("dormant", "outbound_call"),
    "REF-PUSH": ("referral", "app_push"), "REF-SMS": ("referral", "sms"),
    "L-CALL": ("credit", "outbound_call"), "L-SMS": ("credit", "sms"),
}  # fmt: skip
LINES = {"wealth": "wealth", "dormant": "e_banking", "referral": "deposit", "credit": "loan"}
PERSONAL = tag("kind") == "personal"
PLANS = (
    Strategy("dormant_wake", stage="retain", goal=Goal(tag("days_since_login") <= 7, within_days=30))
    .start(Segment("dormant", PERSONAL & (tag("days_since_login") >= 25)), control=0.1)
    .send("sms", offer="BACK-SMS").wait(days=7).send("outbound_call", offer="BACK-CALL"),
    Strategy("referral_loyal", stage="acquire", goal=Goal(tag("referrals_90d") >= 1, within_days=30))
    .start(Segment("loyal", PERSONAL & (tag("tenure_days") >= 365) & (tag("products_held") >= 2)
                   & (tag("txn_count_90d") >= 12) & (tag("referrals_90d") == 0)), control=0.1)
    .send("app_push", offer="REF-PUSH").wait(days=5).send("sms", offer="REF-SMS"),
    Strategy("wealth_first", stage="activate", goal=Goal(tag("holds_wealth"), within_days=30))
    .start(Segment("savers", PERSONAL & (tag("aum") >= 5000) & (tag("logins_30d") >= 1)
                   & ~tag("holds_wealth")), control=0.1)
    .split({"push": (0.5, path().send("app_push", offer="W-PUSH")),
            "text": (0.5, path().send("sms", offer="W-SMS"))})
    .wait(days=3)
    .branch(did("view").within(days=7), yes=path().assign("manager", offer="W-RM"),
            no=path().wait(weekday="friday").send("sms", offer="W-SMS", id="remind")),
    Strategy("credit_unused", stage="activate", goal=Goal(tag("used_credit") > 0, within_days=45),
             exit_when=tag("is_overdue"))
    .start(Segment("unused", (tag("approved_credit") > 0) & (tag("used_credit") == 0)), control=0.1)
    .send("outbound_call", offer="L-CALL").wait(days=5)
    .branch(tag("aum") >= 50_000, yes=path().assign("manager", offer="L-CALL"),
            no=path().send("sms", offer="L-SMS")),
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """Which bank, and which of its days are foretold."""

    customers: int
    seed: int
    launch: date
    days: int


@dataclass
class Bank:
    """A workspace, its bank and its mart; made where there is none yet."""

    root: Path
    trial: Trial
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        os.environ["JOURNEYKIT_WORKSPACE"] = str(self.root)
        new = not self.root.exists()
        if new:
            self.root.mkdir(parents=True)
            shutil.copy(REPOSITORY / "journeykit.toml", self.root)
            shutil.copytree(REPOSITORY / "scheduled", self.root / "scheduled")
        self.settings = load_settings(self.root)
        self.store = MartStore(self.settings.var / "mart")
        known = load_catalogue(self.settings.scheduled / "tags")
        needed = sorted({name for plan in PLANS for name in tags_behind(plan.rules, known)})
        self.tags = Catalogue([known[name].tag for name in needed])
        self.playbook = Playbook({}, offers(self.trial), load_readable(self.settings.scheduled).channels)
        if new:
            workspace.create_vault_key()

    @property
    def folder(self) -> Path:
        return self.root / "synthetic_data" / "bank"

    def morning(self, day: date) -> None:
        """The day comes in: from its beginning, or with the answers to the leads so far."""
        if self.folder.exists():
            leads = self.root / "leads.json"
            leads.write_text(json.dumps({"leads": self.seen}, default=str), encoding="utf-8")
            advance(leads, 1, self.folder)
        else:
            generate(self.trial.customers, self.trial.seed, day, self.folder)
        workspace.load_day(day)
        build_tags(self.store, self.tags, day)

    def open(self, day: date) -> Mart:
        build = self.store.current_build(day)
        return Mart(self.store, self.store.load(day), build, country="CN", tags=self.tags)

    def consents(self, day: date) -> list[Any]:
        return [pq.read_table(one) for one in (self.folder / "consent").glob(f"*{day:%Y%m%d}.parquet")]


def offers(trial: Trial) -> dict[str, Offer]:
    """Offers with the share of answers that a campaign in another bank would have found."""
    people = draw_bank(trial.seed + 1000, trial.customers).people
    truth = draw_truth(people)
    found = {}
    for name, (theme, channel) in OFFERED.items():
        liking = truth.uplift[:, theme_of(theme, name)] * truth.channel[:, CHANNELS.index(channel)]
        share = np.minimum(liking, 0.95).mean() * (0.8 if channel in SPOKEN else 0.97)
        found[name] = Offer(
            name, product_line=LINES[theme], value=Decimal(100), response_rate=Decimal(f"{share:.4f}"),
            valid_from=date(2026, 1, 1), valid_to=date(2027, 12, 31),
        )  # fmt: skip
    return found


@dataclass
class Live:
    """A strategy that is live."""

    plan: Strategy
    ledger: Ledger
    counts: Counter[tuple[str, str, date]] = field(default_factory=Counter)

    def night(self, bank: Bank, mart: Mart, vault: Vault) -> None:
        """The nightly run of a day; notes what came true, and gives its leads to the bank."""
        for words in bank.consents(mart.as_of):
            import_consent(self.ledger, words)
        run = start_run(
            self.ledger, job="run_strategies", as_of=mart.as_of, contact_date=mart.contact_date,
            parameters={}, definitions_hash="benchmark",
        ).run_id  # fmt: skip
        folder = bank.root / "runs" / self.plan.name / run
        run_strategies(
            mart, self.ledger, vault, bank.playbook, [Running(self.plan, "v1")], run_id=run, folder=folder
        )
        for row in pq.read_table(folder / "decisions.parquet").to_pylist():
            if row["decision"] == "lead":
                self.counts["lead", row["node"], mart.as_of] += 1
                key = f"{self.plan.name}-{row['node']}-{row['customer_id']}-{mart.contact_date}"
                bank.seen.append({
                    "lead_id": key, "customer_id": row["customer_id"], "strategy": self.plan.name,
                    "channel": row["channel"], "offer": row["offer"], "contact_date": mart.contact_date,
                })  # fmt: skip
        for one in read_enrolments(self.ledger).to_pylist():
            if one["state"] == "active":
                self.counts["standing", one["node"], mart.as_of] += 1
            elif one["exited_on"] == mart.as_of:
                self.counts["left", one["exit_reason"], mart.as_of] += 1


def compare(folder: Path, trial: Trial) -> pd.DataFrame:
    """Each figure of each strategy, node and day, as expected and as it came true."""
    before = Bank(folder / "before", trial)
    for day in working_days(trial.launch - timedelta(weeks=WEEKS), trial.launch, "CN"):
        before.morning(day)
    for plan in PLANS:
        shutil.copytree(before.root, folder / plan.name)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        whole = [pool.submit(follow, number, folder / plan.name, trial) for number, plan in enumerate(PLANS)]
        return pd.concat([one.result() for one in whole], ignore_index=True)


def follow(number: int, root: Path, trial: Trial) -> pd.DataFrame:
    """Simulate one strategy, then live on with it."""
    bank, plan = Bank(root, trial), PLANS[number]
    vault = Vault.open(bank.settings.var / "vault")
    live = Live(plan, Ledger.open(bank.settings.ledger_url))
    with bank.open(trial.launch) as mart:
        expected = simulate(plan, mart, _situation(bank, live.ledger, vault), trial.days)
    for day in working_days(trial.launch, trial.launch + timedelta(days=trial.days - 1), "CN"):
        if day > trial.launch:
            bank.morning(day)
        with bank.open(day) as mart:
            live.night(bank, mart, vault)
    return _beside(expected, live)


def _situation(bank: Bank, ledger: Ledger, vault: Vault) -> Situation:
    return Situation(
        ledger=ledger, vault=vault, playbook=bank.playbook, snapshots=list(bank.store.builds()),
        open_day=bank.open, running=(),
    )  # fmt: skip


def _beside(found: Simulation, live: Live) -> pd.DataFrame:
    figures = found.to_frame()
    figures = figures[figures["kind"].isin(["lead", "standing", "left"]) & figures["day"].notna()]
    keys = zip(figures["kind"], figures["name"], figures["day"], strict=True)
    return figures.assign(strategy=live.plan.name, real=[live.counts[key] for key in keys])


def report(rows: pd.DataFrame) -> list[str]:
    """Totals of what happens to many, and how many node-days lie within their bands."""
    lines = [f"{'':40}{'expected':>10}{'real':>10}{'ratio':>8}"]
    flows = rows[rows["kind"] != "standing"].groupby(["strategy", "kind", "name"])[["expected", "real"]].sum()
    for key, row in flows[flows["real"] >= 1000].iterrows():
        ratio = row["expected"] / row["real"]
        lines.append(f"{' '.join(map(str, key)):40}{row['expected']:10,.0f}{row['real']:10,.0f}{ratio:8.2f}")
    ahead = rows[rows["day"] > rows["day"].min()]
    within = (ahead["real"] >= ahead["low"]) & (ahead["real"] <= ahead["high"])
    for what, chosen in (
        ("node-days that anybody is at", (ahead["high"] > 0) | (ahead["real"] > 0)),
        ("node-days of ten people or more", (ahead["expected"] >= 10) | (ahead["real"] >= 10)),
    ):
        lines.append(f"{what}: {chosen.sum():,}, of which {within[chosen].mean():.1%} lie in their 90% band")
    return lines


def main() -> None:
    """Make the bank, simulate, live on, and print both beside each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--launch", type=date.fromisoformat, default=LAUNCH)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--folder", type=Path, required=True, help="a new folder; some 4 GB")
    given = parser.parse_args()
    rows = compare(given.folder, Trial(given.customers, given.seed, given.launch, given.days))
    rows.to_csv(given.folder / "rows.csv", index=False)
    print("\n".join(report(rows)))


if __name__ == "__main__":
    main()
