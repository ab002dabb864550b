"""What the bank bought or found about the customer elsewhere."""

from journeykit.contract import Type
from journeykit.expressions import column
from journeykit.tags.library._define import aggregates, family, still_valid

define = family("external", "Data management")
external = aggregates("external")
USABLE = still_valid("expires_on")

TAGS = (
    define("has_external_data", ("Has external data", "有外部数据"),
           ("At least one value from outside may be used on as_of; its last day is included, one without "
            "a last day may be used on.",
            "数据日至少有一项外部数据在使用期内（到期日当天仍可用，无到期日者一直可用）。"),
           Type.BOOLEAN, external("exists", where=USABLE)),
    define("external_measures", ("External measures", "外部指标数"),
           ("Different measures of the values from outside that may be used on as_of; a value's last day is "
            "included.",
            "数据日可用外部数据的不同指标数；到期日当天仍可用。"),
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
    define("external_expired", ("External data expired", "过期外部数据条数"),
           ("How many values from outside may no longer be used, because their last day lies before as_of.",
            "到期日早于数据日（不含当天）、不可再用的外部数据条数。"),
           Type.INTEGER, external("count", where=~USABLE), "values"),
)  # fmt: skip
