"""One customer under a pseudonym: what is shown, what is not, and a segment's portrait."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, time

import pytest

import journeykit as jk
from journeykit.contract import subject
from journeykit.errors import DataError, DefinitionError, UnknownNameError
from journeykit.expressions import tag
from journeykit.ledger.receipts import report_outcome
from journeykit.widgets.saying import heading_of
from journeykit.widgets.timeline import KINDS, MOST
from tests.widgets.decided import AS_OF, CONTACT_DATE, OPERATOR, decide, open_ledger


@pytest.fixture(scope="module")
def workspace(built_workspace, tmp_path_factory):
    """A workspace of this module's own, in which one customer got a lead."""
    made = shutil.copytree(built_workspace, tmp_path_factory.mktemp("customer") / "workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(made))
        yield made


@pytest.fixture(autouse=True)
def _in_it(workspace, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(workspace))


@pytest.fixture(scope="module")
def mart(workspace):
    """Its mart."""
    with jk.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def busy(mart):
    """The customer with the most transactions among those who have a birth date and an income."""
    known = mart.frame("customer").dropna(subset=["birth_date", "annual_income"])["customer_id"]
    counts = mart.frame("txn")["customer_id"].value_counts()
    return counts[counts.index.isin(known)].index[0]


@pytest.fixture(scope="module")
def lead(workspace, busy):
    """The customer's lead, of which something was reported."""
    found = decide(workspace, [(busy, "sms", None)])[busy]
    ledger = open_ledger(workspace)
    report_outcome(ledger, found, "answered", actor=OPERATOR, at=datetime.combine(CONTACT_DATE, time(9)))
    ledger.close()
    return found


def timeline(browser, widget, kinds=KINDS, most=MOST):
    return browser.ask(widget, "timeline", kinds=list(kinds), most=most)


def test_nothing_personal_is_shown(browser, mart, busy):
    widget = jk.CustomerView(busy, mart, language="en")
    personal = mart.frame("customer").set_index("customer_id").loc[busy]
    told = json.dumps(widget.data(), default=str) + widget._static_html()
    assert str(personal["birth_date"]) not in told
    assert f"{personal['annual_income']:,}" not in told
    shown = {tag["name"] for tag in browser.ask(widget, "tags")["tags"]}
    sensitive = {name for name in mart.tags if mart.tags[name].tag.sensitivity == "C3"}
    assert "age" in sensitive
    assert shown == set(mart.scope.tags) - sensitive
    assert browser.ask(widget, "tags")["withheld"] == len(sensitive & set(mart.scope.tags))


def test_tags_are_the_builds_in_the_readers_words(browser, mart, busy):
    known = mart.frame(mart.everyone).set_index("customer_id").loc[busy]
    english, chinese = (
        {tag["name"]: tag for tag in browser.ask(jk.CustomerView(busy, mart, language=one), "tags")["tags"]}
        for one in ("en", "zh")
    )
    assert english["aum"]["value"] == f"{known['aum']:,} yuan"
    assert chinese["aum"]["value"] == f"{known['aum']:,} 元"
    assert chinese["gender"]["value"] == {"female": "女", "male": "男"}[known["gender"]]
    assert chinese["is_farmer"]["value"] == ("是" if known["is_farmer"] else "否")
    assert chinese["aum"]["meaning"] == mart.tags["aum"].tag.description_zh


def test_the_timeline_has_every_row_the_newest_first(browser, mart, busy, lead):
    widget = jk.CustomerView(busy, mart)
    page = timeline(browser, widget)
    times = [entry["at"] for entry in page["entries"]]
    assert times == sorted(times, reverse=True)
    for kind in ("txn", "event", "contact"):
        rows = mart.frame(kind)
        known = int((rows["customer_id"] == busy).sum())
        assert len(timeline(browser, widget, [kind])["entries"]) == min(known, MOST)
        assert timeline(browser, widget, [kind])["more"] == (known > MOST)


def test_the_timeline_is_filtered_and_goes_on(browser, mart, busy, lead):
    widget = jk.CustomerView(busy, mart)
    first = timeline(browser, widget, ["txn"], 5)
    more = timeline(browser, widget, ["txn"], 10)
    assert first["more"]
    assert more["entries"][:5] == first["entries"]
    assert {entry["kind"] for entry in more["entries"]} == {"txn"}
    amounts = mart.frame("txn")
    newest = amounts[amounts["customer_id"] == busy].sort_values("occurred_at").iloc[-1]
    sign = "+" if newest["direction"] == "in" else "−"
    assert first["entries"][0]["amount"] == f"{sign}{newest['amount']:,} yuan"
    assert timeline(browser, widget, [])["entries"] == []


def test_decisions_and_what_came_of_them_stand_on_it(browser, mart, busy, lead):
    widget = jk.CustomerView(busy, mart, language="zh")
    (entered,) = timeline(browser, widget, ["journey"])["entries"]
    assert (entered["title"], entered["day"]) == ("进入“理财到期承接”", AS_OF.isoformat())
    assert "策略组" in entered["details"]
    (decided,) = timeline(browser, widget, ["lead"])["entries"]
    assert (decided["day"], decided["details"][0]) == (CONTACT_DATE.isoformat(), "短信")
    (said,) = timeline(browser, widget, ["receipt"])["entries"]
    assert (said["title"], said["time"]) == ("已联系上", "09:00")
    (current,) = browser.shown(widget)["leads"]
    assert (current["id"], current["status"], current["why"]) == (lead, "answered", "理财一周内到期")
    assert [title for title, _ in current["facts"]] == ["管理资产总额（AUM）", "持有理财"]  # no age: it is C3


def test_holdings_are_the_customers(browser, mart, busy):
    shown = browser.shown(jk.CustomerView(busy, mart))["holdings"]
    rows = mart.frame("holding")
    mine = rows[rows["customer_id"] == busy]
    assert len(shown["rows"]) == len(mine)
    assert sum(not row["closed"] for row in shown["rows"]) == int(mine["closed_on"].isna().sum())


def test_rows_do_not_tell_what_the_tags_withhold(browser, mart):
    """Who is overdue, and what somebody earns."""
    holding, txn = mart.frame("holding"), mart.frame("txn")
    borrower = holding[(holding["line"] == "loan") & holding["status"].notna()]["customer_id"].iloc[0]
    columns = browser.shown(jk.CustomerView(borrower, mart, language="en"))["holdings"]["columns"]
    assert "Opened" in " ".join(columns)
    assert heading_of(subject("holding").column("status"), "en") not in columns
    paid = txn[(txn["kind"] == "payroll") & txn["customer_id"].isin(mart.frame("customer")["customer_id"])]
    entries = timeline(browser, jk.CustomerView(paid["customer_id"].iloc[0], mart, language="en"), ["txn"])
    amounts = {one["title"]: one["amount"] for one in entries["entries"]}
    assert amounts.pop("payroll") == ""
    assert all(amounts.values())


def test_a_segment_has_a_portrait(browser, mart):
    rich = jk.Segment("rich", mart.tags.aum >= 50_000, title="Affluent", title_zh="富裕客户")
    widget = jk.CustomerView(rich, mart, language="zh")
    shown = browser.shown(widget)
    assert (shown["title"], shown["size"], shown["everyone"]) == ("富裕客户", mart.count(rich), 400)
    assert "50,000 元" in shown["rule"]
    first = next(iter(mart.profile(rich).standings.tags.values()))
    assert shown["profile"][0]["title"].startswith(first.tag.title_zh)
    for spread in shown["spreads"]:
        assert sum(bar["group"] for bar in spread["bars"]) == pytest.approx(1)
    assert "富裕客户" in widget._static_html()
    refused = browser.say(widget, {"id": 1, "ask": "tags", "with": {}})
    assert "ask this of a customer" in refused["error"]


def test_a_segment_that_cannot_be_counted_leaves_what_is_shown(browser, mart, busy):
    widget = jk.CustomerView(busy, mart)
    with pytest.raises(UnknownNameError, match="nosuch"):
        widget.value = jk.Segment("odd", tag("nosuch") > 1)
    assert widget.value == busy
    assert browser.ask(widget, "tags")["tags"]


def test_a_segment_of_nobody_says_so(browser, mart):
    shown = browser.shown(jk.CustomerView(jk.Segment("none", mart.tags.aum < -1), mart))
    assert (shown["size"], shown["profile"], shown["spreads"]) == (0, [], [])


def test_whoever_is_not_there_is_refused(browser, mart, busy):
    with pytest.raises(DataError, match="no customer 'C0'"):
        jk.CustomerView("C0", mart)
    widget = jk.CustomerView(busy, mart)
    with pytest.raises(DefinitionError, match="neither a customer nor a segment"):
        widget.value = 5
    with pytest.raises(DataError, match="no customer"):
        widget.value = "x' OR '1'='1"
    assert widget.value == browser.shown(widget)["who"] == busy


@pytest.mark.parametrize(
    ("ask", "content"),
    [
        ("timeline", {"kinds": ["vault"], "most": 10}),
        ("timeline", {"kinds": ["txn"], "most": MOST + 1}),
        ("timeline", {"kinds": ["txn"], "most": 0}),
        ("timeline", {"kinds": ["txn"], "most": 10, "who": "C00000001"}),
        ("timeline", {"kinds": "txn", "most": 10}),
        ("tags", {"who": "C00000001"}),
    ],
)
def test_what_may_not_be_asked_is_refused(browser, mart, busy, ask, content):
    answer = browser.say(jk.CustomerView(busy, mart), {"id": 1, "ask": ask, "with": content})
    assert ask in answer["error"]


def test_the_view_follows_its_value(browser, mart, busy):
    widget = jk.CustomerView(busy, mart)
    other = next(one for one in mart.ids(mart.everyone) if one != busy)
    widget.value = other
    assert browser.shown(widget)["who"] == other
    assert other in widget._static_html()
    assert busy not in widget._static_html()
