"""Real banks, loaded by the mappings beside the tests into marts of their own."""

from __future__ import annotations

import csv
import gzip
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from journeykit.mart.loading import check_sources, load_sources
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.mapping import read_mapping
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.tags import Build, Catalogue, Tag, build_tags

HERE = Path(__file__).parent
REAL_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LIMITS: dict[str, Any] = {"memory_limit": "800MB", "threads": 2}


@dataclass
class RealBank:
    """A bank's own rows, and the mart they are loaded into."""

    rows: list[dict[str, str]]
    store: MartStore
    manifest: SourceManifest
    country: str
    findings: list[str]

    def build(self, tags: Iterable[Tag]) -> tuple[Catalogue, Build]:
        catalogue = Catalogue(tags)
        return catalogue, build_tags(self.store, catalogue, self.manifest.as_of, **LIMITS)

    def open(self, catalogue: Catalogue, build: Build) -> Mart:
        load = self.store.load(build.as_of)
        return Mart(self.store, load, build.build_id, country=self.country, tags=catalogue, **LIMITS)


def _folder(name: str) -> Path:
    folder = REAL_DATA / name
    if not folder.is_dir():
        pytest.skip(f"the real bank's files are not at {folder}")
    return folder


def _load(root: Path, name: str, day: date, country: str, rows: list[dict[str, str]]) -> RealBank:
    mapping = read_mapping(HERE / f"{name}.yaml")
    store, bank = MartStore(root / "mart"), mapping.root_for(root, day)
    report = check_sources(store, mapping, bank, day, country, **LIMITS)
    manifest = load_sources(store, mapping, bank, day, country, **LIMITS)
    return RealBank(rows, store, manifest, country, [finding.rule for finding in report.findings])


@pytest.fixture(scope="package")
def bank_marketing(tmp_path_factory) -> RealBank:
    """A Portuguese bank's contacts; rows numbered, and the year told by their order, which is by date."""
    source = _folder("bank_marketing") / "bank-full.csv"
    root = tmp_path_factory.mktemp("bank_marketing")
    (root / "data").mkdir()
    with open(source, encoding="ascii", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))
    year, before = 2008, 0
    for number, row in enumerate(rows, 1):
        month = MONTHS.index(row["month"]) + 1
        year, before = year + (month < before), month
        row |= {"customer_id": f"{number:05d}", "contact_on": str(date(year, month, int(row["day"])))}
    with open(root / "data" / "contacts.csv", "w", encoding="ascii", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return _load(root, "bank_marketing", date(2010, 11, 17), "PT", rows)


@pytest.fixture(scope="package")
def bpic2012(tmp_path_factory) -> RealBank:
    """A Dutch bank's loan applications."""
    source = _folder("bpic2012") / "BPI_Challenge_2012_events.csv.gz"
    root = tmp_path_factory.mktemp("bpic2012")
    (root / "data").mkdir()
    with gzip.open(source) as packed, open(root / "data" / "events.csv", "wb") as handle:
        shutil.copyfileobj(packed, handle)
    with open(root / "data" / "events.csv", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return _load(root, "bpic2012", date(2012, 3, 14), "NL", rows)
