"""A small real bank: landed subjects, a tag snapshot, a ledger and a vault, all on disk."""

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from journeykit.contract import SUBJECTS
from journeykit.files import sha256_of
from journeykit.ledger.consent import import_consent
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.runs import start_run
from journeykit.mart.manifest import Absence, Assumption, SourceFile, SourceManifest
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.routing.channel import Channel
from journeykit.strategies.offers import Offer
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.tag import Attribute, Tag
from journeykit.vault import Vault, create_key, read_key

ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 2),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "rate": pa.decimal128(18, 6),
}
TAGS = Catalogue(
    [
        Tag(name=name, title=title, title_zh=zh, type=kind, compute=Attribute(column=column))
        for name, title, zh, kind, column in [
            ("aum", "Assets", "资产", "decimal", "annual_income"),
            ("wanted", "Wanted", "目标客户", "boolean", "is_farmer"),
            ("bought", "Bought", "已购", "boolean", "is_farmer"),
            ("gone", "Gone", "离开", "boolean", "is_farmer"),
            ("keen", "Keen", "有意向", "boolean", "is_farmer"),
            ("ready", "Ready", "已准备", "boolean", "is_farmer"),
            ("due_on", "Due", "到期日", "date", "since"),
        ]
    ]
)
DAY = date(2026, 5, 29)


CHANNELS = {
    "sms": Channel(name="sms", needs="phone"),
    "app_push": Channel(name="app_push", needs="app_token"),
    "mobile_sales": Channel(name="mobile_sales", addressed_to="manager"),
}
VALID = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
OFFERS = {
    name: Offer(name, product_line="wealth", risk_level=risk, value=value, response_rate="0.05", **VALID)
    for name, risk, value in [("W-30D", 2, "200"), ("LOAN", None, "100"), ("R5", 5, "900")]
}


class Bank:
    """Customers as dictionaries in, a mart of any day out."""

    def __init__(self, folder: Path, ledger: str = "") -> None:
        self.tags, self.channels, self.offers = TAGS, CHANNELS, OFFERS
        self.folder, self.store = folder, MartStore(folder / "mart")
        self.ledger = Ledger.open(ledger or f"sqlite:///{folder / 'ledger.sqlite'}")
        create_key(folder / "key")
        self.vault = Vault.open(folder / "vault", read_key(folder / "key"))
        self._builds = count()

    def table(self, subject: str, rows: list[dict]) -> pa.Table:
        """Rows with the columns of a subject."""
        schema = pa.schema([(column.name, ARROW[column.type.value]) for column in SUBJECTS[subject].columns])
        return pa.Table.from_pylist(rows, schema=schema)

    def land(self, subject: str, rows: list[dict]) -> SourceFile:
        aside = self.folder / f"{subject}.parquet"
        pq.write_table(self.table(subject, rows), aside)
        sha = sha256_of(aside)
        path = self.store.source_path(subject, "all", sha)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(path)
        return SourceFile(
            subject=subject,
            partition="all",
            path=str(path.relative_to(self.store.root)),
            rows=len(rows),
            sha256=sha,
        )

    def mart(
        self, customers: list[dict], as_of: date = DAY, *, managers=(), assessments=(), events=(),
        marks=(), assumption=None,
    ) -> Mart:  # fmt: skip
        """A mart whose customers have the given tags, see `TAGS`."""
        known = [
            {
                "kind": "personal",
                "since": date(2020, 1, 1),
                **{k: c[k] for k in ("customer_id", "manager_id") if k in c},
            }
            for c in customers
        ]
        manifest = SourceManifest(
            as_of=as_of,
            files=(
                self.land("customer", known),
                self.land("manager", list(managers)),
                self.land("risk_assessment", list(assessments)),
                self.land("event", list(events)),
                self.land("mark", list(marks)),
            ),
            mapping_hash="test",
            absent=(Absence(subject="consent", reason="not kept"),) if assumption else (),
            assumptions=(Assumption(name=assumption, text="It may speak."),) if assumption else (),
        )
        build = f"build{next(self._builds)}"
        self._snapshot(self.store.snapshot_path(as_of, build), customers, manifest.load_id)
        return Mart(self.store, manifest, build, country="CN", tags=TAGS)

    def _snapshot(self, path: Path, customers: list[dict], load_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        schema = pa.schema(
            [("customer_id", pa.string()), *((t, ARROW[TAGS[t].tag.type.value]) for t in TAGS)]
        )
        no = dict.fromkeys(("bought", "gone", "keen", "ready"), False)
        defaults = {"aum": Decimal(0), "wanted": True, **no}
        rows = [{**defaults, **{k: v for k, v in c.items() if k in schema.names}} for c in customers]
        table = pa.Table.from_pylist(rows, schema=schema)
        with duckdb.connect(str(path)) as connection:
            connection.register("rows", table)
            connection.execute("CREATE TABLE snapshot AS SELECT * FROM rows ORDER BY customer_id")
            connection.execute("CREATE TABLE unavailable (name VARCHAR, missing VARCHAR)")
            connection.execute("CREATE TABLE build AS SELECT 'load_id' AS key, ? AS value", [load_id])

    def start(self, mart: Mart, job: str = "run_strategies") -> str:
        return start_run(
            self.ledger,
            job=job,
            as_of=mart.as_of,
            contact_date=mart.contact_date,
            parameters={},
            definitions_hash="test",
        ).run_id

    def allow(
        self, *ids: str, channel: str = "all", purpose: str = "marketing", granted: bool = True
    ) -> None:
        """Let customers say yes (or no) in January 2026."""
        rows = [
            {
                "consent_id": f"{who}-{channel}-{purpose}-{granted}",
                "customer_id": who,
                "channel": channel,
                "purpose": purpose,
                "granted": granted,
                "recorded_at": pd.Timestamp(2026, 1, 5),
            }
            for who in ids
        ]
        import_consent(self.ledger, self.table("consent", rows))

    def reach(self, *ids: str) -> None:
        """Give customers a phone number and a token."""
        self.vault.load(
            pa.table(
                {
                    "customer_id": list(ids),
                    "phone": ["13900000000"] * len(ids),
                    "app_token": [f"token-{who}" for who in ids],
                }
            ),
            DAY,
        )


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    made = Bank(tmp_path)
    yield made
    made.ledger.close()
    made.vault.close()


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory):
    """Makes as many banks as a generated test needs."""
    return lambda ledger="": Bank(tmp_path_factory.mktemp("bank"), ledger)


@pytest.fixture(scope="module")
def new_database(postgres: str):
    """Makes as many empty databases of a real PostgreSQL as a generated test needs."""
    base, numbers = sa.make_url(postgres).set(drivername="postgresql+psycopg"), count()
    server = sa.create_engine(base, isolation_level="AUTOCOMMIT")

    def make() -> str:
        name = f"living_{os.getpid()}_{next(numbers)}"
        with server.connect() as connection:
            connection.execute(sa.DDL(f"CREATE DATABASE {name}"))
        return base.set(database=name).render_as_string(hide_password=False)

    yield make
    server.dispose()
