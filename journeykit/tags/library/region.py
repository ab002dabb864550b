"""Where the customer is."""

from journeykit.contract import REGIONS, Type
from journeykit.expressions import tag
from journeykit.tags.library._define import aggregates, family
from journeykit.tags.tag import Attribute

define = family("region", "Channel management")
of_branch = aggregates("customer", by="branch_id")
managers = aggregates("manager", by="branch_id")

TAGS = (
    define("region_kind", ("City, town or village", "城乡类别"),
           ("What kind of place the customer lives in.", "客户居住地的城乡类别。"),
           Type.TEXT, Attribute(column="region_kind"), values=REGIONS),
    define("district", ("District", "区县"),
           ("District or county the customer lives in.", "客户居住的区县。"),
           Type.TEXT, Attribute(column="district")),
    define("village", ("Village", "村居"),
           ("Village or community the customer lives in.", "客户居住的村或社区。"),
           Type.TEXT, Attribute(column="village")),
    define("branch_id", ("Home branch", "归属网点"),
           ("Number of the branch in charge of the customer.", "客户归属网点的编号。"),
           Type.TEXT, Attribute(column="branch_id"), sensitivity="C1"),
    define("branch_region_kind", ("Region of the branch", "网点城乡类别"),
           ("What kind of place the home branch is in; missing without a home branch.",
            "归属网点所在地的城乡类别；无归属网点则缺失。"),
           Type.TEXT, Attribute(subject="branch", column="region_kind"), values=REGIONS, sensitivity="C1"),
    define("branch_age_days", ("Age of the branch", "网点开业天数"),
           ("Days from the opening of the home branch to as_of; missing when it is not known.",
            "从归属网点开业到数据日的天数；开业日期未知则缺失。"),
           Type.INTEGER, Attribute(subject="branch", column="opened_on", function="days_since"), "days",
           sensitivity="C1"),
    define("branch_customers", ("Customers of the branch", "网点客户数"),
           ("How many customers and prospects the home branch has, this one included; 0 without a home "
            "branch.",
            "归属网点的客户及潜在客户总数（含本人）；无归属网点为0。"),
           Type.INTEGER, of_branch("count"), "customers", sensitivity="C1"),
    define("lives_in_village", ("Lives in a village", "居住在村"),
           ("The customer lives in a village; no where the kind of place is not known.",
            "客户居住地为村；城乡类别未知视为否。"),
           Type.BOOLEAN, tag("region_kind") == "village"),
    define("branch_managers", ("Managers of the branch", "网点客户经理数"),
           ("How many relationship managers, on duty or not, belong to the home branch on as_of; 0 without "
            "a home branch.",
            "数据日归属网点的客户经理人数，不论是否在岗；无归属网点为0。"),
           Type.INTEGER, managers("count"), "people", sensitivity="C1"),
    define("branch_customers_per_manager", ("Branch customers a manager", "网点人均管户"),
           ("Customers of the branch over managers of the branch, in customers for each manager; missing "
            "when the branch has no manager.",
            "网点客户数除以网点客户经理数，即每位经理对应的客户数；网点无客户经理则缺失。"),
           Type.RATE, tag("branch_customers") / tag("branch_managers"), "customers", sensitivity="C1"),
)  # fmt: skip
