"""Runs with a real kernel, a real ledger, a real lock and a real mail server."""

import email
import email.policy
import os
import subprocess
import sys
from datetime import date

import nbformat
import pytest

from journeykit.errors import DefinitionError, RunError
from journeykit.ledger import Ledger
from journeykit.ledger.runs import find_run, read_runs
from journeykit.runs import RunRequest, run_job

DAY = date(2026, 5, 29)
PARAMETERS = 'as_of: str = ""\nrun_id: str = ""\ntop: int = 1\nlanguage: str = "en"'
HTML = "from IPython.display import HTML\nHTML('<p>{}</p>')"


def runs(bench):
    ledger = Ledger.open(bench.settings.ledger_url)
    try:
        return read_runs(ledger)
    finally:
        ledger.close()


def read_mail(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_a_run_keeps_its_notebook_reports_and_mails_and_may_be_done_again(bench, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_VAULT_KEY", "very-secret-key")
    monkeypatch.setenv("JOURNEYKIT_SMTP_PASSWORD", "very-secret-password")
    source = (
        "import os, sys\nfrom IPython.display import HTML, display\n"
        "display(HTML(f'<p>day {as_of} top {top} run {run_id}</p><p>python {sys.executable}</p>'))\n"
        "display(HTML(f'<p>env {sorted(k for k in os.environ if k.startswith(\"JOURNEYKIT\"))}</p>'))"
    )
    bench.add("daily", PARAMETERS, source)
    first = run_job(bench.settings, RunRequest("daily", DAY, {"top": 7}))
    html = first.report.read_text(encoding="utf-8")
    assert f"day 2026-05-29 top 7 run {first.run_id}" in html
    assert f"python {sys.executable}" in html
    assert "env ['JOURNEYKIT_PROGRESS', 'JOURNEYKIT_WORKSPACE']" in html
    assert "River &amp; Sons &lt;Bank&gt;" in html and "2026-06-01" in html
    assert "import os" not in html and "<script" not in html and "http" not in html.replace("http-equiv", "")
    assert nbformat.read(first.notebook, as_version=4).cells[-1].outputs

    mail = read_mail(bench.root / "var" / "mail" / f"{first.run_id}.eml")
    assert mail["To"] == "owner@bank.example" and mail["Subject"] == "[demo] daily title 2026-05-29"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "daily-2026-05-29.html"
    assert attached.get_content() == html
    body = mail.get_body(("html",)).get_content()
    assert "top 7" in body and "<style" not in body

    second = run_job(bench.settings, RunRequest("daily", DAY, {"top": 7}))
    assert (second.run_id, second.attempts) == (first.run_id, 2)
    assert len(list((bench.root / "var" / "mail").iterdir())) == 1
    assert [(run.state, run.attempt) for run in runs(bench)] == [("succeeded", 2)]


def test_a_failed_cell_fails_the_run_and_tells_the_owners_no_data(bench):
    bench.add("daily", PARAMETERS, "print('got here')", "{'secret': 1}['13800001234']", "print('never')")
    with pytest.raises(RunError, match="cell 4 raised KeyError"):
        run_job(bench.settings, RunRequest("daily", DAY))
    (run,) = runs(bench)
    assert (run.state, run.error) == ("failed", "KeyError in cell 4")
    folder = bench.root / "var" / "runs" / "daily" / "2026-05-29" / run.run_id
    kept = nbformat.read(folder / "attempt-1.ipynb", as_version=4)
    outputs = [cell.get("outputs") for cell in kept.cells if cell.cell_type == "code"]
    assert outputs[-3][0].text == "got here\n" and outputs[-2][0].ename == "KeyError" and outputs[-1] == []
    assert not (folder / "report.html").exists()
    raw = (bench.root / "var" / "mail" / f"{run.run_id}-failed.eml").read_text()
    assert "Subject: FAILED: [demo] daily title 2026-05-29" in raw
    assert "KeyError in cell 4" in raw and "13800001234" not in raw

    bench.add("later", PARAMETERS, more="    after: [daily]\n")
    with pytest.raises(RunError, match="journeykit run daily --as-of 2026-05-29"):
        run_job(bench.settings, RunRequest("later", DAY))


def test_a_second_attempt_may_succeed(bench):
    source = "from pathlib import Path\nmark = Path('mark')\nseen = mark.exists()\nmark.touch()\nassert seen"
    bench.add("daily", PARAMETERS, source, more="    retries: 1\n")
    made = run_job(bench.settings, RunRequest("daily", DAY))
    assert made.attempts == 2
    assert sorted(path.name for path in made.notebook.parent.glob("*.ipynb")) == [
        "attempt-1.ipynb",
        "attempt-2.ipynb",
    ]
    assert [path.name for path in (bench.root / "var" / "mail").iterdir()] == [f"{made.run_id}.eml"]


def test_what_a_second_attempt_cannot_heal_is_not_tried_again(bench):
    source = "from journeykit.errors import DataError\nraise DataError('No customers.')"
    bench.add("daily", PARAMETERS, source, more="    retries: 3\n")
    with pytest.raises(RunError, match="failed at attempt 1"):
        run_job(bench.settings, RunRequest("daily", DAY))


def test_a_job_runs_once_at_a_time_and_the_holder_is_named(bench):
    bench.add("daily", PARAMETERS)
    folder = bench.root / "var" / "runs" / "daily"
    hold = (
        "import sys\nfrom pathlib import Path\nfrom journeykit.runs.locks import job_lock\n"
        f"with job_lock(Path({str(folder)!r}), 'daily'):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RunError, match=f"already running, in process {holder.pid}"):
            run_job(bench.settings, RunRequest("daily", DAY))
    finally:
        holder.communicate()
    assert not (bench.root / "var" / "ledger.sqlite").exists()


def test_a_wrong_parameter_starts_nothing(bench):
    bench.add("daily", PARAMETERS)
    with pytest.raises(DefinitionError, match="'top' must be int"):
        run_job(bench.settings, RunRequest("daily", DAY, {"top": "7"}))
    assert not (bench.root / "var").exists()


def test_a_script_in_an_output_fails_the_run(bench):
    bench.add("daily", PARAMETERS, "from IPython.display import HTML\nHTML('<script>1</script>')")
    with pytest.raises(RunError, match="<script>"):
        run_job(bench.settings, RunRequest("daily", DAY))
    (run,) = runs(bench)
    assert run.state == "failed"


def test_a_chinese_report_goes_through_smtp_once(bench, smtp_server):
    bench.settings_file("zh", "smtp", smtp_server.port)
    bench.add("daily", PARAMETERS, HTML.format("睡眠户唤醒"))
    made = run_job(bench.settings, RunRequest("daily", DAY))
    (message,) = smtp_server.messages
    assert message["Subject"] == "[演示] 每日报告 2026-05-29"
    assert "睡眠户唤醒" in message.get_body(("html",)).get_content()
    html = made.report.read_text(encoding="utf-8")
    seen = html.split("<body>")[1]
    assert "数据日期" in seen and "每日报告" in seen and "As of" not in seen and ">demo<" not in seen
    run_job(bench.settings, RunRequest("daily", DAY))
    assert len(smtp_server.messages) == 1
    ledger = Ledger.open(bench.settings.ledger_url)
    assert find_run(ledger, made.run_id).state == "succeeded"
    ledger.close()
