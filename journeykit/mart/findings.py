"""Findings: what is wrong with a bank's data, in words an operator can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from journeykit.display import Table
from journeykit.errors import DataError

Severity = Literal["fatal", "warning"]


@dataclass(frozen=True)
class Finding:
    """One broken rule; a fatal one stops the day from being published."""

    rule: str
    severity: Severity
    subject: str
    column: str | None
    count: int
    message: str


@dataclass(frozen=True)
class CheckReport:
    """All findings of one day, the fatal ones first."""

    as_of: date
    findings: tuple[Finding, ...]

    @property
    def fatal(self) -> tuple[Finding, ...]:
        """The findings that stop the day."""
        return tuple(finding for finding in self.findings if finding.severity == "fatal")

    def table(self) -> Table:
        """The findings as a table."""
        rows = tuple(
            (one.severity, one.rule, one.subject, one.column or "", one.count, one.message)
            for one in self.findings
        )
        title = f"Checks as of {self.as_of}: {len(self.fatal)} fatal, {len(rows) - len(self.fatal)} warnings"
        return Table(title, ("severity", "rule", "subject", "column", "count", "what to do"), rows)

    def __repr__(self) -> str:
        return repr(self.table()) if self.findings else f"Checks as of {self.as_of}: nothing found"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_() if self.findings else f"<p>{self!r}</p>"

    def to_frame(self) -> Any:
        """The findings as a pandas frame."""
        return self.table().to_frame()


class CheckError(DataError):
    """Fatal findings; `report` has them all."""

    def __init__(self, report: CheckReport) -> None:
        lines = [f"- {one.subject}: {one.message} [{one.rule}]" for one in report.fatal]
        super().__init__(
            f"Nothing was published for {report.as_of}: {len(lines)} fatal findings.\n"
            + "\n".join(lines)
            + f"\nCorrect the data or the mapping, then: journeykit mart check --as-of {report.as_of}"
        )
        self.report = report


def report_of(as_of: date, findings: Iterable[Finding]) -> CheckReport:
    """Put findings in order."""
    ordered = sorted(findings, key=lambda one: (one.severity, one.subject, one.rule, one.column or ""))
    return CheckReport(as_of, tuple(ordered))
