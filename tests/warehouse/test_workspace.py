"""A workspace whose mart is in a warehouse: the URL and the mapping are all that changes."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
import yaml

import journeykit as jk
from journeykit import demo, workspace
from journeykit.contract import DELIVERED
from journeykit.errors import DataError, SettingsError, StoreError
from journeykit.ledger import Ledger, read_leads, start_run
from journeykit.runs import RunRequest, run_job
from journeykit.settings import load_settings

DAY = "2026-05-29"
SECRET = "hush-a-by"


@pytest.fixture(scope="module")
def url(empty_database, as_warehouse, built_workspace):
    """The synthetic bank's rows as the bank's own tables."""
    bank = built_workspace / "synthetic_data" / "bank"
    with empty_database() as address:
        as_warehouse(address, {name: _rows(bank, name) for name in DELIVERED})
        yield address


def _rows(bank: Path, name: str) -> list[dict[str, object]]:
    files = bank / name / "*.parquet" if (bank / name).is_dir() else bank / f"{name}.parquet"
    return duckdb.sql(f"SELECT * FROM read_parquet('{files}')").to_arrow_table().to_pylist()


@pytest.fixture
def root(built_workspace, tmp_path, monkeypatch) -> Path:
    """The workspace with the mart in its files, and a mapping onto tables."""
    root = tmp_path / "workspace"
    shutil.copytree(built_workspace, root, ignore=shutil.ignore_patterns("bank"))
    subjects = {name: {"sources": [{"table": f"core.{name}"}]} for name in DELIVERED}
    subjects["txn"] |= {"latest_by": "recorded_at"}
    mapping = {"source_day": "daily", "subjects": subjects}
    (root / "scheduled" / "mapping.yaml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(root))
    return root


def settle(root: Path, url: str) -> None:
    """Write the URL into the workspace's settings."""
    path = root / "journeykit.toml"
    path.write_text(path.read_text().replace("[mart]", f'[mart]\nurl = "{url}"'), encoding="utf-8")


def snapshot(mart) -> list[dict[str, object]]:
    return mart.frame(mart.everyone).to_dict("records")


def test_a_url_is_all_it_takes(root, url):
    built = jk.build_tags(DAY, url=url)
    with jk.connect(url) as there, jk.connect() as files:
        assert (there.as_of, there.build_id) == (files.as_of, built.build_id)
        assert list(there.tags) == list(files.tags)
        assert set(there.scope.tags) == set(files.scope.tags)
        names = list(files.scope.tags)
        found, expected = there.frame(there.everyone, names), files.frame(files.everyone, names)
        different = [name for name in names if not found[name].equals(expected[name])]
        assert different == []
        t = there.tags
        idle = jk.Segment("idle", (t.aum >= 50_000) & ~t.holds_wealth & jk.did("login").within(days=30))
        assert 0 < there.count(idle) == files.count(idle) < there.count(there.everyone)
        assert there.waterfall(idle).table() == files.waterfall(idle).table()


def test_the_settings_may_name_it_and_runs_go_there(root, url, monkeypatch):
    embedded = shutil.copytree(root, root.parent / "embedded")
    settle(root, url)
    settings = load_settings(root)
    assert SECRET not in repr(settings)
    day = date.fromisoformat(DAY)
    run_job(settings, RunRequest("build_tags", day))
    with jk.connect() as mart, jk.connect(url) as named:
        assert mart.build_id == named.build_id
    decide(root, monkeypatch)
    decide(embedded, monkeypatch)
    there, here = decided(root), decided(embedded)
    assert there == here
    assert sum(there.values()) > 10


def test_builds_are_measured_and_compared_there(root, url):
    files = jk.tag_quality(DAY)
    settle(root, url)
    filled = jk.backfill_tags("2026-05-28", DAY)
    assert [day["as_of"].isoformat() for day in filled.rows()] == ["2026-05-28", DAY]
    there = jk.tag_quality(DAY)
    assert there.profile.tags == files.profile.tags
    assert there.profile.unavailable == files.profile.unavailable
    assert there.previous
    drift = jk.tag_drift(DAY)
    assert drift.previous.isoformat() == "2026-05-28"
    assert drift.indices == there.drift.indices
    assert drift.indices["gender"] == 0 < max(drift.indices.values())
    assert {tag.name for tag in jk.plan_tags(DAY).tags} == set(there.profile.tags)
    assert "aum" in workspace.tags_page(DAY)
    with pytest.raises(DataError, match="No tags are built as of 2026-05-27"):
        jk.tag_quality("2026-05-27")
    with pytest.raises(DataError, match="No day before 2026-05-28 has tags to compare with"):
        jk.tag_drift("2026-05-28")


