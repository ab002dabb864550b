"""A bank of a few rows as CSV files, which a test may spoil before it is loaded."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from journeykit.contract import SUBJECTS
from journeykit.mart.findings import CheckReport
from journeykit.mart.loading import check_sources, load_sources
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.mapping import Mapping, read_mapping
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore

DAY = date(2026, 5, 29)


def _rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "customer": [
            {"customer_id": "C1", "kind": "personal", "since": "2020-01-02", "annual_income": "1200.50"},
            {"customer_id": "C2", "kind": "micro_business", "since": "2021-03-04", "annual_income": ""},
            {"customer_id": "C9", "kind": "prospect", "since": "2026-06-01", "annual_income": ""},
        ],
        "holding": [
            {"holding_id": "H1", "customer_id": "C1", "role": "owner", "line": "deposit",
             "opened_on": "2020-01-02", "closed_on": ""},
            {"holding_id": "H2", "customer_id": "C2", "role": "owner", "line": "loan",
             "opened_on": "2021-03-04", "closed_on": "2026-06-30"},
        ],
        "txn": [
            {"txn_id": "T1", "customer_id": "C1", "occurred_at": "2026-04-30 23:59:59", "direction": "in",
             "amount": "100.10", "kind": "payroll", "recorded_at": "2026-04-30 23:59:59"},
            {"txn_id": "T2", "customer_id": "C1", "occurred_at": "2026-05-29 23:59:59", "direction": "out",
             "amount": "0.05", "kind": "fee", "recorded_at": "2026-05-29 23:59:59"},
            {"txn_id": "T3", "customer_id": "C2", "occurred_at": "2026-05-30 00:00:00", "direction": "in",
             "amount": "7", "kind": "cash", "recorded_at": "2026-05-30 00:00:00"},
        ],
    }  # fmt: skip


@dataclass
class SmallBank:
    """Rows to spoil, options to set for a subject or for a source, and the mart they are loaded into."""

    folder: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=_rows)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    source: dict[str, dict[str, Any]] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    keep: set[str] = field(default_factory=set)

    @property
    def store(self) -> MartStore:
        return MartStore(self.folder / "var" / "mart")

    @property
    def root(self) -> Path:
        return self.folder / "bank"

    def mapping(self) -> Mapping:
        self.root.mkdir(exist_ok=True)
        absent: list[dict[str, Any]] = []
        subjects: dict[str, Any] = {}
        for name, declared in SUBJECTS.items():
            if name not in self.rows:
                absent.append({"subject": name, "reason": "not in this bank"})
                continue
            names = list(self.rows[name][0])
            with open(self.root / f"{name}.csv", "w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, names)
                writer.writeheader()
                writer.writerows(self.rows[name])
            lacking = [
                c.name for c in declared.columns if c.name not in {*names, *self.keep} and not c.required
            ]
            absent.append({"subject": name, "columns": lacking, "reason": "not in this bank"})
            one = {"file": f"{name}.csv", **self.source.get(name, {})}
            subjects[name] = {"sources": [one], **self.options.get(name, {})}
        content = {"source_day": "daily", "root": "bank", "absent": absent, "subjects": subjects, **self.top}
        path = self.folder / "mapping.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return read_mapping(path)

    def check(self, as_of: date = DAY) -> CheckReport:
        return check_sources(
            self.store, self.mapping(), self.root, as_of, "CN", memory_limit="500MB", threads=1
        )

    def load(
        self, as_of: date = DAY, derive: Callable[[], dict[str, pa.Table]] = dict, threads: int = 1
    ) -> SourceManifest:
        mapping = self.mapping()
        return load_sources(
            self.store, mapping, self.root, as_of, "CN", derive=derive, memory_limit="500MB", threads=threads
        )

    def open(self, manifest: SourceManifest) -> Mart:
        return Mart(self.store, manifest, None, country="CN", memory_limit="500MB", threads=1)


@pytest.fixture
def bank(tmp_path: Path) -> SmallBank:
    return SmallBank(tmp_path)
