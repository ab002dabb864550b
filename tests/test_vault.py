"""Contact details are encrypted, bound to their customer, and every opening is on the audit first."""

import base64
import json
import os
import stat
import traceback
from datetime import date

import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.errors import StoreError, UnknownNameError, VaultError
from journeykit.ledger import Ledger, read_audit
from journeykit.vault import FIELDS, KEY_VARIABLE, Vault, create_key, mask_phone, read_key, record

CANARY = "CANARY-7f3a"
DAY, BEFORE, AFTER = date(2026, 5, 29), date(2026, 5, 28), date(2026, 6, 1)


def details(ids=("C1", "C2", "C3"), mark=CANARY) -> pa.Table:
    return pa.table({"customer_id": list(ids)} | {f: [f"{mark}-{f}-{i}" for i in ids] for f in FIELDS})


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


@pytest.fixture
def key(tmp_path):
    create_key(tmp_path / "key")
    return read_key(tmp_path / "key")


@pytest.fixture
def vault(tmp_path, key):
    opened = Vault.open(tmp_path / "vault", key)
    yield opened
    opened.close()


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


def reveal(vault, ledger, ids=("C1",), fields=("phone",)):
    return vault.reveal(ids, fields, ledger=ledger, actor="operator", purpose="sms 2026-06-01")


def change(vault, statement):
    with vault._engine.connect() as connection:
        connection.execute(statement)
        connection.commit()


def test_reveals_what_was_asked_for_and_nothing_else(vault, ledger):
    assert vault.load(details(), DAY) == 3
    found = reveal(vault, ledger, ["C1", "C3", "nobody"], ["phone", "name"])
    assert found == {
        customer: {"phone": f"{CANARY}-phone-{customer}", "name": f"{CANARY}-name-{customer}"}
        for customer in ("C1", "C3")
    }


def test_each_opening_is_on_the_audit_before_it_returns(vault, ledger):
    vault.load(details(), DAY)
    reveal(vault, ledger, ["C1", "C2"])
    (row,) = read_audit(ledger).to_pylist()
    assert (row["actor"], row["action"], row["subject"]) == ("operator", "reveal", "contact_details")
    told = json.loads(row["detail"])
    assert (told["purpose"], told["fields"], told["customers"]) == ("sms 2026-06-01", ["phone"], 2)
    assert len(told["ids_sha256"]) == 64
    assert "C1" not in row["detail"]

    with ledger.transaction("test") as connection:
        connection.execute(sa.DDL("DROP TABLE audit"))
    with pytest.raises(StoreError):
        reveal(vault, ledger)


def test_even_an_opening_that_fails_is_on_the_audit(vault, ledger):
    vault.load(details(), DAY)
    change(vault, sa.update(record).values(ciphertext=b"x" * 80))
    with pytest.raises(VaultError):
        reveal(vault, ledger)
    assert read_audit(ledger).num_rows == 1


def test_no_plaintext_in_any_file_while_the_log_is_still_open(vault, tmp_path):
    vault.load(details([f"C{n}" for n in range(500)]), DAY)
    files = [path for path in (tmp_path / "vault").iterdir() if path.is_file()]
    assert any(path.name.endswith("-wal") for path in files)
    for path in files:
        assert CANARY.encode() not in path.read_bytes()
        assert base64.b64encode(CANARY.encode())[:12] not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700


def test_loading_again_rewrites_only_what_changed(vault, ledger):
    vault.load(details(), DAY)
    with vault._engine.connect() as connection:
        before = connection.execute(sa.select(record).order_by(record.c.customer_id)).all()
    assert vault.load(details(), DAY) == 0
    changed = pa.concat_tables([details(["C1"]), details(["C2"], mark="new"), details(["C3"])])
    assert vault.load(changed, AFTER) == 1
    with vault._engine.connect() as connection:
        after = connection.execute(sa.select(record).order_by(record.c.customer_id)).all()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    assert reveal(vault, ledger, ["C2"]) == {"C2": {"phone": "new-phone-C2"}}


def test_a_customer_who_is_delivered_no_more_is_forgotten(vault, ledger):
    vault.load(details(), BEFORE)
    assert vault.load(details(["C1", "C3"]), DAY) == 1
    assert vault.available("phone") == {"C1", "C3"}
    assert reveal(vault, ledger, ["C2"]) == {}
    assert vault.load(details([]), DAY) == 2
    assert vault.available("phone") == set()


