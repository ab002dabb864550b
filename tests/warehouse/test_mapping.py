"""How a bank's own tables become subjects in a warehouse, and what is told where they cannot."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from journeykit.errors import DataError, MappingError
from journeykit.mart.loading import check_sources
from journeykit.mart.mapping import Mapping
from journeykit.mart.sources import subject_table
from journeykit.mart.store import MartStore
from journeykit.mart.warehouse.store import Warehouse
from journeykit.tags import LIBRARY, Catalogue
from journeykit.tags.warehouse import build_in_warehouse

DAY = date(2026, 5, 29)
NOON = datetime(2026, 5, 29, 12)


@pytest.fixture
def bank_of(database):
    """``bank_of(*commands, **subjects)`` runs the bank's own SQL and maps subjects onto its tables."""

    def make(*commands: str, more: dict[str, object] | None = None, **subjects: object) -> Warehouse:
        engine = sa.create_engine(database)
        with engine.begin() as connection:
            for command in ("CREATE SCHEMA IF NOT EXISTS core", *commands):
                connection.exec_driver_sql(command)
        engine.dispose()
        content = {"source_day": "daily", "subjects": subjects} | (more or {})
        return Warehouse(database, Mapping.model_validate(content))

    return make


def read(warehouse: Warehouse, name: str, *columns: str, as_of: date = DAY) -> list[tuple[object, ...]]:
    table = subject_table(name)
    asked = sa.select(*(table.c[one] for one in columns)).order_by(*(table.c[one] for one in columns))
    with warehouse.open(as_of) as mart:
        return [tuple(row.values()) for row in mart.run(asked).to_pylist()]


def source(table: str, columns: dict[str, str] | None = None, **more: object) -> dict[str, object]:
    return {"sources": [{"table": table} | ({"columns": columns} if columns else {}) | more]}


CLIENTS = """CREATE TABLE core.clients (no int, born text, opened timestamptz, "Segment" char(3), place text,
             farm int, income double precision)"""
CUSTOMER = {
    "customer_id": "concat('C', no)", "kind": "code(column('Segment'), kinds)", "since": "date(opened)",
    "village": "if_(is_missing(place), 'none', upper(place))", "is_farmer": "farm == 1",
    "annual_income": "round_(income * 2, 1)",
}  # fmt: skip
CODES = {"codes": {"kinds": {"P": "personal", "M": "micro_business"}}}


def without(name: str, *kept: str) -> dict[str, object]:
    """A mapping's word that all but these columns are not there."""
    columns = [one.name for one in subject_table(name).c if one.name not in kept]
    return {"absent": [{"subject": name, "columns": columns, "reason": "Not kept."}]}


WITHOUT = without("customer", *CUSTOMER)


def test_expressions_codes_and_conditions_run_in_the_warehouse(bank_of):
    warehouse = bank_of(
        CLIENTS,
        """INSERT INTO core.clients VALUES
           (1, 'x', '2020-01-01 20:00+00', 'P  ', ' hill ', 1, 10.25),
           (2, 'x', '2020-01-01 12:00+00', 'M', NULL, 0, 0.1),
           (3, 'gone', '2020-01-01', 'P', '', NULL, NULL)""",
        more=CODES | WITHOUT,
        customer=source("core.clients", CUSTOMER, where="born != 'gone'"),
    )
    names = ("customer_id", "kind", "since", "village", "is_farmer", "annual_income", "gender")
    assert read(warehouse, "customer", *names) == [
        ("C1", "personal", date(2020, 1, 2), "HILL", True, Decimal("20.50"), None),
        ("C2", "micro_business", date(2020, 1, 1), "none", False, Decimal("0.20"), None),
    ]


def test_texts_are_trimmed_empty_ones_missing_and_numbers_read(bank_of):
    warehouse = bank_of(
        "CREATE TABLE core.moves (id text, who varchar(9), at timestamp, way text, amount text, kind text)",
        """INSERT INTO core.moves VALUES (' a ', 'C1', '2026-05-29 12:00', 'in', ' 12.30 ', ''),
           ('b', 'C1', '2026-05-29 12:00', 'in', '1e2', ' fee　'),
           ('c', 'C2', '2026-05-29 12:00', 'out', '.5', 'odd')""",
        more=without("txn", "txn_id", "customer_id", "occurred_at", "direction", "amount", "kind"),
        txn=source("core.moves", {"txn_id": "id", "customer_id": "who", "occurred_at": "at",
                                  "direction": "way", "amount": "number(amount)", "kind": "kind"}),
    )  # fmt: skip
    assert read(warehouse, "txn", "txn_id", "amount", "kind") == [
        ("a", Decimal("12.30"), None),
        ("b", Decimal("100.00"), "fee"),
        ("c", Decimal("0.50"), None),  # 'odd' is no kind of the contract
    ]


