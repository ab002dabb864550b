"""A run's leads leave for the channels: ledger first, files second, the manifest last (design D9, D10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from journeykit.channels.lines import Layout, People
from journeykit.channels.sheets import Sheet
from journeykit.channels.stopping import find_stopped
from journeykit.errors import ChannelError, StoreError, unknown_name
from journeykit.files import publish_bytes, publish_text, sha256_of
from journeykit.i18n import label
from journeykit.ledger import Ledger
from journeykit.ledger.deliveries import mark_delivered, mark_failed
from journeykit.ledger.leads import read_leads
from journeykit.settings import Settings
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.stored import approved_words
from journeykit.vault import FIELDS, Vault, mask_name, read_key

MANIFEST = "manifest.json"
_INDEX = "index.csv"


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
    """A file to be, or one that is there: what it is called, and whose leads stand in it."""

    name: str
    owner: str
    leads: list[dict[str, Any]]


def export_run(
    ledger: Ledger,
    run_id: str,
    playbook: Playbook,
    *,
    channel: str | None = None,
    outbox: Path,
    language: str,
    open_vault: Callable[[], Vault | None],
    actor: str,
) -> tuple[ChannelExport, ...]:
    """Write the channel files of a run's leads and mark them delivered; doing it again changes nothing.

    Leads of customers who have refused since, whose day is over, or whose strategy was paused or ended fail
    instead of leaving.

    Parameters
    ----------
    ledger : Ledger
        Knows the leads and what became of them.
    run_id : str
        The run; its files lie in ``outbox/<channel>/<contact_date>/<run>/``, so runs never mix.
    playbook : Playbook
        Says what each channel needs. The words of offers and scripts are those that were approved.
    channel : str, optional
        Only this channel's leads; by default those of every channel.
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

    Raises
    ------
    ChannelError
        Leads were delivered in a file that is gone.
    """
    rows = read_leads(ledger, run_id=run_id).to_pylist()
    versions = approved_words(ledger, playbook, {(row["strategy"], row["version"]) for row in rows})
    made = []
    for name in sorted({row["channel"] for row in rows} if channel is None else {channel}):
        if name not in playbook.channels:
            raise unknown_name("channel", name, playbook.channels, "Restore its file in scheduled/channels.")
        leads = [row for row in rows if row["channel"] == name]
        batch = _Batch(
            run_id, Layout(playbook, language, versions, channel=playbook.channels[name]), leads, outbox
        )
        if not leads:
            continue
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
    sent = [lead for lead in batch.leads if lead["delivery"] != "failed"]
    if any(lead["delivery"] == "pending" for lead in sent):
        sent = _deliver(ledger, batch, sent, open_vault, actor)
    files = _files(batch, sent)
    lost = [file.name for file in files if not (batch.folder / file.name).is_file()]
    if lost:  # whoever took them has them; made anew, customers would be contacted twice
        raise ChannelError(
            f"{len(sent)} leads of run {batch.run_id} were delivered to {batch.channel}, but {lost[0]} is "
            f"not in {batch.folder} any more. Put it back from where it was taken, then run the same command."
        )
    _remove_others(batch.folder, files)
    publish_text(batch.folder / MANIFEST, _manifest(batch, files, len(sent)), private=batch.outbox)


def _deliver(
    ledger: Ledger,
    batch: _Batch,
    leads: list[dict[str, Any]],
    open_vault: Callable[[], Vault | None],
    actor: str,
) -> list[dict[str, Any]]:
    """Write the files of the leads that may leave, mark what became of each, and return those that left."""
    leads = _without(ledger, batch, leads, find_stopped(ledger, batch.layout.channel, leads))
    people, needs = _people(ledger, batch, leads, open_vault, actor), batch.layout.channel.needs
    missing = {
        lead["lead_id"]: "no_contact_data"
        for lead in leads
        if needs and not _usable(people.get(lead["customer_id"], {}).get(needs))
    }
    sent = _without(ledger, batch, leads, missing)
    files = _files(batch, sent)
    _remove_others(batch.folder, files)
    for file in files:
        publish_bytes(batch.folder / file.name, _content(batch, file, people), private=batch.outbox)
    if sent:
        kept = str((batch.folder / files[0].name).relative_to(batch.outbox))
        mark_delivered(ledger, batch.run_id, batch.channel, [lead["lead_id"] for lead in sent], kept)
    return sent


def _without(
    ledger: Ledger, batch: _Batch, leads: list[dict[str, Any]], failing: dict[str, str]
) -> list[dict[str, Any]]:
    """The leads that do not fail; the others are marked, each with its reason."""
    if failing:
        mark_failed(ledger, batch.run_id, batch.channel, failing)
    return [lead for lead in leads if lead["lead_id"] not in failing]


def _usable(detail: str | None) -> bool:
    """Whether a contact detail can be handed over as it is; control characters could break the file."""
    return bool(detail) and str(detail).isprintable()


def _remove_others(folder: Path, files: list[_File]) -> None:
    """Take away what an attempt that was killed left for leads that have failed since."""
    keep = {file.name for file in files} | {MANIFEST}
    try:
        for path in folder.glob("[!.]*"):
            if path.name not in keep:
                path.unlink()
    except OSError as error:
        raise StoreError(
            f"Cannot tidy {folder}: {error.strerror}. Fix its permissions, then run the same command again."
        ) from error


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


def _files(batch: _Batch, leads: list[dict[str, Any]]) -> list[_File]:
    """The files of these leads; the first is the one that names all others."""
    channel = batch.layout.channel
    if not leads:
        return []
    if channel.addressed_to == "customer":
        return [_File(f"{batch.channel}.{channel.format}", "", leads)]
    lists = [
        _File(f"{quote(owner, safe='')}.{channel.format}", owner, own)
        for owner, own in _by(f"{channel.addressed_to}_id", leads)
    ]
    return [_File(_INDEX, "", leads), *lists]


def _content(batch: _Batch, file: _File, people: People) -> bytes:
    layout, channel = batch.layout, batch.layout.channel
    if file.name == _INDEX:
        head = tuple(label(key, layout.language) for key in (channel.addressed_to, "file", "leads"))
        lists = _files(batch, file.leads)[1:]
        return Sheet(head, tuple((one.owner, one.name, str(len(one.leads))) for one in lists)).to_csv()
    sheet = layout.sheet(file.leads, people)
    return sheet.to_xlsx(file.name.removesuffix(".xlsx")) if channel.format == "xlsx" else sheet.to_csv()


def _by(key: str, leads: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for lead in leads:
        groups.setdefault(lead[key], []).append(lead)
    return sorted(groups.items())


def _manifest(batch: _Batch, files: list[_File], delivered: int) -> str:
    content = {
        "channel": batch.channel,
        "contact_date": batch.leads[0]["contact_date"].isoformat(),
        "run_id": batch.run_id,
        "leads": len(batch.leads),
        "delivered": delivered,
        "failed": len(batch.leads) - delivered,
        "files": [
            {"file": file.name, "leads": len(file.leads), "sha256": sha256_of(batch.folder / file.name)}
            for file in files
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _summary(batch: _Batch) -> ChannelExport:
    content = json.loads((batch.folder / MANIFEST).read_text(encoding="utf-8"))
    files = tuple(file["file"] for file in content["files"])
    return ChannelExport(batch.channel, batch.folder, files, content["delivered"], content["failed"])
