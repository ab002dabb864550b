"""Presets that let customers use what they have, or could have at once."""

from __future__ import annotations

from journeykit.expressions import did, tag
from journeykit.preset.preset import Preset
from journeykit.segments import Segment
from journeykit.strategies.building import path
from journeykit.strategies.graph import Goal, Strategy

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
        reentry=180,
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
    about="Reminds customers of a card they never use: in the app, by phone or by text, as each is used to.",
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
    about="Invites customers who pay by phone to the bank's own app; the branch helps those who come, a call "
    "the others.",
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

USES = (unused_credit, dormant_card, app_first_login, merchant_collection)
