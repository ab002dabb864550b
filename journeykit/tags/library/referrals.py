"""Whom the customer brought, and who brought the customer."""

from journeykit.contract import Type
from journeykit.expressions import Expression, column
from journeykit.tags.library._define import Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("referrals", "Marketing")
made = aggregates("referral")
received = aggregates("referral", by="referred_id")


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
    define("was_referred", ("Came by referral", "由他人推荐"),
           ("Another customer recommended this one by as_of.", "数据日前（含）由其他客户推荐。"),
           Type.BOOLEAN, received("exists")),
)  # fmt: skip
