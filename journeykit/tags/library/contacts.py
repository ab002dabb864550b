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
)  # fmt: skip
