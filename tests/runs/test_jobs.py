"""The jobs file is checked as a whole, and the shipped one is sound."""

from pathlib import Path

import nbformat
import pytest

from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.runs.jobs import load_jobs
from journeykit.runs.parameters import check_parameters, declared_parameters

SCHEDULED = Path(__file__).parents[2] / "scheduled"


def write(folder, text):
    (folder / "jobs.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jobs: {a: {notebook: a.ipynb, title: A, after: [b]}}", "does not stand before it"),
        ("jobs: {a: {notebook: a.ipynb, title: A, after: [a]}}", "does not stand before it"),
        ("jobs: {a: {notebook: ../a.ipynb, title: A}}", "notebook"),
        ("jobs: {a: {notebook: a.ipynb, title: A, retrys: 1}}", "retrys"),
        ("jobs: {a: {notebook: a.ipynb, title: A, timeout_minutes: 0}}", "timeout_minutes"),
        ("jobs: {a: {notebook: a.ipynb, title: A, parameters: {x: [1]}}}", "parameters"),
        ("jobs: [a", "line"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, message):
    with pytest.raises(DefinitionError) as caught:
        load_jobs(write(tmp_path, text))
    assert message in str(caught.value)


def test_an_unknown_job_lists_the_known_ones(tmp_path):
    jobs = load_jobs(write(tmp_path, "jobs: {daily_report: {notebook: a.ipynb, title: A}}"))
    with pytest.raises(UnknownNameError, match="Did you mean 'daily_report'"):
        jobs.job("daily_reprot")


def test_shipped_jobs_fit_their_notebooks():
    jobs = load_jobs(SCHEDULED).jobs
    assert list(jobs) == ["train_models", "build_tags", "run_strategies", "daily_report"]
    for name, job in jobs.items():
        declared = declared_parameters(SCHEDULED / job.notebook)
        check_parameters(job.parameters, declared, name)
        assert declared["language"].kind == "str"
        assert job.title and job.title_zh


@pytest.mark.parametrize("path", sorted(SCHEDULED.glob("*.ipynb")), ids=lambda path: path.stem)
def test_shipped_notebooks_have_no_outputs_and_no_logic(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert not any(word in cell.source for word in ("for ", "if ", "def ", "while ", "lambda"))
