"""Runs: scheduled notebooks, executed with checked parameters, reported, mailed and put on record."""

from journeykit.runs.jobs import Job, Jobs, load_jobs
from journeykit.runs.requests import RunRequest, RunResult
from journeykit.runs.running import run_job, run_job_from_text

__all__ = ["Job", "Jobs", "RunRequest", "RunResult", "load_jobs", "run_job", "run_job_from_text"]
