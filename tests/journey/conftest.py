"""Whole journeys of small made-up banks, each in a workspace with the repository's own definitions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from journeykit import demo, workspace
from journeykit.channels import export_run, open_vault
from journeykit.contract import subject
from journeykit.ledger import Ledger, content, finish_run, start_run
from journeykit.routing.result import StrategyRun
from journeykit.runs import RunRequest
from journeykit.runs.planning import Plan, plan_run
from journeykit.settings import Settings, load_settings
from journeykit.strategies.playbook import load_readable
from journeykit.tags import Build
from synthetic_data.advancing import advance
from synthetic_data.generating import generate

REPOSITORY = Path(__file__).resolve().parents[2]
FRIDAY, SEED = date(2026, 5, 29), 20260529
CANARIES = 200
# So many visits that managers have no time left even in a small bank; the text messages run out too.
VISITS = """
name: visits
title: Visit those with savings
stage: retain
priority: 25
goal: {expression: {node: tag, name: holds_loan}, within_days: 30}
exit_when: null
nodes:
- kind: start
  id: start
  segment:
    name: savers
    where:
      node: compare
      op: '>='
      left: {node: tag, name: aum}
      right: {node: value, type: integer, value: 20000}
  control: '0.2'
  next: visit
- {kind: assign, id: visit, to: manager, channel: mobile_sales, offer: L-CONSUMER, due_days: 5, next: wait_1d}
- {kind: wait, id: wait_1d, days: 1, next: remind}
- {kind: send, id: remind, channel: sms, offer: WELCOME-BACK, next: end}
"""
SMS_A_DAY = 20
DETAILS = [column.name for column in subject("contact_details").columns if column.name != "customer_id"]


@dataclass
class Journey:
    """A workspace and its bank; days pass by calling its verbs."""

    root: Path
    approved: bool = False

    @classmethod
    def begin(cls, root: Path, customers: int) -> Journey:
        """Make the workspace, its bank as of the first Friday, and the vault's key."""
        root.mkdir(parents=True)
        shutil.copy(REPOSITORY / "journeykit.toml", root)
        scheduled = shutil.copytree(REPOSITORY / "scheduled", root / "scheduled")
        (scheduled / "strategies" / "visits.yaml").write_text(VISITS, encoding="utf-8")
        sms = scheduled / "channels" / "sms.yaml"
        text = sms.read_text("utf-8").replace("daily_capacity: 2000", f"daily_capacity: {SMS_A_DAY}")
        sms.write_text(text, encoding="utf-8")
        journey = cls(root)
        generate(customers, SEED, FRIDAY, journey.bank)
        with journey.here():
            workspace.create_vault_key()
        return journey

    @property
    def bank(self) -> Path:
        return self.root / "synthetic_data" / "bank"

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def settings(self) -> Settings:
        return load_settings(self.root)

    @contextmanager
    def here(self) -> Iterator[None]:
        """Let `load_settings` and everything above it find this workspace."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JOURNEYKIT_WORKSPACE", str(self.root))
            yield

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        ledger = Ledger.open(self.settings.ledger_url)
        try:
            yield ledger
        finally:
            ledger.close()

    def load(self, day: date) -> workspace.LoadedDay:
        with self.here():
            return workspace.load_day(day)

    def build(self, day: date) -> Build:
        with self.here():
            return workspace.build_tags(day)

    def plan(self, day: date) -> Plan:
        return plan_run(self.settings, RunRequest("run_strategies", day))

    def approve(self, day: date) -> None:
        """Let the strategies of the workspace go live, as the demonstration does."""
        with self.here():
            demo.approve_strategies(day)
        self.approved = True

    def decide(self, day: date) -> StrategyRun:
        """What the runner does for the job run_strategies, without a kernel, a report and a mail."""
        if not self.approved:
            self.approve(day)
        plan, settings = self.plan(day), self.settings
        with self.ledger() as ledger:
            run = start_run(
                ledger, job=plan.name, as_of=day, contact_date=plan.contact_date, parameters=plan.decisive,
                definitions_hash=plan.definitions_hash,
                build_id=workspace.mart_store(settings).current_build(day),
            )  # fmt: skip
            with self.here():
                made = workspace.run_strategies(day, run_id=run.run_id, build_id=run.build_id or "")
            export_run(
                ledger, run.run_id, load_readable(settings.scheduled), outbox=self.var / "outbox",
                language=settings.workspace.language, open_vault=lambda: open_vault(settings), actor="tester",
            )  # fmt: skip
            finish_run(ledger, run.run_id)
        return made

    def morning(self, day: date) -> StrategyRun:
        self.load(day)
        self.build(day)
        return self.decide(day)

    def leads(self, day: date | None = None) -> list[dict[str, Any]]:
        """The leads decided as of a day, or all."""
        with self.here():
            return workspace.lead_rows(day)

    def decisions(self, day: date) -> pd.DataFrame:
        return pd.read_parquet(self.plan(day).folder / "decisions.parquet")

    def advance(self) -> None:
        """One business day passes; customers answer the leads so far."""
        path = self.root / "leads.json"
        path.write_text(json.dumps({"leads": self.leads()}, default=str), encoding="utf-8")
        advance(path, 1, self.bank)

    def read(self, name: str) -> pd.DataFrame:
        """A subject from the bank's own files, by pandas alone."""
        folder = self.bank / name
        paths = sorted(folder.glob("*.parquet")) if folder.is_dir() else [self.bank / f"{name}.parquet"]
        return pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        with self.ledger() as ledger:
            return content(ledger)

    def files(self) -> dict[str, str]:
        """SHA-256 of every file for the outside world, and of every decision."""
        paths = [
            *(path for path in (self.var / "outbox").rglob("*") if path.is_file()),
            *(self.var / "runs").rglob("decisions.parquet"),
        ]
        return {
            path.relative_to(self.var).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A real `journeykit` process, whose temporary files stay where a test can look."""
        temporary = self.root / "tmp"
        temporary.mkdir(exist_ok=True)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("JOURNEYKIT_")
        }
        return subprocess.run(
            [Path(sys.executable).with_name("journeykit"), *arguments],
            cwd=self.root, env=environment | {"TMPDIR": str(temporary)},
            capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
        )  # fmt: skip

    def facts(self, day: date) -> Facts:
        """What the bank's own files and the definitions say as of a day."""
        return Facts(self, day)


class Facts:
    """Who may be contacted, worked out again with pandas and hashlib from the bank's own files."""

    def __init__(self, journey: Journey, day: date) -> None:
        after = pd.Timestamp(day) + pd.Timedelta(days=1)
        self.contact_date = journey.plan(day).contact_date
        words = journey.read("consent")
        # Of two words at one moment the refusal counts.
        words = words[words["recorded_at"] < after].sort_values(
            ["recorded_at", "granted"], ascending=[True, False], kind="stable"
        )
        words = words.drop_duplicates(["customer_id", "channel", "purpose"], keep="last")
        self.words = {customer: group.to_dict("records") for customer, group in words.groupby("customer_id")}
        risk = journey.read("risk_assessment").sort_values("assessed_on")
        risk = risk[pd.to_datetime(risk["assessed_on"]) < after].drop_duplicates("customer_id", keep="last")
        self.risk = risk.set_index("customer_id").to_dict("index")
        self.managers = journey.read("manager").set_index("manager_id").to_dict("index")
        self.customers = journey.read("customer").set_index("customer_id").to_dict("index")
        self.details = journey.read("contact_details").set_index("customer_id").to_dict("index")
        self.offers, self.channels, self.strategies = (
            {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in folder.glob("*.yaml")}
            for folder in (journey.settings.scheduled / name for name in ("offers", "channels", "strategies"))
        )

    def consents(self, customer: str, channel: str) -> bool:
        """A yes for the channel or for all, and a no for neither."""
        return self._said(customer, channel, "marketing") == {True}

    def refuses_automation(self, customer: str, channel: str) -> bool:
        return False in self._said(customer, channel, "automated_marketing")

    def _said(self, customer: str, channel: str, purpose: str) -> set[bool]:
        return {
            bool(word["granted"])
            for word in self.words.get(customer, [])
            if word["purpose"] == purpose and word["channel"] in (channel, "all")
        }

    def suits(self, customer: str, offer: str) -> bool:
        """The assessment is high enough, and valid on the contact date."""
        needed = self.offers[offer]["risk_level"]
        if needed is None:
            return True
        found = self.risk.get(customer)
        return found is not None and found["level"] >= needed and found["expires_on"] >= self.contact_date

    def is_control(self, strategy: str, customer: str) -> bool:
        """Whether the first 8 hex digits of md5('strategy:node:customer') lie in the control's share."""
        (start,) = [node for node in self.strategies[strategy]["nodes"] if node["kind"] == "start"]
        digest = hashlib.md5(f"{strategy}:{start['id']}:{customer}".encode()).hexdigest()
        return int(digest[:8], 16) < Fraction(start["control"]) * 16**8

    def obstacle(self, customer: str, channel: str, offer: str) -> str | None:
        """Why a candidate can never become a lead of that action; None when it may."""
        needs, addressed = self.channels[channel]["needs"], self.channels[channel]["addressed_to"]
        valid = self.offers[offer]
        tests = {
            "no_consent": not self.consents(customer, channel),
            "refused_automated": self.refuses_automation(customer, channel),
            "unsuitable": not self.suits(customer, offer),
            "offer_expired": not valid["valid_from"] <= str(self.contact_date) <= valid["valid_to"],
            "no_contact_data": needs is not None and pd.isna(self.details[customer][needs]),
            "no_manager": addressed == "manager"
            and self.customers[customer]["manager_id"] not in self.managers,
        }
        return next((reason for reason, holds in tests.items() if holds), None)


@pytest.fixture(scope="session")
def begin(tmp_path_factory: pytest.TempPathFactory):
    """Make another journey: ``begin("name", customers)``."""

    def make(name: str, customers: int) -> Journey:
        return Journey.begin(tmp_path_factory.mktemp(name) / "ws", customers)

    return make


def plant_canaries(journey: Journey) -> dict[str, dict[str, str]]:
    """Give 200 customers a detail in every field that occurs nowhere else; by customer and field.

    Each holds `KANARI` and six digits, but the phone, which is one no such bank gives out: 1990077dddd.
    """
    path = journey.bank / "contact_details.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    step = len(rows) // CANARIES
    planted = {}
    for number, row in enumerate(rows[::step][:CANARIES]):
        codes = {field: f"KANARI{number:04d}{place:02d}" for place, field in enumerate(DETAILS)}
        codes |= {"name": "雀" + codes["name"], "phone": f"1990077{number:04d}"}
        codes["email"] += "@example.com"
        row.update(codes)
        planted[row["customer_id"]] = codes
    assert len(planted) == CANARIES
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path)
    return planted


