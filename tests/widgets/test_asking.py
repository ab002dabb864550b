"""Whatever a browser says is answered, and what is not a question of the widget's changes nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.segments.rules.limits import MAX_LEVELS, MAX_TEXT, MAX_VALUES
from tests.widgets.conftest import Comm
from tests.widgets.counter import Counter


def nested(levels: int):
    return [nested(levels - 1)] if levels else []


def add(**content):
    return {"id": 7, "ask": "add", "with": content}


HOSTILE = {
    "nothing": None,
    "a text": "__import__('os').system('true')",
    "a number": 7,
    "a list": [{"id": 7, "ask": "add", "with": {"by": 1}}],
    "no keys": {},
    "no question": {"id": 7, "with": {"by": 1}},
    "no content": {"id": 7, "ask": "add"},
    "no number": {"ask": "add", "with": {"by": 1}},
    "a key too many": {**add(by=1), "to": "reset"},
    "the content's own name": {"id": 7, "ask": "add", "with_": {"by": 1}},
    "content that is a list": {"id": 7, "ask": "add", "with": [1]},
    "a number as text": {"id": "7", "ask": "add", "with": {"by": 1}},
    "a number that is a truth": {"id": True, "ask": "add", "with": {"by": 1}},
    "a question that is a list": {"id": 7, "ask": ["add"], "with": {"by": 1}},
    "an unknown question": {"id": 7, "ask": "sub", "with": {}},
    "a method that is no question": {"id": 7, "ask": "reset", "with": {}},
    "a method of every object": {"id": 7, "ask": "__init__", "with": {}},
    "a question in another case": {"id": 7, "ask": "Add", "with": {"by": 1}},
    "an empty question": add(),
    "an unknown key": add(by=1, count=5),
    "text for a number": add(by="1"),
    "a fraction": add(by=1.5),
    "a truth for a number": add(by=True),
    "null": add(by=None),
    "out of range": add(by=11),
    "Python": add(by="1 + 1"),
    "a number for text": add(by=1, note=5),
    "not a number": add(by=float("nan")),
    "infinity": add(by=1, note=float("inf")),
    "beyond 64 bits": add(by=2**63),
    "half a character": add(by=1, note="\ud800"),
    "half a character as a key": add(by=1, **{"\udfff": 1}),
    "half a character as a question": {"id": 7, "ask": "\ud83d", "with": {}},
    "a NUL": add(by=1, note="a\0b"),
    "too long": add(by=1, note="x" * (MAX_TEXT + 1)),
    "too deep": add(by=1, note=nested(MAX_LEVELS)),
    "far too deep": add(by=1, note=nested(900)),
    "too much": add(by=1, note=["x"] * MAX_VALUES),
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_question_is_refused_with_the_reason(browser, content):
    counter = Counter()
    before = browser.shown(counter)
    answer = browser.say(counter, content)
    number = content.get("id") if isinstance(content, dict) else None
    assert answer["id"] == (number if isinstance(number, int) else 0)
    assert "answer" not in answer
    assert 10 < len(answer["error"]) < 2_000
    assert browser.shown(counter) == before
    assert (counter.count, counter.notes) == (0, [])
    assert browser.ask(counter, "add", by=2) == 2  # and it goes on


def test_buffers_are_refused(browser):
    counter = Counter()
    answer = browser.say(counter, add(by=1), b"\x80\x04N.")
    assert answer == {"id": 7, "error": "message: no buffers are expected."}
    assert counter.count == 0


def test_a_question_is_answered_under_its_number(browser):
    counter = Counter()
    assert browser.say(counter, add(by=3, note="'; drop table")) == {"id": 7, "answer": 3}
    assert browser.shown(counter)["notes"] == ["'; drop table"]


def test_a_refusal_is_in_the_words_of_the_error(browser):
    counter = Counter()
    for _ in range(2):
        browser.ask(counter, "add", by=10)
    assert browser.say(counter, add(by=1)) == {"id": 7, "error": "Counter: 20 is enough."}
    assert counter.count == 20


def test_an_unknown_question_names_one_that_there_is(browser):
    answer = browser.say(Counter(), {"id": 7, "ask": "ad", "with": {}})
    assert answer["error"].startswith("Unknown question 'ad'. Did you mean 'add'?")


def test_an_error_nobody_meant_is_told_and_the_widget_lives_on(browser):
    counter = Counter()
    answer = browser.say(counter, {"id": 7, "ask": "fall", "with": {}})
    assert answer["error"].startswith("ZeroDivisionError: ")
    assert browser.ask(counter, "add", by=1) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {"id": st.integers() | ANYTHING, "ask": st.sampled_from(["add", "fall", "reset"]) | ANYTHING},
    optional={"with": st.dictionaries(st.sampled_from(["by", "note", "x"]), ANYTHING) | ANYTHING},
)


@given(ANYTHING | NEARLY)
@settings(max_examples=200, deadline=None)
def test_anything_at_all_gets_one_answer_that_a_browser_can_read(content):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comm.create_comm", Comm)
        counter = Counter()
        counter.comm.arrived.clear()
        counter.comm.handle_msg(
            {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
        )
    answers = [message["content"] for message in counter.comm.arrived if message["method"] == "custom"]
    assert len(answers) == 1
    assert ("error" in answers[0]) != ("answer" in answers[0])
    assert (counter.count > 0) == (answers[0].get("answer", 0) > 0)
    json.dumps(answers, allow_nan=False).encode()
