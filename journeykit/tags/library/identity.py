"""Who the customer is."""

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import Expression, as_of, case, column, date_part, days, tag
from journeykit.tags.library._define import Text, aggregates, family
from journeykit.tags.tag import Attribute, Tag

define = family("identity", "Retail banking")

AGE_BANDS = ("under_18", "18_34", "35_49", "50_59", "60_plus")
UNITS = {"annual_income": "yuan", "employees": "people"}
AHEAD = 14  # so many days ahead a birthday is told


def is_birthday(day: Expression, before: Expression) -> Expression:
    """Whether `day` is one; born on 29 February, it is 1 March where there is none."""
    born = column("birth_date")
    same = (date_part("month", born) == date_part("month", day)) & (
        date_part("day", born) == date_part("day", day)
    )
    leapling = (date_part("month", born) == 2) & (date_part("day", born) == 29)
    skipped = (date_part("month", day) == 3) & (date_part("day", before) == 28)
    return same | (leapling & skipped)


def birthday() -> Expression:
    """The first birthday from as_of on, if it is near."""
    near = (as_of() + days(ahead) for ahead in range(AHEAD + 1))
    return case(*((is_birthday(day, day - days(1)), day) for day in near))


def stated(column: str, description: Text) -> Tag:
    """A column of the customer as the bank's books have it."""
    declared = SUBJECTS["customer"].column(column)
    return define(
        column, (declared.meaning, declared.meaning_zh), description, declared.type,
        Attribute(column=column), UNITS.get(column, ""), declared.values, declared.privacy,
    )  # fmt: skip


TAGS = (
    stated("kind", ("Personal customer, micro business, or prospect without an account.",
                    "个人客户、小微企业，或尚未开户的潜在客户。")),
    stated("gender", ("Gender as in the bank's books.", "行内登记的性别。")),
    define("age", ("Age", "年龄"),
           ("Full years from the date of birth to as_of; born on 29 February, a year is full on 1 March. "
            "Missing without a date of birth.",
            "从出生日期到数据日的周岁；2月29日出生者平年于3月1日满岁。无出生日期则缺失。"),
           Type.INTEGER, Attribute(column="birth_date", function="years_since"), "years",
           sensitivity="C3"),
    define("age_band", ("Age band", "年龄段"),
           ("By age: under_18, 18_34 for 18 to 34, 35_49 for 35 to 49, 50_59 for 50 to 59, 60_plus for 60 "
            "and over. Missing without an age.",
            "按年龄：18岁以下为under_18，18至34岁为18_34，35至49岁为35_49，50至59岁为50_59，60岁及以上为60_plus；"
            "无年龄则缺失。"),
           Type.TEXT,
           case((tag("age") < 18, "under_18"), (tag("age") < 35, "18_34"), (tag("age") < 50, "35_49"),
                (tag("age") < 60, "50_59"), (tag("age") >= 60, "60_plus")),
           values=AGE_BANDS),
    stated("education", ("Education as stated by the customer.", "客户申报的学历。")),
    stated("marital_status", ("Marital status as stated by the customer.", "客户申报的婚姻状况。")),
    stated("occupation", ("Occupation as stated by the customer.", "客户申报的职业。")),
    stated("annual_income", ("Income a year as stated by the customer, not verified.",
                             "客户申报的年收入，未经核实。")),
    stated("is_farmer", ("Marked as a farming household; not known reads as no.",
                         "登记为农户；未登记视为否。")),
    stated("is_new_citizen", ("Moved to the city within three years; not known reads as no.",
                              "三年内迁入城市；未登记视为否。")),
    stated("industry", ("Industry of a micro business as in the bank's books; of persons they have none.",
                        "行内登记的小微企业所属行业；个人客户一般为空。")),
    stated("employees", ("Employees of a micro business as in the bank's books; of persons they have none.",
                         "行内登记的小微企业员工人数；个人客户一般为空。")),
    stated("acquired_by", ("The way the customer first came to the bank.", "客户首次来行的渠道。")),
    define("tenure_days", ("Known to the bank for", "建档天数"),
           ("Days from the day the customer became known to the bank to as_of; 0 on that day.",
            "从建档日到数据日的天数；当天为0。"),
           Type.INTEGER, Attribute(column="since", function="days_since"), "days"),
    define("birthday_on", ("Birthday on", "生日日期"),
           (f"Day of the customer's next birthday, when it lies from as_of to {AHEAD} days after it, both "
            "included; born on 29 February, it is 1 March in other years. Missing when it is further away "
            "or there is no date of birth.",
            f"数据日至其后{AHEAD}天（均含）内客户的下一个生日；2月29日出生者平年为3月1日。更晚或无出生日期则缺失。"),
           Type.DATE, aggregates("customer")("min", birthday()), sensitivity="C3"),
)  # fmt: skip
