"""Loans paid out and paid back."""

from journeykit.contract import Type
from journeykit.expressions import as_of, case, column, days_between, tag
from journeykit.tags.library._define import OWNED_OPEN, OWNED_OPEN_TEXT, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("repayment", "Credit")
txns = aggregates("txn")
holdings = aggregates("holding")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
LOAN = OWNED_OPEN & (column("line") == "loan")
DUE = days_between(as_of(), column("next_due_on"))
REPAID = (column("kind") == "repayment") & (column("direction") == "out")
PAID_OUT = (column("kind") == "loan_payout") & (column("direction") == "in")


def repaid(days: int) -> Tag:
    """Money paid back."""
    en, zh = days_window(days)
    return define(
        f"repaid_{days}d", (f"Repaid, {days} days", f"近{days}天还款金额"),
        (f"Sum of loan repayments that went out {en}.", f"{zh}贷款还款转出的金额合计。"),
        Type.DECIMAL, txns("sum", column("amount"), REPAID, days), "yuan",
    )  # fmt: skip


def repayments(days: int) -> Tag:
    """How often money was paid back."""
    en, zh = days_window(days)
    return define(
        f"repayments_{days}d", (f"Repayments, {days} days", f"近{days}天还款次数"),
        (f"Number of loan repayments that went out {en}.", f"{zh}贷款还款转出的笔数。"),
        Type.INTEGER, txns("count", where=REPAID, within_days=days), "times",
    )  # fmt: skip


def since_repayment(days: int) -> Tag:
    """How long ago."""
    en, zh = days_window(days)
    return define(
        "days_since_repayment", ("Days since a repayment", "距最近还款天数"),
        (f"Days from the latest loan repayment to as_of, 0 when it was that day; missing when there is none "
         f"{en}.", f"从最近一次贷款还款到数据日的天数，当天为0；{zh}没有则缺失。"),
        Type.INTEGER, txns("days_since", None, REPAID, days), "days",
    )  # fmt: skip


def paid_out(days: int) -> Tag:
    """Loans paid out."""
    en, zh = days_window(days)
    return define(
        f"loan_payout_{days}d", (f"Loans paid out, {days} days", f"近{days}天放款金额"),
        (f"Sum of loan pay-outs that came in {en}.", f"{zh}贷款放款转入的金额合计。"),
        Type.DECIMAL, txns("sum", column("amount"), PAID_OUT, days), "yuan",
    )  # fmt: skip


def due(days: int) -> Tag:
    """What falls due soon."""
    return define(
        f"loan_due_{days}d", (f"Instalments due, {days} days", f"{days}天内应还款"),
        (f"Next instalments due from as_of to {days} days after it, both included. {OPEN}",
         f"数据日至其后{days}天（均含）内的下次应还款合计。{OPEN_ZH}"),
        Type.DECIMAL, holdings("sum", column("next_due_amount"), LOAN & DUE.between(0, days)), "yuan",
    )  # fmt: skip


TAGS = (
    define("loan_due_in_days", ("Next instalment in", "距下次还款天数"),
           (f"Days from as_of to the next instalment, 0 when it is as_of. {OPEN} Missing without one ahead.",
            f"从数据日到下次还款日的天数，当天为0。{OPEN_ZH}无待还款则缺失。"),
           Type.INTEGER, holdings("min", DUE, LOAN & (DUE >= 0)), "days"),
    due(30),
    repaid(90),
    repayments(90),
    since_repayment(90),
    paid_out(90),
    define("repayment_to_inflow_90d", ("Repayment burden, 90 days", "近90天还款负担率"),
           ("Repaid over inflow, both of 90 days, 0.25 is 25 %; missing without inflow.",
            "近90天还款金额除以转入金额，0.25即25%；无转入则缺失。"),
           Type.RATE, tag("repaid_90d") / tag("inflow_90d")),
    define("repayment_status", ("Repayment", "还款情况"),
           ("The first that holds: no_debt when the loan balance is 0 or less, overdue when a loan is, "
            "on_time after a repayment in the 90 days up to and including as_of, otherwise not_yet.",
            "依次判断：贷款余额不大于0为no_debt；有逾期贷款为overdue；截至数据日（含）的90天内有还款为on_time；"
            "其余为not_yet。"),
           Type.TEXT,
           case((tag("loan_balance") <= 0, "no_debt"), (tag("is_overdue"), "overdue"),
                (tag("repayments_90d") > 0, "on_time"), otherwise="not_yet"),
           values=("no_debt", "overdue", "on_time", "not_yet"), sensitivity="C3"),
)  # fmt: skip
