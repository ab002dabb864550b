"""Builds in a warehouse: aside and then published, side by side, one at a time, whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

import journeykit as jk
from journeykit.errors import DataError, DefinitionError, StoreError
from journeykit.mart.warehouse.store import Warehouse
from journeykit.tags import Catalogue
from journeykit.tags.gate import Limits
from journeykit.tags.warehouse import build_in_warehouse

DAY = date(2026, 5, 29)
HERE = Path(__file__).parent


def tag(name: str, type_: str = "integer", **compute: object) -> jk.Tag:
    given = {"subject": "txn", "function": "count"} | compute
    return jk.Tag(name=name, title=name, type=type_, compute=jk.Aggregate(**given))


TAGS = Catalogue([tag("moves"), tag("spent", "decimal", function="sum", of=jk.column("amount"))])


def people(*ids: str) -> list[dict[str, object]]:
    return [{"customer_id": one, "kind": "personal", "since": date(2020, 1, 1)} for one in ids]


def moves(*amounts: tuple[str, str]) -> list[dict[str, object]]:
    return [
        {"txn_id": f"T{i}", "customer_id": who, "occurred_at": DAY, "direction": "in", "amount": amount}
        for i, (who, amount) in enumerate(amounts)
    ]


ROWS = {"customer": people("a", "b", "C"), "txn": moves(("a", "1.10"), ("a", "2.20"), ("b", "0.01"))}


@pytest.fixture
def warehouse(bank) -> Warehouse:
    return bank(ROWS)


def run(warehouse: Warehouse, *commands: str) -> list[tuple[object, ...]]:
    """Commands of the bank's own, in one transaction; the rows of the last."""
    engine = sa.create_engine(warehouse.url)
    with engine.begin() as connection:
        results = [connection.exec_driver_sql(one) for one in commands]
        rows = [tuple(row) for row in results[-1]] if results[-1].returns_rows else []
    engine.dispose()
    return rows


def values(warehouse: Warehouse, build_id: str | None = None, **kw: object) -> list[tuple[object, ...]]:
    with warehouse.open(DAY, build_id, tags=TAGS) as mart:
        frame = mart.frame(mart.everyone)
        return list(frame.astype(str).itertuples(index=False, name=None))


def test_a_build_is_read_through_the_row_that_names_it(warehouse):
    build = build_in_warehouse(warehouse, TAGS, DAY)
    assert values(warehouse) == [("C", "0", "0.00"), ("a", "2", "3.30"), ("b", "1", "0.01")]
    assert warehouse.builds() == {DAY: build.build_id}
    assert run(warehouse, "SELECT as_of, build_id FROM journeykit.current_build") == [(DAY, build.build_id)]
    parent = f"SELECT customer_id, moves FROM journeykit.snapshot WHERE as_of = '{DAY}' ORDER BY 2, 1"
    assert run(warehouse, parent) == [("C", 0), ("b", 1), ("a", 2)]


def test_the_same_rows_are_built_once_and_corrected_ones_beside(warehouse):
    first = build_in_warehouse(warehouse, TAGS, DAY)
    again = build_in_warehouse(warehouse, TAGS, DAY)
    assert (again.build_id, again.reused) == (first.build_id, True)
    run(warehouse, "UPDATE core.txn SET amount = 9.99 WHERE txn_id = 'T2'")
    second = build_in_warehouse(warehouse, TAGS, DAY)
    assert second.build_id != first.build_id
    assert values(warehouse)[2] == ("b", "1", "9.99")
    assert values(warehouse, first.build_id)[2] == ("b", "1", "0.01")


def test_new_tags_add_columns_and_leave_older_builds_as_they_were(warehouse):
    first = build_in_warehouse(warehouse, Catalogue(TAGS.of(["moves"])), DAY)
    build_in_warehouse(warehouse, TAGS, DAY)
    build_in_warehouse(warehouse, Catalogue(TAGS.of(["moves"])), DAY - timedelta(days=1))
    with warehouse.open(DAY, first.build_id, tags=TAGS) as mart:
        assert list(mart.scope.tags) == ["moves"]
    with warehouse.open(DAY, tags=TAGS) as mart:
        assert set(mart.scope.tags) == {"moves", "spent"}