def test_an_earlier_day_does_not_overwrite_a_later_one(vault, ledger):
    vault.load(details(["C1"], mark="new"), DAY)
    assert vault.load(details(["C1", "C2"], mark="old"), BEFORE) == 0
    assert vault.loaded_on == DAY
    assert vault.available("phone") == {"C1"}
    assert reveal(vault, ledger, ["C1"]) == {"C1": {"phone": "new-phone-C1"}}


@pytest.mark.parametrize("field", ["ciphertext", "nonce"])
def test_a_flipped_bit_is_found(vault, ledger, field):
    vault.load(details(), DAY)
    with vault._engine.connect() as connection:
        value = connection.execute(
            sa.select(record.c[field]).where(record.c.customer_id == "C1")
        ).scalar_one()
    flipped = bytes([value[0] ^ 1]) + value[1:]
    change(vault, sa.update(record).where(record.c.customer_id == "C1").values({field: flipped}))
    with pytest.raises(VaultError, match="record of C1 was tampered with"):
        reveal(vault, ledger)


def test_a_record_moved_to_another_customer_is_found(vault, ledger):
    vault.load(details(), DAY)
    change(vault, sa.delete(record).where(record.c.customer_id == "C2"))
    change(vault, sa.update(record).where(record.c.customer_id == "C1").values(customer_id="C2"))
    with pytest.raises(VaultError, match="record of C2 was tampered with"):
        reveal(vault, ledger, ["C2"])


def test_another_key_opens_nothing_and_says_what_to_do(vault, ledger, tmp_path):
    vault.load(details(), DAY)
    create_key(tmp_path / "other")
    other = Vault.open(tmp_path / "vault", read_key(tmp_path / "other"))
    with pytest.raises(VaultError, match=f"another key. Set {KEY_VARIABLE}") as caught:
        reveal(other, ledger)
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert other.load(details(), DAY) == 3
    assert reveal(other, ledger)["C1"]["phone"] == f"{CANARY}-phone-C1"


def test_availability_needs_no_key(vault, ledger, tmp_path):
    table = details().set_column(2, "phone", pa.array(["138", None, ""]))
    vault.load(table.drop_columns(["app_token"]), DAY)
    blind = Vault.open(tmp_path / "vault")
    assert blind.available("phone") == {"C1"}
    assert blind.available("name") == {"C1", "C2", "C3"}
    assert blind.available("app_token") == set()
    with pytest.raises(VaultError, match="without a key"):
        reveal(blind, ledger)
    with pytest.raises(VaultError, match="without a key"):
        blind.load(details(), DAY)
    with pytest.raises(UnknownNameError, match="Did you mean 'phone'"):
        blind.available("phon")


def test_secrets_do_not_print(vault, key, ledger):
    vault.load(details(), DAY)
    shown = f"{reveal(vault, ledger)} {reveal(vault, ledger)!r} {vault!r} {key!r} {key}"
    assert CANARY not in shown
    assert f"{reveal(vault, ledger)['C1']}" == "Details(1 hidden)"


def test_key_file_is_ours_alone(tmp_path):
    path = tmp_path / "folder" / "key"
    create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_bytes()
    with pytest.raises(VaultError, match="exists and is not overwritten"):
        create_key(path)
    assert path.read_bytes() == text
    path.chmod(0o640)
    with pytest.raises(VaultError, match=r"mode 640.*chmod 600"):
        read_key(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_key_file_of_another_user_is_refused(tmp_path):
    create_key(tmp_path / "key")
    os.chown(tmp_path / "key", 65534, 65534)
    with pytest.raises(VaultError, match="belongs to another user"):
        read_key(tmp_path / "key")


def test_key_comes_from_the_environment_first(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, base64.b64encode(bytes(range(32))).decode())
    assert read_key(tmp_path / "none").id
    for wrong in ("not base64!", base64.b64encode(b"short").decode()):
        monkeypatch.setenv(KEY_VARIABLE, wrong)
        with pytest.raises(VaultError) as caught:
            read_key(tmp_path / "none")
        assert wrong not in str(caught.value)
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(VaultError, match="does not exist"):
        read_key(tmp_path / "none")


def test_a_damaged_vault_is_one_clear_error(tmp_path, key):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "vault.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"vault.sqlite.*not a database"):
        Vault.open(tmp_path / "vault", key)


def test_masks():
    assert mask_phone("+8613812345678") == "+86*******5678"
