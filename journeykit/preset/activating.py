"""Presets that let customers use what they have, or a first product of a kind."""

from __future__ import annotations

from journeykit.expressions import did, tag
from journeykit.preset.preset import Preset
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy

first_wealth_purchase = Preset(
    Strategy(
        "first_wealth_purchase", title="First wealth product", title_zh="首次购买理财", stage="activate",
        owner="Wealth management", priority=20, goal=Goal(tag("holds_wealth"), within_days=30),
        exit_when=did("complain").since_entry(),
    )
    .start(
        Segment(
            "looks_at_wealth",
            (tag("aum") >= 20_000)
            & ~tag("had_wealth")
            & tag("risk_assessment_valid")
            & did("view", object="wealth").within(days=30),
            title="Has savings and a valid risk assessment, looks at wealth products, never held one",
            title_zh="有存款且测评有效、浏览过理财但从未持有",
        ),
        control=0.1,
    )
    .split(
        {
            "push": (0.5, path().send("app_push", offer="W-CASH")),
            "text": (0.5, path().send("sms", offer="W-CASH")),
        }
    )
    .wait(days=3)
    .branch(
        did("event", object="wealth").since_entry(),
        yes=path().assign(
            "manager", offer="W-CASH",
            script="Explain how it differs from a deposit and what may be lost; let them sleep on it.",
            script_zh="讲清与存款的区别及可能的损失，不催促当场购买。",
        ),
        no=path().wait(days=7).send("sms", offer="W-CASH", id="remind"),
    ),
    about="Tries push against text for a first low-risk product; the manager advises who looks again.",
    about_zh="对首购客户随机比较推送与短信两种方式，再次浏览者由客户经理讲解。",
    expected="6 % buy within 30 days, against 3 % by themselves (assumption: the offer's response rate).",
    expected_zh="30天内约6%购买，未触达者约3%（假设值，取自权益响应率）。",
    watch="Which of the two ways does better, purchases redeemed within 30 days, and complaints about risk.",
    watch_zh="两种方式的差异、30天内赎回的比例，以及与风险有关的投诉。",
)  # fmt: skip

idle_inflow = Preset(
    Strategy(
        "idle_inflow", title="Large inflow lies idle", title_zh="大额流入闲置", stage="activate",
        owner="Wealth management", priority=20, goal=Goal(tag("holds_wealth"), within_days=30),
    )
    .start(
        Segment(
            "idle_inflow",
            (tag("net_flow_30d") >= 50_000) & (tag("deposit_balance") >= 50_000) & ~tag("holds_wealth"),
            title="Large inflow, no wealth product",
            title_zh="大额流入且未持有理财",
        ),
        control=0.1,
    )
    .assign(
        "manager", offer="W-30D",
        script="Ask whether the money has a purpose already; offer a short product only if not.",
        script_zh="先了解资金用途，确有闲置再介绍短期产品，充分揭示风险。",
    )
    .wait(days=5)
    .send("sms", offer="W-30D"),
    about="The manager asks what a large sum is for, and offers a short product only where it is idle.",
    about_zh="客户经理先了解大额资金用途，确有闲置再介绍短期产品。",
    expected="4.5 % buy within 30 days, against 2 % by themselves (assumption: the offer's response rate).",
    expected_zh="30天内约4.5%购买，未触达者约2%（假设值，取自权益响应率）。",
    watch="Compensations and inheritances: older customers must not be pressed. Purchases redeemed at once.",
    watch_zh="拆迁款、遗产等特殊资金，不得向老年客户施压；关注短期赎回。",
)  # fmt: skip

