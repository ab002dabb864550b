"""Definitions as YAML: lossless, and clear about what is wrong and where."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import BaseModel

from journeykit.errors import DefinitionError
from journeykit.yaml_files import Name, from_yaml, read_definition, read_yaml, to_yaml, write_definition


class Offer(BaseModel, frozen=True, extra="forbid"):
    name: Name
    value: Decimal
    title_zh: str = ""


def test_what_is_written_reads_back_equal(tmp_path):
    offer = Offer(name="a", value=Decimal("0.10"), title_zh="理财: 'yes' # no\n第二行")
    path = write_definition(tmp_path / "a.yaml", offer)
    assert read_definition(path, Offer) == offer
    assert "理财" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "null", "1", "1.5", "2026-01-01", "~", "true", "1e3", "a: b"]
)
def test_text_that_looks_like_something_else_stays_text(text):
    offer = Offer(name="a", value=Decimal(1), title_zh=text)
    assert from_yaml(to_yaml(offer), Offer) == offer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [\n", "line 2"),
        ("name: a\nname: b", "line 2: the key 'name' stands twice"),
        ("name: &x a\nvalue: *x", "line 1: anchors"),
        ("[" * 10_000, "nested more than"),
        ("- " * 10_000, "nested more than"),
        ("name: !!python/object/apply:os.system [id]", "line 1"),
        ("value: 2026-13-45", "not valid YAML"),
        ("name: \0", "not valid YAML"),
        ("- a", "keys and values are expected"),
        ("", "keys and values are expected"),
        ("name: a\nvalue: 1\nprice: 2", "price: unknown key"),
        ("name: a", "value: Field required"),
        ("name: ../../etc/passwd\nvalue: 1", "name: "),
        ("name: \"a\\n\"\nvalue: 1", "name: "),
        ("1: a\nname: a\nvalue: 1", "1"),
    ],
)  # fmt: skip
def test_bad_yaml_is_one_error_that_names_file_and_place(tmp_path, text, says):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_definition(path, Offer)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_missing_file_and_wrong_encoding(tmp_path):
    with pytest.raises(DefinitionError, match=r"none\.yaml"):
        read_definition(tmp_path / "none.yaml", Offer)
    (tmp_path / "gb.yaml").write_bytes("name: 理财".encode("gb18030"))
    with pytest.raises(DefinitionError, match="UTF-8"):
        read_definition(tmp_path / "gb.yaml", Offer)


def test_only_true_and_false_are_booleans_and_numbers_are_exact():
    assert read_yaml("{yes: on, no: true, share: 0.10}", "x") == {
        "yes": "on", "no": True, "share": Decimal("0.10"),
    }  # fmt: skip
