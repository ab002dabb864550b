"""The bundles that the package carries are what its sources build, from nothing but the lock."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import journeykit.widgets

FRONTEND = Path(journeykit.widgets.__file__).parent / "frontend"
STATIC = FRONTEND.parent / "static"
AT_MOST = 2_500_000
"""Bytes of all bundles together; each is fetched by a browser once per widget of a page."""
UNREACHABLE = re.compile(r"code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def node_path() -> str:
    """A PATH on which `npm` is found: beside Python, where the dev extra installs it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if shutil.which("npm", path=path) is None:
        pytest.skip('no Node: python -m pip install -e ".[dev]"')
    return path


def test_the_sources_are_sound_and_build_what_is_carried(node_path, tmp_path):
    folder = tmp_path / "frontend"
    shutil.copytree(FRONTEND, folder, ignore=shutil.ignore_patterns("node_modules"))

    environment = os.environ | {"PATH": node_path, "CI": "1", "NO_COLOR": "1"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8",
            check=False,
        )  # fmt: skip

    installed = run("npm", "ci", "--prefer-offline")
    if UNREACHABLE.search(installed.stderr):
        pytest.skip(f"npm reaches no registry: {installed.stderr[-300:]}")
    assert installed.returncode == 0, installed.stderr
    checked = run("npm", "run", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    built = run("node", "build.mjs", str(tmp_path / "static"))
    assert built.returncode == 0, built.stderr
    new, carried = contents(tmp_path / "static"), contents(STATIC)
    assert new.keys() == carried.keys()
    assert [name for name in new if new[name] != carried[name]] == [], "make widgets builds them anew"


def test_each_widget_has_its_module_and_styles():
    widgets = {path.parent.name for path in FRONTEND.glob("src/*/index.tsx")}
    assert widgets
    assert contents(STATIC).keys() == {f"{name}.{kind}" for name in widgets for kind in ("js", "css")}


def test_the_bundles_are_small_and_fetch_nothing():
    found = contents(STATIC)
    assert sum(map(len, found.values())) <= AT_MOST
    for name, content in found.items():
        text = content.decode("utf-8")
        network = r"\bfetch\(|XMLHttpRequest|importScripts|new WebSocket|sendBeacon"
        loads = r"@import|url\((?!\s*[\"']?data:)" if name.endswith(".css") else r"^import\b"
        assert not re.search(f"{network}|{loads}", text, re.MULTILINE), name


def test_the_lock_holds_digests_and_no_addresses():
    packages = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    own = packages.pop("")
    assert own.keys() >= {"dependencies", "devDependencies"}
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if {"resolved", "funding"} & package.keys()] == []
    assert "://" not in json.dumps(packages)


def test_every_direct_dependency_is_pinned():
    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
