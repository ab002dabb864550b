"""The values of one tag in a segment and in everyone, against pandas; and what a mail may show."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import UnknownNameError
from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.segments.counting import CELLS
from journeykit.segments.spreading import Spread, spread
from journeykit.tags import LIBRARY

RICH = Segment("rich", tag("aum") >= 5_000, title="Rich", title_zh="富裕")


@pytest.mark.parametrize("name", ["region_kind", "district", "gender", "holds_wealth"])
def test_values_against_pandas(bank, drawn, name):
    people, _ = drawn(31, 400)
    frame = pd.DataFrame(people)
    rich = frame["aum"].astype(float) >= 5_000
    found = spread(name, RICH, bank(people))
    for value, (group, base) in found.counts.items():
        has = frame[name].isna() if not value else frame[name].astype(str) == value
        assert (group, base) == ((has & rich).sum(), has.sum())
    assert sum(base for _, base in found.counts.values()) == len(people)


@pytest.mark.parametrize("name", ["aum", "age"])
def test_tenths_against_pandas(bank, drawn, name):
    people, _ = drawn(31, 400)
    values = pd.DataFrame(people)[name].astype(float)
    rich = pd.DataFrame(people)["aum"].astype(float) >= 5_000
    found = spread(tag(name), RICH, bank(people))
    assert len(found.counts) == (10 if name == "aum" else 11)
    known = [pair for value, pair in found.counts.items() if value]
    assert sum(base for _, base in known) == values.notna().sum()
    assert sum(group for group, _ in known) == (values.notna() & rich).sum()
    assert all(abs(base - values.notna().sum() / 10) <= 8 for _, base in known)


def test_few_numbers_are_listed_and_days_are_in_order(bank):
    people = [
        {"customer_id": f"C{n}", "age": n % 3, "risk_expires_on": date(2026, 1, 1 + n), "holds_wealth": n < 5}
        for n in range(20)
    ]
    mart = bank(people)
    found = spread("age", tag("holds_wealth"), mart)
    assert found.counts == {"0": (2, 7), "1": (2, 7), "2": (1, 6)}
    days = spread("risk_expires_on", tag("holds_wealth"), mart)
    assert next(iter(days.counts)) == "≤ 2026-01-02"
    assert list(days.counts.values())[:3] == [(2, 2), (2, 2), (1, 2)]


def test_another_base_that_overlaps(bank, drawn):
    people, _ = drawn(31, 300)
    frame = pd.DataFrame(people)
    rich, old = frame["aum"].astype(float) >= 5_000, frame["age"] >= 50
    found = spread("holds_wealth", RICH, bank(people), base=tag("age") >= 50)
    yes = frame["holds_wealth"]
    assert found.counts["True"] == ((yes & rich).sum(), (yes & old).sum())


def test_an_unknown_tag_is_named(bank):
    with pytest.raises(UnknownNameError, match="Did you mean 'age'"):
        spread("agee", RICH, bank([{"customer_id": "C1", "age": 3, "aum": 1}]))


cells = st.tuples(*(st.one_of(st.just(0), st.integers(0, 60)) for _ in CELLS))


@given(st.lists(cells, min_size=1, max_size=7))
def test_no_mail_tells_a_few_by_a_sum(rows):
    found = {f"v{place}": dict(zip(CELLS, row, strict=True)) for place, row in enumerate(rows)}
    counts = {
        name: (one[CELLS[0]] + one[CELLS[1]], one[CELLS[1]] + one[CELLS[2]]) for name, one in found.items()
    }
    whole = Spread(LIBRARY[0], (("a", "a"), ("b", "b")), found, counts)
    mailed = whole.for_mail(10).counts
    hidden = [name for name, pair in mailed.items() if pair == (None, None)]
    for name, pair in mailed.items():
        assert name in hidden or (pair == counts[name] and all(not 0 < n < 10 for n in found[name].values()))
    if len(hidden) < len(rows):
        assert len(hidden) != 1
        for cell in CELLS:
            assert not 0 < sum(found[name][cell] for name in hidden) < 10


def test_reads_in_both_languages(bank, drawn):
    found = spread("gender", RICH, bank(drawn(31, 100)[0]))
    assert "富裕" in found.html("zh")
    assert "无值" in found.html("zh")
    assert ">女<" in found.html("zh")
    assert "missing" in repr(found)
    assert found.to_frame()["base"].sum() == 100


def test_a_mail_does_not_name_a_rare_value(bank):
    people = [{"customer_id": f"C{n:03d}", "district": "A" if n < 40 else "B" if n < 95 else "rare", "aum": n}
              for n in range(100)]  # fmt: skip
    mailed = spread("district", tag("aum") >= 50, bank(people)).for_mail(10)
    assert "rare" not in mailed.html()
    assert "rare" not in mailed.to_frame()["value"].tolist()
