"""What the presets offer, ready for a workspace that has no offers of its own yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from journeykit.strategies.offers import Offer

FROM, TO = date(2026, 1, 1), date(2027, 12, 31)


def _offer(name: str, line: str, title: tuple[str, str], words: tuple[str, str], **numbers: Any) -> Offer:
    return Offer(
        name, title=title[0], title_zh=title[1], product_line=line, valid_from=FROM, valid_to=TO,
        template=words[0], template_zh=words[1], **numbers,
    )  # fmt: skip


_DECLARED = (
    _offer(
        "REFER", "deposit", ("Recommend a neighbour", "邻里推荐"),
        ("Do you know somebody who needs a bank nearby? For each new account both of you get a small gift.",
         "推荐亲友邻里来我行开户，双方均可获赠小礼品一份。"),
        value=90, response_rate="0.015",
    ),
    _offer(
        "OPEN-ACCOUNT", "deposit", ("Open an account nearby", "就近开户"),
        ("Thank you for following us. Bring your identity card to the branch next door: ten minutes, no fee.",
         "感谢关注！携带身份证到家门口的网点，十分钟开户，免工本费。"),
        value=110, response_rate="0.04",
    ),
    _offer(
        "PAYROLL", "payment", ("Wages paid by us", "代发工资服务"),
        ("We pay your staff's wages on the day you name, free of charge, and show them the app on site.",
         "免费代发工资，发薪日由您定；我们上门为员工办卡、讲解手机银行。"),
        value=2600, response_rate="0.05",
    ),
    _offer(
        "W-CASH", "wealth", ("Daily cash", "天天宝"),
        ("Your salary can earn every day: Daily cash, in and out at any time. See it in our app.",
         "工资天天有收益：“天天宝”随时申购、随时赎回，登录手机银行即可查看。"),
        risk_level=1, value=60, response_rate="0.06",
    ),
    _offer(
        "W-30D", "wealth", ("Harvest 30 days", "丰收30天"),
        ("Money at rest can work for 30 days: Harvest 30 days. Wealth products carry risk; ask your manager.",
         "闲置资金也能增值：“丰收30天”理财。理财非存款，投资须谨慎，详询您的客户经理。"),
        risk_level=2, value=180, response_rate="0.045",
    ),
    _offer(
        "W-90D", "wealth", ("Harvest 90 days", "丰收90天"),
        ("Your product is about to mature. Harvest 90 days follows on without a gap. "
         "Wealth products carry risk.",
         "您的理财即将到期，“丰收90天”可无缝衔接。理财非存款，投资须谨慎。"),
        risk_level=2, value=260, response_rate="0.09",
    ),
    _offer(
        "L-CONSUMER", "loan", ("Consumer loan", "消费贷"),
        ("Thinking about a loan? We explain rate and repayment before you decide. Borrow within your means.",
         "有消费资金需求？我行消费贷利率、还款一次讲清。请根据还款能力合理借款。"),
        value=350, response_rate="0.03",
    ),
    _offer(
        "L-DRAW", "loan", ("Your approved credit line", "已批授信随借随还"),
        ("Your credit line is approved and ready: draw it when you need it, repay when you can. "
         "Borrow within your means.",
         "您的授信额度已获批，随借随还，按日计息。请根据还款能力合理借款。"),
        value=420, response_rate="0.035",
    ),
    _offer(
        "C-FIRST", "card", ("First use of the card", "信用卡首刷"),
        ("Your card is ready. Pay with it once this month and get a voucher; pay back in time and it costs "
         "nothing.",
         "您的信用卡已可使用，本月首刷一笔即赠优惠券；按时还款不产生利息，请理性消费。"),
        value=70, response_rate="0.05",
    ),
    _offer(
        "APP-FIRST", "e_banking", ("First log-in to the app", "手机银行首登"),
        ("See your account on your phone: the branch sets it up with you, and three transfers are free.",
         "手机上也能查余额、转账。到网点由我们帮您开通，首登即享三笔转账免手续费。"),
        value=40, response_rate="0.06",
    ),
    _offer(
        "QR-CODE", "payment", ("Collection code", "商户收款码"),
        ("One code for every wallet, no fee for small shops, the money in your account the same day.",
         "一码通收，小微商户免手续费，当日到账。"),
        value=160, response_rate="0.07",
    ),
    _offer(
        "D-1Y", "deposit", ("One-year deposit", "一年定期存款"),
        ("Your money at a fixed rate for a year, protected by deposit insurance within its limit.",
         "一年定期，利率固定；本外币存款依法受存款保险保障。"),
        value=150, response_rate="0.08",
    ),
    _offer(
        "D-SAVE", "deposit", ("Go on saving", "续存计划"),
        ("Congratulations on the last instalment. Save a part of it each month, and stop whenever you like.",
         "恭喜还清贷款！把原来的月供存下一部分，随时可停。"),
        value=80, response_rate="0.05",
    ),
    _offer(
        "WELCOME-BACK", "e_banking", ("Welcome back", "欢迎回来"),
        ("We have not seen you for a while. Log in once this month and your next three transfers are free.",
         "好久不见！本月登录手机银行一次，即享三笔转账免手续费。"),
        value=35, response_rate="0.025",
    ),
    _offer(
        "CARE-60", "deposit", ("Service for older customers", "银发客户关爱服务"),
        ("No need to queue: we help at the counter, explain in large print, and nobody sells you anything.",
         "到店优先、专人陪办、大字说明，只服务、不推销。"),
        value=100, response_rate="0.3",
    ),
    _offer(
        "SORRY", "e_banking", ("Put right", "投诉回访"),
        ("We are sorry. Tell us what went wrong; one person answers for it until it is put right.",
         "给您添麻烦了，深表歉意。请告诉我们经过，由专人负责到底。"),
        value=2000, response_rate="0.5",
    ),
    _offer(
        "SAFE-CALL", "payment", ("Was this payment yours?", "大额转账核实"),
        ("We call about a large payment from your account: was it you who made it? We never ask for a code.",
         "与您核实一笔大额转账是否本人操作。我行绝不索要验证码，如有疑问请到网点。"),
        value=60, response_rate="0.2",
    ),
    _offer(
        "RISK-TEST", "wealth", ("Risk assessment", "风险测评"),
        ("What suits you? Answer ten questions in the app or at the branch; it costs nothing and binds to "
         "nothing.",
         "哪种产品适合您？登录手机银行或到网点完成风险测评，免费且无需购买。"),
        value=30, response_rate="0.15",
    ),
    _offer(
        "D-HOME", "deposit", ("Homecoming deposit", "返乡存款"),
        ("Welcome home! What you earned away is safe near your family: fixed rate, protected by deposit "
         "insurance within its limit.",
         "欢迎回家！辛苦一年的积蓄存在家门口：利率固定，依法受存款保险保障。"),
        value=150, response_rate="0.06",
    ),
    _offer(
        "D-NEWYEAR", "deposit", ("New-year deposit", "开门红存款"),
        ("A good start to the year: terms from three months to three years at a fixed rate.",
         "新年存款，期限三个月至三年可选，利率固定，依法受存款保险保障。"),
        value=150, response_rate="0.07",
    ),
    _offer(
        "D-PENSION", "deposit", ("Subsidies and pensions kept safe", "惠农补贴与养老金存款"),
        ("Your subsidy or pension is on your card. Keep what you do not need at a fixed rate; come to the "
         "service point in your village, we help you.",
         "惠农补贴、养老金已到您的社保卡。暂时不用的部分可存定期；村里服务点即可办理，我们协助您。"),
        value=60, response_rate="0.06",
    ),
    _offer(
        "L-FARM", "loan", ("Farmer credit line", "农户小额信用贷"),
        ("The bank visits your village: no collateral, drawn when the season needs it. Borrow within your "
         "means.",
         "整村授信进村入户：信用方式、随借随还，农忙可用。请根据还款能力合理借款。"),
        value=380, response_rate="0.05",
    ),
    _offer(
        "BIRTHDAY", "e_banking", ("Birthday greeting", "生日祝福"),
        ("Happy birthday! A small gift waits for you at your branch all month.",
         "祝您生日快乐！本月到网点可领取生日小礼一份。"),
        value=20, response_rate="0.2",
    ),
)  # fmt: skip

OFFERS: dict[str, Offer] = {offer.name: offer for offer in _DECLARED}
