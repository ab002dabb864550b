"""How far a build is shows on a terminal and in a notebook, and never in a log or an executed report."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from journeykit.progress import PIPE, hear_progress, show_progress
from journeykit.runs.kernels import execute_notebook

COUNT = (
    "from journeykit.progress import show_progress\n"
    "with show_progress('Counting') as progress:\n"
    "    for done, what in enumerate(['ones', 'twos']):\n"
    "        progress(done, 2, what)\n"
)
LINES = ["Counting: ones (1 of 2)", "Counting: twos (2 of 2)"]


def _count() -> None:
    with show_progress("Counting") as progress:
        progress(0, 2, "ones")
        progress(1, 2, "twos")


def _notebook(path: Path) -> Path:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(COUNT + "'counted'")])
    nbformat.write(book, path)
    return path


def test_a_log_says_nothing(capfd, monkeypatch):
    monkeypatch.delenv(PIPE, raising=False)
    _count()
    assert capfd.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_and_leaves_the_output_alone():
    ours, theirs = pty.openpty()
    code = COUNT + "print('counted')"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    assert process.communicate()[0] == "counted\n"
    assert process.returncode == 0
    assert b"Counting: twos" in shown and b"1/2" in shown


def test_what_other_processes_tell_is_heard_until_the_end():
    heard: list[str] = []
    with hear_progress(heard.append):
        subprocess.run([sys.executable, "-c", COUNT], check=True)
    assert heard == LINES
    assert PIPE not in os.environ


@pytest.mark.parametrize("pipe", ["", "/nowhere/at/all"])
def test_nobody_has_to_listen(pipe, monkeypatch, capfd):
    monkeypatch.setenv(PIPE, pipe)
    _count()
    assert capfd.readouterr() == ("", "")


def test_a_listener_that_does_not_read_is_not_waited_for(tmp_path, monkeypatch):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv(PIPE, str(pipe))
    ends = os.open(pipe, os.O_RDWR)
    with show_progress("Counting") as progress:
        for number in range(5_000):
            progress(number, 5_000, "more than a pipe holds")
    os.close(ends)


def test_a_notebook_shows_one_line_that_is_empty_when_it_is_done(tmp_path, monkeypatch):
    monkeypatch.delenv(PIPE, raising=False)
    book = nbformat.read(_notebook(tmp_path / "count.ipynb"), as_version=4)
    shown: list[str] = []
    client = NotebookClient(book, kernel_name="python3", timeout=120)
    process = client.process_message

    def look(message, cell, index):
        data = message["content"].get("data", {})
        shown.extend([data["text/plain"]] if "text/plain" in data else [])
        return process(message, cell, index)

    client.process_message = look
    client.execute()
    assert shown == ["Counting …", *LINES, "'counted'"]
    line, value = book.cells[0].outputs
    assert (line.data, value.data) == ({}, {"text/plain": "'counted'"})


def test_an_executed_report_has_nothing_of_it_and_the_runner_hears_it(tmp_path, monkeypatch):
    monkeypatch.delenv(PIPE, raising=False)
    heard: list[str] = []
    notebook = _notebook(tmp_path / "count.ipynb")
    with hear_progress(heard.append):
        book = execute_notebook(notebook, {}, tmp_path, tmp_path / "loud.ipynb", 2)
    assert heard == LINES
    quiet = execute_notebook(notebook, {}, tmp_path, tmp_path / "quiet.ipynb", 2)
    for executed in (book, quiet):
        assert [one.data for one in executed.cells[0].outputs] == [{"text/plain": "'counted'"}]
