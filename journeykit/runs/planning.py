"""Everything about a run that is settled before its kernel starts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from journeykit.ledger.runs import run_id
from journeykit.reports.rendering import Masthead
from journeykit.runs.jobs import Job, load_jobs
from journeykit.runs.parameters import Parameter, Value, check_parameters, declared_parameters
from journeykit.runs.requests import RunRequest
from journeykit.settings import Settings
from journeykit.workdays import next_working_day


@dataclass(frozen=True)
class Plan:
    """A job, a day and checked parameters, and what follows from them."""

    settings: Settings
    name: str
    job: Job
    as_of: date
    contact_date: date
    declared: dict[str, Parameter]
    parameters: dict[str, Value]

    @property
    def notebook(self) -> Path:
        """The notebook to execute."""
        return self.settings.scheduled / self.job.notebook

    @property
    def run_id(self) -> str:
        """The ledger's key of this run."""
        return run_id(self.name, self.as_of, self.decisive)

    @property
    def decisive(self) -> dict[str, Value]:
        """The parameters that make it another run; the language of its report does not."""
        return {name: value for name, value in self.parameters.items() if name != "language"}

    @property
    def folder(self) -> Path:
        """Where everything the run makes for its readers lies."""
        return self.settings.var / "runs" / self.name / self.as_of.isoformat() / self.run_id

    @property
    def language(self) -> str:
        """The language of the report."""
        return str(self.parameters.get("language", self.settings.workspace.language))

    @property
    def masthead(self) -> Masthead:
        """What stands above the report."""
        workspace = self.settings.workspace
        return Masthead(
            bank=workspace.name,
            title=self.job.titled(self.language),
            as_of=self.as_of,
            contact_date=self.contact_date,
            run_id=self.run_id,
            language=self.language,
            demo=workspace.demo,
        )

    @property
    def definitions_hash(self) -> str:
        """One hash over every definition and notebook under `scheduled`, by path and content."""
        scheduled, digest = self.settings.scheduled, hashlib.sha256()
        for path in sorted(path for kind in ("*.yaml", "*.ipynb") for path in scheduled.rglob(kind)):
            if ".ipynb_checkpoints" not in path.parts:
                digest.update(path.relative_to(scheduled).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def plan_run(settings: Settings, request: RunRequest) -> Plan:
    """Check a request against its job and notebook; DefinitionError says all that is wrong."""
    job = load_jobs(settings.scheduled).job(request.job)
    declared = declared_parameters(settings.scheduled / job.notebook)
    given = check_parameters({**job.parameters, **request.parameters}, declared, request.job)
    if "language" in declared:
        given = {"language": settings.workspace.language, **given}
    contact_date = next_working_day(request.as_of, settings.workspace.country)
    return Plan(settings, request.job, job, request.as_of, contact_date, declared, given)
