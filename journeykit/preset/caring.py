"""Presets that sell nothing: older customers, those who complained, birthdays."""

from __future__ import annotations

from journeykit.expressions import as_of, days, did, tag
from journeykit.preset.preset import Preset
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy

silver_haired_service = Preset(
    Strategy(
        "silver_haired_service", title="Service for older customers", title_zh="银发客户关爱", stage="retain",
        owner="Retail banking", priority=30, goal=Goal(did("visit").since_entry(), within_days=45),
        exit_when=did("complain").since_entry(),
    )
    .start(
        Segment(
            "silver_haired_alone",
            tag("is_silver_haired")
            & (tag("kind") == "personal")
            & (tag("days_since_login").fill(365) >= 90)
            & (tag("counter_visits_90d") == 0)
            & (tag("active_txn_count_90d") >= 1),
            title="Aged 60 or over, without the app, not at a counter for 90 days",
            title_zh="60岁及以上、不用手机银行且90天未到店",
        ),
        control=0.05,
        reentry=180,
    )
    .wait(hour=10)
    .send("outbound_call", offer="CARE-60")
    .wait(days=14)
    .branch(
        tag("lives_in_village"),
        yes=path().wait(hour=10).send("outbound_call", offer="CARE-60", id="call_again"),
        no=path().send("counter", offer="CARE-60"),
    ),
    about="Calls older customers in the morning; calls villages again, in town the branch keeps a place: "
    "simple words, no product, no risk.",
    about_zh="上午致电银发客户，村居再次电话问候，城镇由网点预留专人陪办；语言简单，只服务、不推销。",
    expected="30 % come to the counter within 45 days, against 15 % by themselves (assumption).",
    expected_zh="45天内约30%到店，未触达者约15%（假设值）。",
    watch="Anything sold to them within 30 days of the call: there should be nothing. Who asks for no more "
    "calls gets none. Large transfers to strangers: think of fraud.",
    watch_zh="致电后30天内是否有任何销售（应为零）；要求不再致电者立即停止；向陌生人大额转账者注意防骗。",
)  # fmt: skip

complaint_recovery = Preset(
    Strategy(
        "complaint_recovery", title="After a complaint", title_zh="投诉客户修复", stage="retain",
        owner="Customer care", priority=1,
        goal=Goal(
            did("complain").exactly(0).within(days=30) & (tag("active_txn_count_30d") >= 1), within_days=60
        ),
    )
    .start(
        Segment(
            "complained",
            did("complain").within(days=7) & (tag("kind") != "prospect"),
            title="Complained within a week",
            title_zh="一周内投诉",
        ),
        control=0,
        reentry=30,
    )
    .branch(
        tag("has_manager") & (tag("aum") >= 20_000),
        yes=path().assign(
            "manager", offer="SORRY", due_days=1, id="apologise",
            script="Listen, say sorry, write down what was promised and by when. Sell nothing.",
            script_zh="先倾听、致歉，记录承诺事项与时限，不做任何推销。",
        ),
        no=path().send("outbound_call", offer="SORRY", id="call_back"),
    )
    .wait(working_days=3)
    .send("outbound_call", offer="SORRY", id="ask_again")
    .wait(days=7)
    .branch(
        did("txn").within(days=7) | did("login").within(days=7),
        yes=path(),
        no=path().send("counter", offer="SORRY", id="branch_head"),
    ),
    about="One person calls within a day; after three working days everybody is asked whether it was put "
    "right; who stays away is met at the counter. Nothing is sold.",
    about_zh="一个工作日内由专人致歉，三个工作日后逐户回访是否解决，仍未恢复往来者由网点当面接待；期间不做推销。",
    expected="Half say that it was put right; unanswered, three in ten leave within a year (assumption).",
    expected_zh="约一半客户认可处理结果；若无回应，约三成一年内流失（假设值）。",
    watch="Nobody is kept back as control: whoever complains gets an answer. So compare with the months "
    "before. Second complaints, days until the first call, and who allowed no contact: answer them where "
    "they complained.",
    watch_zh="不设对照组：凡投诉必回应，效果与此前月份比较。关注重复投诉、首次回访天数；未授权触达者在原投诉渠道答复。",
)  # fmt: skip

birthday = Preset(
    Strategy(
        "birthday", title="Birthday", title_zh="生日关怀", stage="retain", owner="Retail banking",
        priority=80,
        # Judged from the day after the birthday on, so that nobody reaches it before he is greeted.
        goal=Goal(
            tag("birthday_on").is_missing()
            & (did("visit").within(days=3) | did("login").within(days=3)),
            within_days=45,
        ),
    )
    .start(
        Segment(
            "birthday_soon",
            tag("birthday_on").between(as_of() + days(1), as_of() + days(14))
            & (tag("kind") == "personal")
            & (tag("tenure_days") >= 180),
            title="Birthday within two weeks",
            title_zh="两周内生日",
        ),
        control=0.1,
        reentry=300,
    )
    .wait(until_date=tag("birthday_on"))
    .branch(
        {
            "silver": (
                tag("is_silver_haired"),
                path().wait(hour=10).send("outbound_call", offer="BIRTHDAY"),
            ),
            "affluent": (
                tag("aum") >= 200_000,
                path().assign(
                    "manager", offer="BIRTHDAY", due_days=1,
                    script="Only wish a happy birthday.", script_zh="仅送祝福，不谈产品。",
                ),
            ),
            "app": (tag("logins_90d") >= 1, path().send("app_push", offer="BIRTHDAY")),
        },
        no=path().send("sms", offer="BIRTHDAY"),
    ),
    about="Wishes a happy birthday on the day, or the first working day after it, as suits the customer.",
    about_zh="生日当天（或其后首个工作日）送上祝福：致电、上门或消息。",
    expected="Of those who are otherwise seldom seen, one in five more comes by or logs in within the month "
    "(assumption).",
    expected_zh="平时往来较少的客户中，生日后一个月内到店或登录者约增加五分之一（假设值）。",
    watch="Wrong dates of birth and the deceased; that no product is mentioned. Whoever is in the app every "
    "day reaches the goal anyway: read the effect against control.",
    watch_zh="生日登记错误、客户身故等情形；不得夹带产品推销。常用手机银行者本就达标，效果须与对照组比较。",
)  # fmt: skip

CARE = (silver_haired_service, complaint_recovery, birthday)
