"""One hierarchy of errors. A message names the thing, lists the choices and gives the next step."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class JourneykitError(Exception):
    """Base of every error that journeykit raises on purpose."""


class SettingsError(JourneykitError):
    """`journeykit.toml` or the environment is wrong."""


class DefinitionError(JourneykitError):
    """A definition (tag, segment, strategy, offer, channel, job) is not valid."""


class UnknownNameError(DefinitionError):
    """A name is not among the declared ones."""


class MappingError(JourneykitError):
    """A mapping from a bank's own tables to the contract is not valid."""


class DataError(JourneykitError):
    """The bank's data break a rule, or are not there for the day asked for."""


class TooLargeError(DataError):
    """A number outgrows what an engine can hold."""


class IdentityError(JourneykitError):
    """Nobody may act under that name here."""


class ApprovalError(JourneykitError):
    """Somebody may not do that to a strategy, or it is not in the state for it."""


class OvertakenError(ApprovalError):
    """Somebody else acted on the strategy since it was looked at."""


class StoreError(JourneykitError):
    """A file or folder of the workspace is missing, damaged or not writable."""


class InUseError(JourneykitError):
    """Another process holds a lock; `holder` is its id, or ``unknown``."""

    def __init__(self, message: str, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


class LedgerError(JourneykitError):
    """The ledger refuses an operation."""


class VaultError(JourneykitError):
    """The vault cannot be opened, or a record in it was tampered with."""


class ChannelError(JourneykitError):
    """A channel cannot deliver."""


class RunError(JourneykitError):
    """A job failed, or is refused because it is already running."""


def unknown_name(what: str, name: str, choices: Iterable[str], next_step: str) -> UnknownNameError:
    """Build the error for a name that is not declared.

    Parameters
    ----------
    what : str
        The kind of thing, as a reader would say it: ``"tag"``, ``"channel"``.
    name : str
        The name that was asked for.
    choices : iterable of str
        Every declared name.
    next_step : str
        What to do now, one sentence.

    Examples
    --------
    >>> print(unknown_name("tag", "aumm", ["aum", "age"], "List them with list(mart.tags)."))
    Unknown tag 'aumm'. Did you mean 'aum'? List them with list(mart.tags).
    """
    known = sorted(choices)
    near = get_close_matches(name, known, n=1)
    if near:
        hint = f"Did you mean '{near[0]}'?"
    elif len(known) <= 12:
        hint = f"Declared: {', '.join(known) or 'none'}."
    else:
        hint = f"{len(known)} are declared."
    return UnknownNameError(f"Unknown {what} '{name}'. {hint} {next_step}")
