"""The workspace as one thing: how it is made, in which order a day comes in, what analysts open."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

import journeykit as jk
from journeykit import workspace
from journeykit.contract import SUBJECTS
from journeykit.errors import DataError, DefinitionError, RunError, SettingsError
from journeykit.files import sha256_of
from journeykit.ledger import Ledger, latest_consent
from journeykit.runs import RunRequest, load_jobs, run_job
from journeykit.settings import load_settings
from journeykit.vault import Vault
from journeykit.workdays import next_working_day

DAY, BEFORE = date(2026, 5, 29), date(2026, 5, 28)
EXAMPLES = Path(workspace.EXAMPLES)

FILES = {
    "customer": "customer_id,kind,since\nC1,personal,2020-01-02\nC2,personal,2021-03-04\n",
    "consent": (
        "consent_id,customer_id,channel,purpose,granted,recorded_at\n"
        "K1,C1,sms,marketing,true,2026-05-20 10:00:00\nK2,C2,sms,marketing,false,2026-05-20 10:00:00\n"
    ),
    "contact_details": "customer_id,name,phone\nC1,王小明,13800138000\nC2,李大,13900139000\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose bank has two customers, one of whom refuses."""
    root = workspace.init_workspace(tmp_path / "bank")
    (root / "data").mkdir()
    absent: list[dict[str, object]] = []
    subjects = {}
    for name, declared in SUBJECTS.items():
        if name not in FILES:
            absent.append({"subject": name, "reason": "not in this bank"})
            continue
        (root / "data" / f"{name}.csv").write_text(FILES[name], encoding="utf-8")
        given = FILES[name].splitlines()[0].split(",")
        lacking = [column.name for column in declared.columns if column.name not in given]
        absent.append({"subject": name, "columns": lacking, "reason": "not in this bank"})
        subjects[name] = {"sources": [{"file": f"{name}.csv"}]}
    mapping = {"source_day": "daily", "root": "data", "absent": absent, "subjects": subjects}
    (root / "scheduled" / "mapping.yaml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    monkeypatch.chdir(root)
    workspace.create_vault_key()
    return root


def _spoil(root: Path) -> None:
    path = root / "data" / "customer.csv"
    path.write_text(path.read_text(encoding="utf-8") + "C1,robot,2022-01-01\n", encoding="utf-8")


def _files(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha256_of(p) for p in sorted(folder.rglob("*")) if p.is_file()}


# -- init ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", [None, "empty", "berka"])
def test_every_new_workspace_has_the_mornings_jobs_as_real_files(tmp_path, example):
    root = workspace.init_workspace(tmp_path / "deep" / "bank", example)
    assert root == tmp_path / "deep" / "bank"
    assert not [path for path in root.rglob("*") if path.is_symlink()]
    assert (root / ".gitignore").is_file()
    jobs = load_jobs(root / "scheduled").jobs
    assert list(jobs) == ["train_models", "build_tags", "run_strategies", "daily_report"]
    assert all((root / "scheduled" / job.notebook).is_file() for job in jobs.values())
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["bank"]


def test_an_example_brings_its_own_definitions_and_no_others(tmp_path):
    root = workspace.init_workspace(tmp_path / "bank", "berka")
    for folder in (path for path in (EXAMPLES / "berka" / "scheduled").iterdir() if path.is_dir()):
        assert _files(root / "scheduled" / folder.name) == _files(folder)
    assert "Czech" in (root / "journeykit.toml").read_text(encoding="utf-8")


def test_init_refuses_a_folder_with_something_in_it(tmp_path):
    (tmp_path / "mine").write_text("kept")
    for folder in (tmp_path, tmp_path / "mine"):
        with pytest.raises(SettingsError, match="not an empty folder"):
            workspace.init_workspace(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_init_takes_an_empty_folder(tmp_path):
    (tmp_path / "new").mkdir()
    assert (workspace.init_workspace(tmp_path / "new") / "journeykit.toml").is_file()


def test_an_unknown_example_is_named_and_makes_nothing(tmp_path):
    with pytest.raises(DefinitionError, match=r"Unknown example 'berk'\. Did you mean 'berka'"):
        workspace.init_workspace(tmp_path / "new", "berk")
    assert not list(tmp_path.iterdir())


# -- load_day -----------------------------------------------------------------------------------------


def test_a_day_fills_ledger_vault_and_mart(root):
    loaded = workspace.load_day(DAY)
    assert (loaded.consents, loaded.details, loaded.subjects) == (2, 2, 2)
    assert "manager" in loaded.absent
    again = workspace.load_day(DAY)
    assert (again.load_id, again.consents) == (loaded.load_id, 0)


def test_a_mark_is_seen_from_the_day_after_on(root, put_mark):
    ledger = Ledger.open(load_settings().ledger_url)
    put_mark(ledger, "C1", "welcomed", DAY)
    ledger.close()
    shown = []
    for day in (DAY, next_working_day(DAY, "CN")):
        workspace.load_day(day)
        with jk.connect(as_of=day) as mart:
            shown.append(mart.frame("mark")[["customer_id", "name", "marked_on"]].to_dict("records"))
    assert shown == [[], [{"customer_id": "C1", "name": "welcomed", "marked_on": DAY}]]


def test_a_fatal_rule_lets_nothing_in(root):
    _spoil(root)
    with pytest.raises(DataError, match="duplicate_keys"):
        workspace.load_day(DAY)
    assert set(_files(root / "var")) == {"vault/key"}


def test_a_refused_day_leaves_the_day_before_as_it_was(root):
    workspace.load_day(BEFORE)
    kept = {name: made for name, made in _files(root / "var").items() if name.startswith("mart")}
    _spoil(root)
    details = root / "data" / "contact_details.csv"
    details.write_text(details.read_text(encoding="utf-8") + "C9,赵三,13700137000\n", encoding="utf-8")
    with pytest.raises(DataError):
        workspace.load_day(DAY)
    assert {name: made for name, made in _files(root / "var").items() if name.startswith("mart")} == kept
    assert set(Vault.open(root / "var" / "vault").available("phone")) == {"C1", "C2"}


def test_refusals_are_known_before_the_mart_is(root):
    """Killed just before the day's pointer moves, consent is in the ledger and the day is not current."""
    enumerated, killed = root.parent / "enumerated", root.parent / "killed"
    kept = root.parent / "kept"
    shutil.copytree(root, kept)
    assert _load_in_a_process(kept, enumerated).returncode == 0
    points = enumerated.read_text(encoding="utf-8").splitlines()
    moved = points.index("rename current") + 1
    done = _load_in_a_process(root, killed, JOURNEYKIT_FAULT_AT=str(moved - 1))
    assert done.returncode < 0
    assert _refusals(root) == {"C2"}
    assert not (root / "var" / "mart" / "loads" / str(DAY) / "current").exists()
    assert workspace.load_day(DAY).consents == 0
    assert (root / "var" / "mart" / "loads" / str(DAY) / "current").is_file()


def _load_in_a_process(root: Path, log: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"from journeykit.workspace import load_day; load_day('{DAY}')"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=root, env=os.environ | {"JOURNEYKIT_FAULTS": str(log)} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _refusals(root: Path) -> set[str]:
    ledger = Ledger.open(f"sqlite:///{root / 'var' / 'ledger.sqlite'}")
    try:
        words = latest_consent(ledger, ["C1", "C2"]).to_pylist()
    finally:
        ledger.close()
    return {word["customer_id"] for word in words if not word["granted"]}


# -- connect ------------------------------------------------------------------------------------------


def test_connect_opens_the_latest_day_whose_tags_are_built(root):
    for day in (BEFORE, DAY):
        workspace.load_day(day)
    with jk.connect() as mart:
        assert (mart.as_of, mart.build_id) == (DAY, None)
    build = workspace.build_tags(BEFORE)
    with jk.connect() as mart:
        assert (mart.as_of, mart.build_id) == (BEFORE, build.build_id)
    with jk.connect(as_of=DAY) as mart:
        assert (mart.as_of, mart.build_id) == (DAY, None)


def test_a_build_is_opened_with_the_load_it_was_built_from(root):
    """Although the day was loaded again since, with another customer."""
    old = workspace.load_day(DAY)
    first = workspace.build_tags(DAY)
    customers = root / "data" / "customer.csv"
    customers.write_text(customers.read_text(encoding="utf-8") + "C3,personal,2022-01-01\n", encoding="utf-8")
    new = workspace.load_day(DAY)
    assert new.load_id != old.load_id
    for build_id in (None, first.build_id):
        with jk.connect(as_of=DAY, build_id=build_id) as mart:
            assert (mart.manifest.load_id, mart.build_id) == (old.load_id, first.build_id)
            assert len(mart.frame("customer")) == mart.count(mart.everyone) == 2
    second = workspace.build_tags(DAY)
    with jk.connect(as_of=DAY) as mart:
        assert (mart.manifest.load_id, mart.build_id) == (new.load_id, second.build_id)
        assert len(mart.frame("customer")) == mart.count(mart.everyone) == 3
    with jk.connect(as_of=DAY, build_id=first.build_id) as mart:
        assert mart.manifest.load_id == old.load_id


def test_a_new_run_refuses_tags_of_an_earlier_load_and_a_tied_one_keeps_them(root):
    first = nbformat.v4.new_code_cell(
        'as_of: str = ""\nbuild_id: str = ""\ntop: int = 1', metadata={"tags": ["parameters"]}
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[first]), root / "scheduled" / "look.ipynb")
    with (root / "scheduled" / "jobs.yaml").open("a", encoding="utf-8") as jobs:
        jobs.write("\n  look:\n    notebook: look.ipynb\n    title: Look\n    owners: [a@bank.example]\n")
    settings = load_settings(root)
    workspace.load_day(DAY)
    build = workspace.build_tags(DAY)
    assert run_job(settings, RunRequest("look", DAY)).build_id == build.build_id
    customers = root / "data" / "customer.csv"
    customers.write_text(customers.read_text(encoding="utf-8") + "C3,personal,2022-01-01\n", encoding="utf-8")
    workspace.load_day(DAY)
    with pytest.raises(RunError, match=r"earlier load.*journeykit run build_tags --as-of 2026-05-29"):
        run_job(settings, RunRequest("look", DAY, {"top": 2}))
    assert run_job(settings, RunRequest("look", DAY)).build_id == build.build_id
    new = workspace.build_tags(DAY)
    assert run_job(settings, RunRequest("look", DAY, {"top": 2})).build_id == new.build_id


def test_connect_names_what_to_do_first(root):
    with pytest.raises(DataError, match="journeykit mart load --as-of DATE"):
        jk.connect()
    with pytest.raises(DefinitionError, match=r"'29\.05\.2026' is not a day\. Write it as YYYY-MM-DD"):
        jk.connect(as_of="29.05.2026")


@pytest.mark.parametrize("day", [DAY, DAY.isoformat()])
def test_connect_tells_a_day_from_a_url(root, day):
    with pytest.raises(DefinitionError, match=r"no URL of a warehouse.*jk.connect\(as_of="):
        jk.connect(day)


def test_connect_refuses_other_databases_and_shows_no_password(root):
    with pytest.raises(SettingsError, match="cannot be in 'mysql'") as refused:
        jk.connect("mysql://me:hush@host/bank")
    assert "hush" not in str(refused.value)


# -- export -------------------------------------------------------------------------------------------


def test_a_dry_run_shows_pseudonyms_and_opens_no_vault(root, monkeypatch):
    workspace.load_day(DAY)
    leads = pd.DataFrame([
        {"lead_id": "a" * 32, "run_id": "r", "strategy": "s", "version": "v", "node": "n",
         "customer_id": "C1", "not_before_hour": None, "channel": "sms", "offer": "o",
         "manager_id": None, "branch_id": None,
         "contact_date": date(2026, 6, 1), "expected_value": 1, "reason": json.dumps({"summary": "why"})}
    ])  # fmt: skip
    (root / "var" / "vault" / "key").unlink()
    before = _files(root / "var")
    shown = jk.export(leads, "sms")
    assert len(shown.rows) == 1
    assert "<phone of C1>" in repr(shown)
    assert "13800138000" not in repr(shown)
    assert _files(root / "var") == before
    assert len(jk.export(leads, "app_push").rows) == 0
    with pytest.raises(DefinitionError, match="Did you mean 'sms'"):
        jk.export(leads, "smss")
