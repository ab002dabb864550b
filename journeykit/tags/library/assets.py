"""What the customer has with the bank."""

from journeykit.contract import Type
from journeykit.expressions import case, column, tag
from journeykit.tags.library._define import OWNED_OPEN, OWNED_OPEN_TEXT, Text, aggregates, family, of_kind
from journeykit.tags.tag import Tag

define = family("assets", "Wealth management")
holdings = aggregates("holding")
OPEN, OPEN_ZH = OWNED_OPEN_TEXT

AUM_BANDS = ("none", "under_10k", "10k_50k", "50k_200k", "200k_500k", "500k_1m", "1m_plus")
LINE_TITLES: dict[str, Text] = {
    "deposit": ("deposit", "存款"), "wealth": ("wealth product", "理财"), "card": ("card", "银行卡"),
    "loan": ("loan", "贷款"),
}  # fmt: skip


def balance_of(line: str) -> Tag:
    """What the holdings of one line are worth."""
    en, zh = LINE_TITLES[line]
    return define(
        f"{line}_balance", (f"{en.capitalize()} balance", f"{zh}余额"),
        (f"Sum of what the customer's {en}s are worth at the end of as_of. {OPEN}",
         f"数据日终客户{zh}余额合计。{OPEN_ZH}"),
        Type.DECIMAL, holdings("sum", column("amount"), OWNED_OPEN & (column("line") == line)), "yuan",
    )  # fmt: skip


def holds(line: str) -> Tag:
    """Whether the customer has a holding of one line."""
    en, zh = LINE_TITLES[line]
    return define(
        f"holds_{line}", (f"Holds a {en}", f"持有{zh}"),
        (f"The customer owns at least one {en} on as_of, whatever it is worth. {OPEN}",
         f"数据日客户至少持有一个{zh}账户，不论余额。{OPEN_ZH}"),
        Type.BOOLEAN, holdings("exists", where=OWNED_OPEN & (column("line") == line)),
    )  # fmt: skip


def deposits(kind: str, title: Text) -> Tag:
    """What the deposits of one kind are worth."""
    return define(
        f"{kind}_balance", (f"{title[0].capitalize()} balance", f"{title[1]}余额"),
        (f"Sum of what the holdings of products of the kind {kind} are worth at the end of as_of; a holding "
         f"without a known product does not count. {OPEN}",
         f"数据日终产品类别为{title[1]}（{kind}）的账户余额合计，产品未知的不计。{OPEN_ZH}"),
        Type.DECIMAL, holdings("sum", column("amount"), OWNED_OPEN & of_kind(kind)), "yuan",
    )  # fmt: skip


aum = tag("aum")

TAGS = (
    balance_of("deposit"),
    balance_of("wealth"),
    define("aum", ("Assets under management", "管理资产总额（AUM）"),
           (f"Deposit balance and wealth balance at the end of as_of. {OPEN}",
            f"数据日终存款余额与理财余额之和。{OPEN_ZH}"),
           Type.DECIMAL, tag("deposit_balance") + tag("wealth_balance"), "yuan"),
    define("aum_band", ("AUM band", "AUM分层"),
           ("Assets under management in bands of yuan, lower bound included: none at 0 or less, under_10k "
            "above 0, then 10k_50k, 50k_200k, 200k_500k, 500k_1m (k is thousand, m million), and 1m_plus.",
            "AUM按金额分层（含下限，元）：不大于0为none，大于0不足1万为under_10k，其后依次为10k_50k、50k_200k、"
            "200k_500k、500k_1m（k为千、m为百万），100万及以上为1m_plus。"),
           Type.TEXT,
           case((aum <= 0, "none"), (aum < 10_000, "under_10k"), (aum < 50_000, "10k_50k"),
                (aum < 200_000, "50k_200k"), (aum < 500_000, "200k_500k"), (aum < 1_000_000, "500k_1m"),
                otherwise="1m_plus"),
           values=AUM_BANDS),
    define("wealth_share", ("Wealth share of AUM", "理财占比"),
           ("Wealth balance over assets under management, 0.25 is 25 %; missing when these are 0.",
            "理财余额占AUM的比例，0.25即25%；AUM为0则缺失。"),
           Type.RATE, tag("wealth_balance") / aum),
    holds("deposit"),
    holds("wealth"),
    holds("card"),
    define("had_wealth", ("Ever held a wealth product", "曾持有理财"),
           ("The customer owns or once owned a wealth product opened by as_of, closed ones included.",
            "客户在数据日前（含）曾作为所有者开立理财，含已销户。"),
           Type.BOOLEAN,
           holdings("exists", where=(column("role") == "owner") & (column("line") == "wealth"))),
    define("holdings_open", ("Open holdings", "在用账户数"),
           (f"How many accounts and contracts of any line the customer has. {OPEN}",
            f"客户各业务条线的账户与合约数。{OPEN_ZH}"),
           Type.INTEGER, holdings("count", where=OWNED_OPEN), "holdings"),
    define("products_held", ("Different products", "持有产品数"),
           (f"How many different products the customer holds; holdings without a product number do not "
            f"count. {OPEN}",
            f"客户持有的不同产品数，无产品号的账户不计。{OPEN_ZH}"),
           Type.INTEGER, holdings("distinct", column("product_id"), OWNED_OPEN), "products"),
    define("shared_holdings", ("Holdings of others", "非所有者账户数"),
           ("Open holdings in which the customer has another role than owner (joint, authorised).",
            "客户以非所有者身份（共有、授权）参与的未销户账户数。"),
           Type.INTEGER,
           holdings("count", where=(column("role") == "other") & column("closed_on").is_missing()),
           "holdings"),
    define("product_risk_held", ("Highest product risk held", "持有产品最高风险等级"),
           (f"Highest risk level R1 to R5, as 1 to 5, of the products held. {OPEN} Missing without one.",
            f"持有产品的最高风险等级（R1至R5记为1至5）。{OPEN_ZH}无产品则缺失。"),
           Type.INTEGER, holdings("max", column("risk_level", of="product"), OWNED_OPEN), "level"),
    deposits("demand", ("demand deposit", "活期存款")),
    deposits("term", ("term deposit", "定期存款")),
    define("demand_share", ("Demand share of deposits", "活期占比"),
           ("Demand deposit balance over the deposit balance, 0.25 is 25 %; missing when that is 0.",
            "活期存款余额除以存款余额，0.25即25%；存款余额为0则缺失。"),
           Type.RATE, tag("demand_balance") / tag("deposit_balance")),
    define("deposit_largest", ("Largest deposit", "最大单笔存款"),
           (f"What the customer's largest single deposit holding is worth at the end of as_of. {OPEN}",
            f"数据日终客户单个存款账户的最大余额。{OPEN_ZH}"),
           Type.DECIMAL, holdings("max", column("amount"), OWNED_OPEN & (column("line") == "deposit")),
           "yuan"),
)  # fmt: skip
