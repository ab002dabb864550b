"""Presets that keep customers and their money: at maturities, after outflows, when they fall silent."""

from __future__ import annotations

from journeykit.expressions import column, days, did, tag
from journeykit.preset.preset import Preset
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy

LARGE = 10_000  # much for a household; a bank in a city sets it higher
AGO = tag("balance_last").ago(days=30)
BACK = did("txn", column("amount") >= 10_000, direction="in").since_entry()
WENT_OUT = did(
    "txn", column("amount") >= LARGE, direction="out",
    counterparty=["own_other_bank", "person", "company"],
)  # fmt: skip

wealth_maturing = Preset(
    Strategy(
        "wealth_maturing", title="Wealth product about to mature", title_zh="理财到期承接", stage="retain",
        owner="Wealth management", priority=10,
        goal=Goal(tag("holds_wealth") & (tag("wealth_matures_in_days") > 14), within_days=30),
    )
    .start(
        Segment(
            "wealth_maturing_week",
            tag("wealth_matures_in_days").between(0, 7),
            title="Wealth matures within a week",
            title_zh="理财一周内到期",
        ),
        control=0.1,
        reentry=30,
    )
    .send("app_push", offer="W-90D")
    .wait(days=2)
    .assign(
        "manager", offer="W-90D",
        script="Thank them, ask what the money is needed for, explain the successor and its risk.",
        script_zh="感谢信任，了解资金安排，介绍承接产品并充分揭示风险。",
    )
    .wait(days=4)
    .send("sms", offer="W-90D"),
    about="Tells of a successor in the week before a wealth product matures; the manager asks about plans.",
    about_zh="理财到期前一周提示承接产品，由客户经理了解资金安排。",
    expected="Nine in a hundred more hold a successor within 30 days; about fifty would anyway (assumption).",
    expected_zh="30天内承接率提升约9个百分点，约一半客户会自行续购（假设值）。",
    watch="Money that leaves in the three days after maturity, and successors riskier than what matured.",
    watch_zh="到期后三日内的资金流出，以及承接产品风险高于原产品的情况。",
)  # fmt: skip

deposit_maturing = Preset(
    Strategy(
        "deposit_maturing", title="Deposit about to mature", title_zh="定期存款到期承接", stage="retain",
        owner="Retail banking", priority=15,
        goal=Goal((tag("term_balance") >= 10_000) & (tag("deposit_matures_in_days") > 30), within_days=60),
    )
    .start(
        Segment(
            "deposit_maturing_month",
            tag("deposit_matures_in_days").between(0, 30) & (tag("deposit_maturing_30d") >= 10_000),
            title="10,000 yuan or more mature within a month",
            title_zh="一个月内到期存款不低于1万元",
        ),
        control=0.1,
        reentry=60,
    )
    .wait(until_date=tag("deposit_matures_on") - days(7))
    .branch(
        {
            "large": (
                tag("deposit_maturing_30d") >= 100_000,
                path().assign(
                    "manager", offer="D-1Y", due_days=5,
                    script="Ask what the money is for. Lay out terms and rates side by side, deposits first.",
                    script_zh="先问资金用途，对比期限与利率，优先介绍存款。",
                ),
            ),
            "app": (tag("logins_30d") >= 1, path().send("app_push", offer="D-1Y")),
        },
        no=path().send("sms", offer="D-1Y"),
    )
    .wait(days=9)
    .send("outbound_call", offer="D-1Y"),
    about="Seven days before a deposit matures: the manager for large ones, a message for the others; a call "
    "two days after.",
    about_zh="存款到期前七天，大额由客户经理联系，其余推送或短信，到期两天后外呼。",
    expected="Eight in a hundred more deposit again within 60 days; sixty do so by themselves (assumption).",
    expected_zh="60天内续存率提升约8个百分点，约六成客户会自行续存（假设值）。",
    watch="Deposits moved into risky products of older customers; the rate promised against the rate booked. "
    "Who has later deposits reaches the goal by maturity alone: read the effect against control.",
    watch_zh="老年客户存款转为高风险产品；承诺利率与实际利率是否一致。另有其他定期者到期后即达标，效果须与对照组比较。",
)  # fmt: skip

large_outflow = Preset(
    Strategy(
        "large_outflow", title="Large outflow", title_zh="大额流出挽留", stage="retain",
        owner="Retail banking", priority=12, goal=Goal(BACK, within_days=45),
    )
    .start(
        Segment(
            "large_outflow_week",
            WENT_OUT.within(days=7) & (tag("kind") == "personal"),
            title="Households that paid out 10,000 yuan or more at once within a week",
            title_zh="一周内单笔转出不低于1万元的个人客户",
        ),
        control=0.1,
        reentry=90,
    )
    .branch(
        tag("has_manager"),
        yes=path().assign(
            "manager", offer="SAFE-CALL", due_days=2,
            script="Ask first whether the payment was meant: it may be a fraud. Then ask what we could do "
            "better.",
            script_zh="先确认转账是否本人意愿，防范诈骗；再了解我行可改进之处。",
        ),
        no=path().wait(hour=10).send("outbound_call", offer="SAFE-CALL"),
    )
    .wait(working_days=10)
    .send("sms", offer="D-1Y"),
    about="Within two days somebody asks whether a large payment was meant, and what we could do better; a "
    "deposit is offered only two weeks later.",
    about_zh="大额流出两日内回访，先核实是否被骗，再了解原因；两周后才介绍存款。",
    expected="8 % bring 10,000 yuan or more back within 45 days beyond what comes anyway (assumption).",
    expected_zh="在自然回流之外，约8%客户45天内回流1万元以上（假设值）。",
    watch="Outflows that turn out to be fraud (tell the police), and reasons named: rate, service, a house.",
    watch_zh="疑似诈骗（及时报警），以及流出原因：利率、服务、购房等。",
)  # fmt: skip

