"""How much of anything a definition may have, in whatever form it comes."""

from __future__ import annotations

from journeykit.errors import DefinitionError
from journeykit.yaml_files.names import hidden_in, refusal_of

MAX_LEVELS = 150
MAX_ENTRIES = 10_000
"""Of one list, such as the values of a condition; told before anything is made of the first."""
MAX_CHARACTERS = 2_000_000
"""Of one file; the largest strategy there may be, of five thousand nodes, has about half of them."""
MAX_DIGITS = 40
"""Of a number; more than any field or engine holds."""

TOO_DEEP = f"nested more than {MAX_LEVELS} levels deep"
TOO_MANY = f"{MAX_ENTRIES:,} entries at most are possible in one list"
TOO_LONG_A_NUMBER = f"numbers have {MAX_DIGITS} digits at most"


def check_text(text: str, source: str) -> None:
    """Refuse a text that is too long, or in which something is hidden."""
    if len(text) > MAX_CHARACTERS:
        raise DefinitionError(
            f"{source} has {len(text):,} characters; {MAX_CHARACTERS:,} are the most a definition may have. "
            "Split it."
        )
    if hidden := hidden_in(text, text.startswith("\ufeff")):  # which some editors begin a file with
        line = text.count("\n", 0, hidden.start()) + 1
        raise DefinitionError(f"{source}, line {line}: {refusal_of(hidden)}. Delete it.")
