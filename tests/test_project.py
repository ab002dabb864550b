"""The project's own promises: one list of packages, light imports, layers, clean notebooks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_conda_users_get_the_same_packages() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = {entry for entry in environment["dependencies"] if isinstance(entry, str)}
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert f"python{PROJECT['requires-python']}" in conda
    assert set(pip) == {*PROJECT["dependencies"], "-e ."}


def test_import_is_light() -> None:
    heavy = ["pandas", "sqlalchemy", "altair", "ipywidgets", "papermill", "duckdb", "pydantic", "numpy"]
    code = f"import sys, journeykit, journeykit.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_exist() -> None:
    import journeykit as jk

    for name in jk.__all__:
        assert getattr(jk, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'segmnt'"):
        jk.segmnt  # noqa: B018


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/*.ipynb")), ids=lambda path: path.name)
def test_notebooks_carry_no_outputs(path: Path) -> None:
    cells = json.loads(path.read_text())["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]


def test_top_level_is_the_agreed_one() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    allowed = {
        "notebooks", "journeykit", "scheduled", "synthetic_data", "tests",
        "environment.yml", "README.md", "README.zh.md", "journeykit.toml", "pyproject.toml", "Makefile",
        "LICENSE", ".ci", ".gitignore",
    }  # fmt: skip
    assert {line.split("/")[0] for line in listed.split()} <= allowed


def test_every_dependency_says_why() -> None:
    for line in (ROOT / "pyproject.toml").read_text().splitlines():
        if re.match(r'\s+"[\w\[\]-]+[><=]', line):
            assert "# " in line, line
