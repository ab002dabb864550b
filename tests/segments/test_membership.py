"""Who is in a segment each day: kept once, compared with the day before, a changed definition told."""

from __future__ import annotations

import os
import shutil
import signal
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journeykit as jk
from journeykit.display import WITHHELD
from journeykit.errors import DataError, StoreError, UnknownNameError
from journeykit.expressions import tag
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.reports.membership import summarise_members
from journeykit.segments import Segment
from journeykit.segments.members import (
    Members,
    MemberStore,
    find_members,
    identify_build,
    identify_definition,
)
from journeykit.segments.membership import Membership, Recording
from journeykit.tags import LIBRARY, Catalogue

MONDAY, TUESDAY, WEDNESDAY = date(2026, 5, 25), date(2026, 5, 26), date(2026, 5, 27)


def members(day: date, ids: str, definition: str = "d1", build_id: str = "b1") -> Members:
    return Members("rich", day, definition, build_id, pa.chunked_array([sorted(ids.split())], pa.string()))


def keep(folder: Path, *days: Members) -> Membership:
    store = MemberStore(folder)
    for one in days:
        store.record(one)
    return Membership("rich", store)


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_table_by_day(tmp_path):
    found = keep(
        tmp_path, members(MONDAY, "C1 C2"), members(TUESDAY, "C2 C3 C4"), members(WEDNESDAY, "C2 C3 C4", "d2")
    )
    assert found.table().rows == (
        (MONDAY, 2, None, None, "d1", "first day"),
        (TUESDAY, 3, 2, 1, "d1", "since 2026-05-25"),
        (WEDNESDAY, 3, None, None, "d2", "definition changed"),
    )
    assert found.rows() == [found.row(day) for day in found.days]
    assert found.entered(TUESDAY) == ["C3", "C4"]
    assert found.left("2026-05-26") == ["C1"]
    assert found.members(TUESDAY) == ["C2", "C3", "C4"]
    assert len(found.to_frame()) == 3


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.lists(st.sets(st.sampled_from("abcdef")), min_size=2, max_size=5))
def test_who_entered_and_left_accounts_for_every_day(tmp_path_factory, days):
    dated = [(date(2026, 5, number), ids) for number, ids in enumerate(days, 1)]
    found = keep(tmp_path_factory.mktemp("members"), *(members(day, " ".join(ids)) for day, ids in dated))
    for (_, before), (day, after) in pairwise(dated):
        assert found.entered(day) == sorted(after - before)
        assert found.left(day) == sorted(before - after)
        row = found.row(day)
        assert row["size"] == len(after) == len(before) + row["entered"] - row["left"]


def test_what_cannot_be_compared_is_said(tmp_path):
    found = keep(tmp_path, members(MONDAY, "C1"), members(TUESDAY, "C2", "d2"))
    for use, says in (
        (lambda: found.entered(MONDAY), "first recorded day"),
        (lambda: found.left(TUESDAY), "changed between 2026-05-25 and 2026-05-26"),
        (lambda: found.entered(WEDNESDAY), r"not recorded on 2026-05-27. Recorded days: 2026-05-25 to"),
        (lambda: found.members("yesterday"), "not recorded on yesterday"),
    ):
        with pytest.raises(DataError, match=says):
            use()


def test_a_day_again_changes_nothing_and_another_build_stands_beside(tmp_path):
    found = keep(tmp_path, members(MONDAY, "C1"), members(TUESDAY, "C1 C2"))
    before = contents(tmp_path)
    for _ in range(10):
        keep(tmp_path, members(MONDAY, "C1"), members(TUESDAY, "C1 C2"))
    assert contents(tmp_path) == before
    keep(tmp_path, members(TUESDAY, "C1 C2 C3", build_id="b2"))
    assert found.entered(TUESDAY) == ["C2", "C3"]
    after = contents(tmp_path)
    assert {name for name in after if after[name] != before.get(name)} == {
        "rich/2026-05-26/d1-b2.parquet", "rich/2026-05-26/current",
    }  # fmt: skip


def test_a_recorded_day_keeps_its_definition_until_its_tags_are_built_anew(tmp_path):
    found = keep(tmp_path, members(MONDAY, "C1"), members(TUESDAY, "C1"))
    before = contents(tmp_path)
    keep(tmp_path, members(TUESDAY, "C1 C2", "d2"))
    assert contents(tmp_path) == before
    keep(tmp_path, members(WEDNESDAY, "C1 C2", "d2"))
    assert [row["note"] for row in found.rows()] == ["first day", "since 2026-05-25", "definition changed"]
    keep(tmp_path, members(TUESDAY, "C1 C2", "d2", "b2"))
    assert found.members(TUESDAY) == ["C1", "C2"]


@pytest.fixture
def built_twice(bank, tmp_path):
    """``built_twice(build, **aum)`` opens a day; of the one before this build counts, with such values."""
    bank([{"customer_id": one, "aum": Decimal(100)} for one in ("C1", "C2")])
    store, friday, thursday = MartStore(tmp_path / "0"), date(2026, 5, 29), date(2026, 5, 28)

    def opened(build: str, **aum: int) -> Mart:
        bank([{"customer_id": one, "aum": Decimal(value)} for one, value in aum.items()])
        made = max(tmp_path.glob("*/tags/2026-05-29/made.duckdb"))
        path = store.snapshot_path(thursday, build)
        path.parent.mkdir(exist_ok=True)
        shutil.copy(made, path)
        store.publish_build(thursday, build)
        return Mart(store, store.load(friday), "made", country="CN", tags=Catalogue(LIBRARY))

    return opened


