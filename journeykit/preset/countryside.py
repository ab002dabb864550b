"""Presets of the countryside's year: who comes home, the new year, subsidies paid in, whole villages."""

from __future__ import annotations

from journeykit.expressions import column, did, tag
from journeykit.preset.preset import Preset
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy

SAVES = Goal(tag("term_balance") >= 10_000, within_days=45)
SAVES_NOTHING_YET = tag("term_balance") < 10_000

homecoming = Preset(
    Strategy(
        "homecoming", title="Home for the Spring Festival", title_zh="春节返乡客户", stage="activate",
        owner="Village banking", priority=28, goal=SAVES,
    )
    .start(
        Segment(
            "came_home",
            (tag("kind") == "personal")
            & tag("age").between(18, 59)
            & (tag("lives_in_village") | tag("is_new_citizen"))
            & (tag("own_transfer_in_30d") >= 2_000)
            & SAVES_NOTHING_YET,
            title="Works away, has brought money home within 30 days, saves none of it yet",
            title_zh="在外务工、30天内从他行转回资金、尚未存定期的返乡客户",
        ),
        control=0.1,
        reentry=300,
    )
    .send("sms", offer="D-HOME", id="welcome")
    .wait(
        until=did("visit").since_entry(),
        at_most=7,
        late=path().wait(hour=18).send("outbound_call", offer="D-HOME", id="call_in_the_evening"),
    )
    .wait(days=5)
    .send("app_push", offer="D-HOME", id="before_leaving"),
    about="Welcomes those who come home from work in the cities with a text, calls in the evening who does "
    "not come by within a week, and writes again before they leave.",
    about_zh="春节返乡、务工返乡客户：短信欢迎，一周内未到店者傍晚电话问候，返程前再次提醒存款。",
    expected="6 % save 10,000 yuan or more within 45 days, against 3 % by themselves (assumption).",
    expected_zh="45天内约6%存入1万元以上定期，未触达者约3%（假设值）。",
    watch="Run it from the twelfth lunar month to the Lantern Festival: adapt() takes valid_from, valid_to. "
    "Money that leaves again with its owner in March.",
    watch_zh="宜在腊月至元宵节期间开放进入（adapt() 的 valid_from、valid_to）；关注节后资金随客户流出。",
)  # fmt: skip

new_year_opening = Preset(
    Strategy(
        "new_year_opening", title="New-year opening campaign", title_zh="开门红存款营销", stage="activate",
        owner="Retail banking", priority=22, goal=SAVES,
    )
    .start(
        Segment(
            "idle_at_new_year",
            (tag("kind") == "personal") & (tag("demand_balance") >= 20_000) & SAVES_NOTHING_YET,
            title="20,000 yuan or more on demand, saves nothing at a fixed term",
            title_zh="活期2万元以上、尚未存定期",
        ),
        control=0.1,
        reentry=300,
    )
    .wait(weekday="monday")
    .branch(
        tag("aum") >= 100_000,
        yes=path().assign(
            "manager", offer="D-NEWYEAR", due_days=5,
            script="Wish a good year. Ask what the money is for, compare terms; do not move money out of "
            "wealth products early.",
            script_zh="送上新年祝福，了解资金用途，对比期限；不劝客户提前赎回理财。",
        ),
        no=path().split(
            {
                "push": (0.5, path().send("app_push", offer="D-NEWYEAR")),
                "text": (0.5, path().send("sms", offer="D-NEWYEAR")),
            }
        ),
    )
    .wait(days=10)
    .send("outbound_call", offer="D-NEWYEAR")
    .mark("new_year_asked"),
    about="Every Monday of the first quarter: managers see the larger ones, the others get a push or a text "
    "by lot; a call ten days later.",
    about_zh="开门红：一季度每周一派发，大额客户由客户经理联系，其余随机推送或短信，十天后外呼跟进。",
    expected="7 % save 10,000 yuan or more within 45 days, against 4 % by themselves (assumption).",
    expected_zh="45天内约7%存入1万元以上定期，未触达者约4%（假设值）。",
    watch="Deposits that are gone in April: compare the daily average with the end of the quarter. Run it "
    "from January to March: adapt() takes valid_from and valid_to.",
    watch_zh="季末冲时点、四月流出的存款，应看日均而非时点；"
    "宜在一至三月开放进入（adapt() 的 valid_from、valid_to）。",
)  # fmt: skip

