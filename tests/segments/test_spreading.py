"""The values of one tag in a segment and in everyone, against pandas; and what a mail may show."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import UnknownNameError
from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.segments.counting import CELLS
from journeykit.segments.spreading import Place, Spread, spread
from journeykit.tags import LIBRARY

RICH = Segment("rich", tag("aum") >= 5_000, title="Rich", title_zh="富裕")


@pytest.mark.parametrize("name", ["region_kind", "district", "gender", "holds_wealth"])
def test_values_against_pandas(bank, drawn, name):
    people, _ = drawn(31, 400)
    frame = pd.DataFrame(people)
    rich = frame["aum"].astype(float) >= 5_000
    found = spread(name, RICH, bank(people))
    for place, (group, base) in found.counts.items():
        has = frame[name].isna() if place.kind == "missing" else frame[name] == place.value
        assert (group, base) == ((has & rich).sum(), has.sum())
    assert sum(base for _, base in found.counts.values()) == len(people)


@pytest.mark.parametrize("name", ["aum", "age"])
def test_tenths_against_pandas(bank, drawn, name):
    people, _ = drawn(31, 400)
    values = pd.DataFrame(people)[name].astype(float)
    rich = pd.DataFrame(people)["aum"].astype(float) >= 5_000
    found = spread(tag(name), RICH, bank(people))
    assert len(found.counts) == (10 if name == "aum" else 11)
    known = [pair for place, pair in found.counts.items() if place.kind == "range"]
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
    assert {found.called(one): pair for one, pair in found.counts.items()} == {
        "0": (2, 7), "1": (2, 7), "2": (1, 6)
    }  # fmt: skip
    days = spread("risk_expires_on", tag("holds_wealth"), mart)
    assert [days.called(one) for one in days.counts][:2] == ["≤ 2026-01-02", "> 2026-01-02 … ≤ 2026-01-04"]
    assert list(days.counts.values())[:3] == [(2, 2), (2, 2), (1, 2)]


def test_another_base_that_overlaps(bank, drawn):
    people, _ = drawn(31, 300)
    frame = pd.DataFrame(people)
    rich, old = frame["aum"].astype(float) >= 5_000, frame["age"] >= 50
    found = spread("holds_wealth", RICH, bank(people), base=tag("age") >= 50)
    yes = frame["holds_wealth"]
    assert found.counts[Place("value", True)] == ((yes & rich).sum(), (yes & old).sum())


def test_an_unknown_tag_is_named(bank):
    with pytest.raises(UnknownNameError, match="Did you mean 'age'"):
        spread("agee", RICH, bank([{"customer_id": "C1", "age": 3, "aum": 1}]))


cells = st.tuples(*(st.one_of(st.just(0), st.integers(0, 60)) for _ in CELLS))


@given(st.lists(cells, min_size=1, max_size=7))
def test_no_mail_tells_a_few_by_a_sum(rows):
    found = {Place("value", f"v{at}"): dict(zip(CELLS, row, strict=True)) for at, row in enumerate(rows)}
    counts = {
        name: (one[CELLS[0]] + one[CELLS[1]], one[CELLS[1]] + one[CELLS[2]]) for name, one in found.items()
    }
    whole = Spread(LIBRARY[0], (("a", "a"), ("b", "b")), found, counts)
    mailed = whole.for_mail(10).counts
    hidden = [name for name, pair in mailed.items() if pair == (None, None)]
    for name, pair in mailed.items():
        assert name in hidden or (pair == counts[name] and all(not 0 < n < 10 for n in found[name].values()))
    assert list(mailed) == [name for name in found if name not in hidden] + hidden
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


def test_a_mail_does_not_name_a_rare_number_and_puts_it_last(bank):
    ages = [30] * 40 + [31] + [32] * 59
    people = [{"customer_id": f"C{n:03d}", "age": age, "aum": n % 7} for n, age in enumerate(ages)]
    people += [{"customer_id": f"D{n:03d}", "age": 107, "aum": 1} for n in range(2)]
    people += [{"customer_id": f"E{n:03d}", "age": 40, "aum": n % 7} for n in range(60)]
    found = spread("age", tag("aum") >= 3, bank(people))
    assert found.to_frame()["value"].tolist() == ["30", "31", "32", "40", "107"]
    mailed = found.for_mail(10)
    assert mailed.to_frame()["value"].tolist() == ["32", "40", "•", "•", "•"]
    assert "107" not in mailed.html() + repr(mailed)
    assert mailed.to_frame()["base"].tolist()[:2] == [59, 60]


def test_a_mail_names_a_declared_value_that_is_rare(bank):
    kinds = ["city"] * 60 + ["town"] * 38 + ["village"] * 2
    people = [{"customer_id": f"C{n:03d}", "region_kind": one, "aum": n % 2} for n, one in enumerate(kinds)]
    mailed = spread("region_kind", tag("aum") >= 1, bank(people)).for_mail(10)
    assert [place.value for place in mailed.counts] == ["city", "town", "village"]
    assert "•" not in "".join(mailed.called(place) for place in mailed.counts)


@pytest.mark.parametrize("name", ["aum", "risk_expires_on"])
def test_a_mail_rounds_the_ends_of_tenths(bank, name):
    people = [
        {"customer_id": f"C{n:03d}", "aum": Decimal(1_234_567 + 7_919 * n) / 100,
         "risk_expires_on": date(2026, 1, 1) + timedelta(days=n), "age": n % 2}
        for n in range(400)
    ]  # fmt: skip
    found = spread(name, tag("age") == 1, bank(people))
    mailed = found.for_mail(10)
    first, last = ("≤ ~15,000", "> ~41,000") if name == "aum" else ("≤ ~2026-02", "> ~2026-12")
    assert [mailed.called(place) for place in mailed.counts][:: len(mailed.counts) - 1] == [first, last]
    exact = {str(one[name]) for one in people} | {f"{one['aum']:,}" for one in people}
    assert any(one in repr(found) for one in exact)
    for shown in (mailed.html(), mailed.html("zh"), mailed.to_frame().to_csv()):
        assert not any(one in shown for one in exact)
    fewer = found.for_mail(30)
    assert set(fewer.to_frame()["value"]) == {"•"}


def test_a_text_may_look_like_a_row_that_is_none(bank):
    texts = ["…"] * 5 + [""] * 7 + [None] * 3 + [f"v{n}" for n in range(20)]
    people = [{"customer_id": f"C{n:03d}", "district": one, "aum": n} for n, one in enumerate(texts)]
    found = spread("district", tag("aum") >= 0, bank(people))
    counts = {(place.kind, place.value): base for place, (_, base) in found.counts.items()}
    assert counts["value", "…"] == 5
    assert counts["value", ""] == 7
    assert counts["missing", None] == 3
    assert counts["others", None] == 20 - 10
    assert sum(counts.values()) == len(people)
