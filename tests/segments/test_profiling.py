"""The profile of a segment against pandas, and its intervals against resampling."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import DataError, UnknownNameError
from journeykit.expressions import tag
from journeykit.segments import Segment, counting
from journeykit.segments.profiling import profile

RICH = Segment("rich", tag("aum") >= 10_000, title="Rich", title_zh="富裕")


def as_frame(people):
    frame = pd.DataFrame(people).set_index("customer_id")
    return frame.assign(aum=frame["aum"].astype(float))


def test_every_figure_against_pandas(bank, drawn):
    people, _ = drawn(11, 600)
    frame = as_frame(people)
    inside = frame["aum"] >= 10_000
    found = profile(RICH, bank(people))
    assert (found.customers, found.base_customers) == (inside.sum(), len(frame))
    told = found.to_frame().set_index("tag")
    assert set(told.index) == set(frame.columns)

    for name in ("aum", "age", "days_since_login"):
        facts = {fact.kind: fact for fact in found[name].facts}
        group, base = frame.loc[inside, name].dropna().astype(float), frame[name].dropna().astype(float)
        assert facts["mean"].group == pytest.approx(group.mean())
        assert facts["mean"].base == pytest.approx(base.mean())
        assert facts["mean"].effect.value == pytest.approx((group.mean() - base.mean()) / base.std(ddof=0))
        assert facts["mean"].lift.value == pytest.approx(group.mean() / base.mean())
        if name != "aum":
            assert facts["known"].group == pytest.approx(frame.loc[inside, name].notna().mean())
    for name in ("gender", "region_kind", "district", "holds_wealth"):
        for fact in found[name].facts:
            if fact.kind == "share":
                value = True if name == "holds_wealth" else fact.value
                known = frame[name].notna()
                assert fact.group == pytest.approx((frame.loc[inside & known, name] == value).mean())
                assert fact.base == pytest.approx((frame.loc[known, name] == value).mean())
    assert found["aum"].used
    assert not found["age"].used
    assert [name for name, one in found.standings.tags.items() if one.is_id] == ["branch_id"]


def test_the_ranking_is_by_what_is_sure(bank, drawn):
    people, _ = drawn(11, 600)
    found = profile(RICH, bank(people)).to_frame()
    sure = [max(low, -high, 0) for low, high in zip(found["effect_low"], found["effect_high"], strict=True)]
    assert sure == sorted(sure, reverse=True)
    assert set(found["tag"][:2]) == {"aum", "holds_wealth"}
    assert found["tag"][2] == "region_kind"


def test_a_group_within_its_base_is_compared_as_with_the_rest(bank, drawn):
    """The difference to everyone is that to the rest, times the rest's share: so is its interval."""
    people, _ = drawn(4, 400)
    mart = bank(people)
    whole, rest = profile(RICH, mart), profile(RICH, mart, base=~RICH)
    share = 1 - whole.customers / whole.base_customers
    one, other = (side["holds_wealth"].facts[0].difference for side in (whole, rest))
    ends = (other.value * share, other.low * share, other.high * share)
    assert (one.value, one.low, one.high) == pytest.approx(ends)


def test_the_base_against_itself_stands_nowhere_apart(bank, drawn):
    people, _ = drawn(4, 50)
    mart = bank(people)
    assert profile(mart.everyone, mart).to_frame()["effect"].abs().max() == pytest.approx(0, abs=1e-12)


def test_the_interval_covers_what_resampling_shows(bank, drawn):
    people, _ = drawn(2, 500)
    frame = as_frame(people).dropna(subset="region_kind")
    standing = profile(tag("holds_wealth"), bank(people))["region_kind"]
    fact = next(fact for fact in standing.facts if fact.value == "city")
    in_city = frame["region_kind"] == "city"
    group, rest = (in_city[side].to_numpy() for side in (frame["holds_wealth"], ~frame["holds_wealth"]))
    draw, shifts = np.random.default_rng(0), []
    for _ in range(2000):
        inside, outside = (draw.choice(side, len(side)) for side in (group, rest))
        shifts.append(inside.mean() - np.concatenate([inside, outside]).mean())
    low, high = np.quantile(shifts, [0.025, 0.975])
    assert (fact.difference.low, fact.difference.high) == pytest.approx((low, high), abs=0.01)


def test_a_sample_says_so_and_comes_near(bank, drawn, monkeypatch):
    people, _ = drawn(6, 3000)
    mart = bank(people)
    exact = profile(RICH, mart)
    monkeypatch.setattr(counting, "WHOLE", 100)
    monkeypatch.setattr(counting, "SAMPLE", 400)
    partly = profile(RICH, mart)
    assert (partly.customers, partly.base_customers) == (exact.customers, exact.base_customers)
    assert all(300 < number < 500 for number in partly.standings.counts.sampled.values())
    assert "3,000" in partly.notes()[-1]
    assert "3,000" not in "".join(exact.notes())
    assert "3,000" not in "".join(partly.for_mail(10).notes())
    covered = []
    for name, standing in partly.standings.tags.items():
        true = {(fact.kind, fact.value): fact.difference.value for fact in exact[name].facts}
        covered += [
            fact.difference.low <= true[fact.kind, fact.value] <= fact.difference.high
            for fact in standing.facts
            if (fact.kind, fact.value) in true
        ]
    assert sum(covered) >= 0.9 * len(covered) > 20
    assert partly == profile(RICH, mart)


