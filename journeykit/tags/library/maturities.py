"""What falls due to the customer, and when."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.tags.library._define import (
    OWNED_OPEN,
    OWNED_OPEN_TEXT,
    aggregates,
    days_window,
    family,
    within,
)
from journeykit.tags.library.assets import LINE_TITLES
from journeykit.tags.tag import Tag

define = family("maturities", "Wealth management")
holdings = aggregates("holding")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
AHEAD = days_between(as_of(), column("matures_on"))
SAVED = column("line").isin(["deposit", "wealth"])


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


def matures_on(line: str) -> Tag:
    """The day of the next maturity of a line."""
    en, zh = LINE_TITLES[line]
    return define(
        f"{line}_matures_on", (f"{en.capitalize()} matures on", f"{zh}到期日"),
        (f"Day of the next maturity of a {en} the customer owns, as_of included; earlier ones are passed "
         f"over. {OPEN} Missing without one.",
         f"客户名下{zh}的下一到期日，含数据日当天；早于数据日的不计。{OPEN_ZH}没有则缺失。"),
        Type.DATE,
        holdings("min", column("matures_on"), OWNED_OPEN & (column("line") == line) & (AHEAD >= 0)),
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


def maturing_share(line: str, days: int) -> Tag:
    """Which part of it that is."""
    en, zh = LINE_TITLES[line]
    return define(
        f"{line}_maturing_share_{days}d",
        (f"Share of {en}s maturing, {days} days", f"{days}天内到期{zh}占比"),
        (f"{en.capitalize()}s maturing from as_of to {days} days after it over the {en} balance, 0.25 is "
         "25 %; missing when that is 0.",
         f"数据日至其后{days}天内到期的{zh}余额除以{zh}余额，0.25即25%；{zh}余额为0则缺失。"),
        Type.RATE, tag(f"{line}_maturing_{days}d") / tag(f"{line}_balance"),
    )  # fmt: skip


def maturing_count(days: int) -> Tag:
    """How many contracts mature soon."""
    return define(
        f"maturities_{days}d", (f"Contracts maturing, {days} days", f"{days}天内到期笔数"),
        (f"How many deposits and wealth products mature from as_of to {days} days after it, both included. "
         f"{OPEN}", f"数据日至其后{days}天（均含）内到期的存款与理财笔数。{OPEN_ZH}"),
        Type.INTEGER, holdings("count", where=OWNED_OPEN & SAVED & AHEAD.between(0, days)), "holdings",
    )  # fmt: skip


def matured_count(days: int) -> Tag:
    """How many matured lately."""
    en, zh = days_window(days)
    return define(
        f"matured_{days}d", (f"Contracts matured, {days} days", f"近{days}天已到期笔数"),
        (f"How many deposits and wealth products in the owner role have a maturity {en}, closed or still "
         "open.", f"{zh}到期的、本人为所有者的存款与理财笔数，不论是否已销户。"),
        Type.INTEGER,
        holdings("count", where=(column("role") == "owner") & SAVED & within("matures_on", days)),
        "holdings",
    )  # fmt: skip


TAGS = (
    *map(matures_in_days, ("deposit", "wealth", "loan")),
    *map(matures_on, ("deposit", "wealth")),
    *(maturing(line, days) for line in ("deposit", "wealth") for days in (7, 30, 60, 90)),
    *(maturing_share(line, 30) for line in ("deposit", "wealth")),
    maturing_count(30),
    matured_count(30),
    define("past_maturity_balance", ("Balance past maturity", "到期未取余额"),
           (f"Sum of what deposits and wealth products whose maturity lies before as_of, not on it, are "
            f"still worth at the end of as_of. {OPEN}",
            f"到期日早于数据日（不含当天）而仍未销户的存款与理财余额合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("amount"), OWNED_OPEN & SAVED & (AHEAD < 0)), "yuan"),
)  # fmt: skip
