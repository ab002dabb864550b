"""A strategy in words: what a reader must find in it, in both languages, for whatever graph."""

from __future__ import annotations

from hypothesis import given, settings

from journeykit.expressions import days, did, tag
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import END, Join, targets
from journeykit.strategies.outlining import outline
from journeykit.strategies.ways import reached_from
from journeykit.strategies.wording import WORDS
from tests.strategies.any_plans import any_plan

RICH = Segment("rich", tag("aum") >= 500_000, title="Rich", title_zh="高净值")
SMS = path().send("sms", offer="W-30D")


def plan(**changes):
    given_ = {"stage": "retain", "goal": Goal(tag("holds_wealth"), within_days=30), **changes}
    return Strategy("plan", **given_).start(RICH, control=0.1)


def steps(strategy, language="en"):
    """What happens, as indented text without bullets."""
    lines = [(one.depth, one.text) for one in strategy.explain(language).lines]
    heads = [at for at, (depth, _) in enumerate(lines) if depth == 1]
    return ["  " * (depth - 2) + text for depth, text in lines[heads[1] + 1 : heads[2]]]


def test_a_branch_has_its_ways_below_it_and_what_they_share_behind_them():
    strategy = (
        plan()
        .wait(hour=18)
        .send("app_push", offer="W-30D", template="Hello", template_zh="你好")
        .branch(tag("age") < 30, yes=SMS.wait(days=1), no=path().assign("manager", offer="W-30D", due_days=1))
        .wait(working_days=2)
        .exit()
    )
    assert steps(strategy) == [
        "Send the offer “W-30D” by app notification, not before 18:00, with the words “Hello”.",
        "If “Age” is below 30 years:",
        "  Send the offer “W-30D” by text message.",
        "  Wait 1 day.",
        "Otherwise:",
        "  Give the customer's manager a task with the offer “W-30D”, due in 1 day.",
        "All these ways go on here.",
        "Wait 2 working days.",
        "The customer leaves.",
    ]
    assert steps(strategy, "zh") == [
        "通过手机银行推送发送权益“W-30D”，不早于 18:00，用语为“你好”。",
        "若“年龄”低于 30 岁：",
        "  通过短信发送权益“W-30D”。",
        "  等待 1 天。",
        "否则：",
        "  向管户客户经理派发任务：权益“W-30D”，1 天内完成。",
        "以上各路径在此汇合，继续：",
        "等待 2 个工作日。",
        "客户退出。",
    ]


def test_each_wait_and_each_fork_is_told():
    strategy = (
        plan()
        .wait(until_date=tag("wealth_matures_on") - days(7))
        .wait(weekday="monday")
        .wait(until=did("txn").within(days=2), at_most=5, late=path().mark("late").exit())
        .split({"a": (0.25, SMS), "b": (0.75, path())})
    )
    assert steps(strategy) == [
        "Wait for this day: 7 days before “Wealth product matures on”.",
        "Wait for the next Monday.",
        "Wait until this holds, 5 days at most: at least 1 transaction in the last 2 days.",
        "As soon as it holds:",
        "  Ways are drawn by lot, always the same one for a customer.",
        "  “a”, 25% of customers:",
        "    Send the offer “W-30D” by text message.",
        "    Nothing more.",
        "  “b”, 75% of customers:",
        "    Nothing more.",
        "When 5 days have passed without it:",
        "  Mark the customer as “late”.",
        "  The customer leaves.",
    ]


def test_many_cases_have_names_and_an_order():
    ways = {"old": (tag("age") >= 60, SMS), "rich": (tag("aum") >= 10**6, path())}
    assert steps(plan().branch(ways).wait(days=1)) == [
        "“old”, if “Age” is at least 60 years:",
        "  Send the offer “W-30D” by text message.",
        "Otherwise “rich”, if “Assets under management” is at least 1,000,000 yuan:",
        "  Straight on.",
        "Otherwise:",
        "  Straight on.",
        "All these ways go on here.",
        "Wait 1 day.",
        "Nothing more.",
    ]