def test_an_earlier_day_built_again_makes_other_members(built_twice, tmp_path):
    then = tag("aum").ago(days=1)
    grew, store = Segment("grew", tag("aum") > then), MemberStore(tmp_path / "members")
    for build, first, second, expected in (("a", 50, 150, "C1"), ("b", 150, 50, "C2"), ("a", 50, 150, "C1")):
        with built_twice(build, C1=first, C2=second) as mart:
            store.record(find_members(grew, mart))
            assert Membership("grew", store).members("2026-05-29") == mart.ids(grew) == [expected]
    with built_twice("c", C1=1) as mart:
        assert identify_build(Segment("rich", tag("aum") > 5).where, mart) == "made"
        assert identify_build(Segment("rich", tag("aum") > 5).top(1, by=then).where, mart) != "made"


@pytest.mark.parametrize("point", [1, 2])
@pytest.mark.parametrize("before", [True, False])
def test_a_kill_between_the_files_costs_nothing(tmp_path, point, before):
    folder = tmp_path / "members"
    keep(folder, members(MONDAY, "C1"))
    child = os.fork()
    if child == 0:
        if before:
            _die_before_rename(point)
        else:
            os.environ |= {"JOURNEYKIT_FAULTS": str(tmp_path / "log"), "JOURNEYKIT_FAULT_AT": str(point)}
        keep(folder, members(TUESDAY, "C2"))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    killed = Membership("rich", MemberStore(folder))
    assert killed.days in ([MONDAY], [MONDAY, TUESDAY])
    assert keep(folder, members(TUESDAY, "C2")).entered(TUESDAY) == ["C2"]
    undisturbed = tmp_path / "undisturbed"
    keep(undisturbed, members(MONDAY, "C1"), members(TUESDAY, "C2"))
    assert contents(folder) == contents(undisturbed)


def _die_before_rename(number):
    rename, seen = os.replace, []

    def count(source, target):
        seen.append(source)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target)

    os.replace = count


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:50]),
        lambda path: path.write_bytes(b""),
        lambda path: pa.parquet.write_table(pa.table({"customer_id": ["C1"]}), path),
        lambda path: shutil.copy(path.parent.parent / "2026-05-25" / "d1-b1.parquet", path),
    ],
)
def test_a_damaged_file_is_named(tmp_path, damage):
    found = keep(tmp_path, members(MONDAY, "C1"), members(TUESDAY, "C2"))
    damage(tmp_path / "rich" / "2026-05-26" / "d1-b1.parquet")
    with pytest.raises(StoreError, match=r"d1-b1\.parquet .*record the day again"):
        found.table()


def test_small_groups_are_withheld_from_the_mail(monkeypatch, built_workspace):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(built_workspace))  # which says: fewer than 10

    def row(size, entered, left):
        titles = {"segment": "rich", "title": "Rich", "title_zh": "富裕"}
        note = "definition changed" if entered is None else "since 2026-05-22"
        return {**titles, "size": size, "entered": entered, "left": left, "note": note}

    shown = [
        row(100, 20, 30), row(100, 3, 30), row(100, 20, 9), row(100, 0, 0), row(9, 0, 0), row(100, 95, 40),
        row(0, 0, 20), row(103, 3, 0), row(100, 3, 7), row(100, 3, 3), row(100, 24, 20), row(100, None, None),
    ]  # fmt: skip
    section = summarise_members(Recording(MONDAY, tuple(shown), {"poor": "why not"}), "zh")
    hidden = WITHHELD, WITHHELD
    assert [line[1:4] for line in section.parts[0].rows] == [
        (100, 20, 30), (100, *hidden), (100, *hidden), (100, 0, 0), (WITHHELD, *hidden), (100, *hidden),
        (0, 0, 20), (WITHHELD, *hidden), (WITHHELD, *hidden), (100, *hidden), (100, 24, 20),
        (100, None, None),
    ]  # fmt: skip
    assert [line[4] for line in section.parts[0].rows][-2:] == ["2026-05-22", "客群定义已变更，不作对比"]
    for text in ("客群成员", "富裕", "未记录", "why not"):
        assert text in section._repr_html_()


@pytest.fixture(scope="module")
def workspace(built_workspace, tmp_path_factory):
    root = tmp_path_factory.mktemp("members") / "workspace"
    shutil.copytree(built_workspace, root)
    return root


def test_the_segments_of_a_workspace_are_recorded(workspace, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(workspace))
    old = Segment("old", tag("age") >= 50, title="Old", title_zh="年长")
    old.save()
    Segment("odd", tag("agee") >= 50).save()
    with pytest.raises(DataError, match=r"'old' is saved and not yet recorded.*record --as-of 2026-05-29"):
        jk.membership("old")
    done = jk.record_members("2026-05-29")
    assert [row["segment"] for row in done.rows] == ["old"]
    assert "Did you mean 'age'" in done.refused["odd"]
    with pytest.raises(DataError, match=r"'odd' is saved and not yet recorded.*Did you mean 'age'.*record"):
        jk.membership("odd")
    found = jk.membership("old")
    with jk.connect() as mart:
        frame = mart.frame(mart.everyone, ["age"])
        definition = identify_definition(old, mart.tags)
        assert identify_definition(old.model_copy(update={"title": "Older"}), mart.tags) == definition
        assert identify_definition(Segment("old", tag("age") >= 51), mart.tags) != definition
    expected = frame[frame["age"].fillna(0) >= 50]["customer_id"]
    assert found.members("2026-05-29") == sorted(expected) != []
    before = contents(workspace / "var" / "mart" / "members")
    for _ in range(10):
        assert jk.record_members("2026-05-29") == done
    assert contents(workspace / "var" / "mart" / "members") == before
    with pytest.raises(UnknownNameError, match="Did you mean 'old'"):
        jk.membership("odl")
