"""A strategy in JSON is read as one in YAML is: the same value, the same refusals, the same limits."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings

from journeykit.errors import DefinitionError
from journeykit.strategies.graph import Strategy
from journeykit.yaml_files import plain
from journeykit.yaml_files.limits import MAX_CHARACTERS, MAX_ENTRIES, MAX_LEVELS
from tests.strategies.any_plans import any_plan

START = '{"kind": "start", "segment": {"name": "s", "where": {"node": "tag", "name": "a"}}, "next": "n"}'


@settings(max_examples=60, deadline=None)
@given(any_plan())
def test_text_and_message_read_back_equal(plan):
    text = plan.model_dump_json()
    assert Strategy.from_json(text) == plan == Strategy.from_yaml(plan.to_yaml())
    assert Strategy.from_json(json.loads(text)) == plan
    assert Strategy.from_json(json.dumps(json.loads(text), indent="\t")) == plan
    assert Strategy.model_validate_json(text.encode()) == plan == Strategy.from_json(text.encode())


def plan_with(field: str) -> str:
    return f'{{"name": "plan",\n"stage": "retain",\n{field}}}'


REFUSED = {
    "a key twice": (plan_with('"name": "other"'), "JSON: the key 'name' stands twice. Give it once."),
    "a key twice inside": (
        plan_with(f'"nodes": [{START}, {{"kind": "exit", "id": "n", "id": "m"}}]'),
        "JSON: nodes.1: the key 'id' stands twice.",
    ),
    "no JSON": (plan_with('"title": yes'), "JSON, line 3: "),
    "a comment": (plan_with('# "title": 1'), "JSON, line 3: "),
    "nothing": ("", "JSON, line 1: "),
    "a list": ("[]", "JSON holds no Strategy: keys and values are expected."),
    "an unknown key": (plan_with('"titel": "x"'), "JSON: titel: unknown key."),
    "a hidden character": (plan_with('"title": "a\u202eb"'), "JSON, line 3: the character U+202E is not"),
    "an escaped one": (plan_with('"title": "a\\u202eb"'), "JSON: title: the character U+202E is not allowed"),
    "half a character": (plan_with('"title": "\\ud800"'), "JSON: title: the character U+D800 is not allowed"),
    "no number": (plan_with('"priority": NaN'), "JSON: priority: numbers have 40 digits at most and an end."),
    "a long number": (plan_with(f'"priority": {"1" * 5000}'), "JSON: priority: numbers have 40 digits"),
    "a far number": (plan_with('"priority": 1e99999'), "JSON: priority: numbers have 40 digits at most"),
    "half a number": (plan_with('"priority": 1.5'), "JSON: priority: a whole number is expected."),
    "much too deep": (plan_with(f'"title": {"[" * 100_000}'), f"JSON: nested more than {MAX_LEVELS} levels"),
    "too deep": (
        plan_with(f'"title": {"[" * MAX_LEVELS}[]{"]" * MAX_LEVELS}'),
        f"JSON: nested more than {MAX_LEVELS} levels deep. Split the definition.",
    ),
    "too many": (plan_with(f'"nodes": [{"1," * MAX_ENTRIES}1]'), "JSON: nodes: 10,000 entries at most"),
    "far too much": (plan_with(f'"title": "{"x" * MAX_CHARACTERS}"'), "are the most a definition may have"),
    "a node without an offer": (
        plan_with(f'"nodes": [{START}, {{"kind": "send", "id": "n", "channel": "sms"}}]'),
        "JSON: nodes.1.send.offer: Field required.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_strategy_is_is_refused_with_its_place(case):
    text, says = REFUSED[case]
    for read in (Strategy.from_json, Strategy.model_validate_json):
        with pytest.raises(DefinitionError, match=re.escape(says)):
            read(text)


def test_a_key_that_stands_twice_is_found_in_one_look_at_each():
    compared = []

    class Key(str):
        """One that knows when it is compared."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            compared.append(self)
            return str.__eq__(self, other)

    keys = [Key(f"k{place}") for place in range(2000)] + [Key("last"), Key("last")]
    assert plain._object([(key, 1) for key in keys]) == "last"
    assert len(compared) < 2 * len(keys)


LOOP: list = []
LOOP.append(LOOP)
MESSAGES = {
    "what JSON has not": ({"name": "plan", "stage": {"retain"}}, "JSON: stage: a set is no part of JSON."),
    "a key that is none": ({"name": "plan", 1: "x"}, "JSON: the key 1 is no text."),
    "a loop": ({"nodes": LOOP}, "JSON: nested more than"),
    "no end": ({"priority": float("inf")}, "JSON: priority: numbers have 40 digits at most and an end."),
    "no number": (
        {"priority": Decimal("sNaN")},
        "JSON: priority: numbers have 40 digits at most and an end.",
    ),
    "no text": (b'{"name": "\xff"}', "JSON is not UTF-8 text. Save it as UTF-8."),
    "a long number": ({"priority": 10**5000}, "JSON: priority: numbers have 40 digits"),
    "a hidden key": ({"na\u200bme": "x"}, "the character U+200B is not allowed."),
    "far too much": ({"title": ["x" * 300] * 9000}, "more than 2,000,000 characters and values"),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_a_message_is_held_to_the_same(case):
    content, says = MESSAGES[case]
    with pytest.raises(DefinitionError, match=re.escape(says)):
        Strategy.from_json(content)
