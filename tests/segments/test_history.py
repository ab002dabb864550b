"""Every saved version of a segment is kept, with who changed it and why."""

from __future__ import annotations

import multiprocessing
import os
import signal

import pytest
import yaml

from journeykit.errors import DefinitionError, InUseError, UnknownNameError
from journeykit.expressions import tag
from journeykit.segments import Segment, in_list, save_list, segment_history

FIRST = Segment("rich", tag("aum") >= 500_000, title="Rich", title_zh="富裕")
SECOND = Segment("rich", (tag("aum") >= 500_000) & tag("holds_wealth"), title="Rich")
THIRD = Segment("rich", (tag("aum") >= 900_000) & tag("holds_wealth"), title="Rich")


def save(segment, folder, author="Li Na", reason="asked for"):
    return segment.save(folder, author=author, reason=reason)


def test_each_change_is_a_version_with_author_and_reason(tmp_path):
    FIRST.save(tmp_path)
    save(SECOND, tmp_path, "Li Na", "only those who hold wealth")
    save(THIRD, tmp_path, "王伟", "门槛提高")
    history = THIRD.history(tmp_path)
    assert [(one.author, one.reason) for one in history] == [
        ("", ""), ("Li Na", "only those who hold wealth"), ("王伟", "门槛提高"),
    ]  # fmt: skip
    assert [history[one.version] for one in history] == [FIRST, SECOND, THIRD]
    assert len({one.version for one in history}) == 3
    changes = [row["change"] for row in history.rows()]
    assert changes == [
        "first saved",
        '+ tag("holds_wealth"); title_zh: none',
        '+ tag("aum") >= 900000; - tag("aum") >= 500000',
    ]
    assert "王伟" in repr(history) and "门槛提高" in history._repr_html_()
    assert Segment.load(tmp_path / "rich.yaml") == THIRD


def test_saving_the_same_again_adds_nothing(tmp_path):
    save(FIRST, tmp_path)
    files = {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    for _ in range(10):
        FIRST.save(tmp_path)
        save(FIRST, tmp_path, "Somebody", "else")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")} == files


@pytest.mark.parametrize(("author", "reason"), [("", ""), ("Li", ""), ("", "why"), (" ", "why"), ("Li", " ")])
def test_a_change_needs_an_author_and_a_reason(tmp_path, author, reason):
    FIRST.save(tmp_path)
    with pytest.raises(DefinitionError, match="Say who changes it, and why"):
        save(SECOND, tmp_path, author, reason)
    assert Segment.load(tmp_path / "rich.yaml") == FIRST
    assert len(FIRST.history(tmp_path)) == 1


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "x" * 501])
def test_author_and_reason_are_one_line_of_text(tmp_path, text):
    with pytest.raises(DefinitionError, match="reason"):
        save(FIRST, tmp_path, "Li", text)
    assert list(tmp_path.rglob("*.yaml")) == []


def test_going_back_is_a_change_too(tmp_path):
    for segment in (FIRST, SECOND, FIRST):
        save(segment, tmp_path)
    assert [one.segment for one in FIRST.history(tmp_path)] == [FIRST, SECOND, FIRST]


def test_a_file_changed_by_other_means_is_not_lost(tmp_path):
    save(FIRST, tmp_path)
    (tmp_path / "rich.yaml").write_text(SECOND.to_yaml(), encoding="utf-8")
    save(THIRD, tmp_path)
    history = THIRD.history(tmp_path)
    assert [(one.segment, one.author) for one in history] == [
        (FIRST, "Li Na"), (SECOND, ""), (THIRD, "Li Na"),
    ]  # fmt: skip
    assert history.rows()[1]["author"] == "unknown"


def test_a_file_put_back_by_hand_is_a_version_and_so_is_its_undoing(tmp_path):
    save(FIRST, tmp_path)
    save(SECOND, tmp_path)
    (tmp_path / "rich.yaml").write_text(FIRST.to_yaml(), encoding="utf-8")
    save(SECOND, tmp_path, "Wang", "back")
    assert [(one.segment, one.author, one.reason) for one in SECOND.history(tmp_path)] == [
        (FIRST, "Li Na", "asked for"), (SECOND, "Li Na", "asked for"),
        (FIRST, "", ""), (SECOND, "Wang", "back"),
    ]  # fmt: skip
    assert Segment.load(tmp_path / "rich.yaml") == SECOND


