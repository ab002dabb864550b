"""Routing equals a slow sequential oracle on random worlds, and keeps its promises whatever the world."""

import hashlib
import importlib.util
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.routing.channel import Channel
from journeykit.routing.eligibility import Facts
from journeykit.routing.route import DECISIONS, TEMPORARY, route
from journeykit.strategies.candidates import CANDIDATES
from journeykit.strategies.offers import Offer

_spec = importlib.util.spec_from_file_location("routing_oracle", Path(__file__).with_name("oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

DAY = oracle.CONTACT_DATE
PEOPLE = [f"C{n}" for n in range(6)]
maybe = lambda strategy: st.none() | strategy  # noqa: E731
days = st.sampled_from([date(2026, 1, 1), date(2026, 5, 31), DAY, date(2026, 6, 2), date(2027, 1, 1)])


@st.composite
def worlds(draw):
    names = ["sms", "app_push", "mobile_sales", "counter"]
    channels = {}
    for name in names:
        addressed = {"mobile_sales": "manager", "counter": "branch"}.get(name, "customer")
        needs = {"sms": "phone", "app_push": "app_token"}.get(name)
        channels[name] = {
            "name": name,
            "addressed_to": addressed,
            "needs": needs,
            "daily_capacity": draw(maybe(st.integers(0, 4))),
            "consent": draw(st.booleans()),
        }
    offers = {}
    for name in ("A", "B", "C"):
        ends = sorted([draw(days), draw(days)])
        offers[name] = {
            "risk_level": draw(maybe(st.integers(1, 5))),
            "valid_from": ends[0],
            "valid_to": ends[1],
            "value": draw(st.sampled_from(["100", "100.10", "0.5", "33.33"])),
            "response_rate": draw(st.sampled_from(["0.1", "0.05", "0.015", "0"])),
        }
    customers = {
        person: {
            "manager_id": draw(st.sampled_from([None, "M1", "M2", "gone"])),
            "branch_id": draw(st.sampled_from([None, "B1"])),
            "risk_level": draw(maybe(st.integers(1, 5))),
            "risk_expires_on": draw(maybe(days)),
        }
        for person in PEOPLE
    }
    managers = {
        name: {
            "daily_capacity": draw(maybe(st.integers(0, 3))),
            "on_duty": draw(st.sampled_from([True, True, False, None])),
            "used": draw(st.integers(0, 2)),
        }
        for name in ("M1", "M2")
    }
    scopes = st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from([*names, "all"]),
        st.sampled_from(["marketing", "marketing", "automated_marketing"]),
    )
    said = draw(st.dictionaries(scopes, st.sampled_from([True, True, True, False]), max_size=30))
    subset = st.sets(st.sampled_from(PEOPLE))
    return {
        "channels": channels,
        "offers": offers,
        "customers": customers,
        "managers": managers,
        "consent": [
            {"customer_id": who, "channel": channel, "purpose": purpose, "granted": granted}
            for (who, channel, purpose), granted in said.items()
        ],
        "reachable": {"phone": draw(subset), "app_token": draw(subset)},
        "channel_used": {name: draw(st.integers(0, 2)) for name in names},
        "contacted": draw(st.sets(st.sampled_from(PEOPLE), max_size=1)),
        "presumed": draw(st.sets(st.sampled_from(names))),
    }


@st.composite
def candidate_lists(draw):
    keys = draw(st.sets(st.tuples(st.sampled_from(["s1", "s2", "s3"]), st.sampled_from(PEOPLE)), max_size=18))
    return [
        {
            "strategy": strategy,
            "node": "n",
            "customer_id": person,
            "channel": draw(st.sampled_from(["sms", "app_push", "mobile_sales", "counter"])),
            "offer": draw(st.sampled_from(["A", "B", "C"])),
            "priority": draw(st.integers(1, 2)),
            "expected_value": draw(maybe(st.sampled_from(["10", "3.33", "0"]))),
            "not_before_hour": draw(maybe(st.just(18))),
            "tie": hashlib.md5(f"{strategy}{person}".encode()).hexdigest(),
        }
        for strategy, person in sorted(keys)
    ]


def facts_of(world):
    consent = pd.DataFrame(world["consent"], columns=["customer_id", "channel", "purpose", "granted"])
    customers = pd.DataFrame([{"customer_id": name, **row} for name, row in world["customers"].items()])
    customers["risk_level"] = customers["risk_level"].astype("Int64")
    managers = pd.DataFrame([{"manager_id": name, **row} for name, row in world["managers"].items()])
    managers["daily_capacity"] = managers["daily_capacity"].astype("Int64")
    return Facts(
        contact_date=DAY,
        offers={name: Offer(name, product_line="wealth", **row) for name, row in world["offers"].items()},
        channels={name: Channel(**row) for name, row in world["channels"].items()},
        customers=customers,
        consent=consent,
        reachable=world["reachable"],
        managers=managers,
        channel_used=world["channel_used"],
        contacted=world["contacted"],
        presumed=dict.fromkeys(world["presumed"], "it_may"),
    )


def decide(candidates, world):
    rows = [
        {
            "version": "v1",
            "enrolment_id": f"{one['strategy']} {one['customer_id']}",
            **one,
            "expected_value": None if one.get("expected_value") is None else Decimal(one["expected_value"]),
        }
        for one in candidates
    ]
    return route(pa.Table.from_pylist(rows, schema=CANDIDATES), facts_of(world))


@settings(max_examples=250, deadline=None)
@given(candidate_lists(), worlds())
def test_routing_equals_the_oracle(candidates, world):
    rows = decide(candidates, world).to_pylist()
    found = {(row["strategy"], row["node"], row["customer_id"]): row["reason"] for row in rows}
    assert found == oracle.decide(candidates, world)
    assert len(rows) == len(candidates)
    asked = {(one["strategy"], one["customer_id"]): one for one in candidates}
    for row in rows:
        assert (row["decision"] == "drop") == (row["reason"] is not None)
        given_as = asked[row["strategy"], row["customer_id"]]
        assert row["expected_value"] == Decimal(oracle.worth(given_as, world)) / 100
        assert row["not_before_hour"] == given_as["not_before_hour"]
    leads = [row for row in rows if row["decision"] == "lead"]
    assert max(Counter(row["customer_id"] for row in leads).values(), default=0) <= 1
    assert not world["contacted"] & {row["customer_id"] for row in leads}
    for name, count in Counter(row["manager_id"] for row in leads if row["manager_id"]).items():
        capacity = world["managers"][name]["daily_capacity"]
        assert capacity is None or count + world["managers"][name]["used"] <= capacity
    for name, count in Counter(row["channel"] for row in leads).items():
        capacity = world["channels"][name]["daily_capacity"]
        assert capacity is None or count + world["channel_used"][name] <= capacity


@settings(max_examples=40, deadline=None)
@given(st.data(), candidate_lists(), worlds())
def test_the_order_of_the_candidates_does_not_matter(data, candidates, world):
    shuffled = data.draw(st.permutations(candidates))
    assert decide(shuffled, world).equals(decide(candidates, world))


def test_no_candidates_give_no_decisions():
    decisions = decide([], _simple_world())
    assert decisions.schema.equals(DECISIONS)
    assert decisions.num_rows == 0


def _simple_world(**changes):
    channel = {"addressed_to": "customer", "needs": None, "daily_capacity": None, "consent": True}
    offer = {
        "risk_level": None,
        "valid_from": DAY,
        "valid_to": DAY,
        "value": "100",
        "response_rate": "0.1",
    }
    return {
        "channels": {
            "sms": {"name": "sms", **channel},
            "mobile_sales": {"name": "mobile_sales", **channel, "addressed_to": "manager"},
        },
        "offers": {"small": offer, "large": {**offer, "value": "200"}},
        "customers": {"C0": {"manager_id": "M1", "branch_id": "B1", "risk_level": 3, "risk_expires_on": DAY}},
        "managers": {"M1": {"daily_capacity": 5, "on_duty": True, "used": 0}},
        "consent": [{"customer_id": "C0", "channel": "all", "purpose": "marketing", "granted": True}],
        "reachable": {},
        "channel_used": {},
        "contacted": set(),
        "presumed": set(),
        **changes,
    }


def _candidate(strategy, channel="sms", offer="small"):
    return {
        "strategy": strategy,
        "node": "n",
        "customer_id": "C0",
        "channel": channel,
        "offer": offer,
        "priority": 1,
        "tie": strategy,
    }


def _reasons(candidates, world):
    return {row["strategy"]: row["reason"] for row in decide(candidates, world).to_pylist()}


def test_the_more_valuable_offer_wins_and_the_other_waits():
    found = _reasons([_candidate("s1"), _candidate("s2", offer="large")], _simple_world())
    assert found == {"s1": "better_offer", "s2": None}
    assert "better_offer" in TEMPORARY


def test_the_next_best_gets_its_chance_when_the_manager_is_full():
    world = _simple_world(managers={"M1": {"daily_capacity": 1, "on_duty": True, "used": 1}})
    candidates = [_candidate("s1"), _candidate("s2", "mobile_sales", "large")]
    assert _reasons(candidates, world) == {"s1": None, "s2": "manager_capacity"}


def test_a_no_to_everything_wins_over_a_later_yes_to_one_channel():
    words = [
        {"customer_id": "C0", "channel": "all", "purpose": "marketing", "granted": False},
        {"customer_id": "C0", "channel": "sms", "purpose": "marketing", "granted": True},
    ]
    assert _reasons([_candidate("s1")], _simple_world(consent=words)) == {"s1": "no_consent"}


def test_an_assumption_never_overrides_a_no():
    word = {"customer_id": "C0", "channel": "sms", "purpose": "marketing", "granted": False}
    presumed = _simple_world(consent=[], presumed={"sms"})
    assert _reasons([_candidate("s1")], presumed) == {"s1": None}
    assert _reasons([_candidate("s1")], {**presumed, "consent": [word]}) == {"s1": "no_consent"}


@pytest.mark.parametrize("where", ["sms", "all"])
def test_a_channel_that_needs_no_yes_still_hears_a_no(where):
    world = _simple_world(consent=[])
    world["channels"]["sms"]["consent"] = False
    assert _reasons([_candidate("s1")], world) == {"s1": None}
    word = {"customer_id": "C0", "channel": where, "purpose": "marketing", "granted": False}
    assert _reasons([_candidate("s1")], {**world, "consent": [word]}) == {"s1": "no_consent"}


def test_an_assessment_is_good_on_its_last_day():
    offers = {"small": {**_simple_world()["offers"]["small"], "risk_level": 3}}
    world = _simple_world(offers=offers)
    assert _reasons([_candidate("s1")], world) == {"s1": None}
    world["customers"]["C0"]["risk_expires_on"] = date(2026, 5, 31)
    assert _reasons([_candidate("s1")], world) == {"s1": "unsuitable"}
