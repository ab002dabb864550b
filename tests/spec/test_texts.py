"""Text is matched and ordered by its characters, on every engine alike; nothing in it has a meaning."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from journeykit.expressions import Expression, InList, did, sample, tag, top

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


HOSTILE = [
    "'; DROP TABLE snapshot; --",
    "x' OR '1'='1",
    '"',
    "\\'; --",
    ":name",
    "%s",
    "%(a)s",
    "$1",
    "?",
    "${x}",
    "/*",
]


def test_hostile_text_is_plain_data_on_every_engine(world, rows, ask):
    person, happened = rows
    world.fill(
        [person(text, city=text, aum=Decimal(number)) for number, text in enumerate(HOSTILE)],
        past={1: [person(text, city=text) for text in HOSTILE]},
        lists={"some": set(HOSTILE[:3])},
        event=[happened("event", text, datetime(2024, 3, 1), action="view", object=text) for text in HOSTILE],
    )
    audiences = [city == city.ago(days=1), Expression(InList(name="some", digest="0" * 64)), did("view")]
    audiences += [top(3, by=tag("aum")), sample(0.5, salt=HOSTILE[0])]
    for text in HOSTILE:
        audiences += [city == text, city.contains(text), city.starts_with(text), city.ends_with(text)]
        audiences += [city.isin([text]), city < text, did("view", object=text), city.fill(text) == text]
    everyone, listed, viewers, best, _, *alone = world.answer(ask(audiences, AS_OF))
    assert everyone == viewers == sorted(HOSTILE)
    assert listed == sorted(HOSTILE[:3])
    assert best == sorted(HOSTILE[-3:])
    assert alone[::8] == [[text] for text in HOSTILE]