TIE = """CREATE TABLE core.tie (customer_id text, other_id text, kind text, valid_from date, valid_to date,
         strength text)"""


def test_nothing_after_the_day_is_seen(bank_of):
    warehouse = bank_of(
        TIE,
        """INSERT INTO core.tie VALUES ('a', 'b', 'family', '2026-05-29', '2026-05-30'),
           ('b', 'c', 'family', '2026-05-30', NULL), ('c', 'd', 'family', '2026-05-01', '2026-05-29'),
           ('d', 'e', 'family', NULL, NULL)""",
        more=without("tie", "customer_id", "other_id", "kind", "valid_from", "valid_to", "strength"),
        tie=source("core.tie"),
    )
    assert read(warehouse, "tie", "customer_id", "valid_from", "valid_to") == [
        ("a", date(2026, 5, 29), None),
        ("c", date(2026, 5, 1), date(2026, 5, 29)),
        ("d", None, None),
    ]


EVENT = """CREATE TABLE core.event (event_id text, customer_id text, occurred_at timestamp, action text,
           channel text, object text, version int)"""
EVENT_GAPS = without("event", "event_id", "customer_id", "occurred_at", "action", "channel", "object")


def test_of_corrected_rows_the_latest_that_is_seen_counts(bank_of):
    warehouse = bank_of(
        EVENT,
        """INSERT INTO core.event VALUES ('1', 'a', '2026-05-29 12:00', 'view', 'app', 'old', 1),
           ('1', 'a', '2026-05-29 12:00', 'view', 'app', 'new', 2),
           ('2', 'b', '2026-05-29', 'view', 'app', 'one', NULL),
           ('1', 'a', '2026-05-30 00:00', 'view', 'app', 'later', 3)""",
        more=EVENT_GAPS,
        event=source("core.event") | {"latest_by": "version"},
    )
    assert read(warehouse, "event", "event_id", "object") == [("1", "new"), ("2", "one")]


def test_joins_look_up_other_tables(bank_of):
    warehouse = bank_of(
        "CREATE TABLE core.calls (id int, account text, at timestamp)",
        "CREATE TABLE core.owners (account text, client text, role text)",
        "INSERT INTO core.calls VALUES (1, ' x', '2026-05-29 12:00'), (2, 'y', '2026-05-29 12:00')",
        "INSERT INTO core.owners VALUES ('x', 'C1', 'O'), ('x', 'C2', 'P'), ('z', 'C3', 'O')",
        more=EVENT_GAPS,
        event={"sources": [{
            "table": "core.calls",
            "joins": [{"table": "core.owners", "prefix": "own_", "on": {"account": "account"},
                       "where": "role == 'O'"}],
            "columns": {"event_id": "id", "customer_id": "own_client", "occurred_at": "at",
                        "action": "'login'", "channel": "'app'", "object": "None"},
        }]},
    )  # fmt: skip
    assert read(warehouse, "event", "event_id", "customer_id", "action") == [
        ("1", "C1", "login"),
        ("2", None, "login"),
    ]


def test_current_values_are_not_those_of_an_earlier_day(bank_of):
    """The tables have moved on: events of days after the next working day are there."""
    commands = (
        CLIENTS, "INSERT INTO core.clients VALUES (1, 'x', '2020-01-01', 'P', 'hill', 1, 10)",
        EVENT, "INSERT INTO core.event VALUES ('1', 'C1', '2026-06-02', 'view', 'app', NULL, 1)",
    )  # fmt: skip
    more = CODES | {"absent": WITHOUT["absent"] + EVENT_GAPS["absent"]}
    mapped = {"customer": source("core.clients", CUSTOMER), "event": source("core.event")}
    warehouse = bank_of(*commands, more=more, **mapped)
    assert read(warehouse, "customer", "customer_id", "village") == [("C1", None)]
    assert read(warehouse, "customer", "customer_id", "village", as_of=date(2026, 6, 1)) == [("C1", "HILL")]
    with warehouse.open(DAY) as mart, pytest.raises(DataError, match="known only as it is on 2026-06-02"):
        mart.frame("customer", ["village"])
    stated = {"assumptions": [{"name": "steady", "text": "Nobody moves."}]}
    mapped["customer"] |= {"assumption": "steady"}
    warehouse = bank_of(more=more | stated, **mapped)
    assert read(warehouse, "customer", "customer_id", "village") == [("C1", "HILL")]


