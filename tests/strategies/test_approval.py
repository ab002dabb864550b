"""Who may do what with a strategy, and that nothing but a live, approved version ever enrols."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from journeykit.errors import ApprovalError
from journeykit.ledger.approvals import Step
from journeykit.settings import RolesSection
from journeykit.strategies.approval import Life, life_of
from journeykit.strategies.permission import permit
from journeykit.strategies.submission import check_in_flight, checked_text

ROLES = RolesSection(author=("ann", "both"), approver=("bob", "both"), operator=("oli",))
AT = datetime(2026, 5, 29, 9, 0)
ACTIONS = ("submitted", "withdrawn", "approved", "refused", "paused", "resumed", "ended")


def steps(*taken: tuple[str, str, str]) -> tuple[Step, ...]:
    """Steps as (action, version, actor); what a real one always carries is filled in."""
    return tuple(
        Step("plan", number, version, action, actor, {"in_flight": "finish", "as_of": "2026-05-29"}, AT)
        for number, (action, version, actor) in enumerate(taken, 1)
    )


def life(*taken: tuple[str, str, str]) -> Life:
    return life_of("plan", steps(*taken))


SUBMITTED = ("submitted", "v1", "ann")
LIVE = (SUBMITTED, ("approved", "v1", "bob"), ("live", "v1", "journeykit"))


@pytest.mark.parametrize(
    ("before", "action", "version", "actor"),
    [
        ((), "submitted", "v1", "ann"),
        ((SUBMITTED,), "withdrawn", "v1", "both"),
        ((SUBMITTED,), "approved", "v1", "bob"),
        ((SUBMITTED,), "refused", "v1", "both"),
        ((SUBMITTED, ("refused", "v1", "bob")), "submitted", "v1", "ann"),
        (LIVE, "submitted", "v2", "ann"),
        (LIVE, "paused", "v1", "oli"),
        (LIVE, "paused", "v1", "bob"),
        ((*LIVE, ("paused", "v1", "oli")), "resumed", "v1", "oli"),
        ((*LIVE, ("paused", "v1", "oli")), "ended", "v1", "oli"),
        ((*LIVE, ("ended", "v1", "oli")), "submitted", "v1", "ann"),
        ((SUBMITTED, ("approved", "v1", "bob")), "paused", "v1", "oli"),
        ((*LIVE, ("ended", "v1", "oli")), "paused", "v1", "oli"),
        ((*LIVE, ("ended", "v1", "oli")), "ended", "v1", "oli"),
        ((*LIVE, ("ended", "v1", "oli"), ("paused", "v1", "oli")), "resumed", "v1", "oli"),
        ((*LIVE, ("paused", "v1", "oli"), ("ended", "v1", "oli")), "resumed", "v1", "oli"),
    ],
)
def test_what_is_allowed(before, action, version, actor):
    permit(life(*before), action, version, actor, ROLES)


@pytest.mark.parametrize(
    ("before", "action", "version", "actor", "says"),
    [
        ((), "submitted", "v1", "bob", "'bob' may not submit strategies. That is for author: ann, both"),
        ((), "submitted", "v1", "", "may not submit"),
        ((SUBMITTED,), "approved", "v1", "ann", "'ann' may not approve"),
        ((SUBMITTED,), "approved", "v1", "Bob", "'Bob' may not approve"),
        ((SUBMITTED,), "approved", "v1", "oli", "'oli' may not approve"),
        ((SUBMITTED,), "approved", "v2", "bob", "Unknown version 'v2' of 'plan'"),
        ((("submitted", "v1", "both"),), "approved", "v1", "both", "nobody decides on what is their own"),
        ((("submitted", "v1", "both"),), "refused", "v1", "both", "It is for another approver: bob"),
        (
            (("submitted", "v1", "both"), ("withdrawn", "v1", "both"), SUBMITTED),
            "approved", "v1", "both", "nobody decides on what is their own",
        ),
        ((), "approved", "v1", "bob", "it was never submitted. No version waits"),
        ((SUBMITTED, ("refused", "v1", "bob")), "approved", "v1", "bob", "it is refused"),
        ((SUBMITTED, ("withdrawn", "v1", "ann")), "approved", "v1", "bob", "it is withdrawn"),
        (LIVE, "approved", "v1", "bob", "it is live"),
        (LIVE, "submitted", "v1", "ann", "it is live already"),
        ((SUBMITTED,), "submitted", "v2", "ann", "version v1 waits for approval already"),
        ((SUBMITTED,), "paused", "", "oli", "no version of it is live"),
        ((SUBMITTED, ("refused", "v1", "bob")), "resumed", "", "oli", "it is not paused"),
        (LIVE, "resumed", "v1", "oli", "it is not paused"),
        (LIVE, "paused", "v1", "ann", "for operator or approver: oli, bob, both"),
        ((*LIVE, ("paused", "v1", "oli")), "paused", "v1", "oli", "journeykit strategy resume plan"),
        ((*LIVE, ("ended", "v1", "oli")), "resumed", "", "oli", "it is not paused"),
        (
            (SUBMITTED, ("approved", "v1", "bob"), ("ended", "v1", "oli")),
            "ended", "", "oli", "nobody finishes",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_says_who_may_or_what_first(before, action, version, actor, says):
    with pytest.raises(ApprovalError) as refused:
        permit(life(*before), action, version, actor, ROLES)
    assert says in str(refused.value)


@pytest.mark.parametrize("action", ACTIONS)
def test_without_roles_nobody_may_do_anything(action):
    for before in ((), (SUBMITTED,), LIVE, (*LIVE, ("paused", "v1", "oli"))):
        with pytest.raises(ApprovalError, match="nobody is one"):
            permit(life(*before), action, "v1", "root", RolesSection())


@given(some.lists(some.tuples(some.sampled_from(ACTIONS), some.sampled_from(["v1", "v2", "v3"]),
                              some.sampled_from(["ann", "bob", "both", "oli", "eve"]),
                              some.booleans()), max_size=25))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_however_people_act_a_live_version_was_approved_by_another(attempts):
    """Random attempts, and a run now and then: what is live was submitted, and then approved by somebody
    else than any of its submitters."""
    taken: tuple[Step, ...] = ()
    for action, version, actor, runs in attempts:
        now = life_of("plan", taken)
        about = now.concerned if action in ("paused", "resumed", "ended") else version
        try:
            permit(now, action, about, actor, ROLES)
        except ApprovalError:
            pass
        else:
            taken += _step(taken, action, about, actor)
        now = life_of("plan", taken)
        if runs and now.approved and not now.paused:
            taken += _step(taken, "live", now.approved, "journeykit")
        now = life_of("plan", taken)
        if now.live:
            history = [(one.action, one.version, one.actor) for one in taken]
            approved = max(i for i, one in enumerate(history) if one[:2] == ("approved", now.live))
            submitters = {one[2] for one in history[:approved] if one[:2] == ("submitted", now.live)}
            assert submitters
            assert history[approved][2] not in submitters
            assert history[approved][2] in ROLES.approver
            assert ("ended", now.live) not in [one[:2] for one in history[approved:]]
        assert [now.state(one) for one in now.states].count("submitted") <= 1
        assert list(now.states.values()).count("live") <= 1


def _step(taken: tuple[Step, ...], action: str, version: str, actor: str) -> tuple[Step]:
    return (Step("plan", len(taken) + 1, version, action, actor, {"in_flight": "finish"}, AT),)


def test_who_leaves_with_the_end_leaves_nothing_to_stop():
    ended = Step("plan", 5, "v1", "ended", "oli", {"in_flight": "exit"}, AT)
    over = life_of("plan", (*steps(*LIVE, ("paused", "v1", "oli")), ended))
    assert (over.concerned, over.paused, over.leaves_as("v1")) == ("", False, "ended")
    for action in ("paused", "resumed", "ended"):
        with pytest.raises(ApprovalError):
            permit(over, action, over.concerned, "oli", ROLES)


@pytest.mark.parametrize("after", [(), (("live", "v1", "journeykit"),), (*LIVE[2:], ("ended", "v1", "oli"))])
def test_a_version_whose_approver_has_left_may_be_approved_anew(after):
    before = (SUBMITTED, ("approved", "v1", "gone"), *after)
    permit(life(*before), "approved", "v1", "bob", ROLES)
    anew = life(*before, ("approved", "v1", "bob"))
    assert (anew.states, anew.live, anew.approved) == (
        life(*before).states, life(*before).live, life(*before).approved
    )  # fmt: skip
    for taken, actor in (((*before, ("approved", "v1", "bob")), "both"), (before, "ann")):
        with pytest.raises(ApprovalError):
            permit(life(*taken), "approved", "v1", actor, ROLES)


def test_what_was_not_approved_cannot_be_approved_anew():
    for last in ("withdrawn", "refused"):
        with pytest.raises(ApprovalError, match=f"it is {last}"):
            permit(life(SUBMITTED, (last, "v1", "gone")), "approved", "v1", "bob", ROLES)


def test_a_pause_holds_back_the_next_version_too():
    paused = life(*LIVE, ("paused", "v1", "oli"), ("submitted", "v2", "ann"), ("approved", "v2", "bob"))
    assert (paused.live, paused.approved, paused.paused) == ("v1", "v2", True)
    assert paused.state("v1") == "paused"


@pytest.mark.parametrize("text", ["", "  \n", "...", "—", "\u200b"])
def test_an_answer_that_says_nothing_is_refused(text):
    with pytest.raises(ApprovalError, match="Its purpose is empty"):
        checked_text("purpose", text, "Keep savings")


def test_an_answer_holds_nothing_that_does_not_print():
    with pytest.raises(ApprovalError, match="do not print"):
        checked_text("purpose", "keep\x1b[31m savings", "Keep savings")
    with pytest.raises(ApprovalError, match="4,000 are the most"):
        checked_text("purpose", "keep " * 1000, "Keep savings")
    assert checked_text("purpose", " 保住\n到期资金 ", "x") == "保住\n到期资金"


def test_what_becomes_of_people_in_flight_is_one_of_three():
    assert [check_in_flight(one) for one in ("finish", "migrate", "exit")] == ["finish", "migrate", "exit"]
    with pytest.raises(ApprovalError, match="finish, migrate, exit"):
        check_in_flight("vanish")


@pytest.mark.parametrize("choices", list(itertools.product(("finish", "exit"), repeat=2)))
def test_an_earlier_version_leaves_by_the_first_choice_that_says_so(choices):
    replaced, ended = choices
    taken = [
        *steps(*LIVE),
        Step("plan", 4, "v2", "submitted", "ann", {}, AT),
        Step("plan", 5, "v2", "approved", "bob", {}, AT),
        Step("plan", 6, "v2", "live", "journeykit", {"in_flight": replaced}, AT),
        Step("plan", 7, "v2", "ended", "oli", {"in_flight": ended}, AT),
    ]
    now = life_of("plan", taken)
    expected = "replaced" if replaced == "exit" else "ended" if ended == "exit" else ""
    assert now.leaves_as("v1") == expected
    assert now.leaves_as("v2") == ("ended" if ended == "exit" else "")
