"""What the compiler emits: bound values, one scan, and nothing an analyst wrote as SQL text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from journeykit.compiler import compile_node, compile_predicate, compile_statement
from journeykit.contract import Type
from journeykit.dialects import open_embedded
from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.expressions import Expression, When, as_of, case, column, days_between, did, read_node, tag
from journeykit.mart.scope import Scope
from journeykit.segments import Segment

TYPES = {"aum": Type.DECIMAL, "city": Type.TEXT, "vip": Type.BOOLEAN, "since": Type.DATE}
SNAPSHOT = sa.table("snapshot", *map(sa.column, ("customer_id", *TYPES)))
EVENT = sa.table("event", *map(sa.column, ("customer_id", "occurred_at", "action", "object", "channel")))
SCOPE = Scope(
    as_of=date(2024, 3, 1),
    tags={name: SNAPSHOT.c[name] for name in TYPES},
    types=TYPES,
    relation=SNAPSHOT,
    subjects={"event": EVENT}.__getitem__,
    row=EVENT,
    references={"product": sa.table("product", sa.column("line"))},
)
HOSTILE = ["'; DROP TABLE snapshot; --", "x' OR '1'='1", "%", "\\", '"', ":name", "${x}", "/*", "$1", "?"]


def emitted(expression):
    compiled = expression.statement(SCOPE).compile()
    return " ".join(str(compiled).split()), compiled.params


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_only_ever_bound(text):
    for expression in (
        tag("city") == text,
        tag("city").isin([text]),
        tag("city").between(text, text),
        tag("city").fill(text) == "x",
        case((tag("vip"), text)) == "x",
        did("view", object=text),
    ):
        sql, parameters = emitted(expression)
        assert sql == emitted(_like(expression, text))[0]
        assert text in parameters.values()


def _like(expression, text):
    """The same expression with harmless text in its place."""

    def swap(data):
        if isinstance(data, dict):
            return {key: swap(value) for key, value in data.items()}
        if isinstance(data, list):
            return [swap(value) for value in data]
        return "harmless" if data == text else data

    return Expression(read_node(swap(expression.node.model_dump(mode="json"))))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_looked_up_never_written(name):
    with pytest.raises(UnknownNameError):
        (tag(name) == "x").statement(SCOPE)
    with pytest.raises(UnknownNameError):
        compile_node(tag(name).node, SCOPE)
    with pytest.raises(UnknownNameError):
        compile_node(column(name).node, SCOPE)
    with pytest.raises(UnknownNameError):
        compile_node(column("line", of=name).node, SCOPE)


def test_comparisons_are_two_valued():
    assert str(compile_node((tag("aum") > 5).node, SCOPE)) == "(snapshot.aum > :param_1) IS true"
    assert emitted(~(tag("aum") > 5))[0].endswith("WHERE (snapshot.aum > :param_1) IS NOT true")


def test_what_only_needs_to_be_true_is_left_bare_for_the_scan():
    sql, parameters = emitted((tag("aum") > 5) & (tag("vip") | ~(tag("aum") > 7)))
    assert sql == (
        "SELECT snapshot.customer_id FROM snapshot "
        "WHERE snapshot.aum > :param_1 AND (snapshot.vip OR (snapshot.aum > :param_2) IS NOT true)"
    )
    assert list(parameters.values()) == [5, 7]


def test_behaviour_is_one_semi_join_over_whole_days():
    sql, parameters = emitted(did("view", object="wealth").at_least(2).within(days=3))
    assert sql.endswith(
        "WHERE snapshot.customer_id IN (SELECT event.customer_id FROM event "
        "WHERE event.customer_id IS NOT NULL AND event.occurred_at < :param_1 AND event.occurred_at >= "
        ":param_2 AND event.action = :param_3 AND event.object = :param_4 "
        "GROUP BY event.customer_id HAVING count(*) >= :param_5)"
    )
    assert list(parameters.values()) == [datetime(2024, 3, 2), datetime(2024, 2, 28), "view", "wealth", 2]


def test_a_division_is_in_double_precision_on_every_engine():
    sql = str(compile_node((tag("aum") / 3).node, SCOPE))
    assert sql.startswith("CAST(snapshot.aum AS DOUBLE) / ")
    assert "nullif(CAST(:param_1 AS DOUBLE), :param_2)" in sql


def test_once_needs_no_grouping():
    assert "GROUP BY" not in emitted(did("view"))[0]
    assert "GROUP BY" not in emitted(did("view").at_most(0))[0]
    assert "GROUP BY" not in emitted(did("view").exactly(0))[0]


def test_a_window_longer_than_history_has_no_beginning():
    assert emitted(did("view").within(days=2**31 - 1))[0] == emitted(did("view"))[0]


def test_columns_belong_to_the_row_in_hand_or_one_it_references():
    assert str(compile_node(column("object").node, SCOPE)) == "event.object"
    assert str(compile_node(column("line", of="product").node, SCOPE)) == "product.line"


def test_a_bare_boolean_becomes_a_condition():
    assert str(compile_predicate(tag("vip").node, SCOPE)) == "(snapshot.vip) IS true"
    assert str(compile_predicate((tag("aum") > 1).node, SCOPE)).count("IS true") == 1


def test_types_are_checked_before_anything_is_emitted():
    for wrong in (tag("aum") > "x", tag("aum"), tag("aum") & tag("vip"), column("object") == "x"):
        with pytest.raises(DefinitionError):
            wrong.statement(SCOPE)
    with pytest.raises(DefinitionError):
        compile_statement(When(condition=tag("vip").node, then=tag("aum").node), SCOPE)


def test_a_segment_compiles_as_its_condition():
    condition = (tag("aum") > 5) & ~did("view")
    assert str(Segment("x", condition).statement(SCOPE)) == str(condition.statement(SCOPE))


def test_values_of_every_type_keep_their_worth_in_the_engine():
    expressions = [
        (as_of(), date(2024, 3, 1)),
        (days_between(as_of(), date(2024, 2, 28)), -2),
        (days_between(datetime(2024, 2, 28, 23, 59), as_of()), 2),
    ]
    with open_embedded(memory_limit="200MB", threads=1) as connection:
        for expression, expected in expressions:
            assert connection.scalar(sa.select(compile_node(expression.node, SCOPE))) == expected


def test_the_deepest_expression_runs():
    condition = tag("vip") == True  # noqa: E712
    while condition.node._depth < 49:
        condition = condition == True  # noqa: E712
    nested = tag("aum")
    for _ in range(4):
        nested = 10 / nested
    with open_embedded(memory_limit="200MB", threads=1) as connection:
        connection.execute(
            sa.text("CREATE TABLE snapshot AS SELECT 'a' customer_id, 5 aum, 'x' city, true vip, NULL since")
        )
        assert connection.execute(condition.statement(SCOPE)).all() == [("a",)]
        assert connection.execute((nested == 5).statement(SCOPE)).all() == [("a",)]


def test_a_tag_that_could_not_be_built_is_told_from_an_unknown_one():
    lacking = replace(SCOPE, unavailable={"age": "customer.birth_date"})
    with pytest.raises(DefinitionError, match=r"'age' is not built .* the bank has no customer\.birth_date"):
        compile_statement((tag("age") > 30).node, lacking)


def test_only_what_is_ordered_names_the_binary_order_of_its_text():
    def written(expression):
        return str(expression.statement(SCOPE).compile(dialect=postgresql.dialect()))

    assert written(tag("city") < "Zibo").count('COLLATE "C"') == 2
    assert written(tag("city").between("A", "B")).count('COLLATE "C"') >= 2
    for expression in (tag("city") == "Zibo", tag("city") != "Zibo", tag("aum") < 5):
        assert "COLLATE" not in written(expression)
