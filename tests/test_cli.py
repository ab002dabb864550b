"""The commands, as an operator and a scheduler meet them, read by their output."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import chdir
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.main import get_command
from typer.testing import CliRunner

from journeykit.cli import app

DAY = date(2026, 5, 29)
HEAVY = ("pandas", "duckdb", "sqlalchemy", "pyarrow", "altair", "papermill", "faker", "numpy")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace as it comes, with a file of three customers, loaded for one day."""
    root = tmp_path_factory.mktemp("cli") / "bank"
    _run(root.parent, "init", "bank")
    (root / "data").mkdir()
    (root / "data" / "customer.csv").write_text(
        "id,opened,sex\nC1,2020-01-02,F\nC2,2021-03-04,M\nC3,2026-05-30,F\n", encoding="utf-8"
    )
    assert _run(root, "mart", "load", "--as-of", str(DAY)).exit_code == 0
    return root


def _run(folder: Path, *words: str) -> Result:
    """What a command answers from within a folder, on a screen of 120 columns."""
    with chdir(folder):
        done = CliRunner().invoke(app, list(words), env={"COLUMNS": "120"}, prog_name="journeykit")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def _commands(group=None, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    group = group or get_command(app)
    found = []
    for name, command in group.commands.items():
        found += _commands(command, (*path, name)) if hasattr(command, "commands") else [(*path, name)]
    return found


def _refused(done: Result) -> str:
    """What an expected error says: on stderr, with exit code 1 and no traceback."""
    assert done.exit_code == 1, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_every_command_explains_itself_without_loading_anything_heavy():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom journeykit.cli import app\n"
        f"for words in {[list(words) for words in _commands()]!r}:\n"
        "    done = CliRunner().invoke(app, [*words, '--help'])\n"
        "    assert done.exit_code == 0 and 'Usage' in done.output, (words, done.output)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_nothing_asked_is_answered_with_the_commands(tmp_path):
    said = _run(tmp_path)
    assert all(name in said.stdout for name in ("init", "demo", "run", "mart", "tags", "leads"))


@pytest.mark.parametrize(
    ("words", "name", "keys"),
    [
        (("tags", "list"), "tags", {"name", "title", "title_zh"}),
        (("leads", "list"), "leads", set()),
        (("runs", "list"), "runs", set()),
        (("strategy", "list"), "strategies", set()),
    ],
)
def test_every_listing_reads_as_json_and_as_a_table(root, words, name, keys):
    listed = _run(root, *words, "--json")
    assert (listed.exit_code, listed.stderr) == (0, "")
    content = json.loads(listed.stdout)
    assert list(content) == [name]
    assert all(keys <= set(row) for row in content[name])
    table = _run(root, *words)
    assert (table.exit_code, table.stderr) == (0, "")
    assert table.stdout.startswith(f"{len(content[name]):,} {name}\n")
    assert max(map(len, table.stdout.splitlines())) <= 120


def test_listed_tags_are_those_of_the_catalogue(root):
    from journeykit.tags import LIBRARY

    listed = json.loads(_run(root, "tags", "list", "--json").stdout)["tags"]
    assert {row["name"] for row in listed} == {tag.name for tag in LIBRARY}
    assert all(row["title"] and row["title_zh"] for row in listed)


def test_a_listing_of_one_day_holds_nothing_else(root):
    assert json.loads(_run(root, "leads", "list", "--json", "--as-of", str(DAY)).stdout) == {"leads": []}


def test_a_subject_is_described_by_its_columns(root):
    said = _run(root, "mart", "describe", "customer").stdout
    assert "customer_id" in said
    assert "Not mapped yet." in said
    assert max(map(len, said.splitlines())) <= 120
    every = _run(root, "mart", "describe").stdout
    (line,) = (line for line in every.splitlines() if line.startswith("customer "))
    assert line.split()[-1] == "2"


def test_a_load_says_what_it_brought_and_what_it_lacks(root):
    said = _run(root, "mart", "load", "--as-of", str(DAY)).stdout
    assert "2 rows in 1 subjects" in said
    assert "no contact details" in said
    assert "manager" in said
    assert _run(root, "mart", "check", "--as-of", str(DAY)).exit_code == 0


@pytest.mark.parametrize(
    "words",
    [("mart", "load"), ("mart", "check"), ("run", "build_tags"), ("leads", "list")],
)
@pytest.mark.parametrize("day", ["2026-02-30", "29.05.2026", "yesterday"])
def test_a_mistyped_day_is_a_usage_error_that_shows_the_form(words, day):
    done = CliRunner().invoke(app, [*words, "--as-of", day])
    assert done.exit_code == 2
    assert "%Y-%m-%d" in done.output
    assert day in done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "build_tag", "--as-of", str(DAY)), "Did you mean 'build_tags'?"),
        (("run", "build_tags", "--as-of", str(DAY), "-p", "langage=zh"), "Did you mean 'language'?"),
        (("run", "run_strategies", "--as-of", str(DAY)), f"journeykit run build_tags --as-of {DAY}"),
        (("mart", "describe", "custmer"), "Did you mean 'customer'?"),
        (("mart", "describe", "--as-of", "2026-05-28"), "journeykit mart load --as-of 2026-05-28"),
        (("init", "."), "not an empty folder"),
        (("init", "new", "--example", "berk"), "Did you mean 'berka'?"),
    ],
)
def test_a_mistake_is_one_message_with_the_next_step(root, words, says):
    before = sorted(root.rglob("*"))
    assert says in _refused(_run(root, *words))
    made = set(root.rglob("*")) - set(before)
    assert all("var" in path.parts for path in made)