FAILING = """
import journeykit as jk
customers = jk.connect(as_of=as_of).frame("customer")
leads = jk.leads(as_of)
print(customers.head(500).to_string(), leads.to_string())
raise ValueError(customers.to_csv() + leads.to_csv())
"""
LOOKING = """
import journeykit as jk
from IPython.display import display
leads = jk.leads(as_of)
for channel in ("sms", "outbound_call", "app_push", "mobile_sales"):
    display(jk.export(leads, channel, dry_run=True))
"""


def add_job(journey: Journey, name: str, source: str) -> None:
    """Add a job of the analysts' own, with one cell."""
    first = nbformat.v4.new_code_cell('as_of: str = "2026-05-29"', metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[first, nbformat.v4.new_code_cell(source)])
    nbformat.write(notebook, journey.root / "scheduled" / f"{name}.ipynb")
    with (journey.root / "scheduled" / "jobs.yaml").open("a", encoding="utf-8") as jobs:
        jobs.write(
            f"\n  {name}:\n    notebook: {name}.ipynb\n    title: {name}\n    owners: [a@bank.example]\n"
        )


@dataclass
class Morning:
    """A demonstration's morning through real commands and kernels, and what was planted before it."""

    journey: Journey
    canaries: dict[str, dict[str, str]]
    printed: dict[str, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def morning(begin) -> Morning:
    """One real morning, a look at the files by an analyst, and a job that fails."""
    journey = begin("morning", 1200)
    planted = plant_canaries(journey)
    add_job(journey, "failing", FAILING)
    add_job(journey, "looking", LOOKING)
    printed = {"load": journey.command("mart", "load", "--as-of", str(FRIDAY))}
    for job in ("build_tags", "run_strategies", "daily_report", "looking", "failing"):
        if job == "run_strategies":
            journey.approve(FRIDAY)
        printed[job] = journey.command("run", job, "--as-of", str(FRIDAY))
    codes = {name: done.returncode for name, done in printed.items()}
    assert codes == dict.fromkeys(codes, 0) | {"failing": 1}, printed
    return Morning(journey, planted, printed)
