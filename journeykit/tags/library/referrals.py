"""Whom the customer brought, and who brought the customer."""

from journeykit.contract import Type
from journeykit.expressions import Expression, column, tag
from journeykit.tags.library._define import Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("referrals", "Marketing")
made = aggregates("referral")
received = aggregates("referral", by="referred_id")
OTHERS = column("customer_id") != column("referred_id")
OWN = (column("customer_id") == column("referred_id")) | column("same_device")


def referrals(name: str, title: Text, what: Text, where: Expression | None, days: int) -> Tag:
    """How many people the customer recommended."""
    en, zh = days_window(days)
    return define(
        f"{name}_{days}d", (f"{title[0]}, {days} days", f"近{days}天{title[1]}"),
        (f"Recommendations the customer made {en}{what[0]}.", f"{zh}客户{what[1]}的次数。"),
        Type.INTEGER, made("count", where=where, within_days=days), "times",
    )  # fmt: skip


TAGS = (
    referrals("referrals", ("Referrals", "推荐次数"), ("", "推荐他人"), None, 90),
    referrals("referrals", ("Referrals", "推荐次数"), ("", "推荐他人"), None, 365),
    referrals("referrals_opened", ("Referrals that opened", "成功推荐次数"),
              (" that led to an account", "推荐并开户成功"), column("opened") == True, 365),  # noqa: E712
    define("referral_reward_365d", ("Referral rewards, 365 days", "近365天推荐奖励"),
           (f"Sum of rewards paid for recommendations made {days_window(365)[0]}.",
            f"{days_window(365)[1]}推荐所得奖励合计。"),
           Type.DECIMAL, made("sum", column("reward"), None, 365), "yuan"),
    define("self_referrals_365d", ("Referrals of oneself, 365 days", "近365天疑似自荐次数"),
           (f"Recommendations the customer made {days_window(365)[0]} in which both seem to be one person: "
            "the same customer, or the same device or document.",
            f"{days_window(365)[1]}客户的推荐中，推荐人与被推荐人疑似同一人（同一客户，或设备、证件相同）的次数。"),
           Type.INTEGER, made("count", where=OWN, within_days=365), "times"),
    define("referral_chain_length", ("Length of the chain of referrals", "推荐链长度"),
           ("How many recommendations in a row led to the customer, the largest of all that named this "
            "customer by as_of: 1 when the recommender came alone, 2 when that one had been recommended "
            "too. Missing without any.",
            "截至数据日（含）引荐该客户的推荐链层级，取最大值：推荐人自行开户为1，推荐人也由他人推荐为2，依此类推。"
            "没有则缺失。"),
           Type.INTEGER, received("max", column("chain_length"), OTHERS), "referrals"),
    define("was_referred", ("Came by referral", "由他人推荐"),
           ("Another customer recommended this one by as_of.", "数据日前（含）由其他客户推荐。"),
           Type.BOOLEAN, received("exists", where=OTHERS)),
    define("referral_success_365d", ("Share of referrals that opened, 365 days", "近365天推荐成功率"),
           ("Referrals that opened over referrals, both of 365 days, 0.25 is 25 %; missing without a "
            "referral.",
            "近365天成功推荐次数除以推荐次数，0.25即25%；无推荐则缺失。"),
           Type.RATE, tag("referrals_opened_365d") / tag("referrals_365d")),
    define("days_since_referral", ("Days since a referral", "距最近推荐天数"),
           (f"Days from the customer's latest recommendation to as_of, 0 when it was that day; missing when "
            f"there is none {days_window(365)[0]}.",
            f"从客户最近一次推荐到数据日的天数，当天为0；{days_window(365)[1]}没有则缺失。"),
           Type.INTEGER, made("days_since", within_days=365), "days"),
    define("days_since_referred", ("Days since being referred", "距被推荐天数"),
           ("Days from the latest time another customer recommended this one to as_of, however long ago; "
            "missing when nobody did.",
            "从最近一次被其他客户推荐到数据日的天数，不限期限；未被推荐则缺失。"),
           Type.INTEGER, received("days_since", where=OTHERS), "days"),
)  # fmt: skip
