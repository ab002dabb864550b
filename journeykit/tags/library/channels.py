"""Through which channel, and when, the customer prefers to deal with the bank."""

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import Expression, case, column, date_part, tag
from journeykit.tags.library._define import Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("channels", "Channel management")
txns = aggregates("txn")
events = aggregates("event")

CHANNELS: dict[str, Text] = {
    "app": ("app", "手机银行"), "counter": ("counter", "柜面"), "web": ("web", "网上银行"),
    "atm": ("ATM", "自助设备"), "pos": ("POS", "POS"), "wechat": ("WeChat", "微信"),
}  # fmt: skip
DIRECTIONS: dict[str, Text] = {"in": ("inflow", "转入"), "out": ("outflow", "转出")}
EVENING, WEEKEND = 18, 6


def txn_count(channel: str, days: int) -> Tag:
    """How often one channel was used."""
    (name, name_zh), (en, zh) = CHANNELS[channel], days_window(days)
    return define(
        f"{channel}_txn_count_{days}d",
        (f"{name} transactions, {days} days", f"近{days}天{name_zh}交易笔数"),
        (f"Number of transactions through the channel {channel} {en}, in and out.",
         f"{zh}通过{name_zh}（{channel}）的转入转出交易笔数。"),
        Type.INTEGER, txns("count", where=column("channel") == channel, within_days=days), "times",
    )  # fmt: skip


def txn_share(name: str, title: Text, channels: tuple[str, ...], days: int) -> Tag:
    """Which part of the transactions some channels have."""
    en, zh = days_window(days)
    return define(
        f"{name}_txn_share_{days}d", (f"{title[0]} share, {days} days", f"近{days}天{title[1]}交易占比"),
        (f"Transactions through {' or '.join(channels)} over all transactions with a known channel, in and "
         f"out, {en}, 0.25 is 25 %; missing when there is none.",
         f"{zh}通过{'、'.join(CHANNELS[one][1] for one in channels)}的交易笔数"
         "占渠道已知的全部交易笔数的比例，0.25即25%；没有则缺失。"),
        Type.RATE,
        txns("share", column("channel").isin(channels), ~column("channel").is_missing(), days),
    )  # fmt: skip


def channel_flow(channel: str, direction: str, days: int) -> Tag:
    """Money that came in or went out through one channel."""
    (name, name_zh), (flow, flow_zh), (en, zh) = CHANNELS[channel], DIRECTIONS[direction], days_window(days)
    return define(
        f"{channel}_{flow}_{days}d",
        (f"{name} {flow}, {days} days", f"近{days}天{name_zh}{flow_zh}金额"),
        (f"Sum of the amounts that {'came in' if direction == 'in' else 'went out'} through the channel "
         f"{channel} {en}.", f"{zh}通过{name_zh}（{channel}）{flow_zh}的金额合计。"),
        Type.DECIMAL,
        txns("sum", column("amount"), (column("channel") == channel) & (column("direction") == direction),
             days),
        "yuan",
    )  # fmt: skip


def part_of(name: str, title: Text, what: Text, part: Expression, days: int) -> Tag:
    """Which part of what is done in the app falls into some hours or days."""
    en, zh = days_window(days)
    return define(
        f"{name}_{days}d", (f"{title[0]}, {days} days", f"近{days}天{title[1]}"),
        (f"Events in the app {what[0]} over all events in the app {en}, 0.25 is 25 %; missing without any.",
         f"{zh}{what[1]}的手机银行行为次数占全部手机银行行为次数的比例，0.25即25%；没有则缺失。"),
        Type.RATE, events("share", part, column("channel") == "app", days),
    )  # fmt: skip


def used(channel: str) -> Expression:
    """1 when a channel was used, else 0."""
    return case((tag(f"{channel}_txn_count_90d") > 0, 1), otherwise=0)


QUARTER, QUARTER_ZH = days_window(90)
WHEN = column("occurred_at")
first, *others = map(used, CHANNELS)
number_used = sum(others, first)

