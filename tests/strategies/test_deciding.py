"""One day decided end to end on a real mart, ledger and vault."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from journeykit import files
from journeykit.errors import RunError
from journeykit.expressions import tag
from journeykit.ledger import ledger as ledger_module
from journeykit.ledger.enrolments import read_enrolments
from journeykit.ledger.leads import read_drops, read_leads
from journeykit.ledger.ledger import content
from journeykit.ledger.runs import pin_build
from journeykit.routing.deciding import run_strategies
from journeykit.segments import Segment
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running

DAY = date(2026, 5, 29)
VALID = date(2026, 12, 31)


RICH = Segment("rich", tag("wanted") & (tag("aum") >= 100), title="Rich", title_zh="富裕")


def plan_of(name="wealth", segment=RICH, *, control=0, channel=None, offer="W-30D"):
    made = Strategy(name, stage="activate", goal=Goal(tag("bought"), within_days=30))
    made = made.start(segment, control=control)
    return made.send(channel, offer=offer) if channel else made.assign("manager", offer=offer).wait(days=2)


def customer(who, **facts):
    return {"customer_id": who, "aum": Decimal("500.50"), "manager_id": "M1", **facts}


def assessed(*ids, level=3, until=VALID):
    return [
        {"customer_id": who, "assessed_on": date(2026, 1, 1), "level": level, "expires_on": until}
        for who in ids
    ]


def managers(capacity=2, on_duty=True):
    return [{"manager_id": "M1", "daily_capacity": capacity, "on_duty": on_duty}]


def decide(bank, mart, *strategies, channels=None, earlier=()):
    playbook = Playbook({}, bank.offers, channels or bank.channels)
    folder = bank.folder / "runs" / mart.as_of.isoformat()
    running = [one if isinstance(one, Running) else Running(one, "v1") for one in strategies]
    return run_strategies(
        mart, bank.ledger, bank.vault, playbook, running,
        run_id=bank.start(mart), folder=folder, earlier=earlier,
    )  # fmt: skip


def reasons(bank, mart):
    table = pq.read_table(bank.folder / "runs" / mart.as_of.isoformat() / "decisions.parquet")
    return {row["customer_id"]: row["reason"] for row in table.to_pylist()}


def test_every_candidate_ends_as_a_lead_or_a_drop_with_a_reason(bank):
    ids = ["C1", "C2", "C3", "C4", "C5", "C6"]
    bank.allow("C1", "C2", "C3", "C5", "C6")
    bank.allow("C5", purpose="automated_marketing", granted=False)
    people = [customer(who) for who in ids[:5]] + [customer("C6", manager_id=None)]
    with bank.mart(people, managers=managers(1), assessments=assessed("C1", "C2", "C4", "C5", "C6")) as mart:
        result = decide(bank, mart, plan_of())
        found = reasons(bank, mart)
    assert {who: found[who] for who in ("C3", "C4", "C5", "C6")} == {
        "C3": "unsuitable",
        "C4": "no_consent",
        "C5": "refused_automated",
        "C6": "no_manager",
    }
    assert sorted([found["C1"], found["C2"]], key=str) == [None, "manager_capacity"]
    (count,) = result.strategies
    assert (count.candidates, count.leads, count.drops) == (6, 1, 5)
    assert (count.enrolled, count.active, count.exited) == (6, 6, 0)
    assert sum(row["count"] for row in read_drops(bank.ledger, result.run_id).to_pylist()) == 5
    assert "candidates 6 = leads 1 + drops 5" in repr(result)
    assert "<table" in result._repr_html_()
    assert list(result.to_frame()["leads"]) == [1]


def test_a_lead_says_why(bank):
    bank.allow("C1")
    with bank.mart([customer("C1")], managers=managers(), assessments=assessed("C1")) as mart:
        decide(bank, mart, plan_of())
    (lead,) = read_leads(bank.ledger).to_pylist()
    reason = json.loads(lead["reason"])
    assert reason["tags"] == {"aum": "500.50", "wanted": True}
    assert reason["summary"] == "Rich: Assets 500.50; Wanted yes"
    assert reason["summary_zh"] == "富裕：资产 500.50；目标客户 yes"
    assert reason["expected_value"] == "10.00" == str(lead["expected_value"])
    assert (lead["manager_id"], lead["branch_id"], lead["delivery"]) == ("M1", None, "pending")


def test_who_lost_to_capacity_is_a_candidate_tomorrow_and_who_cannot_be_contacted_moves_on(bank):
    bank.allow("C1", "C2")
    people = [customer("C1"), customer("C2"), customer("C3")]
    plan = plan_of()
    with bank.mart(people, managers=managers(1), assessments=assessed("C1", "C2", "C3")) as mart:
        decide(bank, mart, plan)
        first = reasons(bank, mart)
    monday = DAY + timedelta(days=3)
    with bank.mart(people, monday, managers=managers(1), assessments=assessed("C1", "C2", "C3")) as mart:
        decide(bank, mart, plan)
        second = reasons(bank, mart)
    waiting = [who for who, reason in first.items() if reason == "manager_capacity"]
    assert first["C3"] == "no_consent"
    assert second == {waiting[0]: None}


def test_an_action_that_cannot_reach_somebody_costs_no_day(bank):
    bank.allow("C1", "C2")
    bank.reach("C1")
    plan = plan_of(channel="sms", offer="LOAN").assign("manager", offer="LOAN")
    with bank.mart([customer("C1"), customer("C2")], managers=managers(5)) as mart:
        result = decide(bank, mart, plan)
    leads = {row["customer_id"]: row["node"] for row in read_leads(bank.ledger).to_pylist()}
    assert leads == {"C1": "send_sms", "C2": "assign_manager"}
    assert [(drop.node, drop.reason) for drop in result.drops] == [("send_sms", "no_contact_data")]
    assert (result.candidates, result.leads) == (3, 2)


def test_an_off_duty_manager_gets_nothing(bank):
    bank.allow("C1")
    with bank.mart([customer("C1")], managers=managers(5, on_duty=False), assessments=assessed("C1")) as mart:
        decide(bank, mart, plan_of())
        assert reasons(bank, mart) == {"C1": "manager_capacity"}


def test_one_contact_a_day_over_two_strategies_and_two_days_with_one_contact_date(bank):
    bank.allow("C1")
    bank.reach("C1")
    cheap = plan_of("cheap", Segment("all", tag("wanted")), channel="sms", offer="LOAN")
    with bank.mart([customer("C1")], managers=managers(), assessments=assessed("C1")) as mart:
        result = decide(bank, mart, plan_of(), cheap)
    assert [(drop.strategy, drop.reason) for drop in result.drops] == [("cheap", "better_offer")]
    saturday = DAY + timedelta(days=1)
    with bank.mart([customer("C1")], saturday, managers=managers(), assessments=assessed("C1")) as mart:
        again = decide(bank, mart, plan_of(), cheap)
    assert [(drop.strategy, drop.reason) for drop in again.drops] == [("cheap", "contacted_today")]
    assert read_leads(bank.ledger).num_rows == 1


def test_an_assumption_stands_in_for_consent_only_where_the_channel_names_it(bank):
    told = {
        **bank.channels,
        "mobile_sales": bank.channels["mobile_sales"].model_copy(update={"assumption": "may"}),
    }
    with bank.mart(
        [customer("C1")], managers=managers(), assessments=assessed("C1"), assumption="may"
    ) as mart:
        result = decide(bank, mart, plan_of(), channels=told)
    assert result.leads == 1
    assert [assumption.name for assumption in result.assumptions] == ["may"]
    assert "assumed: may" in repr(result)


def test_an_unnamed_assumption_lets_nobody_through(bank):
    with bank.mart(
        [customer("C1")], managers=managers(), assessments=assessed("C1"), assumption="may"
    ) as mart:
        result = decide(bank, mart, plan_of())
    assert [drop.reason for drop in result.drops] == ["no_consent"]
    assert result.leads == 0


def test_control_customers_are_enrolled_and_never_contacted(bank):
    ids = [f"C{n}" for n in range(40)]
    bank.allow(*ids)
    with bank.mart([customer(who) for who in ids], managers=managers(99), assessments=assessed(*ids)) as mart:
        result = decide(bank, mart, plan_of(control="0.5"))
    assert result.strategies[0].enrolled == 40
    assert 0 < result.leads == result.candidates < 40


def test_deciding_again_changes_nothing_and_returns_the_same(bank):
    bank.allow("C1")
    with bank.mart([customer("C1")], managers=managers(), assessments=assessed("C1")) as mart:
        first = decide(bank, mart, plan_of())
        before = content(bank.ledger)
        bank.allow("C2")
        again = decide(bank, mart, plan_of("another"))
    assert again == first
    after = content(bank.ledger)
    assert {name: rows for name, rows in after.items() if name != "consent"} == {
        name: rows for name, rows in before.items() if name != "consent"
    }


def test_days_are_decided_in_their_order_and_a_decided_day_still_gives_its_result(bank):
    bank.allow("C1", "C2")
    monday = DAY + timedelta(days=3)
    with bank.mart([customer("C1")], managers=managers(), assessments=assessed("C1")) as mart:
        first = decide(bank, mart, plan_of())
    both = [customer("C1"), customer("C2")]
    with bank.mart(both, monday, managers=managers(), assessments=assessed("C1", "C2")) as mart:
        decide(bank, mart, plan_of())
    before = content(bank.ledger)
    with (
        bank.mart(both, DAY + timedelta(days=2), managers=managers()) as mart,
        pytest.raises(RunError, match=r"has decided 2026-06-01.*catches it up"),
    ):
        decide(bank, mart, plan_of())
    with bank.mart([customer("C1")], managers=managers(), assessments=assessed("C1")) as mart:
        assert decide(bank, mart, plan_of()) == first
    assert {name: rows for name, rows in content(bank.ledger).items() if name != "run"} == {
        name: rows for name, rows in before.items() if name != "run"
    }


def test_a_lead_waits_from_its_contact_and_who_was_barred_from_the_day(bank):
    bank.allow("C1")
    with bank.mart([customer("C1"), customer("C2")], managers=managers(), assessments=assessed("C1")) as mart:
        decide(bank, mart, plan_of())
    since = {row["customer_id"]: row["node_since"] for row in read_enrolments(bank.ledger).to_pylist()}
    assert since == {"C1": date(2026, 6, 1), "C2": DAY}


def test_missed_days_are_caught_up_in_their_order_and_nobody_is_contacted_for_them(bank):
    """C1 entered on Tuesday and left on Wednesday, C2 entered on Wednesday; the run is Thursday's."""
    monday = date(2026, 6, 1)
    bank.allow("C0", "C1", "C2")
    plan = plan_of(segment=Segment("wanted", tag("wanted")), offer="LOAN")
    people = {
        0: [customer("C0"), customer("C1", wanted=False), customer("C2", wanted=False)],
        1: [customer("C0"), customer("C1"), customer("C2", wanted=False)],
        2: [customer("C0"), customer("C1", bought=True), customer("C2")],
        3: [customer("C0"), customer("C1"), customer("C2", wanted=False)],
    }
    marts = [bank.mart(rows, monday + timedelta(days=n), managers=managers(9)) for n, rows in people.items()]
    decide(bank, marts[0], plan)
    result = decide(bank, marts[3], plan, earlier=marts[1:3])
    found = {
        row["customer_id"]: (row["entered_on"].day, row["node"], row["exit_reason"], row["exited_on"])
        for row in read_enrolments(bank.ledger).to_pylist()
    }
    assert found == {
        "C0": (1, "end", None, None),
        "C1": (2, "assign_manager", "goal", date(2026, 6, 3)),
        "C2": (3, "wait_2d", None, None),
    }
    leads = {row["customer_id"]: row["contact_date"].day for row in read_leads(bank.ledger).to_pylist()}
    assert leads == {"C0": 2, "C2": 5}
    (count,) = result.strategies
    assert (count.enrolled, count.active, count.exited, count.entered) == (3, 2, 1, 2)
    for mart in marts:
        mart.close()


