"""What the customer may borrow, and has borrowed."""

from journeykit.contract import Type
from journeykit.expressions import column, tag
from journeykit.tags.library._define import (
    OWNED_OPEN,
    OWNED_OPEN_TEXT,
    Text,
    aggregates,
    days_window,
    family,
    of_kind,
    within,
)  # fmt: skip
from journeykit.tags.tag import Tag

define = family("credit", "Credit")
holdings = aggregates("holding")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
LOAN = OWNED_OPEN & (column("line") == "loan")
LOAN_KINDS: dict[str, Text] = {
    "mortgage": ("mortgage", "住房按揭贷款"), "consumer_loan": ("consumer loan", "消费贷款"),
    "business_loan": ("business loan", "经营贷款"), "farm_loan": ("farm loan", "农户贷款"),
}  # fmt: skip


def holds_loan_of(kind: str) -> Tag:
    """Whether the customer has a loan of one kind."""
    en, zh = LOAN_KINDS[kind]
    return define(
        f"holds_{kind}", (f"Holds a {en}", f"持有{zh}"),
        (f"The customer owns at least one holding of a product of the kind {kind}, drawn or not. {OPEN}",
         f"客户至少有一笔产品类别为{zh}（{kind}）的贷款或授信，不论是否支用。{OPEN_ZH}"),
        Type.BOOLEAN, holdings("exists", where=OWNED_OPEN & of_kind(kind)),
    )  # fmt: skip


def loans_opened(days: int) -> Tag:
    """Loans granted lately."""
    en, zh = days_window(days)
    return define(
        f"loans_opened_{days}d", (f"Loans opened, {days} days", f"近{days}天新增贷款笔数"),
        (f"How many loans and credit lines in the owner role were opened {en}, closed again or not.",
         f"{zh}开立的、本人为所有者的贷款及授信笔数，含已结清。"),
        Type.INTEGER,
        holdings("count", where=(column("role") == "owner") & (column("line") == "loan")
                 & within("opened_on", days)),
        "holdings",
    )  # fmt: skip


def loans_closed(days: int) -> Tag:
    """Loans settled lately."""
    en, zh = days_window(days)
    return define(
        f"loans_closed_{days}d", (f"Loans closed, {days} days", f"近{days}天结清贷款笔数"),
        (f"How many loans and credit lines in the owner role were closed {en}.",
         f"{zh}销户的、本人为所有者的贷款及授信笔数。"),
        Type.INTEGER,
        holdings("count", where=(column("role") == "owner") & (column("line") == "loan")
                 & within("closed_on", days)),
        "holdings",
    )  # fmt: skip


TAGS = (
    define("holds_loan", ("Holds a loan", "持有贷款"),
           (f"The customer owns at least one loan or credit line on as_of, drawn or not. {OPEN}",
            f"数据日客户至少有一笔贷款或授信，不论是否支用。{OPEN_ZH}"),
           Type.BOOLEAN, holdings("exists", where=LOAN)),
    define("loan_count", ("Loans", "贷款笔数"),
           (f"How many loans and credit lines the customer owns. {OPEN}",
            f"客户名下贷款及授信笔数。{OPEN_ZH}"),
           Type.INTEGER, holdings("count", where=LOAN), "holdings"),
    define("loan_balance", ("Loan balance", "贷款余额"),
           (f"Principal outstanding of the customer's loans at the end of as_of. {OPEN}",
            f"数据日终客户贷款未还本金合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("amount"), LOAN), "yuan"),
    define("approved_credit", ("Approved credit", "授信总额"),
           (f"Sum of the approved amounts of the customer's loans and credit lines. {OPEN}",
            f"客户贷款及授信的批准额度合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("credit_limit"), LOAN), "yuan"),
    define("used_credit", ("Used credit", "已用授信"),
           (f"Sum of the used parts of the customer's loans and credit lines. {OPEN}",
            f"客户贷款及授信的已用额度合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("used"), LOAN), "yuan"),
    define("unused_credit", ("Unused credit", "未用授信"),
           ("Approved credit less used credit.", "授信总额减已用授信。"),
           Type.DECIMAL, tag("approved_credit") - tag("used_credit"), "yuan"),
    define("credit_use", ("Share of credit used", "授信使用率"),
           ("Used credit over approved credit, 0.25 is 25 %; missing when nothing is approved.",
            "已用授信除以授信总额，0.25即25%；无授信则缺失。"),
           Type.RATE, tag("used_credit") / tag("approved_credit")),
    define("loan_rate_max", ("Highest loan rate", "最高贷款利率"),
           (f"Highest rate a year among the customer's loans, 0.05 is 5 %. {OPEN} Missing without one.",
            f"客户贷款中的最高年利率，0.05即5%。{OPEN_ZH}没有则缺失。"),
           Type.RATE, holdings("max", column("rate"), LOAN)),
    define("is_overdue", ("Overdue", "逾期"),
           (f"A loan of the customer is overdue on as_of. {OPEN}", f"数据日客户有逾期贷款。{OPEN_ZH}"),
           Type.BOOLEAN, holdings("exists", where=LOAN & (column("status") == "overdue")), sensitivity="C3"),
    define("overdue_balance", ("Balance of overdue loans", "逾期贷款余额"),
           (f"Principal outstanding of the customer's loans whose state is overdue at the end of as_of. "
            f"{OPEN}", f"数据日终状态为逾期的贷款未还本金合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("amount"), LOAN & (column("status") == "overdue")), "yuan",
           sensitivity="C3"),
    define("has_undrawn_credit", ("Credit not drawn", "授信未支用"),
           ("Approved credit is above 0, and used credit is 0 or less.", "授信总额大于0且已用授信不大于0。"),
           Type.BOOLEAN, (tag("approved_credit") > 0) & (tag("used_credit") <= 0)),
    *map(holds_loan_of, LOAN_KINDS),
    *map(loans_opened, (90,)),
    *map(loans_closed, (365,)),
)  # fmt: skip