@pytest.mark.parametrize(
    "words",
    [("mart", "load", "--as-of", str(DAY)), ("run", "build_tags", "--as-of", str(DAY)),
     ("leads", "list"), ("mart", "describe")],
)  # fmt: skip
def test_outside_a_workspace_every_command_says_how_to_make_one(tmp_path, words):
    assert "journeykit init DIR" in _refused(_run(tmp_path, *words))
    assert not list(tmp_path.iterdir())


def test_a_process_ends_with_the_error_on_stderr_and_no_traceback(tmp_path):
    code = "from journeykit.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, "leads", "list"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: No journeykit.toml")
    assert len(done.stderr.splitlines()) == 1


def test_an_empty_mart_says_how_to_fill_it(tmp_path):
    _run(tmp_path, "init", "new")
    said = _refused(_run(tmp_path / "new", "mart", "describe"))
    assert "journeykit mart load --as-of DATE" in said
    assert "journeykit demo" in said


def test_a_check_that_fails_lists_every_finding_and_exits_1(tmp_path):
    _run(tmp_path, "init", "new")
    done = _run(tmp_path / "new", "mart", "check", "--as-of", str(DAY))
    assert done.exit_code == 1
    assert "missing_file" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120
    said = _refused(_run(tmp_path / "new", "mart", "load", "--as-of", str(DAY)))
    assert "Nothing was published" in said
    assert not (tmp_path / "new" / "var" / "ledger.sqlite").exists()


def test_a_vault_key_is_made_once(tmp_path):
    _run(tmp_path, "init", "new")
    assert _run(tmp_path / "new", "vault", "create-key").exit_code == 0
    key = tmp_path / "new" / "var" / "vault" / "key"
    content = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    said = _refused(_run(tmp_path / "new", "vault", "create-key"))
    assert key.read_bytes() == content
    assert content.decode().strip() not in said


def test_a_folder_that_cannot_be_written_is_one_message(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "Cannot make" in _refused(_run(tmp_path, "init", "file/new"))


def test_the_commands_are_there_without_their_script() -> None:
    words = [sys.executable, "-m", "journeykit", "strategy", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Usage: journeykit strategy" in done.stdout
