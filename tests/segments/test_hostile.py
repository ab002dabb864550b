"""Whatever somebody writes into a name, a value or a file: it is refused, or it is text like any other."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from journeykit.dialects import registered
from journeykit.errors import DefinitionError
from journeykit.expressions import Expression, InList, case, column, did, nodes, sample, sequence, tag, top
from journeykit.segments import Lists, Segment, save_list
from journeykit.segments.rules import from_rules
from journeykit.tags import LIBRARY, Catalogue, Formula, Tag

_file = Path(__file__).parents[1] / "spec" / "conftest.py"
_spec = importlib.util.spec_from_file_location("spec_world", _file)
spec = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = spec
_spec.loader.exec_module(spec)
world, postgres_connection = spec.world, spec.postgres_connection

AS_OF = date(2024, 3, 1)
CANARY = sa.table("canary", sa.column("n", sa.Integer()))
city = tag("city")

HOSTILE = {
    "a quote and a command": "'; DROP TABLE canary; --",
    "a quote that closes a group": "x') ; DELETE FROM canary; --",
    "a tautology": "x' OR '1'='1",
    "a double quote": 'x"; DROP TABLE canary; --',
    "an identifier": '"canary"',
    "a backslash before a quote": "\\'; DROP TABLE canary; --",
    "backslashes": "\\\\ \\x27 \\047 \\u0027",
    "an escape text": "E'\\x27'; DROP TABLE canary; --",
    "a comment": "x/* */--",
    "an open comment": "/*",
    "a cast": "1::text::regclass",
    "a dollar quote": "$$; DROP TABLE canary; $$",
    "a named dollar quote": "$x$ $x$",
    "a format": "%s %d %%",
    "a named format": "%(city_1)s",
    "a broken format": "%(",
    "a Python format": "{0} {x!r} {x.__class__}",
    "a bind name": ":city_1 :param_1",
    "a place": "$1 ? ?1",
    "an expanding bind": "__[POSTCOMPILE_city_1]",
    "unicode quotes": "‘ OR ’1’=’1’; “x” ＇; DROP TABLE canary",
    "a modifier that looks like a quote": "xʼ; DROP TABLE canary; --",
    "homoglyphs": "сanary сіtу",
    "from right to left": "\u202e; elbat pord",
    "lines": "x\n; DROP TABLE canary;\r\n--",
    "a wildcard": "%",
    "a function": "pg_sleep(9)",
    "a file": "read_csv('/etc/passwd')",
    "a command of the shell": "\\copy canary to program 'x'",
    "a spreadsheet's formula": "=HYPERLINK(1)",
    "markup": "<script>alert(1)</script>",
    "a boolean": "true",
    "a missing value": "NULL",
    "北京": "北京'; DROP TABLE canary; --",
    "an emoji": "👩‍👩‍👧'--",
    "very long": "'; DROP TABLE canary; --" * 400,
}

PATHS = {
    "a value": lambda text: city == text,
    "a value first": lambda text: Expression(
        nodes.Compare(op="==", left=nodes.Value(type="text", value=text), right=city.node)
    ),
    "a list of values": lambda text: city.isin([text]),
    "a range": lambda text: city.between(text, text),
    "a text in a text": city.contains,
    "a beginning": city.starts_with,
    "an end": city.ends_with,
    "a default": lambda text: city.fill(text) == text,
    "a choice": lambda text: case((tag("vip"), text), otherwise="x") == city,
    "a filter of events": lambda text: did("view", object=text),
    "a filter of a measure": lambda text: did("view", column("object") == text).count() == 1,
    "a filter of a sequence": lambda text: sequence(did("view", object=text), did("login", object=text)),
    "what must not follow": lambda text: (
        (city == text) & sequence(did("view"), did("login")).without(did("login", object=text))
    ),
    "a salt": lambda text: sample(0.5, salt=text.replace("\n", " ").replace("\r", " ")[:200]),
    "the first of some": lambda text: top(1, by=tag("aum"), among=city == text),
    "YAML that we wrote": lambda text: Segment.from_yaml(Segment("x", city == text).to_yaml()),
    "YAML that somebody wrote": lambda text: Segment.from_yaml(
        "name: x\nwhere: {node: compare, op: ==, left: {node: tag, name: city}, "
        f"right: {{node: value, type: text, value: {json.dumps(text, ensure_ascii=False)}}}}}"
    ),
    "a rule": lambda text: Segment.from_rules("x", _sent("=", text)),
    "a rule about several": lambda text: Segment.from_rules("x", _sent("in", [text])),
    "a rule about a part": lambda text: Segment.from_rules("x", _sent("contains", text)),
    "what does not hold": lambda text: ~Segment.from_rules("x", _sent("doesNotContain", text)),
    "a segment's title": lambda text: Segment("x", city == text, title=text, title_zh=text),
}
THEMSELVES = PATHS.keys() - {"a salt", "what must not follow", "a text in a text", "a rule about a part",
                             "what does not hold", "a beginning", "an end"}  # fmt: skip
"""The ways that mean just the one whose text it is; a wildcard or a short text may be part of others."""


def _sent(operator, value):
    """A rule as a browser sends it."""
    rule = {"field": "city", "operator": operator, "value": value, "valueSource": "value"}
    return json.loads(json.dumps({"combinator": "and", "not": False, "rules": [rule]}))


@pytest.fixture(scope="module", autouse=True)
def _people(world):
    """Everyone is called, lives in and did one of the texts."""
    texts = list(HOSTILE.values())
    happened = [
        spec.happened("event", text, datetime(2024, 3, 1, hour), action=action, object=text, channel="app")
        for text in texts
        for hour, action in ((1, "view"), (2, "login"))
    ]
    world.fill(
        [spec.person(text, city=text, vip=True, aum=Decimal(at)) for at, text in enumerate(texts)],
        event=happened,
        lists={"some": set(texts[:5])},
    )
    for connection in world.connections:
        connection.execute(sa.text("CREATE TABLE canary (n INTEGER)"))
        connection.execute(sa.text("INSERT INTO canary VALUES (1), (2), (3)"))
    yield
    for connection in world.connections:
        connection.execute(sa.text("DROP TABLE canary"))


@pytest.fixture(autouse=True)
def _canary(world):
    """After each attempt all that there was is still there."""
    yield
    for connection in world.connections:
        assert connection.scalar(sa.select(sa.func.count()).select_from(CANARY)) == 3
        for table, rows in ((spec.SNAPSHOT, len(HOSTILE)), (spec.SUBJECTS["event"], 2 * len(HOSTILE))):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == rows


@pytest.mark.parametrize("path", PATHS)
def test_it_is_text_like_any_other(world, path):
    for text in HOSTILE.values():
        if path.startswith("YAML") and any(unicodedata.category(mark) == "Cf" for mark in text):
            with pytest.raises(DefinitionError, match=r"the character U\+|The character U\+"):
                PATHS[path](text)  # a file holds nothing that a reader cannot see
            continue
        audience = PATHS[path](text)
        found = world.ids(audience, AS_OF)  # every engine finds what the oracle finds
        if path in THEMSELVES:
            assert found == text
        assert path in {"a salt", "what must not follow"} or text in found
        assert len(found + world.ids(~audience, AS_OF)) == sum(map(len, HOSTILE.values()))


def test_every_engine_is_asked(world, postgres_connection):
    assert [one.dialect.name for one in world.connections] == ["duckdb", "postgresql"]


@pytest.mark.parametrize("text", ["x\0y", "\0", "\ud800", "x\udfff"], ids=repr)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_no_text_is_refused(path, text):
    with pytest.raises((DefinitionError, ValueError)):
        PATHS[path](text)


PLAIN = [text for text in HOSTILE.values() if text.isprintable()]


def test_ids_in_a_file_are_ids_like_any_other(world, tmp_path):
    """A list goes to every engine as it does from a mart: as a relation of its own."""
    for text in PLAIN:
        with (tmp_path / "some.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["customer_id"], [text], ["nobody"]])
        found = Lists(tmp_path)["some"]
        assert set(found.ids) == {text, "nobody"}
        (tmp_path / "again.csv").unlink(missing_ok=True)
        assert save_list("again", found.ids, folder=tmp_path).digest == found.digest
        for connection in world.connections:
            with registered(connection, {"from_file": found.to_arrow()}):
                listed = sa.table("from_file", sa.column("customer_id", sa.Text()))
                scope = replace(spec.scope_of(AS_OF), lists=lambda name, digest, listed=listed: listed)
                statement = Expression(found.node).statement(scope)
                assert connection.scalars(statement).all() == [text]


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE.values() if not text.isprintable()] + ["x\0", " x"]
)
def test_no_id_hides_anything(tmp_path, text):
    with pytest.raises(DefinitionError) as caught:
        save_list("some", ["C1", text], folder=tmp_path)
    assert "place 2" in str(caught.value) and "canary" not in str(caught.value)
    (tmp_path / "some.csv").write_text(f'customer_id\nC1\n"{text}"\n', encoding="utf-8", newline="")
    with pytest.raises(DefinitionError) as caught:
        Lists(tmp_path)["some"]
    assert "canary" not in str(caught.value)


NAMES = [text for text in HOSTILE.values() if text != "true"]  # which is a name like any other
NAMES += ["x\0y", "", " ", "aum ", "aum\n", "Aum", "аum", "ａｕｍ", "../aum", "__class__", "a.b", "x" * 121]
CATALOGUE = Catalogue(LIBRARY)
PLACES = {
    "a tag": lambda name: tag(name).is_missing().statement(spec.scope_of(AS_OF)),
    "an earlier tag": lambda name: tag(name).ago(days=1).is_missing().statement(spec.scope_of(AS_OF)),
    "the tag of an order": lambda name: top(1, by=tag(name)).statement(spec.scope_of(AS_OF)),
    "a tag in a sum": lambda name: (tag("aum") + tag(name) > 1).statement(spec.scope_of(AS_OF)),
    "an event": did,
    "a column of events": lambda name: did("view", column(name).is_missing()),
    "a filter of events": lambda name: did("view", **{name: "x"}),
    "a column that is summed up": lambda name: did("txn").sum(name),
    "another subject": lambda name: did("view", column("object", of=name).is_missing()),
    "a list": lambda name: InList(name=name, digest="0" * 64),
    "a digest": lambda name: InList(name="x", digest=name),
    "a file of a list": lambda name: save_list(name, ["C1"], folder=Path("/dev/null")),
    "a list to be read": lambda name: Lists(Path(__file__).parent)[name],
    "a segment": lambda name: Segment(name, city == "x"),
    "a new tag": lambda name: Tag(
        name=name, title="x", type="integer", owner="x", compute=Formula(expression=1)
    ),
    "a part of a date": lambda name: nodes.DatePart(part=name, operand=tag("since").node),
    "the start of": lambda name: nodes.StartOf(part=name, operand=tag("since").node),
    "an operator": lambda name: nodes.Compare(op=name, left=city.node, right=city.node),
    "an operation": lambda name: nodes.Arithmetic(op=name, left=city.node, right=city.node),
    "a function": lambda name: nodes.Measure(events={"event": "txn"}, function=name),
    "a type": lambda name: nodes.Value(type=name, value=1),
    "a kind of node": lambda name: nodes.read_node({"node": name}),
    "a key": lambda name: nodes.read_node({"node": "as_of", name: 1}),
    "a rule's field": lambda name: from_rules(_rule(field=name), CATALOGUE),
    "a rule's other field": lambda name: from_rules(_rule(value=name, valueSource="field"), CATALOGUE),
    "a rule's operator": lambda name: from_rules(_rule(operator=name)),
    "a rule's source": lambda name: from_rules(_rule(valueSource=name)),
    "a rule's event": lambda name: from_rules(
        _rule(field=f"did.{name}", match={"mode": "atLeast", "threshold": 1})
    ),
    "a rule's key": lambda name: from_rules(_rule(**{name: 1})),
    "a combinator": lambda name: from_rules({"combinator": name, "rules": []}),
}


def _rule(**changes):
    rule = {"field": "gender", "operator": "=", "value": "female", "valueSource": "value"}
    return {"combinator": "and", "not": False, "rules": [{**rule, **changes}]}


def test_a_rule_that_is_none_of_these_is_taken():
    assert from_rules(_rule(), CATALOGUE) == (tag("gender") == "female").node


@pytest.mark.parametrize("place", PLACES)
def test_a_name_is_one_that_is_declared(place):
    for name in NAMES:
        with pytest.raises((DefinitionError, ValidationError)):
            PLACES[place](name)
