"""How much risk the customer may take."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.tags.library._define import aggregates, family

define = family("risk", "Risk management")
assessments = aggregates("risk_assessment")

TAGS = (
    define("risk_level", ("Risk level", "风险承受等级"),
           ("Level C1 to C5, as 1 to 5, of the latest assessment, expired ones included; missing without "
            "one.",
            "最近一次测评的等级（C1至C5记为1至5），含已过期；未测评则缺失。"),
           Type.INTEGER, assessments("last", column("level")), "level"),
    define("risk_expires_on", ("Assessment valid to", "测评有效期至"),
           ("Last valid day of the latest assessment that has one; missing without.",
            "最近一次有到期日的测评的有效期末日；没有则缺失。"),
           Type.DATE, assessments("last", column("expires_on"))),
    define("risk_expires_in_days", ("Assessment expires in", "测评距到期天数"),
           ("Days from as_of to the last valid day of the assessment: 0 on it, negative once expired.",
            "从数据日到测评有效期末日的天数：末日当天为0，过期为负。"),
           Type.INTEGER, days_between(as_of(), tag("risk_expires_on")), "days"),
    define("days_since_assessment", ("Days since an assessment", "距最近测评天数"),
           ("Days from the latest assessment to as_of; missing without one.",
            "从最近一次测评到数据日的天数；未测评则缺失。"),
           Type.INTEGER, assessments("days_since"), "days"),
    define("holds_above_risk_level", ("Holds riskier than assessed", "持有产品超出风险承受"),
           ("A product held has a risk level above the customer's; no when either is missing.",
            "持有产品的最高风险等级高于客户的风险承受等级；任一缺失视为否。"),
           Type.BOOLEAN, tag("product_risk_held") > tag("risk_level")),
    define("risk_assessment_valid", ("Assessment valid", "测评有效"),
           ("The last valid day of the latest assessment that has one is as_of or later; no without such an "
            "assessment.",
            "最近一次有到期日的测评的有效期末日不早于数据日；没有这样的测评视为否。"),
           Type.BOOLEAN, tag("risk_expires_in_days") >= 0),
    define("risk_level_first", ("First risk level", "首次风险承受等级"),
           ("Level C1 to C5, as 1 to 5, of the earliest assessment; missing without one.",
            "最早一次测评的等级（C1至C5记为1至5）；未测评则缺失。"),
           Type.INTEGER, assessments("first", column("level")), "level"),
    define("risk_level_change", ("Change of risk level", "风险承受等级变化"),
           ("Risk level of the latest assessment less that of the earliest; 0 after only one, missing "
            "without one.",
            "最近一次测评等级减最早一次测评等级；仅一次为0，未测评则缺失。"),
           Type.INTEGER, tag("risk_level") - tag("risk_level_first"), "level"),
    define("risk_room", ("Room for risk", "风险承受余量"),
           ("Risk level of the customer less the highest risk level of the products held, negative when they "
            "are riskier; missing when either is.",
            "客户风险承受等级减持有产品最高风险等级，负数表示超出；任一缺失则缺失。"),
           Type.INTEGER, tag("risk_level") - tag("product_risk_held"), "level"),
)  # fmt: skip
