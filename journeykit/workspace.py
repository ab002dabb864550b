"""The workspace as one thing: what analysts and commands call, put together from every layer."""

from __future__ import annotations

import getpass
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from journeykit import tags as tags_
from journeykit.channels import export_run, open_vault, preview
from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError, SettingsError, StoreError, unknown_name
from journeykit.ledger import (
    Ledger,
    find_run,
    import_consent,
    import_contacts,
    import_receipts,
    read_contacts,
    read_leads,
    read_runs,
)
from journeykit.mart.findings import CheckReport
from journeykit.mart.loading import check_sources, load_sources, read_subject
from journeykit.mart.mapping import Mapping, read_mapping
from journeykit.mart.mart import Mart
from journeykit.mart.snapshots import load_of
from journeykit.mart.store import MartStore
from journeykit.reports.daily import DailyReport
from journeykit.reports.daily import daily_report as write_daily_report
from journeykit.routing import deciding
from journeykit.routing.result import StrategyRun
from journeykit.settings import FILE_NAME, Settings, load_settings
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import load_playbook
from journeykit.strategies.versions import version_of
from journeykit.tags import Build, Catalogue, load_catalogue
from journeykit.vault import Vault, create_key, read_key

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = Path(__file__).parent / "examples"


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


def as_day(value: date | str) -> date:
    """A day given as a date or as ISO text.

    Examples
    --------
    >>> as_day("2026-05-29")
    datetime.date(2026, 5, 29)
    """
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise DefinitionError(f"'{value}' is not a day. Write it as YYYY-MM-DD.") from error


def mart_store(settings: Settings) -> MartStore:
    """The folder of this workspace's mart."""
    return MartStore(settings.var / "mart")


def catalogue(settings: Settings | None = None) -> Catalogue:
    """The shipped tags and those of this workspace."""
    return load_catalogue((settings or load_settings()).scheduled / "tags")


def connect(as_of: date | str | None = None, *, build_id: str | None = None) -> Mart:
    """Open this workspace's mart, read only: a tag build and the load it was built from.

    Parameters
    ----------
    as_of : date or str, optional
        A closed business day; by default the latest one whose tags are built.
    build_id : str, optional
        A certain tag build of that day; by default its current one.

    Raises
    ------
    SettingsError
        There is no workspace here.
    DataError
        Nothing is loaded or built for that day.
    """
    settings = load_settings()
    store = mart_store(settings)
    if as_of is None:
        days = list(store.builds()) or store.loads()
        if not days:
            raise DataError(
                f"The mart of {settings.root} is empty. Load a day with: journeykit mart load --as-of DATE, "
                "or try the demonstration with: journeykit demo"
            )
        as_of = days[-1]
    day = as_day(as_of)
    build_id = build_id or store.current_build(day)
    return Mart(
        store,
        store.load(day, load_of(store, day, build_id) if build_id else None),
        build_id,
        country=settings.workspace.country,
        tags=catalogue(settings),
        memory_limit=settings.mart.memory_limit,
        threads=settings.mart.threads,
    )


def open_ledger(settings: Settings | None = None) -> Ledger:
    """Open this workspace's ledger."""
    return Ledger.open((settings or load_settings()).ledger_url)


def _bank(settings: Settings) -> Mapping:
    return read_mapping(settings.root / settings.mart.mapping)


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


def create_vault_key() -> Path:
    """Make this workspace's vault key, mode 600; refuses to replace one."""
    path = load_settings().var / "vault" / "key"
    create_key(path)
    return path


def build_tags(as_of: date | str) -> Build:
    """Build every tag of a loaded day into a new snapshot, and make it current."""
    settings = load_settings()
    return tags_.build_tags(
        mart_store(settings), catalogue(settings), as_day(as_of),
        memory_limit=settings.mart.memory_limit, threads=settings.mart.threads,
    )  # fmt: skip


def run_strategies(as_of: date | str, *, run_id: str, build_id: str = "") -> StrategyRun:
    """Decide a day in a run that the runner started: who becomes a lead, and why everybody else does not."""
    settings, day = load_settings(), as_day(as_of)
    ledger = open_ledger(settings)
    vault = Vault.open(settings.var / "vault")
    try:
        known = find_run(ledger, run_id)
        job = known.job if known else "run_strategies"
        with connect(day, build_id=build_id or None) as mart:
            return deciding.run_strategies(
                mart, ledger, vault, load_playbook(settings.scheduled), run_id=run_id,
                folder=settings.var / "runs" / job / day.isoformat() / run_id,
            )  # fmt: skip
    finally:
        vault.close()
        ledger.close()


def daily_report(as_of: date | str, language: str = "") -> DailyReport:
    """The report on everything decided for a day, in the workspace's language or another one."""
    settings = load_settings()
    ledger = open_ledger(settings)
    try:
        with connect(as_of) as mart:
            return write_daily_report(
                mart, ledger, load_playbook(settings.scheduled),
                language=language or settings.workspace.language, min_cell=settings.privacy.min_cell,
            )  # fmt: skip
    finally:
        ledger.close()


def check(strategy: Strategy, mart: Mart) -> Table:
    """What is wrong with a strategy, node by node, with the remedy; an empty table when it is sound."""
    playbook = load_playbook(load_settings().scheduled)
    found = check_strategy(strategy, mart.tags, playbook.offers, playbook.channels)
    rows = tuple((one.severity, one.node, one.message) for one in found)
    return Table(f"{strategy.name}: {len(rows) or 'no'} findings", ("severity", "node", "remedy"), rows)