def test_a_day_is_loaded_from_tables(root, url, monkeypatch, put_mark):
    embedded = shutil.copytree(root, root.parent / "embedded")
    with jk.connect(as_of=DAY) as files:
        contacts = files.frame("contact")
    for path in (*(root / "var").glob("ledger.sqlite*"), *(root / "var" / "vault").glob("*.sqlite*")):
        path.unlink()
    shutil.rmtree(root / "var" / "mart")
    settle(root, url)
    first = jk.load_day(DAY)
    assert (first.consents, first.contacts, first.details) == (
        len(ledger_rows(embedded, "consent")), len(ledger_rows(embedded, "contact")), 400,
    )  # fmt: skip
    assert ledger_rows(root, "consent") == ledger_rows(embedded, "consent")
    again = jk.load_day(DAY)
    assert (again.consents, again.contacts, again.load_id) == (0, 0, first.load_id)
    welcomed = jk.did("mark", name="welcomed").within(days=30)
    jk.build_tags(DAY)
    with jk.connect() as there:
        assert there.frame("contact").equals(contacts)
        assert there.count(welcomed) == 0
        someone = there.frame("contact")["customer_id"].iloc[0]
    ledger = Ledger.open(load_settings(root).ledger_url)
    put_mark(ledger, someone, "welcomed", date(2026, 5, 28))
    ledger.close()
    jk.load_day(DAY)
    jk.build_tags(DAY)
    with jk.connect() as there:
        assert there.ids(welcomed) == [someone]
    for one in (root, embedded):
        decide(one, monkeypatch)
    assert decided(root) == decided(embedded)
    assert decided(root).total() > 10


def ledger_rows(root: Path, name: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(root / "var" / "ledger.sqlite") as ledger:
        columns = [row[1] for row in ledger.execute(f"PRAGMA table_info({name})")]
        kept = [one for one in columns if one not in ("id", "imported_at", "recorded", "created_at")]
        return sorted(ledger.execute(f"SELECT {', '.join(kept)} FROM {name}"), key=repr)


def decide(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of the strategies on the mart in files, without a kernel."""
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(root))
    demo.approve_strategies(date.fromisoformat(DAY))
    ledger = Ledger.open(load_settings(root).ledger_url)
    with jk.connect(as_of=DAY) as mart:
        run = start_run(
            ledger, job="run_strategies", as_of=mart.as_of, contact_date=mart.contact_date, parameters={},
            definitions_hash="", build_id=mart.build_id,
        )  # fmt: skip
    ledger.close()
    jk.run_strategies(DAY, run_id=run.run_id, build_id=str(run.build_id))


def decided(root: Path) -> Counter[tuple[object, ...]]:
    ledger = Ledger.open(load_settings(root).ledger_url)
    try:
        leads = read_leads(ledger).to_pylist()
    finally:
        ledger.close()
    return Counter((one["strategy"], one["node"], one["customer_id"], one["channel"]) for one in leads)


def test_a_day_that_is_not_built_says_what_to_do(root, url):
    with jk.connect(url, as_of="2026-05-26") as mart:
        assert mart.build_id is None
        assert len(mart.frame("customer")) > 0
        with pytest.raises(DataError, match="No tags are built as of 2026-05-26"):
            mart.count(mart.everyone)


def test_a_warehouse_without_builds_asks_for_a_day(root, database):
    with pytest.raises(DataError, match="No tags are built in this warehouse yet"):
        jk.connect(database)


def test_models_are_not_trained_there(root, url):
    settle(root, url)
    with pytest.raises(SettingsError, match="in a warehouse"):
        jk.train_models(DAY)


def test_a_changed_definition_is_told_before_the_build_that_takes_it_up(root, url):
    settle(root, url)

    def define(days: int) -> None:
        compute = jk.Aggregate(subject="txn", function="count", within_days=days)
        jk.Tag(name="own_moves", title="Own", type="integer", compute=compute).save()

    define(30)
    segment = jk.Segment("movers", jk.tag("own_moves") > 3)
    segment.save(author="me", reason="new")
    jk.build_tags(DAY)
    assert not jk.changed_tags(DAY)
    define(60)
    assert jk.changed_tags(DAY).causes == {"own_moves": ("own_moves",)}


def test_an_unknown_build_is_named(root, url):
    with pytest.raises(DataError, match="no build nothing of 2026-05-29"):
        jk.connect(url, as_of=DAY, build_id="nothing")


def test_a_warehouse_out_of_reach_is_told_without_its_password(root):
    with pytest.raises(StoreError, match=r"Cannot reach the warehouse 127\.0\.0\.1/bank") as refused:
        jk.connect(f"postgresql+psycopg://me:{SECRET}@127.0.0.1:1/bank")
    shown = repr(refused.value) + str(refused.value.__cause__) + str(refused.value.__context__)
    assert SECRET not in shown


def test_statements_fail_without_their_values(root, url):
    secret = sa.literal(SECRET, sa.String())
    with jk.connect(url, as_of=DAY) as mart:
        with pytest.raises(DataError) as refused:
            mart.run(sa.select(sa.cast(secret, sa.Date()).label("day")))
        with pytest.raises(sa.exc.DBAPIError, match="no_such_function") as failed:
            mart.run(sa.select(sa.func.no_such_function(secret).label("day")))
    assert SECRET not in str(refused.value) + str(failed.value)
