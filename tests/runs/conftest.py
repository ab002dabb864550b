"""A workspace with tiny notebooks; nothing in it needs a mart."""

import socket
from pathlib import Path

import nbformat
import pytest

from journeykit.settings import load_settings

TOML = """
[workspace]
name = "River & Sons <Bank>"
demo = true
language = "{language}"
[mail]
transport = "{transport}"
host = "127.0.0.1"
port = {port}
"""

JOB = """
  {name}:
    notebook: {name}.ipynb
    title: {name} title
    title_zh: 每日报告
    owners: [owner@bank.example]
"""


class Bench:
    """Builds a workspace by hand, one notebook at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.jobs = "jobs:"
        self.settings_file()

    def settings_file(self, language: str = "en", transport: str = "file", port: int = 25) -> None:
        text = TOML.format(language=language, transport=transport, port=port)
        (self.root / "journeykit.toml").write_text(text, encoding="utf-8")

    def add(self, name: str, parameters: str, *sources: str, more: str = "") -> None:
        scheduled = self.root / "scheduled"
        scheduled.mkdir(exist_ok=True)
        first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), scheduled / f"{name}.ipynb")
        self.jobs += JOB.format(name=name) + more
        (scheduled / "jobs.yaml").write_text(self.jobs, encoding="utf-8")

    @property
    def settings(self):
        return load_settings(self.root)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


class _Mailbox:
    """Keeps what a real SMTP server on loopback accepts."""

    def __init__(self) -> None:
        self.messages = []
        self.port = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        import email
        import email.policy

        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def smtp_server():
    from aiosmtpd.controller import Controller

    mailbox = _Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        mailbox.port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()