subsidy_paid_in = Preset(
    Strategy(
        "subsidy_paid_in", title="Subsidies and pensions paid in", title_zh="惠农补贴与养老金到账",
        stage="retain", owner="Village banking", priority=32,
        goal=Goal(did("visit").since_entry() | (tag("term_balance") >= 1_000), within_days=45),
        exit_when=did("complain").since_entry(),
    )
    .start(
        Segment(
            "subsidy_on_card",
            tag("holds_social_security_card")
            & (tag("is_farmer") | tag("is_silver_haired"))
            & did("txn", column("amount") >= 100, kind="transfer", direction="in", counterparty="company")
            .within(days=30)
            & (tag("term_balance") < 1_000),
            title="Farmers and older customers to whose social-security card an office has paid",
            title_zh="社保卡近期有单位转入的农户与老年客户",
        ),
        control=0.05,
        reentry=90,
    )
    .branch(
        tag("is_silver_haired"),
        yes=path().wait(hour=10).send("outbound_call", offer="D-PENSION"),
        no=path().send("sms", offer="D-PENSION"),
    )
    .wait(working_days=5)
    .send("counter", offer="D-PENSION"),
    about="Says that a subsidy or pension has come in, to older customers by phone in the morning; the "
    "branch or the village's service point helps to keep what is not needed.",
    about_zh="惠农补贴、养老金到社保卡后告知农户与银发客户：后者上午致电，其余短信；网点或助农服务点协助存取。",
    expected="One in ten more comes by or keeps some of it within 45 days (assumption).",
    expected_zh="45天内到店或留存部分资金者约增加一成（假设值）。",
    watch="Nobody pays a fee or is made to save; cards used by others than their owner; payers that are no "
    "office: refine the segment by the bank's own list of them.",
    watch_zh="不得收费或强制存款；关注他人代领代用；转入方并非发放单位时，应以本行代发单位名单收窄客群。",
)  # fmt: skip

whole_village_credit = Preset(
    Strategy(
        "whole_village_credit", title="Credit for whole villages", title_zh="整村授信", stage="acquire",
        owner="Credit", priority=24, goal=Goal(tag("used_credit") > 0, within_days=60),
        exit_when=tag("is_overdue"),
    )
    .start(
        Segment(
            "village_without_credit",
            tag("is_village_farmer")
            & ~tag("holds_loan")
            & (tag("approved_credit").fill(0) == 0)
            & ~tag("is_overdue"),
            title="Farmers in villages without a line of credit",
            title_zh="尚无授信的村居农户",
        ),
        control=0.1,
        reentry=365,
    )
    .wait(weekday="tuesday")
    .assign(
        "manager", offer="L-FARM", due_days=10, id="visit_the_village",
        script="Go with the village committee, fill in the household's sheet, explain rate and repayment. "
        "Nobody has to borrow.",
        script_zh="会同村委入户采集、公开评议，讲清利率与还款；自愿用信，不摊派。",
    )
    .wait(days=14)
    .branch(
        tag("household_others") >= 1,
        yes=path().assign(
            "manager", offer="L-FARM", due_days=5, id="sign_at_home",
            script="Bring the approved line, sign with husband and wife together, show how it is drawn.",
            script_zh="送达授信结果，夫妻双方到场签约，演示手机用信。",
        ),
        no=path().send("outbound_call", offer="L-FARM"),
    ),
    about="Managers go to the villages on Tuesdays, collect the households' data and open lines of credit; a "
    "second visit where husband and wife must sign, a call to the others.",
    about_zh="整村授信：客户经理每周二进村入户采集、评议授信，两周后上门签约，单人户外呼跟进。",
    expected="5 % draw within 60 days, hardly any would by themselves (assumption: the response rate).",
    expected_zh="60天内约5%用信，自然用信极少（假设值，取自权益响应率）。",
    watch="Visits per manager and village, lines drawn for somebody else, loans overdue in the first year.",
    watch_zh="每名客户经理进村户数、借名贷款，以及首年逾期率。",
)  # fmt: skip

COUNTRYSIDE = (homecoming, new_year_opening, subsidy_paid_in, whole_village_credit)
