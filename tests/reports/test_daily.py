"""The daily report adds up, withholds, and speaks one language at a time."""

import re
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from journeykit.display import Table
from journeykit.expressions import tag
from journeykit.ledger.accounts import Accounts
from journeykit.ledger.approvals import Step
from journeykit.ledger.runs import Run
from journeykit.mart.manifest import Absence, Assumption, SourceManifest
from journeykit.reports.daily import write_report
from journeykit.reports.facts import DayFacts
from journeykit.routing.channel import Channel
from journeykit.routing.result import Held, StrategyCount, StrategyRun
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook

DAY = date(2026, 5, 29)
RUN = Run(
    "5f3c2a9b7d1e", "run_strategies", DAY, date(2026, 6, 1), "b1", "{}", "d1", "succeeded", 1,
    datetime(2026, 5, 29), None, None, 127, 74, 53, "aa" * 32,
)  # fmt: skip
MANIFEST = SourceManifest(
    as_of=DAY,
    files=(),
    mapping_hash="m",
    absent=(Absence(subject="holding", column="status", reason="没有"),),
    assumptions=(Assumption(name="speak", text="A branch may speak.", text_zh="网点可以联系客户。"),),
)
SEGMENT = Segment("all", tag("aum") >= 1)
PLAYBOOK = Playbook(
    {
        name: Strategy(name, title=title, title_zh=chinese, stage="activate").start(SEGMENT)
        for name, title, chinese in (("idle", "Idle money", "闲置资金"), ("loan", "Unused loan", "未用授信"))
    },
    {},
    {
        "sms": Channel(name="sms", title="Text message", title_zh="短信", needs="phone", daily_capacity=100),
        "mobile_sales": Channel(
            name="mobile_sales",
            title="Manager",
            title_zh="客户经理走访",
            addressed_to="manager",
            format="xlsx",
        ),
    },
)


def leads(count, strategy, channel, manager=None, state="delivered"):
    return pd.DataFrame(
        [(strategy, channel, state, manager, "B1")] * count,
        columns=["strategy", "channel", "delivery", "manager_id", "home"],
    )


def report(language="en", mobile=24, failed=0, managers=None, *, results=(), stops=()):
    made = [leads(50 - failed, "idle", "sms"), leads(mobile, "loan", "mobile_sales", "M1")]
    if failed:
        made.append(leads(failed, "idle", "sms", state="failed"))
    facts = DayFacts(
        runs=(RUN,),
        accounts=(Accounts(127, 74, 53, 74, 0, 0, 200, 180, 20),),
        leads=pd.concat(made),
        drops=pd.DataFrame(
            [
                ("idle", "n", "no_consent", 30),
                ("loan", "n", "manager_capacity", 20),
                ("loan", "n", "unsuitable", 3),
            ],
            columns=["strategy", "node", "reason", "count"],
        ),
        enrolments=pd.DataFrame(
            [
                ("idle", "treatment", "active", 150),
                ("idle", "control", "active", 30),
                ("idle", "treatment", "exited", 20),
            ],
            columns=["strategy", "arm", "state", "count"],
        ),
        branches={"B1": "东湖支行"},
        managers={"M1": 30, "M2": 10} if managers is None else managers,
        by_manager={"M1": mobile},
        freshness=(("txn", 1000, DAY),),
        stops=stops,
    )
    return write_report(
        facts, MANIFEST, PLAYBOOK, language=language, min_cell=10, timezone="Asia/Shanghai", results=results
    )


def test_figures_add_up():
    text = repr(report())
    assert "Candidates  127" in text and "Leads  74  58.3% of candidates" in text
    assert "127 = 74 + 53" in text and "200 = 180 + 20" in text
    assert re.search(r"Unused loan\s+Activate\s+24\s+23\s+47", text)
    assert re.search(r"Text message\s+50\s+50\s+100\s+50\.0%", text)
    assert "Capacity used  60.0%  2 managers on duty" in text
    assert "A branch may speak." in text


def test_managers_without_a_limit_have_no_share_in_the_ratio():
    assert "Capacity used  no limit  1 managers on duty" in repr(report(managers={"M1": None}))
    mixed = report(managers={"M1": None, "M2": 10})
    assert "Capacity used  0.0%  2 managers on duty" in repr(mixed)
    assert "no limit" in mixed._repr_html_() and "no limit" not in report()._repr_html_()
    assert "Capacity used  60.0%  3 managers on duty" in repr(
        report(managers={"M1": 30, "M2": 10, "M3": None})
    )


