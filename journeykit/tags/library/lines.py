"""Which business lines the customer uses."""

from journeykit.contract import Type
from journeykit.expressions import column
from journeykit.tags.library._define import Text, aggregates, family
from journeykit.tags.tag import Tag

define = family("lines", "Retail banking")
relationships = aggregates("relationship")
IN_USE = column("closed_on").is_missing()


def uses(line: str, title: Text) -> Tag:
    """Whether the customer uses one line."""
    return define(
        f"uses_{line}", (f"Uses {title[0]}", f"使用{title[1]}"),
        (f"The line {title[0]} is open on as_of; one closed on as_of is no longer open.",
         f"数据日已开通{title[1]}业务；数据日当天关闭视为已关闭。"),
        Type.BOOLEAN, relationships("exists", where=IN_USE & (column("line") == line)),
    )  # fmt: skip


TAGS = (
    define("lines_used", ("Lines used", "使用业务条线数"),
           ("Different business lines that are open on as_of.", "数据日已开通的不同业务条线数。"),
           Type.INTEGER, relationships("distinct", column("line"), IN_USE), "lines"),
    uses("e_banking", ("e-banking", "电子银行")),
    uses("payment", ("payment", "支付")),
    define("days_since_new_line", ("Days since a new line", "距最近开通业务天数"),
           ("Days from the latest opening of a business line, closed ones included, to as_of.",
            "从最近一次开通业务条线（含已关闭）到数据日的天数。"),
           Type.INTEGER, relationships("days_since"), "days"),
)  # fmt: skip
