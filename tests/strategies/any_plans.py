"""Strategies of every kind of node with every field, sound or not, for files, differences and words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from journeykit.expressions import days, did, tag
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import (
    END,
    Assign,
    Branch,
    Case,
    Exit,
    Join,
    Send,
    Split,
    Start,
    Update,
    Variant,
    Wait,
    WaitDate,
    WaitHour,
    WaitUntil,
    WaitWeekday,
    WaitWorkingDays,
)

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


def _action(where, draw):
    return {
        "channel": draw(st.sampled_from(["sms", "app_push", "mobile_sales"])),
        "offer": draw(st.sampled_from(["W-30D", "R5"])),
        "template": draw(TEXTS), "template_zh": draw(TEXTS),
        "priority": draw(st.none() | st.integers(1, 9)),
        "expected_value": draw(st.none() | MONEY), "cost": draw(MONEY),
        "on_blocked": draw(st.sampled_from(["wait", "skip", "exit"])),
        "next": draw(where),
    }  # fmt: skip


@st.composite
def any_node(draw, name):
    """A node of any kind, whose ways lead to any other."""
    where = st.sampled_from([*IDS, END])
    rule = st.sampled_from(RULES)
    kind = draw(st.sampled_from(range(13)))
    days = draw(st.integers(1, 90))
    match kind:
        case 0:
            return Send(id=name, **_action(where, draw))
        case 1:
            fields = _action(where, draw)
            return Assign(id=name, due_days=days, script=draw(TEXTS), script_zh=draw(TEXTS), **fields)
        case 2:
            return Wait(id=name, days=days, next=draw(where))
        case 3:
            return WaitWorkingDays(id=name, days=days, next=draw(where))
        case 4:
            return WaitWeekday(id=name, weekday=draw(st.sampled_from(["monday", "sunday"])), next=draw(where))
        case 5:
            return WaitHour(id=name, hour=draw(st.integers(0, 23)), next=draw(where))
        case 6:
            return WaitDate(id=name, date=draw(st.sampled_from(DAYS)), next=draw(where))
        case 7:
            condition = draw(rule)
            return WaitUntil(
                id=name, condition=condition, at_most_days=days, late=draw(where), next=draw(where)
            )
        case 8 | 9:
            names = draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))
            cases = tuple(Case(name=one, when=draw(rule), next=draw(where)) for one in names)
            return Branch(id=name, cases=cases, next=draw(where))
        case 10:
            shares = draw(st.sampled_from([("0.5", "0.5"), ("0.2", "0.3", "0.5")]))
            variants = zip("abc", shares, strict=False)
            return Split(
                id=name,
                variants=tuple(
                    Variant(name=one, weight=Decimal(share), next=draw(where)) for one, share in variants
                ),
            )
        case 11:
            return Update(id=name, mark=draw(st.sampled_from(["seen", "told"])), next=draw(where))
    return draw(st.sampled_from([Join(id=name, next=draw(where)), Exit(id=name)]))


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
