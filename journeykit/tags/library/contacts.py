"""What the bank said to the customer, and what came back."""

from journeykit.contract import CHANNELS, SUBJECTS, Type
from journeykit.expressions import Expression, column, tag
from journeykit.tags.library._define import LONGEST, Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("contacts", "Marketing")
contacts = aggregates("contact")
OUTCOMES = SUBJECTS["contact"].column("outcome").values


def contacted(name: str, title: Text, what: Text, where: Expression | None, days: int) -> Tag:
    """How often the bank spoke to the customer."""
    en, zh = days_window(days)
    return define(
        f"{name}_{days}d", (f"{title[0]}, {days} days", f"近{days}天{title[1]}"),
        (f"Contacts {what[0]} {en} by contact date, over every channel.",
         f"{zh}（按触达日期）所有渠道{what[1]}的触达次数。"),
        Type.INTEGER, contacts("count", where=where, within_days=days), "times",
    )  # fmt: skip


def contact_count(days: int) -> Tag:
    """Every contact."""
    return contacted("contacts", ("Contacts", "触达次数"), ("with the customer", "客户"), None, days)


CHANNEL_NAMES: dict[str, Text] = {
    "sms": ("text message", "短信"), "outbound_call": ("call", "外呼"), "app_push": ("push", "手机银行推送"),
    "mobile_sales": ("visit by a manager", "移动营销"),
}  # fmt: skip


def by_channel(channel: str, days: int) -> Tag:
    """Contacts through one channel."""
    (name, name_zh), (en, zh) = CHANNEL_NAMES[channel], days_window(days)
    return define(
        f"{channel}_contacts_{days}d", (f"Contacts by {name}, {days} days", f"近{days}天{name_zh}触达次数"),
        (f"Contacts with the customer through the channel {channel} {en} by contact date.",
         f"{zh}（按触达日期）通过{name_zh}（{channel}）的触达次数。"),
        Type.INTEGER, contacts("count", where=column("channel") == channel, within_days=days), "times",
    )  # fmt: skip


def response(channel: str, days: int) -> Tag:
    """Which part of them was accepted."""
    (name, name_zh), (en, zh) = CHANNEL_NAMES[channel], days_window(days)
    return define(
        f"{channel}_acceptance_{days}d",
        (f"Share accepted by {name}, {days} days", f"近{days}天{name_zh}接受率"),
        (f"Of the contacts through the channel {channel} {en} by contact date, the share that the customer "
         "accepted, 0.25 is 25 %; those without a known outcome count as not accepted. Missing without a "
         "contact.",
         f"{zh}（按触达日期）通过{name_zh}（{channel}）的触达中被客户接受的比例，0.25即25%；"
         "结果未知视为未接受，无触达则缺失。"),
        Type.RATE,
        contacts("share", column("outcome") == "accepted", column("channel") == channel, days),
    )  # fmt: skip


YEAR = days_window(LONGEST)

TAGS = (
    *map(contact_count, (7, 30, 90)),
    contacted("contacts_accepted", ("Contacts accepted", "接受次数"), ("the customer accepted", "被客户接受"),
              column("outcome") == "accepted", 90),
    contacted("contacts_refused", ("Contacts refused", "拒绝次数"), ("the customer refused", "被客户拒绝"),
              column("outcome") == "refused", 90),
    define("contact_acceptance_90d", ("Share of contacts accepted, 90 days", "近90天触达接受率"),
           ("Contacts accepted over contacts, both of 90 days, 0.25 is 25 %; missing without a contact.",
            "近90天接受次数除以触达次数，0.25即25%；无触达则缺失。"),
           Type.RATE, tag("contacts_accepted_90d") / tag("contacts_90d")),
    define("days_since_contact", ("Days since a contact", "距最近触达天数"),
           (f"Days from the latest contact date to as_of; missing when there is none {YEAR[0]}.",
            f"从最近触达日期到数据日的天数；{YEAR[1]}没有则缺失。"),
           Type.INTEGER, contacts("days_since", within_days=LONGEST), "days"),
    define("last_contact_channel", ("Channel of the last contact", "最近触达渠道"),
           (f"Channel of the latest contact {YEAR[0]}; of two on a day the one with the greater number.",
            f"{YEAR[1]}最近一次触达的渠道；同一天取触达号较大者。"),
           Type.TEXT, contacts("last", column("channel"), None, LONGEST), values=CHANNELS),
    define("last_contact_outcome", ("Last outcome", "最近触达结果"),
           (f"What came back from the latest contact with a known outcome {YEAR[0]}; of two on a day the one "
            "with the greater number.",
            f"{YEAR[1]}最近一次已知结果的触达的结果；同一天取触达号较大者。"),
           Type.TEXT, contacts("last", column("outcome"), None, LONGEST), values=OUTCOMES),
    *(by_channel(channel, 90) for channel in CHANNEL_NAMES),
    *(response(channel, 90) for channel in CHANNEL_NAMES),
    contacted("contacts_reached", ("Contacts that reached", "触达成功次数"),
              ("that were answered, clicked, accepted or refused", "被接听、点击、接受或拒绝"),
              column("outcome").isin(["answered", "clicked", "accepted", "refused"]), 90),
    define("days_since_accepted", ("Days since a contact was accepted", "距最近接受触达天数"),
           (f"Days from the contact date of the latest contact the customer accepted to as_of; missing when "
            f"there is none {YEAR[0]}.",
            f"从最近一次被客户接受的触达的触达日期到数据日的天数；{YEAR[1]}没有则缺失。"),
           Type.INTEGER, contacts("days_since", None, column("outcome") == "accepted", LONGEST), "days"),
    define("is_over_contacted", ("Contacted often without success", "频繁触达无响应"),
           ("At least three contacts in 30 days, and none accepted in 90.",
            "近30天触达不少于3次，且近90天没有接受。"),
           Type.BOOLEAN, (tag("contacts_30d") >= 3) & (tag("contacts_accepted_90d") <= 0)),
)  # fmt: skip
