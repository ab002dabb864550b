"""The model machinery on a real bank's telemarketing (UCI Bank Marketing), without the call's duration."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest
from sklearn.metrics import roc_auc_score

from journeykit.errors import DefinitionError
from journeykit.expressions import tag
from journeykit.models import Model, ModelStore
from journeykit.models.card import TrainingData, make_card
from journeykit.models.learning import fit

WHY = "Nobody knows how long a call lasts before it is made, and it ends long when the customer accepts."
OUTCOME = "y"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bank_marketing" / "bank-full.csv"


@pytest.fixture(scope="module")
def bank_marketing() -> pa.Table:
    if not DATA.is_file():
        pytest.skip(f"the Bank Marketing data are not at {DATA}")
    return pyarrow.csv.read_csv(DATA, parse_options=pyarrow.csv.ParseOptions(delimiter=";"))


def deposit_model(features: list[str]) -> Model:
    return Model(
        name="term_deposit",
        title="Subscribes a term deposit when called",
        features=tuple(features),
        outcome=tag(OUTCOME) == "yes",
        horizon_days=1,
        barred={"duration": WHY},
    )


def test_term_deposits_are_foretold_without_the_calls_duration(
    bank_marketing: pa.Table, tmp_path: Path
) -> None:
    features = [name for name in bank_marketing.column_names if name not in ("duration", OUTCOME)]
    model = deposit_model(features)
    outcome = [value == "yes" for value in bank_marketing[OUTCOME].to_pylist()]
    fitted = fit(model, bank_marketing, outcome)
    data = TrainingData(
        load_id="bank-full", feature_day=date(2010, 11, 1), outcome_day=date(2010, 11, 2),
        customers=len(outcome), rows=len(outcome), positives=sum(outcome),
    )  # fmt: skip
    ModelStore(tmp_path).publish(make_card(model, "bankmarketing", data, fitted, {}), fitted.pipeline)
    trained = ModelStore(tmp_path).load("term_deposit")
    card = trained.card
    assert (card.data.rows, card.data.positives) == (45211, 5289)
    assert card.auc >= 0.78
    assert min(card.auc_folds) >= 0.78
    assert roc_auc_score(outcome, fitted.scores) == pytest.approx(card.auc, abs=0.005)
    assert card.lift[0].lift > 3.5
    assert all(abs(one.predicted - one.observed) < 0.04 for one in card.calibration)
    assert WHY in repr(card)
    assert "Nobody knows how long a call lasts" in card._repr_html_()
    assert len(trained.score(bank_marketing)) == len(outcome)


def test_the_calls_duration_cannot_be_used(bank_marketing: pa.Table) -> None:
    features = [name for name in bank_marketing.column_names if name != OUTCOME]
    with pytest.raises(DefinitionError, match="'duration' is barred: Nobody knows how long a call lasts"):
        deposit_model(features)
