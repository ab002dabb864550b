"""A small synthetic bank that lives through every preset for a month and answers what it is told."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from journeykit import workspace
from journeykit.preset import presets
from journeykit.settings import load_settings
from journeykit.strategies.engine import Advance, advance
from journeykit.strategies.graph import Strategy
from journeykit.strategies.people import People
from journeykit.strategies.running import Running
from journeykit.strategies.versions import tags_behind
from journeykit.tags import LIBRARY, Build, Catalogue, build_tags
from journeykit.tags.backfilling import backfill
from journeykit.workdays import next_working_day
from journeykit.workspace import mart_store
from synthetic_data.advancing import advance as let_pass
from synthetic_data.generating import generate

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS, SEED = 5000, 20260529
BEFORE, FIRST, LAST = date(2026, 4, 29), date(2026, 5, 29), date(2026, 6, 29)
DAYS = (FIRST, date(2026, 6, 5), date(2026, 6, 15), LAST)
# It compares with the tags of 30 days ago, which are built for these days only.
ONLY_ON = {"aum_decline": (FIRST, LAST)}


@dataclass
class Life:
    """What became of a preset's people: everybody who entered, whom it contacted, and how they left."""

    people: People
    entered: set[str] = field(default_factory=set)
    contacted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    left: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def tags_needed() -> Catalogue:
    """The library's tags that the presets read, and those behind them."""
    library = Catalogue(LIBRARY)
    rules = tuple(rule for name in presets for rule in presets[name].strategy.rules)
    needed = set(tags_behind(rules, library))
    return Catalogue([tag for tag in LIBRARY if tag.name in needed])


@contextmanager
def at_home(root: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(root))
        yield


def build(day: date) -> Build:
    settings = load_settings()
    return build_tags(
        mart_store(settings), tags_needed(), day, memory_limit=settings.mart.memory_limit, threads=2
    )


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the bank's first day loaded and its tags built, and those of a month before."""
    root = tmp_path_factory.mktemp("presets") / "workspace"
    shutil.copytree(ROOT / "scheduled", root / "scheduled")
    shutil.copy(ROOT / "journeykit.toml", root)
    generate(CUSTOMERS, SEED, FIRST, root / "synthetic_data" / "bank")
    with at_home(root):
        workspace.create_vault_key()
        workspace.load_day(FIRST)
        backfill(mart_store(load_settings()), tags_needed(), BEFORE, BEFORE, "CN")
        build(FIRST)
    return root


def pass_days(root: Path, until: date, leads: list[dict[str, Any]]) -> None:
    """Business days go by, customers answer, and the last day comes in."""
    facts = json.loads((root / "synthetic_data" / "bank" / "bank.json").read_text(encoding="utf-8"))
    day, number = date.fromisoformat(facts["as_of"]), 0
    while day < until:
        day, number = next_working_day(day, "CN"), number + 1
    assert day == until
    (root / "leads.json").write_text(json.dumps({"leads": leads}), encoding="utf-8")
    let_pass(root / "leads.json", number, root / "synthetic_data" / "bank")
    workspace.load_day(until)
    build(until)


def contact_all(one: Advance, life: Life, day: date) -> tuple[Advance, list[dict[str, Any]]]:
    """Everybody who stands at an action gets it, as a lead that the bank's customers can answer."""
    rows = one.candidates.to_pylist()
    for row in rows:
        life.contacted[row["node"]].add(row["customer_id"])
    contact_date = next_working_day(day, "CN").isoformat()
    leads = [
        {"lead_id": f"{row['strategy']}-{row['node']}-{row['customer_id']}-{contact_date}",
         "customer_id": row["customer_id"], "strategy": row["strategy"], "channel": row["channel"],
         "offer": row["offer"], "contact_date": contact_date}
        for row in rows
    ]  # fmt: skip
    return one.contact(one.candidates["enrolment_id"]), leads


@pytest.fixture(scope="session")
def lives(bank: Path) -> dict[str, Life]:
    """Every preset on four days of a month, the bank reacting in between."""
    found = {name: Life(People.nobody(name)) for name in presets}
    leads: list[dict[str, Any]] = []
    with at_home(bank):
        for day in DAYS:
            if day > FIRST:
                pass_days(bank, day, leads)
            with workspace.connect(as_of=day) as mart:
                for name, life in found.items():
                    if day in ONLY_ON.get(name, DAYS):
                        leads += live(mart, presets[name].strategy, life)
    return found


def live(mart: Any, strategy: Strategy, life: Life) -> list[dict[str, Any]]:
    """One day of one preset."""
    one = advance(mart, Running(strategy, "v1"), life.people)
    life.entered |= set(one.after["customer_id"].slice(one.after.num_rows - one.entered).to_pylist())
    for row in one.after.to_pylist():
        if row["exit_reason"]:
            life.left[row["exit_reason"]].add(row["customer_id"])
    one, leads = contact_all(one, life, mart.as_of)
    life.people = life.people.after([one])
    return leads
