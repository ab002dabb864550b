"""Strategies of every kind of node with every field, sound or not, for files, differences and words."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from journeykit.expressions import days, did, tag
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import (
    END,
    Assign,
    Branch,
    Exit,
    Join,
    Send,
    Split,
    Start,
    Update,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
)
from tests.strategies.drawn_nodes import Choices, draw_node

RULES = [
    (tag("aum") >= 500_000).node,
    ((tag("aum") >= 500_000) & (tag("age") < 30)).node,
    (~tag("holds_wealth")).node,
    did("view", object="理财").at_least(2).within(days=14).node,
    did("txn").since_entry().node,
    (tag("wealth_matures_on") <= date(2026, 5, 29)).node,
]
DAYS = [(tag("wealth_matures_on") - days(7)).node, (did("view").last_time() + days(1)).node]
TEXTS = st.sampled_from(
    ["", "Say: #yes", "yes", "~", "1e3", "理财：到期", "two\nlines", " a ", "- x: {y}", "“”\u3000"]
)
MONEY = st.decimals(0, 10**6, places=2)
IDS = [f"step_{at}" for at in range(6)]


DAYS_PAST = st.integers(1, 90)
ACTION = {
    "channel": st.sampled_from(["sms", "app_push", "mobile_sales"]),
    "offer": st.sampled_from(["W-30D", "R5"]),
    "template": TEXTS,
    "template_zh": TEXTS,
    "priority": st.none() | st.integers(1, 9),
    "expected_value": st.none() | MONEY,
    "cost": MONEY,
    "on_blocked": st.sampled_from(["wait", "skip", "exit"]),
}
FIELDS: dict[Any, dict[str, st.SearchStrategy[Any]]] = {
    Send: ACTION,
    Assign: {**ACTION, "due_days": DAYS_PAST, "script": TEXTS, "script_zh": TEXTS},
    Wait: {"days": DAYS_PAST},
    WaitWorkingDays: {"days": DAYS_PAST},
    WaitWeekday: {"weekday": st.sampled_from(["monday", "sunday"])},
    WaitHour: {"hour": st.integers(0, 23)},
    WaitDate: {"date": st.sampled_from(DAYS)},
    WaitUntil: {"condition": st.sampled_from(RULES), "at_most_days": DAYS_PAST},
    Update: {"mark": st.sampled_from(["seen", "told"])},
}
CHOICES = Choices(
    fields=FIELDS,
    cases=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(RULES)), min_size=1, unique_by=lambda case: case[0]
    ),
    weights=st.sampled_from([("0.5", "0.5"), ("0.2", "0.3", "0.5")]),
)
KINDS = (*FIELDS, Branch, Branch, Split, Join, Exit)


@st.composite
def any_node(draw, name):
    """A node of any kind, whose ways lead to any other."""
    return draw_node(draw, draw(st.sampled_from(KINDS)), name, st.sampled_from([*IDS, END]), CHOICES)


@st.composite
def any_plan(draw):
    """A strategy of up to six nodes and a start."""
    day = st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31))
    start = Start(
        segment=Segment("some", draw(st.sampled_from(RULES)), title=draw(TEXTS), title_zh=draw(TEXTS)),
        control=draw(st.sampled_from([0, "0.1", "0.333", 1])),
        reentry=draw(st.sampled_from(["never", "whenever", 30])),
        valid_from=draw(day), valid_to=draw(day),
        next=draw(st.sampled_from([*IDS, END])),
    )  # fmt: skip
    nodes = [draw(any_node(name)) for name in IDS[: draw(st.integers(0, len(IDS)))]]
    goal = draw(st.none() | st.builds(Goal, st.sampled_from(RULES), within_days=st.integers(1, 400)))
    return Strategy(
        "plan", stage=draw(st.sampled_from(["acquire", "activate", "retain"])), owner=draw(TEXTS),
        title=draw(TEXTS), title_zh=draw(TEXTS), priority=draw(st.integers(1, 200)), goal=goal,
        exit_when=draw(st.none() | st.sampled_from(RULES)), nodes=(start, *nodes),
    )  # fmt: skip
