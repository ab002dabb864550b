"""Who is told what: the report after a success, word of a failure after the last attempt."""

from __future__ import annotations

from pathlib import Path

import nbformat

from journeykit.errors import JourneykitError
from journeykit.i18n import label
from journeykit.reports.mail import Attachment, send_mail, write_mail
from journeykit.reports.rendering import mail_body, plain_text
from journeykit.runs.kernels import NotebookFailedError
from journeykit.runs.planning import Plan


def mail_report(plan: Plan, notebook: nbformat.NotebookNode, report: str) -> str:
    """Mail the report to the job's owners, as body and attachment; says where the mail went."""
    if not plan.job.owners:
        return ""
    message = write_mail(
        plan.run_id,
        sender=plan.settings.mail.sender,
        recipients=plan.job.owners,
        subject=_subject(plan),
        text=plain_text(notebook, plan.masthead),
        html=mail_body(report),
        attachment=Attachment(f"{plan.name}-{plan.as_of}.html", report),
    )
    return send_mail(message, plan.settings.mail, plan.settings.var / "mail", plan.run_id)


def mail_failure(plan: Plan, attempt: int, kept: Path, error: Exception) -> str:
    """Tell the owners that the last attempt failed, without any data; says how that went."""
    if not plan.job.owners:
        return "The job has no owners to tell."
    command = f"journeykit run {plan.name} --as-of {plan.as_of}"
    message = write_mail(
        f"{plan.run_id}-failed-{attempt}",
        sender=plan.settings.mail.sender,
        recipients=plan.job.owners,
        subject=f"FAILED: {_subject(plan)}",
        text=f"Job {plan.name} as of {plan.as_of} FAILED at attempt {attempt}: {without_data(error)}.\n\n"
        f"Run: {plan.run_id}\nNotebook: {kept.relative_to(plan.settings.root)}\n\n"
        f"Nothing that comes after it has started. Once the cause is gone:\n{command}\n",
    )
    try:
        where = send_mail(message, plan.settings.mail, plan.settings.var / "mail", f"{plan.run_id}-failed")
    except JourneykitError as unsent:
        return f"The owners could not be told: {unsent}"
    return f"The owners were told: {where}"


def without_data(error: Exception) -> str:
    """What went wrong, fit for the ledger and a mail: an error's words may quote data, its kind does not."""
    if isinstance(error, NotebookFailedError):
        return f"{error.kind} in cell {error.cell}" if error.cell else error.kind
    return type(error).__name__


def _subject(plan: Plan) -> str:
    mark = f"[{label('demo', plan.language)}] " if plan.settings.workspace.demo else ""
    return f"{mark}{plan.masthead.title} {plan.as_of}"
