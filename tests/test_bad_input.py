"""Bad input is met with one clear error, a failing exit code and nothing half-written, then put right."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from journeykit.cli import app
from journeykit.demo import approve_strategies
from journeykit.ledger import Ledger
from journeykit.ledger.ledger import content
from journeykit.ledger.runs import read_runs
from synthetic_data.generating import generate

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-05-29"
COMMAND = [sys.executable, "-c", "from journeykit.cli import app; app()"]
LOAD = ("mart", "load", "--as-of", DAY)
BUILD = ("run", "build_tags", "--as-of", DAY)
RUN = ("run", "run_strategies", "--as-of", DAY)


class Shell:
    """A workspace, the commands an operator gives in it, and what it holds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.var = root / "var"
        self.scheduled = root / "scheduled"
        self.bank = root / "synthetic_data" / "bank"
        self.mart = self.var / "mart"

    def run(self, *arguments: str):
        """A command in this process."""
        return CliRunner().invoke(app, arguments, env={"JOURNEYKIT_WORKSPACE": str(self.root)})

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """A command in a process of its own."""
        environment = {**os.environ, "JOURNEYKIT_WORKSPACE": str(self.root)}
        return subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.root, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip

    def succeeds(self, *arguments: str) -> None:
        found = self.run(*arguments)
        assert (found.exit_code, found.stderr) == (0, ""), found.stderr or repr(found.exception)

    def refuses(self, *arguments: str, naming: tuple[str, ...]) -> str:
        """The command fails with one error that says all of `naming`, and changes nothing."""
        before = self.state()
        found = self.run(*arguments)
        assert isinstance(found.exception, SystemExit), repr(found.exception)
        self._check_refusal(found.exit_code, found.stdout, found.stderr, naming, before)
        return found.stderr

    def refuses_outside(self, *arguments: str, naming: tuple[str, ...], **options) -> str:
        """As :meth:`refuses`, in a process of its own."""
        before = self.state()
        process = self.start(*arguments, **options)
        said, error = process.communicate(timeout=240)
        self._check_refusal(process.returncode, said, error, naming, before)
        return error

    def _check_refusal(self, code, said, error, naming, before) -> None:
        assert (code, said) == (1, ""), (code, said, error)
        assert [line[:7] == "Error: " for line in error.splitlines()].count(True) == 1, error
        assert error.startswith("Error: "), error
        assert "Traceback" not in error
        for part in naming:
            assert part in error
        assert self.state() == before

    def state(self) -> dict:
        """Published files by content, and the ledger; failed attempts leave a record and a mail."""
        files = {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.var.rglob("*")
            if path.is_file() and not self._is_record(path)
        }
        if not (self.var / "ledger.sqlite").is_file():
            return {"files": files, "ledger": {}}
        ledger = Ledger.open(f"sqlite:///{self.var / 'ledger.sqlite'}")
        try:
            rows = content(ledger)
            rows["run"] = [run.run_id for run in read_runs(ledger) if run.decided]
            return {"files": files, "ledger": {name: found for name, found in rows.items() if found}}
        finally:
            ledger.close()

    def _is_record(self, path: Path) -> bool:
        failed = path.name.startswith("attempt-") or path.name.endswith("-failed.eml")
        return failed or path.name == "lock" or ".sqlite" in path.name

    def leads(self) -> list[dict]:
        return json.loads(self.run("leads", "list", "--json").stdout)["leads"]

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.scheduled / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def restore(self, name: str) -> None:
        shutil.copy(ROOT / "scheduled" / name, self.scheduled / name)

    @property
    def snapshot(self) -> Path:
        (path,) = (self.mart / "tags" / DAY).glob("*.duckdb")
        return path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A workspace whose bank can be loaded, and one that is loaded and built."""
    folder = tmp_path_factory.mktemp("bad")
    shell = Shell(folder / "new")
    shell.root.mkdir()
    skipped = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "scheduled", shell.scheduled, ignore=skipped)
    shutil.copy(ROOT / "journeykit.toml", shell.root)
    shell.edit("jobs.yaml", "retries: 1", "retries: 0")
    shell.edit("jobs.yaml", "retries: 1", "retries: 0")
    generate(200, 7, date.fromisoformat(DAY), shell.bank)
    shell.succeeds("vault", "create-key")
    shutil.copytree(shell.root, folder / "built")
    built = Shell(folder / "built")
    built.succeeds(*LOAD)
    built.succeeds(*BUILD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(built.root))
        approve_strategies(date.fromisoformat(DAY))
    return folder


@pytest.fixture
def new(prepared, tmp_path) -> Shell:
    return Shell(shutil.copytree(prepared / "new", tmp_path / "w"))


@pytest.fixture
def built(prepared, tmp_path) -> Shell:
    return Shell(shutil.copytree(prepared / "built", tmp_path / "w"))


SUBMIT = (
    "strategy", "submit", "dormant_customer", "--purpose", "Wake them", "--harm", "Nobody",
    "--data-confirmed", "--as", "analyst [demo]",
)  # fmt: skip


def test_unknown_tag_in_a_strategy(built):
    built.edit("strategies/dormant_customer.yaml", "name: days_since_txn", "name: days_since_txm")
    built.refuses(*SUBMIT, naming=("days_since_txm", "Did you mean 'days_since_txn'?", "dormant_customer"))
    built.succeeds(*RUN)  # what was approved runs on
    assert "dormant_customer" in {lead["strategy"] for lead in built.leads()}


def test_a_draft_that_cannot_be_read_stops_nothing_that_was_approved(built):
    path = built.scheduled / "strategies" / "dormant_customer.yaml"
    path.write_text("name: mine\ntitle: [never closed\n", encoding="utf-8")
    built.refuses(*SUBMIT, naming=(str(path), "line 3"))
    built.succeeds(*RUN)
    assert "dormant_customer" in {lead["strategy"] for lead in built.leads()}
    listed = json.loads(built.run("strategy", "list", "--json").stdout)["strategies"]
    assert {row["name"] for row in listed if row["state"] == "unreadable"} == {"dormant_customer"}
    built.succeeds(
        "strategy", "pause", "dormant_customer", "--reason", "Complaints", "--as", "operator [demo]"
    )


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("strategies/dormant_customer.yaml", ("strategy", "show", "dormant_customer")),
        ("offers/W-30D.yaml", ("strategy", "list")),
        ("jobs.yaml", BUILD),
        ("mapping.yaml", LOAD),
        ("tags/mine.yaml", ("tags", "list")),
    ],
)
def test_malformed_yaml(new, name, command):
    path = new.scheduled / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("name: mine\ntitle: [never closed\n", encoding="utf-8")
    new.refuses(*command, naming=(str(path), "line 3"))
    whole = (
        (ROOT / "scheduled" / name).read_text(encoding="utf-8")
        if (ROOT / "scheduled" / name).exists()
        else ""
    )
    path.write_text(whole + "flavour: vanilla\n", encoding="utf-8")
    new.refuses(*command, naming=(str(path), "flavour"))


def test_missing_column(new):
    path = new.bank / "customer.parquet"
    good = path.read_bytes()
    pd.read_parquet(path).drop(columns="kind").to_parquet(path)
    new.refuses(*LOAD, naming=("customer", "kind", "mapping"))
    path.write_bytes(good)
    new.succeeds(*LOAD)


def test_wrong_type(new):
    path = new.bank / "holding.parquet"
    good = path.read_bytes()
    pd.read_parquet(path).assign(rate="high").to_parquet(path)
    new.refuses(*LOAD, naming=("holding", "rate", "cannot be read as"))
    path.write_bytes(good)
    new.succeeds(*LOAD)


def test_no_customers(new):
    path = new.bank / "customer.parquet"
    good = path.read_bytes()
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    found = new.run(*LOAD)
    if found.exit_code == 0:
        new.refuses(*BUILD, naming=("No customers are loaded as of 2026-05-29", "load the day again"))
    else:
        assert found.stderr.startswith("Error: ") and "customer" in found.stderr
    path.write_bytes(good)
    new.succeeds(*LOAD)
    new.succeeds(*BUILD)


def test_nothing_loaded(new):
    new.refuses("mart", "describe", naming=("is empty", "journeykit mart load --as-of DATE"))
    new.refuses(*BUILD, naming=(f"journeykit mart load --as-of {DAY}",))


def test_date_outside_the_data(built):
    built.refuses("mart", "load", "--as-of", "1990-01-01", naming=("1990-01-01", "Choose an as_of"))
    late = ("mart", "load", "--as-of", "2027-01-04")
    built.refuses(*late, naming=("2027-01-04", "_DONE_2027-01-04"))
    built.refuses("mart", "describe", "--as-of", "2026-05-28", naming=("2026-05-28", "journeykit mart load"))
    found = built.run("mart", "load", "--as-of", "2026-02-30")
    assert found.exit_code == 2 and "2026-02-30" in found.stderr and "Traceback" not in found.stderr


@pytest.mark.parametrize("place", ["mart", "vault/vault.sqlite", "ledger.sqlite"])
def test_unwritable_place(new, place):
    path = new.var / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if place == "mart":
        path.write_text("a file where a folder belongs")
    else:
        path.mkdir()
    new.refuses(*LOAD, naming=(str(path).removesuffix("/vault.sqlite"),))
    path.unlink() if place == "mart" else path.rmdir()
    new.succeeds(*LOAD)


def damaged(good: bytes, untouched: int) -> dict[str, bytes | None]:
    """A file after each accident; None is no file."""
    half = len(good) // 2
    flipped = good[:untouched] + bytes(byte ^ 0xFF for byte in good[untouched:half]) + good[half:]
    return {"missing": None, "truncated": good[:half], "flipped": flipped}


def test_corrupt_snapshot(built):
    path = built.snapshot
    for bad in damaged(path.read_bytes(), 8192).values():
        path.unlink(missing_ok=True)
        if bad is not None:
            path.write_bytes(bad)
        built.refuses(*RUN, naming=(str(path), f"journeykit run build_tags --as-of {DAY}"))
    path.unlink()
    built.succeeds(*BUILD)
    built.succeeds(*RUN)


def test_corrupt_delivery(new):
    path = new.bank / "customer.parquet"
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    new.refuses(*LOAD, naming=(str(path), "parquet", "Deliver it again"))
    path.unlink()
    new.refuses(*LOAD, naming=(str(path), "Deliver it"))
    path.write_bytes(good)
    new.succeeds(*LOAD)


def test_corrupt_landed_source(built):
    shutil.rmtree(built.mart / "tags")
    (path,) = (built.mart / "sources" / "customer" / "all").iterdir()
    good = path.read_bytes()
    for kind, bad in damaged(good, 4).items():
        path.unlink()
        if bad is not None:
            path.write_bytes(bad)
        wanted = path.name if kind == "missing" else "as of 2026-05-29"
        built.refuses(*BUILD, naming=(wanted, "oad the day again"))
        built.succeeds(*LOAD)
        assert path.read_bytes() == good
    built.succeeds(*BUILD)


def test_a_second_run_while_one_is_running(built):
    slow = built.scheduled / "build_tags.ipynb"
    book = json.loads(slow.read_text(encoding="utf-8"))
    waiting = (
        "import time\nfrom pathlib import Path\nPath('begun').touch()\n"
        "while not Path('go').exists():\n    time.sleep(0.05)"
    )
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "wait",
        "metadata": {},
        "outputs": [],
        "source": waiting,
    }
    book["cells"].append(cell)
    slow.write_text(json.dumps(book), encoding="utf-8")
    first = built.start(*BUILD)
    try:
        while not (built.root / "begun").exists():
            assert first.poll() is None, first.communicate()
            time.sleep(0.05)
        built.refuses(*BUILD, naming=("'build_tags' is already running", str(first.pid), "Wait for it"))
    finally:
        (built.root / "go").touch()
        _, error = first.communicate(timeout=240)
    assert (first.returncode, error) == (0, "")


def test_unknown_job_and_parameters(built):
    built.refuses("run", "build_tag", "--as-of", DAY, naming=("build_tag", "Did you mean 'build_tags'?"))
    built.refuses(*BUILD, "-p", "langage=zh", naming=("langage", "Did you mean 'language'?"))
    built.refuses(*BUILD, "-p", "language", naming=("'language' is no parameter", "name=value"))
    built.refuses(*BUILD, "-p", "as_of=2026-01-01", naming=("as_of", "--as-of"))
    notebook = built.scheduled / "build_tags.ipynb"
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(
        text.replace('language: str = \\"en\\"', 'language: str = \\"en\\"\\ntop: int = 5'), encoding="utf-8"
    )
    built.refuses(*BUILD, "-p", "top=many", naming=("'top' must be int, not 'many'",))


def _limit(size: int):
    """Let no file of a process grow beyond `size`: what a full disk does to whoever writes one."""

    def set_limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return set_limit


@pytest.mark.parametrize("size", [2_000, 20_000, 300_000])
def test_disk_full_while_loading(new, size):
    new.refuses_outside(
        *LOAD, naming=("Nothing was", "then run the same command again"), preexec_fn=_limit(size)
    )
    new.succeeds(*LOAD)


def test_disk_full_while_building(built):
    shutil.rmtree(built.mart / "tags")
    built.refuses_outside(*BUILD, naming=("Free space",), preexec_fn=_limit(400_000))
    built.succeeds(*BUILD)
