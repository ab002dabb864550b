"""Handles trap Python's habits, nodes refuse what makes no sense, and types are found before SQL."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from journeykit.contract import Type
from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.expressions import (
    Compare,
    Did,
    Events,
    Expression,
    TagRef,
    Value,
    as_node,
    as_of,
    case,
    check_predicate,
    column,
    days_between,
    did,
    infer,
    read_node,
    sequence,
    tag,
    tag_names,
)

aum, city, vip, since = tag("aum"), tag("city"), tag("vip"), tag("since")
TYPES = {"aum": Type.DECIMAL, "n": Type.INTEGER, "rate": Type.RATE, "city": Type.TEXT, "vip": Type.BOOLEAN,
         "since": Type.DATE, "seen": Type.TIMESTAMP}  # fmt: skip


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda: aum > 1 and vip, "& | ~"),
        (lambda: aum > 1 or vip, "& | ~"),
        (lambda: not vip, "& | ~"),
        (lambda: 1 < aum < 5, "between"),
        (lambda: "x" in city, "isin"),
        (lambda: city in ["x"], "isin"),
        (lambda: len(city), "mart.count"),
        (lambda: list(city), "mart.count"),
        (lambda: aum >= 5 & vip, "parentheses"),
        (lambda: vip | "text", "parentheses"),
        (lambda: (aum + 1) & vip, "parentheses"),
        (lambda: aum == None, "is_missing"),  # noqa: E711
        (lambda: city.isin(["x", None]), "is_missing"),
        (lambda: city.isin("x"), "list of values"),
        (lambda: city.isin(aum), "list of values"),
        (lambda: city == "", "is_missing"),
        (lambda: city == " x", "trimmed"),
        (lambda: city == "a\0b", "not valid text"),
        (lambda: city == "\ud800", "not valid text"),
        (lambda: aum > Decimal("NaN"), "finite"),
        (lambda: aum > float("inf"), "finite"),
        (lambda: aum > Decimal("1e400"), "digits"),
        (lambda: aum > Decimal("1e-19"), "digits"),
        (lambda: aum > 2**63, "64 bits"),
        (lambda: aum > object(), "cannot stand in an expression"),
        (lambda: since - date(2026, 1, 1), "days_between"),
        (lambda: since > datetime(2026, 1, 1, tzinfo=UTC), "naive"),
        (lambda: aum.fill(city), "constant"),
        (lambda: case("x"), "pairs"),
        (case, "arms"),
        (lambda: did("view").within(days=0), "within_days"),
        (lambda: did("view").at_least(-1), "times"),
        (lambda: did("veiw"), "Did you mean 'view'"),
        (lambda: did("view", channel="fax"), "Declared: app, counter"),
        (lambda: did("view", object=5), "compares text"),
        (lambda: sequence(did("view")), "two steps or more"),
        (lambda: (aum > 5) - did("view"), "one & ~other"),
        (lambda: aum > Decimal("NaN"), "not a finite number"),
        (lambda: infer((since < "2026-06-01").node, TYPES), "Give a date as"),
        (lambda: infer((aum > "50000").node, TYPES), "quotes"),
        (lambda: infer((did("view").last_time() > since).node, TYPES), "days_between"),
    ],
)
def test_trap_says_what_to_write(use, says):
    with pytest.raises(DefinitionError, match=says.replace("|", r"\|")):
        use()


def test_handles_are_no_keys_and_nodes_are():
    with pytest.raises(TypeError):
        hash(aum)
    assert {(aum > 1).node: "x"}[Compare(op=">", left=TagRef(name="aum"), right=as_node(1))] == "x"


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (aum >= 500_000, 'tag("aum") >= 500000'),
        (500_000 <= aum, 'tag("aum") >= 500000'),  # noqa: SIM300
        ((aum > 1) & vip & ~(city == "x"), '(tag("aum") > 1) & tag("vip") & (~(tag("city") == "x"))'),
        (1 - aum / 2.5, '1 - (tag("aum") / 2.5)'),
        (column("rate", of="product").fill(0), 'column("rate", of="product").fill(0)'),
        (aum.between(-1, as_of()), 'tag("aum").between(-1, as_of())'),
        (days_between(since, date(2026, 5, 29)), 'days_between(tag("since"), date(2026, 5, 29))'),
        (did("view", channel="app").at_most(2).within(days=7),
         'did("view", channel="app").at_most(2).within(days=7)'),
    ],
)  # fmt: skip
def test_repr_reads_like_python(expression, written):
    assert repr(expression) == written == str(expression.node)


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        (True, Type.BOOLEAN, True),
        (np.bool_(True), Type.BOOLEAN, True),
        (1, Type.INTEGER, 1),
        (np.int64(7), Type.INTEGER, 7),
        (0.1, Type.DECIMAL, Decimal("0.1")),
        (np.float64(0.1), Type.DECIMAL, Decimal("0.1")),
        (Decimal("1.50"), Type.DECIMAL, Decimal("1.5")),
        (1e5, Type.DECIMAL, Decimal(100_000)),
        (date(2026, 5, 29), Type.DATE, date(2026, 5, 29)),
        (pd.Timestamp("2026-05-29 10:00"), Type.TIMESTAMP, datetime(2026, 5, 29, 10)),
        ("x", Type.TEXT, "x"),
    ],
)
def test_python_values_become_typed_constants(given, kind, kept):
    node = as_node(given)
    assert (node.type, node.value, type(node.value)) == (kind, kept, type(kept))
    assert read_node(json.loads(node.model_dump_json())) == node


def test_numpy_on_the_left_leaves_the_operator_to_the_handle():
    assert repr(np.float64(0.5) < aum) == 'tag("aum") > 0.5'
    assert repr(np.int64(2) * aum) == '2 * tag("aum")'


def test_equal_decimals_are_one_value_however_written():
    assert (aum > Decimal("1.50")).node.model_dump_json() == (aum > 1.5).node.model_dump_json()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("decimal", "abc"), ("integer", "5"), ("integer", True), ("integer", 5.5), ("boolean", 1), ("text", 5),
     ("date", "2026-02-30"), ("date", "yesterday"), ("timestamp", 5), ("date", datetime(2026, 1, 1)),
     ("money", "5"), ("decimal", True), ("text", None)],
)  # fmt: skip
def test_a_constant_must_be_of_its_declared_type(kind, value):
    with pytest.raises(ValidationError):
        Value(type=kind, value=value)
    with pytest.raises(DefinitionError):
        read_node({"node": "value", "type": kind, "value": value})


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        (tag("n") + 1, Type.INTEGER),
        (tag("n") + 0.5, Type.DECIMAL),
        (aum * tag("rate"), Type.RATE),
        (tag("n") / tag("n"), Type.RATE),
        (days_between(since, tag("seen")), Type.INTEGER),
        (case((vip, 1), otherwise=0.5), Type.DECIMAL),
        (case((vip, "x")), Type.TEXT),
        (city.fill("x"), Type.TEXT),
        (did("view"), Type.BOOLEAN),
        (aum.isin([1, 0.5]), Type.BOOLEAN),
        (as_of(), Type.DATE),
    ],
)
def test_types_are_inferred(node, kind):
    assert infer(node.node, TYPES) is kind


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        (aum > "much", 'decimal tag("aum") with text "much"'),
        (city == 5, 'text tag("city") with integer 5'),
        (city + 1, 'tag("city"), which is text'),
        (since + 1, "days_between"),
        (vip + 1, "boolean"),
        (vip > False, "orders"),
        (since == tag("seen"), "days_between"),
        (aum & vip, 'needs conditions, and tag("aum") is decimal'),
        (~city, "needs conditions"),
        (aum.isin([1, "x"]), 'with text "x"'),
        (aum.between(1, "x"), 'with text "x"'),
        (city.fill(5), "mixes"),
        (case((vip, "x"), otherwise=1), "mixes"),
        (case((aum, 1)), "needs conditions"),
        (days_between(since, aum), "needs dates"),
        (column("amount") > 1, "aggregate"),
    ],
)
def test_types_that_do_not_go_together_are_refused(expression, says):
    with pytest.raises(DefinitionError) as caught:
        infer(expression.node, TYPES)
    assert says in str(caught.value)


def test_columns_are_typed_by_the_contract():
    assert infer((column("amount") * 2).node, {}, "txn") is Type.DECIMAL
    assert infer(column("rate", of="product").node, {}, "holding") is Type.RATE
    for wrong in (column("amuont"), column("rate", of="prodcut"), column("rate", of="txn")):
        with pytest.raises(UnknownNameError):
            infer(wrong.node, {}, "holding")
    with pytest.raises(DefinitionError, match="about a customer"):
        infer(did("view").node, {}, "txn")


def test_unknown_tag_and_a_value_that_is_no_condition():
    with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
        infer((tag("aumm") > 1).node, TYPES)
    with pytest.raises(DefinitionError, match="A condition is expected"):
        check_predicate(aum.node, TYPES)


def test_tag_names_are_found_everywhere():
    expression = (case((vip, aum), otherwise=tag("n")).fill(0) > tag("rate")) & ~city.isin(["x"])
    assert tag_names(expression.node) == ("aum", "city", "n", "rate", "vip")


TAG = {"node": "tag", "name": "aum"}
TEXT = {"node": "value", "type": "text", "value": "x"}


def _column_is(name):
    return {"node": "compare", "op": "==", "left": {"node": "column", "name": name}, "right": TEXT}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"node": "sql", "text": "1=1"}, "sql"),
        ({"node": "and", "operands": [{**TAG, "sql": "x"}]}, "operands.0.tag.sql: unknown key"),
        ({"node": "compare", "op": "LIKE", "left": TAG, "right": TAG}, "compare.op"),
        ({"node": "compare", "op": "==", "left": TAG}, "compare.right: Field required"),
        ({"node": "did", "events": {"event": "view", "where": _column_is("customer_id")}}, "is the customer"),
        ({"node": "did", "events": {"event": "view", "where": _column_is("sql")}}, "Unknown column of event"),
        ({"node": "did", "events": {"event": "view", "where": TAG}}, "cannot stand in it"),
        ({"node": "did", "events": {"event": "view"}, "times": 10**30}, "times"),
        ({"node": "did", "events": {"event": "x'; DROP TABLE event; --"}}, "Unknown event"),
        ({"node": "did", "events": {"event": "consent"}}, "Unknown event 'consent'"),
        ({"node": "measure", "events": {"event": "txn"}, "function": "sum", "of": "kind"}, "Unknown number"),
        ({"node": "measure", "events": {"event": "txn"}, "function": "sum"}, "needs a column"),
        ({"node": "measure", "events": {"event": "txn"}, "function": "eval"}, "function"),
        ({"node": "sequence", "steps": [{"event": "view"}]}, "steps"),
        ({"node": "sequence", "steps": [{"event": "view", "within_days": 3}] * 2}, "the first step"),
        ({"node": "in_list", "name": "../secret", "digest": "0" * 64}, "name"),
        ({"node": "in_list", "name": "vip", "digest": "x"}, "digest"),
        ({"node": "sample", "share": 2, "salt": "x"}, "share"),
        ({"node": "top", "count": 0, "by": TAG}, "count"),
        ({"node": "past", "name": "aum", "days": 0}, "days"),
        ({"node": "text_match", "op": "like", "operand": TAG, "text": TEXT}, "op"),
        ({"node": "not", "operand": {"node": "when", "condition": TAG, "then": TAG}}, "when"),
        ({"op": "=="}, "node"),
        ([], "expression"),
        ("aum > 5", "expression"),
        (None, "expression"),
    ],
)  # fmt: skip
def test_hostile_json_is_refused_by_name(data, says):
    with pytest.raises(DefinitionError) as caught:
        read_node(data)
    assert says in str(caught.value)


@pytest.mark.parametrize("levels", [51, 300, 10_000])
def test_deep_nesting_is_one_short_error(levels):
    data = TAG
    for _ in range(levels):
        data = {"node": "not", "operand": data}
    with pytest.raises(DefinitionError, match="nested") as caught:
        read_node(data)
    assert len(str(caught.value)) < 500


def test_nesting_has_a_stated_limit_for_handles_too():
    expression = vip
    for _ in range(49):
        expression = ~expression
    assert read_node(expression.node.model_dump(mode="json")) == expression.node
    with pytest.raises(DefinitionError, match="more than 50 deep"):
        _ = ~expression
    ratio = aum / aum / aum / aum / aum
    with pytest.raises(DefinitionError, match="more than 4 deep"):
        _ = ratio * 2


def test_did_is_an_expression_that_keeps_its_parts():
    expression = did("view", object="wealth").within(days=3).at_least(2)
    assert isinstance(expression, Expression)
    where = (column("object") == "wealth").node
    assert expression.node == Did(events=Events(event="view", where=where, within_days=3), times=2)
