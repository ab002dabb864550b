"""The short report of a tag build accounts for every tag, tells its quality and whose tags have changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from journeykit import workspace
from journeykit.contract import Type
from journeykit.mart.manifest import Absence, SourceManifest
from journeykit.reports import summarise_build, summarise_changes, summarise_quality
from journeykit.strategies.usage import TouchedUsers, User
from journeykit.tags import LIBRARY, Build, Catalogue
from journeykit.tags.drift import Drift
from journeykit.tags.gate import Limits
from journeykit.tags.planning import plan_build
from journeykit.tags.profile import Profile, TagProfile
from journeykit.tags.quality import Quality

BEFORE, NOW = date(2026, 5, 28), date(2026, 5, 29)
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])

CALLED = User("strategy", "call", "Call them", "电话联系", True)
LOYAL = User("segment", "loyal", "Loyal", "", False)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("aum", "deposit_balance", "Call them", "Loyal")), ("zh", ("aum", "电话联系", "Loyal", "客群"))],
)
def test_a_changed_tag_is_told_with_its_cause_and_its_users(language, words):
    touched = TouchedUsers({"aum": ("deposit_balance",)}, {"aum": (CALLED, LOYAL)})
    shown = summarise_changes(touched, language)._repr_html_()
    assert all(word in shown for word in words)


@pytest.mark.parametrize(("language", "says"), [("en", "No live strategy"), ("zh", "均无变化")])
def test_nothing_changed_is_told_too(language, says):
    assert says in summarise_changes(TouchedUsers({}, {}), language)._repr_html_()


@pytest.fixture
def in_workspace(built_workspace, monkeypatch):
    """The built workspace's small bank; small groups are withheld as it says."""
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(built_workspace))


@LANGUAGES
def test_a_build_report_accounts_for_every_tag(language):
    catalogue = Catalogue(LIBRARY)
    absent = (Absence(subject="external", reason="not bought"),)
    manifest = SourceManifest(as_of=NOW, files=(), mapping_hash="", absent=absent)
    carried = {Path("tags/2026-05-28/abc.duckdb"): ["inflow_30d", "outflow_30d"]}
    plan = plan_build(catalogue, manifest, carried=carried)
    shown = summarise_build(Build(NOW, "def", 400, 1.0, plan, False), language)
    passes, missing = [part for part in shown.parts if hasattr(part, "rows")]
    *rows, total = passes.rows
    assert sum(row[2] for row in rows) == total[2] == len(plan.tags)
    assert total[2] + sum(row[2] for row in missing.rows) == len(LIBRARY)
    (taken,) = [row for row in rows if "2026-05-28" in row[0]]
    assert ("abc" in taken[1], taken[2]) == (True, 2)
    assert any("not bought" in row[1] and "external" in row[0] for row in missing.rows)
    by_manager = {"en": "Customer, by relationship manager", "zh": "客户（按客户经理汇总）"}[language]
    assert by_manager in [row[1] for row in rows]


def quality_of(limits, before, now, drift=None, **unavailable):
    catalogue = Catalogue(LIBRARY)
    sizes = [(BEFORE, before, {}), (NOW, now, unavailable)]
    previous, profile = (
        Profile(
            day,
            1000,
            {name: TagProfile(name, Type.INTEGER, 1000, known) for name, known in tags.items()},
            gone,
        )
        for day, tags, gone in sizes
    )
    return Quality(catalogue, Limits.model_validate(limits), profile, previous, drift)


@LANGUAGES
@pytest.mark.usefixtures("in_workspace")
def test_limits_drift_and_lost_coverage_are_told(language):
    names = [tag.name for tag in LIBRARY if tag.type is Type.INTEGER][:14]
    before = dict.fromkeys(names, 1000)
    now = {**before, names[0]: 700, names[1]: 989, names[2]: 997}
    gone = now.popitem()[0]
    drift = Drift(
        NOW, BEFORE, {name: 0.3 - place / 100 for place, name in enumerate(names)}, {}, lost=(gone,)
    )
    limits = {"customers": {"min": 10}, "every_tag": {"coverage_drop": "0.5", "drift": "0.28"}}
    shown = summarise_quality(quality_of(limits, before, now, drift, **{gone: "holding.amount"}), language)
    limited, moved, losers = shown.parts
    allowed = {row[1]: row[3] for row in limited.rows}
    assert allowed["10"] in ("kept", "符合")
    assert "1" in allowed["50 %"], "the tag that is gone"
    assert "2" in allowed["0.28"]
    assert len(moved.rows) == 10
    assert moved.rows[0][1:3] == (names[0], "0.300")
    assert [row[1:] for row in losers.rows] == [
        (gone, "100 %", "0 %"), (names[0], "100 %", "70.0 %"), (names[1], "100 %", "98.9 %"),
    ]  # fmt: skip
    assert gone in shown.note


@LANGUAGES
@pytest.mark.usefixtures("in_workspace")
def test_coverage_that_tells_of_a_few_is_withheld_and_steady_tags_are_one_sentence(language):
    few = quality_of({}, {"age": 1000}, {"age": 5}, Drift(NOW, BEFORE, {"age": 0.01}, {}))
    shown = summarise_quality(few, language)
    assert [row[2:] for row in shown.parts[-1].rows] == [("100 %", "•")]
    assert "0.10" in shown.note
    steady = quality_of({}, {"age": 1000}, {"age": 1000}, Drift(NOW, BEFORE, {"age": 0.01}, {}))
    assert len(summarise_quality(steady, language).parts) == 1


@LANGUAGES
@pytest.mark.usefixtures("in_workspace")
def test_a_first_build_has_nothing_to_compare_with(language):
    shown = summarise_quality(workspace.tag_quality("2026-05-29"), language)
    assert shown.note == {
        "en": "There is no earlier build to compare with: neither drift nor lost coverage can be told.",
        "zh": "没有更早的标签可供对比，无法判断分布变化与覆盖率下降。",
    }[language]  # fmt: skip
    assert len(shown.parts) == 1
    assert {row[3] for row in shown.parts[0].rows} <= {
        "kept", "符合", "nothing to compare with", "无可对比",
    }  # fmt: skip
