"""Wealth products and funds: bought, held, redeemed, and how daring."""

from decimal import Decimal

from journeykit.contract import Type
from journeykit.expressions import Expression, as_of, case, column, days_between, tag
from journeykit.tags.library._define import (
    OWNED_OPEN,
    OWNED_OPEN_TEXT,
    Text,
    aggregates,
    days_window,
    family,
    of_kind,
)  # fmt: skip
from journeykit.tags.tag import Tag

define = family("wealth", "Wealth management")
holdings = aggregates("holding")
txns = aggregates("txn")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
HELD = OWNED_OPEN & (column("line") == "wealth")
EVER = (column("role") == "owner") & (column("line") == "wealth")
BOUGHT = (column("kind") == "wealth_buy") & (column("direction") == "out")
REDEEMED = (column("kind") == "wealth_redeem") & (column("direction") == "in")
RISK = column("risk_level", of="product")
FIRST_TIME, DARING = 90, 4

Way = tuple[str, str, str, Expression]
BUY: Way = ("buys", "purchases of wealth products", "理财购买", BOUGHT)
REDEEM: Way = ("redemptions", "redemptions of wealth products", "理财赎回", REDEEMED)


def trades(way: Way, days: int) -> Tag:
    """How often wealth products were bought or redeemed."""
    name, en, zh, where = way
    window = days_window(days)
    return define(
        f"wealth_{name}_{days}d", (f"{en.capitalize()}, {days} days", f"近{days}天{zh}次数"),
        (f"Number of {en} {window[0]}.", f"{window[1]}{zh}的笔数。"),
        Type.INTEGER, txns("count", where=where, within_days=days), "times",
    )  # fmt: skip


def traded(name: str, title: Text, way: Way, days: int) -> Tag:
    """For how much."""
    _, en, zh, where = way
    window = days_window(days)
    return define(
        f"wealth_{name}_{days}d", (f"{title[0]}, {days} days", f"近{days}天{title[1]}"),
        (f"Sum of {en} {window[0]}.", f"{window[1]}{zh}的金额合计。"),
        Type.DECIMAL, txns("sum", column("amount"), where, days), "yuan",
    )  # fmt: skip


def since(name: str, title: Text, way: Way, days: int) -> Tag:
    """How long ago."""
    _, en, zh, where = way
    window = days_window(days)
    return define(
        f"days_since_wealth_{name}", (f"Days since a wealth {title[0]}", f"距最近理财{title[1]}天数"),
        (f"Days from the latest of the {en} to as_of, 0 when it was that day; missing when there is none "
         f"{window[0]}.", f"从最近一次{zh}到数据日的天数，当天为0；{window[1]}没有则缺失。"),
        Type.INTEGER, txns("days_since", None, where, days), "days",
    )  # fmt: skip


TAGS = (
    trades(BUY, 90),
    trades(REDEEM, 90),
    traded("bought", ("Wealth bought", "理财购买金额"), BUY, 90),
    traded("redeemed", ("Wealth redeemed", "理财赎回金额"), REDEEM, 90),
    define("wealth_net_bought_90d", ("Wealth bought net, 90 days", "近90天理财净购买"),
           ("Wealth bought less wealth redeemed, both of 90 days.", "近90天理财购买金额减赎回金额。"),
           Type.DECIMAL, tag("wealth_bought_90d") - tag("wealth_redeemed_90d"), "yuan"),
    define("wealth_redeemed_share_90d", ("Share of wealth redeemed, 90 days", "近90天理财赎回占比"),
           ("Wealth redeemed in 90 days over the sum of it and the wealth balance, 0.25 is 25 %; missing "
            "when that sum is 0.",
            "近90天理财赎回金额除以该金额与理财余额之和，0.25即25%；和为0则缺失。"),
           Type.RATE, tag("wealth_redeemed_90d") / (tag("wealth_redeemed_90d") + tag("wealth_balance"))),
    since("buy", ("purchase", "购买"), BUY, 180),
    since("redemption", ("redemption", "赎回"), REDEEM, 180),
    define("days_since_first_wealth", ("Days since the first wealth product", "首次购买理财距今天数"),
           ("Days from the earliest opening of a wealth product the customer owns or once owned, closed ones "
            "included, to as_of; missing without one.",
            "从客户作为所有者最早开立理财（含已销户）到数据日的天数；没有则缺失。"),
           Type.INTEGER, holdings("max", days_between(column("opened_on"), as_of()), EVER), "days"),
    define("is_first_time_wealth_buyer", ("First-time wealth buyer", "理财首购客户"),
           (f"The first wealth product was opened {days_window(FIRST_TIME)[0]}.",
            f"首次理财于{days_window(FIRST_TIME)[1]}开立。"),
           Type.BOOLEAN, tag("days_since_first_wealth") < FIRST_TIME),
    define("fund_balance", ("Fund balance", "基金余额"),
           (f"Sum of what the holdings of products of the kind fund are worth at the end of as_of; a holding "
            f"without a known product does not count. {OPEN}",
            f"数据日终产品类别为基金的账户余额合计，产品未知的不计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("amount"), OWNED_OPEN & of_kind("fund")), "yuan"),
    define("holds_fund", ("Holds a fund", "持有基金"),
           (f"The customer owns at least one holding of a product of the kind fund. {OPEN}",
            f"客户至少持有一个产品类别为基金的账户。{OPEN_ZH}"),
           Type.BOOLEAN, holdings("exists", where=OWNED_OPEN & of_kind("fund"))),
    define("wealth_risk_mean", ("Average risk of wealth held", "持有理财平均风险等级"),
           (f"Mean of the risk levels R1 to R5, as 1 to 5, of the products of the wealth holdings, each "
            f"holding counting once whatever it is worth; those without a known level are passed over. "
            f"{OPEN} Missing without any.",
            f"持有理财产品风险等级（R1至R5记为1至5）的平均值，每个账户计一次，不按金额加权，"
            f"等级未知的不计。{OPEN_ZH}没有则缺失。"),
           Type.RATE, holdings("mean", RISK, HELD), "level"),
    define("risky_wealth_balance", ("Balance in risky wealth", "高风险理财余额"),
           (f"Sum of what the wealth holdings of products of risk level {DARING} or 5 are worth at the end "
            f"of as_of. {OPEN}",
            f"数据日终风险等级{DARING}或5的理财余额合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("amount"), HELD & (RISK >= DARING)), "yuan"),
    define("risky_wealth_share", ("Share of risky wealth", "高风险理财占比"),
           ("Balance in risky wealth over the wealth balance, 0.25 is 25 %; missing when that is 0.",
            "高风险理财余额除以理财余额，0.25即25%；理财余额为0则缺失。"),
           Type.RATE, tag("risky_wealth_balance") / tag("wealth_balance")),
    define("risk_appetite", ("Risk appetite", "风险偏好"),
           ("By the share of risky wealth: aggressive from 0.5, balanced above 0 and under 0.5; with no "
            "risky wealth steady; none when the wealth balance is 0 or less, before anything else.",
            "按高风险理财占比：0.5及以上为进取（aggressive），大于0且不足0.5为平衡（balanced），"
            "无高风险理财为稳健（steady）；理财余额不大于0则一律为无（none）。"),
           Type.TEXT,
           case((tag("wealth_balance") <= 0, "none"),
                (tag("risky_wealth_share") >= Decimal("0.5"), "aggressive"),
                (tag("risky_wealth_share") > 0, "balanced"), otherwise="steady"),
           values=("aggressive", "balanced", "steady", "none")),
)  # fmt: skip
