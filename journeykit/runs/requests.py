"""What is asked of a run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from journeykit.channels.exporting import ChannelExport
from journeykit.display import Table
from journeykit.runs.parameters import Value


@dataclass(frozen=True)
class RunRequest:
    """A job, a closed business day, and parameters that differ from the job's own."""

    job: str
    as_of: date
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


@dataclass(frozen=True)
class RunResult:
    """A run that succeeded, and where everything it made lies."""

    run_id: str
    job: str
    as_of: date
    contact_date: date
    build_id: str | None
    attempts: int
    notebook: Path
    report: Path
    mailed_to: str
    exports: tuple[ChannelExport, ...] = ()
    candidates: int | None = None
    leads: int | None = None
    drops: int | None = None

    def _table(self) -> Table:
        rows = [
            ("run", self.run_id),
            ("contact date", self.contact_date),
            *([("tag build", self.build_id)] if self.build_id else []),
            *([("decided", f"{self.candidates:,} candidates = {self.leads:,} leads + {self.drops:,} drops")]
              if self.candidates is not None else []),
            ("attempts", self.attempts),
            ("notebook", self.notebook),
            ("report", self.report),
            ("mail", self.mailed_to or "no owners"),
            *((f"channel {made.channel}", f"{made.delivered} delivered, {made.failed} failed: {made.folder}")
              for made in self.exports),
        ]  # fmt: skip
        return Table(f"{self.job} as of {self.as_of}", ("what", "where"), tuple((a, str(b)) for a, b in rows))

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()
