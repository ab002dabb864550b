"""One thing that a simulation takes for granted."""

from __future__ import annotations

from dataclasses import dataclass

from journeykit.i18n import in_language


@dataclass(frozen=True)
class Assumed:
    """One assumption."""

    name: str
    text: str
    text_zh: str

    def say(self, language: str = "en") -> str:
        """It, in a language."""
        return in_language(language, self.text, self.text_zh)
