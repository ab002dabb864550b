"""A ledger on SQLite and on a real PostgreSQL; every ledger test runs on both."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.ledger import EnrolmentChanges, Ledger, enrolment_id, start_run
from journeykit.ledger.enrolments import CHANGED, ENTERED

AS_OF, CONTACT_DATE = date(2026, 5, 29), date(2026, 6, 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    base = sa.make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"ledger_{uuid4().hex[:12]}"
    admin = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.DDL(f"CREATE DATABASE {name}"))
    yield base.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.DDL(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    opened = Ledger.open(url)
    yield opened
    opened.close()


class Days:
    """Small tables in the shapes the ledger takes."""

    as_of, contact_date = AS_OF, CONTACT_DATE

    @staticmethod
    def start(ledger: Ledger, **changed):
        given = {
            "job": "run_strategies", "as_of": AS_OF, "contact_date": CONTACT_DATE, "parameters": {},
            "definitions_hash": "d1", "build_id": "b1",
        } | changed  # fmt: skip
        return start_run(ledger, **given)

    @staticmethod
    def changes(entered=(), moved=(), exited=(), arm="treatment", on=AS_OF) -> EnrolmentChanges:
        """Who enters stands at ``start``, and who was there before has done so since AS_OF."""
        nodes, reasons = dict(moved), dict(exited)

        def now(customer):
            """Node, since when, why and when the customer left."""
            since = on if customer in nodes or customer in entered else AS_OF
            reason = reasons.get(customer)
            return nodes.get(customer, "start"), since, reason, on if reason else None

        before = [c for c in dict.fromkeys([*nodes, *reasons]) if c not in entered]
        new = [(enrolment_id("s", c, on), "s", "v1", c, arm, on, *now(c)) for c in entered]
        changed = [(enrolment_id("s", c, AS_OF), "v1", *now(c), "start", AS_OF) for c in before]
        return EnrolmentChanges(entered=_rows(ENTERED, new), changed=_rows(CHANGED, changed))

    @staticmethod
    def leads(customers, channel="sms", node="n1", entered_on=AS_OF) -> pa.Table:
        names = ["enrolment_id", "strategy", "version", "node", "customer_id", "channel", "manager_id",
                 "branch_id", "offer", "expected_value", "not_before_hour", "reason"]  # fmt: skip
        rows = [
            (enrolment_id("s", c, entered_on), "s", "v1", node, c, channel, None, "B1", "W-30D",
             Decimal("12.34"), 18, "{}")
            for c in customers
        ]  # fmt: skip
        made = table(names, rows)
        values = pa.array([row[9] for row in rows], pa.decimal128(18, 2))
        return made.set_column(9, "expected_value", values)

    @staticmethod
    def drops(count=0, reason="no_consent") -> pa.Table:
        rows = [("s", "n1", reason, count)] if count else []
        return table(["strategy", "node", "reason", "count"], rows).cast(
            pa.schema([("strategy", "string"), ("node", "string"), ("reason", "string"), ("count", "int64")])
        )

    @staticmethod
    def consent(rows) -> pa.Table:
        names = ["consent_id", "customer_id", "channel", "purpose", "granted", "recorded_at"]
        return table(names, [(i, c, ch, p, g, datetime.fromisoformat(at)) for i, c, ch, p, g, at in rows])


def _rows(schema: pa.Schema, rows) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


def table(names, rows) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[] for _ in names]
    return pa.table(dict(zip(names, map(pa.array, columns), strict=True)))


@pytest.fixture
def days() -> type[Days]:
    return Days
