"""Text is matched and ordered by its characters, on every engine alike; nothing in it has a meaning."""

from __future__ import annotations

from datetime import date

import pytest

from journeykit.expressions import tag

AS_OF = date(2024, 3, 1)
city = tag("city")


@pytest.fixture(scope="module", autouse=True)
def _people(world, rows):
    person, _ = rows
    texts = ["100%", "100_", "a'b\\c", "北京市", "Beijing", "beijing", "x;--", "北", "é", None]
    world.fill(person(name, city=text) for name, text in zip("abcdefghij", texts, strict=True))


RULES = {
    "contains": (city.contains("ei"), "ef"),
    "contains, letter by letter": (city.contains("B"), "e"),
    "contains another script": (city.contains("京"), "d"),
    "contains itself": (city.contains("Beijing"), "e"),
    "contains more than it is": (city.contains("Beijing!"), ""),
    "a per cent sign is one": (city.contains("%"), "a"),
    "an underscore is one": (city.contains("_"), "b"),
    "a quote is one": (city.contains("'"), "c"),
    "a backslash is one": (city.contains("\\"), "c"),
    "a comment is text": (city.contains(";--"), "g"),
    "does not contain; nor does a missing one": (~city.contains("0"), "cdefghij"),
    "starts with": (city.starts_with("10"), "ab"),
    "starts with another script": (city.starts_with("北"), "dh"),
    "starts with a wildcard": (city.starts_with("%"), ""),
    "starts with more than it is": (city.starts_with("北京市区"), ""),
    "starts as it ends": (city.starts_with("é"), "i"),
    "ends with": (city.ends_with("jing"), "ef"),
    "ends with another script": (city.ends_with("京市"), "d"),
    "ends with a wildcard": (city.ends_with("_"), "b"),
    "ends with more than it is": (city.ends_with("xBeijing"), ""),
    "begins before it ends": (city.ends_with("Bei"), ""),
    "a text filled is matched": (city.fill("north").contains("ort"), "j"),
    "before in order of characters": (city < "Beijing", "ab"),
    "after in order of characters": (city > "x;", "dghi"),
    "between in order of characters": (city.between("A", "b"), "ce"),
    "not before; nor is a missing one": (~(city < "a"), "cdfghij"),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(expression, AS_OF) == expected


@pytest.mark.parametrize("rule", RULES)
def test_complement_has_everyone_else(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(~expression, AS_OF) == "".join(one for one in "abcdefghij" if one not in expected)
