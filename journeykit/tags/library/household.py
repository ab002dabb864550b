"""Whom the customer belongs with."""

from journeykit.contract import Type
from journeykit.expressions import Expression, column, tag
from journeykit.tags.library._define import aggregates, family, still_valid

define = family("household", "Retail banking")
ties = aggregates("tie")
named = aggregates("tie", by="other_id")


def tied(kind: str) -> Expression:
    """Ties of a kind to others that hold on as_of; their last day is inclusive."""
    return (column("kind") == kind) & still_valid("valid_to") & (column("other_id") != column("customer_id"))


TAGS = (
    define("household_others", ("Others in the household", "其他家庭成员数"),
           ("Different other customers tied as household on as_of; a tie still holds on its last day.",
            "数据日有效的家庭关系中不同客户的人数；终止日当天仍有效。"),
           Type.INTEGER, ties("distinct", column("other_id"), tied("household")), "people"),
    define("household_size", ("Household size", "家庭人数"),
           ("The customer and the others in the household; 1 for who has none.",
            "客户本人加其他家庭成员；无家庭关系者为1。"),
           Type.INTEGER, tag("household_others") + 1, "people"),
    define("has_guarantor", ("Has a guarantor", "有担保人"),
           ("Another customer guarantees for this one on as_of; a tie still holds on its last day.",
            "数据日有其他客户为其担保；终止日当天仍有效。"),
           Type.BOOLEAN, ties("exists", where=tied("guarantor"))),
    define("has_employer", ("Employer is a customer", "雇主为本行客户"),
           ("The customer's employer, another customer of the bank, is tied on as_of; a tie still "
            "holds on its last day.",
            "数据日客户的雇主是本行客户；终止日当天仍有效。"),
           Type.BOOLEAN, ties("exists", where=tied("employer"))),
    define("has_legal_representative", ("Has a legal representative", "有法定代表人"),
           ("Another customer is tied as legal representative of this one (a micro business) on as_of; a tie "
            "still holds on its last day.",
            "数据日登记有该客户（小微企业）的法定代表人；终止日当天仍有效。"),
           Type.BOOLEAN, ties("exists", where=tied("legal_representative"))),
    define("guarantees_for", ("Guarantees for others", "为他人担保人数"),
           ("Different other customers for whom this one is the guarantor on as_of; a tie still holds on its "
            "last day.",
            "数据日由该客户提供担保的不同客户数；终止日当天仍有效。"),
           Type.INTEGER, named("distinct", column("customer_id"), tied("guarantor")), "people"),
    define("represents_businesses", ("Represents businesses", "担任法定代表人的企业数"),
           ("Different other customers (micro businesses) whose legal representative this one is on as_of; a "
            "tie still holds on its last day.",
            "数据日由该客户担任法定代表人的不同客户（小微企业）数；终止日当天仍有效。"),
           Type.INTEGER, named("distinct", column("customer_id"), tied("legal_representative")),
           "businesses"),
    define("employs_customers", ("Employs customers", "雇用本行客户数"),
           ("Different other customers whose employer this one is on as_of; a tie still holds on its last "
            "day.",
            "数据日由该客户雇用的不同客户数；终止日当天仍有效。"),
           Type.INTEGER, named("distinct", column("customer_id"), tied("employer")), "people"),
)  # fmt: skip
