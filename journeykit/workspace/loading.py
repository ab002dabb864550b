"""A closed day comes in: checked, then into ledger and vault, then into the mart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pyarrow as pa

from journeykit.display import Table
from journeykit.ledger import (
    import_consent,
    import_contacts,
    import_receipts,
    read_contacts,
    read_marks,
)
from journeykit.mart.findings import CheckReport
from journeykit.mart.loading import check_sources, load_sources, read_subject
from journeykit.mart.mapping import Mapping, read_mapping
from journeykit.mart.warehouse.kept import keep_rows
from journeykit.mart.warehouse.store import Warehouse
from journeykit.mart.warehouse.subjects import check_rows, count_rows, read_rows, show_day
from journeykit.settings import Settings, load_settings
from journeykit.vault import Vault, read_key
from journeykit.workspace.opening import as_day, mart_store, open_ledger


@dataclass(frozen=True)
class LoadedDay:
    """What one `mart load` brought in, and where the truth about each subject went."""

    as_of: date
    load_id: str
    subjects: int
    rows: int
    consents: int
    contacts: int
    receipts: int
    details: int
    absent: tuple[str, ...]
    assumptions: tuple[str, ...]

    def table(self) -> Table:
        """The figures as a table."""
        new = {"consents": self.consents, "contacts": self.contacts, "receipts": self.receipts}
        details = f"{self.details:,} customers' contact details" if self.details else "no contact details"
        rows = (
            ("mart", f"{self.rows:,} rows in {self.subjects} subjects, load {self.load_id}"),
            ("ledger", ", ".join(f"{count:,} {what}" for what, count in new.items()) + " new"),
            ("vault", details),
            ("absent", ", ".join(self.absent) or "nothing"),
            ("assumed", ", ".join(self.assumptions) or "nothing"),
        )  # fmt: skip
        return Table(f"Loaded {self.as_of}", ("where", "what"), rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def check_day(as_of: date | str) -> CheckReport:
    """Check the bank's tables of a day and publish nothing."""
    settings, day = load_settings(), as_day(as_of)
    mapping = _bank(settings)
    return check_sources(
        mart_store(settings), mapping, mapping.root_for(settings.root, day), day, settings.workspace.country,
        memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
    )  # fmt: skip


def load_day(as_of: date | str) -> LoadedDay:
    """Bring a closed day in: check everything, then fill ledger and vault, then publish the mart.

    Consent reaches the ledger before the mart is published, so that no run can decide on a day
    whose refusals it does not know. Loading a day again is safe.

    Raises
    ------
    CheckError
        A fatal rule is broken; nothing was imported and nothing published.
    """
    settings, day = load_settings(), as_day(as_of)
    mapping, warehouse = _bank(settings), Warehouse.of(settings)
    new: dict[str, int] = {}
    if warehouse is not None:
        with warehouse.connect() as connection:
            check_rows(connection, mapping)
            read = partial(read_rows, connection, mapping, as_of=day)
            derived = _import(settings, mapping, day, read, new)
            keep_rows(connection, day, derived)
            seen = show_day(connection, mapping, day, settings.workspace.country)
            manifest = count_rows(connection, seen)
    else:
        root = mapping.root_for(settings.root, day)
        limits = {"memory_limit": settings.mart.memory_limit, "threads": settings.mart.threads}
        read = partial(read_subject, mapping, root, as_of=day, **limits)
        manifest = load_sources(
            mart_store(settings), mapping, root, day, settings.workspace.country,
            derive=lambda: _import(settings, mapping, day, read, new), **limits,
        )  # fmt: skip
    return LoadedDay(
        as_of=day,
        load_id=manifest.load_id,
        subjects=len({file.subject for file in manifest.files}),
        rows=sum(file.rows for file in manifest.files),
        consents=new["consent"],
        contacts=new["contact"],
        receipts=new["receipt"],
        details=new["details"],
        absent=tuple(item.subject for item in mapping.absent if item.column is None),
        assumptions=tuple(item.name for item in mapping.assumptions),
    )


def _bank(settings: Settings) -> Mapping:
    return read_mapping(settings.root / settings.mart.mapping)


def _import(
    settings: Settings, mapping: Mapping, day: date, read: Callable[..., pa.Table], new: dict[str, int]
) -> dict[str, pa.Table]:
    """Fill vault and ledger; what the mart then takes from them. How many were new is noted in `new`."""
    ledger = open_ledger(settings)
    try:
        new["details"] = _seal_details(settings, mapping, day, read)  # first: it may lack its key
        importers = {"consent": import_consent, "contact": import_contacts, "receipt": import_receipts}
        for name, importer in importers.items():
            new[name] = importer(ledger, read(name=name)).added
        return {"contact": read_contacts(ledger, day), "mark": read_marks(ledger, day)}
    finally:
        ledger.close()


def _seal_details(settings: Settings, mapping: Mapping, day: date, read: Callable[..., pa.Table]) -> int:
    """Contact details go from the bank's file into the vault; without any, no vault is made."""
    if "contact_details" not in mapping.subjects:
        return 0
    folder = settings.var / "vault"
    vault = Vault.open(folder, read_key(folder / "key"))
    try:
        details = read(name="contact_details")
        vault.load(details, day)
        return details.num_rows if vault.loaded_on == day else 0
    finally:
        vault.close()
