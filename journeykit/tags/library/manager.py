"""Who looks after the customer, and how busy they are."""

from journeykit.contract import Type
from journeykit.expressions import column, tag
from journeykit.tags.library._define import aggregates, days_window, family, still_valid
from journeykit.tags.tag import Attribute, Tag

define = family("manager", "Customer relationship management", "C1")
of_manager = aggregates("customer", by="manager_id")
targets = aggregates("target")
performance = aggregates("manager_performance")


def performance_days(days: int) -> Tag:
    """Days on which the manager reached something."""
    en, zh = days_window(days)
    return define(
        f"manager_performance_days_{days}d",
        (f"Days the manager performed, {days} days", f"客户经理近{days}天有业绩天数"),
        (f"Different days {en} on which the customer's manager has a value above zero in any measure; 0 "
         "without a manager.", f"{zh}客户经理任一指标完成值大于零的不同天数；无客户经理为0。"),
        Type.INTEGER,
        performance("distinct", column("performed_on"), column("amount") > 0, within_days=days), "days",
    )  # fmt: skip


TAGS = (
    define("manager_id", ("Relationship manager", "客户经理"),
           ("Number of the manager in charge; missing when nobody is.", "管户客户经理编号；无人管户则缺失。"),
           Type.TEXT, Attribute(column="manager_id"), sensitivity="C2"),
    define("has_manager", ("Has a manager", "有客户经理"),
           ("A manager is in charge of the customer.", "有客户经理管户。"),
           Type.BOOLEAN, ~tag("manager_id").is_missing()),
    define("manager_on_duty", ("Manager on duty", "客户经理在岗"),
           ("The manager in charge is at work; no manager, or not known, reads as no.",
            "管户客户经理在岗；无客户经理或未知视为否。"),
           Type.BOOLEAN, Attribute(subject="manager", column="on_duty")),
    define("manager_daily_capacity", ("Manager's capacity", "客户经理每日容量"),
           ("Leads the manager in charge can work in a day.", "管户客户经理每日可跟进的商机数。"),
           Type.INTEGER, Attribute(subject="manager", column="daily_capacity"), "leads"),
    define("manager_load", ("Manager's customers", "客户经理管户数"),
           ("How many customers and prospects the manager in charge has, this one included; 0 without a "
            "manager.",
            "管户客户经理名下客户及潜在客户总数（含本人）；无客户经理为0。"),
           Type.INTEGER, of_manager("count"), "customers"),
    define("manager_targets", ("Manager's targets", "客户经理指标数"),
           ("Targets of the manager in charge that hold on as_of, their last day included; 0 without a "
            "manager.",
            "数据日有效的客户经理指标个数（终止日当天仍有效）；无客户经理为0。"),
           Type.INTEGER, targets("count", where=still_valid("valid_to")), "targets"),
    performance_days(30),
    define("manager_hired_days", ("Manager in function for", "客户经理任职天数"),
           ("Days from the day the manager in charge took up this function to as_of, 0 on that day; missing "
            "without a manager or when it is not known.",
            "从管户客户经理任职日到数据日的天数，当天为0；无客户经理或未知则缺失。"),
           Type.INTEGER, Attribute(subject="manager", column="hired_on", function="days_since"), "days"),
    define("manager_branch_id", ("Manager's branch", "客户经理所属网点"),
           ("Number of the branch the manager in charge belongs to; missing without a manager.",
            "管户客户经理所属网点的编号；无客户经理则缺失。"),
           Type.TEXT, Attribute(subject="manager", column="branch_id")),
    define("manager_of_home_branch", ("Manager of the home branch", "本网点客户经理管户"),
           ("The manager in charge belongs to the customer's home branch; no when either is missing.",
            "管户客户经理属于客户的归属网点；任一缺失视为否。"),
           Type.BOOLEAN, tag("manager_branch_id") == tag("branch_id")),
    define("manager_load_per_lead", ("Manager's customers a lead", "客户经理管户与每日容量之比"),
           ("Manager's customers over the manager's daily capacity: on how many days everybody could be "
            "spoken to once; missing without a manager, or when the capacity is missing or 0.",
            "客户经理管户数除以每日容量，即全部触达一遍所需天数；无客户经理、容量缺失或为0则缺失。"),
           Type.RATE, tag("manager_load") / tag("manager_daily_capacity"), "days"),
)  # fmt: skip
