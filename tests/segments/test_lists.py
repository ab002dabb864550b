"""Frozen lists: read strictly, written whole, and never other ids than a definition means."""

from __future__ import annotations

import csv
import hashlib
import os
import signal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.errors import DataError, DefinitionError, UnknownNameError
from journeykit.expressions.nodes import InList
from journeykit.segments import Lists, Segment, in_list, save_list
from journeykit.segments.lists import read_list


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "vip.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        ("customer_id\nC2\nC1\n", ("C1", "C2")),
        ("customer_id\nC2\nC1", ("C1", "C2")),
        ("\ufeffcustomer_id\r\nC2\r\nC1\r\n", ("C1", "C2")),
        ('customer_id\n"C,1"\n"say ""hi"""\n', ("C,1", 'say "hi"')),
        ("customer_id\n=1+1\n@SUM(A1)\n+7\n-5\n'; DROP TABLE x;--\n", None),
        ("customer_id\n客户1\nC1\n", ("C1", "客户1")),
        ("customer_id\nc1\nC1\n", ("C1", "c1")),
        ("customer_id\n", ()),
        ("customer_id", ()),
    ],
)
def test_what_is_an_id_is_read_as_it_stands(tmp_path, content, ids):
    found = read_list(write(tmp_path, content))
    assert found.ids == (ids or tuple(sorted(content.splitlines()[1:])))
    assert found.digest == hashlib.sha256("\n".join(sorted(found.ids)).encode()).hexdigest()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "line 1 must be customer_id"),
        ("C1\nC2\n", "line 1 must be customer_id"),
        ("id\nC1\n", "line 1 must be customer_id"),
        ("customer_id,name\nC1,Li\n", "line 1 must be customer_id"),
        ("customer_id\nC1,Li\nC2\n", "line 2 has 2 values"),
        ("customer_id\nC1\n\nC2\n   \n\t\n", "line 3 is blank; line 5 is blank; line 6 is blank"),
        ("customer_id\nC1\n C2\nC3 \n", "line 3 has blanks around the id; line 4 has blanks"),
        ("customer_id\nC1\nC2\nC1\nC1\n", "line 4 is the same id as line 2; line 5 is the same id as line 2"),
        ("customer_id\nC\x001\n", "line 2 has an invisible character"),
        ("customer_id\nC\u200b1\n", "line 2 has an invisible character"),
        ("customer_id\nC\u202e1\n", "line 2 has an invisible character"),
        ("customer_id\n\"C1\nC2\"\n", "line 3 has an invisible character"),
        ('customer_id\nC1\n"C2\n', "cannot be read"),
        ("customer_id\n" + "C1\n" * 9, "; and 3 more."),
        ("customer_id\nC1\n客户\n".encode("gb18030"), "line 3 is not UTF-8"),
        ("customer_id\nC1\n".encode("utf-16"), "is not UTF-8"),
    ],
)  # fmt: skip
def test_what_is_none_is_named_by_its_line(tmp_path, content, says):
    path = write(tmp_path, content)
    with pytest.raises(DefinitionError) as caught:
        read_list(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_error_never_quotes_an_id(tmp_path):
    with pytest.raises(DefinitionError) as caught:
        read_list(write(tmp_path, "customer_id\n13800138000\n13800138000\n 13900139000\n"))
    assert "138001" not in str(caught.value) and "139001" not in str(caught.value)


ids = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)


@settings(deadline=None, derandomize=True)
@given(st.sets(ids, min_size=1, max_size=8))
def test_what_is_saved_is_read_again_by_us_and_by_others(tmp_path_factory, members):
    folder = tmp_path_factory.mktemp("lists")
    saved = save_list("vip", members, folder=folder)
    assert Lists(folder)["vip"] == saved
    with open(folder / "vip.csv", encoding="utf-8", newline="") as handle:
        assert [row[0] for row in csv.reader(handle)] == ["customer_id", *sorted(members)]


def test_the_digest_knows_no_order_and_tells_any_other_list_apart(tmp_path):
    digests = [
        save_list("a", members, folder=tmp_path / str(place)).digest
        for place, members in enumerate(
            (["C1", "C2"], ["C2", "C1"], pd.Series(["C1", "C2"]), ["C1"], ["C1C2"])
        )
    ]
    assert digests[0] == digests[1] == digests[2]
    assert len(set(digests)) == 3


