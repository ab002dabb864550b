"""What a mart in a warehouse answers: the same as one in files, each question one statement there."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
import sqlalchemy as sa

import journeykit as jk
from journeykit.dialects.aggregates import storage_block
from journeykit.dialects.functions import sampling_place
from journeykit.errors import DataError, DefinitionError, JourneykitError
from journeykit.mart.mart import Mart
from journeykit.mart.sources import LANDED, subject_table
from journeykit.mart.warehouse.builds import current_builds
from journeykit.segments.lists import Lists, save_list
from journeykit.tags import LIBRARY, Catalogue, build_tags
from journeykit.tags.warehouse import build_in_warehouse

CATALOGUE = Catalogue(LIBRARY)
t = {name: CATALOGUE[name] for name in CATALOGUE}

QUESTIONS = {
    "numbers": (t["aum"] >= 1000) & ~t["holds_wealth"],
    "texts": t["kind"].isin(["personal"]) & (t["region_kind"] != "city"),
    "quotient": t["aum"] / t["age"] > 900,
    "product": 0.5 * t["aum"] > t["inflow_30d"],
    "dates": t["last_txn_on"] >= jk.as_of() - jk.days(30) if "last_txn_on" in t else t["aum"] > 0,
    "did": jk.did("view", object="wealth").at_least(2).within(days=60),
    "did not": ~jk.did("login").within(days=90),
    "spent": jk.did("txn", direction="out").within(days=90).sum("amount") > 5000,
    "sequence": jk.sequence(jk.did("view"), jk.did("login")).within(days=365),
    "top": jk.top(7, by=t["aum"]),
    "sample": jk.sample(0.3, salt="pilot"),
    "missing": t["age"].is_missing(),
}


@pytest.fixture(scope="module")
def rows(banks):
    return banks.vary(banks.random_bank(3, 40), 3, banks.AS_OF)


@pytest.fixture(scope="module")
def both(banks, rows, tmp_path_factory, empty_database, as_warehouse):
    """The same bank in a warehouse and in files, each opened with the library built, and its lists."""
    folder = tmp_path_factory.mktemp("files")
    lists = folder / "lists"
    save_list("some", ["C001", "C005", "nobody"], folder=lists)
    with empty_database() as url:
        warehouse = as_warehouse(url, rows)
        for day in (banks.AS_OF - timedelta(days=1), banks.AS_OF):
            build_in_warehouse(warehouse, CATALOGUE, day)
        store = banks.land_rows(folder, rows)
        here = build_tags(store, CATALOGUE, banks.AS_OF, memory_limit="500MB", threads=1)
        with (
            warehouse.open(tags=CATALOGUE, lists=Lists(lists)) as there,
            Mart(store, store.load(banks.AS_OF), here.build_id, country="CN", tags=CATALOGUE,
                 lists=Lists(lists), memory_limit="500MB", threads=1) as embedded,
        ):  # fmt: skip
            yield there, embedded


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_segment_has_the_same_customers_in_both(both, name):
    there, embedded = both
    segment = jk.Segment("asked", QUESTIONS[name])
    ids = embedded.ids(segment)
    assert there.ids(segment) == ids
    assert there.count(segment) == len(ids)
    assert there.count(~segment) == there.count(there.everyone) - len(ids)


def test_the_questions_tell_customers_apart(both):
    there, _ = both
    everyone = there.count(there.everyone)
    assert sum(0 < there.count(jk.Segment("asked", one)) < everyone for one in QUESTIONS.values()) >= 10


def test_a_list_is_looked_up_there(both, tmp_path):
    there, embedded = both
    listed = jk.Segment("listed", jk.in_list("some", folder=embedded._lists.folder))
    assert there.ids(listed) == embedded.ids(listed) == ["C001", "C005"]
    assert there.count(listed & ~jk.Segment("x", t["aum"] < 0)) == 2


def test_an_earlier_snapshot_is_looked_up_there(both):
    there, _ = both
    same = jk.Segment("same", t["age"] == t["age"].ago(days=1))
    known = jk.Segment("known", ~t["age"].is_missing())
    assert 0 < there.count(same) <= there.count(known)
    earlier = there.as_of - timedelta(days=1)
    assert there.past_build(1) == current_builds(there._connection)[earlier]
    with pytest.raises(DataError, match=r"30 days before .* Earlier days with tags: 2026-05-28.*backfill"):
        there.count(jk.Segment("never", t["age"] == t["age"].ago(days=30)))


@pytest.mark.parametrize("name", LANDED)
def test_a_subject_has_the_same_rows(both, name):
    there, embedded = both
    statement = sa.select(subject_table(name))
    expected = embedded.run(statement).to_pylist()
    found = there.run(statement).to_pylist()
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert there.describe(name).rows == embedded.describe(name).rows


def test_frames_keep_money_exact(both):
    there, embedded = both
    segment = jk.Segment("some", t["aum"] > 0)
    found, expected = (mart.frame(segment, ["aum", "age", "kind"], limit=5) for mart in both)
    assert found.dtypes.equals(expected.dtypes)
    assert found.equals(expected)
    assert isinstance(found["aum"].iloc[0], Decimal)
    assert there.describe().rows == embedded.describe().rows


def test_relations_go_along_with_a_statement(both):
    there, embedded = both
    given = pa.table({"customer_id": ["C001", None], "amount": pa.array([Decimal("1.50"), None])})
    source = sa.table("given", sa.column("customer_id"), sa.column("amount", sa.Numeric(3, 2)))
    asked = sa.select(source).order_by(source.c.customer_id.nulls_last())
    for _ in range(2):
        assert (
            there.run(asked, {"given": given}).to_pylist()
            == embedded.run(asked, {"given": given}).to_pylist()
        )


def test_a_count_scans_the_snapshot_once(both):
    there, _ = both
    found = {name: _scans(_plan(there, question)) for name, question in QUESTIONS.items()}
    # The first by a number are found among all before anybody can be asked whether he is one of them.
    assert found == dict.fromkeys(QUESTIONS, 1) | {"top": 2}


def _plan(mart, question):
    members = jk.Segment("asked", question).statement(mart.scope)
    counted = sa.select(sa.func.count()).select_from(members.subquery())
    explained = mart._connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {mart.show(counted)}").scalar()
    return explained if isinstance(explained, list) else json.loads(str(explained))


def _scans(plan) -> int:
    if isinstance(plan, list):
        return sum(map(_scans, plan))
    if not isinstance(plan, dict):
        return 0
    found = str(plan.get("Relation Name", "")).startswith("snapshot_") and "Scan" in plan["Node Type"]
    return found + sum(map(_scans, plan.values()))


def test_a_tag_is_previewed_there(both):
    previews = [mart.preview(t["aum"]) for mart in both]
    assert previews[0].distribution.table() == previews[1].distribution.table()
    assert "journeykit" not in previews[0].sql
    new = jk.Tag(name="new", title="New", type="decimal", compute=jk.Formula(expression=t["aum"] / 3))
    assert both[0].preview(new).distribution.table() == both[1].preview(new).distribution.table()


# -- mart.sql -----------------------------------------------------------------------------------------


def test_sql_answers_over_subjects_and_the_snapshot(both):
    there, embedded = both
    text = "SELECT kind, count(*) AS n FROM snapshot GROUP BY kind ORDER BY kind NULLS LAST"
    assert there.sql(text).to_dict() == embedded.sql(text.replace("snapshot", "built.snapshot")).to_dict()
    assert there.sql("  -- how many\n (SELECT 1 AS n)")["n"].tolist() == [1]


def test_sql_tells_what_has_no_number(both):
    there, _ = both
    text = (
        "SELECT 'NaN'::numeric AS a, 1.5::numeric AS b, ARRAY[1] AS c, NULL::numeric AS d, 0.1::float8 AS e"
    )
    answer = there.sql(text)
    assert answer.isna().loc[0].tolist() == [True, False, False, True, False]
    assert answer["b"].tolist() == [Decimal("1.5")]
    many = there.sql("SELECT n / 4::numeric AS share FROM generate_series(1, 20001) AS n")["share"]
    assert many.iloc[[0, 9_999, 10_000, 20_000]].tolist() == [
        Decimal(n) / 4 for n in (1, 10_000, 10_001, 20_001)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM journeykit.build",
        "WITH gone AS (DELETE FROM journeykit.build RETURNING 1) SELECT * FROM gone",
        "SELECT 1; DROP TABLE journeykit.build",
        "SELECT 1; COMMIT; DROP TABLE journeykit.build",
        "SELECT set_config('transaction_read_only', 'off', false); SELECT 1",
        "COMMIT",
        "SET search_path = core",
        "EXPLAIN ANALYZE DELETE FROM journeykit.build",
        "SELECT * INTO core.copy FROM customer",
        "CREATE TABLE x (a int)",
        "SELECT nextval('pg_catalog.nothing')",
        "SELECT * FROM core_customer",
        "",
        "selective",
        "DO $$ BEGIN DELETE FROM journeykit.build; END $$",
        "SELECT 'a' || $1",
        "SELECT 1 %s",
    ],
)
def test_sql_only_reads(both, text):
    there, _ = both
    with pytest.raises(DefinitionError, match=r"refuses|nothing else"):
        there.sql(text)
    assert there.sql("SELECT count(*) AS n FROM journeykit.build")["n"].tolist() == [2]


def test_sql_cannot_switch_its_transaction_to_writing(both):
    there, _ = both
    with pytest.raises(DefinitionError, match="refuses"):
        there.sql("SELECT set_config('transaction_read_only', 'off', false)")


def test_sql_leaves_the_settings_as_they_were(both):
    there, _ = both
    settings = "SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone"
    before = there.sql(settings).to_dict("records")
    there.sql("SELECT set_config('search_path', 'core', false), set_config('TimeZone', 'UTC', false)")
    assert there.sql(settings).to_dict("records") == before


# -- a sample -------------------------------------------------------------------------------------------


def test_places_of_ids_say_nothing_of_their_blocks(both):
    """Of one block in four, 1 in 512 ids is below a place of 2,048 in 1,048,576."""
    there, _ = both
    ids = sa.select(sa.cast(sa.func.generate_series(1, 400_000).column_valued("n"), sa.Text()).label("id"))
    ids = ids.subquery("ids")
    read = sa.select(ids.c.id).where(storage_block(ids, "id") % 4 == 0)
    found = there.run(sa.select(sa.func.count()).select_from(read.subquery()))[0][0].as_py()
    chosen = there.run(
        sa.select(sa.func.count()).select_from(read.where(sampling_place(ids.c.id) < 2048).subquery())
    )[0][0].as_py()
    assert abs(found - 100_000) < 1_000
    assert abs(chosen - found / 512) < 60  # more than four standard deviations


# -- names and values are data --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile", ["' OR 1=1 --", "%s", "%(x)s", "a;DROP TABLE x", '"', "\\", "北京'", "$1", ":x"]
)
def test_hostile_values_are_compared_as_text(both, hostile):
    there, embedded = both
    segment = jk.Segment("asked", (t["district"] == hostile) | jk.did("view", object=hostile))
    assert there.ids(segment) == embedded.ids(segment) == []
    given = pa.table({"customer_id": [hostile]})
    source = sa.table("given", sa.column("customer_id", sa.String()))
    asked = sa.select(source).where(source.c.customer_id == hostile)
    assert there.run(asked, {"given": given}).to_pylist() == [{"customer_id": hostile}]


def test_unknown_names_are_told(both):
    there, _ = both
    with pytest.raises(JourneykitError, match="aum"):
        there.count(jk.Segment("asked", jk.tag("aumm") > 1))
    with pytest.raises(JourneykitError, match="customer"):
        there.frame("custommer")