def test_a_way_that_goes_elsewhere_says_where():
    strategy = plan().send("sms", offer="W-30D").wait(days=5).go_to("send_sms")
    assert steps(strategy)[-1] == "Back to “send_sms”: Send the offer “W-30D” by text message."
    assert steps(strategy, "zh")[-1] == "回到“send_sms”：通过短信发送权益“W-30D”。"


def test_where_two_groups_of_ways_part_each_goes_on_by_name():
    """a and c meet, b and d meet: behind the fork stand two steps, and each way says which is its own."""
    parts = {name: (tag("age") < n, path().wait(days=n)) for n, name in enumerate("abc", 1)}
    strategy = plan().branch(parts, no=path().wait(days=4))
    strategy = strategy.go_to("shared_1")
    nodes = [
        node if node.id not in ("wait_2d", "wait_4d") else node.redirect(lambda _: "shared_2")
        for node in strategy.nodes
    ]
    strategy = strategy.model_copy(update={"nodes": (*nodes, Join(id="shared_1"), Join(id="shared_2"))})
    told = steps(strategy)
    assert [line.strip() for line in told if "shared" in line] == [
        "On with “shared_1”.", "On with “shared_2”.", "On with “shared_1”.", "On with “shared_2”.",
        "Some go on from here, called “shared_1”:", "Some go on from here, called “shared_2”:",
    ]  # fmt: skip


def test_the_letter_says_who_enters_who_is_control_what_counts_and_who_leaves():
    said = str(plan(exit_when=tag("aum") < 10, title="Keep", title_zh="留住").explain())
    for words in (
        "Keep (Retain)", "Rich: those for whom", "at least 500,000 yuan", "10% of them, drawn by lot",
        "Nobody enters a second time", "within 30 days of entering", "below 10 yuan", "for 30 days without",
    ):  # fmt: skip
        assert words in said
    chinese = str(plan(title="Keep", title_zh="留住").explain("zh"))
    for words in ("留住（留客）", "高净值", "不低于 500,000 元", "10% 为对照组", "进入后 30 天内"):
        assert words in chinese


@settings(deadline=None)
@given(any_plan())
def test_every_step_that_can_be_reached_is_told_once_and_every_way_of_a_fork(strategy):
    following = {node.id: tuple(targets(node)) for node in strategy.nodes}
    (start,) = strategy.starts
    items = outline(start.next, following, END)
    reached = reached_from([start.next], following) & set(following)
    assert sorted(item.node for item in items if item.kind == "step") == sorted(reached)
    forks = {name: len(following[name]) for name in reached if len(set(following[name])) > 1}
    ways = [item.node for item in items if item.kind == "way"]
    assert {name: ways.count(name) for name in forks} == forks
    assert set(ways) == set(forks)
    for language in ("en", "zh"):
        told = strategy.explain(language)
        assert "{" not in str(told).replace("{y}", "")
        assert told._repr_html_().count("<li>") == len(told.lines)


def test_five_thousand_forks_inside_each_other_exhaust_nothing():
    following = {f"n{at}": (f"n{at + 1}", END) for at in range(5_000)} | {"n5000": ()}
    items = outline("n0", following, END)
    assert sum(item.kind == "step" for item in items) == 5_001
    assert max(item.depth for item in items) == 5_000


def test_of_several_hours_before_a_contact_the_latest_is_told_as_it_counts():
    hours = (
        plan()
        .branch(tag("age") < 30, yes=path().wait(hour=18), no=path().wait(hour=9))
        .send("sms", offer="A")
    )
    joined = {node.id: node for node in hours.nodes if node.kind != "join"}
    late, early = (
        node.model_copy(update={"next": "send_sms"}) for node in joined.values() if node.kind == "wait_hour"
    )
    strategy = hours.model_copy(update={"nodes": tuple({**joined, late.id: late, early.id: early}.values())})
    assert strategy.hour_before("send_sms") == 18
    told = "\n".join(steps(strategy))
    assert "18:00" in told and "9:00" not in told


def test_a_channel_may_be_called_like_anything_that_is_told():
    for channel in WORDS:
        if channel.isidentifier():
            for language in ("en", "zh"):
                assert any(channel in line for line in steps(plan().send(channel, offer="A"), language))
                assert channel in plan().send(channel, offer="A").html(language)
