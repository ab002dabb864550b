"""Reports: tables, charts and key figures in a page that needs nothing but a browser."""

from journeykit.reports.daily import DailyReport, daily_report
from journeykit.reports.quality import summarise_quality
from journeykit.reports.summaries import summarise_build, summarise_changes, summarise_run

__all__ = [
    "DailyReport",
    "daily_report",
    "summarise_build",
    "summarise_changes",
    "summarise_quality",
    "summarise_run",
]
