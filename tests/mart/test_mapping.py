"""A mapping says everything that is wrong with it, at once and by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from journeykit.errors import DefinitionError, MappingError
from journeykit.mart.mapping import read_mapping

GOOD = """
source_day: daily
root: bank/{as_of}
assumptions: [{name: unmoved, text: Nobody moves.}]
codes: {kinds: {"1": personal, yes: prospect}}
absent: [{subject: holding, columns: [rate, status], reason: not kept}]
subjects:
  customer:
    assumption: unmoved
    sources:
      - file: customer.csv
        joins: [{file: more.csv, prefix: m_, on: {id: id}}]
        columns: {customer_id: id, kind: "code(kind, kinds)"}
"""


def _read(folder: Path, text: str):
    path = folder / "mapping.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return read_mapping(path)


def test_a_mapping_is_a_value(tmp_path):
    one, two = _read(tmp_path, GOOD), _read(tmp_path, GOOD)
    assert one == two
    assert one.hash == two.hash
    assert one.hash != _read(tmp_path, GOOD.replace("unmoved", "settled")).hash
    assert [(item.subject, item.column) for item in one.absent] == [
        ("holding", "rate"),
        ("holding", "status"),
    ]
    assert one.subjects["customer"].sources[0].joins[0].on == {"id": "id"}
    assert one.codes["kinds"] == {"1": "personal", "yes": "prospect"}


WRONG = {
    "subjects: {client: {sources: [{file: a.csv}]}}": "Unknown subject 'client'",
    "subjects: {customer: {sources: [{file: a.csv, columns: {kid: id}}]}}": "Unknown column of customer",
    "subjects: {customer: {sources: [{file: a.csv, columns: {kind: 'eval(x)'}}]}}": "the function eval",
    "subjects: {customer: {sources: [{file: a.csv, columns: {kind: 'code(k, ks)'}}]}}": "no code list ks",
    "subjects: {customer: {assumption: hope, sources: [{file: a.csv}]}}": "the assumption 'hope'",
    "subjects: {customer: {sources: []}}": "at least 1 item",
    "subjects: {customer: {source: [{file: a.csv}]}}": "Extra inputs",
    "subjects: {customer: {sources: [{file: /etc/passwd}]}}": "must lie below `root`",
    "subjects: {customer: {sources: [{file: ../../etc/passwd}]}}": "must lie below `root`",
    "subjects: {}\nabsent: [{subject: holding, column: line, reason: r}]": "required and cannot be absent",
    "subjects: {}\nabsent: [{subject: horde, reason: r}]": "Unknown subject 'horde'",
    "subjects: {}\nabsent: [{subject: holding}]": "reason: Field required",
    "subjects: {customer: {sources: [{file: a.csv}]}}\nabsent: [{subject: customer, reason: r}]":
        "mapped and declared absent",
    "subjects: {mark: {sources: [{file: a.csv}]}}": "mark is made by journeykit alone",
    "": "subjects: Field required",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named(tmp_path, text):
    with pytest.raises(MappingError, match=r"mapping\.yaml") as caught:
        _read(tmp_path, f"source_day: daily\nroot: bank\n{text}")
    assert WRONG[text] in str(caught.value)


UNREADABLE = {
    "subjects: [": "line 3: ",
    "subjects: {}\nroot: other": "line 4: the key 'root' stands twice",
    "subjects: {customer: {sources: [{file: a.csv, columns: {kind: a, kind: b}}]}}":
        "line 3: the key 'kind' stands twice",
    "subjects: &all {}": "line 3: anchors and aliases are not allowed",
    f"subjects: {'[' * 200}{']' * 200}": "line 3: nested more than",
}  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_said_twice_or_cannot_be_read_is_named_by_its_line(tmp_path, text):
    with pytest.raises(DefinitionError, match=r"mapping\.yaml") as caught:
        _read(tmp_path, f"source_day: daily\nroot: bank\n{text}")
    assert UNREADABLE[text] in str(caught.value)


def test_a_day_may_be_the_source_day(tmp_path):
    assert _read(tmp_path, GOOD.replace("daily", "1999-01-01")).source_day == date(1999, 1, 1)


def test_a_mapping_in_another_encoding_is_one_clear_error(tmp_path):
    (tmp_path / "mapping.yaml").write_bytes("root: 银行".encode("gb18030"))
    with pytest.raises(MappingError, match="Save it as UTF-8"):
        read_mapping(tmp_path / "mapping.yaml")


def test_all_of_it_is_said_at_once(tmp_path):
    with pytest.raises(MappingError) as caught:
        _read(
            tmp_path,
            GOOD.replace("unmoved", "settled", 1).replace("kind:", "kin:").replace("holding", "hold"),
        )
    for part in ("'unmoved'", "'kin'", "'hold'"):
        assert part in str(caught.value)


def test_a_mapping_that_is_not_there_says_where_to_write_it(tmp_path):
    with pytest.raises(MappingError, match=r"\[mart\] mapping in journeykit\.toml"):
        read_mapping(tmp_path / "none.yaml")
