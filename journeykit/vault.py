"""Names, phones, e-mails and document numbers, encrypted; opened by channel export only (design D10).

One AES-256-GCM record for each customer, bound to the customer's id, so that a record that was changed, or
moved to another customer, does not open. In the clear stand only the id and which fields there are. Every
opening is on the ledger's audit before anything is returned.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.exc import DatabaseError

from journeykit import dialects
from journeykit.contract import subject
from journeykit.errors import StoreError, VaultError, unknown_name
from journeykit.files import ASIDE, fault_point, scratch_folder
from journeykit.ledger import Ledger, record_audit

KEY_VARIABLE = "JOURNEYKIT_VAULT_KEY"
FIELDS = tuple(column.name for column in subject("contact_details").columns if column.name != "customer_id")
_NEXT_KEY = (
    f"Set {KEY_VARIABLE} (base64 of 32 bytes) or keep the key file; a new key cannot open records made with "
    "another, so load the contact details again after changing it."
)
_CHUNK = 10_000
_NONCE = 12
_PADDING = 64  # a record's size then tells little about whose it is

metadata = sa.MetaData()
record = sa.Table(
    "record",
    metadata,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("nonce", sa.LargeBinary, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    *(sa.Column(f"has_{field}", sa.Boolean, nullable=False) for field in FIELDS),
)

loaded = sa.Table("loaded", metadata, sa.Column("as_of", sa.Date, primary_key=True))  # one row at most


class VaultKey:
    """A key and what is derived from it; never prints.

    Examples
    --------
    >>> VaultKey(bytes(32))
    VaultKey(********)
    """

    def __init__(self, material: bytes) -> None:
        if len(material) != 32:
            raise VaultError(f"The vault's key must be 32 bytes. {_NEXT_KEY}")
        self.cipher = AESGCM(material)
        self.id = _derive(material, b"journeykit vault key id").hex()[:16]
        self._mark = _derive(material, b"journeykit vault fingerprint")

    def fingerprint(self, customer_id: str, plain: bytes) -> bytes:
        """A keyed hash by which an unchanged record is known without opening it."""
        return hmac.digest(self._mark, customer_id.encode() + b"\0" + plain, hashlib.sha256)

    def __repr__(self) -> str:
        return "VaultKey(********)"


def _derive(material: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(material)


class Details(dict[str, Any]):
    """A dictionary that never prints what it holds.

    Examples
    --------
    >>> Details(phone="13800005678")
    Details(1 hidden)
    """

    def __repr__(self) -> str:
        return f"Details({len(self)} hidden)"

    __str__ = __repr__


def create_key(path: Path) -> None:
    """Make a new random key file of mode 600.

    Raises
    ------
    VaultError
        The file exists: overwriting a key would lose every record made with it.
    """
    try:
        with scratch_folder(path.parent, ASIDE) as folder:
            aside = folder / path.name
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, path)  # appears whole, as by a rename, but never replaces another
    except FileExistsError as error:
        raise VaultError(f"{path} exists and is not overwritten. Use it, or choose another path.") from error
    except OSError as error:
        raise StoreError(f"Cannot create {path}: {error.strerror}. Fix the folder's permissions.") from error
    fault_point(f"create {path.name}")


def read_key(path: Path) -> VaultKey:
    """The key from ``$JOURNEYKIT_VAULT_KEY``, or else from a file that only we can read.

    Raises
    ------
    VaultError
        There is no key, it is not base64 of 32 bytes, or the file belongs to or is open to others.
    """
    given = os.environ.get(KEY_VARIABLE)
    text = _read_key_file(path) if given is None else given
    try:
        material = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        source = path if given is None else KEY_VARIABLE
        # The cause is left out: its text may show part of the key.
        raise VaultError(f"The key in {source} is not base64. {_NEXT_KEY}") from None
    return VaultKey(material)


def _read_key_file(path: Path) -> str:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            found = os.fstat(file.fileno())
            mode = stat.S_IMODE(found.st_mode)
            if mode & 0o077:
                raise VaultError(f"{path} has mode {mode:o}: others may read the key. Run: chmod 600 {path}")
            if found.st_uid != os.geteuid():
                raise VaultError(
                    f"{path} belongs to another user. Run as its owner, or use a key of your own."
                )
            return file.read()
    except FileNotFoundError as error:
        raise VaultError(f"No vault key: {path} does not exist. {_NEXT_KEY}") from error
    except OSError as error:
        raise VaultError(f"Cannot read the vault key {path}: {error.strerror}. {_NEXT_KEY}") from error


class Vault:
    """Contact details, encrypted at rest; without a key it only tells which fields there are."""

    def __init__(self, engine: sa.Engine, path: Path, key: VaultKey | None) -> None:
        self._engine, self._path, self._key = engine, path, key

    @classmethod
    def open(cls, folder: Path, key: VaultKey | None = None) -> Vault:
        """Open the vault in a folder, and make it when it is not there; both are closed to other users."""
        path = folder / "vault.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        except OSError as error:
            raise StoreError(
                f"Cannot open the vault {path}: {error.strerror}. Fix its permissions."
            ) from error
        vault = cls(dialects.open_file(path), path, key)
        with (
            vault._readable_errors(),
            dialects.first_opening(vault._engine),
            dialects.begin_writing(vault._engine) as connection,
        ):
            metadata.create_all(connection)
        return vault

    def load(self, details: pa.Table, as_of: date) -> int:
        """Keep the contact details of a day, and no others: whoever is not among them any more is deleted.

        Parameters
        ----------
        details : pa.Table
            Columns as the contract's `contact_details`; all customers who have any.
        as_of : date
            The day they show. A day before the last one loaded changes nothing.

        Returns
        -------
        int
            How many records are new, have changed or are gone; the others are left as they are.
        """
        key = self._need_key()
        names = [name for name in FIELDS if name in details.column_names]
        written = 0
        with self._readable_errors(), dialects.begin_writing(self._engine) as connection:
            last = connection.scalar(sa.select(loaded.c.as_of))
            if last is not None and as_of < last:
                return 0
            connection.execute(sa.delete(loaded))
            connection.execute(sa.insert(loaded).values(as_of=as_of))
            written += _delete_others(connection, set(details.column("customer_id").to_pylist()))
            for start in range(0, details.num_rows, _CHUNK):
                part = details.slice(start, _CHUNK)
                ids = part.column("customer_id").to_pylist()
                values = zip(*(part.column(name).to_pylist() for name in names), strict=True)
                plain = {
                    customer: {name: value for name, value in zip(names, row, strict=True) if value}
                    for customer, row in zip(ids, values, strict=True)
                }
                written += _write(connection, key, plain)
        fault_point("commit vault")
        return written

    @property
    def loaded_on(self) -> date | None:
        """The day whose details these are; needs no key."""
        with self._readable_errors(), self._engine.connect() as connection:
            return connection.scalar(sa.select(loaded.c.as_of))

    def available(self, field: str) -> set[str]:
        """The customers who have a field, such as ``"phone"``; needs no key."""
        _check_fields([field])
        with self._readable_errors(), self._engine.connect() as connection:
            flag = record.c[f"has_{field}"]
            return set(connection.execute(sa.select(record.c.customer_id).where(flag)).scalars())

    def reveal(
        self,
        customer_ids: Iterable[str],
        fields: Collection[str],
        *,
        ledger: Ledger,
        actor: str,
        purpose: str,
    ) -> dict[str, dict[str, str]]:
        """Open records, after the opening is on the ledger's audit.

        Parameters
        ----------
        customer_ids : iterable of str
            Whose.
        fields : collection of str
            Which fields; nothing else is returned.
        ledger : Ledger
            Its audit gets who, why, which fields, how many customers, and a hash of their ids.
        actor, purpose : str
            Who opens, and why.

        Returns
        -------
        dict
            By customer id the fields that are there; customers without a record are left out. Hides itself.

        Raises
        ------
        VaultError
            No key or another key, or a record was tampered with.
        """
        key = self._need_key()
        _check_fields(fields)
        wanted = sorted(set(customer_ids))
        detail = {
            "purpose": purpose,
            "fields": sorted(fields),
            "customers": len(wanted),
            "ids_sha256": hashlib.sha256("\n".join(wanted).encode()).hexdigest(),
        }
        record_audit(ledger, actor=actor, action="reveal", subject="contact_details", detail=detail)
        opened = Details()
        with self._readable_errors(), self._engine.connect() as connection:
            for start in range(0, len(wanted), _CHUNK):
                some = record.c.customer_id.in_(wanted[start : start + _CHUNK])
                for row in connection.execute(sa.select(record).where(some)):
                    plain = _decrypt(key, row)
                    opened[row.customer_id] = Details((f, plain[f]) for f in fields if f in plain)
        return opened

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"Vault({self._path}, {'with' if self._key else 'without'} key)"

    def _need_key(self) -> VaultKey:
        if self._key is None:
            raise VaultError(f"The vault was opened without a key. {_NEXT_KEY}")
        return self._key

    @contextmanager
    def _readable_errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise StoreError(
                f"Cannot use the vault {self._path}: {error.orig}. Nothing was changed. Check the disk and "
                "the file's permissions; if it is damaged, move it away and load the contact details again."
            ) from error


def _write(connection: sa.Connection, key: VaultKey, details: dict[str, dict[str, str]]) -> int:
    known = sa.select(record.c.customer_id, record.c.fingerprint).where(record.c.customer_id.in_(details))
    before = {row.customer_id: row.fingerprint for row in connection.execute(known)}
    rows = []
    for customer, fields in details.items():
        plain = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
        mark = key.fingerprint(customer, plain)
        if before.get(customer) == mark:
            continue
        nonce = os.urandom(_NONCE)
        padded = plain.ljust(-(-len(plain) // _PADDING) * _PADDING)
        sealed = key.cipher.encrypt(nonce, padded, customer.encode())
        row = {
            "customer_id": customer,
            "key_id": key.id,
            "nonce": nonce,
            "ciphertext": sealed,
            "fingerprint": mark,
        }
        rows.append(row | {f"has_{field}": field in fields for field in FIELDS})
    if rows:
        changed = [row["customer_id"] for row in rows if row["customer_id"] in before]
        connection.execute(sa.delete(record).where(record.c.customer_id.in_(changed)))
        dialects.insert_columns(connection, record, {name: [row[name] for row in rows] for name in rows[0]})
    return len(rows)


def _delete_others(connection: sa.Connection, kept: set[str]) -> int:
    known = connection.execute(sa.select(record.c.customer_id)).scalars()
    gone = [customer for customer in known if customer not in kept]
    for start in range(0, len(gone), _CHUNK):
        connection.execute(sa.delete(record).where(record.c.customer_id.in_(gone[start : start + _CHUNK])))
    return len(gone)


def _decrypt(key: VaultKey, row: Any) -> dict[str, str]:
    if row.key_id != key.id:
        raise VaultError(f"The record of {row.customer_id} was made with another key. {_NEXT_KEY}")
    try:
        return json.loads(key.cipher.decrypt(row.nonce, row.ciphertext, row.customer_id.encode()))
    except (InvalidTag, ValueError):
        raise VaultError(
            f"The record of {row.customer_id} was tampered with or is damaged. Find out who can write the "
            "vault, then load the contact details again."
        ) from None


def _check_fields(fields: Collection[str]) -> None:
    for field in fields:
        if field not in FIELDS:
            raise unknown_name("contact field", field, FIELDS, "They are the columns of contact_details.")


def mask_name(name: str) -> str:
    """A name that shows only its first character.

    Examples
    --------
    >>> mask_name("王小明")
    '王**'
    """
    return f"{name[:1]}**"


def mask_phone(phone: str) -> str:
    """A number that shows its first three and last four digits; a short one shows nothing.

    Examples
    --------
    >>> mask_phone("13812345678"), mask_phone("62345678")
    ('138****5678', '********')
    """
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)
