"""How the customer's balances move."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.tags.library._define import aggregates, family
from journeykit.tags.tag import Tag

define = family("balances", "Wealth management")
balances = aggregates("balance")
of_each_account = aggregates("balance", each="holding_id")

# A bank that keeps month-end balances has one at most 31 days back; the rest is for late files.
STALE = 45
ASSETS = column("line").isin(["deposit", "wealth"])
STALE_TEXT = (
    f"Of each deposit or wealth account the last balance of the {STALE} days up to and including that day, "
    "added up; missing when there is none. Balances belong to the owner.",
    f"取每个存款或理财账户截至该日（含）{STALE}天内的最后余额并求和；没有则缺失。余额归所有者。",
)


def balance_ago(days: int) -> Tag:
    """What the accounts were worth so many days before as_of."""
    return define(
        f"balance_{days}d_ago", (f"Balance {days} days ago", f"{days}天前余额"),
        (f"Assets {days} days before as_of. {STALE_TEXT[0]}", f"数据日前{days}天的资产余额。{STALE_TEXT[1]}"),
        Type.DECIMAL,
        of_each_account("last", column("amount"),
                        ASSETS & (days_between(column("balance_on"), as_of()) >= days),
                        within_days=days + STALE),
        "yuan",
    )  # fmt: skip


def balance_change(days: int) -> Tag:
    """By how much they grew."""
    return define(
        f"balance_change_{days}d", (f"Balance change, {days} days", f"近{days}天余额变动"),
        (f"Last balance less the balance {days} days ago; missing when either is.",
         f"最新余额减{days}天前余额；任一缺失则缺失。"),
        Type.DECIMAL, tag("balance_last") - tag(f"balance_{days}d_ago"), "yuan",
    )  # fmt: skip


def balance_growth(days: int) -> Tag:
    """By which share they grew."""
    return define(
        f"balance_growth_{days}d", (f"Balance growth, {days} days", f"近{days}天余额增长率"),
        (f"Balance change over the balance {days} days ago, 0.10 is 10 %; missing when that is missing or 0.",
         f"余额变动除以{days}天前余额，0.10即10%；该余额缺失或为0则缺失。"),
        Type.RATE, tag(f"balance_change_{days}d") / tag(f"balance_{days}d_ago"),
    )  # fmt: skip


def balance_extreme(function: str, days: int, title: str, title_zh: str) -> Tag:
    """The lowest or highest balance of any one account."""
    return define(
        f"balance_{function}_{days}d",
        (f"{title} balance of one account, {days} days", f"近{days}天单户{title_zh}余额"),
        (f"{title} end-of-day balance of any one deposit account in the {days} days up to and including "
         "as_of; missing when there is none.",
         f"截至数据日（含）{days}天内任一存款账户的{title_zh}日终余额；没有则缺失。"),
        Type.DECIMAL,
        balances("min" if function == "min" else "max", column("amount"), column("line") == "deposit",
                 within_days=days),
        "yuan",
    )  # fmt: skip


TAGS = (
    define("balance_last", ("Last balance", "最新余额"),
           (f"Assets as of the last balances known by as_of. {STALE_TEXT[0]}",
            f"截至数据日已知的最新资产余额。{STALE_TEXT[1]}"),
           Type.DECIMAL, of_each_account("last", column("amount"), ASSETS, within_days=STALE), "yuan"),
    *map(balance_ago, (30, 90)),
    *map(balance_change, (30, 90)),
    *map(balance_growth, (30, 90)),
    balance_extreme("min", 90, "Lowest", "最低"),
    balance_extreme("max", 90, "Highest", "最高"),
)  # fmt: skip
