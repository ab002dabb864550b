"""Leads as frames, and the files that channels get of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from journeykit.channels import export_run, open_vault, preview
from journeykit.display import Table
from journeykit.errors import DefinitionError
from journeykit.identity import account
from journeykit.ledger import read_leads
from journeykit.settings import load_settings
from journeykit.strategies.playbook import load_readable
from journeykit.strategies.stored import approved_words
from journeykit.workspace.opening import as_day, open_ledger

if TYPE_CHECKING:
    import pandas as pd


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
    playbook = load_readable(settings.scheduled)
    rows = pa.Table.from_pandas(leads).to_pylist()
    ledger = open_ledger(settings)
    try:
        versions = approved_words(ledger, playbook, {(row["strategy"], row["version"]) for row in rows})
        # refuses an unknown channel
        shown = preview(rows, channel, playbook, settings.workspace.language, versions)
        if dry_run:
            return shown
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
                language=settings.workspace.language, actor=account(),
                open_vault=lambda: open_vault(settings),
            )
        ]  # fmt: skip
    finally:
        ledger.close()
    files = tuple((str(one.folder), ", ".join(one.files), one.delivered, one.failed) for one in made)
    return Table(f"{channel} files", ("folder", "files", "delivered", "failed"), files)