def test_who_cannot_be_reached_waits_or_leaves_where_the_action_says_so(bank):
    bank.allow("C1")
    segment = Segment("wanted", tag("wanted"))

    def made(name, rule):
        plan = Strategy(name, stage="activate", goal=Goal(tag("bought"), within_days=30)).start(segment)
        return plan.send("sms", offer="LOAN", on_blocked=rule).send("app_push", offer="LOAN")

    with bank.mart([customer("C1")]) as mart:
        decide(bank, mart, made("waits", "wait"), made("leaves", "exit"))
    rows = {
        row["strategy"]: (row["node"], row["exit_reason"], row["exited_on"])
        for row in read_enrolments(bank.ledger).to_pylist()
    }
    assert rows == {"waits": ("send_sms", None, None), "leaves": ("send_sms", "blocked", DAY)}


def test_who_is_no_customer_any_more_is_never_contacted_and_may_come_back(bank):
    bank.allow("C1", "C2")
    bank.reach("C1", "C2")
    segment = Segment("wanted", tag("wanted"))
    plan = Strategy("plan", stage="activate", goal=Goal(tag("bought"), within_days=30)).start(segment)
    plan = plan.wait(days=1).send("sms", offer="LOAN", on_blocked="skip").send("app_push", offer="LOAN")
    found = []
    for place, ids in enumerate([("C1", "C2"), ("C2",), ("C1", "C2")]):
        with bank.mart([customer(who) for who in ids], date(2026, 6, 1 + place)) as mart:
            result = decide(bank, mart, plan)
        leads = read_leads(bank.ledger, run_id=result.run_id).to_pylist()
        found.append((result.candidates, {(one["customer_id"], one["node"]) for one in leads}))
    assert found == [
        (0, set()),
        (1, {("C2", "send_sms")}),
        (2, {("C1", "send_sms"), ("C2", "send_app_push")}),
    ]


