"""Presets that win customers: by recommendation, from followers, and with their employer."""

from __future__ import annotations

from journeykit.expressions import did, tag
from journeykit.preset.preset import Preset
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy

REWARD_CAP = 500  # yuan a year, so that recommending does not become a trade
LONGEST_CHAIN = 3  # levels; rewards over more of them can count as pyramid selling in China
WAGES_PAID = did("txn", kind="payroll", direction="out")

referral = Preset(
    Strategy(
        "referral",
        title="Loyal customers recommend us",
        title_zh="老客推荐新客",
        stage="acquire",
        owner="Marketing",
        priority=60,
        goal=Goal((tag("referrals_90d") >= 1) & (tag("self_referrals_365d") == 0), within_days=30),
        exit_when=(tag("self_referrals_365d") >= 1) | (tag("referral_reward_365d") >= REWARD_CAP),
    )
    .start(
        Segment(
            "loyal",
            (tag("kind") == "personal")
            & (tag("tenure_days") >= 365)
            & (tag("products_held") >= 2)
            & (tag("txn_count_90d") >= 20)
            & (tag("referrals_90d") == 0)
            & (tag("referral_reward_365d") < REWARD_CAP)
            & (tag("self_referrals_365d") == 0)
            & (tag("referral_chain_length").fill(0) < LONGEST_CHAIN),
            title="Loyal and active, no recommendation yet, within the limits of rewards",
            title_zh="忠诚活跃、近期未推荐且奖励未超限",
        ),
        control=0.1,
    )
    .send("app_push", offer="REFER")
    .wait(days=5)
    .send("sms", offer="REFER"),
    about="Asks loyal customers to recommend us; stops at a cap of rewards, at long chains and at referrals "
    "of oneself.",
    about_zh="邀请忠诚客户推荐亲友；奖励封顶、限制推荐链层级，疑似本人推荐即停止。",
    expected="1.5 % of those asked name somebody within 30 days, half of them without being asked "
    "(assumption; replace it by your control group after a month).",
    expected_zh="受邀客户中约1.5%在30天内推荐他人，其中一半未受邀也会推荐（假设值，运行一个月后以对照组实测替换）。",
    watch="Referrals of oneself and their branch, rewards near the cap, and how many of those brought are "
    "still active after 90 days. A reward over three levels is forbidden.",
    watch_zh="疑似本人推荐及其所在网点、接近封顶的奖励、被推荐客户90天后的活跃率；禁止三级以上奖励。",
)

follower_to_customer = Preset(
    Strategy(
        "follower_to_customer", title="From follower to customer", title_zh="公众号粉丝转客户",
        stage="acquire", owner="Digital banking", priority=55,
        goal=Goal(tag("kind") != "prospect", within_days=45),
    )
    .start(
        Segment(
            "active_followers",
            (tag("kind") == "prospect") & (tag("official_account_events_30d") >= 2),
            title="Follows the official account, has no account with us",
            title_zh="近期活跃的公众号粉丝，尚未开户",
        ),
        control=0.1,
        reentry=180,
    )
    .send("official_account", offer="OPEN-ACCOUNT")
    .wait(
        until=did("event", channel="official_account").since_entry(),
        at_most=7,
        late=path().wait(weekday="friday").send("official_account", offer="OPEN-ACCOUNT", id="remind"),
    )
    .wait(days=3)
    .branch(
        tag("has_manager"),
        yes=path().assign(
            "manager", offer="OPEN-ACCOUNT", due_days=5,
            script="Ask what they read about; offer to open the account there. Come again only if asked.",
            script_zh="了解其关注的内容，可现场协助开户；未经同意不再次上门。",
        ),
        no=path().send("outbound_call", offer="OPEN-ACCOUNT"),
    ),
    about="Invites readers of the official account to open an account; reminds who stays silent; then a "
    "visit or a call.",
    about_zh="邀请公众号粉丝开户，未互动者周五提醒，随后由客户经理上门或外呼。",
    expected="4 % open an account within 45 days, against 1 % by themselves (assumption; replace it by your "
    "control group).",
    expected_zh="45天内约4%开户，未触达者约1%（假设值，以对照组实测替换）。",
    watch="Followers who unsubscribe after the reminder, and accounts without a deposit after 30 days.",
    watch_zh="提醒后取消关注的人数，以及开户30天后仍无余额的账户。",
)  # fmt: skip

payroll_company = Preset(
    Strategy(
        "payroll_company", title="Companies pay wages through us", title_zh="代发企业拓展", stage="acquire",
        owner="Corporate and payroll", priority=25,
        goal=Goal(WAGES_PAID.since_entry(), within_days=60),
    )
    .start(
        Segment(
            "employers",
            tag("is_micro_business") & (tag("employees") >= 5) & ~WAGES_PAID.within(days=90),
            title="Business with five employees or more, wages not paid through us",
            title_zh="员工5人以上、未在我行代发的小微企业",
        ),
        control=0.1,
        reentry=180,
    )
    .assign(
        "manager", offer="PAYROLL", due_days=5, id="first_visit",
        script="Ask how wages are paid today and what is tedious about it; leave the price list.",
        script_zh="了解目前发薪方式与痛点，留下代发服务说明。",
    )
    .wait(working_days=5)
    .branch(
        tag("employees") >= 12,
        yes=path().assign(
            "manager", offer="PAYROLL", id="second_visit",
            script="Bring somebody from the branch and offer to open the employees' cards on site.",
            script_zh="与网点同事一同上门，可为员工现场批量办卡。",
        ),
        no=path().send("outbound_call", offer="PAYROLL"),
    )
    .mark("payroll_talked"),
    about="Visits businesses whose employees are paid elsewhere; larger ones twice, the others get a call.",
    about_zh="拜访尚未在我行代发工资的小微企业，规模较大者再次上门，其余外呼跟进。",
    expected="5 % pay wages through us within 60 days; hardly any would by themselves, and each brings about "
    "ten new customers (assumption).",
    expected_zh="60天内约5%开始在我行代发，自然转入极少；每户带来约10名新客户（假设值）。",
    watch="Visits per manager, wages that are paid once and then no more, and whether the employees agreed.",
    watch_zh="每名客户经理的拜访量、只代发一次的企业，以及员工是否自愿办卡。",
)  # fmt: skip

ACQUIRE = (referral, follower_to_customer, payroll_company)
