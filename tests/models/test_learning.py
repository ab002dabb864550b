"""What is learned is what was planted, and every figure can be computed again with scikit-learn alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from journeykit.errors import DataError
from journeykit.models.encoding import encode
from journeykit.models.figures import (
    ScoreBins,
    measure_auc,
    measure_bins,
    measure_calibration,
    measure_lift,
    measure_stability,
)
from journeykit.models.learning import Fitted, fit


@pytest.fixture(scope="module")
def fitted(learned: tuple[pa.Table, np.ndarray], make_model: Callable) -> Fitted:
    return fit(make_model(), *learned)


@pytest.mark.parametrize("learner", ["gradient_boosting", "logistic_regression"])
def test_planted_signal_is_found_and_noise_is_not(
    learner: str, make_model: Callable, customers: Callable
) -> None:
    table, outcome = customers(1200, seed=1)
    found = fit(make_model(learner=learner), table, outcome)
    best = sorted(found.importance, key=lambda name: -found.importance[name])[:2]
    assert set(best) == {"times", "channel"}
    assert roc_auc_score(outcome, found.scores) > 0.75
    shuffled = np.random.default_rng(5).permutation(outcome)
    nothing = fit(make_model(learner=learner), table, shuffled)
    assert abs(roc_auc_score(shuffled, nothing.scores) - 0.5) < 0.06


def test_scores_of_training_rows_are_of_folds_that_had_not_seen_them(
    fitted: Fitted, learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> None:
    table, outcome = learned
    frame = encode(table, make_model().features, fitted.vocabulary)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    with threadpool_limits(1):
        again = cross_val_predict(clone(fitted.pipeline), frame, outcome, cv=folds, method="predict_proba")[
            :, 1
        ]
    assert np.array_equal(again, fitted.scores)
    by_fold = [roc_auc_score(outcome[held], again[held]) for _, held in folds.split(frame, outcome)]
    assert measure_auc(fitted.outcome, fitted.scores, fitted.folds) == pytest.approx(by_fold, abs=1e-6)
    seen = roc_auc_score(outcome, fitted.pipeline.predict_proba(frame)[:, 1])
    assert seen > np.mean(by_fold) + 0.05  # what training rows would have flattered it by


def test_calibration_agrees_with_scikit_learn(fitted: Fitted) -> None:
    bins = measure_calibration(fitted.outcome, fitted.scores)
    observed, predicted = calibration_curve(fitted.outcome, fitted.scores, n_bins=10, strategy="quantile")
    assert [one.predicted for one in bins] == pytest.approx(list(predicted), abs=0.01)
    assert [one.observed for one in bins] == pytest.approx(list(observed), abs=0.03)
    assert sum(one.rows for one in bins) == len(fitted.outcome)


def test_lift_by_hand() -> None:
    scores = np.arange(20, 0, -1) / 100
    outcome = np.array([True, True, True, False, *[False] * 15, True])
    lift = measure_lift(outcome, scores)
    assert [(one.rows, one.positives) for one in lift[:2]] == [(2, 2), (2, 1)]
    assert (lift[0].rate, lift[0].lift, lift[0].captured) == (1.0, 5.0, 0.5)
    assert (lift[1].lift, lift[1].captured, lift[-1].captured) == (2.5, 0.75, 1.0)


def test_stability_by_hand() -> None:
    bins = ScoreBins(edges=(0.5,), shares=(0.5, 0.5))
    one_moved = np.array([0.1, 0.2, 0.3, 0.9])
    assert measure_stability(bins, one_moved) == pytest.approx(
        0.25 * np.log(1.5) - 0.25 * np.log(0.5), abs=1e-6
    )
    scores = np.random.default_rng(0).random(5000)
    assert measure_stability(measure_bins(scores), scores) == 0
    assert measure_stability(measure_bins(scores), scores**3) > 0.25


def test_twice_gives_the_same(
    fitted: Fitted, learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> None:
    again = fit(make_model(), *learned)
    assert np.array_equal(again.scores, fitted.scores)
    assert again.importance == fitted.importance


def test_a_frame_does_as_well_as_a_table(
    fitted: Fitted, learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> None:
    table, outcome = learned
    assert np.array_equal(fit(make_model(), table.to_pandas(), outcome).scores, fitted.scores)


def test_rare_and_new_texts_count_as_other(fitted: Fitted) -> None:
    assert set(fitted.vocabulary["channel"]) == {"app", "atm", "counter", ""}
    table = pa.table({"channel": ["atm", "moon", None]})
    codes = encode(table, ["channel"], {"channel": ("app", "atm", "")})["channel"]
    assert list(codes) == [1, -1, 2]


@pytest.mark.parametrize("truth", [False, True])
def test_one_class_is_refused(
    truth: bool, learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> None:
    table, _ = learned
    with pytest.raises(DataError, match="at least 50 of both are needed"):
        fit(make_model(), table, np.full(len(table), truth))


def test_few_positives_are_refused_with_their_number(
    learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> None:
    table, _ = learned
    with pytest.raises(DataError, match="of 1,500 customers 49 meet its outcome"):
        fit(make_model(), table, np.arange(len(table)) < 49)


def test_a_missing_feature_and_a_day_are_refused(
    learned: tuple[pa.Table, np.ndarray], make_model: Callable
) -> None:
    table, outcome = learned
    with pytest.raises(DataError, match="The feature 'noise' is missing"):
        fit(make_model(), table.drop_columns(["noise"]), outcome)
    days = table.set_column(5, "noise", pa.array([0] * len(table), pa.date32()))
    with pytest.raises(DataError, match="'noise' is date32"):
        fit(make_model(), days, outcome)


@pytest.mark.parametrize("learner", ["gradient_boosting", "logistic_regression"])
@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.bool_(), pa.string(), pa.null()])
def test_a_feature_without_any_value_is_refused_by_name(
    make_model: Callable, learned: tuple[pa.Table, np.ndarray], learner: str, kind: pa.DataType
) -> None:
    table, outcome = learned
    table = table.append_column("nothing", pa.nulls(len(table), kind))
    with pytest.raises(DataError, match=r"of 1,500 customers none has a value of nothing\. Leave it out"):
        fit(make_model(features=("times", "nothing"), learner=learner), table, outcome)


@pytest.mark.parametrize("learner", ["gradient_boosting", "logistic_regression"])
@pytest.mark.parametrize("known", [1, 2, 3])
def test_a_feature_that_some_fold_lacks_does_no_harm(
    make_model: Callable, learned: tuple[pa.Table, np.ndarray], learner: str, known: int
) -> None:
    table, outcome = learned
    rare = pa.array([float(n) if n < known else None for n in range(len(table))])
    model = make_model(features=("times", "rare"), learner=learner)
    with_it = fit(model, table.append_column("rare", rare), outcome)
    without = fit(make_model(features=("times",), learner=learner), table, outcome)
    assert np.isfinite(with_it.scores).all()
    assert np.abs(with_it.scores - without.scores).mean() < 0.01


def test_what_the_learner_cannot_take_is_told_with_the_model(
    make_model: Callable, learned: tuple[pa.Table, np.ndarray]
) -> None:
    table, outcome = learned
    table = table.append_column("endless", pa.array([float("inf")] * len(table)))
    model = make_model(features=("times", "endless"), learner="logistic_regression")
    with pytest.raises(DataError, match=r"Model 'purchase' cannot be learned: .*infinity"):
        fit(model, table, outcome)
