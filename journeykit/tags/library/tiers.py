"""What grade the customer's assets reach, where that stands among all customers, and what is lacking."""

from decimal import Decimal

from journeykit.contract import Type
from journeykit.expressions import Expression, case, tag
from journeykit.tags.library._define import Text, bands, family
from journeykit.tags.tag import Ranking, Tag

define = family("tiers", "Wealth management")

TIERS = ("basic", "gold", "platinum", "diamond", "private")
FROM = (50_000, 200_000, 1_000_000, 6_000_000)
BOUNDS = ", ".join(f"{name} from {bound:,}" for name, bound in zip(TIERS[1:], FROM, strict=True))
BOUNDS_ZH = "、".join(
    f"{title}（{name}）{bound // 10_000}万起"
    for title, name, bound in zip(("金卡", "白金", "钻石", "私行"), TIERS[1:], FROM, strict=True)
)
NEAR = Decimal("0.1")

aum = tag("aum")


def tier(value: Expression) -> Expression:
    """The grade that an amount reaches."""
    return bands(value, FROM, TIERS)


def level(value: Expression) -> Expression:
    """The same grade as a number, to be compared."""
    return bands(value, FROM, tuple(range(1, len(TIERS) + 1)))


def graded(name: str, title: Text, of: Text, missing: Text, value: Expression) -> Tag:
    """A grade by some measure of assets."""
    return define(
        name, title,
        (f"Grade by {of[0]}, in yuan, lower bound included: basic under {FROM[0]:,}, {BOUNDS}.{missing[0]}",
         f"按{of[1]}分级（含下限，元）：普通（basic）{FROM[0] // 10_000}万以下、{BOUNDS_ZH}。{missing[1]}"),
        Type.TEXT, tier(value), values=TIERS,
    )  # fmt: skip


def changed(days: int) -> Tag:
    """Whether the grade rose or fell."""
    now, then = tag("balance_last"), tag(f"balance_{days}d_ago")
    return define(
        f"tier_change_{days}d", (f"Change of tier, {days} days", f"近{days}天等级变化"),
        (f"Whether the grade of the last balance is above (up) or below (down) that of the balance {days} "
         f"days ago, or the same; the grades are those of the AUM tier. Missing when either balance is.",
         f"最新余额对应等级与{days}天前余额对应等级相比：升（up）、降（down）或不变（same），分级同AUM等级。"
         "任一余额缺失则缺失。"),
        Type.TEXT,
        case((level(now) > level(then), "up"), (level(now) < level(then), "down"),
             (level(now) == level(then), "same")),
        values=("up", "down", "same"),
    )  # fmt: skip


RANKED = "Only customers with assets under management above 0 are ranked; missing for all others."
RANKED_ZH = "仅对AUM大于0的客户排名，其余缺失。"

TAGS = (
    graded("aum_tier", ("AUM tier", "AUM等级"), ("assets under management", "AUM"), ("", ""), aum),
    graded("aum_tier_mean_90d", ("AUM tier by daily average, 90 days", "近90天日均AUM等级"),
           ("average daily assets of 90 days", "近90天日均资产"),
           (" Missing when that is.", "日均资产缺失则缺失。"), tag("aum_daily_mean_90d")),
    changed(90),
    define("yuan_to_next_tier", ("Lacking to the next tier", "距下一等级差额"),
           ("Lower bound of the grade above the AUM tier less assets under management; missing in the "
            "highest.",
            "上一级AUM等级的下限减AUM；已为最高等级则缺失。"),
           Type.DECIMAL, case(*((aum < bound, bound - aum) for bound in FROM)), "yuan"),
    define("is_near_next_tier", ("Close to the next tier", "临界提升客户"),
           ("What is lacking to the next tier is at most a tenth of that tier's lower bound; no in the "
            "highest.",
            "距下一等级的差额不超过该等级下限的十分之一；已为最高等级视为否。"),
           Type.BOOLEAN,
           case(*((aum < bound, bound - aum <= NEAR * bound) for bound in FROM))),
    define("aum_rank", ("Rank by AUM", "AUM排名"),
           (f"Place by assets under management, 1 the highest; customers of equal assets share the smallest "
            f"place and the places after them are left out. {RANKED}",
            f"按AUM由高到低的名次，1为最高；金额相同者并列取最小名次，其后名次空缺。{RANKED_ZH}"),
           Type.INTEGER, Ranking(tag="aum", function="rank", where=(aum > 0).node), "place"),
    define("aum_quantile", ("Standing by AUM", "AUM分位"),
           (f"Share of the ranked customers whose assets under management are at most this customer's, this "
            f"one included: 1 for the highest. {RANKED} Rounded half-up to six places.",
            f"被排名客户中AUM不高于该客户（含本人）的比例，最高者为1。{RANKED_ZH}四舍五入到六位小数。"),
           Type.RATE, Ranking(tag="aum", function="quantile", where=(aum > 0).node)),
)  # fmt: skip
