"""Presets that bring a first product of a kind."""

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
        reentry=90,
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
    .branch(
        tag("risk_assessment_valid"),
        yes=path(),
        no=path().send("sms", offer="RISK-TEST").wait(until=tag("risk_assessment_valid"), at_most=7),
    )
    .send("app_push", offer="W-CASH")
    .wait(days=5)
    .assign(
        "manager", offer="RISK-TEST", due_days=5,
        script="Welcome them, show the app, ask what their household needs. Products only after the "
        "assessment.",
        script_zh="欢迎新客户，演示手机银行，了解家庭金融需求；未完成测评不介绍产品。",
    ),
    about="Welcomes customers whose wages come in for the first time: the risk assessment first, then where "
    "money can earn every day, then the manager.",
    about_zh="欢迎首次代发客户：先邀请完成风险测评，再介绍工资每日增值的方式，由客户经理了解家庭需求。",
    expected="6 % hold a wealth product within 30 days, against 2 % by themselves (assumption).",
    expected_zh="30天内约6%持有理财，未触达者约2%（假设值）。",
    watch="How many finish the assessment: nobody is offered a wealth product without one. Wages moved on "
    "to another bank within two days.",
    watch_zh="完成测评的比例（未测评者不会收到理财产品），以及工资到账两日内转出的比例。",
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
        reentry=180,
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

BUYS = (first_wealth_purchase, idle_inflow, new_payroll, loan_interest)
