"""What the embedded engine must be able to do, whatever its version."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from journeykit.dialects import (
    SQL_TYPES,
    EmbeddedError,
    days_after,
    days_from,
    fetch_arrow,
    gaussdb,
    in_binary_order,
    lock_down,
    native,
    open_embedded,
    registered,
    start_of,
    text_contains,
    text_ends_with,
    text_starts_with,
    to_day,
    write_parquet,
)  # fmt: skip
from journeykit.files import sha256_of
from journeykit.mart.manifest import SourceManifest
from journeykit.tags import LIBRARY, Catalogue
from journeykit.tags.passes import pass_statement
from journeykit.tags.planning import plan_build
from journeykit.tags.ranking import ranked_by, ranking_statement
from journeykit.tags.rows import OWNER
from journeykit.tags.snapshot import CUSTOMER_ID, tags_statement


def test_the_same_rows_give_the_same_bytes_whatever_the_order_and_the_threads(tmp_path):
    numbers = pa.array(range(300_000))
    rows = pa.table({"customer_id": [f"C{i % 977}" for i in range(300_000)], "n": numbers})
    shuffled = rows.take(pa.array([(i * 7919) % 300_000 for i in range(300_000)]))
    made = set()
    for number, (given, threads) in enumerate([(rows, 1), (shuffled, 2), (shuffled, 2)]):
        path = tmp_path / f"{number}.parquet"
        with (
            open_embedded(memory_limit="300MB", threads=threads) as connection,
            registered(connection, {"t": given}),
        ):
            table = sa.table("t", sa.column("customer_id", sa.String()), sa.column("n", sa.BigInteger()))
            write_parquet(connection, sa.select(table).order_by(table.c.customer_id, table.c.n), path)
        made.add(sha256_of(path))
    assert len(made) == 1


def test_values_are_bound_not_written(tmp_path):
    hostile = "x' OR 1=1; DROP TABLE t; --"
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        assert fetch_arrow(connection, sa.select(sa.literal(hostile).label("a")))["a"].to_pylist() == [
            hostile
        ]
        path = tmp_path / "it's here.parquet"
        write_parquet(connection, sa.select(sa.literal(hostile).label("a")), path)
        assert native(connection).read_parquet(str(path)).fetchall() == [(hostile,)]


def test_a_locked_connection_cannot_be_unlocked(tmp_path):
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        lock_down(connection, [])
        for text in ("SET enable_external_access = true", "SET lock_configuration = false"):
            with pytest.raises(EmbeddedError):
                native(connection).execute(text)
        with pytest.raises(EmbeddedError):
            write_parquet(connection, sa.select(sa.literal(1).label("a")), tmp_path / "a.parquet")


AT, TEXT = sa.column("at", sa.DateTime()), sa.column("text", sa.Text())
SPELLED = {
    "to_day": (to_day(AT), "CAST(at AS DATE)", "CAST(at AS DATE)"),
    "days_from": (days_from(AT, to_day(AT)), "(CAST(at AS DATE) - at)", "(CAST(at AS DATE) - at)"),
    "days_after": (days_after(AT, TEXT), "(at + CAST(text AS INTEGER))", "(at + CAST(text AS INTEGER))"),
    "start_of": (
        start_of("week", AT),
        "CAST(date_trunc('week', at) AS DATE)",
        "CAST(date_trunc('week', CAST(at AS TIMESTAMP)) AS DATE)",
    ),
    "text_contains": (text_contains(TEXT, TEXT), "contains(text, text)", "(strpos(text, text) > 0)"),
    "text_starts_with": (
        text_starts_with(TEXT, TEXT), "starts_with(text, text)", "(left(text, char_length(text)) = text)"
    ),
    "text_ends_with": (
        text_ends_with(TEXT, TEXT), "ends_with(text, text)", "(right(text, char_length(text)) = text)"
    ),
    "in_binary_order": (in_binary_order(TEXT), "text", '(text COLLATE "C")'),
    "of a calculation": (
        in_binary_order(TEXT + "x"), "(text || :text_1)", '((text || %(text_1)s::VARCHAR) COLLATE "C")'
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLED)
def test_each_database_has_its_spelling(name):
    construct, embedded, warehouse = SPELLED[name]
    assert str(construct.compile()) == embedded
    assert str(construct.compile(dialect=postgresql.psycopg.dialect())) == warehouse


def test_the_whole_tag_build_can_be_written_for_gaussdb():
    nothing = SourceManifest(as_of=date(2026, 5, 29), files=(), mapping_hash="0" * 12)
    plan = plan_build(Catalogue(LIBRARY), nothing)
    tables = {}
    for key, made in [(OWNER, plan.passes), (CUSTOMER_ID, plan.sides)]:
        for number, one in enumerate(made):
            columns = [sa.column(tag.name, SQL_TYPES[tag.type]) for tag in one.tags]
            tables[one] = sa.table(f"{key}_{number}", sa.column(key, sa.String()), *columns)
    written = [gaussdb.emit(pass_statement(one, plan.as_of, None)) for one in plan.passes]
    for side in plan.sides:
        values = tags_statement(plan, tables, ranked_by(side), None).order_by(None).subquery("value")
        written.append(gaussdb.emit(ranking_statement(plan, side, values)))
    written.append(gaussdb.emit(tags_statement(plan, tables, [tag.name for tag in plan.tags], None)))
    assert len(written) == len(plan.passes) + len(plan.sides) + 1
    assert all(f" {tag.name}" in written[-1] for tag in plan.tags)
    assert len(plan.tags) > 300
