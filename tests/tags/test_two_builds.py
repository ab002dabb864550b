"""Two builds of one day at once, and builds that are killed: what was current stays readable."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.tags import Aggregate, Catalogue, Tag, build_tags

AS_OF = date(2026, 5, 29)
SCRIPT = Path(__file__).with_name("one_build.py")


def _counted(days: int | None) -> Tag:
    compute = Aggregate(subject="txn", function="count", within_days=days)
    return Tag(name="txns", title="txns", type="integer", compute=compute)


OLD, NEW = _counted(None), _counted(30)


@pytest.fixture
def store(land, bank, tmp_path) -> MartStore:
    """A day with a current build of the old definition."""
    store = land(tmp_path, bank)
    build_tags(store, Catalogue([OLD]), AS_OF, memory_limit="500MB", threads=1)
    return store


def start(store: MartStore, tag: Tag = NEW, **options: Any) -> subprocess.Popen[str]:
    """A process that builds; faults of the file layer are told through the environment."""
    faults = {name: str(value) for name, value in options.items() if name.isupper()}
    asked = {name: value for name, value in options.items() if not name.isupper()}
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)], env=os.environ | faults, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    request = {"root": str(store.root), "as_of": str(AS_OF), "tags": [tag.model_dump(mode="json")], **asked}
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return process


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    said, complained = process.communicate()
    return process.returncode, said.strip(), complained.strip()


def total(store: MartStore) -> int:
    """What the current snapshot says; read as an analyst reads it."""
    build_id = store.current_build(AS_OF)
    tags = Catalogue([OLD])
    with Mart(store, store.load(AS_OF), build_id, country="CN", tags=tags, memory_limit="200MB") as mart:
        return int(mart.sql("SELECT sum(txns) AS n FROM built.snapshot")["n"].to_list()[0])


def leftovers(store: MartStore) -> list[str]:
    """Files and folders that killed builds left beside those with a name."""
    return [str(path.relative_to(store.root)) for path in store.root.rglob(".*")]


# -- two at once --------------------------------------------------------------------------------------


def test_of_two_builds_at_once_one_wins_and_the_other_says_so(store, bank):
    old = store.current_build(AS_OF)
    winner = start(store, hold_at=0)
    assert winner.stdout and winner.stdout.readline() == "building\n"

    code, said, complained = finish(start(store))
    assert (code, said) == (1, "")
    assert str(winner.pid) in complained and str(AS_OF) in complained
    assert store.current_build(AS_OF) == old, "nothing was published yet"
    assert total(store) == _number(bank, OLD)

    code, build_id, complained = finish(winner)
    assert (code, complained) == (0, "")
    assert store.current_build(AS_OF) == build_id != old
    assert total(store) == _number(bank, NEW)
    assert finish(start(store)) == (0, build_id, ""), "afterwards the day is free again"


def test_another_day_may_be_built_meanwhile(store, land, bank, tmp_path):
    land(tmp_path, bank, as_of=date(2026, 5, 28))
    first = start(store, hold_at=0)
    assert first.stdout and first.stdout.readline() == "building\n"
    assert finish(start(store, as_of="2026-05-28"))[0] == 0
    assert finish(first)[0] == 0


# -- kills --------------------------------------------------------------------------------------------


def test_a_kill_at_every_fault_point_leaves_a_whole_snapshot_current(store, bank, land, tmp_path):
    log = tmp_path / "points.log"
    other = land(tmp_path / "undisturbed", bank)
    assert finish(start(other, JOURNEYKIT_FAULTS=log))[0] == 0
    points = log.read_text().splitlines()
    assert points[-1] == "rename current" and len(points) >= 2
    for after, point in enumerate(points, 1):
        folder = tmp_path / str(after)
        one = land(folder, bank)
        build_tags(one, Catalogue([OLD]), AS_OF, memory_limit="500MB", threads=1)
        faults = {"JOURNEYKIT_FAULTS": folder / "points.log", "JOURNEYKIT_FAULT_AT": after}
        assert finish(start(one, **faults))[0] == -signal.SIGKILL, point
        assert total(one) == _number(bank, NEW if point == "rename current" else OLD), point
        _check_the_next_build_cleans_up(one, bank)


@pytest.mark.parametrize("number", [1, 2])
def test_a_kill_before_a_finished_file_gets_its_name_leaves_the_old_snapshot(store, bank, number):
    _check_killed(store, bank, kill_before_rename=number)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_kill_in_the_middle_of_writing_leaves_the_old_snapshot(store, bank, step):
    _check_killed(store, bank, kill_at=step)


def test_a_kill_from_outside_leaves_the_old_snapshot_and_no_lock(store, bank):
    process = start(store, hold_at=1)
    assert process.stdout and process.stdout.readline() == "building\n"
    process.kill()
    assert finish(process)[0] == -signal.SIGKILL
    assert total(store) == _number(bank, OLD)
    _check_the_next_build_cleans_up(store, bank)


def _check_killed(store: MartStore, bank, **how: int) -> None:
    old = store.current_build(AS_OF)
    assert finish(start(store, **how))[0] == -signal.SIGKILL
    assert store.current_build(AS_OF) == old
    assert total(store) == _number(bank, OLD)
    _check_the_next_build_cleans_up(store, bank)


def _check_the_next_build_cleans_up(store: MartStore, bank) -> None:
    code, build_id, _ = finish(start(store))
    assert (code, store.current_build(AS_OF)) == (0, build_id)
    assert total(store) == _number(bank, NEW)
    assert leftovers(store) == []


def _number(bank, tag: Tag) -> int:
    """How many transactions the tag counts, from the rows themselves."""
    assert isinstance(tag.compute, Aggregate)
    days = tag.compute.within_days
    ages = [(AS_OF - row["occurred_at"].date()).days for row in bank["txn"]]
    return sum(0 <= age < (days or 10**6) for age in ages)
