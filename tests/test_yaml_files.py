"""Definitions as YAML: lossless, and clear about what is wrong and where."""

from __future__ import annotations

import unicodedata
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
        ("name: a\nvalue: 2026-13-45", "line 2: '2026-13-45' is not possible: month"),
        ("name: a\nvalue: " + "9" * 5_000, "line 2: numbers have 40 digits at most"),
        ("name: a\nvalue: !!int x", "line 2: the tag 'tag:yaml.org,2002:int' is not allowed"),
        ("name: a\nvalue: !!timestamp x", "line 2: the tag"),
        ("name: a\n<<: {value: 1}", "<<: unknown key"),
        ("name: a\nvalue: 1:30", "line 2: value: a number is expected"),
        ("name: a\nvalue: 0x1f", "line 2: value: a number is expected"),
        ("name: a\nvalue: 0b11", "line 2: value: a number is expected"),
        ("name: a\nvalue: [" + "a,\n" * 10_000 + "a]", "line 10002: 10,000 entries at most"),
        ("name: a # \u202e\nvalue: 1", "U+202E is not allowed"),
        ("name: \0", "line 1: the character U+0000 is not allowed"),
        ("- a", "keys and values are expected"),
        ("", "keys and values are expected"),
        ("name: a\nvalue: 1\nprice: 2", "price: unknown key"),
        ("name: a", "value: Field required"),
        ("name: ../../etc/passwd\nvalue: 1", "name: "),
        ("name: \"a\\n\"\nvalue: 1", "name: "),
        ("name: a\n1: a\nvalue: 1", "line 2: the key '1' is no text; put it into quotes"),
        ("name: a\n~: a\nvalue: 1", "line 2: the key '~' is no text"),
        ("name: a\n2026-01-01: a\nvalue: 1", "line 2: the key '2026-01-01' is no text"),
        ("name: a\n? [b]\n: a\nvalue: 1", "line 2: a key is a text, not a list or a mapping"),
        ("name: a\n" + "".join(f"k{n}: 1\n" for n in range(10_001)), "line 10001: 10,000 entries at most"),
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


HIDDEN = [
    char
    for char in map(chr, range(0x110000))
    if unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    or unicodedata.category(char) in {"Zl", "Zp"}
    or (unicodedata.category(char) in {"Cf", "Lo"} and " FILLER" in unicodedata.name(char, ""))
    or (
        any(part in unicodedata.name(char, "") for part in ("ZERO WIDTH", "SOFT HYPHEN", "-TO-", "INVISIBLE"))
        and unicodedata.category(char) == "Cf"
    )
]
"""What Unicode itself says turns the text, breaks lines or is not to be seen."""


def test_what_hides_something_is_refused_as_itself_and_escaped():
    assert len(HIDDEN) > 20
    for char in HIDDEN:
        for title in (f"'a{char}b'", f'"a\\U{ord(char):08x}b"'):
            with pytest.raises(DefinitionError, match=f"U\\+{ord(char):04X} is not allowed"):
                from_yaml(f"name: a\nvalue: 1\ntitle_zh: {title}", Offer)


@pytest.mark.parametrize("text", ["理财　到期", "café", "❤️", "«№ 7»", "𠮷", "한국", "سلام", "a\tb"])
def test_what_people_write_is_not(text):
    offer = Offer(name="a", value=Decimal(1), title_zh=text)
    assert from_yaml(to_yaml(offer), Offer) == offer


def test_whole_numbers_are_decimal():
    text = "{a: 0, b: -12, c: 1_000, d: 010, e: +.5, f: -1.50, g: .5, h: 190:20:30}"
    assert read_yaml(text, "x") == {
        "a": 0, "b": -12, "c": 1000, "d": "010", "e": "+.5", "f": Decimal("-1.50"), "g": Decimal("0.5"),
        "h": "190:20:30",
    }  # fmt: skip
