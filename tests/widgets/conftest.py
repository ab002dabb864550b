"""Widgets as a browser meets them: by messages of a comm, packed as Jupyter packs them."""

from __future__ import annotations

import json
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm
from jupyter_client.session import json_packer

from journeykit.widgets.view import View

REVISED = ("edit", "place", "save", "submit")
"""What is asked of a revision."""


class Comm(BaseComm):
    """The kernel's end of a comm; what it publishes is kept as it would arrive."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.arrived: list[dict[str, Any]] = []
        super().__init__(*given, **named)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:  # fmt: skip
        self.arrived.append(json.loads(json_packer(data or {})))


class Browser:
    """The other end: what a browser sends to a widget, and what it gets."""

    def send(self, widget: View, data: dict[str, Any], buffers: tuple[bytes, ...] = ()) -> list[Any]:
        """Send a message to a widget; gives what it sent back."""
        before = len(widget.comm.arrived)
        widget.comm.handle_msg({"content": {"data": data}, "buffers": list(buffers)})
        return widget.comm.arrived[before:]

    def say(self, widget: View, content: Any, *buffers: bytes) -> dict[str, Any]:
        """Say whatever it is to a widget, of the revision it shows if none is said; gives its one answer."""
        given = content.get("with") if isinstance(content, dict) else None
        if isinstance(given, dict) and content.get("ask") in REVISED:
            content = {**content, "with": {"revision": widget.data().get("revision", 0), **given}}
        sent = self.send(widget, {"method": "custom", "content": content}, buffers)
        (answer,) = [message["content"] for message in sent if message["method"] == "custom"]
        return answer

    def ask(self, widget: View, what: str, **content: Any) -> Any:
        """Ask a widget; gives the answer, or raises `AssertionError` with the reason of its refusal."""
        answer = self.say(widget, {"id": 1, "ask": what, "with": content})
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def shown(self, widget: View) -> dict[str, Any]:
        """The state as the browser has it."""
        states = [message["state"]["state"] for message in widget.comm.arrived
                  if "state" in message.get("state", ())]  # fmt: skip
        return states[-1]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A browser for the widgets that a test makes after this."""
    monkeypatch.setattr(comm, "create_comm", Comm)
    return Browser()
