"""What a load leaves behind: immutable files, one pointer, and nothing of what lies later."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit import files
from journeykit.errors import DataError, StoreError
from journeykit.mart.loading import read_subject
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.sources import LANDED, subject_table

DAY = date(2026, 5, 29)


def _landed(bank) -> dict[str, float]:
    return {str(path): path.stat().st_mtime_ns for path in bank.store.root.rglob("*.parquet")}


def _seen(bank, manifest: SourceManifest) -> dict[str, list]:
    with bank.open(manifest) as mart:
        return {name: mart.run(sa.select(subject_table(name))).to_pylist() for name in LANDED}


def test_values_are_exact_trimmed_and_missing_where_empty(bank):
    bank.rows["txn"][0]["amount"] = " 100.10 "
    seen = _seen(bank, bank.load())
    income = {row["customer_id"]: row["annual_income"] for row in seen["customer"]}
    assert income == {"C1": Decimal("1200.50"), "C2": None}
    assert {row["txn_id"]: row["amount"] for row in seen["txn"]} == {
        "T1": Decimal("100.10"),
        "T2": Decimal("0.05"),
    }
    assert seen["txn"][0]["category"] is None
    assert seen["branch"] == []


def test_nothing_after_the_day_is_seen(bank):
    seen = _seen(bank, bank.load())
    assert {row["customer_id"] for row in seen["customer"]} == {"C1", "C2"}
    assert max(row["occurred_at"] for row in seen["txn"]) == datetime(2026, 5, 29, 23, 59, 59)
    assert [row["closed_on"] for row in seen["holding"]] == [None, None]


def test_an_end_is_seen_once_it_has_come(bank):
    bank.rows["txn"][2]["occurred_at"] = "2026-06-30 09:00:00"
    seen = _seen(bank, bank.load(date(2026, 6, 30)))
    assert {row["holding_id"]: row["closed_on"] for row in seen["holding"]} == {
        "H1": None,
        "H2": date(2026, 6, 30),
    }


later = st.lists(
    st.tuples(
        st.datetimes(datetime(2026, 5, 30), datetime(2026, 5, 31, 23, 59)),
        st.sampled_from(["C1", "C2", "C404", ""]),
        st.sampled_from(["1.00", "77", "not money"]),
    ),
    max_size=4,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=later)
def test_rows_after_the_day_change_nothing(bank, rows):
    """Whatever comes later, in whatever state, the load of the day is the same, file by file."""
    bank.rows["txn"] = bank.rows["txn"][:2]
    before = bank.load()
    bank.rows["txn"] = bank.rows["txn"] + [
        {**bank.rows["txn"][0], "txn_id": f"L{number}", "customer_id": owner, "amount": amount,
         "occurred_at": at.replace(microsecond=0).isoformat(" ")}
        for number, (at, owner, amount) in enumerate(rows)
    ]  # fmt: skip
    assert bank.load() == before


def test_the_same_input_writes_nothing_twice(bank):
    first, before = bank.load(), _landed(bank)
    assert bank.load(threads=2) == first
    assert _landed(bank) == before


def test_the_next_day_leaves_earlier_months_alone(bank):
    first = bank.load()
    before = _landed(bank)
    second = bank.load(date(2026, 5, 30))
    april = [next(f.path for f in one.of("txn") if f.partition == "2026-04") for one in (first, second)]
    may = [next(f.path for f in one.of("txn") if f.partition == "2026-05") for one in (first, second)]
    assert april[0] == april[1]
    assert may[0] != may[1]
    assert {path: made for path, made in _landed(bank).items() if path in before} == before
    assert bank.store.load(DAY) == first
    assert bank.store.loads() == [DAY, date(2026, 5, 30)]


def test_a_correction_makes_a_new_load_beside_the_old(bank):
    old = bank.load()
    bank.options["txn"] = {"latest_by": "recorded_at"}
    bank.rows["txn"].append({**bank.rows["txn"][0], "amount": "90.00", "recorded_at": "2026-05-02 08:00:00"})
    new = bank.load()
    assert new.load_id != old.load_id
    assert bank.store.load(DAY) == new
    assert bank.store.manifest_path(DAY, old.load_id).is_file()
    assert {r["txn_id"]: r["amount"] for r in _seen(bank, new)["txn"]}["T1"] == Decimal("90.00")
    assert {r["txn_id"]: r["amount"] for r in _seen(bank, old)["txn"]}["T1"] == Decimal("100.10")


def test_equally_late_corrections_are_found(bank):
    bank.options["txn"] = {"latest_by": "recorded_at"}
    bank.rows["txn"].append({**bank.rows["txn"][0], "amount": "90.00"})
    assert [(one.rule, one.count) for one in bank.check().fatal] == [("duplicate_keys", 2)]


def test_a_bank_that_writes_gb18030_semicolons_and_sentinels(bank):
    mapping = bank.mapping()
    (bank.root / "客户.txt").write_text(
        "客户号;类型;建档日;归属\nK1;个人;20200102;张家村\nK2;小微;20210304;99991231\n"
        '"K;3";个人;20220506; 李庄　\n',
        encoding="gb18030",
    )
    source = {
        "file": "客户.txt", "delimiter": ";", "encoding": "gb18030", "missing": ["99991231"],
        "columns": {"customer_id": "客户号", "kind": "code(类型, kinds)", "since": "date(建档日, '%Y%m%d')",
                    "village": "归属"},
    }  # fmt: skip
    content = mapping.model_dump(mode="json")
    content["codes"] = {"kinds": {"个人": "personal", "小微": "micro_business"}}
    content["subjects"] = {"customer": {"sources": [source]}}
    content["absent"] = [
        a for a in content["absent"] if a["subject"] != "customer" or a["column"] != "village"
    ]
    content["absent"] += [{"subject": "customer", "column": "annual_income", "reason": "-"}]
    changed = type(mapping).model_validate(content)
    rows = read_subject(changed, bank.root, "customer", DAY).select(
        ["customer_id", "kind", "since", "village"]
    )
    assert rows.to_pylist() == [
        {"customer_id": "K1", "kind": "personal", "since": date(2020, 1, 2), "village": "张家村"},
        {"customer_id": "K2", "kind": "micro_business", "since": date(2021, 3, 4), "village": None},
        {"customer_id": "K;3", "kind": "personal", "since": date(2022, 5, 6), "village": "李庄"},
    ]


def test_contact_details_are_read_but_never_touch_the_mart(bank):
    bank.rows["contact_details"] = [{"customer_id": "C1", "name": "王小明", "phone": "13800138000"}]
    bank.load()
    details = read_subject(bank.mapping(), bank.root, "contact_details", DAY)
    assert details["phone"].to_pylist() == ["13800138000"]
    assert details.column_names == subject_table("contact_details").c.keys()
    for path in bank.store.root.rglob("*"):
        assert path.is_dir() or b"13800138000" not in path.read_bytes()
    assert "contact_details" not in {file.subject for file in bank.store.load(DAY).files}


def test_reading_one_subject_keeps_to_the_memory_it_is_given(bank):
    row = bank.rows["customer"][0]
    bank.rows["customer"] = [{**row, "customer_id": f"C{number:06d}" * 20} for number in range(20_000)]
    mapping = bank.mapping()
    read = read_subject(mapping, bank.root, "customer", DAY, memory_limit="500MB", threads=1)
    assert read.num_rows == 20_000
    with pytest.raises(StoreError, match="memory_limit"):
        read_subject(mapping, bank.root, "customer", DAY, memory_limit="2MB", threads=1)


def test_an_absent_subject_reads_as_no_rows(bank):
    rows = read_subject(bank.mapping(), bank.root, "consent", DAY)
    assert (rows.num_rows, rows.column_names) == (0, subject_table("consent").c.keys())


def test_contacts_come_from_where_they_are_kept(bank):
    contacts = pa.table({
        "contact_id": ["K1", "K2"], "customer_id": ["C1", "C2"], "channel": ["sms", "sms"],
        "contacted_on": [DAY, date(2026, 6, 1)], "strategy": ["welcome", None],
    })  # fmt: skip
    manifest = bank.load(derive=lambda: {"contact": contacts})
    assert [row["contact_id"] for row in _seen(bank, manifest)["contact"]] == ["K1"]
    assert not manifest.is_absent("contact")


def test_what_is_derived_is_asked_for_only_when_nothing_fatal_was_found(bank):
    bank.rows["customer"][0]["kind"] = "robot"
    with pytest.raises(DataError):
        bank.load(derive=lambda: pytest.fail("asked although the day is refused"))


def test_a_full_disk_leaves_the_old_day_current(bank, monkeypatch):
    old = bank.load()
    bank.rows["txn"][0]["amount"] = "5"

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_room)
    with pytest.raises(StoreError, match="Nothing was published"):
        bank.load()
    monkeypatch.undo()
    assert bank.store.load(DAY) == old
    assert _seen(bank, old)["customer"]
    assert not list(bank.store.root.rglob(".*"))


def test_a_folder_that_cannot_be_made_is_one_clear_error(bank):
    (bank.folder / "var").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="Cannot write in"):
        bank.load()


def test_damaged_files_are_named_with_the_next_step(bank):
    manifest = bank.load()
    landed = bank.store.root / manifest.of("txn")[0].path
    landed.write_bytes(b"PAR1 no more")
    with pytest.raises(StoreError, match="journeykit mart load --as-of 2026-05-29"):
        bank.open(manifest)
    assert bank.load() == manifest
    assert _seen(bank, manifest)["txn"]
    landed.unlink()
    with pytest.raises(StoreError, match=f"{landed.name} is missing"):
        bank.store.load(DAY)


def test_a_changed_manifest_is_refused(bank):
    manifest = bank.load()
    path: Path = bank.store.manifest_path(DAY, manifest.load_id)
    path.write_text(path.read_text().replace('"rows": 1', '"rows": 2'))
    with pytest.raises(StoreError, match="was changed"):
        bank.store.load(DAY)


def test_a_day_that_was_never_loaded_says_which_are(bank):
    bank.load()
    with pytest.raises(DataError, match="Loaded days: 2026-05-29 to 2026-05-29"):
        bank.store.load(date(2026, 5, 28))
