"""What falls due to the customer, and when."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between
from journeykit.tags.library._define import OWNED_OPEN, OWNED_OPEN_TEXT, aggregates, family
from journeykit.tags.library.assets import LINE_TITLES
from journeykit.tags.tag import Tag

define = family("maturities", "Wealth management")
holdings = aggregates("holding")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
AHEAD = days_between(as_of(), column("matures_on"))


def matures_in_days(line: str) -> Tag:
    """Days until the next maturity of a line."""
    en, zh = LINE_TITLES[line]
    return define(
        f"{line}_matures_in_days", (f"{en.capitalize()} matures in", f"{zh}距到期天数"),
        (f"Days from as_of to the next maturity of a {en} the customer owns, 0 when it is as_of; maturities "
         f"before as_of are passed over. {OPEN} Missing without one.",
         f"从数据日到客户名下{zh}下一到期日的天数，当天到期为0；早于数据日的不计。{OPEN_ZH}没有则缺失。"),
        Type.INTEGER,
        holdings("min", AHEAD, OWNED_OPEN & (column("line") == line) & (AHEAD >= 0)), "days",
    )  # fmt: skip


def maturing(line: str, days: int) -> Tag:
    """What matures soon."""
    en, zh = LINE_TITLES[line]
    return define(
        f"{line}_maturing_{days}d", (f"{en.capitalize()}s maturing, {days} days", f"{days}天内到期{zh}"),
        (f"Balance of {en}s that mature from as_of to {days} days after it, both included. {OPEN}",
         f"数据日至其后{days}天（均含）内到期的{zh}余额。{OPEN_ZH}"),
        Type.DECIMAL,
        holdings("sum", column("amount"), OWNED_OPEN & (column("line") == line) & AHEAD.between(0, days)),
        "yuan",
    )  # fmt: skip


TAGS = (
    *map(matures_in_days, ("deposit", "wealth")),
    *(maturing(line, days) for line in ("deposit", "wealth") for days in (30, 90)),
)  # fmt: skip
