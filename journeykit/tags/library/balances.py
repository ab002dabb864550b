"""How the customer's balances move."""

from decimal import Decimal

from journeykit.contract import Type
from journeykit.expressions import Expression, as_of, case, column, days_between, tag
from journeykit.tags.library._define import Text, aggregates, family
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


HELD_TEXT: Text = (
    f"A balance holds from its day until the day before the customer's next one of the same account, for at "
    f"most {STALE} days, its own included; on a day without any balance the total is 0.",
    f"余额自其日期起持续到该账户下一余额的前一天，最多{STALE}天（含当天）；无余额的日子合计为0。",
)
WHOSE: dict[str, tuple[Text, Expression]] = {
    "aum": (("assets (deposit and wealth accounts)", "资产（存款与理财账户）"), ASSETS),
    "deposit": (("deposit accounts", "存款账户"), column("line") == "deposit"),
}
NAMES: dict[str, Text] = {"aum": ("AUM", "AUM"), "deposit": ("deposits", "存款")}


def daily_mean(of: str, days: int) -> Tag:
    """What was there on an average day."""
    (en, zh), where = WHOSE[of]
    name, name_zh = NAMES[of]
    return define(
        f"{of}_daily_mean_{days}d", (f"Average daily {name}, {days} days", f"近{days}天日均{name_zh}"),
        (f"Mean, over every day in the {days} days up to and including as_of, of the total "
         f"end-of-day balance of {en}. {HELD_TEXT[0]} Missing when no balance holds on any of these days.",
         f"截至数据日（含）的{days}天内{zh}日终余额合计的日平均。{HELD_TEXT[1]}这些天内均无余额则缺失。"),
        Type.DECIMAL,
        of_each_account("daily_mean", column("amount"), where, days, carry_days=STALE), "yuan",
    )  # fmt: skip


def over_periods(function: str, title: Text, what: Text, days: int, period: int) -> Tag:
    """How the averages of equal periods move."""
    (en, zh), where = WHOSE["aum"]
    return define(
        f"aum_{function}_{days}d", (f"{title[0]} of AUM, {days} days", f"近{days}天AUM{title[1]}"),
        (f"{what[0]} average daily balance of {en} over the {days // period} periods of {period} days in the "
         f"{days} days up to and including as_of. {HELD_TEXT[0]} Missing when no balance holds on any of "
         "these days.",
         f"截至数据日（含）的{days}天内分为{days // period}个{period}天的时段，"
         f"各时段{zh}日均余额的{what[1]}。{HELD_TEXT[1]}这些天内均无余额则缺失。"),
        Type.DECIMAL,
        of_each_account("slope" if function == "slope" else "volatility", column("amount"), where, days,
                        per_days=period, carry_days=STALE),
        "yuan",
    )  # fmt: skip


def balance_trend(days: int) -> Tag:
    """Which way they go."""
    growth, edge = tag(f"balance_growth_{days}d"), Decimal("0.1")
    return define(
        f"balance_trend_{days}d", (f"Balance trend, {days} days", f"近{days}天余额趋势"),
        (f"By balance growth of {days} days: growing from 0.10, declining down from -0.10, both included, "
         "stable between them; missing when that is.",
         f"按近{days}天余额增长率：不低于0.10为增长（growing），不高于-0.10为下降（declining），"
         "其间为稳定（stable）；增长率缺失则缺失。"),
        Type.TEXT,
        case((growth >= edge, "growing"), (growth <= -edge, "declining"), (growth < edge, "stable")),
        values=("growing", "declining", "stable"),
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
    *(daily_mean("aum", days) for days in (30, 90, 365)),
    daily_mean("deposit", 90),
    over_periods("slope", ("Trend", "趋势"), ("Least-squares change from one period to the next of the",
                                              "最小二乘斜率（每时段变化）"), 180, 30),
    over_periods("volatility", ("Volatility", "波动"), ("Population standard deviation of the",
                                                        "总体标准差"), 180, 30),
    balance_trend(90),
    define("balance_to_mean_90d", ("Balance over its average, 90 days", "最新余额与近90天日均之比"),
           ("Last balance over average daily AUM of 90 days, 1 when they are equal; missing when either is "
            "or the average is 0.",
            "最新余额除以近90天日均AUM，相等为1；任一缺失或日均为0则缺失。"),
           Type.RATE, tag("balance_last") / tag("aum_daily_mean_90d")),
)  # fmt: skip
