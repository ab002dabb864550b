"""GaussDB is written for and checked, never run: what is emitted, and what the check refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from journeykit.dialects import gaussdb
from journeykit.errors import DefinitionError
from journeykit.expressions import as_of, days, days_between, did, start_of, tag

AS_OF = date(2024, 3, 1)

EMITTED = {
    "a number": (tag("aum") > Decimal("0.5"), "snapshot.aum > :param_1"),
    "text in order": (
        tag("city") < "b",
        '(snapshot.city COLLATE "C") < (CAST(:param_1 AS VARCHAR) COLLATE "C")',
    ),
    "text in text": (
        tag("city").contains("%"),
        "(strpos(snapshot.city, CAST(:param_1 AS VARCHAR)) > 0)",
    ),
    "days between": (
        days_between(tag("seen"), as_of()) <= 7,
        "CAST(EXTRACT(epoch FROM date_trunc('day', CAST(CAST(:param_1 AS DATE) AS TIMESTAMP))"
        " - date_trunc('day', CAST(snapshot.seen AS TIMESTAMP))) / 86400 AS BIGINT)"
        " <= CAST(:param_2 AS BIGINT)",
    ),
    "days later": (
        start_of("week", tag("since")) == as_of() + days(7),
        "date_trunc('week', CAST(snapshot.since AS TIMESTAMP)) = "
        "(date_trunc('day', CAST(CAST(:param_1 AS DATE) AS TIMESTAMP))"
        " + CAST(:param_2 AS INTEGER) * INTERVAL '1' DAY)",
    ),
    "behaviour": (
        did("view"),
        "snapshot.customer_id IN (SELECT event.customer_id FROM event WHERE event.customer_id IS NOT NULL"
        " AND event.occurred_at < CAST(:param_1 AS TIMESTAMP WITHOUT TIME ZONE)"
        " AND event.action = CAST(:param_2 AS VARCHAR))",
    ),
}


@pytest.mark.parametrize("what", EMITTED)
def test_what_is_written(what, scope):
    condition, sql = EMITTED[what]
    written = gaussdb.emit(condition.statement(scope(AS_OF)))
    assert written == f"SELECT snapshot.customer_id FROM snapshot WHERE {sql}"


REFUSED = {
    "SELECT count(*) FILTER (WHERE a > 1) FROM t": "function filter",
    "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())": "function grouping sets",
    "SELECT a FROM t GROUP BY ROLLUP (a)": "function rollup",
    "SELECT a FROM t GROUP BY CUBE (a)": "function cube",
    "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1": "qualify in Select",
    "SELECT make_date(2024, 2, 29)": "function make_date",
    "SELECT arg_max(a, b) FROM t": "function arg_max",
    "SELECT bool_and(a) FROM t": "function bool_and",
    "SELECT stddev(a) FROM t": "function stddev",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t": "function percentile_cont",
    "SELECT starts_with(a, 'x') FROM t": "function starts_with",
    "SELECT gen_random_uuid()": "function gen_random_uuid",
    "SELECT pg_sleep(10)": "function pg_sleep",
    "SELECT pg_read_file('/etc/passwd')": "function pg_read_file",
    "SELECT format('%s', a) FROM t": "function format",
    "SELECT ifnull(a, 1) FROM t": "function ifnull",
    "SELECT len(a) FROM t": "function len",
    "SELECT b FROM t, LATERAL (SELECT 1) AS x": "function lateral",
    "SELECT DISTINCT ON (a) a FROM t": "DISTINCT ON",
    "SELECT sum(a) OVER (ORDER BY b RANGE 1 PRECEDING) FROM t": "RANGE with an offset",
    "SELECT sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING EXCLUDE TIES) FROM t": "exclude in WindowSpec",
    "SELECT sum(a) OVER (ORDER BY b GROUPS 1 PRECEDING) FROM t": "GROUPS in a window",
    "SELECT CAST(a AS DATE) - CAST(b AS DATE) FROM t": "one meaning of a difference of dates",
    "SELECT least(a, CAST(b AS DATE)) - c FROM t": "one meaning of a difference of dates",
    "SELECT a FROM t WHERE a LIKE 'x%'": "Like",
    "SELECT a FROM t WHERE a ~ 'x'": "RegexpLike",
    "SELECT a FROM t WHERE a IS DISTINCT FROM 1": "NullSafeNEQ",
    "SELECT a -> 'x' FROM t": "JSONExtract",
    "SELECT ARRAY[1, 2]": "Array",
    "SELECT CAST(a AS JSON) FROM t": "type JSON",
    "SELECT CAST(a AS TIMESTAMPTZ) FROM t": "type TIMESTAMPTZ",
    "SELECT TRY_CAST(a AS INT) FROM t": "function try_cast",
    "SELECT EXTRACT(century FROM a) FROM t": "field CENTURY of a date",
    'SELECT a COLLATE "en_US" FROM t': "collation en_US",
    "SELECT a FROM t TABLESAMPLE SYSTEM (1)": "function system",
    "SELECT a FROM t FETCH FIRST 1 ROW WITH TIES": "Fetch",
    "SELECT a FROM t FOR UPDATE": "locks in Select",
    "SELECT a INTO u FROM t": "into in Select",
    "SELECT a FROM t SEMI JOIN u ON t.a = u.a": "SEMI JOIN",
    "SELECT a FROM t GROUP BY ALL": "all in Group",
    "WITH x AS MATERIALIZED (SELECT 1) SELECT * FROM x": "function materialized",
    "SELECT * FROM t NATURAL JOIN u": "method in Join",
    "WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x": "recursive in With",
}  # fmt: skip


@pytest.mark.parametrize("sql", REFUSED)
def test_what_it_does_not_have_is_refused_by_name(sql):
    with pytest.raises(DefinitionError, match=f"GaussDB has no {REFUSED[sql]}"):
        gaussdb.check_emitted(sql)


OTHERS = [
    "SELECT a FROM t INTERSECT SELECT b FROM u",
    "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
    "UPDATE t SET a = 1",
    "DELETE FROM t",
    "DROP TABLE t",
    "CREATE TABLE t AS SELECT 1",
    "COPY t TO '/tmp/x'",
    "GRANT ALL ON t TO u",
    "SET search_path = x",
    "VACUUM t",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
]


@pytest.mark.parametrize("sql", OTHERS)
def test_it_is_only_ever_asked(sql):
    with pytest.raises(DefinitionError, match="Only SELECT is written for GaussDB, not "):
        gaussdb.check_emitted(sql)


@pytest.mark.parametrize("sql", ["", ";", "SELECT 1; DROP TABLE t", "SELECT 1; SELECT 2"])
def test_exactly_one_statement_is_written(sql):
    with pytest.raises(DefinitionError, match="One statement"):
        gaussdb.check_emitted(sql)


@pytest.mark.parametrize("sql", ["SELECT (", "SELECT 'x", "SELEC 1 FROM"])
def test_what_is_no_sql_is_refused(sql):
    with pytest.raises(DefinitionError):
        gaussdb.check_emitted(sql)


@pytest.mark.parametrize("hostile", ["'; DROP TABLE snapshot; --", "x' OR '1'='1", ":param_2", "/*", "\\"])
def test_a_value_is_never_in_the_statement(scope, hostile):
    for condition in (tag("city") == hostile, tag("city").contains(hostile), tag("city").isin([hostile])):
        assert hostile not in gaussdb.emit(condition.statement(scope(AS_OF)))


def test_a_function_without_a_spelling_does_not_slip_through():
    with pytest.raises(DefinitionError, match="GaussDB has no function arg_min"):
        gaussdb.emit(sa.select(sa.func.arg_min(sa.column("a"), sa.column("b"))))
