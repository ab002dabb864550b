"""A trained model comes back as it was, and a file that is not what was written is refused, never run."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from journeykit.errors import DataError, StoreError
from journeykit.expressions import tag
from journeykit.models import Model, ModelCard, ModelStore, TrainedModel, find_stale, stability
from journeykit.models.card import TrainingData, make_card
from journeykit.models.learning import fit

DATA = TrainingData(
    load_id="abc", feature_day=date(2026, 2, 28), outcome_day=date(2026, 5, 29), customers=1500, rows=1500,
    positives=600,
)  # fmt: skip


def train(root: Path, learned: tuple[pa.Table, np.ndarray], model: Model) -> TrainedModel:
    titles = {"times": ("Times", "次数")}
    fitted = fit(model, *learned)
    return ModelStore(root).publish(make_card(model, "0123456789ab", DATA, fitted, titles), fitted.pipeline)


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> tuple[Path, TrainedModel]:
    root, (table, outcome) = tmp_path_factory.mktemp("models"), learned
    applies = np.asarray(table["times"]) >= 2
    return root, train(
        root, (table.filter(pa.array(applies)), outcome[applies]), make_model(where=tag("times") >= 2)
    )


@pytest.fixture
def written(tmp_path: Path, trained: tuple[Path, TrainedModel]) -> ModelStore:
    """A copy that a test may damage."""
    import shutil

    shutil.copytree(trained[0], tmp_path / "models")
    return ModelStore(tmp_path / "models")


def forge(store: ModelStore, content: bytes) -> None:
    """Put another file in the place of the model's, with a card that vouches for it."""
    folder = store.folder("purchase", "0123456789ab")
    (folder / "model.skops").write_bytes(content)
    card = store.card("purchase").model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    (folder / "card.json").write_text(card.to_json())


@pytest.mark.parametrize("learner", ["gradient_boosting", "logistic_regression"])
def test_round_trip(
    tmp_path: Path,
    learned: tuple[pa.Table, np.ndarray],
    learner: str,
    make_model: Callable,
    customers: Callable,
) -> None:
    made = train(tmp_path, learned, make_model(learner=learner))
    back = ModelStore(tmp_path).load("purchase")
    assert back.card == made.card == ModelCard.model_validate_json(made.card.to_json())
    fresh, _ = customers(700, seed=9)
    assert back.score(fresh) == made.score(fresh)
    assert ModelStore(tmp_path).names() == ["purchase"]
    assert list(ModelStore(tmp_path).trained()) == ["purchase"]


def test_scores_are_those_of_the_pipeline_where_the_model_applies(
    trained: tuple[Path, TrainedModel], customers: Callable
) -> None:
    from journeykit.models.encoding import encode

    model = trained[1]
    fresh, _ = customers(2500, seed=3)
    scores = model.score(fresh)
    expected = model.pipeline.predict_proba(encode(fresh, model.card.model.features, model.card.vocabulary))[
        :, 1
    ]
    applies = np.asarray(fresh["times"]) >= 2
    assert scores.is_valid().to_pylist() == list(applies)
    assert scores.drop_null().to_pylist() == [round(value, 6) for value in expected[applies]]
    assert model.features == ("active", "amount", "channel", "noise", "times")


def test_chunks_change_nothing(
    monkeypatch: pytest.MonkeyPatch, trained: tuple[Path, TrainedModel], customers: Callable
) -> None:
    from journeykit.models import scoring

    fresh, _ = customers(500, seed=4)
    whole = trained[1].score(fresh)
    monkeypatch.setattr(scoring, "CHUNK", 37)
    assert trained[1].score(fresh) == whole
    assert len(trained[1].score(fresh.slice(0, 0))) == 0


def test_scoring_without_a_feature_is_refused(
    trained: tuple[Path, TrainedModel], customers: Callable
) -> None:
    fresh, _ = customers(100)
    with pytest.raises(DataError, match="'channel' is missing"):
        trained[1].score(fresh.drop_columns(["channel"]))


def test_a_changed_file_is_refused(written: ModelStore) -> None:
    path = written.folder("purchase", "0123456789ab") / "model.skops"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"was changed after it was written.*train_models"):
        written.load("purchase")


class Payload:
    """What a pickle would run when it is read."""

    def __reduce__(self) -> tuple:
        return Path.touch, (Path("/tmp/journeykit-a-file-became-python"),)


