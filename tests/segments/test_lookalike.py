"""Lookalikes learn from what they may, rank those outside the seed, and become a tag."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

import journeykit as jk
from journeykit.errors import DataError, DefinitionError
from journeykit.expressions import did, sample, tag
from journeykit.segments import Segment, lookalike
from journeykit.segments.choosing import measure_alone
from journeykit.settings import load_settings
from journeykit.workspace import build_tags, model_rows
from journeykit.workspace.modelling import model_store

DAY = "2026-05-29"
BUSY = Segment("busy", tag("txn_count_90d") >= 8, title="Busy", title_zh="活跃")
FEATURES = ("balance_last", "app_active_days_30d", "main_txn_channel_90d", "uses_payment", "tenure_days")


@pytest.fixture(scope="module")
def workspace(built_workspace, tmp_path_factory):
    root = tmp_path_factory.mktemp("alike") / "workspace"
    shutil.copytree(built_workspace, root)
    return root


@pytest.fixture(autouse=True)
def _here(workspace, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(workspace))


@pytest.fixture
def mart(workspace):
    with jk.connect(as_of=DAY) as mart:
        yield mart


def behind(catalogue, name):
    """A tag and all it is made of."""
    return {name}.union(*(behind(catalogue, one) for one in catalogue[name].tag.uses))


def names_below(root):
    """Every model and definition."""
    return sorted([*(root / "var" / "models").rglob("*"), *(root / "scheduled").rglob("*")])


def test_a_lookalike_ranks_those_outside_the_seed_and_becomes_a_tag(workspace, mart):
    found = jk.lookalike(BUSY, mart, features=[mart.tags[name] for name in FEATURES], name="like_busy")
    inside = set(mart.ids(BUSY))
    scores = found.scores.to_pandas()
    assert set(scores["customer_id"]) == set(mart.ids(mart.everyone)) - inside
    assert scores.equals(scores.sort_values(["score", "customer_id"], ascending=[False, True]))
    data = found.card.data
    assert (data.positives, data.rows, data.customers) == (len(inside), 400, 400)
    assert str(data.feature_day) == str(data.outcome_day) == DAY
    for text in ("Lookalike", "Likeness to Busy", "It is part of the seed's own condition", "Gender"):
        assert text in repr(found)
    for text in ("相似客群模型", "与“活跃”的相似度", "属于种子客群自身的条件。", "<svg"):
        assert text in found.card.show("zh")._repr_html_()
    segment = found.segment(25)
    assert mart.ids(segment) == sorted(scores["customer_id"][:25])
    assert segment.title == "Likeness to Busy, first 25"
    build_tags(DAY)
    with jk.connect(as_of=DAY) as after:
        frame = after.frame(~BUSY, ["like_busy"])
        best = after.ids((~BUSY).top(25, by=after.tags.like_busy))
    built = dict(zip(frame["customer_id"], map(float, frame["like_busy"]), strict=True))
    assert built == dict(zip(scores["customer_id"], scores["score"], strict=True))
    assert best == mart.ids(segment)
    assert "like_busy" in [row["name"] for row in model_rows()]


def test_by_default_nothing_is_learned_from_that_tells_the_seed(mart):
    found = jk.lookalike(BUSY, mart, name="like_default")
    model, catalogue = found.card.model, mart.tags
    assert 5 <= len(model.features) <= 40
    for name in model.features:
        assert "txn_count_90d" not in behind(catalogue, name)
        assert catalogue[name].tag.sensitivity != "C3"
        assert catalogue[name].tag.type not in ("date", "timestamp")
        assert not behind(catalogue, name) & {"gender", "marital_status", "age", "annual_income"}
    assert {"txn_count_90d", "gender", "marital_status", "age", "annual_income"} <= model.barred.keys()
    assert set(model.barred) == set(model.barred_zh)
    assert 0.6 <= found.card.auc <= 1


def test_what_gives_a_seed_away_together_is_said_on_the_card(mart):
    found = jk.lookalike(BUSY, mart, features=FEATURES, name="like_plain")
    told = found.card.model_copy(update={"auc": 0.95})
    assert told.auc > found.card.auc
    best = [f"“{one.title}”" for one in sorted(told.features, key=lambda one: -one.importance)][:3]
    mind = f"nearly tell who is in the seed (above all: {', '.join(best)}), so the ranking of everybody else"
    for text in (told.show("en"), told.show("en")._repr_html_()):
        assert mind in str(text)
    assert "几乎足以认出种子客群（主要是：“" in told.show("zh")._repr_html_()
    assert "nearly tell" not in repr(found) and "几乎足以" not in repr(found.card.show("zh"))
    shown = {"en": "Score and share of the seed", "zh": "分数与种子客群占比"}
    for card, words in ((found.card.show(language), words) for language, words in shown.items()):
        for text in (repr(card), card._repr_html_()):
            assert words in text
            assert "come true" not in text and "预测与实际" not in text


def test_a_number_of_customers_is_asked_for(mart):
    found = jk.lookalike(BUSY, mart, features=FEATURES, name="like_plain")
    for count in ("x", 2.5, True, None):
        with pytest.raises(DefinitionError, match=r"no number of customers.*\.segment\(1_000"):
            found.segment(count)
    with pytest.raises(DefinitionError, match="Ask for 1 or more"):
        found.segment(0)


def test_a_seed_is_a_segment(mart):
    for seed in (mart.everyone, "rich", 5, None, tag("aum") > 5):
        with pytest.raises(DefinitionError, match=r"needs a segment as its seed.*jk.Segment\("):
            jk.lookalike(seed, mart)


def test_scores_are_the_same_whatever_is_scored_at_once_and_however_often(mart, workspace, monkeypatch):
    once = jk.lookalike(BUSY, mart, features=FEATURES, name="like_parts")
    files = {path: path.read_bytes() for path in (workspace / "var" / "models").rglob("*.*")}
    monkeypatch.setattr(lookalike, "PART", 60)
    again = jk.lookalike(BUSY, mart, features=FEATURES, name="like_parts")
    assert again.card == once.card
    assert again.scores.equals(once.scores)
    assert {path: path.read_bytes() for path in (workspace / "var" / "models").rglob("*.*")} == files


def test_of_many_customers_some_are_drawn_by_lot(mart, monkeypatch):
    monkeypatch.setattr(lookalike, "MOST_ROWS", 200)
    found = jk.lookalike(BUSY, mart, features=FEATURES, name="like_drawn")
    data = found.card.data
    assert data.customers == 400
    assert 140 <= data.rows <= 260
    assert 50 <= data.positives < mart.count(BUSY) or data.positives == mart.count(BUSY)
    assert len(found.scores) == 400 - mart.count(BUSY)


def test_a_seed_may_be_any_segment(mart):
    seed = BUSY.freeze(mart, "busy_list") | Segment("lookers", did("login").at_least(500).within(days=30))
    found = jk.lookalike(seed, mart, features=FEATURES, name="like_any")
    assert found.card.model.outcome == seed.where
    assert model_store(load_settings()).card("like_any") == found.card


@pytest.mark.parametrize(
    ("seed", "options", "refusal"),
    [
        (Segment("few", tag("age") > 110), {}, (DataError, "at least 50 are needed.*larger seed")),
        (Segment("all", tag("age") >= 0), {}, (DataError, "outside it.*smaller seed")),
        (Segment("luck", sample(0.5, salt="coin")), {}, (DataError, "hardly tells customers apart")),
        (BUSY, {"features": ["txn_count_90d"]}, (DefinitionError, "barred: It is part of the seed's own")),
        (BUSY, {"features": ["gender"]}, (DefinitionError, "barred: A customer's sex")),
        (BUSY, {"features": ["aumm"]}, (DefinitionError, "Did you mean 'aum'")),
        (BUSY, {"features": ["churn_propensity"]}, (DefinitionError, "a model's score")),
        (BUSY, {"name": "aum"}, (DefinitionError, "already the name of a tag")),
        (BUSY, {"name": "Like Busy"}, (DefinitionError, "lower-case letters")),
    ],
)
def test_what_cannot_be_learned_is_refused_and_leaves_nothing(mart, workspace, seed, options, refusal):
    before = names_below(workspace)
    with pytest.raises(refusal[0], match=refusal[1]):
        jk.lookalike(seed, mart, **{"features": FEATURES, **options})
    assert names_below(workspace) == before


def test_how_well_a_feature_alone_tells():
    rng = np.random.default_rng(1)
    outcome = rng.random(500) < 0.3
    value = np.where(rng.random(500) < 0.5, outcome * 3 + rng.normal(size=500), np.nan)
    table = pa.table(
        {
            "noise": rng.normal(size=500),
            "value": pa.array(value, from_pandas=True),
            "less": -outcome.astype(float),
            "text": np.where(outcome, "yes", "no"),
            "flag": outcome,
        }
    )
    found = measure_alone(table, table.column_names, outcome)
    by_hand = roc_auc_score(outcome, pd.Series(value).fillna(-99))
    assert found["value"] == pytest.approx(max(by_hand, 1 - by_hand))
    assert found["less"] == found["text"] == found["flag"] == 1
    assert 0.5 <= found["noise"] < 0.65
