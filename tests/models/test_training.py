"""Training sees features of one day and outcomes of a later one, and nothing after either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from journeykit.dialects import attach_read_only, fetch_arrow, open_embedded
from journeykit.errors import DataError
from journeykit.expressions import tag
from journeykit.files import sha256_of
from journeykit.mart.earlier import see_earlier
from journeykit.mart.manifest import SourceFile, SourceManifest
from journeykit.mart.store import MartStore
from journeykit.models import Model, ModelStore, find_stale, train
from journeykit.models.training import OUTCOME, draw_rows, read_rows
from journeykit.tags import LIBRARY, Catalogue, Formula, Score, Tag, build_tags
from journeykit.tags.computing import read_tags
from journeykit.tags.planning import find_unavailable, plan_build

DAY = date(2026, 5, 29)
FEATURE_DAY = DAY - timedelta(days=30)
CATALOGUE = Catalogue(
    (*LIBRARY, Tag(name="busy_score", title="Busy", type="rate", compute=Score(model="busy")))
)


def busy(**changes: object) -> Model:
    """Who will move money often: many do, so that four hundred customers are enough."""
    parts = {
        "name": "busy",
        "title": "Busy",
        "features": ("txn_count_90d", "inflow_30d", "balance_last", "last_txn_channel", "uses_payment"),
        "where": tag("txn_count_90d") > 0,
        "outcome": tag("txn_count_30d") >= 3,
        "horizon_days": 30,
    }
    return Model(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def store(built_workspace: Path) -> MartStore:
    return MartStore(built_workspace / "var" / "mart")


def read_subject(store: MartStore, name: str) -> pd.DataFrame:
    files = store.load(DAY).of(name)
    return pd.concat([pd.read_parquet(store.root / file.path) for file in files], ignore_index=True)


def test_rows_and_outcomes_are_those_counted_by_hand(store: MartStore) -> None:
    rows = read_rows(store, CATALOGUE, store.load(DAY), busy())
    txns, customers = read_subject(store, "txn"), read_subject(store, "customer")
    on = pd.to_datetime(txns["occurred_at"]).dt.date
    known = set(customers.loc[pd.to_datetime(customers["since"]).dt.date <= FEATURE_DAY, "customer_id"])
    before = txns[(on <= FEATURE_DAY) & (on > FEATURE_DAY - timedelta(days=90))].groupby("customer_id").size()
    after = txns[(on <= DAY) & (on > FEATURE_DAY)].groupby("customer_id").size()
    expected = sorted(known & set(before.index))
    assert rows.table["customer_id"].to_pylist() == expected
    assert rows.table["txn_count_90d"].to_pylist() == [before[name] for name in expected]
    assert rows.table[OUTCOME].to_pylist() == [after.get(name, 0) >= 3 for name in expected]
    assert (rows.feature_day, rows.outcome_day) == (FEATURE_DAY, DAY)


def test_only_those_of_whom_the_outcome_is_known(store: MartStore) -> None:
    contacts = read_subject(store, "contact")
    on = pd.to_datetime(contacts["contacted_on"]).dt.date
    contacted = set(contacts.loc[(on <= DAY) & (on > FEATURE_DAY), "customer_id"])
    rows = read_rows(store, CATALOGUE, store.load(DAY), busy(among=tag("contacts_30d") > 0))
    everyone = read_rows(store, CATALOGUE, store.load(DAY), busy()).table["customer_id"].to_pylist()
    assert rows.table["customer_id"].to_pylist() == [name for name in everyone if name in contacted]


def rewrite(
    store: MartStore, manifest: SourceManifest, root: Path, change: Callable[[pa.Table], pa.Table]
) -> tuple[MartStore, SourceManifest]:
    """The same load with other transactions."""
    other = MartStore(root)
    files = []
    for file in manifest.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.subject != "txn":
            path.symlink_to(store.root / file.path)
            files.append(file)
            continue
        table = change(pq.read_table(store.root / file.path))
        pq.write_table(table, path)
        parts = {"rows": len(table), "sha256": sha256_of(path)}
        files.append(SourceFile(**{**file.model_dump(), **parts}))
    return other, manifest.model_copy(update={"files": tuple(files)})


def later(table: pa.Table, day: date) -> pa.ChunkedArray:
    return pc.greater(table["occurred_at"].cast(pa.date32()), pa.scalar(day))


def repeat(table: pa.Table, day: date) -> pa.Table:
    """Every transaction after a day five times over, under new numbers, for ten times the amount."""
    after = table.filter(later(table, day))
    amount = pc.multiply(after["amount"], 10).cast(table.schema.field("amount").type)
    after = after.set_column(table.column_names.index("amount"), table.schema.field("amount"), amount)
    copies = [
        after.set_column(0, table.schema.field(0), pc.binary_join_element_wise(after[0], str(n), "-"))
        for n in range(5)
    ]
    return pa.concat_tables([table, *copies])


def test_what_comes_after_the_outcome_day_changes_nothing(store: MartStore, tmp_path: Path) -> None:
    day = DAY - timedelta(days=40)
    manifest = store.load(DAY).model_copy(update={"as_of": day})
    plain = read_rows(store, CATALOGUE, manifest, busy())
    for number, change in enumerate((lambda t: t.filter(pc.invert(later(t, day))), lambda t: repeat(t, day))):
        other, rewritten = rewrite(store, manifest, tmp_path / str(number), change)
        assert rewritten.rows("txn") != manifest.rows("txn")
        assert read_rows(other, CATALOGUE, rewritten, busy()).table.equals(plain.table)


def test_what_comes_after_the_feature_day_changes_no_feature(store: MartStore, tmp_path: Path) -> None:
    manifest = store.load(DAY)
    plain = read_rows(store, CATALOGUE, manifest, busy()).table
    other, rewritten = rewrite(store, manifest, tmp_path, lambda table: repeat(table, FEATURE_DAY))
    moved = read_rows(other, CATALOGUE, rewritten, busy()).table
    assert moved.drop_columns([OUTCOME]).equals(plain.drop_columns([OUTCOME]))
    assert pc.sum(moved[OUTCOME]).as_py() > pc.sum(plain[OUTCOME]).as_py()


def test_twice_is_the_same_model(store: MartStore, tmp_path: Path) -> None:
    manifest = store.load(DAY)
    first = train(store, ModelStore(tmp_path / "a"), CATALOGUE, manifest, busy())
    files = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    train(store, ModelStore(tmp_path / "a"), CATALOGUE, manifest, busy())
    assert {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()} == files
    elsewhere = train(store, ModelStore(tmp_path / "b"), CATALOGUE, manifest, busy())
    assert elsewhere.model_id == first.model_id
    assert elsewhere.card.model_copy(update={"sha256": first.card.sha256}) == first.card
    features = read_tags(store, CATALOGUE, manifest, list(first.features))
    assert elsewhere.score(features) == first.score(features)
    other = train(store, ModelStore(tmp_path / "a"), CATALOGUE, manifest, busy(max_age_days=30))
    assert other.model_id != first.model_id
    assert ModelStore(tmp_path / "a").current("busy") == other.model_id


def test_each_day_keeps_the_model_that_had_learned_from_nothing_later(
    store: MartStore, tmp_path: Path
) -> None:
    models, manifest = ModelStore(tmp_path), store.load(DAY)
    day = DAY - timedelta(days=20)
    newest = train(store, models, CATALOGUE, manifest, busy()).model_id
    older = train(store, models, CATALOGUE, see_earlier(manifest, day), busy()).model_id
    assert models.days("busy") == [day, DAY]
    assert models.current("busy") == newest, "training of an earlier day displaces nothing"
    assert models.current("busy", day - timedelta(days=1)) is None
    for on, expected in ((day, older), (DAY - timedelta(days=1), older), (DAY, newest), (date.max, newest)):
        assert models.current("busy", on) == expected
        assert models.trained(on)["busy"].model_id == expected
    assert models.trained(day - timedelta(days=1)) == {}
    again = train(store, models, CATALOGUE, manifest, busy(max_age_days=30)).model_id
    assert (models.current("busy"), models.current("busy", day)) == (again, older)
    train(store, models, CATALOGUE, manifest, busy())
    assert models.current("busy") == newest, "of one day the last training counts"


def test_a_build_scores_with_it(store: MartStore, tmp_path: Path) -> None:
    manifest = store.load(DAY)
    trained = train(store, ModelStore(tmp_path / "models"), CATALOGUE, manifest, busy())
    assert trained.card.auc > 0.55
    other, _ = rewrite(store, manifest, tmp_path / "mart", lambda table: table)
    other.publish_load(manifest)
    for file in manifest.of("txn"):
        (other.root / file.path).unlink()
        (other.root / file.path).symlink_to(store.root / file.path)
    build = build_tags(other, CATALOGUE, DAY, models={"busy": trained})
    features = read_tags(store, CATALOGUE, manifest, list(trained.features))
    expected = dict(
        zip(features["customer_id"].to_pylist(), trained.score(features).to_pylist(), strict=True)
    )
    with open_embedded(memory_limit="1GB", threads=1) as connection:
        attach_read_only(connection, other.snapshot_path(DAY, build.build_id), "built")
        snapshot = sa.table("snapshot", sa.column("customer_id"), sa.column("busy_score"), schema="built")
        found = fetch_arrow(connection, sa.select(snapshot.c.customer_id, snapshot.c.busy_score))
    scores = {
        name: None if score is None else float(score)
        for name, score in zip(found[0].to_pylist(), found[1].to_pylist(), strict=True)
    }
    assert scores == expected
    assert None in scores.values() and len(set(scores.values())) > 50


def test_a_build_goes_on_when_a_tag_of_a_model_is_gone_or_of_another_type(
    store: MartStore, tmp_path: Path
) -> None:
    """And the tags above the score are left out with it."""
    manifest = store.load(DAY)
    twice = Tag(name="twice", title="Twice", type="rate", compute=Formula(expression=tag("busy_score") * 2))
    own = Tag(name="own", title="Own", type="integer", compute=CATALOGUE["txn_count_90d"].tag.compute)
    as_text = Tag(name="own", title="Own", type="text", compute=CATALOGUE["last_txn_channel"].tag.compute)
    above = Catalogue([*(handle.tag for handle in CATALOGUE.values()), twice])
    learned_with = Catalogue([*(handle.tag for handle in above.values()), own])
    model = busy(features=("own", "inflow_30d", "balance_last"))
    trained = train(store, ModelStore(tmp_path), learned_with, manifest, model)
    assert "busy_score" not in find_unavailable(learned_with, manifest, {"busy": trained})

    changed = Catalogue([*(handle.tag for handle in above.values()), as_text])
    for catalogue, reason in (
        (above, "own, which model busy reads"),
        (changed, "own of type integer, which model busy reads"),
    ):
        missing = plan_build(catalogue, manifest, models={"busy": trained}).unavailable
        assert (missing["busy_score"], missing["twice"]) == (reason, reason)
        assert {"txn_count_90d", "inflow_30d"}.isdisjoint(missing)
        with pytest.raises(DataError, match=f"twice .no {reason}"):
            read_tags(store, catalogue, manifest, ["twice"], models={"busy": trained})
        (finding,) = find_stale(trained.card, DAY, None, catalogue)
        assert ("there is not" if catalogue is above else "another definition of own") in finding
    assert read_tags(store, above, manifest, ["inflow_30d"], models={"busy": trained}).num_rows


def test_a_tag_defined_otherwise_since_the_training_is_a_finding(store: MartStore, tmp_path: Path) -> None:
    tags = {handle.tag.name: handle.tag for handle in CATALOGUE.values()}
    card = train(store, ModelStore(tmp_path), CATALOGUE, store.load(DAY), busy()).card
    assert find_stale(card, DAY, None, CATALOGUE) == ()
    shorter = tags["inflow_30d"].compute.model_copy(update={"within_days": 5})
    renamed = tags["uses_payment"].model_copy(update={"title": "Pays", "description": "Otherwise said."})
    redefined = tags["inflow_30d"].model_copy(update={"compute": shorter})
    other = Catalogue([*{**tags, "inflow_30d": redefined, "uses_payment": renamed}.values()])
    (finding,) = find_stale(card, DAY, None, other)
    assert finding.startswith("Model 'busy' was trained on another definition of inflow_30d. Train it anew")


def test_what_is_known_only_as_of_today_cannot_be_a_feature(store: MartStore, tmp_path: Path) -> None:
    model = busy(features=("txn_count_90d", "education", "wealth_balance"))
    with pytest.raises(DataError) as refused:
        train(store, ModelStore(tmp_path), CATALOGUE, store.load(DAY), model)
    message = str(refused.value)
    assert f"as of {FEATURE_DAY}" in message
    assert "education (no customer.education: known only as it is on 2026-05-29)" in message
    assert "wealth_balance (no holding.amount: known only" in message
    assert "txn_count_90d" not in message
    assert not list(tmp_path.iterdir())


def test_too_few_cases_leave_the_current_model(store: MartStore, tmp_path: Path) -> None:
    models, manifest = ModelStore(tmp_path), store.load(DAY)
    first = train(store, models, CATALOGUE, manifest, busy())
    with pytest.raises(DataError, match="0 meet its outcome; at least 50"):
        train(store, models, CATALOGUE, manifest, busy(outcome=tag("txn_count_30d") > 10_000))
    assert models.current("busy") == first.model_id


def test_a_model_that_hardly_tells_customers_apart_is_not_kept(store: MartStore, tmp_path: Path) -> None:
    models, manifest = ModelStore(tmp_path), store.load(DAY)
    with pytest.raises(DataError, match=r"AUC is 0\.\d+, under 0\.999; it hardly tells customers apart"):
        train(store, models, CATALOGUE, manifest, busy(least_auc=0.999))
    assert models.names() == []


def test_rows_drawn_by_lot_are_the_same_each_time() -> None:
    table = pa.table({"customer_id": [f"C{n:03d}" for n in range(100)]})
    drawn = draw_rows(table, 30)
    assert drawn == draw_rows(table, 30)
    assert len(set(drawn["customer_id"].to_pylist())) == 30
    assert drawn["customer_id"].to_pylist() == sorted(drawn["customer_id"].to_pylist())
    assert draw_rows(table, 100) is table
