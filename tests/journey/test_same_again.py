"""The same day, seed and definitions give the same tags, decisions and leads, ten times out of ten (D3)."""

import shutil
from datetime import date

import duckdb
import pyarrow.parquet as pq
import pytest

AS_OF, CUSTOMERS = date(2026, 5, 29), 500


def _outcome(journey, threads):
    """Build and decide from what is loaded; every tag row, decision and lead."""
    toml = journey.root / "journeykit.toml"
    kept = toml.read_text("utf-8").replace("[mart]", f"[mart]\nthreads = {threads}")
    toml.write_text(kept, encoding="utf-8")
    assert journey.settings.mart.threads == threads
    build = journey.build(AS_OF)
    assert not build.reused
    path = journey.var / "mart" / "tags" / str(AS_OF) / f"{build.build_id}.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        relation = connection.table("snapshot").order("customer_id")
        tags = relation.columns, relation.types, relation.fetchall()
    run = journey.decide(AS_OF)
    decisions = pq.read_table(journey.plan(AS_OF).folder / "decisions.parquet").to_pylist()
    return build.build_id, tags, run, decisions, journey.leads()


@pytest.fixture(scope="module")
def loaded(begin):
    """A workspace whose day is loaded, and nothing more."""
    journey = begin("loaded", CUSTOMERS)
    journey.load(AS_OF)
    return journey


@pytest.fixture(scope="module")
def first(loaded, tmp_path_factory):
    return _outcome(_copy(loaded, tmp_path_factory.mktemp("first")), threads=2)


def _copy(journey, folder):
    return type(journey)(shutil.copytree(journey.root, folder / "ws"))


def test_there_is_something_to_compare(first):
    _, (columns, _, rows), _, decisions, leads = first
    assert len(rows) == CUSTOMERS
    assert len(columns) > 60
    assert len(decisions) > len(leads) > 50


@pytest.mark.parametrize("number", range(2, 11))
def test_ten_builds_give_the_same(loaded, first, tmp_path, number):
    """Each with no snapshot, no ledger entry and no file of the others, on one to four threads."""
    build_id, tags, run, decisions, leads = _outcome(_copy(loaded, tmp_path), threads=number % 4 + 1)
    assert build_id == first[0]
    assert tags == first[1]
    assert run == first[2]
    assert decisions == first[3]
    assert leads == first[4]


def test_a_bank_of_the_same_seed_gives_the_same(begin, first):
    """All over again: another bank's folder, another load on another number of threads."""
    journey = begin("again", CUSTOMERS)
    journey.load(AS_OF)
    assert _outcome(journey, threads=1) == first


def test_a_build_on_top_of_another_is_reused_and_not_changed(loaded, tmp_path):
    journey = _copy(loaded, tmp_path)
    journey.build(AS_OF)
    (path,) = (journey.var / "mart" / "tags" / str(AS_OF)).glob("*.duckdb")
    before = path.read_bytes()
    assert journey.build(AS_OF).reused
    assert path.read_bytes() == before
