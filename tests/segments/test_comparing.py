"""Two segments against each other, by hand and against pandas; and what a mail may show."""

from __future__ import annotations

import pandas as pd
import pytest

from journeykit.errors import DataError
from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.segments.comparing import compare
from journeykit.segments.profiling import profile

OLD = Segment("old", tag("age") >= 55, title="Old", title_zh="年长")
RICH = Segment("rich", tag("aum") >= 5_000)


def test_sizes_and_means_against_pandas(bank, drawn):
    people, _ = drawn(21, 500)
    frame = pd.DataFrame(people)
    frame["aum"] = frame["aum"].astype(float)
    old, rich = frame["age"] >= 55, frame["aum"] >= 5_000
    found = compare(OLD, RICH, bank(people))
    assert found.sizes == (old.sum(), rich.sum())
    assert found.cells == {
        (True, False): (old & ~rich).sum(),
        (True, True): (old & rich).sum(),
        (False, True): (rich & ~old).sum(),
    }
    fact = next(fact for fact in found["days_since_login"].facts if fact.kind == "mean")
    assert fact.group == pytest.approx(frame.loc[old, "days_since_login"].mean())
    assert fact.base == pytest.approx(frame.loc[rich, "days_since_login"].mean())
    spread = frame.loc[old | rich, "days_since_login"].std(ddof=0)
    assert fact.effect.value == pytest.approx((fact.group - fact.base) / spread)
    assert found["aum"].used
    assert found["age"].used


def test_either_way_round_says_the_same(bank, drawn):
    mart = bank(drawn(21, 300)[0])
    one, other = compare(OLD, RICH, mart), compare(RICH, OLD, mart)
    assert one.sizes == other.sizes[::-1]
    for name, standing in one.standings.tags.items():
        there = {(fact.kind, fact.value): fact for fact in other[name].facts}
        for fact in standing.facts:
            back = there[fact.kind, fact.value].effect
            assert (fact.effect.value, fact.effect.low) == pytest.approx((-back.value, -back.high))


def test_against_everyone_it_is_the_profile(bank, drawn):
    mart = bank(drawn(21, 300)[0])
    assert compare(OLD, mart.everyone, mart).standings == profile(OLD, mart).standings


def test_nobody_is_an_error(bank, drawn):
    mart = bank(drawn(1, 20)[0])
    with pytest.raises(DataError, match="'nobody' has no customers"):
        compare(OLD, Segment("nobody", tag("age") > 200), mart)


def test_a_mail_withholds_few_in_one_alone(bank):
    people = [{"customer_id": f"C{n:03d}", "age": 60 if n < 100 else 20, "aum": 9000 if n >= 4 else 0}
              for n in range(300)]  # fmt: skip
    mailed = compare(OLD, RICH, bank(people)).for_mail(10)
    assert mailed.cells[True, False] is None
    assert mailed.cells[True, True] is None or mailed.sizes[0] is None
    assert "•" in repr(mailed)
    same = compare(OLD, OLD, bank(people)).for_mail(10)
    assert same.sizes == (100, 100)


def test_reads_in_both_languages(bank, drawn):
    found = compare(OLD, RICH, bank(drawn(21, 300)[0]))
    assert "only in Old" in repr(found)
    assert "仅在年长" in found.html("zh")
    assert "<script" not in found.html()
