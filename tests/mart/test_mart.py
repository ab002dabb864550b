"""What an analyst may ask of a mart, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.contract import SUBJECTS, Type
from journeykit.dialects import attach_new, detach, native, open_embedded
from journeykit.errors import DataError, DefinitionError, StoreError, UnknownNameError
from journeykit.mart.mart import Mart
from journeykit.mart.sources import LANDED, NOT_LANDED, subject_table

DAY = date(2026, 5, 29)
TAGS = {"aum": SimpleNamespace(tag=SimpleNamespace(type=Type.DECIMAL, values=()))}


class Rich:
    def statement(self, scope) -> sa.Select:
        return sa.select(scope.relation.c.customer_id).where(scope.tags["aum"] > 1000)


@pytest.fixture
def mart(bank):
    manifest = bank.load()
    path = bank.store.snapshot_path(DAY, "b1")
    path.parent.mkdir(parents=True)
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        attach_new(connection, path, "made")
        native(connection).execute(
            "CREATE TABLE made.snapshot AS SELECT * FROM (VALUES ('C2', 5000.10::DECIMAL(18,2)), "
            "('C1', 1000.10), ('C3', NULL)) AS t(customer_id, aum)"
        )
        native(connection).execute("CREATE TABLE made.unavailable (name VARCHAR, missing VARCHAR)")
        native(connection).execute(
            "CREATE TABLE made.build AS SELECT 'load_id' AS key, ? AS value", [manifest.load_id]
        )
        detach(connection, "made")
    bank.store.publish_build(DAY, "b1")
    with Mart(bank.store, manifest, "b1", country="CN", tags=TAGS, memory_limit="200MB", threads=1) as opened:
        yield opened


def test_it_counts_and_lists_an_audience(mart):
    assert mart.count(Rich()) == 2
    assert mart.ids(Rich()) == ["C1", "C2"]
    assert mart.contact_date == date(2026, 6, 1)
    assert repr(mart) == "Mart as of 2026-05-29 (build b1), contact date 2026-06-01"


def test_threads_that_ask_at_once_get_their_own_answers(mart):
    def ask(number: int) -> list[int]:
        relation = sa.table("asked", sa.column("n", sa.Integer))
        return [
            mart.run(sa.select(relation.c.n), {"asked": pa.table({"n": pa.array([number], pa.int32())})})[
                "n"
            ][0].as_py()
            for _ in range(50)
        ] + [mart.count(Rich())]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [[number] * 50 + [2] for number in range(8)]


def test_money_stays_exact_in_a_frame(mart):
    frame = mart.frame(Rich())
    assert frame["aum"].to_list() == [Decimal("1000.10"), Decimal("5000.10")]
    assert frame["aum"].sum() == Decimal("6000.20")
    assert mart.frame("txn", ["txn_id", "amount"], limit=1).to_dict("records") == [
        {"txn_id": "T1", "amount": Decimal("100.10")}
    ]


def test_a_mistaken_name_is_named(mart):
    with pytest.raises(UnknownNameError, match="Did you mean 'txn'"):
        mart.frame("txns")
    with pytest.raises(UnknownNameError, match="Did you mean 'amount'"):
        mart.frame("txn", ["amout"])
    with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
        mart.frame(Rich(), ["aumm"])
    with pytest.raises(DataError, match="outside the mart"):
        mart.frame("contact_details")
    with pytest.raises(DefinitionError, match="already says its columns"):
        mart.frame(sa.select(sa.literal(1)), ["aum"])


def test_the_scope_says_what_names_mean(mart):
    scope = mart.scope
    assert (scope.as_of, list(scope.tags), dict(scope.types)) == (DAY, ["aum"], {"aum": Type.DECIMAL})
    assert scope.subjects("txn") is subject_table("txn")


def test_relations_may_be_brought_along_and_are_gone_afterwards(mart):
    mine = sa.table("mine", sa.column("customer_id", sa.String()))
    found = mart.run(
        sa.select(mine.c.customer_id).where(mine.c.customer_id.in_(Rich().statement(mart.scope))),
        {"mine": pa.table({"customer_id": ["C1", "C8"]})},
    )  # fmt: skip
    assert found["customer_id"].to_pylist() == ["C1"]
    with pytest.raises(DefinitionError):
        mart.sql("SELECT * FROM mine")


def test_it_describes_what_it_holds(mart):
    every = mart.describe().to_frame()
    assert every["subject"].to_list() == list(LANDED)
    assert dict(zip(every["subject"], every["rows"], strict=True))["txn"] == 2
    one = mart.describe("txn").to_frame().set_index("column")
    assert one.loc["kind", "filled"] == 2
    assert one.loc["category", "absent because"] == "not in this bank"
    assert "aum" not in repr(mart.describe())
    assert "<table" in mart.describe("txn")._repr_html_()


def test_every_view_has_the_columns_of_the_contract(mart):
    for name in LANDED:
        columns = native(mart._connection).table(name).columns
        assert columns == [column.name for column in SUBJECTS[name].columns]
    assert {"contact_details", "receipt"} == NOT_LANDED


def test_sql_answers_a_select(mart):
    frame = mart.sql(
        "-- how many?\nWITH t AS (SELECT * FROM txn) "
        "SELECT count(*) AS n, max(aum) AS m FROM t, built.snapshot"
    )
    assert frame.to_dict("records") == [{"n": 6, "m": Decimal("5000.10")}]


REFUSED = [
    "COPY txn TO '/tmp/stolen.csv'",
    "COPY txn FROM '/etc/passwd'",
    "ATTACH '/tmp/other.duckdb' AS other",
    "DETACH built",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET threads = 1",
    "RESET threads",
    "CALL pragma_version()",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM read_parquet('https://example.org/a.parquet')",
    "SELECT * FROM query('COPY txn TO ''/tmp/stolen.csv''')",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY txn TO '/tmp/stolen.csv'",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE OR REPLACE VIEW txn AS SELECT 1",
    "INSERT INTO built.snapshot VALUES ('C4', 1)",
    "UPDATE built.snapshot SET aum = 0",
    "DELETE FROM built.snapshot",
    "DROP VIEW txn",
    "EXPORT DATABASE '/tmp/stolen'",
    "EXPLAIN ANALYZE DELETE FROM built.snapshot",
    "PREPARE p AS SELECT 1",
    "BEGIN",
    "VACUUM",
    "no SQL at all",
    "SELECT nothing FROM txn",
    "SELECT TAGS",
    "",
    "--",
]


@pytest.mark.parametrize("text", REFUSED)
def test_sql_refuses_everything_else(mart, text):
    with pytest.raises(DefinitionError):
        mart.sql(text)
    assert mart.count(Rich()) == 2


def test_other_files_of_the_mart_cannot_be_read(mart, bank):
    """Nor a later day's: only what this build is made of."""
    later = bank.load(date(2026, 5, 30))
    path = bank.store.root / later.of("txn")[1].path
    with pytest.raises(DefinitionError, match="refuses"):
        mart.sql(f"SELECT * FROM read_parquet('{path}')")


