"""Waits by arithmetic over whole arrays, against a calendar turned page by page."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest

from journeykit.strategies.judging import NEVER, Judged
from journeykit.strategies.moving import Day, Graph, Places, day_number, move
from journeykit.strategies.nodes import Branch, Case, Wait, WaitDate, WaitUntil, WaitWeekday, WaitWorkingDays
from journeykit.workdays import is_working_day, next_working_day
from tests.strategies.interpreter import WEEKDAYS
from tests.strategies.random_plans import DUE, KEEN

MAKE_UP, HOLIDAY, FRIDAY = date(2026, 2, 14), date(2025, 10, 3), date(2024, 5, 31)
"""A Saturday on which China works, a day of its Golden Week, and a plain day."""


def pages(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def after(step, since, as_of, *, country="CN", answers=()):
    """For each day since which somebody waits the day on which his wait was over; None where it is not."""
    nobody = np.zeros(len(since), np.bool_)
    start = np.array([day_number(one) for one in since], np.int32)
    places = Places(np.zeros(len(since), np.int32), start, np.zeros(len(since), np.int8))
    judged = Judged(nobody, nobody, nobody, {(step.id, 0): np.array(answers)})
    day = Day(as_of, next_working_day(as_of, country), country)
    graph = Graph((step,))
    moved = move(graph, places, np.arange(len(since)), judged, day).places
    return [
        date(1970, 1, 1) + timedelta(days=int(on)) if code == graph.end else None
        for code, on in zip(moved.node, moved.since, strict=True)
    ]


@pytest.mark.parametrize("country", ["CN", "CZ"])
@pytest.mark.parametrize("as_of", [MAKE_UP, HOLIDAY, FRIDAY, date(2026, 10, 10), date(2027, 1, 3)])
@pytest.mark.parametrize("count", [1, 2, 5, 23])
def test_the_nth_working_day_is_found_whatever_day_it_is_counted_from(as_of, count, country):
    since = pages(as_of - timedelta(days=800), as_of + timedelta(days=4))
    expected = []
    for first in since:
        left, page = count, first
        while left and page <= as_of:
            page += timedelta(days=1)
            left -= is_working_day(page, country)
        expected.append(page if page <= as_of else None)
    step = WaitWorkingDays(id="wait", days=count)
    assert after(step, since, as_of, country=country) == expected


@pytest.mark.parametrize("weekday", WEEKDAYS)
def test_a_weekday_comes_within_the_seven_days_after(weekday):
    since = pages(date(2023, 12, 20), date(2027, 1, 10))
    step = WaitWeekday.model_validate({"id": "wait", "weekday": weekday})
    found = after(step, since, date(2027, 12, 31))
    for first, then in zip(since, found, strict=True):
        (expected,) = [
            one for one in pages(first, first + timedelta(days=7))[1:] if f"{one:%A}".lower() == weekday
        ]
        assert then == expected


def test_whoever_waits_for_a_day_is_contacted_on_it_or_on_the_first_working_day_after():
    """Over three years: decided in time, a day's contact date is it, or the first working day behind it."""
    monday = WaitWeekday.model_validate({"id": "wait", "weekday": "monday"})
    of_his_own = WaitDate(id="wait", date=DUE)
    runs = [day for day in pages(date(2024, 1, 2), date(2026, 12, 20)) if is_working_day(day, "CN")]
    for day in pages(date(2024, 1, 10), date(2026, 12, 10)):
        run = next(one for one in reversed(runs) if one < day)  # the last working day before
        goes = next_working_day(run, "CN")
        assert goes >= day
        assert not any(is_working_day(one, "CN") for one in pages(day, goes)[:-1])
        number, before = [day_number(day)], [run - timedelta(days=1)]
        assert after(of_his_own, before, run, answers=number) == [day]
        if day.weekday() == 0:
            assert after(monday, [day - timedelta(days=7)], run) == [day]


def test_the_first_case_that_holds_is_taken_and_else_the_last_way():
    names = ("first", "second", "third", "rest")
    cases = tuple(Case(name=name, when=KEEN, next=name) for name in names[:3])
    fork = Branch(id="fork", cases=cases, next="rest")
    graph = Graph((fork, *(Wait(id=name, days=9) for name in names)))
    answers = np.array(list(product([False, True], repeat=3)))
    nobody, start = np.zeros(8, np.bool_), np.full(8, day_number(FRIDAY), np.int32)
    judged = Judged(nobody, nobody, nobody, {("fork", place): answers[:, place] for place in range(3)})
    places = Places(np.zeros(8, np.int32), start, np.zeros(8, np.int8))
    day = Day(FRIDAY, next_working_day(FRIDAY, "CN"), "CN")
    found = [graph.ids[code] for code in move(graph, places, np.arange(8), judged, day).places.node]
    assert found == [names[[*row, True].index(True)] for row in answers.tolist()]


@pytest.mark.parametrize("days", [1, 2, 30, 366])
def test_days_are_over_by_dates_alone(days):
    since = pages(MAKE_UP - timedelta(days=500), MAKE_UP + timedelta(days=9))
    expected = [one + timedelta(days=days) for one in since]
    found = after(Wait(id="wait", days=days), since, MAKE_UP)
    assert found == [one if one <= MAKE_UP else None for one in expected]


def test_a_day_that_has_come_already_is_no_wait_and_an_unknown_one_is_for_ever():
    step = WaitDate(id="wait", date=DUE)
    past, next_run, later = (
        FRIDAY - timedelta(days=90),
        FRIDAY + timedelta(days=3),
        FRIDAY + timedelta(days=4),
    )
    answers = [*map(day_number, (past, next_run, later)), NEVER]
    assert after(step, [FRIDAY] * 4, FRIDAY, answers=answers) == [FRIDAY, next_run, None, None]


@pytest.mark.parametrize("holds", [True, False])
def test_a_condition_counts_up_to_its_last_day_and_the_delay_of_a_run_is_no_reprieve(holds):
    step = WaitUntil(id="wait", condition=KEEN, at_most_days=3)
    since = [FRIDAY - timedelta(days=number) for number in (0, 2, 3, 4, 40)]
    found = after(step, since, FRIDAY, answers=[holds] * 5)
    over = [one + timedelta(days=3) for one in since[2:]]
    assert found == ([FRIDAY, FRIDAY, FRIDAY] if holds else [None, None, FRIDAY]) + over[1:]
