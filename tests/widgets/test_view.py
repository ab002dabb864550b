"""What every widget does alike: it shows, refreshes, stays in step, and is read where no kernel is."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import traitlets
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import journeykit.widgets
from tests.widgets.counter import Counter

ROOT = Path(__file__).resolve().parents[2]


def test_a_browser_sets_nothing(browser, caplog):
    counter = Counter()
    before = counter.get_state()
    for state in ({"state": {"count": 99}}, {"_esm": "alert(1)"}, {"layout": None, "tabbable": True},
                  {"language": "zh"}, {"count": 99}, {}):  # fmt: skip
        with caplog.at_level(logging.WARNING):
            sent = browser.send(counter, {"method": "update", "state": state, "buffer_paths": []})
        assert sent == []
        assert all(repr(name) in caplog.messages[-1] for name in state)
    assert counter.get_state() == before
    assert (counter.count, counter.language) == (0, "en")


@pytest.mark.parametrize(
    "update",
    [
        {"state": 5},
        {"state": [["count", 5]]},
        {"state": {"state": {}}, "buffer_paths": [["state", "count"]]},
        {"state": {"state": {"a": None}}, "buffer_paths": [["__class__"], 5]},
        {},
    ],
)  # fmt: skip
def test_a_malformed_update_changes_nothing(browser, update):
    counter = Counter()
    before = counter.get_state()
    browser.send(counter, {"method": "update", **update}, (b"99",))
    assert counter.get_state() == before
    assert browser.ask(counter, "add", by=1) == 1


def test_a_page_that_comes_later_is_told_all(browser):
    counter = Counter()
    browser.ask(counter, "add", by=4)
    (answer,) = browser.send(counter, {"method": "request_state"})
    assert answer["state"]["state"]["count"] == 4


def test_its_headless_twin_is_a_copy(browser):
    counter = Counter()
    browser.ask(counter, "add", by=4, note="a")
    found = counter.data()
    assert found == {"count": 4, "notes": ["a"]}
    found["notes"].append("b")
    assert counter.data() == {"count": 4, "notes": ["a"]}


@pytest.fixture
def cell(tmp_path, monkeypatch) -> Iterator[type[capture_output]]:
    """What is displayed meanwhile, as in a notebook's cell."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    InteractiveShell.instance()
    yield capture_output
    InteractiveShell.clear_instance()


def test_the_static_form_names_its_widget_and_follows_it(browser, cell):
    counter = Counter()
    with cell() as captured:
        counter._ipython_display_()
        browser.ask(counter, "add", by=4, note="<b>")
    alive, static, updated = (output.data for output in captured.outputs)
    assert alive["application/vnd.jupyter.widget-view+json"]["model_id"] == counter.model_id
    begin = f'<div data-jk-static="{counter.model_id}">'
    assert static["text/html"] == f"{begin}<p>0: </p></div>"
    assert updated["text/html"] == f"{begin}<p>4: &lt;b&gt;</p></div>"


def test_every_display_of_a_widget_has_a_static_form_that_follows_it(browser, cell):
    counter = Counter()
    with cell() as captured:
        counter._ipython_display_()
        counter._ipython_display_()
    ids = [one.transient["display_id"] for one in captured.outputs if "text/html" in one.data]
    assert len(set(ids)) == 1 < len(ids)
    with cell() as updates:
        browser.ask(counter, "add", by=4)
    assert [(one.transient["display_id"], one.update) for one in updates.outputs] == [(ids[0], True)]


def test_it_speaks_the_workspace_s_language_unless_told(browser, tmp_path, monkeypatch):
    class Plain(Counter):
        def __init__(self, language: str = "") -> None:
            super(Counter, self).__init__(language)

    text = (ROOT / "journeykit.toml").read_text("utf-8").replace('language = "en"', 'language = "zh"')
    (tmp_path / "journeykit.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(tmp_path))
    assert Plain().language == "zh"
    assert Plain("en").language == "en"


def test_two_values_are_linked(browser):
    class Linked(Counter):
        value = traitlets.Int()

    first, second = Linked(), Linked()
    traitlets.link((first, "value"), (second, "value"))
    first.value = 3
    assert second.value == 3
    second.value = 4
    assert first.value == 4


def test_no_text_becomes_code():
    """No module of the widgets calls what runs text as Python, or SQL that is text."""
    folder = Path(journeykit.widgets.__file__).parent
    called = {
        (path.name, ast.unparse(node.func))
        for path in folder.rglob("*.py")
        if "node_modules" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    assert ("view.py", "read_message") in called
    python, sql = {"eval", "exec", "compile", "__import__"}, (".literal_column", ".exec_driver_sql")
    runs = python | {"text", "sa.text", "sqlalchemy.text", "literal_column"}
    assert {(file, name) for file, name in called if name in runs or name.endswith(sql)} == set()
