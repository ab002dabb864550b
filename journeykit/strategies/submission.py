"""What an author answers for: the purpose of a strategy, the data it uses, whom it could harm."""

from __future__ import annotations

from journeykit.errors import ApprovalError
from journeykit.strategies.approval import IN_FLIGHT
from journeykit.strategies.data_used import DataUsed

_LONGEST = 4000


def checked_text(what: str, text: str, example: str) -> str:
    r"""A text that says something, without space around it.

    Raises
    ------
    ApprovalError
        It is empty, too long for anybody to read, or holds characters that do not print.

    Examples
    --------
    >>> checked_text("purpose", "  Keep maturing money.\n", "Keep savings")
    'Keep maturing money.'
    """
    told = text.strip()
    if not any(mark.isalnum() for mark in told):
        raise ApprovalError(f"Its {what} is empty. Say it in a sentence, for example: {example}.")
    if len(told) > _LONGEST:
        raise ApprovalError(
            f"Its {what} has {len(told):,} characters; {_LONGEST:,} are the most. Shorten it."
        )
    if not all(mark.isprintable() or mark == "\n" for mark in told):
        raise ApprovalError(f"Its {what} holds characters that do not print. Write it as plain text.")
    return told


def check_confirmed(used: DataUsed, confirmed: bool) -> None:
    """Refuse a submission whose author has not confirmed what data it uses; the message shows them."""
    if not confirmed:
        raise ApprovalError(
            f"Confirm what data it uses with data_confirmed=True (--data-confirmed). It reads:\n{used}"
        )


def check_days(days: int, *, demo: bool) -> None:
    """Refuse a submission without a simulation; in a demonstration 0 days mean none, to be quick."""
    if days < (0 if demo else 1):
        raise ApprovalError(
            "A submission carries its simulation. Give the days ahead, as in days=30 (--days)."
        )


def check_in_flight(choice: str, allowed: tuple[str, ...] = IN_FLIGHT) -> str:
    """What becomes of people in flight; ApprovalError names the choices."""
    if choice not in allowed:
        raise ApprovalError(
            f"'{choice}' is no choice for people in flight. in_flight (--in-flight) is one of "
            f"{', '.join(allowed)}."
        )
    return choice
