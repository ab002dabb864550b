"""A merchant's takings through the bank."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.tags.library._define import (
    OWNED_OPEN,
    OWNED_OPEN_TEXT,
    Text,
    aggregates,
    days_window,
    family,
    of_kind,
)  # fmt: skip
from journeykit.tags.library.flows import IN
from journeykit.tags.tag import Tag

define = family("merchants", "Payment and merchants")
holdings = aggregates("holding")
txns = aggregates("txn")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
COLLECTED = IN & (column("kind") == "collection")
TAKINGS: Text = ("a merchant's takings (kind collection) that came in", "商户收款（类型为collection）转入")


def collected(days: int) -> Tag:
    """Takings of a window."""
    en, zh = days_window(days)
    return define(
        f"collection_{days}d", (f"Merchant collection, {days} days", f"近{days}天商户收款"),
        (f"Sum of {TAKINGS[0]} {en}; transactions of joint accounts belong to the owner.",
         f"{zh}{TAKINGS[1]}的金额合计；共有账户的交易归所有者。"),
        Type.DECIMAL, txns("sum", column("amount"), COLLECTED, days), "yuan",
    )  # fmt: skip


def collections(days: int) -> Tag:
    """How often something was taken."""
    en, zh = days_window(days)
    return define(
        f"collection_count_{days}d", (f"Merchant collections, {days} days", f"近{days}天商户收款笔数"),
        (f"Number of {TAKINGS[0]} {en}.", f"{zh}{TAKINGS[1]}的笔数。"),
        Type.INTEGER, txns("count", where=COLLECTED, within_days=days), "times",
    )  # fmt: skip


def collection_days(days: int) -> Tag:
    """On how many days."""
    en, zh = days_window(days)
    return define(
        f"collection_days_{days}d", (f"Days with collections, {days} days", f"近{days}天商户收款天数"),
        (f"Different days with {TAKINGS[0]} {en}.", f"{zh}有{TAKINGS[1]}的不同天数。"),
        Type.INTEGER,
        txns("distinct", days_between(column("occurred_at"), as_of()), COLLECTED, days), "days",
    )  # fmt: skip


def collection_slope(days: int, period: int) -> Tag:
    """Whether they grow."""
    return define(
        f"collection_slope_{days}d", (f"Trend of collections, {days} days", f"近{days}天商户收款趋势"),
        (f"Least-squares change of {TAKINGS[0]} from one period of {period} days to the next, over the "
         f"{days // period} periods in the {days} days up to and including as_of; a period without any "
         "counts 0. Missing without any in all of them.",
         f"截至数据日（含）的{days}天内分为{days // period}个{period}天的时段，各时段{TAKINGS[1]}金额合计"
         "的最小二乘斜率（每时段变化）；时段无收款计0，全部没有则缺失。"),
        Type.DECIMAL,
        txns("slope", column("amount"), COLLECTED, days, per_days=period), "yuan",
    )  # fmt: skip


TAGS = (
    define("uses_collection_code", ("Has a collection code", "开通收款码"),
           (f"The customer owns at least one holding of a product of the kind payment. {OPEN}",
            f"客户至少持有一个产品类别为支付收款的账户。{OPEN_ZH}"),
           Type.BOOLEAN, holdings("exists", where=OWNED_OPEN & of_kind("payment"))),
    *map(collected, (30, 90)),
    collections(90),
    collection_days(30),
    define("collection_mean_90d", ("Average collection, 90 days", "近90天笔均商户收款"),
           ("Merchant collection over merchant collections, both of 90 days; missing without any.",
            "近90天商户收款金额除以商户收款笔数；没有则缺失。"),
           Type.DECIMAL, tag("collection_90d") / tag("collection_count_90d"), "yuan"),
    define("collection_share_90d", ("Collections of inflow, 90 days", "近90天商户收款占转入比"),
           ("Merchant collection over inflow, both of 90 days, 0.25 is 25 %; missing without inflow.",
            "近90天商户收款金额除以转入金额，0.25即25%；无转入则缺失。"),
           Type.RATE, tag("collection_90d") / tag("inflow_90d")),
    collection_slope(90, 30),
    define("is_merchant", ("Merchant", "收款商户"),
           ("The customer has a collection code or at least ten merchant collections in 90 days.",
            "客户开通收款码，或近90天商户收款不少于10笔。"),
           Type.BOOLEAN, tag("uses_collection_code") | (tag("collection_count_90d") >= 10)),
)  # fmt: skip
