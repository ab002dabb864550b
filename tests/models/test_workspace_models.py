"""A workspace trains its models, scores the next build with them, and says when they no longer fit."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import journeykit as jk
from journeykit.expressions import tag
from journeykit.models import Model, ModelStore
from journeykit.models.figures import CalibrationBin, LiftDecile, group_tenths, join_calibration
from journeykit.reports.modelling import lift_table, summarise_models, summarise_training
from journeykit.runs import RunRequest, run_job
from journeykit.settings import load_settings
from journeykit.workspace import model_rows

DAY = date(2026, 5, 29)


@pytest.fixture(scope="module")
def workspace(built_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose models foretell what is frequent enough among four hundred customers."""
    root = tmp_path_factory.mktemp("modelling") / "workspace"
    shutil.copytree(built_workspace, root)
    folder = root / "scheduled" / "models"
    shutil.rmtree(folder)
    busy = Model(
        name="churn", title="Busy", title_zh="活跃", features=("txn_count_90d", "last_txn_channel"),
        where=tag("txn_count_90d") > 0, outcome=tag("txn_count_30d") >= 3, horizon_days=30, max_age_days=10,
        barred={"gender": "It must not decide."}, barred_zh={"gender": "不得影响。"},
    )  # fmt: skip
    busy.save(folder)
    busy.model_copy(update={"name": "rare", "outcome": (tag("txn_count_30d") > 9999).node}).save(folder)
    busy.model_copy(update={"name": "astray", "features": ("txn_cuont_90d",)}).save(folder)
    return root


@pytest.fixture(autouse=True)
def _here(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(workspace))


def test_a_training_says_what_it_made_and_what_it_could_not(workspace: Path) -> None:
    training = jk.train_models(DAY)
    assert [card.model.name for card in training.cards] == ["churn"]
    assert "0 meet its outcome" in training.refused["rare"]
    assert "Unknown tag 'txn_cuont_90d'" in training.refused["astray"]
    assert "churn" in repr(training) and "rare" in repr(training)
    assert ModelStore(workspace / "var" / "models").names() == ["churn"]
    assert jk.model_card("churn") == training.cards[0]
    report = summarise_training(training.cards, training.refusals("zh"), "zh")._repr_html_()
    for text in (
        "活跃",
        "未能训练",
        "正样本仅0名",
        "活跃 (rare)",
        "活跃 (astray)",
        "不得影响。",
        "性别",
        "近90天交易笔数",
        "<svg",
    ):
        assert text in report


def test_the_next_build_scores_and_the_report_says_how_the_model_stands() -> None:
    jk.train_models(DAY)
    jk.build_tags(DAY)
    with jk.connect(as_of=DAY) as mart:
        frame = mart.frame(mart.everyone, ["churn_propensity", "txn_count_90d"])
    known = frame["churn_propensity"].notna()
    assert (known == (frame["txn_count_90d"] > 0)).all()
    (check,) = jk.check_models(DAY)
    assert check.stability is not None and check.stability < 0.25
    assert (check.age_days, check.findings) == (0, ())
    assert "sound" in repr(summarise_models([check], "en"))
    assert "正常" in repr(summarise_models([check], "zh"))
    assert "No model is trained" in repr(summarise_models([], "en"))


def test_scores_of_another_training_are_not_compared(workspace: Path) -> None:
    folder = workspace / "scheduled" / "models"
    (trained,) = jk.train_models(DAY).cards
    jk.build_tags(DAY)
    trained.model.model_copy(update={"max_age_days": 11}).save(folder)
    (newer,) = jk.train_models(DAY).cards
    (check,) = jk.check_models(DAY)
    assert (check.card.model_id, check.stability, check.scored_by) == (newer.model_id, None, trained.model_id)
    (finding,) = check.findings
    assert f"are of {trained.model_id}, and {newer.model_id} would give others" in finding
    assert "another training" in repr(summarise_models([check], "en"))
    jk.build_tags(DAY)
    assert jk.check_models(DAY)[0].findings == ()
    trained.model.save(folder)


def test_a_rebuilt_day_keeps_its_scores_after_a_later_training() -> None:
    earlier = date(2026, 5, 27)
    jk.backfill_tags(earlier, earlier)
    jk.train_models(earlier)
    (before,) = jk.backfill_tags(earlier, earlier).days
    jk.train_models(DAY)
    (again,) = jk.backfill_tags(earlier, earlier).days
    assert "churn_propensity" not in again.build.plan.unavailable
    assert (again.build.build_id, again.build.reused) == (before.build.build_id, True)
    jk.train_models(earlier)
    assert jk.model_card("churn").data.outcome_day == DAY
    (row,) = [row for row in model_rows() if row["name"] == "churn"]
    assert row["learned_to"] == DAY


def test_the_job_makes_a_report(workspace: Path) -> None:
    result = run_job(load_settings(workspace), RunRequest("train_models", DAY, {"language": "en"}))
    report = result.report.read_text(encoding="utf-8")
    assert "Calibration" in report or "Foretold" in report
    assert "<svg" in report and "Busy" in report and "<script" not in report


def test_small_tenths_are_put_together() -> None:
    def tenths(*positives: int) -> list[LiftDecile]:
        return [
            LiftDecile(decile=n, rows=100, positives=count, rate=count / 100, lift=1, captured=1)
            for n, count in enumerate(positives, 1)
        ]

    for positives in ((90, 40, 12, 3, 2, 0), (90, 40, 12, 30, 9, 2), (90, 5, 50), (4, 3, 2), (20, 20, 9)):
        lift = tenths(*positives)
        groups = group_tenths(lift, 10)
        rows = lift_table(lift, groups, "en").rows
        assert sum(row[2] for row in rows) == sum(positives)
        assert all(row[2] >= 10 for row in rows) or len(rows) == 1
        bins = tuple(
            CalibrationBin(rows=one.rows, predicted=0.2, observed=one.rate) for one in reversed(lift)
        )
        joined = join_calibration(bins, groups)
        assert [round(one.rows * one.observed) for one in reversed(joined)] == [row[2] for row in rows]


def test_a_mailed_report_draws_no_small_tenth() -> None:
    """The curve has as many points as the table rows, and the figure of a small first tenth is withheld."""
    (card,) = jk.train_models(DAY).cards
    counts = (9, *(10 - n for n in range(1, 10)))
    small = tuple(
        one.model_copy(update={"positives": count, "lift": 7.7})
        for one, count in zip(card.lift, counts, strict=True)
    )
    page = summarise_training([card.model_copy(update={"lift": small})], {}, "en")._repr_html_()
    assert page.count("<circle") == 1 and "7.7" not in page
    assert summarise_training([card], {}, "en")._repr_html_().count("<circle") > 1
