"""A connection that is lost is told in our words, with what to do next."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import journeykit as jk
from journeykit.errors import StoreError
from journeykit.mart.warehouse.store import Warehouse
from journeykit.tags import Catalogue
from journeykit.tags.warehouse import build_in_warehouse

DAY = date(2026, 5, 29)
MOVES = jk.Tag(
    name="moves", title="Moves", type="integer", compute=jk.Aggregate(subject="txn", function="count")
)
TAGS = Catalogue([MOVES])
MOVING = jk.Segment("moving", TAGS["moves"] > 0)
QUESTIONS = {
    "count": lambda mart: mart.count(MOVING),
    "frame": lambda mart: mart.frame("txn"),
    "sql": lambda mart: mart.sql("SELECT 1 AS one"),
    "earlier": lambda mart: mart.count(jk.Segment("x", TAGS["moves"] > TAGS["moves"].ago(days=1))),
}


@pytest.fixture
def warehouse(bank) -> Warehouse:
    who = {"customer_id": "a", "kind": "personal", "since": date(2020, 1, 1)}
    return bank({"customer": [who]})


def disconnect(warehouse: Warehouse) -> None:
    """End every other session of the database, as whoever administers it may."""
    engine = sa.create_engine(warehouse.url, isolation_level="AUTOCOMMIT")
    sessions = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        found = (
            connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 10000) {sessions}").scalars().all()
        )
    engine.dispose()
    assert found == [True]


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_mart_says_to_open_it_again(warehouse, asked):
    build_in_warehouse(warehouse, TAGS, DAY)
    with warehouse.open(tags=TAGS) as mart:
        assert mart.count(MOVING) == 0
        disconnect(warehouse)
        for question in (asked, *QUESTIONS):  # whatever is asked first, and ever after
            with pytest.raises(
                StoreError, match=r"was lost\. Open the mart again with jk\.connect\(\)"
            ) as lost:
                QUESTIONS[question](mart)
            assert lost.value.__suppress_context__
    with warehouse.open(tags=TAGS) as mart:
        assert mart.count(MOVING) == 0


@pytest.mark.parametrize("step", [0, 1])
def test_a_build_says_to_run_it_again(warehouse, step):
    first = build_in_warehouse(warehouse, TAGS, DAY)
    more = Catalogue([MOVES, MOVES.model_copy(update={"name": "more"})])

    def lose(done: int, _steps: int, _what: str) -> None:
        if done == step:
            disconnect(warehouse)

    with pytest.raises(
        StoreError, match=r"was lost\. The build that was current stays so\. Run the same command"
    ):
        build_in_warehouse(warehouse, more, DAY, progress=lose)
    assert warehouse.builds() == {DAY: first.build_id}
    assert not build_in_warehouse(warehouse, more, DAY).reused
