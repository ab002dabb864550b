"""What the embedded engine must be able to do, whatever its version."""

from __future__ import annotations

import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.dialects import (
    EmbeddedError,
    fetch_arrow,
    lock_down,
    native,
    open_embedded,
    registered,
    write_parquet,
)  # fmt: skip
from journeykit.files import sha256_of


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
