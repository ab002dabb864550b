"""Wages paid into the bank."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.tags.library._define import LONGEST, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("payroll", "Corporate and payroll")
txns = aggregates("txn")
PAYROLL = (column("kind") == "payroll") & (column("direction") == "in")
# A month, and time for a pay day that falls on a holiday.
REGULAR, NEW = 45, 60


def payroll_in(days: int) -> Tag:
    """Wages received in a window."""
    en, zh = days_window(days)
    return define(
        f"payroll_in_{days}d", (f"Wages received, {days} days", f"近{days}天代发工资"),
        (f"Sum of wages paid in {en}.", f"{zh}代发工资转入合计。"),
        Type.DECIMAL, txns("sum", column("amount"), PAYROLL, days), "yuan", sensitivity="C3",
    )  # fmt: skip


TAGS = (
    *map(payroll_in, (30, 90)),
    define("is_payroll", ("Payroll customer", "代发客户"),
           (f"Wages were paid in at least once {days_window(REGULAR)[0]}.",
            f"{days_window(REGULAR)[1]}至少收到一次代发工资。"),
           Type.BOOLEAN, txns("exists", where=PAYROLL, within_days=REGULAR)),
    define("payroll_since_days", ("Payroll customer for", "首次代发距今天数"),
           (f"Days from the first wages paid in {days_window(LONGEST)[0]} to as_of; missing without any.",
            f"{days_window(LONGEST)[1]}首次代发工资到数据日的天数；没有则缺失。"),
           Type.INTEGER,
           txns("max", days_between(column("occurred_at"), as_of()), PAYROLL, LONGEST), "days"),
    define("is_new_payroll", ("New payroll customer", "新代发客户"),
           (f"The first wages {days_window(LONGEST)[0]} came in the last {NEW} of them.",
            f"{days_window(LONGEST)[1]}的首次代发工资发生在最近{NEW}天内。"),
           Type.BOOLEAN, tag("payroll_since_days") < NEW),
)  # fmt: skip