TAGS = (
    *(txn_count(channel, 90) for channel in CHANNELS),
    txn_share("app", CHANNELS["app"], ("app",), 90),
    txn_share("counter", CHANNELS["counter"], ("counter",), 90),
    txn_share("digital", ("Digital", "线上"), ("app", "web", "wechat"), 90),
    *(channel_flow(channel, way, 30) for channel in ("app", "counter") for way in DIRECTIONS),
    define("channels_used_90d", ("Channels used, 90 days", "近90天使用渠道数"),
           (f"On how many of the channels {', '.join(CHANNELS)} there was a transaction {QUARTER}.",
            f"{QUARTER_ZH}在{'、'.join(title[1] for title in CHANNELS.values())}中有交易的渠道数。"),
           Type.INTEGER, number_used, "channels"),
    define("main_txn_channel_90d", ("Preferred channel, 90 days", "近90天偏好渠道"),
           (f"The channel of most transactions with a known one, other than auto (those the bank makes by "
            f"itself), in and out, {QUARTER}; of several with equally many the first in the alphabet. "
            "Missing without any.",
            f"{QUARTER_ZH}渠道已知且非系统自动（auto）的交易中笔数最多的渠道；并列取字母序在前者。没有则缺失。"),
           Type.TEXT, txns("mode", column("channel"), column("channel") != "auto", 90),
           values=tuple(one for one in SUBJECTS["txn"].column("channel").values if one != "auto")),
    define("best_app_hour_90d", ("Best hour in the app, 90 days", "近90天手机银行活跃时段"),
           (f"The hour of the day, 0 to 23, in which most of the customer's events in the app began {QUARTER}"
            "; 9 is from 9:00:00 to 9:59:59. Of several with equally many the earliest; missing without any.",
            f"{QUARTER_ZH}手机银行行为发生最多的小时（0至23，9表示9:00:00至9:59:59）；并列取较早者，没有则缺失。"),
           Type.INTEGER, events("mode", date_part("hour", WHEN), column("channel") == "app", 90), "hour"),
    part_of("app_evening_share", ("Evening share in the app", "手机银行晚间占比"),
            (f"from {EVENING}:00:00 to the end of the day", f"{EVENING}:00:00起至当日结束"),
            date_part("hour", WHEN) >= EVENING, 90),
    part_of("app_weekend_share", ("Weekend share in the app", "手机银行周末占比"),
            ("on a Saturday or Sunday", "周六或周日"), date_part("weekday", WHEN) >= WEEKEND, 90),
    define("channel_type", ("Channel type", "渠道类型"),
           ("By transactions of 90 days: digital when there are some through app, web or WeChat and none "
            "through counter, ATM or POS; offline the other way round; both, or none of either.",
            "按近90天交易：仅通过手机银行、网上银行或微信为线上（digital）；仅通过柜面、自助设备或POS为线下"
            "（offline）；两者都有（both）或都没有（none）。"),
           Type.TEXT,
           case((tag("online_txn_count_90d") + tag("offline_txn_count_90d") <= 0, "none"),
                (tag("offline_txn_count_90d") <= 0, "digital"), (tag("online_txn_count_90d") <= 0, "offline"),
                otherwise="both"),
           values=("digital", "offline", "both", "none")),
    define("online_txn_count_90d", ("Online transactions, 90 days", "近90天线上交易笔数"),
           ("Transactions of 90 days through app, web and WeChat.",
            "近90天手机银行、网上银行与微信交易笔数之和。"),
           Type.INTEGER,
           tag("app_txn_count_90d") + tag("web_txn_count_90d") + tag("wechat_txn_count_90d"), "times"),
    define("offline_txn_count_90d", ("Offline transactions, 90 days", "近90天线下交易笔数"),
           ("Transactions of 90 days through counter, ATM and POS.",
            "近90天柜面、自助设备与POS交易笔数之和。"),
           Type.INTEGER,
           tag("counter_txn_count_90d") + tag("atm_txn_count_90d") + tag("pos_txn_count_90d"), "times"),
)  # fmt: skip
