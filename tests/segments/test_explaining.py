"""Every node of the language has words in both languages; sentences are written out by hand."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from journeykit.contract import SUBJECTS
from journeykit.expressions import And, Or, as_of, case, column, date_part, days_between, did, tag
from journeykit.expressions import nodes as n
from journeykit.segments import Segment
from journeykit.segments.explaining import explain
from journeykit.segments.phrases import phrase, sentence
from journeykit.segments.speech import speech
from journeykit.segments.wording import EVENTS, WORDS
from journeykit.tags.words import say_value

TEXT = n.Value(type="text", value="wealth")
OBJECT = n.Compare(op="==", left=n.ColumnRef(name="object"), right=TEXT)
VIEWS = n.Events(event="view", where=OBJECT, within_days=14)
PURCHASES = n.Events(event="txn", where=(column("kind") == "purchase").node, within_days=30)
AUM, AGE, AS_OF = n.TagRef(name="aum"), n.TagRef(name="age"), n.AsOf()

SENTENCES = [
    (tag("aum") >= 500_000, "“Assets under management” is at least 500,000 yuan",
     "“管理资产总额（AUM）”不低于 500,000 元"),
    (tag("age") != 30, "“Age” is known and not 30 years", "“年龄”有值且不为 30 岁"),
    (~(tag("age") < 30), "“Age” is at least 30 years, or a value is missing", "“年龄”不低于 30 岁，或无值"),
    (~(tag("age") == 30), "“Age” is not 30 years, or a value is missing", "“年龄”不为 30 岁，或无值"),
    (~(tag("age") != 30), "“Age” is 30 years, or a value is missing", "“年龄”为 30 岁，或无值"),
    (tag("holds_wealth"), "“Holds a wealth product”: yes", "“持有理财”：是"),
    (~tag("holds_wealth"), "“Holds a wealth product”: no", "“持有理财”：否"),
    (~~tag("holds_wealth"), "“Holds a wealth product”: yes", "“持有理财”：是"),
    (tag("gender").isin(["female", "x"]), "“Gender” is one of “female”, “x”", "“性别”为“女”、“x”之一"),
    (~tag("gender").isin(["female"]), "“Gender” is none of “female”, or a value is missing",
     "“性别”不为“女”中任何一项，或无值"),
    (tag("gender").isin([]), "“Gender” is one of nothing, so never", "“性别”属于空列表，恒不成立"),
    (tag("age").between(30, 40), "“Age” is from 30 years to 40 years",
     "“年龄”介于 30 岁与 40 岁之间（含两端）"),
    (tag("own_tag").is_missing(), "“own_tag” is missing", "“own_tag”无值"),
    (~tag("age").is_missing(), "“Age” is known", "“年龄”有值"),
    (tag("risk_expires_on") <= as_of(), "“Assessment valid to” is on or before the day of the data",
     "“测评有效期至”不晚于数据日期"),
    (days_between(tag("risk_expires_on"), as_of()) > 3,
     "the days from “Assessment valid to” to the day of the data is above 3",
     "“测评有效期至”至数据日期的天数高于 3"),
    (date_part("weekday", as_of()) == 1, "the weekday (1 Monday … 7 Sunday) of the day of the data is 1",
     "数据日期的星期（1 为周一，7 为周日）为 1"),
    (tag("aum") / 2 + 1 > tag("annual_income").fill(0),
     "((“Assets under management” ÷ 2) + 1) is above “Stated income a year, yuan” (where missing, 0 yuan)",
     "（（“管理资产总额（AUM）” ÷ 2） + 1）高于“年收入”（无值时取 0 元）"),
    (case((tag("age") < 18, True)),
     "(a value by case: yes if “Age” is below 18 years; otherwise missing): yes",
     "（按情形取值：若“年龄”低于 18 岁则是；否则无值）：是"),
    (tag("logins_30d") >= 1, "“Log-ins, 30 days” is at least once", "“近30天登录次数”不低于 1 次"),
    (tag("days_since_login").fill(365) >= 1,
     "“Days since a log-in” (where missing, 365 days) is at least 1 day",
     "“距最近登录天数”（无值时取 365 天）不低于 1 天"),
    (tag("employees") == 1, "“Employees of a micro business” is 1 person", "“员工数”为 1 人"),
    (did("txn", column("amount") >= 50_000, counterparty=["own_other_bank", "person"]),
     "at least 1 transaction (amount is at least 50,000 yuan and counterparty is one of “own account at "
     "another bank”, “person”) so far",
     "至今交易（金额不低于 50,000 元且对手类型为“本人他行账户”、“个人”之一）至少 1 次"),
    (n.Did(events=VIEWS, times=2), "at least 2 views (object is “wealth”) in the last 14 days",
     "最近 14 天内浏览（对象为“理财”）至少 2 次"),
    (n.Not(operand=n.Did(events=VIEWS)), "no views (object is “wealth”) in the last 14 days",
     "最近 14 天内无浏览（对象为“理财”）"),
    (n.Not(operand=n.Did(events=VIEWS, times=3)), "at most 2 views (object is “wealth”) in the last 14 days",
     "最近 14 天内浏览（对象为“理财”）至多 2 次"),
    (n.Did(events=n.Events(event="login", within_days=28), times=2, every_days=7),
     "at least 2 log-ins in each of the last 4 periods of 7 days", "最近 4 个 7 天周期中，每期登录至少 2 次"),
    (n.Did(events=n.Events(event="login", since_entry=True)),
     "at least 1 log-in since entering the journey", "进入该流程后登录至少 1 次"),
    (n.Did(events=n.Events(event="login"), op="exactly", times=1), "exactly 1 log-in so far",
     "至今登录恰好 1 次"),
    (n.Compare(op=">", left=n.Measure(events=PURCHASES, function="sum", of="amount"),
               right=n.Value(type="integer", value=5000)),
     "the total amount of transactions (kind is “purchase”) in the last 30 days is above 5,000 yuan",
     "最近 30 天内交易（交易类型为“消费”）的金额合计高于 5,000 元"),
    (n.Compare(op="<", left=AUM, right=n.Arithmetic(op="*", left=n.Value(type="decimal", value="0.8"),
                                                    right=n.Past(name="aum", days=30))),
     "“Assets under management” is below (0.8 × “Assets under management” 30 days ago)",
     "“管理资产总额（AUM）”低于（0.8 × 30 天前的“管理资产总额（AUM）”）"),
    (n.Compare(op=">", left=n.TagRef(name="risk_expires_on"), right=n.DaysLater(operand=AS_OF, days=7)),
     "“Assessment valid to” is after 7 days after the day of the data",
     "“测评有效期至”晚于数据日期之后 7 天"),
    (n.TextMatch(op="contains", operand=n.TagRef(name="district"), text=TEXT),
     "“District” contains “wealth”", "“区县”包含“wealth”"),
    (n.InList(name="vip", digest="0" * 64), "is on the list “vip”", "在名单“vip”中"),
    (n.Sample(share="0.125", salt="pilot"), "is in the random sample of 12.5 % (salt “pilot”)",
     "属于 12.5 % 的随机样本（盐值“pilot”）"),
    (n.Top(count=1000, by=AUM, among=(tag("age") > 60).node),
     "is among the 1,000 customers with the highest “Assets under management” (of those for whom "
     "“Age” is above 60 years)",
     "“管理资产总额（AUM）”最高的前 1,000 名客户（限于满足以下条件者：“年龄”高于 60 岁）"),
]  # fmt: skip


W, MALE = tag("holds_wealth"), tag("gender") == "male"
YES, YES_ZH = "“Holds a wealth product”: yes", "“持有理财”：是"
OLDER = ~(tag("age") < 30)
OLD, OLD_ZH = "“Age” is at least 30 years, or a value is missing", "“年龄”不低于 30 岁，或无值"
LOGINS = n.Events(event="login", within_days=14)

JOINED = [
    (W | (OLDER & MALE), f"({YES} or (({OLD}) and “Gender” is “male”))",
     f"（{YES_ZH}或（（{OLD_ZH}）且“性别”为“男”））"),
    (n.Top(count=5, by=AUM, among=OLDER.node),
     f"is among the 5 customers with the highest “Assets under management” (of those for whom {OLD})",
     f"“管理资产总额（AUM）”最高的前 5 名客户（限于满足以下条件者：{OLD_ZH}）"),
    (Or(operands=(n.Top(count=1, by=AUM, lowest=True, among=(W & MALE).node), W.node)),
     "(is the customer with the lowest “Assets under management” (of those for whom "
     f"{YES} and “Gender” is “male”) or {YES})",
     f"（“管理资产总额（AUM）”最低的客户（限于满足以下条件者：{YES_ZH}且“性别”为“男”）或{YES_ZH}）"),
    (n.Top(count=1, by=AUM), "is the customer with the highest “Assets under management”",
     "“管理资产总额（AUM）”最高的客户"),
    (did("view", ~(column("object") == "x"), channel="app"),
     "at least 1 view ((object is not “x”, or a value is missing) and channel is “app”) so far",
     "至今浏览（（对象不为“x”，或无值）且渠道为“手机银行”）至少 1 次"),
    (did("txn", column("amount") - 1 > column("amount") * 2),
     "at least 1 transaction ((amount − 1) is above (amount × 2)) so far",
     "至今交易（（金额 − 1）高于（金额 × 2））至少 1 次"),
    (~(W | MALE) & W, f"((it is not so that ({YES} or “Gender” is “male”)) and {YES})",
     f"（（不满足：（{YES_ZH}或“性别”为“男”））且{YES_ZH}）"),
    (And(operands=((~~OLDER).node, And(operands=(W.node,)))),
     f"(({OLD}) and {YES})", f"（（{OLD_ZH}）且{YES_ZH}）"),
    (~W & ~tag("age").is_missing(), "(“Holds a wealth product”: no and “Age” is known)",
     "（“持有理财”：否且“年龄”有值）"),
    (n.Did(events=LOGINS, op="at_most", times=0, every_days=7),
     "no log-ins in any of the last 2 periods of 7 days", "最近 2 个 7 天周期中，各期均无登录"),
    (n.Not(operand=n.Did(events=LOGINS, op="at_most", times=0, every_days=7)),
     "at least 1 log-in in the last 14 days", "最近 14 天内登录至少 1 次"),
    (n.Not(operand=n.Did(events=LOGINS, op="exactly", times=0)),
     "at least 1 log-in in the last 14 days", "最近 14 天内登录至少 1 次"),
]  # fmt: skip


def test_every_code_of_the_contract_has_its_word_in_chinese():
    codes = {one for subject in SUBJECTS.values() for column in subject.columns for one in column.values}
    assert {code for code in codes if say_value(code, "zh") == code} == set()


@pytest.mark.parametrize(("what", "english", "chinese"), JOINED)
def test_what_is_joined_reads_in_one_way(what, english, chinese):
    node = what if isinstance(what, n.Node) else what.node
    assert (sentence(node, speech("en")), sentence(node, speech("zh"))) == (english, chinese)


@pytest.mark.parametrize(("what", "english", "chinese"), SENTENCES)
def test_what_it_says(what, english, chinese):
    assert str(explain(what)) == english
    assert str(explain(what, "zh")) == chinese


SEQUENCE = n.Sequence(
    steps=(n.Step(event="view"), n.Step(event="login", times=2, within_days=7)),
    without=n.Without(event="apply", within_days=7),
    within_days=90,
)


def test_conditions_stand_under_each_other():
    both = Segment("both", And(operands=(tag("holds_wealth").node, n.Not(operand=Or(operands=(
        (tag("age") < 30).node, SEQUENCE))))))  # fmt: skip
    assert str(explain(both)).splitlines() == [
        "All of these hold:",
        "- “Holds a wealth product”: yes",
        "- None of these holds:",
        "  - “Age” is below 30 years",
        "  - One after the other, within the last 90 days:",
        "    - at least 1 view",
        "    - then at least 2 log-ins, within 7 days from the day of the step before on",
        "    - after that no applications within 7 days from that day on, and these days are over",
    ]
    assert str(explain(both, "zh")).splitlines() == [
        "同时满足：",
        "- “持有理财”：是",
        "- 以下各项均不满足：",
        "  - “年龄”低于 30 岁",
        "  - 最近 90 天内依次发生：",
        "    - 浏览至少 1 次",
        "    - 随后登录至少 2 次（自上一步当日起 7 天内）",
        "    - 此后自当日起 7 天内无申请，且该期间已结束",
    ]
    assert explain(both)._repr_html_().count("<li>") == explain(both)._repr_html_().count("</li>") == 8
    assert explain(both).to_frame()["depth"].tolist() == [0, 1, 1, 2, 2, 3, 3, 3]


def one_of_each():
    """An example of every kind of node, by kind."""
    examples = [n.ColumnRef(name="line", of="product"), n.Value(type="boolean", value=True)]
    parts = [what.node if hasattr(what, "node") and not isinstance(what, n.Node) else what
             for what, _, _ in SENTENCES]  # fmt: skip
    parts += [
        SEQUENCE,
        SEQUENCE.model_copy(update={"within_days": None}),
        And(operands=()),
        Or(operands=()),
        n.StartOf(part="week", operand=AS_OF),
    ]
    for what in [*examples, *parts]:
        yield from n.walk(what)


def test_every_kind_of_node_has_words():
    kinds = set(get_args(get_args(get_args(n.AnyNode)[0])[0]))
    seen = {type(node) for node in one_of_each()}
    assert kinds <= seen, "write a sentence for the new kind of node"
    for language in ("en", "zh"):
        say = speech(language)
        for node in one_of_each():
            if not isinstance(node, n.When):
                assert sentence(node, say)
            assert phrase(node, say)
            assert "{" not in phrase(node, say)


def test_both_languages_fill_in_the_same():
    for key, (english, chinese) in WORDS.items():
        places = [set(re.findall(r"\{\d\}", text)) for text in (english, chinese)]
        assert places[0] == places[1], key
    assert all(english and chinese for english, chinese in WORDS.values())
    assert all(one and many and chinese for one, many, chinese in EVENTS.values())


def test_english_has_no_chinese_in_it():
    for node in one_of_each():
        if not isinstance(node, n.When):
            assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", str(explain(node))), node


def test_texts_are_never_markup_or_templates():
    hostile = Segment("x", (tag("district") == "<b>{0}{x}</b>") & (tag("age") > 1))
    assert "“<b>{0}{x}</b>”" in str(explain(hostile))
    assert "<b>" not in explain(hostile)._repr_html_()
