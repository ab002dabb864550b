"""How segments overlap: every combination by hand and against pandas; and what a mail may show."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import DefinitionError
from journeykit.expressions import did, tag
from journeykit.segments import Segment
from journeykit.segments.overlap import Overlap, overlap

OLD = Segment("old", tag("age") >= 60, title="Old", title_zh="年长")
RICH = Segment("rich", tag("aum") >= 1000)


def test_every_customer_is_in_one_combination(bank):
    people = [
        {"customer_id": f"C{place}", "age": age, "aum": aum}
        for place, (age, aum) in enumerate([(70, 2000), (65, 10), (64, 5), (20, 3000), (None, None), (20, 1)])
    ]
    found = overlap([OLD, RICH], bank(people))
    assert found.combinations == {(True, False): 2, (False, False): 2, (True, True): 1, (False, True): 1}
    assert list(found.combinations.values()) == [2, 2, 1, 1]
    assert (found.sizes, found.everyone) == ((3, 2), 6)
    assert found.titles == (("Old", "年长"), ("rich", "rich"))


def test_against_pandas(bank, drawn):
    people, events = drawn(8, 300)
    mart = bank(people, events)
    frame = pd.DataFrame(people).set_index("customer_id")
    logins = pd.DataFrame(events).query("action == 'login'").groupby("customer_id").size()
    expected = pd.DataFrame(
        {
            "A": frame["age"] >= 60,
            "B": frame["aum"] >= 1000,
            "C": logins.reindex(frame.index, fill_value=0) >= 1,
            "D": frame["region_kind"].isna(),
        }
    )
    segments = [OLD, RICH, did("login").within(days=60), tag("region_kind").is_missing()]
    found = overlap(segments, mart)
    assert found.combinations == expected.groupby(list("ABCD")).size().to_dict()
    assert found.sizes == tuple(expected.sum()) == tuple(mart.count(one) for one in segments)
    assert found.everyone == len(people) == sum(found.combinations.values())
    assert found.to_frame()["customers"].sum() == len(people)


def test_one_segment_and_its_complement(bank, drawn):
    people, _ = drawn(1, 50)
    mart = bank(people)
    found = overlap([OLD, ~OLD], mart)
    assert set(found.combinations) == {(True, False), (False, True)}
    assert overlap([OLD], mart).sizes == (mart.count(OLD),)


@pytest.mark.parametrize("number", [0, 9])
def test_too_few_or_too_many_are_refused(bank, number):
    with pytest.raises(DefinitionError, match="1 to 8"):
        overlap([OLD] * number, bank([{"customer_id": "C1", "age": 3}]))


def test_what_is_no_segment_is_refused(bank):
    with pytest.raises(DefinitionError, match="no segment"):
        overlap(["age > 5"], bank([{"customer_id": "C1", "age": 3}]))


def show(counts):
    """An overlap of these combinations."""
    width = len(next(iter(counts)))
    sizes = tuple(sum(n for inside, n in counts.items() if inside[place]) for place in range(width))
    named = tuple((f"S{place}", f"S{place}") for place in range(width))
    return Overlap(named, sizes, counts, sum(counts.values()))


def test_a_mail_withholds_a_small_combination_and_what_tells_it():
    counts = {(True, True): 3, (True, False): 100, (False, True): 200, (False, False): 500}
    mailed = show(counts).for_mail(10)
    assert mailed.combinations[True, True] is None
    assert sum(count is None for count in (*mailed.combinations.values(), *mailed.sizes)) >= 2
    assert "•" in repr(mailed)
    assert show({(True,): 3, (False,): 500}).for_mail(10).sizes == (None,)


def test_the_order_of_a_mail_does_not_tell_what_is_withheld():
    """Both have the same totals; only what is withheld differs, and with it their own order."""
    counts = {(False, False): 500, (True, False): 40, (False, True): 25, (True, True): 3}
    other = {(False, False): 500, (False, True): 40, (True, False): 25, (True, True): 3}
    one, two = (show(given).for_mail(10) for given in (counts, other))
    shown = {key for key, count in one.combinations.items() if count is not None}
    assert shown == {key for key, count in two.combinations.items() if count is not None}
    assert list(one.combinations) == list(two.combinations)


@given(
    st.dictionaries(
        st.tuples(st.booleans(), st.booleans(), st.booleans()), st.integers(1, 40), min_size=1, max_size=8
    )
)
def test_no_mail_tells_a_few_by_one_total(counts):
    mailed = show(dict(sorted(counts.items(), key=lambda one: -one[1]))).for_mail(10)
    order = list(mailed.combinations)
    told = [key for key in order if mailed.combinations[key] is not None]
    hidden = [key for key in order if mailed.combinations[key] is None]
    assert order == told + sorted(hidden, reverse=True)  # nothing but keys and shown counts makes the order
    assert mailed.to_frame()["customers"].isna().tolist() == [False] * len(told) + [True] * len(hidden)
    lines = [(mailed.everyone, list(mailed.combinations.values()))]
    for place in range(3):
        for side in (True, False):
            inside = [count for key, count in mailed.combinations.items() if key[place] is side]
            total = mailed.sizes[place]
            if side is False:
                both = mailed.everyone is not None and total is not None
                total = mailed.everyone - total if both else None
            lines.append((total, inside))
    for total, inside in lines:
        hidden = sum(count is None for count in inside)
        assert all(count is None or count >= 10 for count in inside)
        assert total is None or hidden != 1
        if total is not None and hidden:
            assert total - sum(count or 0 for count in inside) >= 10


def test_reads_in_both_languages(bank, drawn):
    people, _ = drawn(1, 50)
    found = overlap([OLD, RICH], bank(people))
    assert "均不属于" in found.html("zh")
    assert "年长" in found.html("zh")
    assert 'aria-label="● ●"' in found._repr_html_()
    assert "● ·" in repr(found)
    assert "<script" not in found._repr_html_()