def test_a_tag_keeps_its_type(warehouse):
    first = build_in_warehouse(warehouse, TAGS, DAY)
    other = Catalogue([tag("moves", "decimal", function="sum", of=jk.column("amount"))])
    with pytest.raises(DataError, match=r"moves was BIGINT.*another name"):
        build_in_warehouse(warehouse, other, DAY)
    assert warehouse.builds() == {DAY: first.build_id}


def test_a_tag_cannot_take_the_name_of_a_partition_column(warehouse):
    with pytest.raises(DefinitionError, match="build_id"):
        build_in_warehouse(warehouse, Catalogue([tag("build_id")]), DAY)


def test_of_two_builds_at_once_one_says_so(warehouse):
    held, go_on = threading.Event(), threading.Event()

    def wait(done: int, _steps: int, _what: str) -> None:
        if done == 1:
            held.set()
            go_on.wait(60)

    built = []
    first = threading.Thread(
        target=lambda: built.append(build_in_warehouse(warehouse, TAGS, DAY, progress=wait))
    )
    first.start()
    assert held.wait(60)
    with pytest.raises(StoreError, match=f"Another build of {DAY} is running"):
        build_in_warehouse(warehouse, TAGS, DAY)
    other_day = build_in_warehouse(warehouse, TAGS, DAY - timedelta(days=1))
    go_on.set()
    first.join(60)
    assert warehouse.builds() == {DAY - timedelta(days=1): other_day.build_id, DAY: built[0].build_id}


@pytest.mark.parametrize("step", [0, 1])
def test_a_killed_build_leaves_the_current_one(warehouse, step):
    first = build_in_warehouse(warehouse, Catalogue(TAGS.of(["moves"])), DAY)
    script = f"""
import os, signal, sys, json
from datetime import date
from journeykit.mart.mapping import Mapping
from journeykit.mart.warehouse.store import Warehouse
from journeykit.tags import Catalogue, Tag
from journeykit.tags.warehouse import build_in_warehouse
asked = json.loads(sys.stdin.read())
def progress(done, steps, what):
    if done == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
build_in_warehouse(Warehouse(asked["url"], Mapping.model_validate(asked["mapping"])),
    Catalogue([Tag.model_validate(one) for one in asked["tags"]]), date({DAY:%Y, %-m, %-d}),
    progress=progress)
"""
    asked = {
        "url": warehouse.url, "mapping": warehouse.mapping.model_dump(mode="json"),
        "tags": [TAGS[one].tag.model_dump(mode="json") for one in TAGS],
    }  # fmt: skip
    killed = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(asked).encode(), env=os.environ, check=False
    )
    assert killed.returncode == -9
    assert warehouse.builds() == {DAY: first.build_id}
    listed = "SELECT relname FROM pg_class WHERE relname ~ '^snapshot_2026' AND relkind = 'r'"
    assert len(run(warehouse, listed)) == 1
    second = build_in_warehouse(warehouse, TAGS, DAY)
    assert warehouse.builds() == {DAY: second.build_id}


def test_a_build_that_breaks_a_limit_is_not_published(warehouse):
    first = build_in_warehouse(warehouse, TAGS, DAY)
    run(warehouse, "DELETE FROM core.customer WHERE customer_id = 'b'")
    with pytest.raises(DataError, match="fewer than 3"):
        build_in_warehouse(warehouse, TAGS, DAY, limits=Limits.model_validate({"customers": {"min": 3}}))
    assert warehouse.builds() == {DAY: first.build_id}


def test_limits_compare_with_the_day_before(warehouse):
    build_in_warehouse(warehouse, TAGS, DAY - timedelta(days=1))
    run(warehouse, "DELETE FROM core.customer WHERE customer_id = 'b'")
    limits = Limits.model_validate({"customers": {"max_change": "0.2"}})
    with pytest.raises(DataError, match=f"against 3 on {DAY - timedelta(days=1)}"):
        build_in_warehouse(warehouse, TAGS, DAY, limits=limits)


def test_the_bank_s_tables_are_seen_as_when_the_build_began(warehouse):
    def change(done: int, _steps: int, _what: str) -> None:
        if done == 0:
            run(warehouse, "DELETE FROM core.txn")

    build_in_warehouse(warehouse, TAGS, DAY, progress=change)
    assert values(warehouse)[1] == ("a", "2", "3.30")


def test_a_value_that_does_not_fit_is_told_without_the_value(warehouse):
    run(warehouse, "UPDATE core.txn SET amount = 9999999999999999.99")
    with pytest.raises(DataError, match="does not fit the type of its tag") as refused:
        build_in_warehouse(warehouse, TAGS, DAY)
    assert "99999" not in str(refused.value)


