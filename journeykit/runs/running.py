"""One run of a job: check, lock, execute, export, report, mail, record. A failure is loud (design D13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import nbformat

from journeykit.channels import ChannelExport, export_run, open_vault
from journeykit.errors import (
    DataError,
    DefinitionError,
    JourneykitError,
    MappingError,
    RunError,
    SettingsError,
)
from journeykit.files import publish_text
from journeykit.identity import account
from journeykit.ledger import Ledger
from journeykit.ledger.runs import Run, fail_run, find_run, finish_run, read_runs, start_run
from journeykit.mart.snapshots import load_of
from journeykit.mart.store import MartStore
from journeykit.mart.warehouse.store import Warehouse
from journeykit.reports.rendering import render_report
from journeykit.runs.jobs import load_jobs
from journeykit.runs.kernels import NotebookFailedError, execute_notebook
from journeykit.runs.locks import job_lock
from journeykit.runs.notices import mail_failure, mail_report, without_data
from journeykit.runs.parameters import declared_parameters, read_parameters
from journeykit.runs.planning import Plan, plan_run
from journeykit.runs.requests import RunRequest, RunResult
from journeykit.settings import Settings, load_settings
from journeykit.strategies.playbook import load_readable

_LASTING = (DefinitionError, MappingError, SettingsError, DataError)


def run_job(settings: Settings, request: RunRequest) -> RunResult:
    """Run a job for one day: its notebook, then channels if it exports, then the report and its mail.

    Doing it again is safe: the run keeps its id and its tag build, and nothing is decided or delivered
    twice. The mail goes out before the run is recorded as succeeded, so it is sent at least once. A run
    that succeeded before is not mailed again through SMTP; as a file its mail is replaced.

    Raises
    ------
    DefinitionError
        The job, its notebook or a parameter is not valid; nothing was started.
    RunError
        The job runs already, an earlier job has not succeeded, or the last attempt failed.
    """
    plan = plan_run(settings, request)
    with job_lock(settings.var / "runs" / plan.name, plan.name):
        ledger = Ledger.open(settings.ledger_url)
        try:
            _require_earlier(ledger, plan)
            return _run(ledger, plan)
        finally:
            ledger.close()


def run_job_from_text(
    job: str, as_of: date, parameters: list[str], settings: Settings | None = None
) -> RunResult:
    """Run a job with parameters written as ``name=value``, for the command line; see :func:`run_job`."""
    settings = settings or load_settings()
    notebook = settings.scheduled / load_jobs(settings.scheduled).job(job).notebook
    given = read_parameters(parameters, declared_parameters(notebook), job)
    return run_job(settings, RunRequest(job, as_of, given))


def _require_earlier(ledger: Ledger, plan: Plan) -> None:
    done = {run.job for run in read_runs(ledger) if run.as_of == plan.as_of and run.state == "succeeded"}
    for job in plan.job.after:
        if job not in done:
            raise RunError(
                f"Job '{plan.name}' comes after '{job}', which has not succeeded as of {plan.as_of}. "
                f"Run it first: journeykit run {job} --as-of {plan.as_of}"
            )


def _run(ledger: Ledger, plan: Plan) -> RunResult:
    before = find_run(ledger, plan.run_id)
    mailed = before is not None and before.state == "succeeded" and plan.settings.mail.transport == "smtp"
    retries = plan.job.retries
    while True:
        run = _start(ledger, plan)
        try:
            return _attempt(ledger, plan, run, mailed)
        except Exception as error:
            fail_run(ledger, plan.run_id, without_data(error))
            if retries and isinstance(error, JourneykitError) and _may_pass(error):
                retries -= 1
                continue
            told = mail_failure(plan, run.attempt, _kept(plan, run), error)
            if not isinstance(error, JourneykitError):
                raise  # a fault of ours: its traceback is worth more than a sentence
            raise RunError(
                f"Job '{plan.name}' as of {plan.as_of} failed at attempt {run.attempt}: {error}\n{told}"
            ) from error


def _may_pass(error: JourneykitError) -> bool:
    """Whether trying again may help; what a definition or the bank's data say is the same a minute later."""
    if isinstance(error, NotebookFailedError):
        return error.kind not in {name for kind in _LASTING for name in _names(kind)}
    return not isinstance(error, _LASTING)


def _names(kind: type[Exception]) -> Iterator[str]:
    """What a kernel may call an error of a kind."""
    yield kind.__name__
    for narrower in kind.__subclasses__():
        yield from _names(narrower)


def _start(ledger: Ledger, plan: Plan) -> Run:
    """Open the run or its next attempt; a notebook that takes a build is tied to the one it began with."""
    current = _current_build(ledger, plan) if "build_id" in plan.declared else None
    return start_run(
        ledger,
        job=plan.name,
        as_of=plan.as_of,
        contact_date=plan.contact_date,
        parameters=plan.decisive,
        definitions_hash=plan.definitions_hash,
        build_id=current,
    )


def _current_build(ledger: Ledger, plan: Plan) -> str | None:
    """The day's build, which a new run may only begin with when it was made from the current load."""
    if warehouse := Warehouse.of(plan.settings):
        return warehouse.builds().get(plan.as_of)
    store = MartStore(plan.settings.var / "mart")
    build_id, known = store.current_build(plan.as_of), find_run(ledger, plan.run_id)
    tied = known is not None and known.build_id is not None
    if build_id and not tied and load_of(store, plan.as_of, build_id) != store.current_load(plan.as_of):
        raise RunError(
            f"The tags as of {plan.as_of} were built from an earlier load. "
            f"Build them again with: journeykit run build_tags --as-of {plan.as_of}"
        )
    return build_id


def _attempt(ledger: Ledger, plan: Plan, run: Run, mailed: bool) -> RunResult:
    notebook = _execute(plan, run)
    exports = _export(ledger, plan) if plan.job.export else ()
    report = render_report(notebook, plan.masthead)
    published = publish_text(plan.folder / "report.html", report)
    sent = "" if mailed else mail_report(plan, notebook, report)
    finished = finish_run(ledger, plan.run_id)
    return RunResult(
        run_id=plan.run_id,
        job=plan.name,
        as_of=plan.as_of,
        contact_date=plan.contact_date,
        build_id=finished.build_id,
        attempts=run.attempt,
        notebook=_kept(plan, run),
        report=published,
        mailed_to=sent,
        exports=exports,
        candidates=finished.candidates,
        leads=finished.leads,
        drops=finished.drops,
    )


def _execute(plan: Plan, run: Run) -> nbformat.NotebookNode:
    given = {"as_of": plan.as_of.isoformat(), "run_id": run.run_id, "build_id": run.build_id or ""}
    parameters = plan.parameters | {name: value for name, value in given.items() if name in plan.declared}
    return execute_notebook(
        plan.notebook, parameters, plan.settings.root, _kept(plan, run), plan.job.timeout_minutes
    )


def _kept(plan: Plan, run: Run) -> Path:
    return plan.folder / f"attempt-{run.attempt}.ipynb"


def _export(ledger: Ledger, plan: Plan) -> tuple[ChannelExport, ...]:
    settings = plan.settings
    return export_run(
        ledger,
        plan.run_id,
        load_readable(settings.scheduled),
        outbox=settings.var / "outbox",
        language=settings.workspace.language,
        open_vault=lambda: open_vault(settings),
        actor=account(),
    )