def test_a_small_reason_and_what_would_reveal_it_are_withheld():
    text = repr(report())
    assert re.search(r"Offer above assessed risk level\s+•", text)
    assert re.search(r"Manager's day is full\s+•", text) or re.search(
        r"No consent for this channel\s+•", text
    )
    assert not re.search(r"\b3\b", text.split("Why candidates were dropped")[1].split("== Channels")[0])


def test_a_small_channel_is_told_neither_by_capacity_nor_by_managers():
    text = repr(report(mobile=4))
    assert re.search(r"Manager\s+•\s+•", text)
    assert "Capacity used  •" in text and "Leads by manager" not in text


def test_a_few_failed_deliveries_withhold_the_delivered_ones_too():
    text = repr(report(failed=2))
    assert "Delivered  •" in text and re.search(r"Text message\s+•\s+•", text)


@pytest.mark.parametrize(("language", "words"), [("en", "The offer ended."), ("zh", "产品已下架。")])
def test_a_strategy_that_was_held_is_named_with_the_reason(language, words):
    held = Held(
        strategy="spring", version="abc123", reason="The offer ended.", reason_zh="产品已下架。",
        title="Spring", title_zh="迎春",
    )  # fmt: skip
    sound, loud = report(language), report(language, results=[result(held=(held,))])
    assert "abc123" not in repr(sound)
    for part in ({"en": "Spring", "zh": "迎春"}[language], "abc123", words):
        assert part in repr(loud.strategies) and part in loud.strategies._repr_html_()
    assert "spring" not in repr(loud.strategies)


def tables(section):
    return [part for part in section.parts if isinstance(part, Table)]


def result(**parts):
    """What a run says of itself, with one strategy that ran under other titles than its file has."""
    ran = StrategyCount(
        name="idle", title="As approved", title_zh="获批名称", stage="retain", version="abc123",
        enrolled=0, active=0, exited=0, entered=0, candidates=0, leads=0, drops=0,
    )  # fmt: skip
    return StrategyRun(
        run_id="r", as_of=DAY, contact_date=DAY, build_id="b", strategies=(ran,), drops=(), assumptions=(),
        decisions_sha256="", **parts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "As approved: its draft cannot be read; the approved version abc123 ran."),
        ("zh", "获批名称：草稿文件无法读取，已按获批版本 abc123 运行。"),
    ],
)
def test_a_strategy_is_called_as_it_was_approved_and_its_unreadable_draft_is_one_line(language, words):
    section = report(language, results=[result(unread=("idle",))]).strategies
    assert words in section.note
    (table,) = tables(section)  # nothing is among what was held
    name, stage, *_ = table.rows[0]
    assert name in words
    assert stage == {"en": "Retain", "zh": "留客"}[language]


def test_who_paused_and_ended_a_strategy_is_told_in_the_times_of_the_workspace():
    at = datetime(2026, 5, 29, 1, 5, tzinfo=UTC)
    step = Step("idle", 4, "abc123", "paused", "oli", {"reason": "Complaints"}, at)
    table, _ = tables(report(stops=(step,)).strategies)
    assert table.rows == (("Idle money", "paused", "oli", datetime(2026, 5, 29, 9, 5), "Complaints"),)
    assert "Asia/Shanghai" in repr(table)


def test_a_chinese_report_leaves_no_english():
    text = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", report("zh")._repr_html_(), flags=re.DOTALL)
    left = set(re.findall(r"[A-Za-z_]{2,}", text)) - {RUN.run_id, "speak"}
    assert {word for word in left if not re.fullmatch(r"[a-f]+", word)} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_day_without_leads_or_people_still_has_a_report(language):
    empty = DayFacts(
        runs=(RUN,),
        accounts=(),
        leads=leads(0, "idle", "sms"),
        drops=pd.DataFrame({"strategy": [], "node": [], "reason": [], "count": pd.Series([], dtype="int64")}),
        enrolments=pd.DataFrame(
            {"strategy": [], "arm": [], "state": [], "count": pd.Series([], dtype="int64")}
        ),
        branches={},
        managers={},
        by_manager={},
        freshness=(),
    )
    made = write_report(empty, MANIFEST, PLAYBOOK, language=language, min_cell=10, timezone="UTC")
    assert "0 = 0 + 0" in repr(made) and made._repr_html_()
