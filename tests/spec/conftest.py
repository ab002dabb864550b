"""A small world on a real engine, and the oracle beside it: each rule is asked of both."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import open_embedded
from journeykit.mart.scope import Scope

_spec = importlib.util.spec_from_file_location("language_oracle", Path(__file__).with_name("oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
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
_COLUMNS = {
    Type.DECIMAL: sa.Numeric(18, 2),
    Type.RATE: sa.Numeric(18, 6),
    Type.INTEGER: sa.Integer(),
    Type.TEXT: sa.Text(),
    Type.BOOLEAN: sa.Boolean(),
    Type.DATE: sa.Date(),
    Type.TIMESTAMP: sa.DateTime(),
}
_METADATA = sa.MetaData()
SNAPSHOT = sa.Table(
    "snapshot",
    _METADATA,
    sa.Column("customer_id", sa.Text()),
    *(sa.Column(name, _COLUMNS[type_]) for name, type_ in TYPES.items()),
)
EVENT = sa.Table(
    "event",
    _METADATA,
    *(sa.Column(name, sa.Text()) for name in ("customer_id", "action", "object", "channel", "product_id")),
    sa.Column("occurred_at", sa.DateTime()),
)


def person(customer_id, **tags):
    """A row of the snapshot; what is not said is missing, a boolean false."""
    return {"customer_id": customer_id, **dict.fromkeys(TYPES), "vip": False, **tags}


def event(customer_id, occurred_at, action="view", **columns):
    """A row of the event subject."""
    empty = dict.fromkeys(("object", "channel", "product_id"))
    return {**empty, "customer_id": customer_id, "occurred_at": occurred_at, "action": action, **columns}


class World:
    """People and events, in the engine and in plain lists."""

    def __init__(self, connection):
        self.connection = connection
        self.people, self.events = [], []
        _METADATA.create_all(connection)

    def fill(self, people, events):
        self.people, self.events = list(people), list(events)
        for table, rows in ((SNAPSHOT, self.people), (EVENT, self.events)):
            self.connection.execute(sa.delete(table))
            if rows:
                self.connection.execute(sa.insert(table), rows)

    def ids(self, audience, as_of):
        """The ids the engine finds, after the oracle has agreed."""
        scope = Scope(
            as_of=as_of,
            tags={name: SNAPSHOT.c[name] for name in TYPES},
            types=TYPES,
            relation=SNAPSHOT,
            subjects={"event": EVENT}.__getitem__,
        )
        found = [row[0] for row in self.connection.execute(audience.statement(scope))]
        json = audience.node.model_dump(mode="json")
        expected = oracle.ids(json, self.people, self.events, as_of)
        assert sorted(found) == expected, f"{audience!r} as of {as_of}"
        return "".join(expected)


@pytest.fixture(scope="module")
def world():
    with open_embedded(memory_limit="500MB", threads=1) as connection:
        yield World(connection)


@pytest.fixture(scope="session")
def rows():
    """How to write a person and an event."""
    return person, event
