"""A run's leads leave for the channels: ledger first, files second, the manifest last (design D9, D10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from journeykit.channels.lines import Layout, People
from journeykit.channels.sheets import Sheet
from journeykit.errors import unknown_name
from journeykit.files import publish_bytes, publish_text
from journeykit.i18n import label
from journeykit.ledger import Ledger
from journeykit.ledger.deliveries import mark_delivered, mark_failed
from journeykit.ledger.leads import read_leads
from journeykit.settings import Settings
from journeykit.strategies.playbook import Playbook
from journeykit.vault import FIELDS, Vault, mask_name, read_key

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ChannelExport:
    """What one channel got from one run; the folder also holds the manifest."""

    channel: str
    folder: Path
    files: tuple[str, ...]
    delivered: int
    failed: int


@dataclass(frozen=True)
class _Batch:
    """The leads of one run for one channel, and the folder that is theirs alone."""

    run_id: str
    layout: Layout
    leads: list[dict[str, Any]]
    outbox: Path

    @property
    def channel(self) -> str:
        return self.layout.channel.name

    @property
    def folder(self) -> Path:
        day = self.leads[0]["contact_date"].isoformat()
        return self.outbox / self.channel / day / self.run_id

    @property
    def finished(self) -> bool:
        return (self.folder / MANIFEST).is_file() and all(x["delivery"] != "pending" for x in self.leads)


@dataclass(frozen=True)
class _File:
    name: str
    content: bytes
    leads: int

    @classmethod
    def of(cls, name: str, sheet: Sheet, kind: str) -> _File:
        return cls(
            f"{name}.{kind}", sheet.to_xlsx(name) if kind == "xlsx" else sheet.to_csv(), len(sheet.rows)
        )


def export_run(
    ledger: Ledger,
    run_id: str,
    playbook: Playbook,
    *,
    outbox: Path,
    language: str,
    open_vault: Callable[[], Vault | None],
    actor: str,
) -> tuple[ChannelExport, ...]:
    """Write the channel files of a run's leads and mark them delivered; doing it again changes nothing.

    Parameters
    ----------
    ledger : Ledger
        Knows the leads and what became of them.
    run_id : str
        The run; its files lie in ``outbox/<channel>/<contact_date>/<run>/``, so runs never mix.
    playbook : Playbook
        Says what each channel needs, and the words of offers and scripts.
    outbox : Path
        The folder of all channels.
    language : str
        ``en`` or ``zh``, of what colleagues and customers read.
    open_vault : callable
        Opens the vault, or says None where the bank has no contact details; called only when a file
        needs one.
    actor : str
        Who answers for the opening, for the audit.

    Returns
    -------
    tuple of ChannelExport
        One for each channel with leads.
    """
    rows = read_leads(ledger, run_id=run_id).to_pylist()
    made = []
    for name in sorted({row["channel"] for row in rows}):
        if name not in playbook.channels:
            raise unknown_name("channel", name, playbook.channels, "Restore its file in scheduled/channels.")
        leads = [row for row in rows if row["channel"] == name]
        batch = _Batch(run_id, Layout(playbook.channels[name], playbook, language), leads, outbox)
        if not batch.finished:
            _export(ledger, batch, open_vault, actor)
        made.append(_summary(batch))
    return tuple(made)


def open_vault(settings: Settings) -> Vault | None:
    """The workspace's vault with its key, or None where the bank has brought no contact details."""
    folder = settings.var / "vault"
    closed = Vault.open(folder)
    if not any(closed.available(field) for field in FIELDS):
        return None
    return Vault.open(folder, read_key(folder / "key"))


def _export(ledger: Ledger, batch: _Batch, open_vault: Callable[[], Vault | None], actor: str) -> None:
    wanted = [lead for lead in batch.leads if lead["delivery"] != "failed"]
    people = _people(ledger, batch, wanted, open_vault, actor)
    needs = batch.layout.channel.needs
    missing = {
        lead["lead_id"]: "no_contact_data"
        for lead in wanted
        if needs and lead["delivery"] == "pending" and not people.get(lead["customer_id"], {}).get(needs)
    }
    if missing:
        mark_failed(ledger, batch.run_id, batch.channel, missing)
    sent = [lead for lead in wanted if lead["lead_id"] not in missing]
    files = _files(batch, sent, people) if sent else []
    for file in files:
        publish_bytes(batch.folder / file.name, file.content)
    if sent:
        kept = str((batch.folder / files[0].name).relative_to(batch.outbox))
        mark_delivered(ledger, batch.run_id, batch.channel, [lead["lead_id"] for lead in sent], kept)
    failed = len(batch.leads) - len(sent)
    publish_text(batch.folder / MANIFEST, _manifest(batch, files, len(sent), failed))


def _people(
    ledger: Ledger,
    batch: _Batch,
    leads: list[dict[str, Any]],
    open_vault: Callable[[], Vault | None],
    actor: str,
) -> People:
    """The contact details the file needs, names masked at once; the vault stays shut when it needs none."""
    vault = open_vault() if batch.layout.fields and leads else None
    if vault is None:
        return {}
    revealed = vault.reveal(
        [lead["customer_id"] for lead in leads],
        batch.layout.fields,
        ledger=ledger,
        actor=actor,
        purpose=f"export {batch.channel} run {batch.run_id}",
    )
    return {
        customer: {field: mask_name(value) if field == "name" else value for field, value in details.items()}
        for customer, details in revealed.items()
    }


def _files(batch: _Batch, leads: list[dict[str, Any]], people: People) -> list[_File]:
    """The files; the first is the one that names all others."""
    layout, channel = batch.layout, batch.layout.channel
    if channel.addressed_to == "customer":
        return [_File.of(batch.channel, layout.sheet(leads, people), channel.format)]
    lists = [
        (owner, _File.of(quote(owner, safe=""), layout.sheet(own, people), channel.format))
        for owner, own in _by(f"{channel.addressed_to}_id", leads)
    ]
    head = tuple(label(key, layout.language) for key in (channel.addressed_to, "file", "leads"))
    index = Sheet(head, tuple((owner, made.name, str(made.leads)) for owner, made in lists))
    return [_File("index.csv", index.to_csv(), len(leads)), *(made for _, made in lists)]


def _by(key: str, leads: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for lead in leads:
        groups.setdefault(lead[key], []).append(lead)
    return sorted(groups.items())


def _manifest(batch: _Batch, files: list[_File], delivered: int, failed: int) -> str:
    content = {
        "channel": batch.channel,
        "contact_date": batch.leads[0]["contact_date"].isoformat(),
        "run_id": batch.run_id,
        "leads": len(batch.leads),
        "delivered": delivered,
        "failed": failed,
        "files": [
            {"file": file.name, "leads": file.leads, "sha256": hashlib.sha256(file.content).hexdigest()}
            for file in files
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _summary(batch: _Batch) -> ChannelExport:
    content = json.loads((batch.folder / MANIFEST).read_text(encoding="utf-8"))
    files = tuple(file["file"] for file in content["files"])
    return ChannelExport(batch.channel, batch.folder, files, content["delivered"], content["failed"])
