"""Groups of customers the bank looks after in their own way."""

from journeykit.contract import Type
from journeykit.expressions import Expression, case, tag
from journeykit.tags.library._define import Text, family
from journeykit.tags.tag import Tag

define = family("groups", "Retail banking")

SILVER, YOUNG, TAIL, AFFLUENT = 60, 35, 10_000, 500_000


def group(name: str, title: Text, what: Text, condition: Expression) -> Tag:
    """Whether the customer is one of a group."""
    return define(name, title, what, Type.BOOLEAN, condition)


customer = tag("kind") != "prospect"
aum = tag("aum")
GROUPS = (
    "is_payroll", "is_silver_haired", "is_long_tail", "is_new_citizen", "is_farmer", "is_micro_business",
)  # fmt: skip
first, *others = (case((tag(name), 1), otherwise=0) for name in GROUPS)

TAGS = (
    group("is_silver_haired", ("Silver-haired", "银发客户"),
          (f"Aged {SILVER} or over; no without an age.", f"年龄{SILVER}岁及以上；无年龄视为否。"),
          tag("age") >= SILVER),
    group("is_young", ("Young", "青年客户"),
          (f"Aged 18 to {YOUNG - 1}, both included; no without an age.",
           f"年龄18至{YOUNG - 1}岁（均含）；无年龄视为否。"),
          tag("age").between(18, YOUNG - 1)),
    group("is_long_tail", ("Long tail", "长尾客户"),
          (f"A personal customer with an open holding and assets under management below {TAIL:,} yuan.",
           f"有在用账户且AUM不足{TAIL}元的个人客户。"),
          (tag("kind") == "personal") & (tag("holdings_open") > 0) & (aum < TAIL)),
    group("is_affluent", ("Affluent", "富裕客户"),
          (f"Assets under management of {AFFLUENT:,} yuan or more.", f"AUM不低于{AFFLUENT}元。"),
          aum >= AFFLUENT),
    group("is_micro_business", ("Micro business", "小微企业客户"),
          ("The customer is of the kind micro_business.", "客户类型为小微企业。"),
          tag("kind") == "micro_business"),
    group("is_village_farmer", ("Farmer in a village", "村居农户"),
          ("A farming household that lives in a village.", "居住在村的农户。"),
          tag("is_farmer") & tag("lives_in_village")),
    define("customer_group", ("Main group", "主要客群"),
           ("The first that holds: prospect, micro_business, farmer, new_citizen, payroll, silver_haired, "
            "long_tail, otherwise other; each as its own tag says.",
            "依次判断：潜在客户（prospect）、小微企业（micro_business）、农户（farmer）、新市民（new_citizen）、"
            "代发（payroll）、银发（silver_haired）、长尾（long_tail），其余为other；各项同其标签。"),
           Type.TEXT,
           case((~customer, "prospect"), (tag("is_micro_business"), "micro_business"),
                (tag("is_farmer"), "farmer"), (tag("is_new_citizen"), "new_citizen"),
                (tag("is_payroll"), "payroll"), (tag("is_silver_haired"), "silver_haired"),
                (tag("is_long_tail"), "long_tail"), otherwise="other"),
           values=("prospect", "micro_business", "farmer", "new_citizen", "payroll", "silver_haired",
                   "long_tail", "other")),
    define("group_count", ("Groups", "所属客群数"),
           ("To how many of these groups the customer belongs: payroll, silver-haired, long tail, new "
            "citizen, farmer, micro business.",
            "客户属于代发、银发、长尾、新市民、农户、小微企业客群中的几个。"),
           Type.INTEGER, sum(others, first), "groups"),
)  # fmt: skip