def test_a_loop_within_a_day_asks_an_action_once(bank):
    """From Friday on, a Saturday and the action again lie before Monday's contact."""
    plan = Strategy("plan", stage="activate", goal=Goal(tag("bought"), within_days=30))
    plan = plan.start(Segment("wanted", tag("wanted"))).send("sms", offer="LOAN").wait(weekday="saturday")
    with bank.mart([customer("C1")]) as mart:
        result = decide(bank, mart, plan.go_to("send_sms"))
    assert (result.candidates, result.leads) == (1, 0)
    (row,) = read_enrolments(bank.ledger).to_pylist()
    assert (row["node"], row["node_since"]) == ("send_sms", DAY + timedelta(days=1))


def test_an_actions_own_value_priority_and_hour_go_with_its_lead(bank):
    bank.allow("C1", "C2")
    bank.reach("C1", "C2")
    people = [customer("C1"), customer("C2")]
    segment = Segment("wanted", tag("wanted"))

    def made(name, **given):
        plan = Strategy(name, stage="activate", goal=Goal(tag("bought"), within_days=30)).start(segment)
        return plan.wait(hour=18).send("sms", offer="LOAN", **given)

    plans = [made("usual"), made("dear", expected_value=9), made("first", expected_value=9, priority=1)]
    with bank.mart(people) as mart:
        result = decide(bank, mart, *plans)
    leads = {
        (row["strategy"], str(row["expected_value"]), row["not_before_hour"])
        for row in read_leads(bank.ledger).to_pylist()
    }
    assert leads == {("first", "9.00", 18)}
    assert {(drop.strategy, drop.reason, drop.count) for drop in result.drops} == {
        ("dear", "better_offer", 2),
        ("usual", "better_offer", 2),
    }


