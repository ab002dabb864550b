"""What the bank bought or found about the customer elsewhere."""

from journeykit.contract import Type
from journeykit.expressions import column
from journeykit.tags.library._define import aggregates, family, still_valid

define = family("external", "Data management")
external = aggregates("external")
USABLE = still_valid("expires_on")

TAGS = (
    define("has_external_data", ("Has external data", "有外部数据"),
           ("At least one value from outside may be used on as_of; its last day is included.",
            "数据日至少有一项外部数据在使用期内（到期日当天仍可用）。"),
           Type.BOOLEAN, external("exists", where=USABLE)),
    define("external_measures", ("External measures", "外部指标数"),
           ("Different measures from outside that may be used on as_of.", "数据日可用的不同外部指标数。"),
           Type.INTEGER, external("distinct", column("measure"), USABLE), "measures"),
    define("external_age_days", ("Age of external data", "外部数据天数"),
           ("Days from when the newest value that may be used on as_of was obtained; missing without one.",
            "数据日可用的最新外部数据自获取以来的天数；没有则缺失。"),
           Type.INTEGER, external("days_since", where=USABLE), "days"),
)  # fmt: skip
