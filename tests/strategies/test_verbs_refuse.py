"""A verb that is given what it cannot use says so, and what to write instead."""

from __future__ import annotations

import re

import pytest

from journeykit.errors import DefinitionError
from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.differences import diff
from journeykit.strategies.graph import Goal, Strategy
from journeykit.workspace.approving import approve, data_used, strategy_history, submit
from journeykit.workspace.checking import check

RICH = tag("aum") >= 5
PLAN = Strategy("plan", stage="retain")

REFUSED = {
    "days that are late": (lambda: path().wait(days=3, late=path().exit()), "go with until, not with days"),
    "days at most": (lambda: path().wait(working_days=3, at_most=4), "at_most=5, late=path"),
    "no day": (lambda: path().wait(days=0), "days: 1 or more is expected"),
    "days without a name": (lambda: path().wait(3), r"3 has no name. Write for example .wait\(days=3\)"),
    "a late way": (lambda: path().wait(until=RICH, at_most=3, late=RICH), "'late', not tag.*late=jk.path"),
    "until never": (lambda: path().wait(until=RICH), "needs at_most"),
    "until at once": (lambda: path().wait(until=RICH, at_most=0), "at_most_days: 1 or more"),
    "a condition alone": (lambda: path().branch({"rich": RICH}), "'rich'.*jk.path()"),
    "a case without a path": (lambda: path().branch({"rich": (RICH, None)}), "'rich'.*jk.path()"),
    "a branch's id": (lambda: path().branch(RICH, id="BAD"), "branch 'BAD': id: lower-case letters"),
    "a branch of nothing": (lambda: path().branch({}), "branch 'branch': cases: "),
    "a way that is no path": (lambda: path().branch(RICH, yes=RICH), "'yes', not tag.*yes=jk.path"),
    "another that is none": (lambda: path().branch(RICH, no="x"), "'no', not 'x'.*no=jk.path"),
    "a share alone": (lambda: path().split({"a": 0.5}), "'a': 0.5.*jk.path()"),
    "shares without names": (lambda: path().split([0.5, 0.5]), "share from 0 to 1"),
    "a share above all": (lambda: path().split({"a": (50, path())}), "weight: 1 or less.*0.5, jk.path"),
    "one way only": (lambda: path().split({"a": (1, path())}), "variants: 2 at least are expected"),
    "a way to no id": (lambda: path().go_to("BAD id!"), "'BAD id!' is no node's id"),
    "a node that is not there": (lambda: path().wait(days=3).node("wait_3"), "Did you mean 'wait_3d'"),
    "a node that is no id": (lambda: path().wait(days=3).node(3), "Unknown node '3'. Declared: wait_3d"),
    "a name": (lambda: Strategy("Harvest Money", stage="retain"), "'Harvest Money': name: lower-case"),
    "a stage": (lambda: Strategy("a", stage="keep"), "stage: Unknown stage 'keep'"),
    "a goal without days": (lambda: Goal(RICH), r"within_days: Field required.*jk.Goal\(t.holds"),
    "a goal that is none": (lambda: Strategy("a", stage="retain", goal=RICH), "'a': goal.*goal=jk.Goal"),
    "a segment's name": (lambda: PLAN.start("rich"), r"a segment, not 'rich'.*Segment.load\('rich'\)"),
    "a condition to start": (lambda: PLAN.start(RICH), r"a segment, not tag.*jk.Segment\('rich', t.aum"),
    "a share of ten": (lambda: PLAN.start(Segment("rich", RICH), control=10), "1 or less is.*control=0.10"),
    "a check of a name": (lambda: check("first_purchase", None), r"jk.Strategy.load\('first_purchase'\)"),
    "a check the wrong way round": (lambda: check(None, PLAN), r"not None. Write.*jk.check\(plan, mart\)"),
    "a check of no mart": (lambda: check(PLAN, None), r"mart is.*None.*jk.check\(plan, jk.connect\(\)\)"),
    "a difference of names": (lambda: diff("a", PLAN), r"jk.diff\(jk.Strategy.load\('a'\), new\)"),
    "a difference to nothing": (lambda: diff(PLAN, None), r"not None.*jk.diff\(old, plan\)"),
    "nothing submitted": (lambda: submit(None, purpose="", harm=""), r"not None.*jk.submit\(plan, "),
    "the data of a name": (lambda: data_used("a"), r"jk.data_used\(jk.Strategy.load\('a'\)\)"),
    "an approved plan": (lambda: approve(PLAN, "0123456789ab"), "name is expected.*Write 'plan'"),
    "the history of nothing": (lambda: strategy_history(None), "name is expected, not None"),
    "nothing loaded": (lambda: Strategy.load(None), "None is no strategy's name.*pathlib.Path"),
    "a file elsewhere": (lambda: Strategy.load("../offers/D-1Y"), "'../offers/D-1Y' is no strategy's name"),
    "a truth for days": (lambda: path().wait(days=True), "days: a number is expected, not true"),
    "a truth for a share": (lambda: PLAN.start(Segment("rich", RICH), control=True), "control: a number is"),
    "a truth for a priority": (lambda: Strategy("a", stage="retain", priority=False), "not false"),
    "coming again truly": (lambda: PLAN.start(Segment("rich", RICH), reentry=True), "never, whenever or a"),
    "a weekday's name": (lambda: path().wait(weekday="mondai"), r"Did you mean 'monday'\? Write for"),
    "coming again": (lambda: PLAN.start(Segment("rich", RICH), reentry="always"), "never, whenever or a"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_verb_cannot_use_is_refused_in_words(case):
    asked, says = REFUSED[case]
    with pytest.raises(DefinitionError, match=says) as caught:
        asked()
    assert not re.search(r"pydantic|literal\[|constrained|validation", str(caught.value))