def test_two_days_may_be_open_at_once(bank, mart):
    with bank.open(bank.load(date(2026, 5, 30))) as other:
        count = sa.select(sa.func.count().label("n")).select_from(subject_table("txn"))
        assert (mart.run(count)["n"].to_pylist(), other.run(count)["n"].to_pylist()) == ([2], [3])


def test_before_the_first_build_it_says_how_to_build(bank):
    with (
        bank.open(bank.load()) as fresh,
        pytest.raises(DataError, match="journeykit run build_tags --as-of 2026-05-29"),
    ):
        fresh.count(Rich())


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 500])
def test_a_damaged_snapshot_is_named_with_the_next_step(bank, content):
    manifest = bank.load()
    path = bank.store.snapshot_path(DAY, "b7")
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"b7\.duckdb.*journeykit run build_tags --as-of 2026-05-29"):
        Mart(bank.store, manifest, "b7", country="CN", threads=1)


def test_a_snapshot_of_another_load_is_refused(bank, mart):
    bank.rows["txn"][0]["amount"] = "5"
    with pytest.raises(StoreError, match=rf"b1\.duckdb was built from load {mart.manifest.load_id}"):
        Mart(bank.store, bank.load(), "b1", country="CN", tags=TAGS, threads=1)


def test_no_extension_is_ever_fetched(mart):
    wanted = sa.text("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'")
    assert {value for _, value in mart._connection.execute(wanted)} == {"false"}


def test_variables_of_the_process_are_out_of_reach(mart):
    secret = pa.table({"a": [1]})
    with pytest.raises(DefinitionError):
        mart.sql("SELECT * FROM secret")
    assert secret.num_rows == 1


def test_importing_the_mart_takes_no_pandas():
    code = "import sys, journeykit.mart.mart; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