def lead_rows(as_of: date | None = None) -> list[dict[str, Any]]:
    """Leads as plain rows, all or of one day, by contact date and id."""
    ledger = open_ledger()
    try:
        rows = read_leads(ledger).to_pylist()
    finally:
        ledger.close()
    chosen = [row for row in rows if as_of is None or row["as_of"] == as_of]
    return sorted(chosen, key=lambda row: (row["contact_date"], row["lead_id"]))


def leads(as_of: date | str | None = None) -> pd.DataFrame:
    """Leads as a frame: pseudonyms, strategy, channel, offer, value and reason; all or of one day."""
    import pandas as pd

    return pd.DataFrame(lead_rows(as_day(as_of) if as_of else None))


def export(leads: pd.DataFrame, channel: str, *, dry_run: bool = True) -> Table:
    """Show the file that leads make for a channel, with pseudonyms; or really write it.

    Parameters
    ----------
    leads : DataFrame
        Rows of :func:`leads`; those of other channels are left out.
    channel : str
        A channel under `scheduled/channels`.
    dry_run : bool
        When true nothing is written and the vault stays shut. When false the leads are delivered, which
        needs the operator's vault key; they must be all leads of their runs for the channel.

    Returns
    -------
    Table
        The lines of the file, or the files that were written.

    Raises
    ------
    DefinitionError
        Some leads of a run for the channel are missing, or there is no such channel; nothing is written.
    """
    settings = load_settings()
    playbook = load_playbook(settings.scheduled)
    rows = pa.Table.from_pandas(leads).to_pylist()
    shown = preview(rows, channel, playbook, settings.workspace.language)  # refuses an unknown channel
    if dry_run:
        return shown
    ledger = open_ledger(settings)
    try:
        chosen: dict[Any, set[str]] = (
            leads[leads["channel"] == channel].groupby("run_id")["lead_id"].agg(set).to_dict()
        )
        for run_id, ids in chosen.items():
            every = {row["lead_id"] for row in read_leads(ledger, run_id=run_id).to_pylist()
                     if row["channel"] == channel}  # fmt: skip
            if ids != every:
                raise DefinitionError(
                    f"These are {len(ids & every):,} of the {len(every):,} leads of run {run_id} for "
                    f"{channel}, and {len(ids - every):,} others. A channel gets all of a run's leads or "
                    "none: pass the whole frame of jk.leads(DAY)."
                )
        made = [
            one
            for run_id in chosen
            for one in export_run(
                ledger, run_id, playbook, channel=channel, outbox=settings.var / "outbox",
                language=settings.workspace.language, actor=getpass.getuser(),
                open_vault=lambda: open_vault(settings),
            )
        ]  # fmt: skip
    finally:
        ledger.close()
    files = tuple((str(one.folder), ", ".join(one.files), one.delivered, one.failed) for one in made)
    return Table(f"{channel} files", ("folder", "files", "delivered", "failed"), files)


def run_rows() -> list[dict[str, Any]]:
    """Runs as plain rows, the latest first."""
    ledger = open_ledger()
    try:
        return [vars(run) for run in read_runs(ledger)]
    finally:
        ledger.close()


def strategy_rows() -> list[dict[str, Any]]:
    """The strategies of this workspace as plain rows, with their versions."""
    settings = load_settings()
    playbook, known = load_playbook(settings.scheduled), catalogue(settings)
    return [
        {
            "name": one.name, "title": one.title, "title_zh": one.title_zh, "stage": one.stage,
            "owner": one.owner, "priority": one.priority,
            "version": version_of(one, known, playbook.offers, playbook.channels),
        }
        for one in playbook.strategies.values()
    ]  # fmt: skip


def init_workspace(folder: Path, example: str | None = None) -> Path:
    """Make a workspace in a new or empty folder: the morning's jobs, and a shipped example on top.

    Raises
    ------
    SettingsError
        The folder has something in it, or there is no such example.
    StoreError
        The folder cannot be written; nothing is left behind.
    """
    choices = sorted(path.name for path in EXAMPLES.iterdir() if (path / FILE_NAME).is_file())
    if example is not None and example not in choices:
        raise unknown_name("example", example, choices, "Or leave it out for an empty workspace.")
    folder = folder.resolve()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SettingsError(f"{folder} is not an empty folder. Name a new one.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".aside-", dir=folder.parent) as aside:
            made = Path(aside) / folder.name
            _lay_out(made, example)
            made.replace(folder)
    except OSError as error:
        raise StoreError(f"Cannot make {folder}: {error.strerror or error}. Name another folder.") from error
    return folder


def _lay_out(made: Path, example: str | None) -> None:
    """The empty workspace, with a folder of definitions replaced as a whole where the example has it.

    So a bank without an app gets no app channel.
    """
    shutil.copytree(EXAMPLES / "empty", made)
    if example is None:
        return
    for own in (EXAMPLES / example / "scheduled").iterdir():
        if own.is_dir():
            shutil.rmtree(made / "scheduled" / own.name, ignore_errors=True)
    shutil.copytree(EXAMPLES / example, made, dirs_exist_ok=True)
