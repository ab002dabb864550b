"""Which business lines the customer uses."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between
from journeykit.tags.library._define import Text, aggregates, days_window, family, within
from journeykit.tags.tag import Tag

define = family("lines", "Retail banking")
relationships = aggregates("relationship")
IN_USE = column("closed_on").is_missing()
LINE_NAMES: dict[str, Text] = {
    "e_banking": ("e-banking", "电子银行"), "payment": ("payment", "支付"),
}  # fmt: skip


def uses(line: str, title: Text) -> Tag:
    """Whether the customer uses one line."""
    return define(
        f"uses_{line}", (f"Uses {title[0]}", f"使用{title[1]}"),
        (f"The line {title[0]} is open on as_of; one closed on as_of is no longer open.",
         f"数据日已开通{title[1]}业务；数据日当天关闭视为已关闭。"),
        Type.BOOLEAN, relationships("exists", where=IN_USE & (column("line") == line)),
    )  # fmt: skip


def lines_opened(days: int) -> Tag:
    """Lines opened in a window."""
    en, zh = days_window(days)
    return define(
        f"lines_opened_{days}d", (f"Lines opened, {days} days", f"近{days}天开通业务数"),
        (f"How often a business line was opened {en}, closed again or not.",
         f"{zh}开通业务条线的次数，含已关闭。"),
        Type.INTEGER, relationships("count", where=within("opened_on", days)), "times",
    )  # fmt: skip


def lines_closed(days: int) -> Tag:
    """Lines closed in a window."""
    en, zh = days_window(days)
    return define(
        f"lines_closed_{days}d", (f"Lines closed, {days} days", f"近{days}天关闭业务数"),
        (f"How often a business line was closed {en}.", f"{zh}关闭业务条线的次数。"),
        Type.INTEGER, relationships("count", where=within("closed_on", days)), "times",
    )  # fmt: skip


TAGS = (
    define("lines_used", ("Lines used", "使用业务条线数"),
           ("Different business lines that are open on as_of.", "数据日已开通的不同业务条线数。"),
           Type.INTEGER, relationships("distinct", column("line"), IN_USE), "lines"),
    *(uses(line, title) for line, title in LINE_NAMES.items()),
    define("days_since_new_line", ("Days since a new line", "距最近开通业务天数"),
           ("Days from the latest opening of a business line, closed ones included, to as_of.",
            "从最近一次开通业务条线（含已关闭）到数据日的天数。"),
           Type.INTEGER, relationships("days_since"), "days"),
    define("relationship_days", ("Oldest open line", "最早在用业务天数"),
           ("Days from the earliest opening of a business line that is still open on as_of to as_of; one "
            "closed on as_of is no longer open.",
            "数据日仍在用的业务条线中最早开通日到数据日的天数；数据日当天关闭视为已关闭。"),
           Type.INTEGER,
           relationships("max", days_between(column("opened_on"), as_of()), IN_USE), "days"),
    *map(lines_opened, (90,)),
    *map(lines_closed, (90,)),
)  # fmt: skip
