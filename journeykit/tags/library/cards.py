"""Cards, and what is spent with them."""

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
from journeykit.tags.tag import Tag

define = family("cards", "Card centre")
holdings = aggregates("holding")
txns = aggregates("txn")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
CREDIT_CARD, SOCIAL_CARD = OWNED_OPEN & of_kind("credit_card"), OWNED_OPEN & of_kind("social_security_card")
PURCHASE = (column("kind") == "purchase") & (column("direction") == "out")

CATEGORIES: dict[str, Text] = {
    "utilities": ("utilities", "水电煤缴费"), "farm_supplies": ("farm supplies", "农资"),
    "education": ("education", "教育"),
}  # fmt: skip


def spent_on(category: str, days: int) -> Tag:
    """Purchases of one category."""
    en, zh = days_window(days)
    name, name_zh = CATEGORIES[category]
    return define(
        f"spent_on_{category}_{days}d", (f"Spent on {name}, {days} days", f"近{days}天{name_zh}消费"),
        (f"Sum of purchases of the spending category {category} {en}.",
         f"{zh}消费类别为{name_zh}（{category}）的消费金额合计。"),
        Type.DECIMAL, txns("sum", column("amount"), PURCHASE & (column("category") == category), days),
        "yuan",
    )  # fmt: skip


def spent(days: int) -> Tag:
    """All purchases."""
    en, zh = days_window(days)
    return define(
        f"spent_{days}d", (f"Spent, {days} days", f"近{days}天消费金额"),
        (f"Sum of purchases that went out {en}, through whatever channel.",
         f"{zh}各渠道消费转出的金额合计。"),
        Type.DECIMAL, txns("sum", column("amount"), PURCHASE, days), "yuan",
    )  # fmt: skip


def purchases(days: int) -> Tag:
    """How often something was bought."""
    en, zh = days_window(days)
    return define(
        f"purchases_{days}d", (f"Purchases, {days} days", f"近{days}天消费次数"),
        (f"Number of purchases that went out {en}, through whatever channel.",
         f"{zh}各渠道消费转出的笔数。"),
        Type.INTEGER, txns("count", where=PURCHASE, within_days=days), "times",
    )  # fmt: skip


TAGS = (
    define("holds_credit_card", ("Holds a credit card", "持有信用卡"),
           (f"The customer owns at least one holding of a product of the kind credit_card. {OPEN}",
            f"客户至少持有一个产品类别为信用卡的账户。{OPEN_ZH}"),
           Type.BOOLEAN, holdings("exists", where=CREDIT_CARD)),
    define("card_limit", ("Card limit", "信用卡额度"),
           (f"Sum of the approved amounts of the customer's credit cards (product kind credit_card). {OPEN}",
            f"客户信用卡（产品类别为信用卡）的批准额度合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("credit_limit"), CREDIT_CARD), "yuan"),
    define("card_used", ("Card used", "信用卡已用额度"),
           (f"Sum of the used parts of the limits of the customer's credit cards (product kind credit_card). "
            f"{OPEN}",
            f"客户信用卡（产品类别为信用卡）的已用额度合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("used"), CREDIT_CARD), "yuan"),
    define("card_use", ("Share of card limit used", "信用卡额度使用率"),
           ("Card used over the card limit, 0.25 is 25 %; missing when the limit is 0.",
            "信用卡已用额度除以信用卡额度，0.25即25%；额度为0则缺失。"),
           Type.RATE, tag("card_used") / tag("card_limit")),
    define("is_idle_credit_card", ("Credit card not used", "信用卡未用"),
           ("The customer holds a credit card, and the used part of the card limit is 0 or less.",
            "客户持有信用卡且已用额度不大于0。"),
           Type.BOOLEAN, tag("holds_credit_card") & (tag("card_used") <= 0)),
    define("holds_social_security_card", ("Holds a social-security card", "持有社会保障卡"),
           (f"The customer owns at least one holding of a product of the kind social_security_card. {OPEN}",
            f"客户至少持有一个产品类别为社会保障卡的账户。{OPEN_ZH}"),
           Type.BOOLEAN, holdings("exists", where=SOCIAL_CARD)),
    define("social_security_card_days", ("Social-security card for", "社会保障卡持有天数"),
           (f"Days from the earliest opening among the customer's social-security cards to as_of. {OPEN} "
            "Missing without one.",
            f"从客户名下社会保障卡的最早开户日到数据日的天数。{OPEN_ZH}没有则缺失。"),
           Type.INTEGER,
           holdings("max", days_between(column("opened_on"), as_of()), SOCIAL_CARD), "days"),
    spent(90),
    purchases(90),
    *(spent_on(category, 90) for category in CATEGORIES),
)  # fmt: skip