@pytest.mark.parametrize(
    ("name", "members", "says"),
    [
        ("vip", ["C1", "C1"], "place 2 is the same id as place 1"),
        ("vip", ["C1", 5], "place 2 is of the type int, not text"),
        ("vip", ["C1", None], "place 2 is of the type NoneType"),
        ("vip", "C1", "ids are expected"),
        ("vip", 5, "ids are expected"),
        ("vip", [], "no ids to save"),
        ("vip", pd.Series([], dtype=str), "no ids to save"),
        ("vip", {"C1": "Li"}, "ids are expected, as in .*; this is a dict"),
        ("vip", pd.DataFrame({"customer_id": ["C1"]}), r'frame\["customer_id"\]'),
        ("vip", pa.table({"customer_id": ["C1"]}), r'frame\["customer_id"\]'),
        ("vip", ["C\n1"], "place 1 has an invisible character"),
        ("../vip", ["C1"], "lower-case letters"),
        ("vip.csv", ["C1"], "lower-case letters"),
        ("", ["C1"], "lower-case letters"),
    ],
)
def test_what_cannot_be_a_list_is_not_saved(tmp_path, name, members, says):
    with pytest.raises(DefinitionError, match=says):
        save_list(name, members, folder=tmp_path / "lists")
    assert list(tmp_path.rglob("*")) == []


def test_a_list_is_never_replaced_silently(tmp_path):
    save_list("vip", ["C1", "C2"], folder=tmp_path)
    path = tmp_path / "vip.csv"
    facts = path.stat()
    assert save_list("vip", ["C2", "C1"], folder=tmp_path).ids == ("C1", "C2")
    assert path.stat() == facts
    with pytest.raises(DefinitionError, match=r"other ids.*Choose another name, or delete .*vip\.csv"):
        save_list("vip", ["C1"], folder=tmp_path)
    assert path.stat() == facts
    path.unlink()
    assert save_list("vip", ["C1"], folder=tmp_path).ids == ("C1",)


def test_a_file_that_changes_is_read_again(tmp_path):
    path = write(tmp_path, "customer_id\nC1\n")
    lists, digest = Lists(tmp_path), Lists(tmp_path)["vip"].digest
    kept = lists.frozen("vip", digest)
    assert lists.frozen("vip", digest) is kept
    changed = write(tmp_path, "customer_id\nC2\n")
    os.utime(changed, ns=(1, path.stat().st_mtime_ns + 1))
    with pytest.raises(DefinitionError, match="'vip' has changed since"):
        lists.frozen("vip", digest)
    path.unlink()
    with pytest.raises(UnknownNameError, match="vip"):
        lists.frozen("vip", digest)
    write(tmp_path, "customer_id\nC1\n")
    assert lists.frozen("vip", digest) == kept


def test_a_folder_is_no_list(tmp_path):
    (tmp_path / "vip.csv").mkdir()
    with pytest.raises(DataError, match=r"vip\.csv is a folder"):
        Lists(tmp_path)["vip"]


def test_a_segment_means_the_ids_that_the_list_had(tmp_path):
    save_list("vip", ["C1", "C2"], folder=tmp_path)
    segment = Segment("vip", in_list("vip", folder=tmp_path))
    assert isinstance(segment.where, InList)
    assert Segment.from_yaml(segment.to_yaml()) == segment
    lists = Lists(tmp_path)
    assert lists.frozen("vip", segment.where.digest).ids == ("C1", "C2")
    write(tmp_path, "customer_id\nC1\nC3\n")
    with pytest.raises(DefinitionError, match=r"list 'vip' has changed.*2 ids.*jk.in_list\(\"vip\"\)"):
        Lists(tmp_path).frozen("vip", segment.where.digest)
    assert in_list("vip", folder=tmp_path).node != segment.where


@pytest.mark.parametrize("name", ["vpi", "../vip", "vip.csv", "", "*", "/etc/passwd"])
def test_an_unknown_list_is_an_error_and_no_path(tmp_path, name):
    save_list("vip", ["C1"], folder=tmp_path)
    (tmp_path.parent / "vip.csv").write_text("customer_id\nC9\n", encoding="utf-8")
    with pytest.raises(UnknownNameError, match="vip"):
        in_list(name, folder=tmp_path)


def test_a_file_whose_name_is_no_list_s_is_refused(tmp_path):
    (tmp_path / "My List.csv").write_text("customer_id\nC1\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"list 'My List': name: lower-case letters"):
        in_list("My List", folder=tmp_path)


@pytest.mark.parametrize("before", [True, False])
def test_a_kill_leaves_no_list_or_the_whole_one(tmp_path, before):
    child = os.fork()
    if child == 0:
        if before:
            os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        else:
            os.environ |= {"JOURNEYKIT_FAULTS": str(tmp_path / "points.log"), "JOURNEYKIT_FAULT_AT": "1"}
        save_list("vip", ["C1", "C2"], folder=tmp_path)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert [one.ids for one in Lists(tmp_path).values()] == ([] if before else [("C1", "C2")])
    assert save_list("vip", ["C1", "C2"], folder=tmp_path) == Lists(tmp_path)["vip"]
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".log"] == ["vip.csv"]