new_payroll = Preset(
    Strategy(
        "new_payroll", title="New payroll customer", title_zh="新代发客户首购", stage="activate",
        owner="Corporate and payroll", priority=40, goal=Goal(tag("holds_wealth"), within_days=30),
    )
    .start(
        Segment(
            "new_payroll",
            tag("is_new_payroll") & ~tag("holds_wealth"),
            title="First salary within 60 days, no wealth product",
            title_zh="60天内首次代发且未持有理财",
        ),
        control=0.1,
    )
    .send("app_push", offer="W-CASH")
    .wait(days=3)
    .send("sms", offer="W-CASH")
    .wait(days=5)
    .assign(
        "manager", offer="W-CASH", due_days=5,
        script="Welcome them, show the app, ask what else their household needs.",
        script_zh="欢迎新客户，演示手机银行，了解家庭金融需求。",
    ),
    about="Welcomes whose wages come in for the first time, and shows where they can earn every day.",
    about_zh="欢迎首次代发客户，介绍工资每日增值的方式，由客户经理了解家庭需求。",
    expected="6 % hold a wealth product within 30 days, against 2 % by themselves (assumption).",
    expected_zh="30天内约6%持有理财，未触达者约2%（假设值）。",
    watch="Wages moved on to another bank within two days, and how many messages a new customer gets.",
    watch_zh="工资到账两日内转出的比例，以及新客户收到的消息数量。",
)  # fmt: skip

loan_interest = Preset(
    Strategy(
        "loan_interest", title="Looks at loans, has none", title_zh="贷款意向跟进", stage="activate",
        owner="Credit", priority=35, goal=Goal(tag("holds_loan"), within_days=45),
    )
    .start(
        Segment(
            "loan_interest",
            did("view", object="loan").at_least(2).within(days=14)
            & ~tag("holds_loan")
            & (tag("kind") != "prospect"),
            title="Looked at loans twice in 14 days",
            title_zh="14天内浏览贷款两次以上",
        ),
        control=0.1,
    )
    .send("app_push", offer="L-CONSUMER")
    .wait(days=2)
    .send("outbound_call", offer="L-CONSUMER")
    .wait(days=5)
    .assign(
        "manager", offer="L-CONSUMER", due_days=5,
        script="Ask what it is for; work out the instalment together; check that it can be carried.",
        script_zh="了解资金用途，一起测算月供，确认还款能力。",
    ),
    about="Answers who looks at loans: what one costs, what the instalment is, whether it can be carried.",
    about_zh="对浏览贷款的客户讲清利率与月供，确认还款能力后再受理。",
    expected="3 % take a loan within 45 days, against 1.5 % by themselves (assumption).",
    expected_zh="45天内约3%获得贷款，未触达者约1.5%（假设值）。",
    watch="Applications refused, and loans overdue within six months by the way they came.",
    watch_zh="被拒申请，以及不同来源贷款六个月内的逾期率。",
)  # fmt: skip

unused_credit = Preset(
    Strategy(
        "unused_credit", title="Approved credit not used", title_zh="授信未用信", stage="activate",
        owner="Credit", priority=30, goal=Goal(tag("used_credit") > 0, within_days=45),
    )
    .start(
        Segment(
            "unused_credit",
            (tag("approved_credit") > 0) & (tag("used_credit") == 0) & ~tag("is_overdue"),
            title="Approved credit, nothing drawn",
            title_zh="已授信未用信",
        ),
        control=0.1,
    )
    .send("outbound_call", offer="L-DRAW")
    .wait(days=5)
    .assign(
        "manager", offer="L-DRAW", due_days=5,
        script="Ask what is planned this season; explain cost and repayment; do not press.",
        script_zh="了解近期经营计划，讲清利率与还款方式，不强行推销。",
    )
    .wait(days=7)
    .send("sms", offer="L-DRAW"),
    about="Reminds of an approved line that nobody drew; the manager asks about the season's plans.",
    about_zh="提醒已授信未用信的客户，由客户经理了解当季经营计划。",
    expected="3.5 % draw within 45 days, against 2 % by themselves (assumption: the offer's response rate).",
    expected_zh="45天内约3.5%用信，未触达者约2%（假设值，取自权益响应率）。",
    watch="Lines drawn and put into deposits or securities, and customers who owe elsewhere too.",
    watch_zh="资金挪用（转存、证券等），以及多头借贷客户。",
)  # fmt: skip

