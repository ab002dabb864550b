"""Money that comes and goes."""

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import Expression, as_of, column, days_between, tag
from journeykit.tags.library._define import LONGEST, Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("flows", "Retail banking")
txns = aggregates("txn")
IN, OUT = column("direction") == "in", column("direction") == "out"
WAYS = {"in": ("inflow", "came in", "转入"), "out": ("outflow", "went out", "转出")}
MOVES: dict[str, tuple[Text, Text]] = {
    "slope": (("Trend", "趋势"),
              ("Least-squares change from one period to the next of", "最小二乘斜率（每时段变化）")),
    "volatility": (("Volatility", "波动"), ("Population standard deviation of", "总体标准差")),
}  # fmt: skip
LARGE = 50_000


def flow(name: str, title: Text, what: Text, where: Expression, days: int) -> Tag:
    """Money that moved in a window."""
    en, zh = days_window(days)
    return define(
        f"{name}_{days}d", (f"{title[0]}, {days} days", f"近{days}天{title[1]}"),
        (f"Sum of {what[0]} {en}; transactions of joint accounts belong to the owner.",
         f"{zh}{what[1]}的金额合计；共有账户的交易归所有者。"),
        Type.DECIMAL, txns("sum", column("amount"), where, days), "yuan",
    )  # fmt: skip


def inflow(days: int) -> Tag:
    """Everything that came in."""
    return flow("inflow", ("Inflow", "转入金额"), ("every amount that came in", "所有转入"), IN, days)


def outflow(days: int) -> Tag:
    """Everything that went out."""
    return flow("outflow", ("Outflow", "转出金额"), ("every amount that went out", "所有转出"), OUT, days)


def net_flow(days: int) -> Tag:
    """What stayed."""
    return define(
        f"net_flow_{days}d", (f"Net flow, {days} days", f"近{days}天净流入"),
        (f"Inflow less outflow, both of {days} days.", f"近{days}天转入减转出。"),
        Type.DECIMAL, tag(f"inflow_{days}d") - tag(f"outflow_{days}d"), "yuan",
    )  # fmt: skip


def txn_count(days: int) -> Tag:
    """How often money moved."""
    en, zh = days_window(days)
    return define(
        f"txn_count_{days}d", (f"Transactions, {days} days", f"近{days}天交易笔数"),
        (f"Number of transactions {en}, in and out.", f"{zh}转入转出的交易笔数。"),
        Type.INTEGER, txns("count", within_days=days), "times",
    )  # fmt: skip


def largest(way: str, days: int) -> Tag:
    """The largest single amount."""
    (name, en, zh), (window, window_zh) = WAYS[way], days_window(days)
    return define(
        f"{name}_max_{days}d", (f"Largest {name}, {days} days", f"近{days}天最大单笔{zh}"),
        (f"Largest single amount that {en} {window}; missing when none did.",
         f"{window_zh}最大单笔{zh}金额；没有则缺失。"),
        Type.DECIMAL, txns("max", column("amount"), column("direction") == way, days), "yuan",
    )  # fmt: skip


def large(way: str, yuan: int, days: int) -> Tag:
    """How often a large amount moved."""
    (name, en, zh), (window, window_zh) = WAYS[way], days_window(days)
    return define(
        f"large_{name}s_{days}d", (f"Large {name}s, {days} days", f"近{days}天大额{zh}次数"),
        (f"Number of transactions of {yuan:,} yuan or more that {en} {window}.",
         f"{window_zh}单笔不低于{yuan}元的{zh}笔数。"),
        Type.INTEGER,
        txns("count", where=(column("direction") == way) & (column("amount") >= yuan), within_days=days),
        "times",
    )  # fmt: skip


def over_periods(way: str, function: str, days: int, period: int) -> Tag:
    """How the sums of equal periods move."""
    name, en, zh = WAYS[way]
    title, what = MOVES[function]
    return define(
        f"{name}_{function}_{days}d", (f"{title[0]} of {name}, {days} days", f"近{days}天{zh}{title[1]}"),
        (f"{what[0]} the sums of what {en} in each of the {days // period} periods of {period} days in the "
         f"{days} days up to and including as_of; a period without any counts 0. Missing without any in all "
         "of them.",
         f"截至数据日（含）的{days}天内分为{days // period}个{period}天的时段，"
         f"各时段{zh}金额合计的{what[1]}；"
         f"时段无{zh}计0，全部没有则缺失。"),
        Type.DECIMAL,
        txns("slope" if function == "slope" else "volatility", column("amount"), column("direction") == way,
             days, per_days=period),
        "yuan",
    )  # fmt: skip


