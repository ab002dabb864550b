"""Which strategies and segments use a tag, and what a changed tag touches."""

from __future__ import annotations

from journeykit.expressions import column, tag
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.usage import find_users, touched_users
from journeykit.strategies.versions import tags_behind
from journeykit.tags import Aggregate, Attribute, Catalogue, Formula, Tag
from journeykit.tags.tag import Ranking


def make(name, type_, compute):
    return Tag(name=name, title=name, type=type_, compute=compute)


TAGS = Catalogue(
    [
        make("money", "decimal", Aggregate(subject="txn", function="sum", of=column("amount").node)),
        make("staff", "integer", Attribute(column="employees")),
        make("double", "decimal", Formula(expression=(tag("money") * 2).node)),
        make("place", "integer", Ranking(tag="double", function="rank", where=(tag("staff") > 1).node)),
        make("unused", "integer", Attribute(column="employees")),
    ]
)
GOAL = Goal(tag("place") < 10, within_days=9)
FIRST = Strategy("first", title="First & best", title_zh="第一", stage="activate", goal=GOAL).start(
    Segment("large", tag("money") > 5)
)
SECOND = Strategy("second", stage="retain", exit_when=tag("staff") > 9).start(
    Segment("any", tag("staff") > 0)
)
MINE = Segment("mine", tag("double") > 1, title="Mine")


def test_tags_behind_a_ranking_are_found():
    assert tags_behind((tag("place").node,), TAGS) == ["double", "money", "place", "staff"]


def test_users_are_found_directly_and_through_other_tags():
    users = find_users(TAGS, [FIRST, SECOND], [MINE])
    assert {name: [(user.name, user.directly) for user in found] for name, found in users.items()} == {
        "money": [("first", True), ("mine", False)],
        "double": [("first", False), ("mine", True)],
        "place": [("first", True)],
        "staff": [("first", False), ("second", True)],
    }
    assert {user.kind for user in users["double"]} == {"strategy", "segment"}


def test_a_changed_tag_names_the_strategies_it_touches():
    users = find_users(TAGS, [FIRST, SECOND], [MINE])
    touched = touched_users({"staff": ("staff",), "place": ("staff",), "unused": ("unused",)}, users)
    assert touched
    lines = repr(touched).splitlines()
    assert lines[0] == "2 changed tags are used by live strategies or segments"
    assert any("staff" in line and "First & best, second" in line for line in lines[3:])
    assert any(line.startswith("place") and "staff" in line and "First & best" in line for line in lines)
    assert "unused" not in repr(touched)
    assert "First &amp; best" in touched._repr_html_()


def test_a_changed_tag_that_nobody_uses_touches_nothing():
    touched = touched_users({"unused": ("unused",)}, find_users(TAGS, [FIRST]))
    assert not touched
    assert "No live strategy" in repr(touched)
