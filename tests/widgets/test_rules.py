"""What widgets with rules answer: trees that lose nothing, words, and how values are spread."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from journeykit.contract import SUBJECTS, Type
from journeykit.errors import DefinitionError
from journeykit.expressions import column, did, nodes, sequence, tag
from journeykit.segments import Segment
from journeykit.widgets.rules import RuleQuestions, read_rules, shown_rules
from journeykit.widgets.rules.vocabulary import columns_of, events
from journeykit.widgets.view import View
from tests.segments.conftest import write_bank
from tests.segments.test_rules import any_node

SETTINGS = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
VIEW, APPLY = did("view", object="wealth"), did("apply")
SEQUENCE = sequence(VIEW.at_least(2), APPLY.within(days=7)).without(did("submit"), days=3).within(days=60)


class Rules(RuleQuestions, View):
    """A widget that has rules and nothing else."""

    _esm = "export default { render() {} }"

    def __init__(self, mart, language="en"):
        self.mart = mart
        super().__init__(language)

    def _show(self):
        return {}

    def _static_html(self):
        return ""


AGES = [18] * 5 + [30, 31, 44, 62, 95, None]


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    people = [
        {
            "customer_id": f"C{place}",
            "age": age,
            "aum": Decimal(place) * 1000,
            "gender": ["female", "male", None][place % 3],
            "district": f"D{place % 4}",
            "holds_wealth": place % 2 == 0,
        }
        for place, age in enumerate(AGES)
    ]
    happened = [
        {
            "customer_id": f"C{place % 7}",
            "occurred_at": datetime(2026, 5, 1 + place, 9),
            "action": "view" if place % 3 else "login",
            "object": ["wealth", "loan"][place % 2],
        }
        for place in range(20)
    ]
    with write_bank(tmp_path_factory.mktemp("bank"), people, happened) as opened:
        yield opened


@pytest.fixture
def rules(browser, mart, request):
    return Rules(mart, getattr(request, "param", "en"))


# Trees.


@given(any_node)
@example(SEQUENCE.node)
@example((~SEQUENCE & (tag("aum") > 5)).node)
@settings(max_examples=150, **SETTINGS)
def test_no_condition_is_lost_on_its_way_through_the_browser(node):
    tree = json.loads(json.dumps(shown_rules(node)))
    assert read_rules(tree, None) == node


def test_the_steps_of_a_sequence_are_rules_of_their_own():
    (rule,) = shown_rules((~SEQUENCE).node)["rules"]
    assert rule["operator"] == "isNotTrue"
    assert [
        (step["field"], step["match"]["threshold"], step.get("within_days")) for step in rule["steps"]
    ] == [
        ("did.view", 2, None),
        ("did.apply", 1, 7),
    ]
    assert rule["steps"][0]["value"]["rules"][0]["value"] == "wealth"
    assert (rule["without"]["field"], rule["without"]["within_days"]) == ("did.submit", 3)
    assert (rule["within_days"], rule["since_entry"]) == (60, False)


def changed(**changes):
    (rule,) = shown_rules(SEQUENCE.node)["rules"]
    return {"combinator": "and", "not": False, "rules": [{**rule, **changes}]}


def step(**changes):
    return {**shown_rules(APPLY.node)["rules"][0], **changes}


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (changed(steps=[step()]), "two steps or more"),
        (changed(steps=[step()] * 11), "10"),
        (changed(steps=[step(), "did.view"]), "steps"),
        (changed(steps=[step(within_days=3), step()]), "first step"),
        (changed(steps=[step(), step(since_entry=True)]), "since_entry"),
        (changed(steps=[step(), step(match={"mode": "atMost", "threshold": 1})]), "at_least"),
        (changed(steps=[step(), {"field": "aum", "operator": "null", "value": None}]), "event"),
        (changed(steps=[step(), step(field="did.x; DROP TABLE event")]), "Unknown event"),
        (changed(within_days="7"), "within_days"),
        (changed(sql="1=1"), "sql"),
        (changed(operator="="), "operator"),
        (changed(without={"rules": []}), "combinator"),
    ],
)
def test_a_sequence_that_is_none_is_refused(tree, reason):
    with pytest.raises(DefinitionError, match=reason):
        read_rules(tree, None)


# Questions.


def test_a_condition_becomes_rules_and_comes_back(browser, rules):
    segment = Segment("s", (tag("aum") >= 5000) & SEQUENCE)
    condition = segment.where.model_dump(mode="json")
    tree = browser.ask(rules, "rules", condition=condition)["tree"]
    answer = browser.ask(rules, "condition", tree=tree)
    assert answer["condition"] == condition
    assert answer["words"][1] == [1, "“Assets under management” is at least 5,000 yuan"]


@pytest.mark.parametrize("rules", ["zh"], indirect=True)
def test_words_are_the_reader_s(browser, rules):
    tree = shown_rules((tag("aum") >= 5000).node)
    assert browser.ask(rules, "words", tree=tree)["lines"] == [[0, "“管理资产总额（AUM）”不低于 5,000 元"]]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("aumm", 5, "Did you mean 'aum'?"),
        ("aum", "1; DROP TABLE customer", "compares decimal"),
        ("gender", "f", "Unknown value"),
        ("phone", "1", "Unknown tag 'phone'"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(browser, rules, field, value, reason):
    rule = {"field": field, "operator": "=", "value": value, "valueSource": "value"}
    tree = {"combinator": "and", "not": False, "rules": [rule]}
    answer = browser.say(rules, {"id": 7, "ask": "condition", "with": {"tree": tree}})
    assert answer["id"] == 7
    assert reason in answer["error"]


@pytest.mark.parametrize("rules", ["en", "zh"], indirect=True)
def test_everything_a_rule_can_be_about_is_told(browser, rules, mart):
    told = browser.ask(rules, "fields")
    known = {one["name"]: one for one in told["tags"]}
    assert set(known) == {"age", "aum", "gender", "district", "holds_wealth"}
    titles = {"Assets under management", "管理资产总额（AUM）"}
    assert {known["aum"]["title"], known["aum"]["also"]} == titles
    assert known["aum"]["title"] == (
        "管理资产总额（AUM）" if rules.language == "zh" else "Assets under management"
    )
    assert dict(known["gender"]["values"])["female"] == ("女" if rules.language == "zh" else "female")
    families = {name for name, _ in told["families"]}
    assert {one["family"] for one in told["tags"]} == families
    assert [one["name"] for one in told["events"]] == list(events())


def test_no_column_tells_who_somebody_is():
    details = {one.name for one in SUBJECTS["contact_details"].columns} - {"name"}  # a mark has a name too
    for event in events():
        names = {one.name for one in columns_of(event)}
        assert names
        assert not names & {"customer_id", "manager_id", *details}


# Distributions.


def bins_of(answer):
    return {
        (Decimal(one["low"]), Decimal(one["high"])): one["count"] for one in answer["bins"] if one["count"]
    }


def test_numbers_are_in_bins_that_hold_everyone(browser, rules):
    answer = browser.ask(rules, "distribution", field="age")
    known = [age for age in AGES if age is not None]
    assert answer["missing"] == 1
    assert sum(one["count"] for one in answer["bins"]) == len(known)
    edges = [Decimal(answer["bins"][0]["low"]), *(Decimal(one["high"]) for one in answer["bins"])]
    assert edges == sorted(set(edges))
    for (low, high), count in bins_of(answer).items():
        above = high == edges[-1]
        below = low == edges[0]
        inside = [age for age in known if (below or age >= low) and (above or age < high)]
        assert len(inside) == count


def test_values_are_counted_and_called_by_name(browser, rules):
    answer = browser.ask(rules, "distribution", field="gender")
    assert {tuple(one) for one in answer["values"]} == {("female", "female", 4), ("male", "male", 4)}
    assert (answer["missing"], answer["others"], answer["bins"]) == (3, 0, [])


def test_columns_count_the_events_that_are_meant(browser, rules):
    answer = browser.ask(rules, "distribution", field="view.object")
    expected = Counter(["wealth", "loan"][place % 2] for place in range(20) if place % 3)
    assert {value: count for value, _, count in answer["values"]} == expected


def test_days_are_days(browser, rules):
    answer = browser.ask(rules, "distribution", field="login.occurred_at")
    seen = {date.fromisoformat(one["low"][:10]): one["count"] for one in answer["bins"] if one["count"]}
    assert seen == {date(2026, 5, 1 + place): 1 for place in range(0, 20, 3)}


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("agee", "Did you mean 'age'?"),
        ("view.customer_id", "Unknown column of view 'customer_id'"),
        ("contact_details.phone", "Unknown event 'contact_details'"),
        ("consent.granted", "Unknown event 'consent'"),
        ('age"; DROP TABLE snapshot; --', "Unknown tag"),
        ("", "Unknown tag"),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_what_is_not_to_be_seen_is_refused(browser, rules, field, reason):
    answer = browser.say(rules, {"id": 1, "ask": "distribution", "with": {"field": field}})
    assert reason in answer["error"]


def test_one_value_and_none_at_all_have_a_distribution(browser, tmp_path):
    people = [{"customer_id": "A", "aum": Decimal(5), "age": None}]
    with write_bank(tmp_path, people, []) as small:
        rules = Rules(small)
        assert [one["count"] for one in browser.ask(rules, "distribution", field="aum")["bins"]] == [1]
        assert browser.ask(rules, "distribution", field="age") == {
            "bins": [], "values": [], "others": 0, "missing": 1,
        }  # fmt: skip


def test_every_type_of_column_can_be_spread(browser, rules):
    for event in events():
        for one in columns_of(event):
            answer = browser.ask(rules, "distribution", field=f"{event}.{one.name}")
            assert set(answer) == {"bins", "values", "others", "missing"}
            assert one.type in set(Type)


def test_conditions_of_a_step_are_about_its_own_columns():
    filtered = sequence(did("txn", column("amount") >= 5), APPLY)
    (rule,) = shown_rules(filtered.node)["rules"]
    rule["steps"][0]["value"]["rules"][0]["field"] = "aum"
    with pytest.raises(DefinitionError, match="aum"):
        read_rules({"combinator": "and", "not": False, "rules": [rule]}, None)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda below: st.lists(below, max_size=3) | st.dictionaries(
                        st.sampled_from(["rules", "steps", "field", "operator", "combinator", "not"]), below),
                    max_leaves=8))  # fmt: skip
@settings(max_examples=200, **SETTINGS)
def test_whatever_comes_is_read_or_refused(tree):
    try:
        assert isinstance(read_rules(tree, None), nodes.Node)
    except DefinitionError as refused:
        assert str(refused)
