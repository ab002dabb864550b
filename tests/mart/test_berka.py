"""A real bank: the facts that are known about its files hold on the loaded subjects."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from journeykit.mart.loading import check_sources, load_sources
from journeykit.mart.mapping import read_mapping
from journeykit.mart.mart import Mart
from journeykit.mart.sources import LANDED, subject_table
from journeykit.mart.store import MartStore
from journeykit.settings import load_settings

EXAMPLE = Path(__file__).resolve().parents[2] / "journeykit" / "examples" / "berka"
DAY = date(1994, 3, 30)


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    with open(folder / f"{name}.asc", encoding="ascii", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def _day(text: str) -> date:
    return datetime.strptime("19" + text[:6], "%Y%m%d").date()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, berka_data) -> Path:
    folder = tmp_path_factory.mktemp("berka")
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    (folder / "data").symlink_to(berka_data)
    return folder


@pytest.fixture(scope="module")
def open_day(workspace):
    opened: dict[date, Mart] = {}

    def open_(day: date) -> Mart:
        if day not in opened:
            settings = load_settings(workspace)
            mapping = read_mapping(workspace / settings.mart.mapping)
            store = MartStore(settings.var / "mart")
            country = settings.workspace.country
            manifest = load_sources(store, mapping, mapping.root_for(workspace, day), day, country)
            opened[day] = Mart(store, manifest, None, country=country)
        return opened[day]

    yield open_
    for mart in opened.values():
        mart.close()


def _rows(mart: Mart, name: str) -> list[dict]:
    return mart.run(sa.select(subject_table(name))).to_pylist()


def test_the_day_has_no_fatal_finding(workspace):
    mapping = read_mapping(workspace / "scheduled" / "mapping.yaml")
    report = check_sources(MartStore(workspace / "var" / "mart"), mapping, workspace / "data", DAY, "CZ")
    assert report.fatal == (), report


def test_thirty_seven_loans_exist(open_day, berka_data):
    loans = [row for row in _rows(open_day(DAY), "holding") if row["line"] == "loan"]
    expected = {"L" + row["loan_id"]: row for row in _read(berka_data, "loan") if _day(row["date"]) <= DAY}
    assert len(loans) == 37
    assert {row["holding_id"] for row in loans} == set(expected)
    for row in loans:
        raw = expected[row["holding_id"]]
        assert row["credit_limit"] == Decimal(raw["amount"])
        assert row["matures_on"].day == row["opened_on"].day
        months = (
            (row["matures_on"].year - row["opened_on"].year) * 12
            + row["matures_on"].month
            - row["opened_on"].month
        )
        assert months == int(raw["duration"])
        assert row["status"] is None


def test_nothing_after_the_day_is_seen(open_day):
    mart = open_day(DAY)
    for name in LANDED:
        for row in _rows(mart, name):
            for column, value in row.items():
                if isinstance(value, date) and column != "matures_on":
                    assert (value.date() if isinstance(value, datetime) else value) <= DAY, (name, column)


def test_transactions_are_those_of_the_file_up_to_the_day(open_day, berka_data):
    raw = [row for row in _read(berka_data, "trans") if _day(row["date"]) <= DAY]
    owner = {
        row["account_id"]: row["client_id"] for row in _read(berka_data, "disp") if row["type"] == "OWNER"
    }
    txns = _rows(open_day(DAY), "txn")
    assert len(txns) == len(raw) == 49_102 - 2_105
    assert {row["txn_id"] for row in txns} == {row["trans_id"] for row in raw}
    assert sum(row["amount"] for row in txns) == sum(Decimal(row["amount"]) for row in raw)
    assert {row["txn_id"]: row["customer_id"] for row in txns} == {
        row["trans_id"]: owner[row["account_id"]] for row in raw
    }
    assert Counter(row["direction"] for row in txns) == Counter(
        "in" if row["type"] == "PRIJEM" else "out" for row in raw
    )


def test_the_end_of_the_day_is_what_the_movements_add_up_to(open_day, berka_data):
    moved: dict[tuple[str, date], Decimal] = {}
    running: Counter[str] = Counter()
    for row in _read(berka_data, "trans"):
        signed = Decimal(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1)
        running[row["account_id"]] += signed  # type: ignore[assignment]
        if _day(row["date"]) <= DAY:
            moved["A" + row["account_id"], _day(row["date"])] = running[row["account_id"]]  # type: ignore[assignment]
    balances = {
        (row["holding_id"], row["balance_on"]): row["amount"] for row in _rows(open_day(DAY), "balance")
    }
    assert set(balances) == set(moved)
    apart = [key for key in moved if abs(balances[key] - moved[key]) > 1]
    assert len(apart) < len(moved) / 1000


def test_customers_exist_since_their_first_account(open_day, berka_data):
    opened = {row["account_id"]: _day(row["date"]) for row in _read(berka_data, "account")}
    since: dict[str, date] = {}
    for row in _read(berka_data, "disp"):
        since[row["client_id"]] = min(opened[row["account_id"]], since.get(row["client_id"], date.max))
    seen = {row["customer_id"]: row["since"] for row in _rows(open_day(DAY), "customer")}
    assert seen == {client: day for client, day in since.items() if day <= DAY}


def test_the_whole_bank_at_the_end_of_1998(open_day, berka_data):
    mart = open_day(date(1998, 12, 31))
    customers, holdings = _rows(mart, "customer"), _rows(mart, "holding")
    assert len(customers) == 5_369
    assert Counter(row["line"] for row in holdings) == {"deposit": 5_369, "loan": 682, "card": 892}
    assert Counter(row["role"] for row in holdings if row["line"] == "deposit") == {
        "owner": 4_500,
        "other": 869,
    }
    assert len(_rows(mart, "branch")) == 77
    women = {row["client_id"] for row in _read(berka_data, "client") if int(row["birth_number"][2:4]) > 50}
    assert {row["customer_id"] for row in customers if row["gender"] == "female"} == women
    born = {row["customer_id"]: row["birth_date"] for row in customers}
    assert (born["1"], born["2"]) == (date(1970, 12, 13), date(1945, 2, 4))
    lent = {row["holding_id"]: row for row in holdings if row["line"] == "loan"}
    by_status = Counter(row["status"] for row in _read(berka_data, "loan") if "L" + row["loan_id"] in lent)
    assert by_status == {"A": 203, "B": 31, "C": 403, "D": 45}
    accounts = {row["holding_id"] for row in holdings if row["line"] == "deposit"}
    assert len({row["holding_id"] for row in _rows(mart, "txn")} & accounts) == 1_229


def test_what_is_lacking_is_declared_and_the_assumptions_are_named(open_day):
    manifest = open_day(DAY).manifest
    for name in ("consent", "manager", "contact_details", "risk_assessment", "product"):
        assert manifest.is_absent(name)
    assert manifest.is_absent("holding", "status")
    assert [one.name for one in manifest.assumptions] == ["branch_may_speak", "facts_as_extracted"]
    assert all(one.text and one.text_zh for one in manifest.assumptions)