dormant_card = Preset(
    Strategy(
        "dormant_card", title="Credit card never used", title_zh="睡眠信用卡激活", stage="activate",
        owner="Card centre", priority=45, goal=Goal(tag("card_used") > 0, within_days=45),
    )
    .start(
        Segment(
            "idle_card",
            tag("is_idle_credit_card") & ~tag("is_overdue"),
            title="Holds a credit card and does not use it",
            title_zh="持有信用卡但未使用",
        ),
        control=0.1,
        reentry=180,
    )
    .send("sms", offer="C-FIRST")
    .wait(days=7)
    .branch(
        {
            "app": (tag("logins_30d") >= 1, path().send("app_push", offer="C-FIRST")),
            "shops": (tag("spent_90d") >= 1_000, path().send("outbound_call", offer="C-FIRST")),
        },
        no=path().send("sms", offer="C-FIRST", id="remind"),
    ),
    about="Reminds of a card in the drawer, on the way the customer uses most.",
    about_zh="按客户常用的方式提醒使用闲置信用卡。",
    expected="5 % use the card within 45 days, against 2 % by themselves (assumption).",
    expected_zh="45天内约5%首刷，未触达者约2%（假设值）。",
    watch="Minimum payments and cash taken out with the card; who wants to close it must be able to.",
    watch_zh="最低还款与取现情况；客户要求销卡应予办理。",
)  # fmt: skip

app_first_login = Preset(
    Strategy(
        "app_first_login", title="First log-in to the app", title_zh="手机银行首次登录", stage="activate",
        owner="Digital banking", priority=50, goal=Goal(did("login").since_entry(), within_days=45),
    )
    .start(
        Segment(
            "never_logged_in",
            (tag("kind") == "personal")
            & tag("days_since_login").is_missing()
            & (tag("wechat_txn_count_90d") >= 1)
            & (tag("age") < 60),
            title="Pays by phone and never logged in",
            title_zh="习惯手机支付但从未登录手机银行",
        ),
        control=0.1,
        reentry=365,
    )
    .send("sms", offer="APP-FIRST")
    .wait(until=did("visit").since_entry(), at_most=14)
    .branch(
        did("visit").since_entry(),
        yes=path().send("counter", offer="APP-FIRST"),
        no=path().wait(working_days=2).send("outbound_call", offer="APP-FIRST"),
    ),
    about="Invites active customers to the app; helps those at the counter who come, the others by phone.",
    about_zh="邀请活跃客户使用手机银行，到店者由网点协助开通，其余电话指导。",
    expected="6 % log in within 45 days, against 2 % by themselves (assumption).",
    expected_zh="45天内约6%登录，未触达者约2%（假设值）。",
    watch="Who logs in once and never again; nobody may be made to use the app to get served.",
    watch_zh="仅登录一次的比例；不得以线上办理为由拒绝柜面服务。",
)  # fmt: skip

merchant_collection = Preset(
    Strategy(
        "merchant_collection", title="Shops without a collection code", title_zh="商户收款码拓展",
        stage="activate", owner="Micro business", priority=35,
        goal=Goal(
            tag("uses_collection_code") & did("txn", kind="collection").at_least(5).since_entry(),
            within_days=45,
        ),
    )
    .start(
        Segment(
            "no_collection_code",
            tag("is_micro_business") & ~tag("uses_collection_code") & (tag("active_txn_count_90d") >= 1),
            title="Active business without a collection code",
            title_zh="经营活跃但未开通收款码的小微企业",
        ),
        control=0.1,
        reentry=180,
    )
    .wait(weekday="monday")
    .assign(
        "manager", offer="QR-CODE", due_days=5,
        script="Bring the code, stick it up together, let them receive one yuan before you leave.",
        script_zh="携带收款码上门张贴，当场收一元试用。",
    )
    .wait(days=7)
    .branch(
        tag("uses_collection_code"),
        yes=path().send("sms", offer="QR-CODE", id="first_week"),
        no=path().send("outbound_call", offer="QR-CODE"),
    ),
    about="Every Monday managers get the shops to visit; a week later a text to who started, a call to the "
    "others.",
    about_zh="每周一派发待拜访商户，一周后对已开通者短信关怀，未开通者外呼。",
    expected="7 % collect with it within 45 days, against 1 % by themselves (assumption).",
    expected_zh="45天内约7%开始收款，未触达者约1%（假设值）。",
    watch="Codes without a payment after the first week, fees stated wrongly, many small identical payments.",
    watch_zh="一周后仍无交易的收款码、收费告知不实，以及疑似刷单的小额交易。",
)  # fmt: skip

ACTIVATE = (
    first_wealth_purchase, idle_inflow, new_payroll, loan_interest, unused_credit, dormant_card,
    app_first_login, merchant_collection,
)  # fmt: skip
