"""A closed day comes in: checked, then into ledger and vault, then into the mart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from journeykit.display import Table
from journeykit.ledger import import_consent, import_contacts, import_receipts, read_contacts
from journeykit.mart.findings import CheckReport
from journeykit.mart.loading import check_sources, load_sources, read_subject
from journeykit.mart.mapping import Mapping, read_mapping
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
    mapping = _bank(settings)
    root = mapping.root_for(settings.root, day)
    new: dict[str, int] = {}

    def import_the_rest() -> dict[str, pa.Table]:
        ledger = open_ledger(settings)
        try:
            new["details"] = _seal_details(settings, mapping, root, day)  # first: it may lack its key
            importers = {"consent": import_consent, "contact": import_contacts, "receipt": import_receipts}
            for name, importer in importers.items():
                new[name] = importer(ledger, _read(settings, mapping, root, name, day)).added
            return {"contact": read_contacts(ledger, day)}
        finally:
            ledger.close()

    manifest = load_sources(
        mart_store(settings), mapping, root, day, settings.workspace.country,
        derive=import_the_rest,
        memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
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


def _seal_details(settings: Settings, mapping: Mapping, root: Path, day: date) -> int:
    """Contact details go from the bank's file into the vault; without any, no vault is made."""
    if "contact_details" not in mapping.subjects:
        return 0
    folder = settings.var / "vault"
    vault = Vault.open(folder, read_key(folder / "key"))
    try:
        details = _read(settings, mapping, root, "contact_details", day)
        vault.load(details, day)
        return details.num_rows if vault.loaded_on == day else 0
    finally:
        vault.close()


def _read(settings: Settings, mapping: Mapping, root: Path, name: str, day: date) -> pa.Table:
    return read_subject(
        mapping, root, name, day,
        memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
    )  # fmt: skip
