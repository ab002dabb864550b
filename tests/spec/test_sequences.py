"""One thing after the other: every part of a sequence once, with the people it finds."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from journeykit.expressions import did, sequence

AS_OF = date(2024, 3, 10)
EVERYONE = "abcdefghijk"


def at(text):
    return datetime.fromisoformat(f"2024-{text}")


HISTORY = {
    "a": {"view": ["03-01T10:00"], "login": ["03-02", "03-03"]},
    "b": {"login": ["03-01"], "view": ["03-02"]},
    "c": {"view": ["03-05T10:00"], "login": ["03-05T10:00"]},
    "d": {"view": ["02-28T23:59:59"], "login": ["02-29", "03-01"]},
    "e": {"view": ["03-01T10:00"], "login": ["03-02", "03-03"], "apply": ["03-04"]},
    "f": {"view": ["03-01T09:00", "03-03"], "login": ["03-09", "03-10"]},
    "g": {},
    "h": {"view": ["03-01", "03-06"], "login": ["03-02", "03-07"], "apply": ["03-05"]},
    "i": {"view": ["03-04"], "login": ["03-04T23:59:59.999999"]},
    "j": {"view": ["03-01"], "login": ["03-02T12:00"], "apply": ["03-02T12:00"]},
    "k": {"view": ["03-01"], "login": ["03-02T08:00"], "apply": ["03-02T20:00"], "visit": ["03-11"]},
}


@pytest.fixture(scope="module", autouse=True)
def _people(world, rows):
    person, happened = rows
    events = [
        happened("event", who, at(time), action=action, object="wealth" if who == "a" else None)
        for who, did_so in HISTORY.items()
        for action, times in did_so.items()
        for time in times
    ]
    world.fill(
        [person(one) for one in EVERYONE],
        entry={"a": date(2024, 3, 1), "d": date(2024, 2, 27), "h": date(2024, 3, 5)},
        event=[*events, happened("event", None, at("03-01"), action="view")],
        txn=[happened("txn", "a", at("03-01T09:00")), happened("txn", "d", at("03-01T00:00:01"))],
        contact=[happened("contact", one, date(2024, 3, day)) for one, day in (("a", 1), ("i", 4), ("e", 2))],
    )


view, login, apply = did("view"), did("login"), did("apply")
after_view = sequence(view, login)

RULES = {
    "one after the other, equal times in no order": (after_view, "adefhijk"),
    "in the other order": (sequence(login, view), "bh"),
    "a filtered step": (sequence(did("view", object="wealth"), login), "a"),
    "twice": (sequence(view, login.at_least(2)), "adefh"),
    "twice within a window that ends the day before": (
        sequence(view, login.at_least(2).within(days=6)), "ade"),
    "twice within a window that just reaches": (sequence(view, login.at_least(2).within(days=7)), "adeh"),
    "twice within a longer one": (sequence(view, login.at_least(2).within(days=8)), "adefh"),
    "within the same day, its midnights included": (sequence(view, login.within(days=1)), "i"),
    "within two days, over a leap day's midnight": (sequence(view, login.within(days=2)), "adehijk"),
    "a first step twice": (sequence(view.at_least(2), login), "fh"),
    "a first step three times": (sequence(did("event").at_least(3), login), "fh"),
    "more often than anyone": (sequence(view, login.at_least(3)), ""),
    "the same event is not after itself": (sequence(view, view), "fh"),
    "any event after any": (sequence(did("event"), did("event")), "abdefhijk"),
    "steps that overlap": (sequence(did("event"), login), "adefhijk"),
    "steps that overlap, twice": (sequence(did("event").at_least(2), login), "adefh"),
    "three steps": (sequence(view, login, apply), "ehk"),
    "three steps with windows": (sequence(view, login.within(days=2), apply.within(days=2)), "k"),
    "three steps with a longer window": (sequence(view, login.within(days=2), apply.within(days=3)), "ek"),
    "a later choice of the step before": (sequence(view, login, apply.within(days=2)), "ek"),
    "a later choice of the first step": (sequence(view, login.within(days=2), login), "adeh"),
    "both steps twice": (sequence(view.at_least(2), login.at_least(2)), "f"),
    "three steps, and not that": (sequence(view, login, login).without(apply), "adfh"),
    "a first step twice or more often, whichever is near": (
        sequence(did("event").at_least(2), login.within(days=2)), "adefh"),
    "other subjects": (sequence(view, did("txn")), "d"),
    "a day is its midnight beside times": (sequence(did("contact"), view), "a"),
    "a day beside times, equal": (sequence(did("contact"), login), "aei"),
    "a day after a time": (sequence(view, did("contact")), "e"),
    "days after days": (sequence(did("contact"), did("contact")), ""),
    "and not that": (after_view.without(apply), "adfhij"),
    "and not that, in some other subject": (after_view.without(did("txn")), "aefhijk"),
    "and not that, filtered": (after_view.without(did("login", object="wealth")), "adefhijk"),
    "and not that within the same day": (after_view.without(apply, days=1), "adefhij"),
    "and not that within two days": (after_view.without(apply, days=2), "adefhij"),
    "and not that within three, one still open": (after_view.without(apply, days=3), "adhij"),
    "and not that within nine, nearly all open": (after_view.without(apply, days=9), "adj"),
    "and not that within ten, one over a month's end": (after_view.without(apply, days=10), "d"),
    "and not the step itself": (after_view.without(login, days=2), "adehijk"),
    "within a window that looks back": (after_view.within(days=6), "h"),
    "within a window of a day more": (after_view.within(days=7), "hi"),
    "within a window, and not that": (after_view.without(apply).within(days=9), "fhi"),
    "since the day after entry": (after_view.since_entry(), "dh"),
    "since entry, and not that": (after_view.without(apply).since_entry(), "dh"),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(expression, AS_OF) == expected


@pytest.mark.parametrize("rule", RULES)
def test_complement_has_everyone_else(world, rule):
    expression, expected = RULES[rule]
    assert world.ids(~expression, AS_OF) == "".join(one for one in EVERYONE if one not in expected)


def test_a_window_is_true_once_it_is_over(world):
    waited = after_view.without(apply, days=3)
    assert world.ids(waited, date(2024, 3, 10)) == "adhij"
    assert world.ids(waited, date(2024, 3, 11)) == "adfhij"


def test_what_comes_after_the_window_does_no_harm(world):
    assert "h" in world.ids(after_view.without(apply, days=2), date(2024, 3, 5))


def test_nothing_after_as_of_is_seen(world):
    assert world.ids(after_view, date(2024, 2, 28)) == ""
    assert world.ids(after_view, date(2024, 2, 29)) == "d"
    assert world.ids(sequence(view, did("visit")), AS_OF) == ""
    assert world.ids(sequence(view, did("visit")), date(2024, 3, 11)) == "k"
