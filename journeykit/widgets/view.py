"""What every widget is: one dict to show, questions that a browser may ask, and a form without a kernel."""

from __future__ import annotations

import copy
import logging
from abc import abstractmethod
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import HTML, DisplayHandle, display

from journeykit.errors import DefinitionError, JourneykitError
from journeykit.i18n import checked_language
from journeykit.settings import load_settings
from journeykit.widgets.asking import Json, questions_of, read_message, read_question

STATIC = Path(__file__).parent / "static"
_log = logging.getLogger(__name__)


class View(anywidget.AnyWidget):
    """A view of a value in the browser.

    The kernel alone sets `state`, and the browser shows it. What somebody does in the browser comes as a
    question (:mod:`journeykit.widgets.asking`) that is checked and answered, or refused with a reason that
    is shown under the widget.

    Parameters
    ----------
    language : str, optional
        ``en`` or ``zh``; the workspace's by default.
    """

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, language: str = "") -> None:
        super().__init__()
        self.language = checked_language(language or load_settings().workspace.language)
        self._static: DisplayHandle | None = None
        self._questions = questions_of(type(self))
        self.on_msg(self._hear)

    @abstractmethod
    def _show(self) -> Json:
        """What the browser is to show now."""

    @abstractmethod
    def _static_html(self) -> str:
        """What it shows now as HTML without scripts."""

    def refresh(self) -> None:
        """Show what is so now, in the browser and in the saved notebook."""
        self.state = {"language": self.language, "static_id": self.model_id, **self._show()}
        if self._static is not None:
            self._static.update(self._static_form())

    def data(self) -> Json:
        """What the view shows, as plain values: its headless twin."""
        own = {key: value for key, value in self.state.items() if key not in ("language", "static_id")}
        return copy.deepcopy(own)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Refuse to be set from the browser: it asks instead."""
        _log.warning("a browser tried to set %s; it may only ask", ", ".join(map(repr, sync_data)))

    def _hear(self, _: object, content: object, buffers: list[Any]) -> None:
        """Answer a message from the browser, or refuse it."""
        number = content.get("id") if isinstance(content, dict) else None
        answer = {"id": number if isinstance(number, int) else 0}
        try:
            self.send({**answer, "answer": self._answer(content, buffers)})
        except JourneykitError as error:
            self.send({**answer, "error": str(error)})
        except Exception as error:
            self.send({**answer, "error": f"{type(error).__name__}: {error}"})
            raise

    def _answer(self, content: object, buffers: list[Any]) -> Any:
        if buffers:
            raise DefinitionError("message: no buffers are expected.")
        question, method = read_question(read_message(content), self._questions)
        return getattr(self, method)(question)

    def _static_form(self) -> HTML:
        return HTML(f'<div data-jk-static="{self.model_id}">{self._static_html()}</div>')

    def _ipython_display_(self) -> None:
        # A page without a kernel, such as a report, shows the second output; the living widget hides it.
        found = self._repr_mimebundle_()
        if found is not None:
            display(found[0], raw=True)
        # One id for all displays of a widget, so that none of them stays behind in the saved notebook.
        self._static = DisplayHandle(self.model_id)
        self._static.display(self._static_form())
