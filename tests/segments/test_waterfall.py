"""The waterfall, counted by hand and against pandas; and what a mail may show of it."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.expressions import did, tag
from journeykit.segments import Segment
from journeykit.segments.waterfall import Step, Waterfall, waterfall


def people_of(*ages):
    return [{"customer_id": f"C{place}", "age": age, "holds_wealth": place % 2 == 0}
            for place, age in enumerate(ages)]  # fmt: skip


def test_each_condition_takes_away_those_who_passed_all_before(bank):
    mart = bank(people_of(20, 30, 40, None, 60, 70))
    old = Segment("old", (tag("age") >= 30) & (tag("age") < 70) & tag("holds_wealth"), title_zh="年长")
    found = waterfall(old, mart)
    assert (found.title, found.title_zh, found.everyone) == ("年长", "年长", 6)
    assert [(step.remain, step.lost) for step in found.steps] == [(4, 2), (3, 1), (2, 1)]
    assert found.steps[0].text == "“Age” is at least 30 years"
    assert found.steps[2].text_zh == "“持有理财”：是"


@pytest.mark.parametrize("where", [tag("age") >= 30, (tag("age") >= 30) | tag("holds_wealth")])
def test_what_is_no_chain_is_one_step(bank, where):
    mart = bank(people_of(20, 30, 40, None))
    found = waterfall(where, mart)
    assert [step.remain for step in found.steps] == [mart.count(where)]


def test_of_nothing_and_of_nobody(bank):
    mart = bank(people_of(20, 30))
    assert [(step.remain, step.lost) for step in waterfall(mart.everyone, mart).steps] == [(2, 0)]
    nobody = waterfall((tag("age") > 99) & tag("holds_wealth"), mart)
    assert [(step.remain, step.lost) for step in nobody.steps] == [(0, 2), (0, 0)]
    assert "0" in repr(nobody)


def test_against_pandas_and_the_steps_add_up(bank, drawn):
    people, events = drawn(3, 400)
    mart = bank(people, events)
    frame = pd.DataFrame(people).set_index("customer_id")
    views = (
        pd.DataFrame(events).query("action == 'view' and object == 'wealth'").groupby("customer_id").size()
    )
    masks = [
        frame["aum"] >= 3000,
        frame["age"].between(30, 70),
        ~frame["region_kind"].isin(["town"]),
        views.reindex(frame.index, fill_value=0) >= 2,
    ]
    condition = (
        (tag("aum") >= 3000)
        & tag("age").between(30, 70)
        & ~tag("region_kind").isin(["town"])
        & did("view", object="wealth").at_least(2).within(days=60)
    )
    found = waterfall(condition, mart)
    left = pd.Series(True, index=frame.index)
    for step, mask in zip(found.steps, masks, strict=True):
        left &= mask
        assert step.remain == left.sum(), step.text
    assert found.steps[-1].remain == mart.count(condition) > 0
    chain = [found.everyone, *(step.remain for step in found.steps)]
    assert [step.lost for step in found.steps] == [before - after for before, after in pairwise(chain)]


def show(*losses, last):
    """A waterfall of so many lost at each step, and so many left."""
    everyone = remain = sum(losses) + last
    steps = []
    for place, lost in enumerate(losses):
        remain -= lost
        steps.append(Step(f"s{place}", f"s{place}", remain, lost))
    return Waterfall("x", "x", everyone, tuple(steps))


def test_a_mail_withholds_a_small_loss_and_what_tells_it():
    mailed = show(500, 3, 200, last=100).for_mail(10)
    assert mailed.everyone == 803
    assert [(step.remain, step.lost) for step in mailed.steps] == [(303, 500), (None, None), (100, None)]
    assert "•" in repr(mailed)
    assert "10" in mailed.notes()[0]
    assert show(500, 200, last=100).for_mail(10).steps == show(500, 200, last=100).steps


def test_a_mail_withholds_few_who_are_left():
    mailed = show(500, 200, last=4).for_mail(10)
    assert [(step.remain, step.lost) for step in mailed.steps] == [(204, 500), (None, None)]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 40), st.integers(1, 12))
def test_no_mail_tells_a_few_by_a_difference(losses, last, min_cell):
    whole = show(*losses, last=last)
    mailed = whole.for_mail(min_cell)
    told = [one for one in (mailed.everyone, *(step.remain for step in mailed.steps)) if one is not None]
    apart = [before - after for place, before in enumerate(told) for after in told[place + 1 :]]
    assert all(size == 0 or size >= min_cell for size in [*told, *apart])
    for step, true in zip(mailed.steps, whole.steps, strict=True):
        assert step.remain in (None, true.remain)
        assert step.lost in (None, true.lost)


def test_reads_in_both_languages(bank):
    found = waterfall(Segment("young", tag("age") < 30), bank(people_of(20, 30, 40)))
    assert "全体客户" in repr(found.table("zh"))
    assert "33.3%" in repr(found)
    assert "width:33.33%" in found._repr_html_()
    assert found.to_frame()["remain"].tolist() == [1]
