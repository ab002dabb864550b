"""Rule trees: what an editor in the browser shows is the very condition, and nothing else gets in."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit.contract import Type
from journeykit.errors import DefinitionError
from journeykit.expressions import (
    And,
    Expression,
    InList,
    Or,
    as_of,
    column,
    days,
    did,
    nodes,
    tag,
)
from journeykit.segments import Segment
from journeykit.segments.rules import MAX_RULES, from_rules, rule_schema, to_rules
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.library import LIBRARY

SETTINGS = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
SCHEMA = jsonschema.Draft202012Validator(rule_schema())
aum, paid, city, since, vip = (tag(name) for name in ("aum", "paid", "city", "since", "vip"))
RULE = {"field": "aum", "operator": ">=", "value": 5, "valueSource": "value"}
EVENTS = {"field": "did.view", "operator": "=", "match": {"mode": "atLeast", "threshold": 1}}


def group(*rules, **keys):
    return {"combinator": "and", "not": False, "rules": list(rules), **keys}


def rule(**changes):
    return group({**RULE, **changes})


def event(*rules, **changes):
    return group({**EVENTS, "value": group(*rules), **changes})


def typed(type_, value):
    return {"node": "value", "type": type_, "value": value}


def drawn(share):
    return group(
        {"field": {"node": "sample", "share": share, "salt": "x"}, "operator": "isTrue", "value": None}
    )


# One of each: the shapes are written out by hand.

SHAPES = {
    "a comparison": (aum >= 5, rule()),
    "equal": (city == "北京", rule(field="city", operator="=", value="北京")),
    "not equal": (city != "a'b", rule(field="city", operator="!=", value="a'b")),
    "true is no number": (vip == True, rule(field="vip", operator="=", value=True)),  # noqa: E712
    "a decimal": (aum < Decimal("0.10"), rule(operator="<", value=typed("decimal", "0.1"))),
    "all digits of a decimal": (
        aum < Decimal("123456789012345678.123456789012345678"),
        rule(operator="<", value=typed("decimal", "123456789012345678.123456789012345678")),
    ),
    "a date": (
        since > date(2024, 2, 29),
        rule(field="since", operator=">", value=typed("date", "2024-02-29")),
    ),
    "a text that looks like a date": (
        city == "2024-02-29",
        rule(field="city", operator="=", value="2024-02-29"),
    ),
    "a timestamp": (
        tag("seen") <= datetime(2024, 2, 29, 23, 59, 59, 1),
        rule(field="seen", operator="<=", value=typed("timestamp", "2024-02-29T23:59:59.000001")),
    ),
    "another field": (aum > paid, rule(operator=">", value="paid", valueSource="field")),
    "a constant first": (
        Expression(nodes.Compare(op="<", left=nodes.Value(type=Type.INTEGER, value=5), right=aum.node)),
        rule(field=typed("integer", 5), operator="<", value="aum", valueSource="field"),
    ),
    "contains": (city.contains("x%"), rule(field="city", operator="contains", value="x%")),
    "begins": (city.starts_with("x"), rule(field="city", operator="beginsWith", value="x")),
    "ends": (city.ends_with("x"), rule(field="city", operator="endsWith", value="x")),
    "does not contain": (~city.contains("x"), rule(field="city", operator="doesNotContain", value="x")),
    "does not begin": (~city.starts_with("x"), rule(field="city", operator="doesNotBeginWith", value="x")),
    "does not end": (~city.ends_with("x"), rule(field="city", operator="doesNotEndWith", value="x")),
    "missing": (aum.is_missing(), group({"field": "aum", "operator": "null", "value": None})),
    "not missing": (~aum.is_missing(), group({"field": "aum", "operator": "notNull", "value": None})),
    "one of": (
        aum.isin([1, 0.5]),
        rule(operator="in", value=[1, typed("decimal", "0.5")]),
    ),
    "one of none": (~city.isin([]), rule(field="city", operator="notIn", value=[])),
    "between": (aum.between(1, 2), rule(operator="between", value=[1, 2])),
    "between fields": (
        ~aum.between(paid, tag("rate")),
        rule(operator="notBetween", value=["paid", "rate"], valueSource="field"),
    ),
    "between a field and a value": (
        aum.between(paid, 2),
        rule(operator="between", value=[{"node": "tag", "name": "paid"}, 2]),
    ),
    "a condition by itself": (vip, group({"field": "vip", "operator": "isTrue", "value": None})),
    "its complement": (~vip, group({"field": "vip", "operator": "isNotTrue", "value": None})),
    "the complement of a comparison": (~(aum >= 5), {**rule(), "not": True}),
    "twice": (~~(aum >= 5), group({**rule(), "not": True}, **{"not": True})),
    "all": ((aum >= 5) & (aum >= 5), group(RULE, RULE)),
    "any": ((aum >= 5) | (aum >= 5), group(RULE, RULE, combinator="or")),
    "not any": (~((aum >= 5) | (aum >= 5)), group(RULE, RULE, combinator="or", **{"not": True})),
    "everyone": (Expression(And(operands=())), group()),
    "nobody": (Expression(Or(operands=())), group(combinator="or")),
    "groups in groups": (
        (aum >= 5) & ((aum >= 5) | ~vip),
        group(RULE, group(RULE, {"field": "vip", "operator": "isNotTrue", "value": None}, combinator="or")),
    ),
    "all of one": (
        Expression(And(operands=(vip.node,))),
        group(
            {
                "field": {"node": "and", "operands": [{"node": "tag", "name": "vip"}]},
                "operator": "isTrue",
                "value": None,
            }
        ),
    ),
    "an event": (did("view"), event()),
    "so often in a window": (
        did("view", object="wealth").at_least(2).within(days=14),
        event(
            {"field": "object", "operator": "=", "value": "wealth", "valueSource": "value"},
            match={"mode": "atLeast", "threshold": 2},
            within_days=14,
        ),
    ),
    "any of several filters": (
        did("txn", (column("amount") >= 5) | (column("kind") == "fee")).at_most(3),
        group(
            {
                "field": "did.txn",
                "operator": "=",
                "match": {"mode": "atMost", "threshold": 3},
                "value": group(
                    {"field": "amount", "operator": ">=", "value": 5, "valueSource": "value"},
                    {"field": "kind", "operator": "=", "value": "fee", "valueSource": "value"},
                    combinator="or",
                ),
            }
        ),
    ),
    "in each week": (
        did("login").exactly(0).in_each(days=7).within(days=28),
        event(field="did.login", match={"mode": "exactly", "threshold": 0}, within_days=28, every_days=7),
    ),
    "since the entry": (did("view").since_entry(), event(since_entry=True)),
    "a filter that everything passes": (
        did("view", And(operands=())),
        event({"field": {"node": "and", "operands": []}, "operator": "isTrue", "value": None}),
    ),
    "a sum of events": (
        did("txn").within(days=30).sum("amount") > 5000,
        rule(
            field={
                "node": "measure",
                "events": {"event": "txn", "where": None, "within_days": 30, "since_entry": False},
                "function": "sum",
                "of": "amount",
            },
            operator=">",
            value=5000,
        ),
    ),
    "an earlier value": (
        aum < aum.ago(days=30),
        rule(operator="<", value={"node": "past", "name": "aum", "days": 30}),
    ),
    "a relative date": (
        since <= as_of() + days(7),
        rule(
            field="since",
            operator="<=",
            value={"node": "days_later", "operand": {"node": "as_of"}, "days": 7},
        ),
    ),
    "on a list": (
        ~Expression(InList(name="vip_2026", digest="0" * 64)),
        group(
            {
                "field": {"node": "in_list", "name": "vip_2026", "digest": "0" * 64},
                "operator": "isNotTrue",
                "value": None,
            }
        ),
    ),
    "a name that no catalogue has": (
        tag('aum"; DROP TABLE x') >= 5,
        rule(field={"node": "tag", "name": 'aum"; DROP TABLE x'}),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shape(shape):
    handle, tree = SHAPES[shape]
    assert to_rules(handle.node) == tree
    assert from_rules(json.loads(json.dumps(tree))) == handle.node
    SCHEMA.validate(tree)


# Every kind of node, however put together; only what a node itself refuses is left out.

places = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
texts = st.one_of(places, st.sampled_from(["true", "1", "0.5", "2024-02-29", "null", "did.view"]))
names = st.one_of(
    st.sampled_from(["aum", "city", "vip"]), st.sampled_from(["did.view", "Aum", "x;--", "a b"])
)
counts = st.integers(1, 400)


def node(kind, *parts, **named):
    return st.builds(kind, *parts, **named)


def decimals():
    return st.decimals(-(10**17), 10**17, allow_nan=False, allow_infinity=False, places=6)


values = st.one_of(
    node(nodes.Value, type=st.just(Type.TEXT), value=texts.map(str.strip).filter(bool)),
    node(nodes.Value, type=st.just(Type.INTEGER), value=st.integers(-(2**63) + 1, 2**63 - 1)),
    node(nodes.Value, type=st.sampled_from([Type.DECIMAL, Type.RATE]), value=decimals()),
    node(nodes.Value, type=st.just(Type.BOOLEAN), value=st.booleans()),
    node(nodes.Value, type=st.just(Type.DATE), value=st.dates()),
    node(nodes.Value, type=st.just(Type.TIMESTAMP), value=st.datetimes()),
)
amount = nodes.ColumnRef(name="amount")
filters = st.recursive(
    st.one_of(
        node(
            nodes.Compare,
            op=st.sampled_from(["==", "!=", "<", ">="]),
            left=st.just(amount),
            right=st.one_of(
                st.just(amount), decimals().map(lambda one: nodes.Value(type="decimal", value=one))
            ),
        ),
        node(nodes.IsMissing, operand=st.just(amount)),
        node(
            nodes.TextMatch,
            op=st.just("contains"),
            operand=st.just(nodes.ColumnRef(name="counterparty")),
            text=st.just(nodes.Value(type="text", value="N")),
        ),
    ),
    lambda below: st.one_of(
        node(nodes.Not, operand=below),
        node(nodes.And, operands=st.lists(below, max_size=3)),
        node(nodes.Or, operands=st.lists(below, max_size=3)),
    ),
    max_leaves=4,
)
selected = {"event": st.just("txn"), "where": st.one_of(st.none(), filters)}
windows = st.one_of(
    st.just({}), counts.map(lambda one: {"within_days": one * 6}), st.just({"since_entry": True})
)
events = st.builds(
    lambda given, window: nodes.Events(**given, **window), st.fixed_dictionaries(selected), windows
)
leaves = st.one_of(
    values,
    node(nodes.TagRef, name=names),
    node(nodes.ColumnRef, name=names, of=st.one_of(st.none(), names)),
    st.just(nodes.AsOf()),
    node(nodes.Past, name=names, days=counts),
    node(nodes.InList, name=st.just("vip"), digest=st.just("0" * 64)),
    node(nodes.Sample, share=st.sampled_from([0, 0.1, 1]), salt=places),
    node(
        nodes.Did,
        events=events,
        op=st.sampled_from(["at_least", "at_most", "exactly"]),
        times=st.integers(0, 5),
        every_days=st.sampled_from([None, 1, 2, 3]),
    ),
    node(nodes.Measure, events=events, function=st.sampled_from(["count", "first_time", "last_time"])),
    node(nodes.Measure, events=events, function=st.sampled_from(["sum", "mean"]), of=st.just("amount")),
    node(
        nodes.Sequence,
        steps=st.tuples(
            node(nodes.Step, **selected), node(nodes.Step, **selected, times=counts, within_days=counts)
        ),
        without=st.one_of(st.none(), node(nodes.Without, **selected, within_days=counts)),
        within_days=st.one_of(st.none(), counts),
    ),
)


def above(below):
    arms, maybe = node(nodes.When, condition=below, then=below), st.one_of(st.none(), below)
    return st.one_of(
        node(nodes.Not, operand=below),
        node(nodes.And, operands=st.lists(below, max_size=3)),
        node(nodes.Or, operands=st.lists(below, max_size=3)),
        node(nodes.Compare, op=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), left=below, right=below),
        node(nodes.IsIn, operand=below, values=st.lists(values, max_size=3)),
        node(nodes.Between, operand=below, low=below, high=below),
        node(nodes.IsMissing, operand=below),
        node(nodes.TextMatch, op=st.sampled_from(["contains", "ends_with"]), operand=below, text=values),
        node(nodes.Arithmetic, op=st.sampled_from(["+", "-"]), left=below, right=below),
        node(nodes.DaysBetween, start=below, end=below),
        node(nodes.DatePart, part=st.sampled_from(["year", "hour"]), operand=below),
        node(nodes.Fill, operand=below, default=values),
        node(nodes.Case, arms=st.lists(arms, min_size=1, max_size=2), otherwise=maybe),
        node(nodes.DaysLater, operand=below, days=st.integers(-400, 400)),
        node(nodes.StartOf, part=st.sampled_from(["week", "year"]), operand=below),
        node(nodes.Top, count=counts, by=below, lowest=st.booleans(), among=maybe),
    )  # fmt: skip


any_node = st.recursive(leaves, above, max_leaves=10)


def test_the_generator_has_every_kind_of_node():
    kinds = {"value", "tag", "column", "as_of", "past", "in_list", "sample", "did", "measure", "sequence"}
    kinds |= {"not", "and", "or", "compare", "is_in", "between", "is_missing", "text_match", "arithmetic"}
    kinds |= {"days_between", "date_part", "fill", "case", "days_later", "start_of", "top"}
    declared = rule_schema()["$defs"]["Comparison"]["properties"]["field"]["oneOf"][1]["properties"]
    assert kinds == set(declared["node"]["enum"])


@given(any_node)
@settings(max_examples=400, **SETTINGS)
def test_every_condition_comes_back(given_node):
    tree = to_rules(given_node)
    SCHEMA.validate(tree)
    assert from_rules(json.loads(json.dumps(tree))) == given_node
    assert from_rules(tree) == given_node


plain_rules = st.builds(
    lambda shape: SHAPES[shape][1]["rules"][0],
    st.sampled_from([name for name, (_, tree) in SHAPES.items() if len(tree["rules"]) == 1]),
)
event_trees = st.builds(
    lambda mode, often, window: event(match={"mode": mode, "threshold": often}, **window),
    st.sampled_from(["atLeast", "atMost", "exactly"]), st.integers(0, 9), windows,
)  # fmt: skip
trees = st.recursive(
    st.lists(st.one_of(plain_rules, event_trees.map(lambda one: one["rules"][0])), max_size=3),
    lambda below: st.lists(
        st.builds(
            lambda rules, combinator, complement: group(*rules, combinator=combinator, **{"not": complement}),
            below, st.sampled_from(["and", "or"]), st.booleans(),
        ),
        max_size=3,
    ),
    max_leaves=6,
).map(lambda rules: group(*rules))  # fmt: skip


@given(trees)
@settings(max_examples=300, **SETTINGS)
def test_every_tree_has_one_canonical_form(tree):
    read = from_rules(tree)
    written = to_rules(read)
    SCHEMA.validate(tree)
    assert from_rules(written) == read
    assert to_rules(from_rules(written)) == written


def test_what_an_editor_leaves_out_is_what_it_means():
    assert (
        from_rules({"combinator": "and", "rules": [{"field": "aum", "operator": ">=", "value": 5}]})
        == (aum >= 5).node
    )
    assert from_rules(group(group(group(RULE)))) == (aum >= 5).node
    assert from_rules(rule(value=0.1)) == (aum >= 0.1).node
    assert from_rules(rule(value={"node": "value", "type": "decimal", "value": 0.1})) == (aum >= 0.1).node


def test_segments_have_them():
    segment = Segment("rich", (aum >= 500_000.5) & ~did("view").within(days=14))
    assert Segment.from_rules("rich", segment.to_rules()) == segment
    with pytest.raises(DefinitionError, match="name"):
        Segment.from_rules("x; DROP TABLE y", segment.to_rules())


# Whatever else comes is refused by name.

DEEP = group(RULE)
for _ in range(60):
    DEEP = group(DEEP, RULE)
ENDLESS = group(RULE)
for _ in range(100_000):
    ENDLESS = group(ENDLESS)
CIRCLE = group()
CIRCLE["rules"].append(CIRCLE)

REFUSED = {
    "no tree": (None, "keys and values"),
    "a list": ([RULE], "keys and values"),
    "nothing in it": ({}, "combinator: Field required"),
    "another combinator": (group(combinator="xor"), "Unknown combinator 'xor'"),
    "independent combinators": ({"rules": [RULE, "and", RULE]}, "combinator: Field required"),
    "text for a rule": (group("aum >= 5"), "rules.0"),
    "a number for not": (group(**{"not": 1}), "not: true or false"),
    "a muted rule": (rule(muted=True), "muted: unknown key"),
    "a disabled group": (group(disabled=True), "disabled: unknown key"),
    "an id": (rule(id="6f1b"), "id: unknown key"),
    "a prototype": (rule(__proto__={"polluted": 1}), "__proto__: unknown key"),
    "a prototype of the group": (group(__proto__={}), "__proto__: unknown key"),
    "a constructor": (rule(constructor={"prototype": {}}), "constructor: unknown key"),
    "a prototype in a node": (
        rule(field={"node": "tag", "name": "aum", "__proto__": {}}), "__proto__: unknown key"
    ),
    "no operator": (group({"field": "aum", "value": 5}), "'operator' is missing"),
    "an unknown operator": (rule(operator="=="), "Unknown operator '=='. Did you mean '='?"),
    "SQL for an operator": (rule(operator="= 5 OR 1="), "Unknown operator '= 5 OR 1='"),
    "a list for an operator": (rule(operator=["="]), "operator"),
    "SQL for a field": (rule(field="aum; DROP TABLE x"), "field.plain: lower-case letters"),
    "a homoglyph": (rule(field="\u0430um"), "field.plain: lower-case letters"),
    "a field with a line after it": (rule(field="aum\n"), "field.plain: lower-case letters"),
    "SQL for another field": (rule(value="1 OR 1", valueSource="field"), "'1 OR 1' is no field's name"),
    "SQL for a source": (rule(valueSource="sql"), "Unknown valueSource 'sql'"),
    "a number for a field": (rule(value=5, valueSource="field"), "5 is no field's name"),
    "an unknown node": (rule(value={"node": "sql", "text": "1"}), "Unknown node 'sql'"),
    "no value": (rule(value=None), "true or false, a number, a text or a node"),
    "a list of one": (rule(value=[5]), "true or false, a number, a text or a node"),
    "no node": (rule(value={"$gt": 1}), "'node' is missing"),
    "a text for a list": (rule(operator="in", value="1,2"), "a list is expected"),
    "a field in a list": (rule(operator="in", value=[{"node": "tag", "name": "aum"}]), "value.0"),
    "half a range": (rule(operator="between", value=[1]), "value.1"),
    "too much of a range": (rule(operator="between", value=[1, 2, 3]), "value"),
    "a value where none belongs": (rule(operator="null", value=5), "value"),
    "no text": (rule(field="city", value=""), "empty text is missing"),
    "blanks around a text": (rule(field="city", value=" x"), "stored trimmed"),
    "no number": (rule(value=float("nan")), "nan is no number of JSON"),
    "no finite number": (rule(value=float("-inf")), "-inf is no number of JSON"),
    "a huge number": (rule(value=1e300), "more than 18 digits"),
    "a digit too many": (rule(value=typed("decimal", f"1.{'0' * 40}1")), "more than 18 digits"),
    "a huge whole number": (rule(value=10**5000), "does not fit 64 bits"),
    "a decimal that would fill the memory": (rule(value=typed("decimal", "1e-999999999")), "18 digits"),
    "a share that would fill the memory": (drawn("1e-999999999"), "share"),
    "true for a share": (drawn(True), "share"),
    "half a character": (rule(value="\ud800"), "is not valid text"),
    "half a character in a key": (rule(**{"\ud800": 1}), "is not valid text"),
    "a null byte": (rule(value="a\0b"), "is not valid text"),
    "a very long text": (rule(value="x" * 10_001), "10,001 characters"),
    "bytes": (rule(value=b"5"), "bytes is no part of JSON"),
    "a date of Python": (rule(value=date(2024, 2, 29)), "date is no part of JSON"),
    "a set": (group({**RULE, "value": {5}}), "set is no part of JSON"),
    "a number for a key": (rule() | {5: 1}, "the key 5 is no text"),
    "a day that never was": (rule(value=typed("date", "2023-02-29")), "is not of the type date"),
    "a type that does not fit": (rule(value=typed("integer", "5; DROP TABLE x")), "not of the type integer"),
    "an unknown type": (rule(value=typed("sql", "5")), "type"),
    "an unknown event": (event(field="did.viw"), "Unknown event 'viw'. Did you mean 'view'?"),
    "who may be contacted": (event(field="did.consent"), "Unknown event 'consent'"),
    "an event without did": (event(field="view"), "such as did.view"),
    "SQL for an event": (event(field="did.view' OR 1=1"), "Unknown event 'view' OR 1=1'"),
    "all of the events": (event(match={"mode": "all"}), "Unknown mode 'all'"),
    "a share of the events": (event(match={"mode": "atLeast", "threshold": 0.5}), "a whole number"),
    "a text for a number": (event(match={"mode": "atLeast", "threshold": "2"}), "a whole number"),
    "true for a number": (event(match={"mode": "atLeast", "threshold": True}), "a whole number"),
    "a negative window": (event(within_days=-1), "within_days: 1 or more"),
    "a huge window": (event(within_days=2**31), "within_days"),
    "two windows": (event(within_days=3, since_entry=True), "two windows"),
    "a column that there is not": (event({**RULE, "field": "objekt"}), "Did you mean 'object'?"),
    "a tag in an event": (event(rule(field={"node": "tag", "name": "aum"})), "looks at one row"),
    "an event in an event": (event({**EVENTS, "value": group()}), "about a customer"),
    "an id in an event": (event({**RULE, "field": "customer_id", "value": "C1"}), "filter what was done"),
    "too deep": (DEEP, "nested more than 50 deep"),
    "without end": (ENDLESS, "nested more than 150 levels deep"),
    "a circle": (CIRCLE, "nested more than 150 levels deep"),
    "too many rules": (group(*[RULE] * (MAX_RULES + 1)), "more than 1,000 rules"),
    "too long a list": (rule(operator="in", value=list(range(10_001))), "10,001 values are more"),
    "too many values": (rule(operator="in", value=list(range(50_001))), "50,000 values"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    tree, says = REFUSED[case]
    with pytest.raises(DefinitionError) as caught:
        from_rules(tree)
    assert says in str(caught.value)
    assert str(caught.value).startswith("rule tree: ")
    assert len(str(caught.value)) < 700


BEYOND_A_SCHEMA = {
    "SQL for another field", "a number for a field", "no text", "blanks around a text",
    "a huge number", "a digit too many", "a huge whole number", "a decimal that would fill the memory",
    "half a character",
    "a null byte", "a very long text", "a day that never was", "a type that does not fit", "two windows",
    "a column that there is not", "a tag in an event", "an event in an event", "an id in an event",
    "too deep", "without end", "a circle", "too long a list", "too many values",
    "no number", "no finite number", "a field with a line after it", "a share that would fill the memory",
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(REFUSED.keys() - BEYOND_A_SCHEMA))
def test_the_schema_refuses_it_too(case):
    assert not SCHEMA.is_valid(REFUSED[case][0])


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(rule_schema())


def test_as_many_rules_as_are_allowed():
    assert len(from_rules(group(*[RULE] * (MAX_RULES - 1))).operands) == MAX_RULES - 1


def test_what_could_not_be_read_is_not_written():
    with pytest.raises(DefinitionError, match="more than 1,000 rules"):
        to_rules(And(operands=((aum >= 5).node,) * MAX_RULES))


CATALOGUE = Catalogue(LIBRARY)
REFUSED_BY_THE_CATALOGUE = {
    "a tag that there is not": (rule(field="aumm"), "Unknown tag 'aumm'. Did you mean 'aum'?"),
    "a tag in a node": (rule(field={"node": "tag", "name": "aum OR 1=1"}), "Unknown tag 'aum OR 1=1'"),
    "an earlier tag": (rule(field={"node": "past", "name": "aumm", "days": 1}), "Unknown tag 'aumm'"),
    "another tag": (rule(value="paid; --", valueSource="value"), "compares decimal"),
    "a text for a number": (rule(value="5"), "compares decimal"),
    "true for a number": (rule(value=True), "compares decimal"),
    "a number for a text": (rule(field="gender", operator="=", value=1), "compares text"),
    "a value that it cannot have": (rule(field="gender", operator="=", value="F"), "Unknown value"),
    "no condition": (group({"field": "aum", "operator": "isTrue", "value": None}), "A condition is expected"),
    "a part that is none": (
        group({"field": "aum", "operator": "isNotTrue", "value": None}, RULE), "needs conditions"
    ),
    "a number to look for": (rule(field="gender", operator="contains", value=1), "looks into text"),
    "an order of booleans": (rule(field="holds_wealth", value=True), "orders"),
    "a column of no event": (rule(field={"node": "column", "name": "amount"}), "stands for nothing"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_BY_THE_CATALOGUE)
def test_refused_by_the_catalogue(case):
    tree, says = REFUSED_BY_THE_CATALOGUE[case]
    from_rules(tree)
    with pytest.raises(DefinitionError) as caught:
        from_rules(tree, CATALOGUE)
    assert says in str(caught.value)


def test_accepted_by_the_catalogue():
    condition = (aum >= 5) & ~tag("holds_wealth") & (tag("gender") == "female") & did("view")
    assert from_rules(to_rules(condition.node), CATALOGUE) == condition.node
