"""The engine against one person after the other: random strategies, random people, rough days.

Always the same cases, so that they pass tomorrow too; for others, and more of them:
``ENGINE_SEED=7 ENGINE_EXAMPLES=500 pytest tests/strategies/test_engine_properties.py``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from journeykit.ledger import content
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import Split, Start, Update, Wait
from journeykit.strategies.running import Running
from journeykit.workdays import is_working_day
from tests.strategies.interpreter import COUNTRY
from tests.strategies.living import Living
from tests.strategies.random_plans import BOUGHT, GONE, WANTED, WEIGHTS, Today, plans
from tests.strategies.random_towns import Town, towns

SEED = int(os.environ.get("ENGINE_SEED", "5"))
EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "0"))


def checked(examples: int) -> Any:
    """So many examples, always the same."""
    chosen = settings(
        max_examples=EXAMPLES or examples, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    return lambda test: seed(SEED)(chosen(test))


@dataclass(frozen=True)
class Life:
    """A town, two strategies that compete for its people, and on some day a new version of the first one."""

    town: Town
    plan: Strategy
    rival: Strategy
    edited: Strategy
    live_on: date
    in_flight: str

    def running(self, today: Today) -> Iterator[Running]:
        """What runs on a day; the rival is always live."""
        rest: dict[str, Any] = {"enrols": False, "moves": today.state != "paused"}
        first: dict[str, Any] = {} if today.state == "live" else dict(rest)
        if today.state == "ended":
            rest["leaves_as"] = first["leaves_as"] = "ended"
        if today.as_of < self.live_on:
            yield Running(self.plan, "v1", **first)
        else:
            takes_over = ("v1",) if self.in_flight == "migrate" else ()
            yield Running(self.edited, "v2", takes_over=takes_over, **first)
            if self.in_flight == "exit":
                rest["leaves_as"] = "replaced"
            yield Running(self.plan, "v1", **rest)
        yield Running(self.rival, "v1")


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A random one."""
    town = draw(towns())
    days = [today.as_of for today in town.days]
    return Life(
        town,
        draw(plans(days)),
        draw(plans(days, "rival")),
        draw(plans(days)),
        draw(st.sampled_from(days)),
        draw(st.sampled_from(["finish", "migrate", "exit"])),
    )


def follow(living: Living, life: Life) -> None:
    """Live every day, and find engine and interpreter agreed on each."""
    states: set[str] = set()
    for today in life.town.days:
        running = list(life.running(today))
        states.add(today.state)
        result = living.live(today, running, {"plan"} if "paused" in states else ())
        if result is None:
            continue
        states = {today.state}
        assert result.held == ()
        living.agree(today)
        living.agree_on_contacts(today, running)
        everybody = Counter(one.strategy for one in living.people.enrolments)
        active = Counter(state[:2] for state in living.states() if state[-1] is None)
        assert set(active.values()) <= {1}
        for count in result.strategies:
            assert count.enrolled == count.active + count.exited == everybody[count.name]
            assert count.active == len(living.people.active(count.name))
            assert count.candidates == count.leads + count.drops
        if today.again:
            known = content(living.bank.ledger)
            late = replace(today, tags=life.town.days[0].tags)
            assert living.decide(late, running) == result
            assert content(living.bank.ledger) == known


@checked(14)
@given(lives())
def test_the_engine_does_what_the_interpreter_does(banks, life):
    follow(Living(banks(), life.town), life)


@checked(4)
@given(lives())
def test_it_does_so_with_a_ledger_in_postgresql(banks, new_database, life):
    bank = banks(new_database())
    follow(Living(bank, life.town), life)
    bank.ledger.close()


@st.composite
def quiet_lives(draw: st.DrawFn) -> tuple[Town, Strategy]:
    """Nobody can be reached, actions wait, no condition asks for a mark: only snapshots and days count."""
    town = draw(towns(states=False))
    plan = draw(plans([today.as_of for today in town.days]))
    nodes = [
        node.model_copy(update={"on_blocked": "wait"}) if node in plan.actions
        else node.model_copy(update={"mark": "told"}) if isinstance(node, Update) else node
        for node in plan.nodes
    ]  # fmt: skip
    days = [replace(one, allowed=(), spoken=()) for one in town.days]
    return replace(town, days=tuple(days)), plan.model_copy(update={"nodes": tuple(nodes)})


@checked(7)
@given(quiet_lives())
def test_day_by_day_is_the_same_as_catching_up(banks, life):
    town, plan = life
    days = [one for one in town.days if is_working_day(one.as_of, COUNTRY) and one.kind != "lost"]
    daily, late = Living(banks(), town), Living(banks(), town)
    for place, today in enumerate(days):
        daily.live(replace(today, kind="run"), [Running(plan, "v1")])
        missed = 0 < place < len(days) - 1
        late.live(replace(today, kind="missed" if missed else "run"), [Running(plan, "v1")])
    assert late.states() == daily.states()
    assert late.marks() == daily.marks()


VARIANTS = ("early", "late", "never")


def parting(version: str) -> Strategy:
    """People part three ways and stay there; the second version lets them wait a day before."""
    stay = [Wait.model_validate({"id": name, "days": 3650}) for name in VARIANTS]
    ways = [{"name": name, "weight": weight, "next": name}
            for name, weight in zip(VARIANTS, WEIGHTS[1], strict=True)]  # fmt: skip
    split = Split.model_validate({"id": "draw", "variants": ways})
    before = (Wait(id="before", days=1, next="draw"),) if version == "v2" else ()
    start = Start(
        segment=Segment("wanted", WANTED), reentry="whenever", next=before[0].id if before else "draw"
    )
    goal = Goal(BOUGHT, within_days=3)
    return Strategy(
        name="plan", stage="activate", goal=goal, exit_when=GONE, nodes=(start, *before, split, *stay)
    )


@checked(3)
@given(towns(states=False))
def test_a_variant_never_changes_for_a_person(banks, town):
    living, drawn = Living(banks(), town), {}
    for place, today in enumerate(town.days):
        version = "v2" if place > len(town.days) // 2 else "v1"
        living.live(today, [Running(parting(version), version, takes_over=("v1",) * (version == "v2"))])
        for _, customer, _, _, _, node, *_ in living.states():
            if node in VARIANTS:
                assert drawn.setdefault(customer, node) == node