OWN = column("counterparty") == "own_other_bank"

TAGS = (
    *map(inflow, (7, 30, 90, 180)),
    *map(outflow, (7, 30, 90, 180)),
    *map(net_flow, (7, 30, 90)),
    *map(txn_count, (30, 90)),
    *(flow("own_transfer_in", ("Own money from other banks", "他行同名转入"),
           ("amounts that came in from the customer's own accounts at other banks", "本人他行账户转入"),
           IN & OWN, days) for days in (30, 90)),
    *(flow("own_transfer_out", ("Own money to other banks", "他行同名转出"),
           ("amounts that went out to the customer's own accounts at other banks", "转至本人他行账户"),
           OUT & OWN, days) for days in (30, 90)),
    define("own_transfer_net_90d", ("Own money lost to other banks, 90 days", "近90天他行同名净转出"),
           ("Own money to other banks less own money from them, both of 90 days.",
            "近90天他行同名转出减他行同名转入。"),
           Type.DECIMAL, tag("own_transfer_out_90d") - tag("own_transfer_in_90d"), "yuan"),
    define("net_flow_share_90d", ("Share of inflow kept, 90 days", "近90天资金留存率"),
           ("Net flow over inflow, both of 90 days, 0.25 is 25 %, negative when more went out; missing "
            "without inflow.",
            "近90天净流入除以转入金额，0.25即25%，转出更多为负；无转入则缺失。"),
           Type.RATE, tag("net_flow_90d") / tag("inflow_90d")),
    *(large(way, LARGE, 90) for way in WAYS),
    over_periods("in", "slope", 180, 30),
    over_periods("in", "volatility", 180, 30),
    flow("cash_in", ("Cash paid in", "存现金额"), ("cash paid in", "现金存入"),
         IN & (column("kind") == "cash"), 30),
    flow("fees", ("Fees paid", "手续费支出"), ("fees that went out", "费用转出"),
         OUT & (column("kind") == "fee"), 90),
    flow("cash_out", ("Cash taken out", "取现金额"), ("cash taken out", "现金支取"),
         OUT & (column("kind") == "cash"), 30),
    *map(largest, ("in", "out"), (30, 30)),
    define("purchase_mean_90d", ("Average purchase, 90 days", "近90天笔均消费"),
           (f"Mean amount of a purchase {days_window(90)[0]}, rounded half-up to a cent; missing "
            "without one.",
            f"{days_window(90)[1]}消费的笔均金额，四舍五入到分；没有则缺失。"),
           Type.DECIMAL, txns("mean", column("amount"), OUT & (column("kind") == "purchase"), 90), "yuan"),
    define("txn_active_days_30d", ("Days with transactions, 30 days", "近30天交易天数"),
           (f"Different days with a transaction {days_window(30)[0]}.",
            f"{days_window(30)[1]}有交易的不同天数。"),
           Type.INTEGER, txns("distinct", days_between(column("occurred_at"), as_of()), None, 30), "days"),
    define("days_since_txn", ("Days since a transaction", "距最近交易天数"),
           (f"Days from the latest transaction to as_of, 0 when it was that day; missing when there is none "
            f"{days_window(LONGEST)[0]}.",
            f"从最近一笔交易到数据日的天数，当天为0；{days_window(LONGEST)[1]}没有则缺失。"),
           Type.INTEGER, txns("days_since", within_days=LONGEST), "days"),
    define("last_txn_channel", ("Channel of the last transaction", "最近交易渠道"),
           (f"Channel of the latest transaction with a known one {days_window(90)[0]}; of two at the same "
            "moment the one with the greater number.",
            f"{days_window(90)[1]}最近一笔已知渠道交易的渠道；同一时刻取交易号较大者。"),
           Type.TEXT, txns("last", column("channel"), None, 90),
           values=SUBJECTS["txn"].column("channel").values),
)  # fmt: skip
