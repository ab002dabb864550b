"""Recency, frequency and monetary value in quintiles, and the segments they make."""

from journeykit.contract import Type
from journeykit.expressions import case, tag
from journeykit.tags.library._define import Text, family
from journeykit.tags.tag import Ranking, Tag

define = family("rfm", "Marketing")

FIFTHS = 5
RANKED = ~tag("days_since_active_txn").is_missing()
WHO: Text = (
    "Only customers with an active transaction in the 365 days up to and including as_of are ranked; missing "
    "for all others.",
    "仅对截至数据日（含）的365天内有动账的客户排名，其余缺失。",
)


def fifth(name: str, title: Text, by: str, better: Text, worse: Text, *, lowest_first: bool = False) -> Tag:
    """A score of 1 to 5."""
    return define(
        name, title,
        (f"{FIFTHS} for the best fifth by {better[0]}, down to 1: one more than the whole part of {FIFTHS} "
         f"times the number of ranked customers with {worse[0]}, over the number ranked; equal values score "
         f"alike. {WHO[0]}",
         f"按{better[1]}分为五组，5为最好：{worse[1]}的被排名客户数乘以{FIFTHS}再除以被排名总数，取整数部分加1；"
         f"数值相同得分相同。{WHO[1]}"),
        Type.INTEGER,
        Ranking(tag=by, function="groups", groups=FIFTHS, lowest_first=lowest_first, where=RANKED.node),
        "points",
    )  # fmt: skip


r, f, m = tag("rfm_recency"), tag("rfm_frequency"), tag("rfm_monetary")
SEGMENTS = ("champions", "loyal", "big_spenders", "promising", "at_risk", "hibernating", "ordinary")

TAGS = (
    define("turnover_90d", ("Turnover, 90 days", "近90天交易额"),
           ("Inflow and outflow of 90 days together.", "近90天转入与转出金额之和。"),
           Type.DECIMAL, tag("inflow_90d") + tag("outflow_90d"), "yuan"),
    fifth("rfm_recency", ("RFM recency", "RFM近度得分"), "days_since_active_txn",
          ("fewest days since an active transaction", "距最近动账天数由少到多"),
          ("more days", "天数更多"), lowest_first=True),
    fifth("rfm_frequency", ("RFM frequency", "RFM频度得分"), "active_txn_count_90d",
          ("most active transactions of 90 days", "近90天动账笔数由多到少"), ("fewer", "笔数更少")),
    fifth("rfm_monetary", ("RFM monetary", "RFM额度得分"), "turnover_90d",
          ("highest turnover of 90 days", "近90天交易额由高到低"), ("less", "金额更低")),
    define("rfm_score", ("RFM code", "RFM编码"),
           ("The three scores as the digits of a number: recency, frequency, monetary, as in 534; missing "
            "when they are.",
            "近度、频度、额度三项得分依次作为三位数字，如534；得分缺失则缺失。"),
           Type.INTEGER, r * 100 + f * 10 + m, "code"),
    define("rfm_total", ("RFM total", "RFM总分"),
           ("The three scores added up, 3 to 15; missing when they are.",
            "近度、频度、额度三项得分之和，3至15；得分缺失则缺失。"),
           Type.INTEGER, r + f + m, "points"),
    define("rfm_segment", ("RFM segment", "RFM客群"),
           ("The first that holds: champions, all three scores at least 4; loyal, recency at least 3 and "
            "frequency at least 4; big_spenders, recency at least 3 and monetary at least 4; promising, "
            "recency at least 4; at_risk, recency at most 2 and frequency or monetary at least 3; "
            "hibernating, recency at most 2; otherwise ordinary. Missing when the scores are.",
            "依次判断：三项均不低于4为重要价值（champions）；近度不低于3且频度不低于4为忠诚（loyal）；近度不低于3且"
            "额度不低于4为高额（big_spenders）；近度不低于4为潜力（promising）；近度不高于2且频度或额度不低于3为"
            "流失预警（at_risk）；近度不高于2为沉睡（hibernating）；其余为一般（ordinary）。得分缺失则缺失。"),
           Type.TEXT,
           case(((r >= 4) & (f >= 4) & (m >= 4), "champions"), ((r >= 3) & (f >= 4), "loyal"),
                ((r >= 3) & (m >= 4), "big_spenders"), (r >= 4, "promising"),
                ((r <= 2) & ((f >= 3) | (m >= 3)), "at_risk"), (r <= 2, "hibernating"), (r == 3, "ordinary")),
           values=SEGMENTS),
)  # fmt: skip
