"""Simulations whose past is unlike today: other sizes, people in it already, and what only came later."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from journeykit.expressions import tag
from journeykit.ledger.leads import read_leads
from journeykit.ledger.tables import delivery, receipt
from journeykit.routing.channel import Channel
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.simulation.reacting import rates_of
from journeykit.workdays import working_days
from tests.strategies.test_simulation import DAYS, PAST, SEGMENT, TODAY, History

PLAN = (
    Strategy("wealth", stage="activate", goal=Goal(tag("bought"), within_days=12))
    .start(SEGMENT, control=0.1)
    .send("app_push", offer="LOAN", cost=1)
    .wait(days=2)
    .send("sms", offer="LOAN", cost=1)
)
AHEAD = working_days(TODAY, TODAY + timedelta(days=DAYS - 1), "CN")
ROOM = 20


class Uneven(History):
    """A bank that wanted some people on the days behind and wants others today, as many tomorrow."""

    def __init__(self, bank, *, then, now, people=300, room=None):
        self.bank = bank
        push = Channel(name="app_push", needs="app_token", daily_capacity=room)
        offers = {
            name: one.model_copy(update={"response_rate": Decimal(0)}) for name, one in bank.offers.items()
        }
        self.playbook = Playbook({}, offers, {**bank.channels, "app_push": push})
        self.people = [f"C{number:04d}" for number in range(people)]
        bank.allow(*self.people)
        bank.reach(*self.people)
        self.builds = {}
        for day in [*PAST, *AHEAD]:
            wanted = now if day >= TODAY else then
            rows = [
                {"customer_id": who, "aum": Decimal(5), "wanted": place < wanted}
                for place, who in enumerate(self.people)
            ]
            with bank.mart(rows, day) as mart:
                self.builds[day] = (mart.manifest, mart.build_id)


def _count(found, kind, day=None):
    figures = found.to_frame()
    days = figures["day"].isna() if day is None else figures["day"] == day
    rows: Any = figures[(figures["kind"] == kind) & days].set_index("name")
    return rows


def test_nobody_like_them_in_the_past_is_not_nobody(bank):
    """Those who are in the segment today are contacted, and it is said that their future is not known."""
    history = Uneven(bank, then=0, now=300)
    found = history.simulate(PLAN)
    leads = [sum(row["decision"] == "lead" for row in history.night(day, PLAN)) for day in AHEAD]
    assert found.summary()["entered"] == 300
    assert found.summary()["contacts"]["expected"] == sum(leads) > 500
    assert _count(found, "arrived").loc["send_sms", "low"] < 200, "as if their future were known"
    (said,) = [one for one in found.assumptions if one.name == "alone"]
    assert "300 of today's people" in said.text


@pytest.mark.parametrize("then", [30, 100])
def test_each_day_keeps_to_the_capacity(bank, then):
    """More people than ever before: day by day as the nightly run over the same days has it."""
    history = Uneven(bank, then=then, now=300, room=ROOM)
    found = history.simulate(PLAN)
    for day in AHEAD:
        real = {"send_app_push": 0, "send_sms": 0}
        for row in history.night(day, PLAN):
            real[row["node"]] += row["decision"] == "lead"
        leads = _count(found, "lead", day)
        for node, count in real.items():
            assert leads.loc[node, "expected"] == count
            assert leads.loc[node, "low"] <= count <= leads.loc[node, "high"]
        assert leads.loc["send_app_push", "high"] <= ROOM
    assert _count(found, "lead")["expected"].sum() == _count(found, "message")["expected"].sum() == 300


def test_who_is_in_it_already_goes_on_and_does_not_enter(bank):
    """A strategy that has run for a week: as the nightly run goes on with it."""
    history = Uneven(bank, then=300, now=300)
    for day in PAST[-2:]:
        history.night(day, PLAN)
    found = history.simulate(PLAN)
    leads = sum(row["decision"] == "lead" for day in AHEAD for row in history.night(day, PLAN))
    assert found.summary()["entered"] == 0
    assert found.summary()["contacts"]["expected"] == leads
    (said,) = [one for one in found.assumptions if one.name == "in_flight"]
    assert "300 people are in the strategy already" in said.text
    standing = _count(found, "standing", TODAY)["expected"].sum()
    assert standing + _count(found, "left", TODAY)["expected"].sum() == 300
    assert found.step("C0001").steps


OLD = (
    Strategy("wealth", stage="activate", goal=Goal(tag("bought"), within_days=12))
    .start(SEGMENT, control=0.1)
    .wait(days=1, id="pause")
    .send("app_push", offer="LOAN", id="old_push")
)


def test_who_leaves_with_the_old_version_is_not_contacted(bank):
    history = Uneven(bank, then=300, now=300)
    history.night(PAST[-1], PLAN)
    found = history.simulate(PLAN, in_flight="exit")
    assert found.summary()["contacts"]["expected"] == found.summary()["entered"] == 0
    (said,) = [one for one in found.assumptions if one.name == "in_flight"]
    assert "(exit): 300 people" in said.text and "退出" in said.text_zh


@pytest.mark.parametrize("in_flight", ["finish", "migrate"])
def test_who_stays_in_the_old_version_goes_on_by_it_and_is_not_counted(bank, in_flight):
    """None of the nodes of the old graph is in the new one; as often as the nightly run contacts them."""
    history = Uneven(bank, then=300, now=300)
    history.night(PAST[-1], OLD)
    found = history.simulate(PLAN, live=[OLD], in_flight=in_flight)
    leads = sum(row["decision"] == "lead" for day in AHEAD for row in history.night(day, OLD))
    assert leads > 200
    assert found.summary()["contacts"]["expected"] == 0 == found.summary()["entered"]
    (said,) = [one for one in found.assumptions if one.name == "in_flight"]
    assert f"({in_flight})" in said.text and f"{leads} contacts take capacity" in said.text
    assert found.conflicts == (), "nobody is his own rival"


def test_people_in_flight_of_a_young_strategy_take_capacity_and_customers(bank):
    """Live since yesterday, so that it had no leads on the days behind: as nightly runs of both have it."""
    history = Uneven(bank, then=300, now=300, room=ROOM)
    rival = (
        Strategy("rival", stage="retain", priority=1, goal=Goal(tag("bought"), within_days=30))
        .start(SEGMENT)
        .send("app_push", offer="LOAN", id="push", expected_value=9999)
    )
    history.night(PAST[-1], rival)
    alone, found = history.simulate(PLAN), history.simulate(PLAN, live=[rival])
    for day in AHEAD:
        nodes = [row["node"] for row in history.night(day, PLAN, rival) if row["decision"] == "lead"]
        leads = _count(found, "lead", day)["expected"]
        assert {name: count for name, count in leads.items() if count} == {
            name: nodes.count(name) for name in {*nodes} - {"push"}
        }
    assert found.summary()["contacts"]["expected"] < alone.summary()["contacts"]["expected"]
    (said,) = [one for one in found.assumptions if one.name == "live_today"]
    assert "days behind: 1." in said.text and "The 300 people" in said.text
    assert found.conflicts[0].theirs > 0


def _receipts(ledger, leads, day, outcome="accepted"):
    with ledger.transaction("test") as connection:
        for one in leads:
            connection.execute(
                sa.insert(receipt).values(
                    receipt_id=f"R{one['lead_id']}", lead_id=one["lead_id"], outcome=outcome,
                    occurred_at=datetime(day.year, day.month, day.day),
                )
            )  # fmt: skip


def test_rates_know_nothing_of_later_receipts_nor_of_files_that_are_not_back(bank):
    history = Uneven(bank, then=300, now=300)
    history.night(PAST[0], PLAN)
    with bank.ledger.transaction("test") as connection:
        sent = {"state": "delivered", "file": "f", "delivered_on": PAST[0] + timedelta(days=1)}
        connection.execute(sa.update(delivery).values(**sent))
    leads, as_of = read_leads(bank.ledger).to_pylist(), PAST[0] + timedelta(days=7)
    assert len(leads) > 250

    def rate(day):
        return next(one for one in rates_of(PLAN, bank.offers, bank.ledger, day) if one.channel == "app_push")

    guessed = rate(as_of)
    assert (guessed.share, guessed.leads) == (float(bank.offers["LOAN"].response_rate), 0)
    _receipts(bank.ledger, leads[:100], date(2026, 12, 24))
    assert rate(as_of) == guessed
    known = rate(date(2026, 12, 24))
    assert (known.leads, known.share) == (len(leads), 100 / len(leads))
    assert 0 < known.error < guessed.error


def test_a_guessed_rate_widens_the_goals(bank):
    """The band holds what half and half as much again of the guess would bring."""
    history = Uneven(bank, then=300, now=300)
    goals = {}
    for share in ("0.2", "0.4", "0.6"):
        offers = {
            name: one.model_copy(update={"response_rate": Decimal(share)})
            for name, one in bank.offers.items()
        }
        history.playbook = Playbook({}, offers, history.playbook.channels)
        goals[share] = _count(history.simulate(PLAN), "goal").loc["treatment"]
    assert goals["0.4"]["low"] <= goals["0.2"]["expected"] < goals["0.4"]["expected"]
    assert goals["0.4"]["high"] >= goals["0.6"]["expected"] * 0.95


def test_dates_and_marks_are_named(bank):
    found = Uneven(bank, then=10, now=10, people=20).simulate(PLAN.mark("asked"))
    (said,) = [one for one in found.assumptions if one.name == "conditions"]
    assert "marks" in said.text and "标记" in said.text_zh