def test_people_of_an_earlier_version_finish_migrate_or_leave(bank):
    """v2 has lost the second wait: who stood at it stays with v1 when the others go over."""
    segment = Segment("wanted", tag("wanted"))
    base = Strategy("plan", stage="activate", goal=Goal(tag("bought"), within_days=99)).start(segment)
    old, new = base.wait(days=9, id="first").wait(days=9, id="second"), base.wait(days=9, id="first")
    with bank.mart([customer("C1")], date(2026, 5, 18)) as mart:
        decide(bank, mart, Running(old, "v1"))
    with bank.mart([customer("C1"), customer("C2")], date(2026, 5, 27)) as mart:
        decide(bank, mart, Running(old, "v1"))
    with bank.mart([customer("C1"), customer("C2"), customer("C3")], date(2026, 5, 28)) as mart:
        finishing = Running(old, "v1", enrols=False)
        result = decide(bank, mart, finishing, Running(new, "v2", takes_over=("v1",)))
    versions = {row["customer_id"]: row["version"] for row in read_enrolments(bank.ledger).to_pylist()}
    assert versions == {"C1": "v1", "C2": "v2", "C3": "v2"}
    (count,) = result.strategies
    assert (count.version, count.enrolled, count.entered) == ("v2", 3, 1)
    with bank.mart([customer("C1"), customer("C2", bought=True), customer("C3")]) as mart:
        decide(
            bank, mart, Running(old, "v1", enrols=False, leaves_as="replaced"),
            Running(new, "v2", enrols=False, moves=False),
        )  # fmt: skip
    left = {row["customer_id"]: row["exit_reason"] for row in read_enrolments(bank.ledger).to_pylist()}
    assert left == {"C1": "replaced", "C2": "goal", "C3": None}


