"""What findings say to people who draw a strategy instead of writing it."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from journeykit.strategies.checking.findings import find
from journeykit.strategies.checking.words import DRAWN, FINDINGS

CODE = re.compile(r"\w=|\w\(|\.\w+\(|[a-z]_[a-z]|journeykit")


@pytest.mark.parametrize("key", FINDINGS)
def test_who_draws_reads_no_code(key):
    found = find("plan", "start", key, **dict.fromkeys(_names(key), "…"))
    for language in ("en", "zh"):
        assert not CODE.search(found.text(language, drawn=True))


def test_who_writes_reads_what_to_write():
    assert "goal=Goal(" in find("plan", "goal", "no_goal").text("en")
    assert set(DRAWN) <= set(FINDINGS)


def _names(key: str) -> set[str]:
    parsed = (part for text in FINDINGS[key][1:] for part in Formatter().parse(text))
    return {name for _, name, _, _ in parsed if name}
