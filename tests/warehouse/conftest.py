"""The bank of the tag tests in a real PostgreSQL, and the same rows landed as files."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from journeykit.contract import DELIVERED, SUBJECTS, Type
from journeykit.mart.mapping import Mapping
from journeykit.mart.sources import LANDED
from journeykit.mart.warehouse.store import Warehouse

TYPES: dict[Type, sa.types.TypeEngine[Any]] = {
    Type.TEXT: sa.Text(), Type.INTEGER: sa.Integer(), Type.DECIMAL: sa.Numeric(20, 2),
    Type.RATE: sa.Numeric(), Type.BOOLEAN: sa.Boolean(), Type.DATE: sa.Date(), Type.TIMESTAMP: sa.DateTime(),
}  # fmt: skip


def _beside(name: str) -> ModuleType:
    """The bank of the tag tests, whose folder is no package."""
    path = Path(__file__).parent.parent / "tags" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tags_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def banks() -> ModuleType:
    """What makes random banks and lands them as files."""
    return _beside("conftest")


@pytest.fixture(scope="session")
def empty_database(postgres: str) -> Callable[[], AbstractContextManager[str]]:
    """``with empty_database() as url`` is a database of its own."""

    @contextmanager
    def make() -> Iterator[str]:
        base = sa.make_url(postgres).set(drivername="postgresql+psycopg")
        name = f"warehouse_{uuid4().hex[:12]}"
        admin = sa.create_engine(base, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.DDL(f"CREATE DATABASE {name}"))
        yield base.set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(sa.DDL(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()

    return make


@pytest.fixture
def database(empty_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The URL of an empty database."""
    with empty_database() as url:
        yield url


def fill(url: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """The bank's own tables in a schema `core`, with some types other than the contract's."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.DDL("CREATE SCHEMA IF NOT EXISTS core"))
        for name in {*LANDED, *rows}:
            columns = [sa.Column(one.name, TYPES[one.type]) for one in SUBJECTS[name].columns]
            table = sa.Table(name, sa.MetaData(), *columns, schema="core")
            table.create(connection)
            listed = [{one.name: row.get(one.name) for one in columns} for row in rows.get(name, ())]
            if listed:
                connection.execute(sa.insert(table), listed)
    engine.dispose()


def mapping(**changed: Any) -> Mapping:
    """Every subject from the table of its name; the bank has rows of days to come, and that is no matter."""
    names = [name for name in LANDED if name in DELIVERED]
    subjects = {name: {"sources": [{"table": f"core.{name}"}], "assumption": "steady"} for name in names}
    content = {
        "source_day": "daily",
        "assumptions": [{"name": "steady", "text": "What is known only today was so before."}],
        "subjects": {**subjects, **changed},
    }
    return Mapping.model_validate(content)


@pytest.fixture(scope="session")
def as_warehouse() -> Callable[..., Warehouse]:
    """``as_warehouse(url, rows)`` fills the bank's tables and gives the warehouse."""

    def make(url: str, rows: dict[str, list[dict[str, Any]]], **changed: Any) -> Warehouse:
        fill(url, rows)
        return Warehouse(url, mapping(**changed))

    return make


@pytest.fixture
def bank(database: str, as_warehouse: Callable[..., Warehouse]) -> Callable[..., Warehouse]:
    """``bank(rows)`` fills the tables of a bank of its own and gives the warehouse."""
    return lambda rows, **changed: as_warehouse(database, rows, **changed)
