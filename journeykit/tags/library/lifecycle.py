"""Where the customer stands in the life with the bank."""

from decimal import Decimal

from journeykit.contract import Type
from journeykit.expressions import Expression, case, column, tag
from journeykit.tags.library._define import LONGEST, Text, aggregates, bands, days_window, family
from journeykit.tags.tag import Attribute, Tag

define = family("life_stage", "Retail banking")
txns = aggregates("txn")

# Interest and fees come by themselves; a movement of unknown kind is the customer's.
ACTIVE = ~column("kind").isin(["interest", "fee"])
ACTIVE_TEXT: Text = (
    "transactions of a kind other than interest and fee, of unknown kind included",
    "除利息和费用外的交易（含类型未知）",
)
NEW, OLD, QUIET, RECENT = 90, 365, 180, 30
GROWTH = Decimal("0.3")
SMALL = 100
STAGES = ("prospect", "lost", "new", "won_back", "dormant", "growing", "declining", "mature")


def active_txns(days: int) -> Tag:
    """How often money moved other than by itself."""
    en, zh = days_window(days)
    return define(
        f"active_txn_count_{days}d", (f"Active transactions, {days} days", f"近{days}天动账笔数"),
        (f"Number of {ACTIVE_TEXT[0]}, in and out, {en}.", f"{zh}{ACTIVE_TEXT[1]}转入转出的笔数。"),
        Type.INTEGER, txns("count", where=ACTIVE, within_days=days), "times",
    )  # fmt: skip


def flag(name: str, title: Text, what: Text, condition: Expression) -> Tag:
    """Whether one thing holds, whatever else does."""
    return define(name, title, what, Type.BOOLEAN, condition)


kind, tenure, growth = tag("kind"), tag("tenure_days"), tag("balance_growth_90d")
moved, half_year = tag("active_txn_count_30d"), tag("active_txn_count_180d")
idle, seen = tag("days_since_active_txn"), tag("days_since_login")

TAGS = (
    define("years_with_bank", ("Years with the bank", "建档年数"),
           ("Full years from the day the customer became known to the bank to as_of; 29 February is full on "
            "1 March.",
            "从建档日到数据日的整年数；2月29日建档者平年于3月1日满年。"),
           Type.INTEGER, Attribute(column="since", function="years_since"), "years"),
    *map(active_txns, (30, 90, 180)),
    define("days_since_active_txn", ("Days since an active transaction", "距最近动账天数"),
           (f"Days from the latest of the {ACTIVE_TEXT[0]}, to as_of, 0 when it was that day; missing when "
            f"there is none {days_window(LONGEST)[0]}.",
            f"从最近一笔{ACTIVE_TEXT[1]}到数据日的天数，当天为0；{days_window(LONGEST)[1]}没有则缺失。"),
           Type.INTEGER, txns("days_since", None, ACTIVE, LONGEST), "days"),
    define("days_since_activity", ("Days since any activity", "距最近活动天数"),
           ("The smaller of days since an active transaction and days since a log-in; the one that is there "
            "when the other is missing, missing when both are.",
            "距最近动账天数与距最近登录天数中较小者；其一缺失取另一个，均缺失则缺失。"),
           Type.INTEGER,
           case((seen.is_missing(), idle), (idle.is_missing(), seen), (idle <= seen, idle), otherwise=seen),
           "days"),
    flag("is_new_customer", ("New customer", "新客户"),
         (f"Not a prospect, and known to the bank for under {NEW} days.",
          f"非潜在客户且建档不足{NEW}天。"),
         (kind != "prospect") & (tenure < NEW)),
    flag("is_lost", ("Lost customer", "流失客户"),
         (f"Not a prospect, and either without an open holding, or with assets under management below "
          f"{SMALL} yuan and no active transaction {days_window(LONGEST)[0]}.",
          f"非潜在客户，且没有在用账户，或AUM不足{SMALL}元且{days_window(LONGEST)[1]}无动账。"),
         (kind != "prospect")
         & ((tag("holdings_open") <= 0) | ((tag("aum") < SMALL) & idle.is_missing()))),
    flag("is_dormant", ("Dormant customer", "睡眠客户"),
         (f"Not a prospect, not lost, known to the bank for at least {QUIET} days, and without an active "
          f"transaction {days_window(QUIET)[0]}.",
          f"非潜在客户、非流失、建档满{QUIET}天，且{days_window(QUIET)[1]}无动账。"),
         (kind != "prospect") & ~tag("is_lost") & (tenure >= QUIET) & (half_year <= 0)),
    flag("is_won_back", ("Won back", "赢回客户"),
         (f"Not a prospect, not lost, known to the bank for at least {OLD} days, with an active transaction "
          f"{days_window(RECENT)[0]}, and with none in the {QUIET - RECENT} days before these.",
          f"非潜在客户、非流失、建档满{OLD}天，{days_window(RECENT)[1]}有动账，"
          f"而此前{QUIET - RECENT}天无动账。"),
         (kind != "prospect") & ~tag("is_lost") & (tenure >= OLD) & (moved > 0) & (half_year <= moved)),
    define("life_stage", ("Life stage", "生命周期阶段"),
           (f"The first that holds: prospect; lost; new, known for under {NEW} days; won_back; dormant; "
            f"growing or declining when the balance growth of 90 days is at least {GROWTH}, or at most "
            f"-{GROWTH}; otherwise mature. Lost, won back and dormant are those of the tags of these names.",
            f"依次判断：潜在客户（prospect）；流失（lost）；建档不足{NEW}天为新客户（new）；赢回（won_back）；"
            f"睡眠（dormant）；近90天余额增长率不低于{GROWTH}为成长（growing），不高于-{GROWTH}为衰退"
            "（declining）；其余为成熟（mature）。流失、赢回、睡眠同各自标签。"),
           Type.TEXT,
           case((kind == "prospect", "prospect"), (tag("is_lost"), "lost"), (tenure < NEW, "new"),
                (tag("is_won_back"), "won_back"), (tag("is_dormant"), "dormant"),
                (growth >= GROWTH, "growing"), (growth <= -GROWTH, "declining"), otherwise="mature"),
           values=STAGES),
    define("activity_band", ("Activity", "活跃度"),
           (f"By active transactions and log-ins of {RECENT} days together: high from 20, medium from 5, low "
            "from 1, none at 0.",
            f"按近{RECENT}天动账笔数与登录次数之和：20及以上为high，5及以上为medium，1及以上为low，0为none。"),
           Type.TEXT,
           bands(moved + tag("logins_30d"), (1, 5, 20), ("none", "low", "medium", "high")),
           values=("none", "low", "medium", "high")),
)  # fmt: skip
