"""A small world on every engine, and the oracle beside them: each rule is asked of all."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import SQL_TYPES, gaussdb, open_embedded, registered
from journeykit.mart.scope import Scope
from journeykit.mart.sources import subject_table

_spec = importlib.util.spec_from_file_location("language_oracle", Path(__file__).with_name("oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = oracle  # its dataclass looks itself up there
_spec.loader.exec_module(oracle)

TYPES = {
    "aum": Type.DECIMAL,
    "paid": Type.DECIMAL,
    "rate": Type.RATE,
    "logins": Type.INTEGER,
    "city": Type.TEXT,
    "vip": Type.BOOLEAN,
    "since": Type.DATE,
    "seen": Type.TIMESTAMP,
}
SUBJECTS = {name: subject_table(name) for name in ("event", "txn", "contact", "risk_assessment")}
AGO = (1, 30)
"""The days for which there is an older snapshot."""

_METADATA = sa.MetaData()


def _table(name: str, *columns: tuple[str, Type]) -> sa.Table:
    return sa.Table(name, _METADATA, *(sa.Column(column, SQL_TYPES[type_]) for column, type_ in columns))


_TAGS = (("customer_id", Type.TEXT), *TYPES.items())
SNAPSHOT = _table("snapshot", *_TAGS)
ENTRIES = _table("entries", ("customer_id", Type.TEXT), ("entered_on", Type.DATE))
PAST = {days: _table(f"snapshot_{days}_days_ago", *_TAGS) for days in AGO}
LISTED = _table("listed", ("name", Type.TEXT), ("customer_id", Type.TEXT))
_TABLES = (SNAPSHOT, ENTRIES, *PAST.values(), LISTED, *SUBJECTS.values())
_ARROW = {
    sa.Text: pa.string(),
    sa.String: pa.string(),
    sa.BigInteger: pa.int64(),
    sa.Boolean: pa.bool_(),
    sa.Date: pa.date32(),
    sa.DateTime: pa.timestamp("us"),
}


def person(customer_id, **tags):
    """A row of the snapshot; what is not said is missing, a boolean false."""
    return {"customer_id": customer_id, **dict.fromkeys(TYPES), "vip": False, **tags}


def happened(subject, customer_id, at, **columns):
    """A row of an event subject; what is not said is missing."""
    row = dict.fromkeys(SUBJECTS[subject].c.keys())
    return {**row, "customer_id": customer_id, oracle.TIME_COLUMNS[subject]: at, **columns}


def scope_of(as_of: date) -> Scope:
    """What the names of the language mean in the world's tables."""
    return Scope(
        as_of=as_of,
        tags={name: SNAPSHOT.c[name] for name in TYPES},
        types=TYPES,
        relation=SNAPSHOT,
        subjects=SUBJECTS.__getitem__,
        entries=ENTRIES,
        past=PAST.__getitem__,
        lists=lambda name, _digest: (
            sa.select(LISTED.c.customer_id).where(LISTED.c.name == name).subquery(f"list_{name}")
        ),
    )


class Question:
    """Who some audiences are as of a day, in one statement for all of them."""

    def __init__(self, audiences, as_of: date) -> None:
        self.audiences, self.as_of = list(audiences), as_of
        self.forms = [one.node.model_dump(mode="json") for one in self.audiences]
        self.statement = sa.union_all(
            *(
                one.statement(scope_of(as_of)).add_columns(sa.literal_column(str(number), sa.Integer()))
                for number, one in enumerate(self.audiences)
            )
        )


class World:
    """People, what they did, their past and lists of them: in plain lists and in every engine."""

    def __init__(self, *connections: sa.Connection) -> None:
        self.connections = connections
        self.facts = oracle.Facts([], date(2024, 3, 1))
        for connection in connections:
            for table in _TABLES:
                connection.execute(sa.schema.CreateTable(table))

    def fill(self, people, *, entry=None, past=None, lists=None, **events) -> None:
        """Let the world hold these people, and these rows of each event subject."""
        entry, past, lists = entry or {}, {days: (past or {}).get(days, []) for days in AGO}, lists or {}
        self.facts = oracle.Facts(list(people), date(2024, 3, 1), events, entry, past, lists)
        rows = {
            SNAPSHOT: self.facts.people,
            ENTRIES: [{"customer_id": one, "entered_on": day} for one, day in entry.items()],
            LISTED: [{"name": name, "customer_id": one} for name, found in lists.items() for one in found],
            **{PAST[days]: past[days] for days in AGO},
            **{SUBJECTS[name]: events.get(name, []) for name in SUBJECTS},
        }
        for connection in self.connections:
            for table in _TABLES:
                _replace(connection, table, rows[table])

    def ids(self, audience, as_of: date) -> str:
        """The ids in one text, after every engine and the oracle have agreed; GaussDB could be asked too."""
        gaussdb.emit(audience.statement(scope_of(as_of)))
        return "".join(self.answer(Question([audience], as_of))[0])

    def answer(self, question: Question) -> list[list[str]]:
        """The ids of each audience, after every engine and the oracle have agreed."""
        facts = replace(self.facts, as_of=question.as_of)
        expected = [oracle.ids(form, facts) for form in question.forms]
        for connection in self.connections:
            found = [[] for _ in expected]
            for customer, number in connection.execute(question.statement):
                found[number].append(customer)
            for one, here, wanted in zip(question.audiences, found, expected, strict=True):
                assert sorted(here) == wanted, f"{connection.dialect.name}: {one!r} as of {question.as_of}"
        return expected


def _replace(connection: sa.Connection, table: sa.Table, rows) -> None:
    connection.execute(sa.delete(table))
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.insert(table), rows)
        return
    schema = pa.schema([(column.name, _arrow_type(column.type)) for column in table.c])
    with registered(connection, {"incoming": pa.Table.from_pylist(rows, schema)}):
        names = [column.name for column in table.c]
        incoming = sa.table("incoming", *map(sa.column, names))
        connection.execute(sa.insert(table).from_select(names, sa.select(incoming)))


def _arrow_type(type_) -> pa.DataType:
    if isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float):
        return pa.decimal128(type_.precision, type_.scale)
    return _ARROW[type(type_)]


@pytest.fixture(scope="session")
def postgres_connection(postgres: str) -> Iterator[sa.Connection]:
    """A connection to a PostgreSQL, in a schema of its own."""
    url = sa.make_url(postgres).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"spec_{uuid4().hex[:12]}"
    with engine.connect() as connection:
        connection.execute(sa.schema.CreateSchema(name))
        connection.exec_driver_sql(f"SET search_path TO {name}")
        connection.exec_driver_sql("SET synchronous_commit TO off")
        yield connection
        connection.execute(sa.schema.DropSchema(name, cascade=True))
    engine.dispose()


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """One world on every engine there is; a test of its own tells when PostgreSQL is not."""
    with open_embedded(memory_limit="500MB", threads=1) as connection:
        connections = [connection]
        with suppress(pytest.skip.Exception):
            connections.append(request.getfixturevalue("postgres_connection"))
        yield World(*connections)


@pytest.fixture(scope="session")
def rows():
    """How to write a person, and what one did."""
    return person, happened


@pytest.fixture(scope="session")
def ask():
    """How to ask about many audiences at once."""
    return Question


@pytest.fixture(scope="session")
def scope():
    """What names mean as of a day."""
    return scope_of
