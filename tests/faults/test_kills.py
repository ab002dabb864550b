"""Killing a morning anywhere and running it again gives what an uninterrupted morning gives (design D9).

`make chaos` kills after every single rename and commit and before every rename; `make test` takes a spread
sample. Which points there are is never written down: the fault hook tells (journeykit.files.fault_point).
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("fault_outcome", Path(__file__).with_name("outcome.py"))
outcomes = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(outcomes)

SAMPLE = 6
APPROVE = (
    "from datetime import date; from journeykit.demo import approve_strategies as a; a(date(2026, 5, 29))"
)
COMMANDS = [
    "vault create-key",
    "mart load --as-of 2026-05-29",
    "run train_models --as-of 2026-05-29",
    "run build_tags --as-of 2026-05-29",
    APPROVE,
    "run run_strategies --as-of 2026-05-29",
    "run daily_report --as-of 2026-05-29",
]


@pytest.fixture(scope="module")
def undisturbed(mornings):
    """What a morning gives that nothing disturbs, and the names of its fault points in order."""
    root = mornings.workspace("undisturbed")
    log = root / "points.log"
    assert mornings.run(root, log=str(log)) == 0, (root / "said.txt").read_text()
    return outcomes.outcome(root), log.read_text().splitlines()


def test_an_undisturbed_morning_is_worth_the_trouble(undisturbed):
    outcome, points = undisturbed
    states = Counter(row[1] for row in outcome.ledger["delivery"])
    assert len(points) >= 50
    assert set(states) == {"delivered"} and states["delivered"] > 20
    assert {Path(name).suffix for name in outcome.files} >= {".csv", ".xlsx", ".json", ".html", ".eml"}
    assert outcome.openings


def test_a_kill_anywhere_costs_nothing(mornings, undisturbed):
    points = len(undisturbed[1])
    for number in range(SAMPLE):
        after = round((number + 0.5) * points / SAMPLE)
        _kill_and_run_again(mornings, undisturbed, after=after)


@pytest.mark.slow
def test_a_kill_after_every_rename_and_every_commit_costs_nothing(mornings, undisturbed):
    names = undisturbed[1]
    print(f"\n{len(names)} fault points")
    for after, name in enumerate(names, 1):
        print(f"{after:4} {name}", flush=True)
        _kill_and_run_again(mornings, undisturbed, after=after)


@pytest.mark.slow
def test_a_kill_before_every_rename_costs_nothing(mornings, undisturbed):
    names = [name for name in undisturbed[1] if name.startswith("rename ")]
    print(f"\n{len(names)} files written aside and never named")
    for before, name in enumerate(names, 1):
        print(f"{before:4} {name}", flush=True)
        _kill_and_run_again(mornings, undisturbed, before=before)


def _kill_and_run_again(mornings, undisturbed, *, after: int = 0, before: int = 0) -> None:
    expected, names = undisturbed
    root = mornings.workspace(f"after-{after}-before-{before}")
    log = root / "points.log"
    assert mornings.run(root, log=str(log), after=after, before=before) == -signal.SIGKILL
    told = log.read_text().splitlines() if log.exists() else []
    assert told == names[: after or len(told)]
    outcomes.check_whole(root, expected.files)

    assert mornings.run(root) == 0, (root / "said.txt").read_text()
    _check_same(root, expected)


def _check_same(root: Path, expected) -> None:
    found = outcomes.outcome(root)
    assert found.lead_ids == expected.lead_ids
    assert found.ledger == expected.ledger
    assert {row[1] for row in found.ledger["delivery"]} <= {"delivered", "failed"}
    assert found.openings >= expected.openings
    assert {row[:3] for row in found.openings} == {row[:3] for row in expected.openings}
    assert found.files == expected.files
    assert found.tags == expected.tags
    assert outcomes.leftovers(root) == []
    shutil.rmtree(root)


@pytest.mark.slow
def test_a_kill_of_the_runner_or_of_its_kernel_costs_nothing(mornings, undisturbed):
    names = undisturbed[1]
    for after in range(names.index("commit run start") + 1, len(names) + 1, 10):
        print(f"{after:4} {names[after - 1]}", flush=True)
        root = mornings.workspace(f"real-{after}")
        _give_commands(root, COMMANDS[:2], JOURNEYKIT_FAULTS=str(root / "points.log"))
        killed = _give_commands(
            root, COMMANDS[2:], JOURNEYKIT_FAULTS=str(root / "points.log"), JOURNEYKIT_FAULT_AT=str(after)
        )
        # a kernel that dies is a failed attempt, and the job may have another one
        assert killed in (-signal.SIGKILL, 1, 0)
        outcomes.check_whole(root, undisturbed[0].files)
        assert _give_commands(root, COMMANDS[1:]) == 0
        _check_same(root, undisturbed[0])


def _give_commands(root: Path, commands: list[str], **environment: str) -> int:
    """Real commands one after the other, until one does not succeed; its exit code."""
    for command in commands:
        code = (
            ["from journeykit.cli import app; app()", *command.split()] if command != APPROVE else [APPROVE]
        )
        call = [sys.executable, "-c", *code]
        given = {**os.environ, "JOURNEYKIT_WORKSPACE": str(root), **environment}
        done = subprocess.run(call, cwd=root, env=given, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.returncode
    return 0
