"""What the customer may borrow, and has borrowed."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.tags.library._define import OWNED_OPEN, OWNED_OPEN_TEXT, aggregates, family

define = family("credit", "Credit")
holdings = aggregates("holding")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT
LOAN = OWNED_OPEN & (column("line") == "loan")
DUE = days_between(as_of(), column("next_due_on"))

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
    define("loan_due_in_days", ("Next instalment in", "距下次还款天数"),
           (f"Days from as_of to the next instalment, 0 when it is as_of. {OPEN} Missing without one ahead.",
            f"从数据日到下次还款日的天数，当天为0。{OPEN_ZH}无待还款则缺失。"),
           Type.INTEGER, holdings("min", DUE, LOAN & (DUE >= 0)), "days"),
    define("loan_due_30d", ("Instalments due, 30 days", "30天内应还款"),
           (f"Next instalments due from as_of to 30 days after it, both included. {OPEN}",
            f"数据日至其后30天（均含）内的下次应还款合计。{OPEN_ZH}"),
           Type.DECIMAL, holdings("sum", column("next_due_amount"), LOAN & DUE.between(0, 30)), "yuan"),
)  # fmt: skip