def test_a_fixed_day_is_kept(bank_of):
    warehouse = bank_of(
        CLIENTS, more=CODES | WITHOUT | {"source_day": DAY}, customer=source("core.clients", CUSTOMER)
    )
    with pytest.raises(MappingError, match="show 2026-05-29; 2026-05-30 is later"):
        warehouse.open(DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"table": "core.nobody"}, r"customer: The warehouse has no table core\.nobody that we can see"),
        ({"table": "pg_temp.customer"}, "has no table"),
        ({"columns": CUSTOMER | {"since": "opend"}}, "no source column 'opend'.*opened"),
        ({"columns": CUSTOMER | {"since": "date(born)"}}, "customer: a day or time is kept as text.*a view"),
        ({"columns": CUSTOMER | {"kind": "farm"}}, None),
        ({"columns": CUSTOMER | {"is_farmer": "opened"}}, "A timestamp cannot be read as a truth value"),
        ({"columns": {key: CUSTOMER[key] for key in CUSTOMER if key != "village"}}, "village is not in"),
        ({"file": "client.csv", "table": ""}, "client.csv is a file, and this mart is in a warehouse"),
    ],
)  # fmt: skip
def test_what_cannot_be_mapped_is_told_by_name(bank_of, changed, message):
    given = {"table": "core.clients", "columns": CUSTOMER} | changed
    given = {key: value for key, value in given.items() if value}
    warehouse = bank_of(CLIENTS, more=CODES | WITHOUT, customer={"sources": [given]})
    if message is None:
        warehouse.open(DAY).close()
        return
    with pytest.raises(MappingError, match=message):
        warehouse.open(DAY)


@pytest.mark.parametrize(
    "name", ['core"; DROP TABLE x; --.a', "clients", "a.b.c", "core.", ".x", "core. x", ""]
)
def test_a_table_is_a_schema_and_a_name(name):
    with pytest.raises(ValueError, match=r"schema\.name|either `file` or `table`"):
        Mapping.model_validate({"source_day": "daily", "subjects": {"customer": source(name)}})


def test_names_that_need_quotes_are_only_names(bank_of):
    warehouse = bank_of(
        'CREATE TABLE core."select;--" (customer_id text, kind text, since date, "or 1=1" text, "%%s" text)',
        """INSERT INTO core."select;--" VALUES ('a', 'personal', '2020-01-01', 'x', 'y')""",
        more=without("customer", "customer_id", "kind", "since", "village", "gender"),
        customer=source("core.select;--", {"customer_id": "customer_id", "kind": "kind", "since": "since",
                                           "village": "column('or 1=1')", "gender": "column('%s')"}),
    )  # fmt: skip
    assert read(warehouse, "customer", "customer_id", "village", "gender") == [("a", "x", None)]


def test_values_that_cannot_be_read_stop_a_build(bank_of):
    warehouse = bank_of(
        CLIENTS,
        "INSERT INTO core.clients VALUES (1, '1.5', now(), 'P', '', 1, 1), (2, 'many', now(), 'X', '', 1, 1)",
        more=CODES | WITHOUT,
        customer=source("core.clients", CUSTOMER | {"annual_income": "number(born)"}),
    )
    with pytest.raises(DataError, match=r"1 of customer\.annual_income; 1 of customer\.kind") as refused:
        build_in_warehouse(warehouse, Catalogue(LIBRARY), date.today())
    assert "many" not in str(refused.value)


def test_files_do_not_read_tables(tmp_path):
    mapping = Mapping.model_validate(
        {"source_day": "daily", "subjects": {"customer": source("core.clients")}}
    )
    report = check_sources(MartStore(tmp_path / "mart"), mapping, tmp_path, DAY, "CN", threads=1)
    assert any("core.clients is a table of a warehouse" in one.message for one in report.fatal)
