"""What the library must be as a whole: enough tags and families, each told truly in two languages."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from journeykit.contract import LINES, PRODUCT_KINDS, SUBJECTS, Type
from journeykit.expressions import Case, Compare, DaysBetween, Value
from journeykit.expressions.nodes import And, Between
from journeykit.tags import LIBRARY, Aggregate, Catalogue, Formula, Score, Tag

# What a family function is called with besides a window: parts of a name that make no new concept.
VARIED = {
    *LINES,
    *PRODUCT_KINDS,
    *SUBJECTS["txn"].column("channel").values,
    *SUBJECTS["event"].column("channel").values,
    *SUBJECTS["contact"].column("channel").values,
    *("guarantor", "employer", "legal_representative"),
    *("utilities", "farm_supplies", "education", "churn", "wealth_purchase", "contact_response"),
}
WINDOW = re.compile(r"_\d+d(?=_|$)")
STATED = (
    re.compile(r"in the (\d+) days up to and including as_of"),
    re.compile(r"截至数据日（含）的(\d+)天内"),
)
NUMBERED = re.compile(r"_(\d+)d(?:_|$)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ONLY_CHINESE = re.compile(r"[\u4e00-\u9fff，。；：、（）]")


def concept(name: str) -> str:
    """A tag's name without its window, and without what its family varies."""
    name = WINDOW.sub("", name)
    for part in sorted(VARIED, key=len, reverse=True):
        name = re.sub(rf"(^|_){part}(?=_|$)", r"\1*", name)
    return name


def concepts(tags: list[Tag]) -> set[str]:
    return {concept(tag.name) for tag in tags}


def by_family() -> dict[str, list[Tag]]:
    found = defaultdict(list)
    for tag in LIBRARY:
        found[tag.family].append(tag)
    return dict(found)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("wealth_views_30d", "*_views"),
        ("loan_views_30d", "*_views"),
        ("inflow_7d", "inflow"),
        ("inflow_180d", "inflow"),
        ("holds_credit_card", "holds_*"),
        ("deposit_maturing_share_30d", "*_maturing_share"),
        ("balance_90d_ago", "balance_ago"),
        ("aum_tier", "aum_tier"),
    ],
)
def test_concepts_leave_out_windows_and_what_varies(name: str, wanted: str) -> None:
    assert concept(name) == wanted


def test_there_are_tags_and_concepts_enough() -> None:
    assert len(Catalogue(LIBRARY)) >= 220
    assert len(concepts(list(LIBRARY))) >= 85


@pytest.mark.parametrize("family", sorted(by_family()))
def test_every_family_has_three_concepts(family: str) -> None:
    assert len(concepts(by_family()[family])) >= 3


@pytest.mark.parametrize("tag", LIBRARY, ids=lambda tag: tag.name)
def test_a_tag_is_told_in_both_languages(tag: Tag) -> None:
    assert tag.title and tag.description and tag.owner and tag.family and tag.sensitivity
    assert tag.description.endswith(".")
    assert tag.description_zh.endswith("。")
    assert not CHINESE.search(tag.title + tag.description)
    assert CHINESE.search(tag.title_zh)
    assert len(ONLY_CHINESE.findall(tag.description_zh)) >= 4
    assert not re.search(r"[A-Za-z]+ [A-Za-z]+ [A-Za-z]+", tag.description_zh)  # no English left in between
    assert tag.unit or tag.type in (Type.TEXT, Type.BOOLEAN, Type.RATE, Type.DATE)


def window_of(compute: Aggregate) -> set[int]:
    """The windows of the rows that count: of a window that begins later, what is left of it."""
    parts = compute.where.operands if isinstance(compute.where, And) else (compute.where,)
    days, skipped, found = compute.within_days, 0, set()
    for part in parts:
        if isinstance(part, Compare) and isinstance(part.left, DaysBetween) and isinstance(part.right, Value):
            skipped = int(str(part.right.value))
        if isinstance(part, Between) and "as_of(), " not in repr(part) and isinstance(part.high, Value):
            found.add(int(str(part.high.value)) + 1)
    return found | ({days - skipped} if days else set())


@pytest.mark.parametrize("tag", LIBRARY, ids=lambda tag: tag.name)
def test_windows_that_are_told_are_those_of_the_definition(tag: Tag) -> None:
    en, zh = (
        {int(days) for days in pattern.findall(text)}
        for pattern, text in zip(STATED, (tag.description, tag.description_zh), strict=True)
    )
    assert en == zh or tag.name.startswith("balance_")
    if isinstance(tag.compute, Aggregate) and not tag.name.startswith("balance_"):
        assert window_of(tag.compute) == en
    for days in NUMBERED.findall(tag.name):
        assert days in re.findall(r"\d+", tag.description)
        assert days in re.findall(r"\d+", tag.description_zh + tag.title_zh)
        if isinstance(tag.compute, Formula):
            windows = {number for name in tag.uses for number in NUMBERED.findall(name)}
            assert not windows or days in windows


def test_no_window_over_a_year_and_few_over_half_of_one() -> None:
    windows = {
        tag.name: tag.compute.within_days
        for tag in LIBRARY
        if isinstance(tag.compute, Aggregate) and tag.compute.subject in ("txn", "event", "contact")
    }
    assert all(days is not None and days <= 365 for days in windows.values())
    assert sum((days or 0) > 180 for days in windows.values()) <= 12


def results(expression) -> set[str]:
    """Every text that a formula may give."""
    if isinstance(expression, Case):
        last = () if expression.otherwise is None else (expression.otherwise,)
        return set().union(*(results(part) for part in (*(arm.then for arm in expression.arms), *last)))
    if isinstance(expression, Value) and expression.type is Type.TEXT:
        return {str(expression.value)}
    return set()


@pytest.mark.parametrize(
    "tag",
    [t for t in LIBRARY if isinstance(t.compute, Formula) and t.type is Type.TEXT],
    ids=lambda t: t.name,
)
def test_allowed_values_are_those_of_the_arms(tag: Tag) -> None:
    assert isinstance(tag.compute, Formula)
    assert results(tag.compute.expression) == set(tag.values)
    assert not [value for value in tag.values if value not in tag.description]
    assert not [value for value in tag.values if value not in tag.description_zh]


def test_every_subject_with_values_keeps_them() -> None:
    for tag in LIBRARY:
        if isinstance(tag.compute, Aggregate) and tag.type is Type.TEXT:
            assert tag.values


def test_at_most_three_modes_and_three_models() -> None:
    modes = [tag for tag in LIBRARY if isinstance(tag.compute, Aggregate) and tag.compute.function == "mode"]
    scores = {tag.compute.model for tag in LIBRARY if isinstance(tag.compute, Score)}
    assert len(modes) <= 3
    assert scores == {"churn", "wealth_purchase", "contact_response"}


def test_outcomes_that_models_learn_are_there() -> None:
    assert {"txn_count_90d", "wealth_buys_90d", "contacts_90d", "contacts_accepted_90d"} <= {
        tag.name for tag in LIBRARY
    }


def test_every_description_says_what_stands_for_no_rows() -> None:
    for tag in LIBRARY:
        if isinstance(tag.compute, Aggregate) and tag.type is not Type.BOOLEAN:
            text = tag.description.lower()
            assert "0 without" in text or "missing" in text, tag.name


def test_what_tells_of_age_income_or_wages_is_of_the_highest_class() -> None:
    tags = Catalogue(LIBRARY)
    for name in ("age", "annual_income", "payroll_in_30d", "payroll_share_90d"):
        assert tags[name].tag.sensitivity == "C3"