aum_decline = Preset(
    Strategy(
        "aum_decline", title="Assets decline", title_zh="资产下滑预警", stage="retain",
        owner="Wealth management", priority=18, goal=Goal(BACK, within_days=60),
    )
    .start(
        Segment(
            "aum_declined",
            (AGO >= 20_000) & (tag("balance_last") <= 0.7 * AGO),
            title="Three tenths of the assets gone within a month",
            title_zh="资产较30天前下降三成以上",
        ),
        control=0.1,
        reentry=120,
    )
    .branch(
        {
            "affluent": (
                AGO >= 300_000,
                path().assign(
                    "manager", offer="D-1Y", id="visit",
                    script="Look at the whole picture before the visit: maturities, loans, family. Listen "
                    "first.",
                    script_zh="上门前先了解到期、贷款、家庭等整体情况，以倾听为主。",
                ),
            ),
            "app": (tag("logins_30d") >= 1, path().send("app_push", offer="D-1Y")),
        },
        no=path().send("outbound_call", offer="D-1Y"),
    )
    .wait(days=14)
    .send("sms", offer="D-1Y"),
    about="Notices when three tenths of somebody's assets have gone within a month, and asks why.",
    about_zh="资产一个月内下降三成即预警，按客户类型上门、推送或外呼。",
    expected="6 % bring 10,000 yuan or more back within 60 days beyond what comes anyway (assumption).",
    expected_zh="在自然回流之外，约6%客户60天内回流1万元以上（假设值）。",
    watch="It compares with the tags of 30 days ago, so those must be built. Season: before the Spring "
    "Festival everybody's assets decline.",
    watch_zh="需有30天前的标签；春节前资产普遍下降，注意季节因素。",
)  # fmt: skip

loan_repaid = Preset(
    Strategy(
        "loan_repaid", title="Loan paid off", title_zh="贷款结清关怀", stage="retain", owner="Credit",
        priority=45, goal=Goal((tag("term_balance") > 0) | tag("holds_wealth"), within_days=60),
    )
    .start(
        Segment(
            "loan_paid_off",
            did("txn", kind="repayment").within(days=90)
            & (tag("loans_closed_365d") >= 1)
            & ~tag("holds_loan"),
            title="The last loan was paid off lately",
            title_zh="近期结清全部贷款",
        ),
        control=0.1,
        reentry=365,
    )
    .send("sms", offer="D-SAVE", id="congratulate")
    .wait(days=10)
    .branch(
        {
            "app": (tag("logins_90d") >= 1, path().send("app_push", offer="D-SAVE")),
            "savings": (
                tag("aum") >= 20_000,
                path().assign(
                    "manager", offer="D-SAVE", due_days=5,
                    script="Congratulate. Offer no new loan unless asked for one.",
                    script_zh="祝贺结清；客户未提出则不推介新贷款。",
                ),
            ),
        },
        no=path().send("sms", offer="D-SAVE", id="remind"),
    ),
    about="Congratulates on the last instalment, and proposes to save a part of it; no new debt.",
    about_zh="祝贺结清贷款，建议把部分月供转为储蓄，不推介新贷款。",
    expected="5 % save within 60 days, against 2 % by themselves (assumption).",
    expected_zh="60天内约5%开始储蓄，未触达者约2%（假设值）。",
    watch="Customers who borrow elsewhere at once, and collateral that is not given back in time.",
    watch_zh="结清后即在他行借款的客户，以及抵押物是否及时解押。",
)  # fmt: skip

dormant_customer = Preset(
    Strategy(
        "dormant_customer", title="Dormant customer", title_zh="沉睡客户唤醒", stage="retain",
        owner="Retail banking", priority=50, goal=Goal(tag("days_since_txn") <= 14, within_days=30),
    )
    .start(
        Segment(
            "dormant",
            (tag("kind") != "prospect")
            & (tag("days_since_txn").fill(365) >= 60)
            & (tag("days_since_login").fill(365) >= 60)
            & (tag("aum") >= 1000),
            title="No movement and no log-in for 60 days",
            title_zh="60天无交易且未登录",
        ),
        control=0.1,
        reentry=180,
    )
    .send("sms", offer="WELCOME-BACK")
    .wait(days=7)
    .send("outbound_call", offer="WELCOME-BACK"),
    about="Wakes customers without a movement or a log-in for 60 days: a text, and a call a week later.",
    about_zh="对60天无交易且未登录的客户，先短信、一周后外呼唤醒。",
    expected="2.5 % move money again within 30 days, against 1 % by themselves (assumption).",
    expected_zh="30天内约2.5%恢复交易，未触达者约1%（假设值）。",
    watch="Numbers that are no longer theirs, and accounts of the deceased: stop and tell the branch.",
    watch_zh="号码易主、客户身故等情形，应停止触达并告知网点。",
)  # fmt: skip

RETAIN = (
    wealth_maturing, deposit_maturing, large_outflow, aum_decline, loan_repaid, dormant_customer,
)  # fmt: skip
