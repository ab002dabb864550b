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


def payroll_count(days: int) -> Tag:
    """How often wages came in."""
    en, zh = days_window(days)
    return define(
        f"payroll_count_{days}d", (f"Times wages came in, {days} days", f"近{days}天代发次数"),
        (f"Number of times wages were paid in {en}.", f"{zh}代发工资转入的笔数。"),
        Type.INTEGER, txns("count", where=PAYROLL, within_days=days), "times",
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
    *map(payroll_count, (90,)),
    define("payroll_mean_90d", ("Average wages, 90 days", "近90天笔均代发工资"),
           ("Wages received over the times they were paid in, both of 90 days; missing without any.",
            "近90天代发工资金额除以代发次数；没有则缺失。"),
           Type.DECIMAL, tag("payroll_in_90d") / tag("payroll_count_90d"), "yuan", sensitivity="C3"),
    define("days_since_payroll", ("Days since wages", "距最近代发天数"),
           (f"Days from the latest wages paid in to as_of, 0 when it was that day; missing when there are "
            f"none {days_window(LONGEST)[0]}.",
            f"从最近一次代发工资到数据日的天数，当天为0；{days_window(LONGEST)[1]}没有则缺失。"),
           Type.INTEGER, txns("days_since", None, PAYROLL, LONGEST), "days"),
    define("is_lost_payroll", ("Wages no longer paid in", "代发流失客户"),
           (f"Wages were paid in at least once {days_window(LONGEST)[0]}, and not {days_window(REGULAR)[0]}.",
            f"{days_window(LONGEST)[1]}收到过代发工资，而{days_window(REGULAR)[1]}没有。"),
           Type.BOOLEAN, tag("days_since_payroll") >= REGULAR),
    define("payroll_share_90d", ("Wages of inflow, 90 days", "近90天代发占转入比"),
           ("Wages received over inflow, both of 90 days, 0.25 is 25 %; missing without inflow.",
            "近90天代发工资除以转入金额，0.25即25%；无转入则缺失。"),
           Type.RATE, tag("payroll_in_90d") / tag("inflow_90d"), sensitivity="C3"),
)  # fmt: skip