def test_a_pickle_never_runs(written: ModelStore) -> None:
    forge(written, pickle.dumps(Payload()))
    with pytest.raises(StoreError, match="is no model file"):
        written.load("purchase")
    assert not Path("/tmp/journeykit-a-file-became-python").exists()


def test_a_foreign_function_is_refused(written: ModelStore) -> None:
    foreign = Pipeline([("columns", FunctionTransformer(eval)), ("learner", "passthrough")])
    forge(written, skops.io.dumps(foreign))
    with pytest.raises(StoreError, match="holds what no model of ours holds"):
        written.load("purchase")


def test_an_array_of_objects_is_refused(written: ModelStore) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([Payload()], dtype=object), allow_pickle=True)
    forge(written, buffer.getvalue())
    with pytest.raises(StoreError, match="is no model file"):
        written.load("purchase")


def test_something_else_of_scikit_learn_is_refused(written: ModelStore) -> None:
    from sklearn.preprocessing import StandardScaler

    forge(written, skops.io.dumps(StandardScaler()))
    with pytest.raises(StoreError, match="holds a StandardScaler, no pipeline"):
        written.load("purchase")


@pytest.mark.parametrize("content", ["{}", "not json", ""])
def test_a_damaged_card_is_refused(written: ModelStore, content: str) -> None:
    (written.folder("purchase", "0123456789ab") / "card.json").write_text(content)
    with pytest.raises(StoreError, match=r"missing or damaged. Delete var/models/purchase"):
        written.load("purchase")


def test_a_card_of_another_model_is_refused(written: ModelStore) -> None:
    other = written.card("purchase").model_copy(update={"model_id": "f" * 12})
    (written.folder("purchase", "0123456789ab") / "card.json").write_text(other.to_json())
    with pytest.raises(StoreError, match="is of another model"):
        written.load("purchase")


def test_a_model_of_another_release_of_scikit_learn_is_refused(written: ModelStore) -> None:
    path = written.folder("purchase", "0123456789ab") / "card.json"
    card = written.card("purchase")
    for version, loads in ((f"{card.sklearn}.post1", True), ("1.0.2", False)):
        path.write_text(card.model_copy(update={"sklearn": version}).to_json())
        if loads:
            assert written.load("purchase").model_id == card.model_id
        else:
            with pytest.raises(
                StoreError, match=r"with scikit-learn 1\.0\.2, and here is .* --as-of 2026-05-29"
            ):
                written.load("purchase")


def test_what_breaks_the_learner_while_scoring_is_told_with_the_model(
    trained: tuple[Path, TrainedModel], customers: Callable
) -> None:
    broken = TrainedModel(trained[1].card, Pipeline([("columns", FunctionTransformer())]))
    with pytest.raises(DataError, match=r"Model 'purchase' \(0123456789ab\) cannot score.*Train it anew"):
        broken.score(customers(10)[0])


def test_no_model_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"No model 'churn' is trained here. Trained: none.*train_models"):
        ModelStore(tmp_path).load("churn")
    assert ModelStore(tmp_path).trained() == {}


def test_a_name_is_never_a_path(written: ModelStore) -> None:
    inside = ModelStore(written.root / "purchase")
    with pytest.raises(StoreError, match=r"No model '../purchase' is trained here"):
        inside.card("../purchase")


def test_age_and_drift_are_findings(trained: tuple[Path, TrainedModel], customers: Callable) -> None:
    card = trained[1].card
    fresh, _ = customers(3000, seed=7)
    alike = trained[1].score(fresh)
    assert stability(card, alike) < 0.1
    assert find_stale(card, date(2026, 6, 30), alike) == ()
    (old,) = find_stale(card, date(2026, 12, 1), alike)
    assert "learned from outcomes up to 2026-05-29, 186 days before 2026-12-01; it may be 180 days old" in old
    high = pa.array(np.clip(np.asarray(alike.drop_null()) + 0.4, 0, 1))
    (moved,) = find_stale(card, date(2026, 6, 30), high)
    assert "have moved from those of its training" in moved and "train_models" in moved
    assert find_stale(card, date(2026, 6, 30), pa.nulls(5, pa.float64())) == ()


def test_the_card_prints_in_both_languages(trained: tuple[Path, TrainedModel]) -> None:
    card = trained[1].card
    text = repr(card)
    assert "Purchase" in text and "Known only once the call is over." in text and "2026-02-28" in text
    page = card.show("zh")._repr_html_()
    assert "购买倾向" in page and "校准" in page and "<svg" in page and "次数" in page
    assert "<script" not in page
    assert "call_seconds" in card._repr_html_()
