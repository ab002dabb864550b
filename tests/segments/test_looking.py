"""A mart looks at everyone as at any audience, and refuses what is none."""

from __future__ import annotations

import pytest

from journeykit.errors import DefinitionError
from journeykit.expressions import tag

RICH = tag("aum") >= 1_000


@pytest.fixture
def mart(bank, drawn):
    return bank(*drawn(3, 60))


def test_everyone_can_be_looked_at(mart):
    everyone = mart.everyone
    assert [step.remain for step in mart.waterfall(everyone).steps] == [60]
    assert mart.profile(everyone).customers == 60
    assert sum(group for group, _ in mart.spread("age", everyone, base=RICH).counts.values()) == 60
    assert mart.overlap([everyone, RICH]).sizes == (60, mart.count(RICH))
    assert mart.compare(everyone, RICH).sizes == (60, mart.count(RICH))
    assert "C00001" in repr(mart.why("C00001", everyone))


@pytest.mark.parametrize("what", ["x", 5, None])
def test_what_is_no_segment_is_refused(mart, what):
    asked = [
        lambda: mart.waterfall(what),
        lambda: mart.profile(what),
        lambda: mart.profile(RICH, base=what or "x"),
        lambda: mart.spread("age", what),
        lambda: mart.overlap([what]),
        lambda: mart.overlap([RICH, what]),
        lambda: mart.compare(what, RICH),
        lambda: mart.why("C00001", what),
    ]
    for ask in asked:
        with pytest.raises(DefinitionError, match="is no segment"):
            ask()


def test_one_audience_is_no_list(mart):
    for given in (mart.everyone, 5, [], None):
        with pytest.raises(DefinitionError, match=r"mart\.overlap\(\[one, another\]\)"):
            mart.overlap(given)