@pytest.mark.parametrize(("reentry", "back_on"), [("never", None), (3, 4), ("whenever", 2)])
def test_who_left_comes_in_again_when_the_start_allows(bank, reentry, back_on):
    """C1 leaves on the 1st; the days after, he is wanted again."""
    first = date(2026, 6, 1)
    plan = Strategy("plan", stage="activate", goal=Goal(tag("bought"), within_days=30))
    plan = plan.start(Segment("wanted", tag("wanted")), reentry=reentry).wait(days=20)
    entered = []
    for n, bought in enumerate([False, True, False, False, False]):
        with bank.mart([customer("C1", bought=bought)], first - timedelta(days=1 - n)) as mart:
            if decide(bank, mart, plan).strategies[0].entered:
                entered.append(mart.as_of)
    assert entered == [date(2026, 5, 31), *([date(2026, 6, back_on)] if back_on else [])]


def test_a_strategy_whose_tag_is_not_built_that_day_is_held(bank):
    plan = plan_of("blind", Segment("then", tag("aum").ago(days=30) > 1))
    with bank.mart([customer("C1")], managers=managers(), assessments=assessed("C1")) as mart:
        result = decide(bank, mart, plan, plan_of("sees"))
    assert [(one.strategy, "that day has none" in one.reason) for one in result.held] == [("blind", True)]
    assert result.held[0].reason_zh.startswith("当日数据无法支持该版本：")
    assert {one.name: one.enrolled for one in result.strategies} == {"blind": 0, "sees": 1}


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_death_at_any_point_and_another_try_give_the_same(banks, monkeypatch):
    def life(die_at):
        bank, steps = banks(), []

        def step(name):
            steps.append(name)
            if len(steps) == die_at:
                raise Killed

        bank.allow("C1", "C2")
        mart = bank.mart(
            [customer("C1"), customer("C2")], managers=managers(1), assessments=assessed("C1", "C2")
        )
        with monkeypatch.context() as patch:
            patch.setattr(files, "fault_point", step)
            patch.setattr(ledger_module, "fault_point", step)
            for _ in range(2):
                try:
                    result = decide(bank, mart, plan_of())
                    break
                except Killed:
                    continue
        mart.close()
        rows = content(bank.ledger)
        leads = read_leads(bank.ledger)["lead_id"].to_pylist()
        bank.ledger.close()
        return result, rows, leads, len(steps)

    expected = life(0)
    for point in range(1, expected[3] + 1):
        assert life(point)[:3] == expected[:3]
    assert expected[3] >= 5


def test_an_unsound_strategy_is_held_and_does_not_stop_the_others(bank):
    bank.allow("C1")
    people = [customer("C1"), customer("C2", bought=True)]
    good, plan = plan_of("good"), plan_of("bad")
    with bank.mart(
        people[:1], DAY - timedelta(days=1), managers=managers(), assessments=assessed("C1")
    ) as mart:
        decide(bank, mart, plan)
    bad = plan.model_copy(update={"nodes": plan_of("bad", offer="nothing").nodes})
    worse = Strategy("worse", stage="activate").start(Segment("s", tag("aumm") > 1))
    with bank.mart(
        [customer("C1", bought=True), customer("C2")], managers=managers(), assessments=assessed("C1", "C2")
    ) as mart:
        result = decide(bank, mart, bad, worse, good)
    found = {one.strategy: one.reason for one in result.held}
    assert set(found) == {"bad", "worse"}
    for strategy, part in [
        ("bad", "Unknown offer 'nothing'"),
        ("worse", "Unknown tag 'aumm'. Did you mean 'aum'?"),
        ("worse", "no goal"),
    ]:
        assert part in found[strategy]
    assert f"held: bad v1 – {found['bad']}" in repr(result)
    counts = {one.name: (one.enrolled, one.active, one.exited) for one in result.strategies}
    assert counts == {"bad": (1, 0, 1), "worse": (0, 0, 0), "good": (1, 1, 0)}


def test_a_run_keeps_to_the_build_it_began_with(bank):
    with bank.mart([customer("C1")]) as first, bank.mart([customer("C1")]) as second:
        pin_build(bank.ledger, bank.start(first), str(first.build_id))
        with pytest.raises(RunError, match="build"):
            decide(bank, second, plan_of())


def test_damaged_files_of_a_decided_run_are_noticed(bank):
    with bank.mart([customer("C1")], managers=managers()) as mart:
        decide(bank, mart, plan_of())
        path = bank.folder / "runs" / mart.as_of.isoformat() / "decisions.parquet"
        path.write_bytes(b"other")
        with pytest.raises(RunError, match="not those"):
            decide(bank, mart, plan_of())
        path.unlink()
        with pytest.raises(RunError, match="cannot be read"):
            decide(bank, mart, plan_of())