def test_nobody_to_look_at_is_an_error(bank, drawn):
    mart = bank(drawn(1, 20)[0])
    with pytest.raises(DataError, match="no customers"):
        profile(Segment("nobody", tag("age") > 200), mart)
    with pytest.raises(UnknownNameError, match="Did you mean 'gender'"):
        profile(mart.everyone, mart)["gendr"]


def test_days_are_told_as_days(bank):
    days = [date(2026, 1, 1), date(2026, 1, 3), date(2027, 1, 1), date(2027, 1, 3), None]
    people = [
        {"customer_id": f"C{place}", "risk_expires_on": day, "holds_wealth": place < 2}
        for place, day in enumerate(days)
    ]
    found = profile(tag("holds_wealth"), bank(people), base=~tag("holds_wealth"))
    fact = next(fact for fact in found["risk_expires_on"].facts if fact.kind == "mean")
    assert fact.difference.value == -365
    assert fact.lift is not None
    assert found["risk_expires_on"].figure(fact.group, fact, "en") == "2026-01-02"


def test_a_mail_shows_nothing_of_a_few(bank, drawn):
    people, _ = drawn(11, 600)
    people[0]["district"] = "rare"
    found = profile(RICH, bank(people))
    mailed = found.for_mail(10)
    for one in mailed.standings.tags.values():
        assert all(fact.smallest >= 10 for fact in one.facts)
    assert "rare" not in mailed.html()
    assert any(fact.value == "rare" for fact in found["district"].facts)
    assert "10" in mailed.notes()[-1]
    few = profile(Segment("few", tag("aum") >= 990_000), bank(people[:300])).for_mail(10)
    assert few.customers is None
    assert not any(one.facts for one in few.standings.tags.values())
    assert "•" in repr(few)
    assert "tags are left out" in repr(few)
    effects = mailed.to_frame()["effect_low"].dropna()
    assert 0 < len(effects) <= len(mailed.standings.tags)
    assert "City, town or village = city" in repr(found["region_kind"])


def test_a_mail_does_not_tell_a_few_by_the_other_values(bank):
    kinds = ["city"] * 83 + ["town"] * 61 + ["village"] * 3 + [None] * 3
    people = [{"customer_id": f"C{n:03d}", "region_kind": kinds[n % 150], "holds_wealth": n < 150}
              for n in range(600)]  # fmt: skip
    people[-100:] = [{**one, "region_kind": "village"} for one in people[-100:]]
    found = profile(tag("holds_wealth"), bank(people))
    assert {"city", "town", "village"} <= {fact.value for fact in found["region_kind"].facts}
    mailed = found.for_mail(10)
    assert [fact.value for fact in mailed["region_kind"].facts] == ["city"]
    assert mailed["region_kind"].facts[0].group == 0.565
    row = mailed.to_frame().set_index("tag").loc["region_kind"]
    figures = row[["group", "base", "effect", "effect_low", "effect_high", "lift"]].astype(float)
    assert figures.tolist() == figures.round(3).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_what_a_mail_leaves_of_a_tag_is_nobody_or_enough(bank, drawn, seed):
    people, _ = drawn(seed, 250)
    found = profile(RICH, bank(people))
    for name, one in found.for_mail(20).standings.tags.items():
        counts = found.standings.counts.tags[name]
        shown = [fact.value for fact in one.facts if fact.kind == "share"]
        for cell, known in counts.known.items():
            rest = known - sum(counts.values[value][cell] for value in shown)
            assert not shown or rest == 0 or rest >= 20


def test_who_is_everyone_stands_nowhere_apart(bank, drawn):
    mart = bank(drawn(4, 50)[0])
    assert "Assets under management" in repr(mart.profile(Segment("all", tag("aum") >= 0)))
    assert "Assets under management" in repr(mart.compare(RICH, RICH))
    assert "Assets under management" in mart.compare(RICH, RICH).html()


def test_reads_in_both_languages(bank, drawn):
    found = profile(RICH, bank(drawn(11, 600)[0]))
    assert "Rich (" in repr(found)
    assert "富裕" in found.html("zh")
    assert "条件所用" in found.html("zh")
    assert "<svg" in found._repr_html_()
    assert "<script" not in found._repr_html_()


def test_a_mean_of_a_few_who_have_a_value_heads_no_ranking(bank):
    """Nineteen of 545, all with one value, show no spread and would look sure of themselves."""
    people = [
        {"customer_id": f"C{n:04d}", "holds_wealth": n < 545, "risk_level": 5 if n < 19 else None}
        for n in range(1000)
    ]
    people[545:] = [{**one, "risk_level": n % 5 + 1} for n, one in enumerate(people[545:])]
    found = profile(tag("holds_wealth"), bank(people))
    assert [fact.kind for fact in found["risk_level"].facts] == ["known"]
    people[19:40] = [{**one, "risk_level": 5} for one in people[19:40]]
    assert "mean" in [fact.kind for fact in profile(tag("holds_wealth"), bank(people))["risk_level"].facts]
