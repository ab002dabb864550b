"""What the customer does in the app, on the web and at the counter."""

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import Expression, as_of, case, column, days_between, tag
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


def applications(line: str, days: int) -> Tag:
    """Applications for one line."""
    en, zh = OBJECTS[line]
    return times(
        f"{line}_applications", (f"Applications for {en}", f"申请{zh}次数"),
        (f"began or sent an application (apply or submit) for {en}", f"发起或提交{zh}申请"),
        column("action").isin(["apply", "submit"]) & (column("object") == line), days,
    )  # fmt: skip


def since_view(line: str, days: int) -> Tag:
    """How long ago something was looked at."""
    (what, what_zh), (en, zh) = OBJECTS[line], days_window(days)
    return define(
        f"days_since_{line}_view", (f"Days since a view of {what}", f"距最近浏览{what_zh}天数"),
        (f"Days from the latest view of {what} to as_of, 0 when it was that day; missing when there is none "
         f"{en}.", f"从最近一次浏览{what_zh}到数据日的天数，当天为0；{zh}没有则缺失。"),
        Type.INTEGER,
        events("days_since", None, (column("action") == "view") & (column("object") == line), days), "days",
    )  # fmt: skip


def login_slope(days: int, period: int) -> Tag:
    """Whether log-ins become more."""
    return define(
        f"login_slope_{days}d", (f"Trend of log-ins, {days} days", f"近{days}天登录趋势"),
        (f"Least-squares change from one period to the next of the number of log-ins in each of the "
         f"{days // period} periods of {period} days in the {days} days up to and including as_of; a period "
         "without any counts 0. Missing without any in all of them.",
         f"截至数据日（含）的{days}天内分为{days // period}个{period}天的时段，各时段登录次数的最小二乘斜率"
         "（每时段变化）；时段无登录计0，全部没有则缺失。"),
        Type.RATE, events("slope", None, column("action") == "login", days, per_days=period), "times",
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
    *(applications(line, 90) for line in OBJECTS),
    *(since_view(line, 90) for line in ("wealth", "loan")),
    login_slope(90, 30),
    define("wealth_click_rate_30d", ("Clicks a view of wealth, 30 days", "近30天理财点击率"),
           ("Clicks on wealth products over views of them, both of 30 days, 0.25 is 25 %; missing without a "
            "view.",
            "近30天点击理财次数除以浏览理财次数，0.25即25%；无浏览则缺失。"),
           Type.RATE, tag("wealth_clicks_30d") / tag("wealth_views_30d")),
    define("unfinished_applications_90d", ("Unfinished applications, 90 days", "近90天未提交申请次数"),
           ("Applications begun (apply) less applications sent (submit), both of 90 days, 0 when more were "
            "sent.",
            "近90天发起申请（apply）次数减提交申请（submit）次数，小于0计0。"),
           Type.INTEGER,
           case((tag("applications_begun_90d") > tag("applications_sent_90d"),
                 tag("applications_begun_90d") - tag("applications_sent_90d")), otherwise=0), "times"),
    times("applications_begun", ("Applications begun", "发起申请次数"),
          ("began an application (apply)", "发起申请（apply）"), column("action") == "apply", 90),
    times("applications_sent", ("Applications sent", "提交申请次数"),
          ("sent an application (submit)", "提交申请（submit）"), column("action") == "submit", 90),
    define("is_wealth_browser", ("Looks at wealth without holding any", "浏览理财未持有客户"),
           ("Viewed wealth products at least twice in 30 days and holds none.",
            "近30天浏览理财不少于2次且未持有理财。"),
           Type.BOOLEAN, (tag("wealth_views_30d") >= 2) & ~tag("holds_wealth")),
)  # fmt: skip
