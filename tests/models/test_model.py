"""A model that would learn from what it foretells, or from what nobody may use, is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.expressions import as_of, column, days_between, tag
from journeykit.models import Model, check_model, load_models
from journeykit.tags import LIBRARY, Aggregate, Attribute, Catalogue, Formula, Score, Tag

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    own = (
        Tag(name="churn_score", title="Churn", type="rate", compute=Score(model="churn")),
        Tag(
            name="churn_doubled",
            title="Twice",
            type="rate",
            compute=Formula(expression=tag("churn_score") * 2),
        ),
        Tag(
            name="txns_ever", title="Ever", type="integer", compute=Aggregate(subject="txn", function="count")
        ),
    )
    return Catalogue((*LIBRARY, *own))


def churn(**changes: object) -> Model:
    parts = {
        "name": "churn",
        "title": "Churn",
        "features": ("txn_count_30d", "days_since_login"),
        "where": tag("txn_count_90d") > 0,
        "outcome": tag("txn_count_90d") == 0,
        "horizon_days": 90,
    }
    return Model(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_slip_is_told_in_our_words_and_a_feature_may_be_a_handle(make_model) -> None:
    with pytest.raises(DefinitionError, match="Model 'purchase': learner"):
        make_model(learner="magic")
    assert make_model(features=[tag("amount"), "times"]).features == ("amount", "times")


def test_yaml_round_trip(tmp_path: Path) -> None:
    model = churn(among=tag("contacts_90d") > 0, barred={"gender": "Not ours to ask."})
    model.save(tmp_path)
    assert load_models(tmp_path) == {"churn": model}
    assert Model.from_yaml(model.to_yaml()) == model
    (tmp_path / "other.yaml").write_text(model.to_yaml())
    with pytest.raises(DefinitionError, match=r"Rename the file to churn.yaml"):
        load_models(tmp_path)


def test_a_sound_model_passes(catalogue: Catalogue) -> None:
    check_model(churn(), catalogue)
    assert churn().tags == ("days_since_login", "txn_count_30d", "txn_count_90d")


def test_shipped_models_fit_the_library() -> None:
    models = load_models(ROOT / "scheduled" / "models")
    assert {"churn", "wealth_purchase", "contact_response"} <= set(models)
    for model in models.values():
        check_model(model, Catalogue(LIBRARY))
        assert model.title_zh and model.description and model.description_zh


def test_barred_features_are_refused_with_the_reason(catalogue: Catalogue) -> None:
    barred = {"age": "It must not decide."}
    with pytest.raises(DefinitionError, match=r"'age' is barred: It must not decide. Leave it out"):
        churn(features=("age",), barred=barred)
    with pytest.raises(DefinitionError, match="'age_band' rests on 'age', which is barred"):
        check_model(churn(features=("age_band",), barred=barred), catalogue)


@pytest.mark.parametrize("barred", ["gender", "customer.gender"])
def test_a_barred_column_is_barred_under_any_name(barred: str) -> None:
    own = (
        Tag(name="g2", title="G", type="text", compute=Attribute(subject="customer", column="gender")),
        Tag(name="g3", title="G", type="boolean", compute=Formula(expression=tag("g2") == "male")),
    )
    known = Catalogue((*LIBRARY, *own))
    for feature, through in (("g2", ""), ("g3", " rests on 'g2', which")):
        model = churn(features=(feature,), barred={barred: "It must not decide."})
        message = f"'{feature}'{through} reads customer.gender, which is barred: It must not decide"
        with pytest.raises(DefinitionError, match=message):
            check_model(model, known)
        with pytest.raises(DefinitionError, match=message):
            check_model(model.model_copy(update={"features": ("txn_count_30d",), "where": (tag(feature) == (
                "male" if feature == "g2" else True)).node}), known)  # fmt: skip
    check_model(churn(barred={barred: "It must not decide."}), known)


def test_a_barred_column_behind_an_aggregate(catalogue: Catalogue) -> None:
    with pytest.raises(DefinitionError, match=r"reads event\.action, which is barred"):
        check_model(churn(barred={"event.action": "Not asked for."}), catalogue)


@pytest.mark.parametrize(
    ("name", "near"), [("gendre", "gender"), ("customer.gendre", "customer.gender"), ("duration", "")]
)
def test_a_barred_name_that_is_nothing_is_refused(catalogue: Catalogue, name: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Unknown barred tag or column '{name}'.*{near}"):
        check_model(churn(barred={name: "Why."}), catalogue)


def test_reasons_in_chinese_are_of_what_is_barred() -> None:
    with pytest.raises(UnknownNameError, match="Unknown barred feature 'gendr'"):
        churn(barred={"gender": "No."}, barred_zh={"gendr": "不可。"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"features": ("txn_count_30",)}, "Model 'churn': Unknown tag 'txn_count_30'. Did you mean"),
        ({"outcome": tag("txn_count_9d") == 0}, "Model 'churn': Unknown tag 'txn_count_9d'"),
        ({"outcome": tag("txn_count_90d")}, "A condition is expected"),
        ({"where": tag("txn_count_90d") == "none"}, "compares integer"),
        ({"features": ("risk_expires_on",)}, "'risk_expires_on' is a date, which never comes again"),
        (
            {"features": ("churn_score",)},
            "'churn_score' is its own score, and that was learned from days after",
        ),
        ({"features": ("churn_doubled",)}, "'churn_doubled' rests on 'churn_score', which is its own score"),
        ({"name": "leave", "where": tag("churn_score") > 0}, "'churn_score' is a model's score"),
    ],
)
def test_what_does_not_fit_the_catalogue(catalogue: Catalogue, changes: dict, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        check_model(churn(**changes), catalogue)


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        (tag("days_since_txn") > 60, "'days_since_txn' looks back 365 days, past the feature day 90"),
        (tag("txns_ever") == 0, "'txns_ever' looks back all the past"),
        (tag("balance_change_90d") < 0, "'balance_change_90d' through 'balance_90d_ago' looks back 135 days"),
        (tag("aum_daily_mean_90d") < 100, r"looks back 135 days \(45 of them to carry balances forward\)"),
        (tag("gender") == "male", "'gender' does not say what happened in the 90 days"),
    ],
)  # fmt: skip
def test_an_outcome_that_reaches_into_the_features_past_is_refused(
    catalogue: Catalogue, outcome: object, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        check_model(churn(outcome=outcome), catalogue)
    with pytest.raises(DefinitionError, match=message):
        check_model(churn(among=outcome), catalogue)


def test_the_window_may_be_as_long_as_the_horizon_and_no_longer(catalogue: Catalogue) -> None:
    check_model(churn(horizon_days=90), catalogue)
    with pytest.raises(DefinitionError, match="looks back 90 days, past the feature day 89 days before"):
        check_model(churn(horizon_days=89), catalogue)


def test_conditions_are_over_tags() -> None:
    with pytest.raises(DefinitionError, match="cannot read column 'amount'"):
        churn(outcome=column("amount") > 0)
    with pytest.raises(DefinitionError, match="`where` uses as_of"):
        churn(where=days_between(tag("risk_expires_on"), as_of()) > 0)
    with pytest.raises(DefinitionError, match="stands twice"):
        churn(features=("age", "age"))


def test_an_unknown_tag_is_an_unknown_name(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownNameError):
        check_model(churn(features=("nothing_like_it",)), catalogue)
