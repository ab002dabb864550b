"""The short report of a tag build tells whose tags have changed."""

from __future__ import annotations

import pytest

from journeykit.reports import summarise_changes
from journeykit.strategies.usage import TouchedUsers, User

CALLED = User("strategy", "call", "Call them", "电话联系", True)
LOYAL = User("segment", "loyal", "Loyal", "", False)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("aum", "deposit_balance", "Call them", "Loyal")), ("zh", ("aum", "电话联系", "Loyal", "客群"))],
)
def test_a_changed_tag_is_told_with_its_cause_and_its_users(language, words):
    touched = TouchedUsers({"aum": ("deposit_balance",)}, {"aum": (CALLED, LOYAL)})
    shown = summarise_changes(touched, language)._repr_html_()
    assert all(word in shown for word in words)


@pytest.mark.parametrize(("language", "says"), [("en", "No live strategy"), ("zh", "均无变化")])
def test_nothing_changed_is_told_too(language, says):
    assert says in summarise_changes(TouchedUsers({}, {}), language)._repr_html_()