def test_another_list_is_another_version(tmp_path):
    lists = tmp_path / "lists"
    save_list("vip", ["C1"], folder=lists)
    save(Segment("vip", in_list("vip", folder=lists)), tmp_path)
    (lists / "vip.csv").unlink()
    save_list("vip", ["C2"], folder=lists)
    save(Segment("vip", in_list("vip", folder=lists)), tmp_path, reason="new members")
    versions = [one.version for one in segment_history("vip", folder=tmp_path)]
    assert len(set(versions)) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("500000", "1"),
        lambda text: text.replace("author: Li Na", "autor: Li Na"),
        lambda _: "name: x\n",
        lambda _: "just text",
        lambda _: "[1, 2]",
        lambda _: "",
        lambda _: "\x00",
        lambda text: text.replace("node: tag", "node: sql"),
    ],
)
def test_a_damaged_history_is_an_error_and_stays_as_it_is(tmp_path, damage):
    save(FIRST, tmp_path)
    path = tmp_path / "history" / "rich.yaml"
    path.write_text(damaged := damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    for use in (lambda: FIRST.history(tmp_path), lambda: save(SECOND, tmp_path)):
        with pytest.raises(DefinitionError, match=r"(?s)history .*rich\.yaml is damaged.*Restore"):
            use()
    assert path.read_text(encoding="utf-8") == damaged
    assert Segment.load(tmp_path / "rich.yaml") == FIRST


def test_unknown_names_and_versions_are_named(tmp_path):
    save(FIRST, tmp_path)
    with pytest.raises(UnknownNameError, match="Did you mean 'rich'"):
        segment_history("rihc", folder=tmp_path)
    with pytest.raises(UnknownNameError, match="version of segment 'rich'"):
        FIRST.history(tmp_path)["000000000000"]


def _save_many(folder, author, start):
    """Save ten versions; who is told to wait tries again."""
    start.wait()
    for number in range(10):
        segment = Segment("rich", tag("aum") >= number, title=author)
        while True:
            try:
                save(segment, folder, author, str(number))
                break
            except InUseError:
                continue


def test_of_two_who_save_at_once_nothing_is_lost(tmp_path):
    context = multiprocessing.get_context("fork")
    start = context.Barrier(2)
    people = [context.Process(target=_save_many, args=(tmp_path, one, start)) for one in ("Li", "Wang")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    history = segment_history("rich", folder=tmp_path)
    for author in ("Li", "Wang"):
        assert [one.reason for one in history if one.author == author] == [str(n) for n in range(10)]
    assert Segment.load(tmp_path / "rich.yaml") == history.versions[-1].segment


@pytest.mark.parametrize("point", [1, 2])
@pytest.mark.parametrize("before", [True, False])
def test_a_kill_between_the_files_costs_nothing(tmp_path, point, before):
    folder = tmp_path / "segments"
    save(FIRST, folder)
    child = os.fork()
    if child == 0:
        if before:
            _die_before_rename(point)
        else:
            os.environ |= {"JOURNEYKIT_FAULTS": str(tmp_path / "log"), "JOURNEYKIT_FAULT_AT": str(point)}
        save(SECOND, folder)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert Segment.load(folder / "rich.yaml") in (FIRST, SECOND)
    save(SECOND, folder)
    assert [one.segment for one in segment_history("rich", folder=folder)] == [FIRST, SECOND]
    assert Segment.load(folder / "rich.yaml") == SECOND
    assert sorted(path.name for path in folder.rglob("*.*") if ".lock" not in path.name) == ["rich.yaml"] * 2


def _die_before_rename(number):
    rename, seen = os.replace, []

    def count(source, target):
        seen.append(source)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target)

    os.replace = count


def test_the_file_is_plain_yaml(tmp_path):
    save(FIRST, tmp_path)
    (entry,) = yaml.safe_load((tmp_path / "history" / "rich.yaml").read_text(encoding="utf-8"))
    assert sorted(entry) == ["at", "author", "definition", "reason", "version"]
    assert entry["definition"] == FIRST.model_dump(mode="json")
