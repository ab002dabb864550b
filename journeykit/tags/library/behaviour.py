"""What the customer does in the app, on the web and at the counter."""

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import Expression, as_of, column, days_between
from journeykit.tags.library._define import LONGEST, Text, aggregates, days_window, family
from journeykit.tags.tag import Tag

define = family("behaviour", "Digital banking")
events = aggregates("event")
OBJECTS: dict[str, Text] = {
    "wealth": ("wealth products", "理财"), "loan": ("loans", "贷款"), "deposit": ("deposits", "存款"),
    "card": ("cards", "银行卡"),
}  # fmt: skip


def times(name: str, title: Text, what: Text, where: Expression, days: int) -> Tag:
    """How often something was done in a window."""
    en, zh = days_window(days)
    return define(
        f"{name}_{days}d", (f"{title[0]}, {days} days", f"近{days}天{title[1]}"),
        (f"Times the customer {what[0]} {en}.", f"{zh}客户{what[1]}的次数。"),
        Type.INTEGER, events("count", where=where, within_days=days), "times",
    )  # fmt: skip


def logins(days: int) -> Tag:
    """Log-ins, wherever."""
    return times(
        "logins", ("Log-ins", "登录次数"), ("logged in to the app or the web", "登录手机银行或网上银行"),
        column("action") == "login", days,
    )  # fmt: skip


def views(thing: str, days: int) -> Tag:
    """Pages looked at."""
    en, zh = OBJECTS[thing]
    return times(
        f"{thing}_views", (f"Views of {en}", f"浏览{zh}次数"), (f"viewed {en}", f"浏览{zh}"),
        (column("action") == "view") & (column("object") == thing), days,
    )  # fmt: skip


def clicks(thing: str, days: int) -> Tag:
    """Things clicked on."""
    en, zh = OBJECTS[thing]
    return times(
        f"{thing}_clicks", (f"Clicks on {en}", f"点击{zh}次数"), (f"clicked on {en}", f"点击{zh}"),
        (column("action") == "click") & (column("object") == thing), days,
    )  # fmt: skip


LAST_LOGIN, LAST = days_window(LONGEST), days_window(90)

TAGS = (
    *map(logins, (7, 30, 90)),
    define("days_since_login", ("Days since a log-in", "距最近登录天数"),
           (f"Days from the latest log-in to as_of, 0 when it was that day; missing when there is "
            f"none {LAST_LOGIN[0]}.",
            f"从最近一次登录到数据日的天数，当天为0；{LAST_LOGIN[1]}没有则缺失。"),
           Type.INTEGER, events("days_since", None, column("action") == "login", LONGEST), "days"),
    *(views("wealth", days) for days in (14, 30)),
    *(views(thing, 30) for thing in ("loan", "deposit", "card")),
    *(clicks(thing, 30) for thing in ("wealth", "loan")),
    times("applications", ("Applications", "申请次数"), ("began or sent an application", "发起或提交申请"),
          column("action").isin(["apply", "submit"]), 90),
    times("counter_visits", ("Visits to a counter", "到店次数"), ("visited a counter", "到访柜面"),
          (column("action") == "visit") & (column("channel") == "counter"), 90),
    times("official_account_events", ("Official account actions", "公众号互动次数"),
          ("did anything on the official account", "在公众号互动"),
          column("channel") == "official_account", 30),
    define("app_active_days_30d", ("Active days in the app, 30 days", "近30天手机银行活跃天数"),
           (f"Different days with an event in the app {days_window(30)[0]}.",
            f"{days_window(30)[1]}手机银行有行为的不同天数。"),
           Type.INTEGER,
           events("distinct", days_between(column("occurred_at"), as_of()), column("channel") == "app", 30),
           "days"),
    define("last_event_channel", ("Channel of the last event", "最近行为渠道"),
           (f"Channel of the customer's latest event {LAST[0]}; of two at the same moment the one with the "
            "greater number. Missing without one.",
            f"{LAST[1]}客户最近一次行为的渠道；同一时刻取事件号较大者。没有则缺失。"),
           Type.TEXT, events("last", column("channel"), None, 90),
           values=SUBJECTS["event"].column("channel").values),
)  # fmt: skip