def test_tables_without_customers_are_refused(bank):
    with pytest.raises(DataError, match="no customers as of"):
        build_in_warehouse(bank({}), TAGS, DAY)


def test_the_schema_is_made_by_whoever_may(warehouse):
    run(warehouse, "CREATE ROLE reader LOGIN", "GRANT USAGE ON SCHEMA core TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA core TO reader")  # fmt: skip
    try:
        url = sa.make_url(warehouse.url).set(username="reader").render_as_string(hide_password=False)
        with pytest.raises(StoreError, match="CREATE SCHEMA journeykit AUTHORIZATION"):
            build_in_warehouse(Warehouse(url, warehouse.mapping), TAGS, DAY)
    finally:
        run(warehouse, "DROP OWNED BY reader", "DROP ROLE reader")


def test_two_days_at_once_may_both_bring_new_tags(warehouse):
    """The later one ends after columns came that it did not see when it began."""
    before = DAY - timedelta(days=1)
    more = tag("way", "text", function="last", of=jk.column("direction"))
    build_in_warehouse(warehouse, Catalogue(TAGS.of(["moves"])), DAY - timedelta(days=2))

    def meanwhile(done: int, _steps: int, _what: str) -> None:
        if done == 0:
            build_in_warehouse(warehouse, Catalogue([TAGS["moves"].tag, more]), before)

    later = build_in_warehouse(warehouse, TAGS, DAY, progress=meanwhile)
    assert warehouse.builds()[DAY] == later.build_id
    parent = "SELECT as_of, moves, spent, way FROM journeykit.snapshot WHERE customer_id = 'b' ORDER BY 1"
    assert run(warehouse, parent) == [
        (DAY - timedelta(days=2), 0, None, None), (before, 0, None, None), (DAY, 1, Decimal("0.01"), None),
    ]  # fmt: skip


DETACH = {
    "the build": "ALTER TABLE journeykit.snapshot_{day} DETACH PARTITION journeykit.snapshot_{day}_{build}",
    "the day": "ALTER TABLE journeykit.snapshot DETACH PARTITION journeykit.snapshot_{day}",
}
FORGET = {
    **DETACH,
    "the build, and drop it": "DROP TABLE journeykit.snapshot_{day}_{build}",
    "the day, and drop it": "DROP TABLE journeykit.snapshot_{day}",
}


@pytest.mark.parametrize("what", FORGET)
def test_a_build_that_was_forgotten_is_made_anew(warehouse, what):
    earlier = build_in_warehouse(warehouse, TAGS, DAY - timedelta(days=1))
    first = build_in_warehouse(warehouse, TAGS, DAY)
    run(warehouse, FORGET[what].format(day="20260529", build=first.build_id))
    assert warehouse.builds() == {DAY - timedelta(days=1): earlier.build_id}
    with pytest.raises(DataError, match=f"no build {first.build_id} of {DAY}"):
        values(warehouse, first.build_id)
    with warehouse.open(DAY, tags=TAGS) as mart, pytest.raises(DataError, match="No tags are built as of"):
        mart.count(mart.everyone)
    second = build_in_warehouse(warehouse, TAGS, DAY)
    assert (second.build_id, second.reused) == (first.build_id, False)
    assert values(warehouse) == [("C", "0", "0.00"), ("a", "2", "3.30"), ("b", "1", "0.01")]
    rows = f"SELECT count(*) FROM journeykit.snapshot WHERE as_of = '{DAY}'"
    assert run(warehouse, rows) == [(3,)]
    assert build_in_warehouse(warehouse, TAGS, DAY).reused


@pytest.mark.parametrize("what", DETACH)
def test_what_was_detached_keeps_its_rows(warehouse, what):
    first = build_in_warehouse(warehouse, TAGS, DAY)
    for _ in range(2):
        run(warehouse, DETACH[what].format(day="20260529", build=first.build_id))
        build_in_warehouse(warehouse, TAGS, DAY)
    listed = "SELECT relname FROM pg_class WHERE relname ~ '^snapshot_.*_detached_' AND relkind = 'r'"
    kept = run(warehouse, listed)
    assert len(kept) == 2
    for (name,) in kept:
        assert run(warehouse, f"SELECT count(*) FROM journeykit.{name}") == [(3,)]
