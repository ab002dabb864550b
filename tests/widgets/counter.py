"""The smallest widget, for what all have in common."""

from __future__ import annotations

from html import escape
from typing import Any

from pydantic import Field

from journeykit.errors import DefinitionError
from journeykit.widgets.asking import Nothing, Question, answers
from journeykit.widgets.view import View


class Step(Question):
    by: int = Field(ge=1, le=10)
    note: str = ""


class Counter(View):
    """Counts, and says so."""

    _esm = "export default { render({ model, el }) { el.textContent = model.get('state').count } }"

    def __init__(self) -> None:
        super().__init__("en")
        self.count, self.notes = 0, []
        self.refresh()

    @answers("add", Step)
    def add(self, step: Step) -> int:
        if self.count + step.by > 20:
            raise DefinitionError("Counter: 20 is enough.")
        self.count += step.by
        self.notes.append(step.note)
        self.refresh()
        return self.count

    @answers("fall", Nothing)
    def fall(self, _: Nothing) -> int:
        return 1 // (self.count - self.count)

    def reset(self) -> None:
        self.count = 0

    def _show(self) -> dict[str, Any]:
        return {"count": self.count, "notes": self.notes}

    def _static_html(self) -> str:
        return f"<p>{self.count}: {escape(', '.join(self.notes))}</p>"
