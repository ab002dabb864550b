"""Money that comes and goes."""

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import Expression, as_of, column, days_between, tag
from journeykit.tags.library._define import LONGEST, Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("flows", "Retail banking")
txns = aggregates("txn")
IN, OUT = column("direction") == "in", column("direction") == "out"


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


def channel_count(channel: str, title: Text, days: int) -> Tag:
    """How often one channel was used."""
    en, zh = days_window(days)
    return define(
        f"{channel}_txn_count_{days}d",
        (f"{title[0]} transactions, {days} days", f"近{days}天{title[1]}交易笔数"),
        (f"Number of transactions through {title[0]} {en}.", f"{zh}通过{title[1]}的交易笔数。"),
        Type.INTEGER, txns("count", where=column("channel") == channel, within_days=days), "times",
    )  # fmt: skip


OWN = column("counterparty") == "own_other_bank"

TAGS = (
    *map(inflow, (7, 30, 90)),
    *map(outflow, (7, 30, 90)),
    *map(net_flow, (7, 30, 90)),
    *map(txn_count, (30, 90)),
    flow("own_transfer_in", ("Own money from other banks", "他行同名转入"),
         ("amounts from the customer's own accounts elsewhere", "本人他行账户转入"), IN & OWN, 30),
    flow("own_transfer_out", ("Own money to other banks", "他行同名转出"),
         ("amounts to the customer's own accounts elsewhere", "转至本人他行账户"), OUT & OWN, 30),
    flow("cash_out", ("Cash taken out", "取现金额"), ("cash taken out", "现金支取"),
         OUT & (column("kind") == "cash"), 30),
    define("inflow_max_30d", ("Largest inflow, 30 days", "近30天最大单笔转入"),
           (f"Largest single amount that came in {days_window(30)[0]}; missing when none did.",
            f"{days_window(30)[1]}最大单笔转入金额；没有则缺失。"),
           Type.DECIMAL, txns("max", column("amount"), IN, 30), "yuan"),
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
    channel_count("app", ("app", "手机银行"), 90),
    channel_count("counter", ("counter", "柜面"), 90),
)  # fmt: skip
