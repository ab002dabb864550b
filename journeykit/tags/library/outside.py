"""What the bank bought or found about the customer elsewhere."""

from journeykit.contract import Type
from journeykit.expressions import as_of, column, days_between
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
    define("external_sources", ("External sources", "外部数据来源数"),
           ("Different sources of the values from outside that may be used on as_of; a value's last day is "
            "included.",
            "数据日可用外部数据的不同来源数；到期日当天仍可用。"),
           Type.INTEGER, external("distinct", column("source"), USABLE), "sources"),
    define("external_expires_in_days", ("External data expire in", "外部数据距到期天数"),
           ("Days from as_of to the first last day among the values that may be used on as_of, 0 when it is "
            "as_of; missing when none of them has one.",
            "从数据日到可用外部数据中最早到期日的天数，当天到期为0；均无到期日则缺失。"),
           Type.INTEGER, external("min", days_between(as_of(), column("expires_on")), USABLE), "days"),
)  # fmt: skip
